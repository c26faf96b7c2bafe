"""What is pooling worth by what members could make of their own nodes and claims?"""

from functools import partial
from typing import Any

import numpy as np

from apportion.alliances.leaving import losses, would_leave
from apportion.alliances.owen import owen
from apportion.alliances.program import TABLED, Program, program, table, with_centre, worths
from apportion.concentration.indices import hhi
from apportion.domain.arrays import Floats
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.domain.ties import seed_from
from apportion.errors import NotFound, nearest
from apportion.pooling.dividing import (
    MEANING,
    SAME,
    Division,
    blocks,
    check_name,
    divided,
    estimated,
    left,
    named,
    rows,
)
from apportion.pooling.joining import concentration, merged

DRAWS = 10
ASKED = 300  # members up to which a coalition that would leave is looked for
EACH = 300  # members up to which the loss of each is worked out; beyond, that of the largest owner


def alliance(
    pool: Pool,
    situation: Situation,
    credit: str = "owen",
    plan: Plan | None = None,
    samples: int | None = None,
    seed: str | None = None,
    leaves: str | None = None,
) -> dict[str, Any]:
    """Tell what a pool is worth to its members in one situation.

    Parameters
    ----------
    credit : ``owen``, ``shapley``, ``least_core`` or ``nucleolus``
    plan : a plan of this situation, whose division is also asked whether somebody would leave
    samples, seed : draws of orders for ``shapley`` beyond 14 members, and what decides them; the charter's seed by default
    leaves : a member whose loss is asked for

    Raises
    ------
    BadInput, NotFound
        for an unknown division or member, or too many members for the division.
    """
    check_name(credit)
    names = [str(name) for name in situation.members.id]
    asked = _position(names, leaves)
    given = program(situation)
    best = owen(given)
    v = table(given) if len(names) <= TABLED and (credit != "owen" or len(names) <= TABLED // 2) else None
    division, drawn = _division(credit, given, v, best.credit, samples, pool.seed if seed is None else seed_from(seed))
    got = None if plan is None else _got(situation, plan)
    alone = worths(given, np.eye(len(names), dtype=bool)) if v is None else v[1 << np.arange(len(names))]
    told = rows(names, alone, division, lambda m: {} if got is None else {"plan": float(got[m])})
    largest = _largest(given)
    return {
        "name": pool.charter.name,
        "basis": "claims",
        "unit": "value of useful work per second",
        "worth": best.worth,
        "apart": float(alone.sum()),
        "gain": best.worth - float(alone.sum()),
        "credit": {"name": credit, "meaning": MEANING[credit], "epsilon": division.epsilon, "gap": best.gap, **drawn},
        "members": told,
        "leaving": [
            {"under": name, **_leaving(pool, given, v, x, best.worth)}
            for name, x in ((credit, division.credit), ("plan", got))
            if x is not None
        ],
        "losses": _losses(given, names, best.worth, largest, asked),
        "centre": _centre(given, best.credit),
        "concentration": concentration(pool),
        "without_least": [names[m] for m in given.without_least],
    }


def _largest(given: Program) -> int:
    """Who brings the largest part of any resource."""
    each = given.brought.sum(axis=1)
    return int(np.argmax((each / np.maximum(each.sum(axis=0), 1.0)).max(axis=1)))


def _position(names: list[str], leaves: str | None) -> int | None:
    if leaves is None:
        return None
    if leaves not in names:
        raise NotFound(f'no member is called "{leaves}"', "--leaves", nearest(leaves, names))
    return names.index(leaves)


def _division(
    credit: str, given: Program, v: Floats | None, best: Floats, samples: int | None, seed: bytes
) -> tuple[Division, dict[str, Any]]:
    if credit == "owen":
        return Division(credit, best), {}
    if v is not None and (samples is None or credit != "shapley"):
        return divided(credit, v), {}
    if credit != "shapley":
        table(given)  # says that there are too many members
    division, found = estimated(partial(worths, given), len(best), samples or DRAWS, seed)
    return division, {"draws": found.draws, "worths": found.worths, "confidence": found.confidence}


def _got(situation: Situation, plan: Plan) -> Floats:
    """What each member's useful work under a plan is worth: (N,)."""
    claims = situation.claims
    each = claims.value * (claims.speed * plan.tasks_micro).sum(axis=1) / MICRO
    return np.asarray(np.bincount(claims.member, each, len(situation.members)))


def _leaving(pool: Pool, given: Program, v: Floats | None, x: Floats, worth: float) -> dict[str, Any]:
    if v is not None:
        found = blocks(v, x)
    elif len(x) <= ASKED:
        one = would_leave(given, x, worth)
        found = left(one.blocking, shown=one.shown)
    else:
        found = left(None, shown=False)
    return named(found, list(given.names)) | {"merger": merged(pool, found["members"]) if found["members"] else None}


def _losses(given: Program, names: list[str], worth: float, largest: int, asked: int | None) -> dict[str, Any]:
    """What is lost when a member leaves with its claims, and when its nodes fail and its claims stay."""
    who = (
        np.arange(len(names))
        if len(names) <= EACH
        else np.array(sorted({largest, largest if asked is None else asked}))
    )
    found = losses(given, who)
    told = [
        {
            "member": names[m],
            "rest_together": float(found.rest[k]),
            "lost_to_all": _difference(worth, float(found.rest[k] + found.alone[k])),
            "lost_if_nodes_fail": _difference(worth, float(found.failed[k])),
        }
        for k, m in enumerate(who.tolist())
    ]
    shown = largest if asked is None else asked
    return {"largest_owner": names[largest], "shown": names[shown], "members": told}


def _difference(worth: float, other: float) -> float:
    return 0.0 if abs(worth - other) <= SAME * abs(worth) else worth - other


def _centre(given: Program, many: Floats) -> dict[str, Any]:
    """What the same pool would be worth to its members if one centre owned all nodes, at the same prices."""
    one = owen(with_centre(given)).credit
    total = float(one.sum())
    return {
        "centre": float(one[-1]),
        "centre_share": float(one[-1]) / total if total > 0 else None,
        "members": {str(name): float(x) for name, x in zip(given.names, one[:-1], strict=True)},
        "hhi_of_credit": hhi(np.maximum(one, 0.0)) if total > 0 else None,
        "hhi_of_credit_with_many_owners": hhi(np.maximum(many, 0.0)) if many.sum() > 0 else None,
    }
