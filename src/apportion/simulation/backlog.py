"""Who waits, how long would each take, and when would those that run end, all by estimate?

Estimates of queued gangs stand in a tree over kinds and arrivals, in which the first of a kind that is short enough is
found in O(log jobs). Running gangs are kept in order of their estimated ends: to start and to end one moves those behind it.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.simulation.compiled import part
from apportion.simulation.events import FOREVER, NOW_ON, RUNNING, STOPS, Jobs, State, begin, fixed, left_on
from apportion.simulation.ordered import drop, no_numbers, put
from apportion.simulation.room import KIND, RESTART

LEAVES_OF_QUEUE, LEAVES_OF_KINDS = 0, 1  # entries of Backlog.leaves


class Backlog(NamedTuple):
    """Who waits, how long each would take, and when those that run would end, all by estimate.

    Attributes
    ----------
    takes : (J, C) estimated seconds on each class of places, from the beginning
    job, leaf : (J,) jobs by kind, then arrival, and where each job stands there
    bounds, queued : (K + 1,) where each kind begins in `job`; (K,) how many gangs of it wait
    least : (2S, C) node n of the tree stands above nodes 2n and 2n + 1, and leaf i is node S + i: the fewest seconds that
        a queued gang below it would take if it began now, `FOREVER` if none waits there
    queue, kinds : the queued jobs, and the kinds of which any waits, as ordered sets; their `leaves` (2,)
    until, by_end : (J,) when each running gang would end, and those gangs in that order
    spare : (P, R + 1) what the head leaves on each place at the time of its reservation, and whether it has it reserved
    """

    takes: Ints
    job: Ints
    leaf: Ints
    bounds: Ints
    queued: Ints
    least: Ints
    queue: Ints
    kinds: Ints
    leaves: Ints
    until: Ints
    by_end: Ints
    spare: Ints


def backlog_of(jobs: Jobs, takes: Ints, places: int) -> Backlog:
    """Open an empty backlog of gangs that would take so long on each class: (J, C), `FOREVER` where they cannot run."""
    size, kind = len(jobs.submit), jobs.facts[:, KIND]
    count = int(kind.max(initial=-1)) + 1
    job = np.argsort(kind, kind="stable")
    leaf = np.empty_like(job)
    leaf[job] = np.arange(size)
    queue, of_queue = no_numbers(size + 1)
    kinds, of_kinds = no_numbers(count + 1)
    return Backlog(
        fixed(takes),
        fixed(job),
        fixed(leaf),
        fixed(np.searchsorted(kind[job], np.arange(count + 1))),
        np.zeros(count, dtype=np.int64),
        np.full((2 << max(size - 1, 0).bit_length(), jobs.lasts.shape[1]), FOREVER),
        queue,
        kinds,
        fixed(np.array([of_queue, of_kinds])),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.zeros((places, jobs.need.shape[1] + 1), dtype=np.int64),
    )


@part
def first_within(backlog: Backlog, kind: int, last: int, c: int, most: int) -> int:
    """The first queued job of a kind behind another job that would take at most so long; `FOREVER` if there is none."""
    low, high = backlog.bounds[kind], backlog.bounds[kind + 1]
    end, size = high, len(backlog.least) >> 1
    while low < high:
        middle = (low + high) >> 1
        if backlog.job[middle] <= last:
            low = middle + 1
        else:
            high = middle
    if low == end:
        return FOREVER
    node = low + size
    while backlog.least[node, c] > most:
        while node & 1:
            node >>= 1
        if node == 0:
            return FOREVER
        node += 1
    while node < size:
        node <<= 1
        if backlog.least[node, c] > most:
            node += 1
    return int(backlog.job[node - size]) if node - size < end else FOREVER


@part
def takes_on(jobs: Jobs, state: State, backlog: Backlog, job: int, c: int) -> int:
    """Seconds for which a queued gang would hold places of a class if it began now."""
    if state.book[job, STOPS] == 0 or jobs.lasts[job, c] == NEVER:
        return int(backlog.takes[job, c])
    done = jobs.lasts[job, c] - left_on(jobs, state, job, c)
    return int(jobs.facts[job, RESTART] + max(backlog.takes[job, c] - done, 0))


@part
def join(jobs: Jobs, state: State, backlog: Backlog, job: int) -> None:
    """Let a gang wait."""
    kind = jobs.facts[job, KIND]
    put(backlog.queue, backlog.leaves[LEAVES_OF_QUEUE], job)
    put(backlog.kinds, backlog.leaves[LEAVES_OF_KINDS], kind)
    backlog.queued[kind] += 1
    for c in range(jobs.lasts.shape[1]):
        _set(backlog, job, c, takes_on(jobs, state, backlog, job, c))


@part
def _set(backlog: Backlog, job: int, c: int, takes: int) -> None:
    node = backlog.leaf[job] + (len(backlog.least) >> 1)
    backlog.least[node, c] = takes
    while node > 1:
        node >>= 1
        least = min(backlog.least[2 * node, c], backlog.least[2 * node + 1, c])
        if backlog.least[node, c] == least:
            return
        backlog.least[node, c] = least


@part
def start(jobs: Jobs, state: State, backlog: Backlog, job: int, now: int) -> None:
    """Start a queued gang, which must fit."""
    kind = jobs.facts[job, KIND]
    drop(backlog.queue, backlog.leaves[LEAVES_OF_QUEUE], job)
    backlog.queued[kind] -= 1
    if backlog.queued[kind] == 0:
        drop(backlog.kinds, backlog.leaves[LEAVES_OF_KINDS], kind)
    for c in range(jobs.lasts.shape[1]):
        _set(backlog, job, c, FOREVER)
    begin(jobs, state, job, now)
    backlog.until[job] = now + takes_on(jobs, state, backlog, job, state.book[job, NOW_ON])
    last = state.counts[RUNNING] - 1
    at = _place(backlog, job, last)
    for i in range(last, at, -1):
        backlog.by_end[i] = backlog.by_end[i - 1]
    backlog.by_end[at] = job


@part
def _later(backlog: Backlog, job: int, other: int) -> bool:
    return (backlog.until[job], job) > (backlog.until[other], other)


@part
def _place(backlog: Backlog, job: int, running: int) -> int:
    """How many of the first so many in the order of ends come before a job."""
    low, high = 0, running
    while low < high:
        middle = (low + high) >> 1
        if _later(backlog, job, backlog.by_end[middle]):
            low = middle + 1
        else:
            high = middle
    return low


@part
def forget(backlog: Backlog, job: int, running: int) -> None:
    """Take a running gang out of the order of ends."""
    for i in range(_place(backlog, job, running), running - 1):
        backlog.by_end[i] = backlog.by_end[i + 1]
