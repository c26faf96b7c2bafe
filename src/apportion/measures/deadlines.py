"""Which deadlines were met, and how late were the others?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.schedule import NEVER


def measure(history: History) -> Sequence[Figure]:
    """Give the part of jobs with a deadline that ended by it, by member, and the mean tardiness of those that ended."""
    jobs, replay, members = history.pool.jobs, history.replay, history.pool.members.id
    met: float | None = None
    late: float | None = None
    rows: dict[str, float | None] = dict.fromkeys(members)
    if jobs is not None and replay is not None and (jobs.deadline_s != NEVER).any():
        due = jobs.deadline_s != NEVER
        end, deadline, member = replay.pooled.end_s[due], jobs.deadline_s[due], jobs.member[due]
        kept = (end != NEVER) & (end <= deadline)
        asked = np.bincount(member, minlength=len(members))
        good = np.bincount(member[kept], minlength=len(members))
        rows = {m: int(g) / int(n) if n else None for m, g, n in zip(members, good, asked, strict=True)}
        met = int(kept.sum()) / len(kept)
        ended = end != NEVER
        tardy = np.maximum(end - deadline, 0)[ended]
        late = int(tardy.sum()) / len(tardy) if len(tardy) else None
    return [
        Figure("deadlines_met", met, "share of 1", Better.HIGH, "Jobs with a deadline that ended by it.", rows),
        Figure(
            "tardiness", late, "s", Better.LOW, "Mean of max(0, end − deadline) over jobs with a deadline that ended."
        ),
    ]
