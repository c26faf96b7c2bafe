"""What if every gang has a rank, and those that do not fit are passed over, or block?"""

from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    RUNNING,
    Jobs,
    State,
    begin,
    change,
    complete,
    fits,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.lines import BEGIN, Lines, head, join, leave, lines
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import KIND


def open_queue(trace: Trace, order: Ints, *, blocking: bool = False) -> KernelQueue:
    """Start, among the queued gangs that fit, the one that comes first in `order`; pass over those that do not fit.

    Gangs of one kind fit or do not fit together, so only the first of each is looked at: a start costs O(kinds queued ·
    resources + log queue). A gang larger than the pool never starts and blocks nobody.

    Parameters
    ----------
    order : (J,) all rows of the trace, the one to go first in front
    blocking : whether the first queued gang holds up all others until it fits: then all stand in one line

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    rows, jobs, state = opening(trace)
    kind = np.zeros(len(jobs.submit), dtype=np.int64) if blocking else jobs.facts[:, KIND]
    queued = lines(kind, int(kind.max(initial=-1)) + 1, within(order, rows, len(trace)))
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued))


def by_arrival(trace: Trace) -> KernelQueue:
    """Start the earliest queued gang that fits."""
    return open_queue(trace, np.arange(len(trace)))


def within(order: Ints, rows: Ints | slice, size: int) -> Ints:
    """Turn an order of all rows of a trace into one of the gangs that a kernel knows: (J,) of their own numbers."""
    position = np.empty(size, dtype=np.int64)
    position[order] = np.arange(size)
    return np.argsort(position[rows])


@compiled
def _advance(jobs: Jobs, state: State, queued: Lines, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        arrive(jobs, state, queued, now)
        line = _first(jobs, state, queued)
        while line >= 0:
            begin(jobs, state, leave(queued, line), now)
            line = _first(jobs, state, queued)


@part
def arrive(jobs: Jobs, state: State, queued: Lines, now: int) -> None:
    """Handle everything that happens at an instant but the dispatch."""
    while state.counts[RUNNING] > 0 and state.ends[0] == now:
        complete(jobs, state)
    if state.counts[CHANGED] < len(state.changes):
        change(state, now)
        job = overfull(jobs, state)
        while job >= 0:
            stop(jobs, state, job, now)
            join(queued, job)
            job = overfull(jobs, state)
    while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
        join(queued, state.counts[ARRIVED])
        state.counts[ARRIVED] += 1


@part
def _first(jobs: Jobs, state: State, queued: Lines) -> int:
    """Find the line whose first gang fits and has the smallest rank; −1 if nothing fits."""
    best, least = -1, 0
    for i in range(queued.number[0]):
        line = queued.waiting[i]
        rank = queued.ranks[queued.of[line, BEGIN]]
        if (best < 0 or rank < least) and fits(jobs, state, head(queued, line)):
            best, least = line, rank
    return best
