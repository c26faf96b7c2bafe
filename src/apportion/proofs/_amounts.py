"""How much is used, exactly, and how is it told?

Amounts of use are millionths of thousandths (micro-tasks times thousandths). They are int64 where nothing can overflow and
arrays of Python's integers elsewhere; comparisons read the same.
"""

from decimal import Decimal
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.plan import Plan, total_use
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict


def misshapen(proof: str, situation: Situation, plan: Plan) -> Verdict | None:
    """Say *not shown* where the grants have not one row a claim and one column a flavor."""
    if plan.tasks_micro.shape == situation.runs_on.shape:
        return None
    return Verdict(
        proof,
        Status.NOT_SHOWN,
        exact=True,
        meaning=f"the plan's grants are {plan.tasks_micro.shape} and the situation asks for {situation.runs_on.shape}",
    )


def micro(thousandths: Ints) -> Ints:
    """Bring capacities or entitlements into the unit of use."""
    if float(thousandths.max(initial=0)) * MICRO < 2.0**62:
        return np.asarray(thousandths * MICRO)
    return np.asarray(thousandths.astype(object) * MICRO)


def left_over(situation: Situation, plan: Plan) -> Ints:
    """What the plan leaves: (F, R)."""
    return np.asarray(micro(situation.capacity) - total_use(situation, plan))


def fits_one_more(situation: Situation, plan: Plan) -> Bools:
    """Tell which claims below their cap could take one more micro-task where: (M, F)."""
    left = np.minimum(left_over(situation, plan), np.iinfo(np.int64).max).astype(np.int64)
    below = plan.tasks_micro.sum(axis=1) < situation.claims.tasks_micro
    fits = situation.runs_on & below[:, None]
    for f in range(left.shape[0]):
        fits[:, f] &= (situation.claims.bundle <= left[f]).all(axis=1)
    return np.asarray(fits)


def gain(situation: Situation, plan: Plan, pairs: Ints) -> tuple[int, dict[str, str | dict[str, str]]]:
    """Of pairs (P, 2) that fit more, take the one that fits most: that many micro-tasks, and a witness."""
    claims, left = situation.claims, left_over(situation, plan)
    i, f = pairs.T
    need = claims.bundle[i]
    fit = np.full(need.shape, np.inf)
    np.divide(left[f].astype(np.float64), need, out=fit, where=need > 0)
    spare = claims.tasks_micro[i] - plan.tasks_micro[i].sum(axis=1)
    i, f = pairs[np.argmax(np.minimum(fit.min(axis=1, initial=np.inf), spare))]
    whole = [int(left[f, r]) // int(claims.bundle[i, r]) for r in np.flatnonzero(claims.bundle[i])]
    total = int(plan.tasks_micro[i].sum())
    most = min([int(claims.tasks_micro[i]) - total, *whole])
    return most, {
        "claim": str(claims.id[i]),
        "member": str(situation.members.id[claims.member[i]]),
        "flavor": situation.flavors[f],
        "tasks": tasks_text(total),
        "most": tasks_text(claims.tasks_micro[i]),
        "could_still_take": tasks_text(most),
        "needs": resources_text(situation, claims.bundle[i] * MICRO),
        "left_over": resources_text(situation, left[f]),
    }


def by_member(situation: Situation, tasks: Ints) -> Ints:
    """Add up what (M,) micro-tasks use, member by member: (N, R)."""
    claims = situation.claims
    bound = tasks.astype(np.float64) @ claims.bundle.astype(np.float64)
    kind = np.int64 if bound.max(initial=0.0) < 2.0**62 else object
    total = np.zeros((len(situation.members), claims.bundle.shape[1]), dtype=kind)
    np.add.at(total, claims.member, tasks.astype(kind)[:, None] * claims.bundle.astype(kind))
    return total


def units(amount: int, places: int) -> str:
    """Write a whole number of 10^−places for people.

    >>> units(1_500_000, 6), units(2, 9)
    ('1.5', '0.000000002')
    """
    number = Decimal(int(amount)).scaleb(-places).normalize()
    return f"{number:f}"


def tasks_text(tasks_micro: int) -> str:
    """Write micro-tasks as tasks."""
    return units(tasks_micro, 6)


def resources_text(situation: Situation, uses: Any) -> dict[str, str]:
    """Write (R,) uses by resource, in cores, GPUs, GiB …; only those that are not zero."""
    return {
        name.replace("_milli", ""): units(int(use), 9)
        for name, use in zip(situation.resources, uses, strict=True)
        if use
    }


def finite(values: Floats) -> float | None:
    """Take the largest value as a figure; None if it is infinite or there is none."""
    largest = float(values.max(initial=0.0))
    return largest if len(values) and np.isfinite(largest) else None
