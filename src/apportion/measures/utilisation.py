"""How much of the pool was busy?

    U[r] = Σ gang · seconds held, of the jobs that ended  /  resource-seconds that were up

both from the first submission to the last end. Of a node that is down nothing could have been used, so it counts for none
while it is down; where none ever is, the lower line is capacity · horizon. What services hold is up, and is not counted as
used by jobs.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs
from apportion.domain.trace import Changes
from apportion.measures._stages import scarcest
from apportion.measures._times import held_s
from apportion.measures._up import up_s


def utilisation(jobs: Jobs, schedule: Schedule, capacity: Ints, changes: Changes | None = None) -> Floats:
    """Return busy resource-time / resource-time that was up, from first submit to last end, of the jobs that finished.

    Parameters
    ----------
    capacity : (R,) whole thousandths, all nodes being up
    changes : what nodes that go down take, and give back

    Returns
    -------
    (R,) 0 to 1, NaN for a resource of which nothing was up, or for a horizon of no length.
    """
    done = schedule.finished
    busy = (jobs.gang[done] * held_s(jobs, schedule)[done, None].astype(np.float64)).sum(axis=0)
    begin, end = (int(jobs.submit_s.min()), int(schedule.end_s.max())) if done.any() else (0, 0)
    whole = up_s(capacity, changes, begin, end)
    return np.asarray(np.divide(busy, whole, out=np.full(len(capacity), np.nan), where=whole > 0))


def measure(history: History) -> Sequence[Figure]:
    """Give it for the scarcest resource, with a row for each."""
    pool, replay = history.pool, history.replay
    rows: dict[str, float | None] = dict.fromkeys(pool.resources)
    if pool.jobs is not None and replay is not None:
        each = utilisation(pool.jobs, replay.pooled, replay.capacity, replay.changes).tolist()
        rows = {r: None if np.isnan(value) else value for r, value in zip(pool.resources, each, strict=True)}
    return [
        Figure(
            "utilisation",
            rows[pool.resources[scarcest(history)]],
            "share of 1",
            Better.HIGH,
            "Busy resource-time over the resource-time of the nodes that were up, from the first submission to the last end; "
            "the value is that of the scarcest resource.",
            rows,
        )
    ]
