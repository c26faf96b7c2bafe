"""Who stands first in which line?

A line is first come, first served; which line may serve is for a discipline to say.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import compiled
from apportion.simulation.events import fixed


class Lines(NamedTuple):
    """Queued jobs in lines.

    Attributes
    ----------
    line : (J,) line of each job
    jobs : (J,) jobs sorted by line, in order of arrival within one
    head, tail : (L,) the part of `jobs` that is queued in each line
    waiting : (L,) the lines in which somebody stands, `number[0]` of them, in no order
    """

    line: Ints
    jobs: Ints
    head: Ints
    tail: Ints
    waiting: Ints
    number: Ints


def lines(line: Ints, size: int) -> Lines:
    """Open `size` empty lines for jobs whose line is given: (J,)."""
    length = np.bincount(line, minlength=size)
    head = np.cumsum(length) - length
    by_line = np.argsort(line, kind="stable")
    return Lines(fixed(line), fixed(by_line), head, head.copy(), np.empty_like(head), np.zeros(1, dtype=np.int64))


def kinds(need: Ints) -> Ints:
    """Number the distinct rows of needs: (J, R) → (J,) from 0.

    >>> kinds(np.array([[4, 1], [2, 1], [4, 1]]))
    array([1, 0, 1])
    """
    kind = np.zeros(len(need), dtype=np.int64)
    for column in need.T:
        values, code = np.unique(column, return_inverse=True)
        kind = np.unique(kind * len(values) + code, return_inverse=True)[1]
    return kind


@compiled
def join(lines: Lines, job: int) -> None:
    """Let a job that arrives stand in its line."""
    line = lines.line[job]
    if lines.head[line] == lines.tail[line]:
        lines.waiting[lines.number[0]] = line
        lines.number[0] += 1
    lines.tail[line] += 1


@compiled
def leave(lines: Lines, job: int) -> None:
    """Let the job that stands first in its line go."""
    line = lines.line[job]
    lines.head[line] += 1
    if lines.head[line] == lines.tail[line]:
        lines.number[0] -= 1
        at = 0
        while lines.waiting[at] != line:
            at += 1
        lines.waiting[at] = lines.waiting[lines.number[0]]
