"""Which jobs show best what happened when it was busiest?"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs


@dataclass(frozen=True, eq=False)
class Stretch:
    """A span of time, and the largest jobs that started in it.

    Attributes
    ----------
    start_s, end_s : on the trace's own clock
    rows : (K,) positions in the table of jobs, by member and then by start
    started : how many finished jobs started in it
    shown, whole : resource-seconds in thousandths that the jobs in `rows`, and all jobs, held in it
    """

    start_s: int
    end_s: int
    rows: Ints
    started: int
    shown: int
    whole: int


def busiest(demand: Ints, start_s: int, step_s: int, length_s: int) -> tuple[int, int]:
    """Return [start, end) of the multiple of `length_s` with the largest demand, the first of equals.

    `demand` is (T,), one number for each step from `start_s` on; `length_s` is a whole number of steps, or less than
    one. What is no longer than one and a half such lengths is taken whole.

    >>> busiest(np.array([1, 1, 1, 5, 5, 1]), 100, 10, 20)
    (120, 140)
    """
    length = max(length_s // step_s, 1)
    if 2 * len(demand) <= 3 * length:
        return start_s, start_s + len(demand) * step_s
    begins = np.arange(0, len(demand), length)
    begin = int(begins[np.argmax(np.add.reduceat(demand, begins))])
    return start_s + begin * step_s, start_s + min(begin + length, len(demand)) * step_s


def largest(jobs: Jobs, schedule: Schedule, resource: int, span: tuple[int, int], most: int) -> Stretch:
    """Choose at most `most` of the jobs that started in the span, those that held most in it; equals in file order.

    Longer ones that were there before are left out: they would be bars from edge to edge. What a job held is its gang times
    the part of [first start, end) that lies in the span, as if it had never been stopped.
    """
    start_s, end_s = span
    here = np.clip(schedule.end_s, start_s, end_s) - np.clip(schedule.start_s, start_s, end_s)
    held = np.where(schedule.finished, jobs.gang[:, resource] * here, 0)
    started = np.flatnonzero((held > 0) & (start_s <= schedule.start_s))
    rows = started[np.argsort(-held[started], kind="stable")[:most]]
    rows = rows[np.lexsort((schedule.start_s[rows], jobs.member[rows]))]
    return Stretch(start_s, end_s, rows, len(started), int(held[rows].sum()), int(held.sum()))
