"""How long did jobs take, and how long did they wait?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._times import held_s, jct_s, member_means

PERCENTS = (50, 95, 99)
ENDED = "over the jobs that ended"


def percentile(seconds: Ints, percent: int) -> int:
    """Return the least time that `percent` of the jobs do not exceed: one of the times, never a value between two.

    >>> percentile(np.array([1, 2, 3, 4]), 50)
    2
    """
    return int(np.percentile(seconds, percent, method="inverted_cdf"))


def measure(history: History) -> Sequence[Figure]:
    """Give mean JCT and wait by member, percentiles of JCT, makespan, and how many jobs never ended."""
    member, jct, wait = _ended(history)
    makespan, unfinished = _whole(history)
    return [
        _mean(history, "mean_jct", member, jct, f"Mean of end − submit {ENDED}."),
        *[_percentile(jct, percent) for percent in PERCENTS],
        _mean(history, "mean_wait", member, wait, f"Mean of end − submit − time holding resources, {ENDED}."),
        Figure("makespan", makespan, "s", Better.LOW, "Last end − first submit."),
        Figure("unfinished", unfinished, "jobs", Better.LOW, "Jobs that did not end: too large, or cut off."),
    ]


def _ended(history: History) -> tuple[Ints, Ints, Ints]:
    """Return member, JCT and wait of each job that ended; nothing without a replay."""
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    done = replay.pooled.finished
    jct = jct_s(jobs, replay.pooled)
    return jobs.member[done], jct[done], (jct - held_s(jobs, replay.pooled))[done]


def _whole(history: History) -> tuple[int | None, int | None]:
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None:
        return None, None
    done = replay.pooled.finished
    makespan = int(replay.pooled.end_s.max() - jobs.submit_s.min()) if done.any() else None
    return makespan, int((~done).sum())


def _percentile(jct: Ints, percent: int) -> Figure:
    definition = f"The least time from submit to end that {percent} % of the jobs that ended do not exceed."
    value = percentile(jct, percent) if len(jct) else None
    return Figure(f"jct_percentile.{percent}", value, "s", Better.LOW, definition)


def _mean(history: History, name: str, member: Ints, seconds: Ints, definition: str) -> Figure:
    members = history.pool.members.id
    value = int(seconds.sum()) / len(seconds) if len(seconds) else None
    rows = dict(zip(members, member_means(seconds, member, len(members)), strict=True))
    return Figure(name, value, "s", Better.LOW, definition, rows)
