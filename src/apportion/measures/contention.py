"""How much more was asked for at once than there is?

At a moment, what the jobs that were submitted and had not ended ask for together, running or queued, over what the pool
holds: above 1 somebody must wait. Jobs that never ran are left out.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import scarcest

RUNNABLE = "What jobs that are submitted and have not ended ask for, running or queued, over what the pool holds"
OF = "of the scarcest resource, with a row for each"


def contention(submit_s: Ints, end_s: Ints, gang: Ints, capacity: Ints) -> tuple[Floats, Floats]:
    """Return mean and peak of demand over capacity, the mean from the first submission to the last end.

    Within one second, ends come before submissions, and what only lasts an instant is no peak.

    Parameters
    ----------
    submit_s, end_s, gang : (J,), (J,), (J, R) of the jobs that ended
    capacity : (R,)

    Returns
    -------
    (R,), (R,) NaN for a resource the pool has none of, or if no time passes. O(J log J).
    """
    nothing = np.full(len(capacity), np.nan)
    if not len(submit_s) or submit_s.min() == end_s.max():
        return nothing, nothing
    at, back = np.unique(np.concatenate([submit_s, end_s]), return_inverse=True)
    change = np.zeros((len(at), gang.shape[1]), dtype=np.int64)
    np.add.at(change, back.reshape(-1), np.concatenate([gang, -gang]))
    demand = np.cumsum(change, axis=0)
    mean = (demand[:-1] * np.diff(at)[:, None].astype(np.float64)).sum(axis=0) / float(at[-1] - at[0])
    part = [np.divide(one, capacity, out=nothing.copy(), where=capacity > 0) for one in (mean, demand.max(axis=0))]
    return part[0], part[1]


def measure(history: History) -> Sequence[Figure]:
    """Give mean and peak for the scarcest resource, with a row for each."""
    pool, replay, jobs = history.pool, history.replay, history.pool.jobs
    found = (np.full(len(pool.resources), np.nan),) * 2
    if jobs is not None and replay is not None:
        done = replay.pooled.finished
        found = contention(jobs.submit_s[done], replay.pooled.end_s[done], jobs.gang[done], replay.capacity)
    return [
        _figure(
            history, "contention.mean", found[0], f"{RUNNABLE}: mean from the first submission to the last end, {OF}."
        ),
        _figure(history, "contention.peak", found[1], f"{RUNNABLE}: the most at any time, {OF}."),
    ]


def _figure(history: History, name: str, each: Floats, definition: str) -> Figure:
    resources = history.pool.resources
    rows = {r: None if np.isnan(value) else value for r, value in zip(resources, each.tolist(), strict=True)}
    return Figure(name, rows[resources[scarcest(history)]], "share of 1", Better.LOW, definition, rows)
