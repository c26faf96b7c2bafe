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
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    RUNNING,
    Jobs,
    State,
    begin,
    change,
    complete,
    fixed,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.preemptive import LIVE, NO_BOUND, Walk, dispatch, happen, remaining, restarting, sort, walk
from apportion.simulation.ranked import within
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import KIND, RESTART

BEGIN, SIZE = 0, 1  # columns of Queued.of
CLOCK, WAITING, BLOCKS = 0, 1, 2  # entries of Queued.facts


class Queued(NamedTuple):
    """Gangs that wait, in one binary heap for each line, and the order of those that run.

    Attributes
    ----------
    line : (J,) line of each job
    key : (J,) by which it stands, equal ones by job: where seconds left count, these while it waits, its end while it runs
    of : (L, 2) of each line: where in `heaps` it begins, and how many wait there
    heaps : (J,) the heaps, one after the other
    running : (J,) gangs that run, the last in the order in front
    facts : (3,) 1 where seconds left count, else 0 (`CLOCK`); how many gangs wait; 1 where one that waits `BLOCKS` others
    """

    line: Ints
    key: Ints
    of: Ints
    heaps: Ints
    running: Ints
    facts: Ints


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


def nobody_waits(jobs: Jobs, key: Ints, *, clock: int, blocking: bool) -> Queued:
    """Open a queue of one line for each kind of gangs, or of a single one where the first blocks all others."""
    line = np.zeros(len(key), dtype=np.int64) if blocking else jobs.facts[:, KIND]
    of = np.zeros((int(line.max(initial=-1)) + 1, 2), dtype=np.int64)
    length = np.bincount(line, minlength=len(of))
    of[:, BEGIN] = np.cumsum(length) - length
    heaps, running = (np.empty(len(key), dtype=np.int64) for _ in range(2))
    return Queued(fixed(line), key, of, heaps, running, np.array([clock, 0, int(blocking)]))


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
        now = next_instant(jobs, state)
        if now >= until:
            return
        shift = now * queued.facts[CLOCK]  # makes seconds left comparable with ends
        still = not queued.facts[BLOCKS] or queued.facts[WAITING] == 0  # whether all that wait would go on waiting
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            drop(state, queued, complete(jobs, state))
            still = queued.facts[WAITING] == 0
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            job = overfull(jobs, state)
            while job >= 0:
                displace(jobs, state, queued, job, now, shift)
                job = overfull(jobs, state)
            still = queued.facts[WAITING] == 0
        still = still and all_fit(jobs, state, now)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            if still:
                run(jobs, state, queued, state.counts[ARRIVED], now, shift)
            else:
                wait(queued, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        if not still:
            _serve(jobs, state, queued, now, shift)


@compiled
def all_fit(jobs: Jobs, state: State, now: int) -> bool:
    """Tell whether all that arrive now fit what is free, together: then nobody is in anybody's way."""
    free, job = state.places[0, 0], state.counts[ARRIVED]
    while free >= 0 and job < len(jobs.submit) and jobs.submit[job] == now:
        free -= jobs.need[job, 0]
        job += 1
    return bool(free >= 0)


@compiled
def _serve(jobs: Jobs, state: State, queued: Queued, now: int, shift: int) -> None:
    """Start and stop, down the order, until what runs is what fits beside all that run ahead of it."""
    while True:
        line = first(jobs, state, queued, shift)
        job = crowded_out(jobs, state, queued, line, shift)
        if job >= 0:
            displace(jobs, state, queued, job, now, shift)
        elif line >= 0:
            run(jobs, state, queued, leave(queued, line), now, shift)
        else:
            return


@compiled
def crowded_out(jobs: Jobs, state: State, queued: Queued, line: int, shift: int) -> int:
    """Name the gang that runs and must stop before the first of a line, if any, may start; −1 if none must."""
    free = state.places[0, 0]
    if free >= 0:
        return -1
    last = 0  # the first in the order that does not fit: beside those behind it, too little would be freed
    while free + jobs.need[queued.running[last], 0] < 0:
        free += jobs.need[queued.running[last], 0]
        last += 1
    job = queued.running[last]
    if line < 0 or _behind(queued, queued.heaps[queued.of[line, BEGIN]], shift, job):
        return int(job)
    return -1


@compiled
def run(jobs: Jobs, state: State, queued: Queued, job: int, now: int, shift: int) -> None:
    """Start a gang, which need not fit: who is behind it yields before the instant is over."""
    queued.key[job] += shift
    insert(state, queued, job)
    begin(jobs, state, job, now)


@compiled
def displace(jobs: Jobs, state: State, queued: Queued, job: int, now: int, shift: int) -> None:
    """Stop a gang that runs, and let it wait."""
    stop(jobs, state, job, now)
    drop(state, queued, job)
    queued.key[job] -= shift
    wait(queued, job)


@compiled
def first(jobs: Jobs, state: State, queued: Queued, shift: int) -> int:
    """Find the line whose first gang comes first of those that fit beside all that run ahead of them; −1 if none does."""
    best, running = -1, state.counts[RUNNING]
    for line in range(len(queued.of)):
        if queued.of[line, SIZE] == 0:
            continue
        job = queued.heaps[queued.of[line, BEGIN]]
        if best >= 0 and not _ahead(queued, job, queued.heaps[queued.of[best, BEGIN]]):
            continue
        want, i = jobs.need[job, 0] - state.places[0, 0], 0
        while want > 0 and i < running and not _behind(queued, job, shift, queued.running[i]):
            want -= jobs.need[queued.running[i], 0]
            i += 1
        if want <= 0:
            best = line
    return best


@compiled
def _ahead(queued: Queued, job: int, other: int) -> bool:
    """Tell whether a gang stands ahead of another that waits or runs as it does."""
    return bool((queued.key[job], job) < (queued.key[other], other))


@compiled
def _behind(queued: Queued, job: int, shift: int, running: int) -> bool:
    """Tell whether a gang that waits stands behind one that runs."""
    return bool((queued.key[job] + shift, job) > (queued.key[running], running))


@compiled
def insert(state: State, queued: Queued, job: int) -> None:
    """Let a gang that is about to run stand where it belongs. O(log running), and a shift of those ahead of it."""
    running = state.counts[RUNNING]
    at = _stands_at(queued, job, running)
    for i in range(running, at, -1):
        queued.running[i] = queued.running[i - 1]
    queued.running[at] = job


@compiled
def drop(state: State, queued: Queued, job: int) -> None:
    """Take a gang out of those that run, of which one fewer run already."""
    running = state.counts[RUNNING]
    for i in range(_stands_at(queued, job, running), running):
        queued.running[i] = queued.running[i + 1]


@compiled
def _stands_at(queued: Queued, job: int, running: int) -> int:
    """How many of the first so many that run stand behind a gang."""
    low, high = 0, running
    while low < high:
        middle = (low + high) >> 1
        if _ahead(queued, job, queued.running[middle]):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def wait(queued: Queued, job: int) -> None:
    """Let a gang wait in its line. O(log line)."""
    line = queued.line[job]
    begin, hole = queued.of[line, BEGIN], queued.of[line, SIZE]
    queued.of[line, SIZE] += 1
    queued.facts[WAITING] += 1
    while hole > 0:
        above = (hole - 1) >> 1
        if not _ahead(queued, job, queued.heaps[begin + above]):
            break
        queued.heaps[begin + hole] = queued.heaps[begin + above]
        hole = above
    queued.heaps[begin + hole] = job


@compiled
def leave(queued: Queued, line: int) -> int:
    """Let the first of a line go, and name it. O(log line)."""
    begin, last = queued.of[line, BEGIN], queued.of[line, SIZE] - 1
    gone, job = queued.heaps[begin], queued.heaps[begin + last]
    queued.of[line, SIZE] = last
    queued.facts[WAITING] -= 1
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        if below + 1 < last and _ahead(queued, queued.heaps[begin + below + 1], queued.heaps[begin + below]):
            below += 1
        if not _ahead(queued, queued.heaps[begin + below], job):
            break
        queued.heaps[begin + hole] = queued.heaps[begin + below]
        hole = below
    queued.heaps[begin + hole] = job
    return int(gone)
