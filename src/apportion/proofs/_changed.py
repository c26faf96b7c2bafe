"""What would the situation be if one thing were different? Situations to put to a rule; nobody keeps them.

Each says of every claim in it which claim of the first situation it stands for, so that what a rule grants in it can be
measured by what members truly need.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints, floats, ints, take
from apportion.domain.entitlement import Standing
from apportion.domain.plan import Plan
from apportion.domain.quantity import INT64_MAX, whole_shares
from apportion.domain.situation import Situation
from apportion.domain.tables import NOBODY, Claims

QUARTERS = 4  # a split keeps to quarters, which divide decimals and binary floats alike


@dataclass(frozen=True, eq=False)
class Changed:
    """A situation that differs in one thing from a first one.

    Attributes
    ----------
    what : the difference, for a witness
    who : members of the first situation whose loss or gain is looked at
    origin : (M',) the claim of the first situation that each claim here stands for
    """

    what: dict[str, Any]
    who: Ints
    situation: Situation
    origin: Ints

    def truly(self, first: Situation, plan: Plan) -> Ints:
        """How many of their true tasks the first situation's claims run on what a plan for this one grants: (M, F).

        On each flavor as many as fit in the resources granted to the claim there, from the fastest flavor to the slowest as
        many as the claim can use.
        """
        tasks = _in_true_bundles(plan.tasks_micro, self.situation.claims.bundle, first.claims.bundle[self.origin])
        total = np.zeros(first.runs_on.shape, dtype=np.int64)
        np.add.at(total, self.origin, tasks)
        return _within_caps(total, first.claims)


def _in_true_bundles(tasks: Ints, stated: Ints, true: Ints) -> Ints:
    """Turn tasks of stated bundles into tasks of true ones: (M', F)."""
    tasks = tasks.copy()
    for i in np.flatnonzero((stated != true).any(axis=1)):
        pairs = [(int(has), int(needs)) for has, needs in zip(stated[i], true[i], strict=True) if needs]
        if pairs:
            fit = [min(int(x) * has // needs for has, needs in pairs) for x in tasks[i]]
            tasks[i] = np.minimum(np.array(fit, dtype=object), INT64_MAX // tasks.size).astype(np.int64)
    return tasks


def _within_caps(tasks: Ints, claims: Claims) -> Ints:
    order = np.argsort(-claims.speed, axis=1, kind="stable")
    by_speed = np.take_along_axis(tasks, order, axis=1)
    earlier = np.cumsum(by_speed, axis=1) - by_speed
    kept = np.zeros_like(tasks)
    np.put_along_axis(kept, order, np.clip(claims.tasks_micro[:, None] - earlier, 0, by_speed), axis=1)
    return kept


def without(first: Situation, member: int) -> Changed:
    """Let a member leave and its nodes stay; weights of the others keep their proportion, entitlements stay."""
    rows = np.delete(np.arange(len(first.members)), member)
    at = np.full(len(first.members) + 1, NOBODY)
    at[rows] = np.arange(len(rows))
    origin = np.flatnonzero(first.claims.member != member)
    claims = take(first.claims, origin)
    smaller = replace(
        with_members(first, rows, np.full(len(rows), QUARTERS), at),
        claims=replace(claims, member=ints(at[claims.member])),
        nodes=replace(first.nodes, owner=ints(at[first.nodes.owner])),
    )
    return Changed({"leaves": str(first.members.id[member])}, rows, smaller, origin)


def with_more(first: Situation, grows: Sequence[tuple[int, int]], percent: int) -> Changed | None:
    """Let some capacities (f, r) grow; what is added is shared by weight, like nodes that nobody owns.

    None where nothing grows by a whole thousandth, or the pool would outgrow 64 bits.
    """
    capacity, entitlement = first.capacity.copy(), first.standing.entitlement.copy()
    for f, r in grows:
        added = int(capacity[f, r]) * percent // 100
        if int(capacity[:, r].sum()) + added > INT64_MAX:
            return None
        capacity[f, r] += added
        entitlement[:, f, r] += whole_shares(added, first.standing.weight, first.member_order)
    if (capacity == first.capacity).all():
        return None
    standing = Standing(ints(entitlement), first.standing.weight)
    larger = replace(first, capacity=ints(capacity), standing=standing, passing=True)
    named = {f"{first.resources[r].replace('_milli', '')} on {first.flavors[f]}": f"{percent} % more" for f, r in grows}
    return Changed(named, np.arange(len(first.members)), larger, np.arange(len(first.claims)))


def misreported(first: Situation, claim: int, tasks: int, bundle: Ints, speed: Floats) -> Changed:
    """Let a member state other tasks, another bundle (R,) or other speeds (F,) for one of its claims.

    Runtime and GPU memory are conditions of fit, and act here through speeds that are 0.
    """
    claims = first.claims
    most, needs, runs = claims.tasks_micro.copy(), claims.bundle.copy(), claims.speed.copy()
    most[claim], needs[claim], runs[claim] = tasks, bundle, speed
    least = np.minimum(claims.min_tasks_micro, most)
    table = replace(claims, tasks_micro=most, min_tasks_micro=least, bundle=needs, speed=runs)
    stated = replace(first, claims=table, passing=True)
    what = {"claim": str(claims.id[claim]), "states": _differences(first, stated, claim)}
    return Changed(what, claims.member[claim : claim + 1], stated, np.arange(len(claims)))


def _differences(first: Situation, stated: Situation, claim: int) -> dict[str, str]:
    names = ["tasks", *(name.replace("_milli", "") for name in first.resources)]
    names += [f"speed:{flavor}" for flavor in first.flavors]
    both = []
    for claims in (first.claims, stated.claims):
        amounts = [claims.tasks_micro[claim] / 1e6, *(claims.bundle[claim] / 1e3), *claims.speed[claim]]
        both.append([f"{amount:.10g}" for amount in amounts])
    return {name: f"{new} for {old}" for name, old, new in zip(names, *both, strict=True) if new != old}


def with_members(first: Situation, rows: Ints, quarters: Ints, at: Ints) -> Situation:
    """Make the members' tables anew: row k is row `rows[k]` with so many quarters of its standing, size and past use.

    `at` (N + 1,) is where the former members are now, its last entry `NOBODY`, for those whose parent is none.
    """
    part, members = quarters / QUARTERS, take(first.members, rows)
    sizes, brought, heavy = (floats(column * part) for column in (members.size, members.contribution, members.weight))
    assets = {name: floats(column[rows] * part) for name, column in first.members.assets.items()}
    members = replace(
        members, parent=ints(at[members.parent]), size=sizes, contribution=brought, weight=heavy, assets=assets
    )
    weight = first.standing.weight[rows] * quarters
    weight = weight // max(int(np.gcd.reduce(weight)), 1)
    standing = Standing(in_quarters(first.standing.entitlement, rows, quarters), ints(weight))
    return replace(
        first, members=members, standing=standing, used=in_quarters(first.used, rows, quarters), passing=True
    )


def in_quarters(table: Ints, rows: Ints, quarters: Ints) -> Ints:
    """Divide rows of whole numbers (N, …) into parts (K, …) of so many quarters: floors, the rest to a row's first part."""
    each = quarters.reshape(-1, *[1] * (table.ndim - 1))
    part = table[rows] // QUARTERS * each + table[rows] % QUARTERS * each // QUARTERS
    total = np.zeros_like(table)
    np.add.at(total, rows, part)
    whole, first = np.unique(rows, return_index=True)
    part[first] += (table - total)[whole]
    return ints(part)
