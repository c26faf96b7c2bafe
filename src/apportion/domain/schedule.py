"""When did each job run?"""

from dataclasses import dataclass, replace

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
        begin = np.concatenate([[0], np.cumsum(np.diff(self.begin)[order])]).astype(np.int64)
        _, rows = self.rows_of(order)
        return Held(self.used, begin, self.place[rows], self.workers[rows])

    def rows_of(self, jobs: Ints) -> tuple[Ints, Ints]:
        """Find the places of some jobs, one after the other: for each (S,) which of `jobs`, and where it stands here."""
        length = np.diff(self.begin)[jobs]
        first = np.cumsum(length) - length
        of = np.repeat(np.arange(len(jobs)), length)
        return of, (self.begin[:-1][jobs] - first)[of] + np.arange(len(of))


@dataclass(frozen=True, eq=False)
class Stays:
    """From when to when who held what: one row for every time that a job ran, and every place that it then held.

    Attributes
    ----------
    job : (S,) in the order of the jobs' table, or of a trace
    begin_s, end_s : (S,) whole seconds on the trace's clock
    place, workers : (S,) where, and how many of the job's workers
    """

    job: Ints
    begin_s: Ints
    end_s: Ints
    place: Ints
    workers: Ints

    def renumbered(self, job: Ints) -> "Stays":
        """Return the same stays of jobs that have other numbers: (J,) the new one of each."""
        return replace(self, job=job[self.job])


def empty_schedule(jobs: int) -> Schedule:
    """Return a schedule in which nothing has started."""
    never, nothing = np.full(jobs, NEVER, dtype=np.int64), np.zeros(jobs, dtype=np.int64)
    return Schedule(never, never.copy(), nothing, nothing.copy())
