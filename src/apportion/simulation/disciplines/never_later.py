"""No job later than at home: who must run now to end as early as alone comes first, then the least work left.

Each member's jobs are followed by a virtual clock on its entitlement, counted as one place, under strict FIFO. A job *must
run* when it has started there and has got just as many seconds in the pool as there. All live gangs stand in an order, those
that must run first, then the others, by `order`:

- ``work``: those that must run by seconds left, the others by seconds left × size, the least first; the size is the amount of
  the resource of which the gang asks most for what there is. It knows durations.
- ``attained``: those that must run by their start at home, the others by queues of seconds got × size: below one hour of a
  whole unit, two, four, …; in file order inside a queue. Nothing is known of durations, by the virtual clocks neither: a job
  that has started at home goes on there until it has ended in the pool, and ends there after the seconds it took, at once if
  these are past.

Equal ones go in file order. What runs is what fits beside all that run ahead of it, so gangs may be stopped; one that has
got less than at home by now is one of the others. A gang larger than the pool never starts and blocks nobody.

*Guarantee.* Where all is one place that holds at least all entitlements together, nothing of it is lost and restarts are
free, every job that ends at home ends no later in the pool: jobs that must run are among those that run at home just now,
which fit together; so each runs from the moment it must, without a stop. O(live + members) an event; an order by virtual
clocks as in `virtual_finish`, with starts in place of ends, which need not be foretold.
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
from apportion.simulation.compiled import compiled
from apportion.simulation.events import (
    ARRIVED,
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
from apportion.simulation.preemptive import LIVE, Walk, dispatch, happen, remaining, restarting, sizes, sort, walk
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import RESTART

ALONE = ("strict_fifo", "skip_fifo")
PLANNED = False
ORDERS = ("work", "attained")
HOUR = 3600 * MILLI  # of a whole unit
BEGIN, END_OF, NEXT, LAST, HOLDING = 0, 1, 2, 3, 4  # columns of Homes.of


class Homes(NamedTuple):
    """The virtual clock of each member.

    Attributes
    ----------
    own : (J,) jobs that fit their member's entitlement, by member, in order of arrival
    of : (N, 5) of each member: where its jobs `BEGIN` and end (`END_OF`), the `NEXT` to start at home, when the `LAST`
        started there, and how many are `HOLDING` something there
    holding : (J,) those jobs, in no order, in the segments of `own`
    free : (N, R) what is free at home
    started : (J,) second of the start at home, `NEVER` before
    length, size : (J,) seconds of each job on its fastest class, and its size
    wake : (1,) when to look again
    """

    own: Ints
    of: Ints
    holding: Ints
    free: Ints
    started: Ints
    length: Ints
    size: Ints
    wake: Ints


def open_queue(trace: Trace, order: str = "work", restart_s: str = "0", churn: int = -1) -> Queue:
    """Start a replay.

    Parameters
    ----------
    order : of the gangs that need not run now: ``work`` or ``attained``
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
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    step = partial(
        _advance, jobs, state, walk(jobs, state, churn=churn), _homes(trace, jobs, rows), int(order == "work")
    )
    return KernelQueue(trace, rows, jobs, state, step)


def _homes(trace: Trace, jobs: Jobs, rows: Ints | slice) -> Homes:
    member, used = trace.member[rows], trace.need[rows].any(axis=0)
    fit = np.flatnonzero((trace.need[rows] <= trace.entitlement[member]).all(axis=1))
    own = fit[np.argsort(member[fit], kind="stable")]
    of = np.zeros((len(trace.weight), 5), dtype=np.int64)
    of[:, BEGIN] = of[:, NEXT] = np.searchsorted(member[own], np.arange(len(of)))
    of[:, END_OF] = np.searchsorted(member[own], np.arange(len(of)), side="right")
    lasts = np.where(jobs.lasts == NEVER, FOREVER, jobs.lasts).min(axis=1, initial=FOREVER)
    return Homes(
        fixed(own),
        of,
        np.empty(len(own), dtype=np.int64),
        np.ascontiguousarray(trace.entitlement[:, used]),
        np.full(len(member), NEVER),
        fixed(lasts),
        fixed(sizes(trace)[rows]),
        np.array([FOREVER]),
    )


@compiled
def _advance(jobs: Jobs, state: State, walks: Walk, homes: Homes, by_work: int, until: int) -> None:
    while True:
        now = min(next_instant(jobs, state), homes.wake[0])
        if now >= until:
            return
        happen(jobs, state, walks, now)
        homes.wake[0] = FOREVER
        for member in range(len(homes.of)):
            _go_on_at_home(jobs, state, homes, member, by_work, now)
        for i in range(walks.facts[LIVE]):
            _rank(jobs, state, walks, homes, walks.order[i], by_work, now)
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            if runs(state, job):
                if not by_work and walks.facts[LIVE] > state.counts[RUNNING]:
                    homes.wake[0] = min(homes.wake[0], _demoted(jobs, state, homes, job, now))
            elif _latest(jobs, state, homes, job, now) > now:
                homes.wake[0] = min(homes.wake[0], _latest(jobs, state, homes, job, now))


@compiled
def _go_on_at_home(jobs: Jobs, state: State, homes: Homes, member: int, known: int, now: int) -> None:
    """Start at home all jobs that start there by now, and say when the next that is known to end there does."""
    of = homes.of[member]
    while of[NEXT] < of[END_OF] and homes.own[of[NEXT]] < state.counts[ARRIVED]:
        job, fits = homes.own[of[NEXT]], True
        for r in range(jobs.need.shape[1]):
            fits = fits and jobs.need[job, r] <= homes.free[member, r]
        if fits:
            of[LAST] = max(of[LAST], jobs.submit[job])
            homes.started[job] = of[LAST]
            homes.holding[of[BEGIN] + of[HOLDING]] = job
            of[NEXT], of[HOLDING] = of[NEXT] + 1, of[HOLDING] + 1
            _free(jobs, homes, member, job, -1)
            continue
        first, end = -1, FOREVER  # the next to end at home of those whose end is known, if not all are `known`
        for i in range(of[BEGIN], of[BEGIN] + of[HOLDING]):
            other = homes.holding[i]
            its = homes.started[other] + homes.length[other]
            if its < end and (known or state.book[other, END] != NEVER):
                first, end = i, its
        if end > now:
            homes.wake[0] = min(homes.wake[0], end)
            return
        of[LAST], of[HOLDING] = max(of[LAST], end), of[HOLDING] - 1
        _free(jobs, homes, member, homes.holding[first], 1)
        homes.holding[first] = homes.holding[of[BEGIN] + of[HOLDING]]


@compiled
def _free(jobs: Jobs, homes: Homes, member: int, job: int, times: int) -> None:
    for r in range(jobs.need.shape[1]):
        homes.free[member, r] += times * jobs.need[job, r]


@compiled
def _latest(jobs: Jobs, state: State, homes: Homes, job: int, now: int) -> int:
    """The last second from which on a live job has to run so that it ends no later than at home; `NEVER` if not known."""
    if homes.started[job] == NEVER:
        return NEVER
    left = remaining(jobs, state, job, now)
    if not runs(state, job) and state.book[job, STOPS] > 0:
        left += jobs.facts[job, RESTART]
    return int(homes.started[job] + homes.length[job] - left)


@compiled
def _rank(jobs: Jobs, state: State, walks: Walk, homes: Homes, job: int, by_work: int, now: int) -> None:
    left = remaining(jobs, state, job, now)
    if _latest(jobs, state, homes, job, now) == now:
        walks.key[job, 0], walks.key[job, 1] = NEVER, left if by_work else homes.started[job]
        return
    if by_work:
        walks.key[job, 0], walks.key[job, 1] = 0, left * homes.size[job]
        return
    walks.key[job, 0], walks.key[job, 1] = _level((homes.length[job] - left) * homes.size[job]), 0


@compiled
def _level(attained: int) -> int:
    """Number the queue of a gang by what it attained: 0 below one hour of a whole unit, 1 below two, 2 below four, …"""
    hours, level = attained // HOUR, 0
    while hours > 0:
        hours, level = hours >> 1, level + 1
    return level


@compiled
def _demoted(jobs: Jobs, state: State, homes: Homes, job: int, now: int) -> int:
    """The second in which a running gang reaches the next queue."""
    if homes.size[job] == 0:
        return FOREVER
    attained = (homes.length[job] - remaining(jobs, state, job, now)) * homes.size[job]
    return int(now - (attained - (HOUR << _level(attained))) // homes.size[job])
