"""Why did I get this, and what would have helped?

What a member may know (`viewer`): its own claims and grants, and what would have helped them (priorities and values only to
within a factor of two, lest they tell somebody else's); the capacity of the pool and how much of it is used in all; prices;
what the rule looks at; and, if at least three others ask for something, how many of them stand higher. Nothing else: no id
and no number of anybody else's.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from apportion.domain.plan import Plan, Shares, total_use
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation
from apportion.errors import ApportionError, BadInput, NotFound, nearest
from apportion.explanation.changes import Asker, Change, changes
from apportion.explanation.limits import Kind, Limit, Scarce, limit, more
from apportion.explanation.others import HAIR, Ahead, ahead, levels, looks_at, reasons
from apportion.loop import Rule, decide

MOST_CLAIMS = 20  # claims of a member that are told of, those that miss most
MOST_AHEAD = 5
MOST_TRIED = 6  # resources of which one unit more is tried
CROWD = 3  # others who ask, below which not even their number at a higher level is told to a member


@dataclass(frozen=True)
class Asked:
    """One claim: what it asked for, what it was granted, what holds it back. Tasks and amounts in whole units."""

    claim: str
    asked: float
    minimum: float
    granted: float
    rate: float
    best_rate: float
    needs: dict[str, float]
    on: dict[str, float]
    limit: Limit


@dataclass(frozen=True)
class Used:
    """One resource of one flavor, over all members, in whole units."""

    flavor: str
    resource: str
    capacity: float
    used: float
    price: float | None


@dataclass(frozen=True)
class Explanation:
    """Why a member or a claim got what it got.

    Attributes
    ----------
    level : dominant share over the part by weight; None without weight
    pays : money a second that the member pays for all it is granted; None where the plan has no payments
    claims : those that miss most; `more_claims` are not shown
    looks_at : the columns that this rule's grants depend on here, found by deciding again without their differences
    ahead : the first of those who stand higher; empty for a viewer
    ahead_count, others : how many stand higher, of how many others who ask; None where a viewer may not know
    changes : what would have helped, smallest first, each verified by deciding again
    notes : what the plan notes (not told to a viewer: it may name others), and how this was found
    """

    name: str
    kind: str
    member: str
    viewer: str | None
    policy: str
    parameters: dict[str, Any]
    window: tuple[int, int]
    asked: float
    granted: float
    rate: float
    best_rate: float
    dominant_share: float
    entitled: float
    level: float | None
    pays: float | None
    claims: tuple[Asked, ...]
    more_claims: int
    pool: tuple[Used, ...]
    looks_at: tuple[str, ...]
    ahead: tuple[Ahead, ...]
    ahead_count: int | None
    others: int | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values: what JSON knows, and nothing else."""
        return dict(json.loads(json.dumps(asdict(self))))


def explain(situation: Situation, plan: Plan, by: Rule, name: str, viewer: str | None = None) -> Explanation:
    """Explain what a member or a claim got in a plan, by the rule that made it.

    Parameters
    ----------
    name : a member or a claim; ``member:NAME`` or ``claim:NAME`` where both have that name
    viewer : a member; then only what that member may know is told

    Raises
    ------
    NotFound
        if nobody has this name; for a viewer, also if it is somebody else's.
    BadInput
        if a member and a claim have this name.

    Notes
    -----
    Decides again some tens of times: minutes for a million claims, a fraction of a second for a thousand.
    """
    kind, member, rows = _found(situation, name, viewer)
    base, notes = _base(situation, plan, by, viewer)
    asker = Asker(situation, lambda changed: decide(changed, by), base, rows, member, viewer is not None)
    missing = situation.claims.tasks_micro[rows] - plan.tasks_micro[rows].sum(axis=1)
    shown = [rows[k] for k in np.argsort(-missing, kind="stable")[:MOST_CLAIMS]]
    limits = _with_one_more(asker, {i: limit(situation, plan, i) for i in shown})
    return Explanation(
        name=name,
        kind=kind,
        member=str(situation.members.id[member]),
        viewer=viewer,
        policy=plan.policy,
        parameters=plan.parameters if viewer is None else {},  # they may name members
        window=(situation.window.start_s, situation.window.end_s),
        **_part(asker, plan),
        claims=tuple(_asked(situation, plan, i, limits[i]) for i in shown),
        more_claims=len(rows) - len(shown),
        pool=tuple(_pool(situation, plan)),
        **_others(asker, plan, limits, viewer),
        changes=tuple(changes(asker, limits)),
        notes=(plan.notes if viewer is None else ()) + notes,
    )


def _part(asker: Asker, plan: Plan) -> dict[str, Any]:
    """What was asked and granted, and where the member stands."""
    situation, rows, member = asker.situation, asker.rows, asker.member
    asked = situation.claims.tasks_micro[rows]
    level = float(levels(situation, plan)[member])
    return {
        "asked": int(asked.sum()) / MICRO,
        "granted": asker.tasks(plan),
        "rate": asker.rate(plan),
        "best_rate": float((asked * situation.claims.speed[rows].max(axis=1, initial=0.0)).sum()) / MICRO,
        "dominant_share": float(Shares(situation, plan).dominant[member]),
        "entitled": float(situation.standing.share[member]),
        "level": level if np.isfinite(level) else None,
        "pays": None if plan.payments is None else float(plan.payments.amounts[member]),
    }


def _found(situation: Situation, name: str, viewer: str | None) -> tuple[str, int, list[int]]:
    """Find whose grants are meant: the kind of name, the member, the rows of the claims."""
    members, claims = list(situation.members.id), situation.claims
    if viewer is not None and viewer not in members:
        raise NotFound(f'no member is called "{viewer}"', "--as", nearest(viewer, members))
    may = range(len(claims)) if viewer is None else np.flatnonzero(claims.member == members.index(viewer)).tolist()
    of_claim = {str(claims.id[i]): i for i in may}
    of_member = {one: m for m, one in enumerate(members) if viewer in {None, one}}
    found = []
    for kind, known in (("member", of_member), ("claim", of_claim)):
        key = name if name in known else name.removeprefix(f"{kind}:")
        if key in known:
            found.append((kind, known[key]))
    if len(found) > 1:
        raise BadInput(f'"{name}" is a member and a claim', "NAME", f"write member:{name} or claim:{name}")
    if not found:
        raise NotFound(f'no member or claim is called "{name}"', "NAME", _suggested(name, [*of_member, *of_claim]))
    kind, at = found[0]
    if kind == "claim":
        return kind, int(claims.member[at]), [at]
    return kind, at, np.flatnonzero(claims.member == at).tolist()


def _suggested(name: str, known: list[str]) -> str:
    """Suggest the nearest; list all only where they are few."""
    said = nearest(name, known)
    return (
        said
        if len(known) <= MOST_CLAIMS or "known:" not in said
        else said.split("known:")[0] + "see the plan for names"
    )


def _base(situation: Situation, plan: Plan, by: Rule, viewer: str | None) -> tuple[Plan, tuple[str, ...]]:
    """Decide by the rule; say so if the plan is not what the rule gives."""
    try:
        base = decide(replace(situation, passing=True), by)
    except ApportionError as error:
        why = f" ({error.faults[0].what})" if viewer is None else ""  # it may name somebody else
        return plan, (f"the rule declines to decide this again{why}, so no change could be tried",)
    moved = np.abs(base.tasks_micro.sum(axis=1) - plan.tasks_micro.sum(axis=1)).max(initial=0)
    if moved <= HAIR:
        return base, ()
    return base, (
        "the rule gives another plan than this one; what would have helped is measured against the rule's own",
    )


def _with_one_more(asker: Asker, limits: dict[int, Limit]) -> dict[int, Limit]:
    """Try one unit more of each resource that is used up, for at most `MOST_TRIED` of them."""
    tried: dict[tuple[str, str], float | None] = {}
    for scarce in [one for each in limits.values() for one in each.scarce]:
        key = (scarce.flavor, scarce.resource)
        if key not in tried and len(tried) < MOST_TRIED:
            plan = asker.tried(more(asker.situation, scarce))
            tried[key] = None if plan is None else asker.rate(plan) - asker.rate(asker.base)

    def with_gain(one: Scarce) -> Scarce:
        return replace(one, one_more=tried.get((one.flavor, one.resource)))

    return {i: replace(each, scarce=tuple(map(with_gain, each.scarce))) for i, each in limits.items()}


def _asked(situation: Situation, plan: Plan, i: int, held: Limit) -> Asked:
    claims, tasks = situation.claims, plan.tasks_micro[i]
    return Asked(
        str(claims.id[i]),
        int(claims.tasks_micro[i]) / MICRO,
        int(claims.min_tasks_micro[i]) / MICRO,
        int(tasks.sum()) / MICRO,
        float((claims.speed[i] * tasks).sum()) / MICRO,
        float(claims.tasks_micro[i] * claims.speed[i].max(initial=0.0)) / MICRO,
        {name: int(need) / MILLI for name, need in zip(situation.resources, claims.bundle[i], strict=True) if need},
        {flavor: int(n) / MICRO for flavor, n in zip(situation.flavors, tasks, strict=True) if n},
        held,
    )


def _pool(situation: Situation, plan: Plan) -> list[Used]:
    used = total_use(situation, plan)
    prices = None if plan.prices is None or not len(plan.prices) else plan.prices[-1]
    return [
        Used(
            flavor,
            resource,
            int(situation.capacity[f, r]) / MILLI,
            int(used[f, r]) / (MICRO * MILLI),
            None if prices is None else int(prices[f, r]) * MILLI / plan.price_denominator,
        )
        for f, flavor in enumerate(situation.flavors)
        for r, resource in enumerate(situation.resources)
        if situation.capacity[f, r]
    ]


def _others(asker: Asker, plan: Plan, limits: dict[int, Limit], viewer: str | None) -> dict[str, Any]:
    """Say who stands higher and why: to a viewer only how many, and that only of a crowd."""
    situation, member = asker.situation, asker.member
    before = ahead(situation, plan, member)
    others = len(set(situation.claims.member.tolist()) - {member})
    looks = looks_at(situation, asker.base, asker.divide)
    if viewer is not None:
        counted = (len(before), others) if others >= CROWD else (None, None)
        return {"looks_at": looks, "ahead": (), "ahead_count": counted[0], "others": counted[1]}
    level, held = levels(situation, plan), Shares(situation, plan).dominant
    first = tuple(
        Ahead(
            str(situation.members.id[m]),
            float(level[m]) if np.isfinite(level[m]) else None,
            float(held[m]),
            _why(asker, plan, limits, int(m), looks),
        )
        for m in before[:MOST_AHEAD]
    )
    return {"looks_at": looks, "ahead": first, "ahead_count": len(before), "others": others}


def _why(asker: Asker, plan: Plan, limits: dict[int, Limit], other: int, looks: tuple[str, ...]) -> tuple[str, ...]:
    if all(each.kind is Kind.CAP for each in limits.values()):
        return (f"it asked for more; {asker.situation.members.id[asker.member]} got all it asked for",)
    scarce = [one for each in limits.values() for one in each.scarce]
    return tuple(reasons(asker.situation, plan, asker.rows, other, scarce, looks))
