"""What if every gang has a rank, and one that comes before others may stop them?

All live gangs stand in one order, and what runs is those that fit beside all that run ahead of them. The order is fixed, or
that of seconds left: then gangs that run move ahead of those that wait as time passes. Neither changes who runs: only
a completion, an arrival or a change of the pool can.

Where all is one place of one resource, what has to change is found from the ends. Gangs of one kind fit or do not fit
together, so only the first that waits of each is looked at; whom it displaces is found walking the running ones from the
last on. Elsewhere, and where stops are bounded or a restart makes a gang move back in the order, the whole order is walked
(`preemptive`).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    AT,
    CHANGED,
    NOW_ON,
    RUNNING,
    SINCE,
    START,
    Jobs,
    State,
    begin,
    change,
    complete,
    fixed,
    leave_for_good,
    next_instant,
    opening,
    overfull,
    put_back,
    stop,
)
from apportion.simulation.preemptive import LIVE, NO_BOUND, Walk, dispatch, happen, remaining, restarting, sort, walk
from apportion.simulation.ranked import within
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import RESTART
from apportion.simulation.standing import (
    BEGIN,
    BLOCKS,
    CLOCK,
    FRONT,
    WAITING,
    Queued,
    close,
    crowded_out,
    drop,
    first,
    insert,
    leave,
    nobody_waits,
    place,
    wait,
    within_reach,
)


def open_queue(
    trace: Trace,
    order: Ints | None,
    *,
    size: Ints | None = None,
    restart_s: str = "0",
    churn: int = NO_BOUND,
    blocking: bool = False,
) -> Queue:
    """Let gangs stop those that come after them.

    Parameters
    ----------
    order : (J,) all rows of the trace, the one to go first in front; None for the order of seconds left
    size : (J,) by which seconds left are multiplied; None for 1
    restart_s : what it costs a gang that was stopped to go on: see `preemptive.restarting`
    churn : most stops an hour; −1 for no bound
    blocking : whether a gang that finds no places holds up all queued ones behind it

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    clock = int(order is None)
    key = jobs.lasts[:, 0].copy()
    times = np.ones(len(key), dtype=np.int64) if size is None else size[rows]
    if order is not None:
        key[within(order, rows, len(trace))] = np.arange(len(key))
    if not one_number(jobs, state, churn) or size is not None or (clock and jobs.facts[:, RESTART].any()):
        walks = walk(jobs, state, churn=churn, blocking=blocking)
        return KernelQueue(trace, rows, jobs, state, partial(_walk_on, jobs, state, walks, key, fixed(times), clock))
    queued = nobody_waits(jobs, key, clock=clock, blocking=blocking)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued))


def one_number(jobs: Jobs, state: State, churn: int) -> bool:
    """Tell whether all is one place of one resource and stops are free, so that no walk is needed."""
    return len(state.places) == 1 and jobs.need.shape[1] == 1 and churn == NO_BOUND


@compiled
def _walk_on(jobs: Jobs, state: State, walks: Walk, rank: Ints, times: Ints, clock: int, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        happen(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            walks.key[job, 0] = remaining(jobs, state, job, now) * times[job] if clock else rank[job]
        sort(walks, 0)
        dispatch(jobs, state, walks, now)


@compiled
def _advance(jobs: Jobs, state: State, queued: Queued, until: int) -> None:
    while True:
        now = _next_instant(jobs, state, queued)
        if now >= until:
            tell(state, queued)
            return
        shift = now * queued.facts[CLOCK]  # makes seconds left comparable with ends
        quiet = True  # whether those that waited go on waiting
        while _ends(state, queued, now):
            _end(jobs, state, queued, now)
            quiet = False
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            yield_all(jobs, state, queued, now, shift)
            quiet = False
        arrive(jobs, state, queued, now, shift, quiet)


@part
def _next_instant(jobs: Jobs, state: State, queued: Queued) -> int:
    if queued.facts[CLOCK] and state.counts[RUNNING] > 0:
        state.ends[0] = queued.stands[queued.facts[FRONT]]
    return next_instant(jobs, state)


@part
def _ends(state: State, queued: Queued, now: int) -> bool:
    """Tell whether a gang that runs ends now."""
    if state.counts[RUNNING] == 0:
        return False
    return bool((queued.stands[queued.facts[FRONT]] if queued.facts[CLOCK] else state.ends[0]) == now)


@part
def _end(jobs: Jobs, state: State, queued: Queued, now: int) -> None:
    """Let the gang that ends next do so."""
    if queued.facts[CLOCK]:
        job, state.counts[RUNNING] = queued.running[queued.facts[FRONT]], state.counts[RUNNING] - 1
        queued.facts[FRONT] += 1
        leave_for_good(jobs, state, job, now)
    else:
        drop(state, queued, complete(jobs, state))


@part
def tell(state: State, queued: Queued) -> None:
    """Write the order of those that run, where it is that of their ends, as the heap of ends that it is. O(running)."""
    if queued.facts[CLOCK]:
        for i in range(state.counts[RUNNING]):
            job = queued.running[queued.facts[FRONT] + i]
            state.ends[i], state.job[i], state.book[job, AT] = queued.stands[queued.facts[FRONT] + i], job, i


@part
def yield_all(jobs: Jobs, state: State, queued: Queued, now: int, shift: int) -> None:
    """Stop those for whom nothing is left."""
    tell(state, queued)
    job = overfull(jobs, state)
    while job >= 0:
        displace(jobs, state, queued, place_of(state, queued, job), now, shift)
        tell(state, queued)
        job = overfull(jobs, state)


@part
def arrive(jobs: Jobs, state: State, queued: Queued, now: int, shift: int, quiet: bool) -> None:
    """Let those that arrive now wait or run, and serve where anything may change."""
    still = (quiet or queued.facts[WAITING] == 0) and (queued.facts[WAITING] == 0 or not queued.facts[BLOCKS])
    still = still and all_fit(jobs, state, now)
    while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
        job = state.counts[ARRIVED]
        state.counts[ARRIVED] += 1
        if still:
            run(jobs, state, queued, job, queued.key[job] + shift, now)
            continue
        quiet = (
            quiet and not queued.facts[BLOCKS] and not within_reach(jobs, state, queued, job, queued.key[job] + shift)
        )
        wait(queued, job, queued.key[job])
    if not still and not quiet:
        _serve(jobs, state, queued, now, shift)


@part
def all_fit(jobs: Jobs, state: State, now: int) -> bool:
    """Tell whether all that arrive now fit what is free, together: then nobody is in anybody's way."""
    free, job = state.places[0, 0], state.counts[ARRIVED]
    while free >= 0 and job < len(jobs.submit) and jobs.submit[job] == now:
        free -= jobs.need[job, 0]
        job += 1
    return bool(free >= 0)


@part
def _serve(jobs: Jobs, state: State, queued: Queued, now: int, shift: int) -> None:
    """Start and stop, down the order, until what runs is what fits beside all that run ahead of it."""
    while True:
        at = crowded_out(jobs, state, queued)
        line = first(jobs, state, queued, shift, at)
        if line >= 0:
            key = queued.keys[queued.of[line, BEGIN]] + shift
            run(jobs, state, queued, leave(queued, line), key, now)
        elif at >= 0:
            displace(jobs, state, queued, at, now, shift)
        else:
            return


@part
def run(jobs: Jobs, state: State, queued: Queued, job: int, key: int, now: int) -> None:
    """Start a gang, which need not fit: who is behind it yields before the instant is over."""
    insert(state, queued, job, key)
    if queued.facts[CLOCK]:
        state.places[0, 0] -= jobs.need[job, 0]
        state.book[job, NOW_ON], state.book[job, SINCE] = 0, now
        if state.book[job, START] == NEVER:
            state.book[job, START] = now
        state.counts[RUNNING] += 1
    else:
        queued.key[job] = key
        begin(jobs, state, job, now)


@part
def displace(jobs: Jobs, state: State, queued: Queued, at: int, now: int, shift: int) -> None:
    """Stop the gang that stands there in the order of those that run, and let it wait."""
    job, key = queued.running[at], queued.stands[at]
    if queued.facts[CLOCK]:
        put_back(jobs, state, job, key, now)
        state.counts[RUNNING] -= 1
    else:
        stop(jobs, state, job, now)
    close(state, queued, at)
    wait(queued, job, key - shift)


@part
def place_of(state: State, queued: Queued, job: int) -> int:
    """Find where in the order a gang stands that runs."""
    key = state.ends[state.book[job, AT]] if queued.facts[CLOCK] else queued.key[job]
    return place(queued, job, key, state.counts[RUNNING])
