"""When did each job run?"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Ints

NEVER = -1


@dataclass(frozen=True, eq=False)
class Schedule:
    """What became of each job, in the order of the jobs' table.

    Attributes
    ----------
    start_s, end_s : (J,) whole seconds on the trace's clock; `NEVER` for a job that did not start, or not end
    preemptions : (J,) how often a job was stopped and put back
    held_s : (J,) for how long it held its gang's resources, restarts included
    """

    start_s: Ints
    end_s: Ints
    preemptions: Ints
    held_s: Ints

    @property
    def finished(self) -> Bools:
        """Which jobs ended: (J,)."""
        return np.asarray(self.end_s != NEVER)


@dataclass(frozen=True, eq=False)
class Held:
    """What was held where, in the end.

    Attributes
    ----------
    used : (P, R) resource-seconds in whole thousandths, of each place
    begin : (J + 1,) where the places of each job begin in `place`; that of a job which never ran is empty
    place, workers : (S,) on which places a job ran last, and how many of its workers there
    """

    used: Ints
    begin: Ints
    place: Ints
    workers: Ints

    def ordered(self, order: Ints) -> "Held":
        """Return the jobs in another order: (J,) rows of this one."""
        length = np.diff(self.begin)[order]
        begin = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        rows = np.repeat(self.begin[:-1][order] - begin[:-1], length) + np.arange(begin[-1])
        return Held(self.used, begin, self.place[rows], self.workers[rows])


def empty_schedule(jobs: int) -> Schedule:
    """Return a schedule in which nothing has started."""
    never, nothing = np.full(jobs, NEVER, dtype=np.int64), np.zeros(jobs, dtype=np.int64)
    return Schedule(never, never.copy(), nothing, nothing.copy())
