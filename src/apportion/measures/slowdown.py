"""How much longer than its run did a job take, as the one who waits feels it?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs
from apportion.measures._times import jct_s

SHORTEST_S = 10  # shorter jobs count as that long, so that waiting a minute for a second of work is not a disaster


def measure(history: History) -> Sequence[Figure]:
    """Give the mean of max(1, JCT / max(duration, 10 s)) by member, over the jobs that ended.

    Source: Feitelson, *Metrics for Parallel Job Scheduling and Their Convergence*, JSSPP 2001.
    """
    jobs, replay, members = history.pool.jobs, history.replay, history.pool.members.id
    value: float | None = None
    rows: dict[str, float | None] = dict.fromkeys(members)
    if jobs is not None and replay is not None and replay.pooled.finished.any():
        done = replay.pooled.finished
        slow = bounded(jobs, replay.pooled)[done]
        total = np.bincount(jobs.member[done], slow, minlength=len(members))
        count = np.bincount(jobs.member[done], minlength=len(members))
        rows = {m: float(t / n) if n else None for m, t, n in zip(members, total, count, strict=True)}
        value = float(slow.mean())
    definition = f"Mean of max(1, JCT / max(duration, {SHORTEST_S} s)) over the jobs that ended."
    return [Figure("bounded_slowdown", value, "times", Better.LOW, definition, rows)]


def bounded(jobs: Jobs, schedule: Schedule) -> Floats:
    """Bounded slowdown of each job: (J,); 1 where it did not end."""
    return np.asarray(np.maximum(jct_s(jobs, schedule) / np.maximum(jobs.duration_s, SHORTEST_S), 1.0))
