"""What if every gang has a rank, and those that do not fit are passed over?"""

from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.simulation.compiled import compiled
from apportion.simulation.events import ARRIVED, RUNNING, Jobs, State, begin, complete, fits, next_instant, opening
from apportion.simulation.lines import kinds
from apportion.simulation.replay import KernelQueue


class Heaps(NamedTuple):
    """Queued gangs in one binary heap of ranks for each kind of need.

    Attributes
    ----------
    kind : (J,) gangs of equal need are of one kind
    need : (K, R)
    rank, ranked : (J,) rank of each job, and the job of each rank
    first : (K,) where in `ranks` the heap of each kind begins
    size : (K,) how many gangs of each kind are queued
    ranks : (J,) the heaps, one after the other
    waiting : (K,) the kinds that have a gang queued, `number[0]` of them, in no order
    """

    kind: Ints
    need: Ints
    rank: Ints
    ranked: Ints
    first: Ints
    size: Ints
    ranks: Ints
    waiting: Ints
    number: Ints


def open_queue(trace: Trace, order: Ints) -> KernelQueue:
    """Start, among the queued gangs that fit, the one that comes first in `order`; pass over those that do not fit.

    Gangs of one need fit or do not fit together, so only the first of each kind is looked at: a start costs
    O(kinds queued · resources + log queue). A gang larger than the pool never starts and blocks nobody.

    Parameters
    ----------
    order : (J,) all rows of the trace, the one to go first in front

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    rows, jobs, state = opening(trace)
    position = np.empty(len(trace), dtype=np.int64)
    position[order] = np.arange(len(trace))
    heaps = _heaps(jobs.need, np.argsort(position[rows]))
    return KernelQueue(trace, rows, state.start, partial(_advance, jobs, state, heaps))


def by_arrival(trace: Trace) -> KernelQueue:
    """Start the earliest queued gang that fits."""
    return open_queue(trace, np.arange(len(trace)))


def _heaps(need: Ints, ranked: Ints) -> Heaps:
    kind = kinds(need)
    size = np.bincount(kind)
    rank = np.empty_like(ranked)
    rank[ranked] = np.arange(len(ranked))
    sample = np.zeros((len(size), need.shape[1]), dtype=np.int64)
    sample[kind] = need
    return Heaps(
        kind,
        sample,
        rank,
        ranked,
        np.cumsum(size) - size,
        np.zeros_like(size),
        np.empty_like(ranked),
        np.empty_like(size),
        np.zeros(1, dtype=np.int64),
    )


@compiled
def _advance(jobs: Jobs, state: State, heaps: Heaps, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            complete(jobs, state)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            _join(heaps, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        kind = _first(heaps, state.free)
        while kind >= 0:
            begin(jobs, state, _leave(heaps, kind), now)
            kind = _first(heaps, state.free)


@compiled
def _first(heaps: Heaps, free: Ints) -> int:
    """Find the kind whose first gang fits and has the smallest rank; −1 if nothing fits."""
    best, least = -1, 0
    for i in range(heaps.number[0]):
        kind = heaps.waiting[i]
        rank = heaps.ranks[heaps.first[kind]]
        if (best < 0 or rank < least) and fits(heaps.need[kind], free):
            best, least = kind, rank
    return best


@compiled
def _join(heaps: Heaps, job: int) -> None:
    kind, rank = heaps.kind[job], heaps.rank[job]
    first, hole = heaps.first[kind], heaps.size[kind]
    if hole == 0:
        heaps.waiting[heaps.number[0]] = kind
        heaps.number[0] += 1
    heaps.size[kind] += 1
    while hole > 0:
        above = (hole - 1) >> 1
        if heaps.ranks[first + above] <= rank:
            break
        heaps.ranks[first + hole] = heaps.ranks[first + above]
        hole = above
    heaps.ranks[first + hole] = rank


@compiled
def _leave(heaps: Heaps, kind: int) -> int:
    """Take the first gang of a kind out of the queue, and return its job."""
    first, last = heaps.first[kind], heaps.size[kind] - 1
    gone, rank = heaps.ranks[first], heaps.ranks[first + last]
    heaps.size[kind] = last
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        if below + 1 < last and heaps.ranks[first + below + 1] < heaps.ranks[first + below]:
            below += 1
        if heaps.ranks[first + below] >= rank:
            break
        heaps.ranks[first + hole] = heaps.ranks[first + below]
        hole = below
    heaps.ranks[first + hole] = rank
    if last == 0:
        _strike(heaps, kind)
    return int(heaps.ranked[gone])


@compiled
def _strike(heaps: Heaps, kind: int) -> None:
    """Take a kind off the list of those that have a gang queued."""
    heaps.number[0] -= 1
    at = 0
    while heaps.waiting[at] != kind:
        at += 1
    heaps.waiting[at] = heaps.waiting[heaps.number[0]]
