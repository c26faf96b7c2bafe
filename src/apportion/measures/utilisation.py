"""How much of the pool was busy?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs
from apportion.measures._stages import scarcest
from apportion.measures._times import held_s


def utilisation(jobs: Jobs, schedule: Schedule, capacity: Ints) -> Floats:
    """Return busy resource-time / (capacity · horizon), horizon = last end − first submit, of the jobs that finished.

    Parameters
    ----------
    capacity : (R,) whole thousandths

    Returns
    -------
    (R,) 0 to 1, NaN for a resource the pool has none of, or for a horizon of no length.
    """
    done = schedule.finished
    busy = (jobs.gang[done] * held_s(jobs, schedule)[done, None].astype(np.float64)).sum(axis=0)
    horizon = float(schedule.end_s.max() - jobs.submit_s.min()) if done.any() else 0.0
    whole = capacity * horizon
    return np.asarray(np.divide(busy, whole, out=np.full(len(capacity), np.nan), where=whole > 0))


def measure(history: History) -> Sequence[Figure]:
    """Give it for the scarcest resource, with a row for each."""
    pool, replay = history.pool, history.replay
    rows: dict[str, float | None] = dict.fromkeys(pool.resources)
    if pool.jobs is not None and replay is not None:
        each = utilisation(pool.jobs, replay.pooled, replay.capacity).tolist()
        rows = {r: None if np.isnan(value) else value for r, value in zip(pool.resources, each, strict=True)}
    return [
        Figure(
            "utilisation",
            rows[pool.resources[scarcest(history)]],
            "share of 1",
            Better.HIGH,
            "Busy resource-time over capacity times horizon, the horizon from the first submission to the last end; "
            "the value is that of the scarcest resource.",
            rows,
        )
    ]
