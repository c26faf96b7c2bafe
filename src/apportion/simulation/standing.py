"""Who runs and who waits, each in the order in which gangs stand, where all is one place of one resource?

Two gangs stand by their keys, equal ones by job. All that is compared lies side by side: to look a key up by its job costs
more than the comparison.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import part
from apportion.simulation.events import FOREVER, RUNNING, Jobs, State, fixed
from apportion.simulation.room import KIND

BEGIN, SIZE = 0, 1  # columns of Queued.of
CLOCK, WAITING, BLOCKS, FRONT = 0, 1, 2, 3  # entries of Queued.facts


class Queued(NamedTuple):
    """Gangs that wait, in one binary heap for each line, and the order of those that run.

    A gang stands by its key, equal ones by job. Where seconds left count, the key is these while it waits, and its end while
    it runs; then the order of those that run is also that of their ends, and stands for the heap of ends (see `tell`).

    Attributes
    ----------
    line : (J,) line of each job
    key : (J,) of each job that never ran, and of each that runs where seconds left do not count
    of : (L, 2) of each line: where in `heaps` it begins, and how many wait there
    heaps, keys : (J,) the heaps, one after the other: jobs, and their keys
    running, stands : (2J + 2,) gangs that run, the first in the order at `FRONT`, and their keys; room on both sides lets
        only those on the shorter side move when one starts or ends
    facts : (4,) 1 where seconds left count, else 0 (`CLOCK`); how many gangs wait; 1 where one that waits `BLOCKS` others;
        where the order of those that run begins (`FRONT`)
    """

    line: Ints
    key: Ints
    of: Ints
    heaps: Ints
    keys: Ints
    running: Ints
    stands: Ints
    facts: Ints


def nobody_waits(jobs: Jobs, key: Ints, *, clock: int, blocking: bool) -> Queued:
    """Open a queue of one line for each kind of gangs, or of a single one where the first blocks all others."""
    line = np.zeros(len(key), dtype=np.int64) if blocking else jobs.facts[:, KIND]
    of = np.zeros((int(line.max(initial=-1)) + 1, 2), dtype=np.int64)
    length = np.bincount(line, minlength=len(of))
    of[:, BEGIN] = np.cumsum(length) - length
    heaps, keys = (np.empty(len(key), dtype=np.int64) for _ in range(2))
    running, stands = (np.empty(2 * len(key) + 2, dtype=np.int64) for _ in range(2))
    facts = np.array([clock, 0, int(blocking), len(key) // 2])
    return Queued(fixed(line), key, of, heaps, keys, running, stands, facts)


@part
def ahead(key: int, job: int, other_key: int, other: int) -> bool:
    """Tell whether a gang stands ahead of another."""
    return bool(key < other_key or (key == other_key and job < other))


@part
def within_reach(jobs: Jobs, state: State, queued: Queued, job: int, key: int) -> bool:
    """Tell whether a gang fits beside all that run ahead of it."""
    want, front = jobs.need[job, 0] - state.places[0, 0], queued.facts[FRONT]
    i = front + state.counts[RUNNING] - 1
    while want > 0 and i >= front and ahead(key, job, queued.stands[i], queued.running[i]):
        want -= jobs.need[queued.running[i], 0]
        i -= 1
    return bool(want <= 0)


@part
def crowded_out(jobs: Jobs, state: State, queued: Queued) -> int:
    """Find where in the order the first stands that runs and does not fit beside those ahead; −1 if all fit.

    Before it stops, those that wait ahead of it must have started: one of them may stop another ahead of it, beside which it
    did not fit, and leave enough for it.
    """
    free, i = state.places[0, 0], queued.facts[FRONT] + state.counts[RUNNING] - 1
    if free >= 0:
        return -1
    while free + jobs.need[queued.running[i], 0] < 0:
        free += jobs.need[queued.running[i], 0]
        i -= 1
    return int(i)


@part
def first(jobs: Jobs, state: State, queued: Queued, shift: int, at: int) -> int:
    """Find the line whose first gang comes first of those that fit beside all that run ahead of them; −1 if none does.

    Only those are asked that stand ahead of the gang that runs at some place in the order; all, if that is −1.
    """
    best, best_job, best_key = -1, 0, 0
    if at >= 0:
        best_job, best_key = queued.running[at], queued.stands[at] - shift
    for line in range(len(queued.of)):
        if queued.of[line, SIZE] == 0:
            continue
        begins = queued.of[line, BEGIN]
        job, key = queued.heaps[begins], queued.keys[begins]
        if (best >= 0 or at >= 0) and not ahead(key, job, best_key, best_job):
            continue
        if within_reach(jobs, state, queued, job, key + shift):
            best, best_job, best_key = line, job, key
    return best


@part
def insert(state: State, queued: Queued, job: int, key: int) -> None:
    """Let a gang that is about to run stand where it belongs. O(log running), and a shift of those on its shorter side."""
    running, stands, size = queued.running, queued.stands, state.counts[RUNNING]
    front = _room_on_both_sides(state, queued)
    at = place(queued, job, key, size)
    if at - front < size - (at - front):
        _forward(running[front - 1 : at])
        _forward(stands[front - 1 : at])
        queued.facts[FRONT], at = front - 1, at - 1
    else:
        _back(running[at : front + size + 1])
        _back(stands[at : front + size + 1])
    running[at], stands[at] = job, key


@part
def _room_on_both_sides(state: State, queued: Queued) -> int:
    """Move all that run to the middle where one of the sides has no room left: seldom, as half of it was free. The front."""
    front, size, length = queued.facts[FRONT], state.counts[RUNNING], len(queued.running)
    if front > 0 and front + size < length:
        return int(front)
    middle = (length - size) >> 1
    for k in range(size):
        i = k if middle < front else size - 1 - k
        queued.running[middle + i], queued.stands[middle + i] = queued.running[front + i], queued.stands[front + i]
    queued.facts[FRONT] = middle
    return int(middle)


@part
def _forward(some: Ints) -> None:
    """Move all but the first one place to the front, over it."""
    for i in range(len(some) - 1):
        some[i] = some[i + 1]


@part
def _back(some: Ints) -> None:
    """Move all but the last one place to the back, over it."""
    for i in range(len(some) - 1):
        some[len(some) - 1 - i] = some[len(some) - 2 - i]


@part
def drop(state: State, queued: Queued, job: int) -> None:
    """Take a gang out of those that run, of which one fewer run already."""
    close(state, queued, place(queued, job, queued.key[job], state.counts[RUNNING] + 1))


@part
def close(state: State, queued: Queued, at: int) -> None:
    """Close the gap that a gang leaves among those that run, of which one fewer run already."""
    running, stands, front, size = queued.running, queued.stands, queued.facts[FRONT], state.counts[RUNNING]
    if at - front < size - (at - front):
        _back(running[front : at + 1])
        _back(stands[front : at + 1])
        queued.facts[FRONT] = front + 1
    else:
        _forward(running[at : front + size + 1])
        _forward(stands[at : front + size + 1])


@part
def place(queued: Queued, job: int, key: int, size: int) -> int:
    """Find where among so many that run a gang stands, or would."""
    stands, at, left = queued.stands, queued.facts[FRONT], size
    end = at + size
    while left > 0:
        half = (left + 1) >> 1
        at += half * (stands[at + half - 1] < key)
        left -= half
    while at < end and stands[at] == key and queued.running[at] < job:
        at += 1
    return int(at)


@part
def wait(queued: Queued, job: int, key: int) -> None:
    """Let a gang wait in its line. O(log line)."""
    line = queued.line[job]
    begins, hole = queued.of[line, BEGIN], queued.of[line, SIZE]
    queued.of[line, SIZE] += 1
    queued.facts[WAITING] += 1
    while hole > 0:
        above = (hole - 1) >> 1
        if not ahead(key, job, queued.keys[begins + above], queued.heaps[begins + above]):
            break
        queued.heaps[begins + hole], queued.keys[begins + hole] = (
            queued.heaps[begins + above],
            queued.keys[begins + above],
        )
        hole = above
    queued.heaps[begins + hole], queued.keys[begins + hole] = job, key


@part
def leave(queued: Queued, line: int) -> int:
    """Let the first of a line go, and name it. O(log line)."""
    heaps, keys = queued.heaps, queued.keys
    begins, last = queued.of[line, BEGIN], queued.of[line, SIZE] - 1
    gone, job, key = heaps[begins], heaps[begins + last], keys[begins + last]
    queued.of[line, SIZE] = last
    queued.facts[WAITING] -= 1
    keys[begins + last], hole = FOREVER, 0  # so that the first of two is taken without a branch
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        i = begins + below
        second = (keys[i + 1] < keys[i]) | ((keys[i + 1] == keys[i]) & (heaps[i + 1] < heaps[i]))
        below, i = below + second, i + second
        if not ahead(keys[i], heaps[i], key, job):
            break
        heaps[begins + hole], keys[begins + hole] = heaps[i], keys[i]
        hole = below
    heaps[begins + hole], keys[begins + hole] = job, key
    return int(gone)
