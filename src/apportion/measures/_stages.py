"""How much of the scarcest resource did each member own, get granted and use?

The amounts that every measure of concentration looks at, stage by stage: before the rule (owned), by the rule (granted)
and after it (used).
"""

import math
from collections.abc import Callable

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.measures._times import held_s

STAGES = ("owned", "granted", "used")


def by_stage(
    history: History, name: str, of: Callable[[Floats], float], unit: str, better: Better, definition: str
) -> Figure:
    """Apply one index to each stage; the figure's value is that of the last stage that is known."""
    rows = {stage: None if amount is None else _known(of(amount)) for stage, amount in stages(history).items()}
    last = [value for value in rows.values() if value is not None]
    return Figure(name, last[-1] if last else None, unit, better, definition, rows)


def stages(history: History, resource: int | None = None) -> dict[str, Floats | None]:
    """Return by stage each member's amount of a resource, by default the scarcest: (N,), None where the history is silent.

    Owned counts the nodes a member owns; granted is the mean over windows, each weighed by its length; used is in
    resource-seconds, from the meters or else from the replay.
    """
    r = scarcest(history) if resource is None else resource
    return {"owned": _owned(history, r), "granted": _granted(history, r), "used": _used(history, r)}


def scarcest(history: History) -> int:
    """Return the position of the resource that is asked for most, as a part of what the pool holds of it.

    Demand is that of the jobs, else of the claims, else of the windows decided. The first resource wins a tie; what the
    pool has none of cannot be divided and is passed over.
    """
    asked, capacity = _asked(history), history.pool.capacity.sum(axis=0).astype(np.float64)
    ratio = np.divide(asked, capacity, out=np.full(len(capacity), -1.0), where=capacity > 0)
    return int(np.argmax(ratio))


def _asked(history: History) -> Floats:
    pool = history.pool
    if pool.jobs is not None:
        return np.asarray((pool.jobs.gang * pool.jobs.duration_s[:, None].astype(np.float64)).sum(axis=0))
    tables = [pool.claims] if pool.claims is not None else [situation.claims for situation in history.situations]
    total = np.zeros(len(pool.resources))
    for claims in tables:
        total += (claims.bundle * claims.tasks_micro[:, None].astype(np.float64)).sum(axis=0)
    return total


def _owned(history: History, r: int) -> Floats | None:
    owned = history.pool.owned[:, :, r].sum(axis=1).astype(np.float64)
    return owned if owned.any() else None


def _granted(history: History, r: int) -> Floats | None:
    if not history.plans:
        return None
    total = np.zeros(len(history.pool.members))
    for situation, plan in zip(history.situations, history.plans, strict=True):
        total += situation.window.length_s * _grant(situation, plan, r)
    return total / sum(situation.window.length_s for situation in history.situations)


def _grant(situation: Situation, plan: Plan, r: int) -> Floats:
    each = plan.tasks_micro.sum(axis=1).astype(np.float64) * situation.claims.bundle[:, r]
    return np.bincount(situation.claims.member, each, len(situation.members)) / 1e6


def _used(history: History, r: int) -> Floats | None:
    if history.usage:
        return np.asarray(np.sum([usage.used[:, r] for usage in history.usage], axis=0, dtype=np.float64))
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None:
        return None
    work = held_s(jobs, replay.pooled).astype(np.float64) * jobs.gang[:, r]
    return np.asarray(np.bincount(jobs.member, work, len(history.pool.members)))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
