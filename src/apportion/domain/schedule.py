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


def empty_schedule(jobs: int) -> Schedule:
    """Return a schedule in which nothing has started."""
    never, nothing = np.full(jobs, NEVER, dtype=np.int64), np.zeros(jobs, dtype=np.int64)
    return Schedule(never, never.copy(), nothing, nothing.copy())
