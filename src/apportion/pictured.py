"""What is drawn of a replay? Its use and queue over time, its busiest time, and how completion times are spread."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.history import History
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs
from apportion.measures._busiest_time import busiest, largest
from apportion.measures._stages import scarcest
from apportion.measures._timeline import Timeline, timeline

HOUR, DAY = 3600, 86_400
STEPS_S = (60, 300, 900, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY)
MOST_STEPS = 300
MOST_BARS = 48
PERCENTS = tuple(range(101))
MEMBER_PERCENTS = (5, 25, 50, 75, 95)


def over_time(history: History) -> dict[str, Any] | None:
    """Show what members held and waited for on average in each step of time, of the scarcest resource, in whole units."""
    pool, replay = history.pool, history.replay
    if replay is None or pool.jobs is None or not replay.pooled.finished.any():
        return None
    r = scarcest(history)
    length = int(replay.pooled.end_s.max() - pool.jobs.submit_s.min())
    step = next((s for s in STEPS_S if length / s <= MOST_STEPS), STEPS_S[-1])
    line = timeline(pool.jobs, replay.pooled, r, len(pool.members), step)
    return {
        "step_s": step,
        "start_s": line.start_s,
        "members": list(pool.members.id),
        "used": _means(line.used, step),
        "queued": _means(line.queued, step),
        "capacity": int(replay.capacity[r]) / MILLI,
        "resource": pool.resources[r],
        "busiest": _busiest(pool.jobs, replay.pooled, r, line),
    }


def _means(total: Ints, step_s: int) -> list[list[float]]:
    """Turn resource-seconds into means to the thousandth; what is not nothing stays above it."""
    means = np.round(total / (step_s * MILLI), 3)
    return [list(row) for row in np.where(total > 0, np.maximum(means, 0.001), 0.0).tolist()]


def _busiest(jobs: Jobs, schedule: Schedule, r: int, line: Timeline) -> dict[str, Any]:
    """Show the largest jobs that started on the busiest day (or longer step), each as a bar needs it."""
    span = busiest((line.used + line.queued).sum(axis=1), line.start_s, line.step_s, DAY)
    found = largest(jobs, schedule, r, span, MOST_BARS)
    columns = (jobs.id, jobs.member, jobs.submit_s, schedule.start_s, schedule.end_s, jobs.gang[:, r] / MILLI)
    rows = zip(*(column[found.rows].tolist() for column in columns), strict=True)
    keys = ("job", "member", "submit_s", "start_s", "end_s", "amount")
    return {
        "start_s": found.start_s,
        "end_s": found.end_s,
        "started": found.started,
        "part": found.shown / found.whole if found.whole else None,
        "jobs": [dict(zip(keys, row, strict=True)) for row in rows],
    }


def completion(history: History) -> dict[str, Any] | None:
    """Show how completion times are spread, of the jobs that ended in the pool and alone by every discipline at home."""
    pool, replay = history.pool, history.replay
    if replay is None or pool.jobs is None:
        return None
    both = np.logical_and.reduce([replay.pooled.finished, *(alone.finished for alone in replay.alone.values())])
    if not both.any():
        return None
    member = pool.jobs.member[both]
    ways = {"": replay.pooled} | replay.alone
    seconds = {name: (way.end_s - pool.jobs.submit_s)[both] for name, way in ways.items()}
    return {
        "jobs": int(both.sum()),
        "percents": list(PERCENTS),
        "all": _spreads(seconds, PERCENTS),
        "member_percents": list(MEMBER_PERCENTS),
        "members": [
            {"member": pool.members.id[m], "jobs": int((member == m).sum())}
            | _spreads({name: s[member == m] for name, s in seconds.items()}, MEMBER_PERCENTS)
            for m in np.unique(member).tolist()
        ],
    }


def _spreads(seconds: dict[str, Ints], percents: Sequence[int]) -> dict[str, Any]:
    """Give the least times that so many percent of the jobs do not exceed, in the pool and by discipline at home."""
    found = {name: np.percentile(s, percents, method="inverted_cdf").tolist() for name, s in seconds.items()}
    return {"pooled": found.pop(""), "alone": found}
