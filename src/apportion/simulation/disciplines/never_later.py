"""No job later than at home: who must run now to end as early as alone comes first, then the least work left.

Each member's jobs are followed by a virtual clock on its entitlement, counted as one place, under strict FIFO. A job *must
run* when it has started there and has got just as many seconds in the pool as there. All live gangs stand in an order, those
that must run first, then the others, by `order`:

- ``work``: those that must run by seconds left, the others by seconds left × size, the least first; the size is the amount of
  the resource of which the gang asks most for what there is. It knows durations.
- ``attained``: those that must run by their start at home, the others by queues of seconds got × size: below `quantum_s`
  of a whole unit, twice, four times as much, …; in file order inside a queue. Nothing is known of durations, by the virtual
  clocks neither: a job that has started at home goes on there until it has ended in the pool, and ends there after the
  seconds it took, at once if these are past.
- ``learned``: likewise, but the others by what the jobs that *have ended* tell of one that has got as many seconds: the
  least ρ · size first, ρ = min over s of (seconds that they spent from here to s) / (how many of them ended there), Gittins'
  index turned round. Seconds are told apart by steps of 1, 2, 4, … minutes. Asked are the jobs of the same member that got
  as far, all members' where these are fewer than three; where those are too, ρ is the end of the step.

Equal ones go in file order. What runs is what fits beside all that run ahead of it, so gangs may be stopped; one that has
got less than at home by now is one of the others. A gang larger than the pool never starts and blocks nobody.

*Guarantee.* Where all is one place that holds at least all entitlements together at any time (they may change, as members
join, leave and lend), nothing of it is lost and restarts are free,
every job that ends at home ends no later in the pool: jobs that must run are among those that run at home just now,
which fit together; so each runs as long as it must. O(live + members) an event; an order by virtual clocks as in
`virtual_finish`, with starts in place of ends, which need not be foretold.

The index is that of J. C. Gittins, *Bandit Processes and Dynamic Allocation Indices* (1979), for the mean time of jobs on one
server, taken from a sample; of gangs on many it is a guess that happens to do well.
"""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    END,
    FOREVER,
    RUNNING,
    STOPS,
    Jobs,
    State,
    fixed,
    next_instant,
    opening,
    runs,
)
from apportion.simulation.homes import Homes, go_on_at_home, homes_of
from apportion.simulation.preemptive import LIVE, Walk, dispatch, happen, remaining, restarting, sizes, sort, walk
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import RESTART

ALONE = ("strict_fifo", "skip_fifo")
PLANNED = False
ORDERS = ("work", "attained", "learned")
WORK, ATTAINED, LEARNED = 0, 1, 2
LONGEST_S = 2**40
STEPS = 40  # 0 to 1 minute, 1 to 2, 2 to 4, …
ENOUGH = 3  # jobs from which something is learned


class Learned(NamedTuple):
    """What the jobs that ended tell.

    Attributes
    ----------
    how : (2,) the order, and the `quantum_s` of a whole unit
    reached, ended : (N + 1, STEPS) of each member's jobs that ended, in the last row of all: how many got as far as each step
        of seconds, and how many ended in it
    spent : (N + 1, STEPS) seconds they spent in it
    rho : (N + 1, STEPS) seconds that a job in it is taken to need: ρ
    member, size : (J,) whose each job is; its size, in the largest unit in which all are whole
    before : (J,) room for the live jobs, to see who ended
    """

    how: Ints
    reached: Ints
    ended: Ints
    spent: Ints
    rho: Ints
    member: Ints
    size: Ints
    before: Ints


def open_queue(
    trace: Trace, order: str = "work", quantum_s: int = 3600, restart_s: str = "0", churn: int = -1
) -> Queue:
    """Start a replay.

    Parameters
    ----------
    order : of the gangs that need not run now: ``work``, ``attained`` or ``learned``
    quantum_s : of ``attained``: seconds of a whole unit that a gang gets before it leaves the first queue
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    if order not in ORDERS:
        raise BadInput(f'never_later has no order "{order}"', "parameter order", nearest(order, ORDERS))
    if not 0 < quantum_s < LONGEST_S:
        raise BadInput(f"quantum_s is {quantum_s}", "parameter quantum_s", "seconds, at least 1 and below 2^40")
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    known = _nothing(trace, rows, ORDERS.index(order), quantum_s)
    step = partial(_advance, jobs, state, walk(jobs, state, churn=churn), homes_of(trace, jobs, rows), known)
    return KernelQueue(trace, rows, jobs, state, step)


def _nothing(trace: Trace, rows: Ints | slice, order: int, quantum_s: int) -> Learned:
    """Return what is known before the first job has ended."""
    shape, size = (len(trace.weight) + 1, STEPS), sizes(trace)[rows]
    rho = np.broadcast_to(np.array([_end_of(step) for step in range(STEPS)]), shape).copy()
    return Learned(
        np.array([order, quantum_s * MILLI]),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        rho,
        fixed(trace.member[rows]),
        fixed(size // max(int(np.gcd.reduce(size)), 1)),
        np.empty(len(size), dtype=np.int64),
    )


@compiled
def _advance(jobs: Jobs, state: State, walks: Walk, homes: Homes, learned: Learned, until: int) -> None:
    how = learned.how[0]
    while True:
        now = min(next_instant(jobs, state), homes.wake[0])
        if now >= until:
            return
        live = walks.facts[LIVE] if how == LEARNED else 0
        for i in range(live):
            learned.before[i] = walks.order[i]
        happen(jobs, state, walks, now)
        for i in range(live):
            _learn_of(state, homes, learned, learned.before[i])
        homes.wake[0] = FOREVER
        for member in range(len(homes.of)):
            go_on_at_home(jobs, state, homes, member, how == WORK, now)
        for i in range(walks.facts[LIVE]):
            _rank(jobs, state, walks, homes, learned, walks.order[i], now)
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            _wake(jobs, state, walks, homes, learned, walks.order[i], now)


@part
def _wake(jobs: Jobs, state: State, walks: Walk, homes: Homes, learned: Learned, job: int, now: int) -> None:
    """Look again when a running gang reaches the next queue, or a queued one has to run."""
    if not runs(state, job):
        latest = _latest(jobs, state, homes, job, now)
        if latest > now:
            homes.wake[0] = min(homes.wake[0], latest)
    elif learned.how[0] != WORK and walks.facts[LIVE] > state.counts[RUNNING]:
        homes.wake[0] = min(homes.wake[0], _demoted(jobs, state, homes, learned, job, now))


@part
def _learn_of(state: State, homes: Homes, learned: Learned, job: int) -> None:
    """Take note of a job if it has ended: among its member's, and among all."""
    if state.book[job, END] == NEVER:
        return
    everybody = len(learned.reached) - 1
    for row in (learned.member[job], everybody):
        _learn(learned, row, homes.length[job])


@part
def _learn(learned: Learned, row: int, seconds: int) -> None:
    """Take note of a job that ended after so many seconds, and find ρ of the steps that it passed anew."""
    last, begin = _step(seconds), 0
    for step in range(last + 1):
        learned.reached[row, step] += 1
        learned.spent[row, step] += min(seconds, _end_of(step)) - begin
        begin = _end_of(step)
    learned.ended[row, last] += 1
    for step in range(last + 1):
        spent, ended, least = 0, 0, NEVER
        for later in range(step, STEPS):
            spent += learned.spent[row, later]
            ended += learned.ended[row, later]
            if ended > 0 and (least == NEVER or spent // ended < least):
                least = spent // ended
        learned.rho[row, step] = least


@part
def _step(seconds: int) -> int:
    minutes, step = seconds // 60, 0
    while minutes > 0 and step < STEPS - 1:
        minutes, step = minutes >> 1, step + 1
    return step


@compiled
def _end_of(step: int) -> int:
    return 60 << step


@part
def _needs(learned: Learned, member: int, seconds: int) -> int:
    step, everybody = _step(seconds), len(learned.reached) - 1
    if learned.reached[member, step] >= ENOUGH:
        return int(learned.rho[member, step])
    if learned.reached[everybody, step] >= ENOUGH:
        return int(learned.rho[everybody, step])
    return _end_of(step)


@part
def _latest(jobs: Jobs, state: State, homes: Homes, job: int, now: int) -> int:
    """The last second from which on a live job has to run so that it ends no later than at home; `NEVER` if not known."""
    if homes.started[job] == NEVER:
        return NEVER
    left = remaining(jobs, state, job, now)
    if not runs(state, job) and state.book[job, STOPS] > 0:
        left += jobs.facts[job, RESTART]
    return int(homes.started[job] + homes.length[job] - left)


@part
def _rank(jobs: Jobs, state: State, walks: Walk, homes: Homes, learned: Learned, job: int, now: int) -> None:
    left, how = remaining(jobs, state, job, now), learned.how[0]
    got = homes.length[job] - left
    walks.key[job, 0], walks.key[job, 1] = 0, 0
    if _latest(jobs, state, homes, job, now) == now:
        walks.key[job, 0], walks.key[job, 1] = NEVER, left if how == WORK else homes.started[job]
    elif how == WORK:
        walks.key[job, 1] = left * homes.size[job]
    elif how == ATTAINED:
        walks.key[job, 0] = _level(got * homes.size[job], learned.how[1])
    else:
        walks.key[job, 1] = _needs(learned, learned.member[job], got) * learned.size[job]


@part
def _level(attained: int, quantum: int) -> int:
    """Number the queue of a gang by what it attained: 0 below the quantum of a whole unit, 1 below two, 2 below four, …"""
    quanta, level = attained // quantum, 0
    while quanta > 0:
        quanta, level = quanta >> 1, level + 1
    return level


@part
def _demoted(jobs: Jobs, state: State, homes: Homes, learned: Learned, job: int, now: int) -> int:
    """The second in which a running gang reaches the next queue, or the next step."""
    got = homes.length[job] - remaining(jobs, state, job, now)
    if learned.how[0] == LEARNED:
        return int(now + _end_of(_step(got)) - got)
    if homes.size[job] == 0:
        return FOREVER
    attained, quantum = got * homes.size[job], learned.how[1]
    return int(now - (attained - (quantum << _level(attained, quantum))) // homes.size[job])
