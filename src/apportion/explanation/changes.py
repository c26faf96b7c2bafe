"""What is the smallest change that would have helped? Searched, and each answer verified by deciding again.

A change *helps* if it adds at least a twentieth to the useful rate that was granted, to that of one task where less was
granted, or a twentieth of the gap to what was asked for where that is smaller. Of each kind the least amount that helps is
found by doubling and bisection: the least indeed where more of a change never helps less, and in any case one that was tried
and helps. For a viewer, priorities and values are only doubled: the exact least one would tell somebody else's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.entitlement import Standing
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation
from apportion.errors import ApportionError
from apportion.explanation.limits import Kind, Limit

HELPS = 0.05
MOST_CLAIMS = 3  # claims of a member for which changes are searched: those that miss most
MOST_PERCENT, MOST_TASKS, MOST_PRIORITY = 900, 64, 2**20
STEPS = 16  # a need is lowered by whole units, or by so many steps where it is many units
Divide = Callable[[Situation], Plan]


@dataclass(frozen=True)
class Change:
    """One change and what it brings.

    Attributes
    ----------
    kind : ``smaller``, ``flavor``, ``minimum``, ``tasks``, ``priority`` or ``value`` of a claim, ``weight`` or ``bring``
    of : the claim or the member
    what : the resource or flavor that is changed, where there is one
    before, after : of what is changed, in whole units; a weight in percent of what it was, or of the mean if it was 0
    size : the change as a part of what it changes
    rate_before, rate_after, tasks_before, tasks_after : of whoever asked why, by the rule before and after the change
    amounts : for ``bring``, what is brought, in whole units
    """

    kind: str
    of: str
    what: str
    before: float
    after: float
    size: float
    rate_before: float = 0.0
    rate_after: float = 0.0
    tasks_before: float = 0.0
    tasks_after: float = 0.0
    amounts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Asker:
    """Whoever asks why: claims `rows` of one member, before a rule that made the plan `base`; `viewed` by a member."""

    situation: Situation
    divide: Divide
    base: Plan
    rows: list[int]
    member: int
    viewed: bool = False

    def rate(self, plan: Plan) -> float:
        """Useful rate, at the speeds that the claims have in truth or, where they have none, at those that `plan` gives."""
        return float((self.situation.claims.speed[self.rows] * plan.tasks_micro[self.rows]).sum()) / MICRO

    def tasks(self, plan: Plan) -> float:
        """Tasks granted."""
        return int(plan.tasks_micro[self.rows].sum()) / MICRO

    def tried(self, changed: Situation) -> Plan | None:
        """Decide again; None where the rule declines."""
        try:
            return self.divide(replace(changed, passing=True))
        except ApportionError:
            return None

    def with_claims(self, **columns: Any) -> Situation:
        """Return the situation with other columns of claims."""
        return replace(self.situation, claims=replace(self.situation.claims, **columns))


@dataclass(frozen=True)
class _Kind:
    """One kind of change in amounts 1 … most; `make` gives the situation after it, and the words for it.

    `telling`: the least amount that helps would tell a number of somebody else's.
    """

    most: int
    make: Callable[[int], tuple[Situation, Change]]
    telling: bool = False


def changes(asker: Asker, limits: dict[int, Limit]) -> list[Change]:
    """Find what helps, smallest first; `limits` has what holds each claim back, by row."""
    claims = asker.situation.claims
    missing = {i: int(claims.tasks_micro[i] - asker.base.tasks_micro[i].sum()) for i in limits}
    worst = sorted(limits, key=lambda i: (-missing[i], i))[:MOST_CLAIMS]
    kinds = [kind for i in worst for family in FAMILIES for kind in family(asker, i, limits[i])]
    kinds += [_weight(asker), *_bring(asker, [i for i in worst if limits[i].kind is Kind.RESOURCE][:1])]
    found = [change for kind in kinds if kind.most > 0 and (change := _least(asker, kind))]
    return sorted(found, key=lambda change: (change.size, change.kind, change.of, change.what))


def _least(asker: Asker, kind: _Kind) -> Change | None:
    """Find the least amount that helps, if the most does: by doubling, then bisection."""
    tried: dict[int, Change | None] = {}

    def helping(k: int) -> bool:
        tried[k] = _helping(asker, *kind.make(k))
        return tried[k] is not None

    if not helping(kind.most):
        return None
    low, high = 0, 1
    while high < kind.most and not helping(high):
        low, high = high, high * 2
    high = min(high, kind.most)
    while high - low > 1 and not (kind.telling and asker.viewed):
        middle = (low + high) // 2
        low, high = (low, middle) if helping(middle) else (middle, high)
    return tried[high]


def _helping(asker: Asker, changed: Situation, change: Change) -> Change | None:
    """Decide again; return the change with what it brings, or None if that is not enough."""
    plan = asker.tried(changed)
    if plan is None:
        return None
    speed, claims = changed.claims.speed[asker.rows], asker.situation.claims
    before, after = asker.rate(asker.base), float((speed * plan.tasks_micro[asker.rows]).sum()) / MICRO
    best = claims.speed[asker.rows].max(axis=1, initial=0.0)
    gap = float((claims.tasks_micro[asker.rows] * best).sum()) / MICRO - before
    now = max(before, float(best.max(initial=0.0)), 1e-3)
    if after < before + HELPS * (min(gap, now) if gap > 1e-6 * now else now):
        return None
    tasks = (asker.tasks(asker.base), asker.tasks(plan))
    return replace(change, rate_before=before, rate_after=after, tasks_before=tasks[0], tasks_after=tasks[1])


def _changed(column: Any, i: int, value: Any, at: int | None = None) -> Any:
    """Return a column with one cell changed."""
    column = column.copy()
    column[i if at is None else (i, at)] = value
    return column


def _smaller(asker: Asker, i: int, limit: Limit) -> Iterator[_Kind]:
    """Less of a resource that is used up, in each task; the task is taken to do the same work."""
    claims, resources = asker.situation.claims, asker.situation.resources
    for r in sorted({resources.index(one.resource) for one in limit.scarce}):
        need = int(claims.bundle[i, r])
        step = max(MILLI, need // STEPS // MILLI * MILLI)

        def make(k: int, r: int = r, need: int = need, step: int = step) -> tuple[Situation, Change]:
            less = need - k * step
            said = Change("smaller", claims.id[i], resources[r], need / MILLI, less / MILLI, k * step / need)
            return asker.with_claims(bundle=_changed(claims.bundle, i, less, r)), said

        yield _Kind((need - 1) // step, make)


def _flavor(asker: Asker, i: int, limit: Limit) -> Iterator[_Kind]:
    """Another flavor made possible, at the least speed that the claim has elsewhere, or 1."""
    situation, claims = asker.situation, asker.situation.claims
    known = claims.speed[i][claims.speed[i] > 0]
    speed = float(known.min()) if len(known) else 1.0
    for barred in limit.barred:
        f = situation.flavors.index(barred.flavor)

        def make(_: int, f: int = f) -> tuple[Situation, Change]:
            said = Change("flavor", claims.id[i], situation.flavors[f], 0.0, speed, 1.0)
            return asker.with_claims(speed=_changed(claims.speed, i, speed, f)), said

        yield _Kind(int(not (claims.bundle[i].astype(bool) & (situation.capacity[f] == 0)).any()), make)


def _numbers(asker: Asker, i: int, limit: Limit) -> Iterator[_Kind]:
    """A lower minimum; more tasks, for a claim that got all; a higher priority or value."""
    claims, name = asker.situation.claims, asker.situation.claims.id[i]
    least, most, value = int(claims.min_tasks_micro[i]), int(claims.tasks_micro[i]), float(claims.value[i])

    def minimum(_: int) -> tuple[Situation, Change]:
        said = Change("minimum", name, "", least / MICRO, 0.0, 1.0)
        return asker.with_claims(min_tasks_micro=_changed(claims.min_tasks_micro, i, 0)), said

    def tasks(k: int) -> tuple[Situation, Change]:
        said = Change("tasks", name, "", most / MICRO, most / MICRO + k, k * MICRO / max(most, 1))
        return asker.with_claims(tasks_micro=_changed(claims.tasks_micro, i, most + k * MICRO)), said

    def priority(k: int) -> tuple[Situation, Change]:
        now = int(claims.priority[i])
        said = Change("priority", name, "", now, now + k, k / (abs(now) + 1))
        return asker.with_claims(priority=_changed(claims.priority, i, now + k)), said

    def worth(k: int) -> tuple[Situation, Change]:
        higher = round(value * (100 + k) / 100, 6)
        return asker.with_claims(value=_changed(claims.value, i, higher)), Change(
            "value", name, "", value, higher, k / 100
        )

    full = limit.kind is Kind.CAP
    yield _Kind(int(least > 0), minimum)
    yield _Kind(MOST_TASKS if full else 0, tasks)
    yield _Kind(0 if full else MOST_PRIORITY, priority, telling=True)
    yield _Kind(MOST_PERCENT if value > 0 and not full else 0, worth, telling=True)


FAMILIES = (_smaller, _flavor, _numbers)


def _weight(asker: Asker) -> _Kind:
    """More weight, and the entitlement that goes with it, taken from the others in proportion."""
    standing, m = asker.situation.standing, asker.member
    some = int(standing.weight.sum()) // max(len(standing.weight), 1)

    def make(percent: int) -> tuple[Situation, Change]:
        now = int(standing.weight[m])
        weight = _changed(standing.weight * 100, m, now * (100 + percent) if now else some * percent)
        before = 100.0 if now else 0.0
        said = Change("weight", asker.situation.members.id[m], "", before, before + percent, percent / 100)
        return replace(asker.situation, standing=_entitled(asker.situation, m, weight)), said

    return _Kind(MOST_PERCENT if len(standing.weight) > 1 else 0, make)


def _entitled(situation: Situation, m: int, weight: Ints) -> Standing:
    """Scale entitlements to new weights: floor(E · new part / old part), of a member without any floor(part · capacity)."""
    old, new = situation.standing.share, weight / max(int(weight.sum()), 1)
    own = situation.standing.entitlement
    factor = np.where(old > 0, new / np.maximum(old, 1e-300), 1.0)
    scaled = np.floor(own * factor[:, None, None]).astype(np.int64)
    if not own[m].any():
        scaled[m] = np.floor(situation.capacity * new[m]).astype(np.int64)
    return Standing(scaled, weight)


def _bring(asker: Asker, rows: list[int]) -> Iterator[_Kind]:
    """Nodes of one's own: what some more tasks need, on the flavor where they are fastest; weights stay."""
    situation, m = asker.situation, asker.member
    for i in rows:
        f = int(np.argmax(np.where(situation.possible[i], situation.claims.speed[i], 0.0)))
        need = situation.claims.bundle[i]

        def make(k: int, f: int = f, need: Ints = need) -> tuple[Situation, Change]:
            capacity, entitled = situation.capacity.copy(), situation.standing.entitlement.copy()
            capacity[f] += k * need
            entitled[m, f] += k * need
            own = situation.standing.entitlement[m].sum(axis=0)
            size = float((k * need / np.maximum(own, 1)).max(initial=0.0))
            amounts = {r: k * int(n) / MILLI for r, n in zip(situation.resources, need, strict=True) if n}
            said = Change("bring", situation.members.id[m], situation.flavors[f], 0.0, k, size, amounts=amounts)
            return replace(situation, capacity=capacity, standing=Standing(entitled, situation.standing.weight)), said

        yield _Kind(MOST_TASKS, make)
