"""Who is ahead, and why?

A member's level is its dominant share over its part by standing. What a rule looks at is found by making one column alike for
all and deciding again: if grants change, the rule looks at it, whatever the rule says of itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.entitlement import Standing
from apportion.domain.plan import Plan, Shares
from apportion.domain.situation import Situation
from apportion.errors import ApportionError
from apportion.explanation.changes import Divide
from apportion.explanation.limits import Scarce

HAIR = 100  # micro-tasks by which ties in rounding alone may move a grant
LEVEL_HAIR = 1e-6


@dataclass(frozen=True)
class Ahead:
    """A member at a higher level, and why."""

    member: str
    level: float | None
    dominant_share: float
    why: tuple[str, ...]


def levels(situation: Situation, plan: Plan) -> Floats:
    """Each member's dominant share over its part by standing: (N,), infinite where it holds some without standing."""
    held, part = Shares(situation, plan).dominant, situation.standing.share
    return np.divide(held, part, out=np.where(held > 0, np.inf, 0.0), where=part > 0)


def ahead(situation: Situation, plan: Plan, member: int) -> Ints:
    """Members who ask for something and stand at a higher level, highest first, ties in the order of ids."""
    level = levels(situation, plan)
    asks = np.bincount(situation.claims.member, minlength=len(level)) > 0
    order = np.argsort(-level, kind="stable")
    return np.asarray(order[(level > level[member] * (1 + LEVEL_HAIR) + LEVEL_HAIR)[order] & asks[order]])


def looks_at(situation: Situation, plan: Plan, divide: Divide) -> tuple[str, ...]:
    """Name the columns that decide: those without whose differences the rule would have divided otherwise."""
    return tuple(
        name
        for name, alike in ALIKE.items()
        if (changed := alike(situation)) is not None and _differs(changed, plan, divide)
    )


def _differs(changed: Situation, plan: Plan, divide: Divide) -> bool:
    try:
        other = divide(replace(changed, passing=True))
    except ApportionError:
        return False
    return bool(np.abs(other.tasks_micro.sum(axis=1) - plan.tasks_micro.sum(axis=1)).max(initial=0) > HAIR)


def _same_weight(situation: Situation) -> Situation | None:
    standing = situation.standing
    if len(np.unique(standing.weight)) < 2:
        return None
    return replace(situation, standing=Standing(standing.entitlement, np.ones_like(standing.weight)))


def _same_entitlement(situation: Situation) -> Situation | None:
    standing, many = situation.standing, max(len(situation.members), 1)
    if (standing.entitlement == standing.entitlement[:1]).all():
        return None
    alike = np.broadcast_to(situation.capacity // many, standing.entitlement.shape)
    return replace(situation, standing=Standing(alike, standing.weight))


def _same(column: str, value: Callable[[Situation], Any]) -> Callable[[Situation], Situation | None]:
    def alike(situation: Situation) -> Situation | None:
        claims = situation.claims
        flat = value(situation)
        if (flat == getattr(claims, column)).all() or not len(claims):
            return None
        changed: dict[str, Any] = {column: flat}
        return replace(situation, claims=replace(claims, **changed))

    return alike


ALIKE: dict[str, Callable[[Situation], Situation | None]] = {
    "weight": _same_weight,
    "entitlement": _same_entitlement,
    "priority": _same("priority", lambda s: np.full_like(s.claims.priority, s.claims.priority.max(initial=0))),
    "value": _same("value", lambda s: np.full_like(s.claims.value, s.claims.value.max(initial=0.0))),
    "minimum": _same("min_tasks_micro", lambda s: np.zeros_like(s.claims.min_tasks_micro)),
    "speed": _same("speed", lambda s: (s.claims.speed > 0).astype(np.float64)),
}


def reasons(
    situation: Situation, plan: Plan, rows: list[int], other: int, scarce: list[Scarce], looks: tuple[str, ...]
) -> Iterator[str]:
    """Say why a member stands higher than the one whose claims are `rows`: by what it uses, and by what the rule looks at."""
    claims = situation.claims
    theirs = np.flatnonzero((claims.member == other) & plan.tasks_micro.any(axis=1))
    member, weight = int(claims.member[rows[0]]), situation.standing.weight
    if not weight[member] and weight[other]:
        yield f"{situation.members.id[member]} has no standing, and comes after all who have"
    if scarce and not _competes(situation, plan, theirs, scarce):
        yield "it uses nothing of what is used up here"
    elsewhere = plan.tasks_micro[theirs].any(axis=0) & ~situation.possible[rows].any(axis=0)
    if elsewhere.any():
        yield f"it also holds {', '.join(np.array(situation.flavors)[elsewhere])}, where these claims cannot run"
    if "weight" not in looks:
        yield "this rule does not look at weight"
    if "minimum" in looks and (claims.min_tasks_micro[theirs] > 0).any():
        yield "its minimum is served first"
    for name, column in (("priority", claims.priority), ("value", claims.value)):
        if name in looks and len(theirs) and column[theirs].max() > column[rows].max():
            yield f"its claims have a higher {name}, and this rule looks at it"
    if "speed" in looks and _speed(situation, plan, theirs) > _speed(situation, plan, np.array(rows)):
        yield "its tasks run faster there, and this rule looks at speed"
    if "entitlement" in looks and _entitled(situation, other) > _entitled(situation, member):
        yield "it is entitled to more than its weight says, and this rule looks at entitlements"


def _competes(situation: Situation, plan: Plan, theirs: Ints, scarce: list[Scarce]) -> bool:
    pairs = {(situation.flavors.index(one.flavor), situation.resources.index(one.resource)) for one in scarce}
    return any((plan.tasks_micro[theirs, f] * situation.claims.bundle[theirs, r]).any() for f, r in pairs)


def _speed(situation: Situation, plan: Plan, rows: Ints) -> float:
    tasks = plan.tasks_micro[rows]
    total = float(tasks.sum())
    return float((situation.claims.speed[rows] * tasks).sum()) / total if total else 0.0


def _entitled(situation: Situation, member: int) -> float:
    """The largest part of any resource that a member is entitled to, over its part by weight."""
    total = np.maximum(situation.capacity.sum(axis=0), 1)
    part = float((situation.standing.entitlement[member].sum(axis=0) / total).max(initial=0.0))
    return part / max(float(situation.standing.share[member]), 1e-12)
