"""How much more was asked for at once than there is?

At a moment, what the jobs that were submitted and had not ended ask for together, running or queued, over what the nodes hold
that are up: above 1 somebody must wait. Jobs that never ended are left out. The mean is that of the demand over that of what
is up,

    ∫ demand dt / ∫ up dt

from the first submission to the last end; where nodes are never down, that is the mean of the ratio. The peak is the largest
ratio at any time when something is up: over nothing, any demand would be without bound.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.trace import Changes, no_changes
from apportion.measures._stages import scarcest

RUNNABLE = (
    "What jobs that are submitted and have not ended ask for, running or queued, over what the nodes hold that are up"
)
OF = "of the scarcest resource, with a row for each"


def contention(
    submit_s: Ints,
    end_s: Ints,
    gang: Ints,
    capacity: Ints,
    changes: Changes | None = None,
    begin_s: int | None = None,
) -> tuple[Floats, Floats]:
    """Return mean and peak of demand over what is up, the mean from the first submission to the last end.

    Within one second, ends come before submissions, and what only lasts an instant is no peak.

    Parameters
    ----------
    submit_s, end_s, gang : (J,), (J,), (J, R) of the jobs that ended
    capacity : (R,) of all nodes
    changes : what nodes that go down take, and give back
    begin_s : the first submission of all jobs, those that never ended too; by default that of these

    Returns
    -------
    (R,), (R,) NaN for a resource of which nothing is ever up, or if no time passes. O(J log J), with the changes in J.
    """
    nothing = np.full(len(capacity), np.nan)
    if not len(submit_s):
        return nothing, nothing
    first, last = int(submit_s.min()) if begin_s is None else begin_s, int(end_s.max())
    if first == last:
        return nothing, nothing
    lost = changes or no_changes(len(capacity))
    within = lost.at_s < last
    lost_s = np.maximum(lost.at_s[within], first)
    at = np.unique(np.concatenate([[first], submit_s, end_s, lost_s]))
    demand = _levels(at, np.concatenate([submit_s, end_s]), np.concatenate([gang, -gang]))
    up = capacity + _levels(at, lost_s, lost.delta[within])
    span = np.diff(at)[:, None].astype(np.float64)
    asked, there = ((level[:-1] * span).sum(axis=0) / float(last - first) for level in (demand, up))
    peak = np.divide(demand, up, out=np.zeros(up.shape), where=up > 0).max(axis=0)
    ever = (up[:-1] > 0).any(axis=0)
    return np.divide(asked, there, out=nothing.copy(), where=ever), np.where(ever, peak, np.nan)


def _levels(at: Ints, when: Ints, change: Ints) -> Ints:
    """Sum changes (K, R) that come at some seconds up to each moment, itself included: (T, R)."""
    total = np.zeros((len(at), change.shape[1]), dtype=np.int64)
    np.add.at(total, np.searchsorted(at, when), change)
    return np.cumsum(total, axis=0)


def measure(history: History) -> Sequence[Figure]:
    """Give mean and peak for the scarcest resource, with a row for each."""
    pool, replay, jobs = history.pool, history.replay, history.pool.jobs
    found = (np.full(len(pool.resources), np.nan),) * 2
    if jobs is not None and replay is not None and len(jobs):
        done = replay.pooled.finished
        found = contention(
            jobs.submit_s[done],
            replay.pooled.end_s[done],
            jobs.gang[done],
            replay.capacity,
            replay.changes,
            int(jobs.submit_s.min()),
        )
    mean = f"{RUNNABLE}: mean over mean, from the first submission to the last end, {OF}."
    peak = f"{RUNNABLE}: the most at any time when something is, {OF}."
    return [_figure(history, "contention.mean", found[0], mean), _figure(history, "contention.peak", found[1], peak)]


def _figure(history: History, name: str, each: Floats, definition: str) -> Figure:
    resources = history.pool.resources
    rows = {r: None if np.isnan(value) else value for r, value in zip(resources, each.tolist(), strict=True)}
    return Figure(name, rows[resources[scarcest(history)]], "share of 1", Better.LOW, definition, rows)
