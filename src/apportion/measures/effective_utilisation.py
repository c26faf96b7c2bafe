"""How much of the pool did useful work?

Utilisation counts every second in which resources are held; here each counts by the speed of the work done in it, so that a
job on a slow machine, or one that restarts, counts for what it gets done. A pool on which all jobs have speed 1 and nobody
restarts is as useful as it is busy. As there, a node that is down counts for nothing while it is down.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import scarcest
from apportion.measures._up import up_s


def measure(history: History) -> Sequence[Figure]:
    """Give it for the scarcest resource, with a row for each; above 1 is possible where speeds are."""
    pool, replay, jobs = history.pool, history.replay, history.pool.jobs
    rows: dict[str, float | None] = dict.fromkeys(pool.resources)
    if jobs is not None and replay is not None and replay.pooled.finished.any():
        done = replay.pooled.finished
        useful = (jobs.gang[done] * jobs.duration_s[done, None].astype(np.float64)).sum(axis=0)
        begin, end = int(jobs.submit_s.min()), int(replay.pooled.end_s.max())
        whole = up_s(replay.capacity, replay.changes, begin, end)
        rows = {r: float(u / w) if w > 0 else None for r, u, w in zip(pool.resources, useful, whole, strict=True)}
    return [
        Figure(
            "effective_utilisation",
            rows[pool.resources[scarcest(history)]],
            "share of 1",
            Better.HIGH,
            "Seconds at speed 1 that the ended jobs needed, times what they hold, over the resource-time of the nodes that "
            "were up, from the first submission to the last end; the value is that of the scarcest resource.",
            rows,
        )
    ]
