"""Who stands first in which line?

In a line the gang with the smallest rank stands first, in whatever order they came; which line may serve is for a
discipline to say. A gang that was stopped joins its line again.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import part
from apportion.simulation.events import fixed

BEGIN, SIZE, WHERE = 0, 1, 2  # columns of Lines.of


class Lines(NamedTuple):
    """Queued gangs in one binary heap of ranks for each line.

    Attributes
    ----------
    line : (J,) line of each job
    rank, ranked : (J,) rank of each job, and the job of each rank
    of : (L, 3) of each line: where in `ranks` its heap begins (`BEGIN`), how many stand there (`SIZE`), and `WHERE` it is in
        `waiting`
    ranks : (J,) the heaps, one after the other
    waiting : (L,) the lines in which somebody stands, `number[0]` of them, in no order
    """

    line: Ints
    rank: Ints
    ranked: Ints
    of: Ints
    ranks: Ints
    waiting: Ints
    number: Ints


def lines(line: Ints, size: int, ranked: Ints | None = None) -> Lines:
    """Open `size` empty lines for jobs whose line is given (J,).

    Parameters
    ----------
    ranked : (J,) all jobs, the one to go first in front; by default the order of arrival
    """
    length = np.bincount(line, minlength=size)
    order = np.arange(len(line)) if ranked is None else ranked
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    of = np.zeros((size, 3), dtype=np.int64)
    of[:, BEGIN] = np.cumsum(length) - length
    return Lines(
        fixed(line),
        fixed(rank),
        fixed(order),
        of,
        np.empty(len(line), dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@part
def join(lines: Lines, job: int) -> None:
    """Let a job stand in its line. O(log line), O(1) if its rank is the largest."""
    line, rank = lines.line[job], lines.rank[job]
    begin, hole = lines.of[line, BEGIN], lines.of[line, SIZE]
    if hole == 0:
        lines.waiting[lines.number[0]] = line
        lines.of[line, WHERE] = lines.number[0]
        lines.number[0] += 1
    lines.of[line, SIZE] += 1
    while hole > 0:
        above = (hole - 1) >> 1
        if lines.ranks[begin + above] <= rank:
            break
        lines.ranks[begin + hole] = lines.ranks[begin + above]
        hole = above
    lines.ranks[begin + hole] = rank


@part
def head(lines: Lines, line: int) -> int:
    """Name the job that stands first in a line, which must not be empty."""
    return int(lines.ranked[lines.ranks[lines.of[line, BEGIN]]])


@part
def leave(lines: Lines, line: int) -> int:
    """Let the job that stands first in a line go, and name it."""
    begin, last = lines.of[line, BEGIN], lines.of[line, SIZE] - 1
    gone, rank = lines.ranks[begin], lines.ranks[begin + last]
    lines.of[line, SIZE] = last
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        if below + 1 < last and lines.ranks[begin + below + 1] < lines.ranks[begin + below]:
            below += 1
        if lines.ranks[begin + below] >= rank:
            break
        lines.ranks[begin + hole] = lines.ranks[begin + below]
        hole = below
    lines.ranks[begin + hole] = rank
    if last == 0:
        lines.number[0] -= 1
        moved = lines.waiting[lines.number[0]]
        lines.waiting[lines.of[line, WHERE]] = moved
        lines.of[moved, WHERE] = lines.of[line, WHERE]
    return int(lines.ranked[gone])
