"""Does a rule, in any of many changed situations, do what it should not?

A claim's rate is what it truly gets done with what the rule grants. A member gains where some claim of it gets more and none
gets less, and loses where some gets less and none more: so it does by any preference among its claims. What counts is more
than rounding to whole micro-tasks can do, and more than one part in a thousand of the rate: a plan whose objective is within
10⁻⁸ of the best can be off by 10⁻⁴ in a single rate.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.errors import BadInput, Refused
from apportion.proofs._amounts import misshapen
from apportion.proofs._changed import Changed

WORTH = 1e-3
FEWEST, MOST = 8, 1000  # divisions in one search
PAIRS = 2_000_000  # pairs of claim and flavor that one search divides in all, about


@dataclass(frozen=True, eq=False)
class Asked:
    """A rule, and its plan of the situation as it is."""

    situation: Situation
    plan: Plan
    divide: Callable[[Situation], Plan]


@dataclass(frozen=True, eq=False)
class Found:
    """One member's rate as things are, and after a change."""

    what: dict[str, Any]
    member: int
    before: float
    after: float

    @property
    def relative(self) -> float:
        """The difference as a part of the rate before; infinite from nothing."""
        return abs(self.after - self.before) / self.before if self.before else np.inf


Outcome = list[Found] | None  # whom a change harms or serves as it should not; None if the rule refuses to divide


def search(proof: str, meaning: str, asked: Asked, attempts: Iterable[Outcome]) -> Verdict:
    """Go through outcomes of changes, as many as the situation's size allows, and show the one that goes most wrong."""
    misfit = misshapen(proof, asked.situation, asked.plan) or _another_plan(proof, asked)
    if misfit:
        return misfit
    tried = refused = 0
    worst: Found | None = None
    for found in islice(attempts, affordable(asked.situation)):
        tried, refused = tried + 1, refused + (found is None)
        worst = max([*([worst] if worst else []), *(found or [])], key=lambda one: one.relative, default=None)
    if worst is None:
        return Verdict(proof, Status.NOT_SHOWN, exact=False, meaning=_nothing_found(meaning, tried, refused))
    figure = worst.relative if np.isfinite(worst.relative) else None
    said = f"{meaning}; the figure is the largest difference that {tried} changes made, as a part of the rate"
    witness = _witness(asked.situation, worst)
    return Verdict(proof, Status.REFUTED, exact=False, figure=figure, meaning=said, witness=witness)


def _another_plan(proof: str, asked: Asked) -> Verdict | None:
    """Say *not shown* where the rule does not make this plan."""
    if (asked.divide(asked.situation).tasks_micro == asked.plan.tasks_micro).all():
        return None
    why = "the rule that the plan names makes another plan of this situation, so its answers say nothing of this one"
    return Verdict(proof, Status.NOT_SHOWN, exact=False, meaning=why)


def outcomes(asked: Asked, changes: Iterable[Changed], wrong: int) -> Iterator[Outcome]:
    """Put one change after the other to the rule; see `outcome`."""
    return (outcome(asked, changed, wrong) for changed in changes)


def affordable(situation: Situation) -> int:
    """How many divisions a search may ask for."""
    return max(FEWEST, min(MOST, PAIRS // max(situation.runs_on.size, 1)))


def outcome(asked: Asked, changed: Changed, wrong: int) -> Outcome:
    """Say who of `changed.who` gains (`wrong` = 1) or loses (−1) by a change; None if the rule refuses to divide it."""
    try:
        answer = asked.divide(changed.situation)
    except (BadInput, Refused):
        return None
    first = asked.situation
    speed, tasks = first.claims.speed, changed.truly(first, answer)
    before, after = ((speed * each).sum(axis=1) / MICRO for each in (asked.plan.tasks_micro, tasks))
    unseen = WORTH * before + speed.max(axis=1, initial=0.0) * _rounding(first, changed) / MICRO
    ahead = _members_with(first, wrong * (after - before) > unseen)
    behind = _members_with(first, wrong * (before - after) > unseen)
    at = changed.who[(ahead & ~behind)[changed.who]]
    sums = [np.bincount(first.claims.member, rates, len(first.members)) for rates in (before, after)]
    return [Found(changed.what, int(m), *(float(total[m]) for total in sums)) for m in at]


def _members_with(situation: Situation, claims: Bools) -> Bools:
    return np.asarray(np.bincount(situation.claims.member[claims], minlength=len(situation.members)) > 0)


def _rounding(situation: Situation, changed: Changed) -> Floats:
    """Bound what rounding can have moved each claim in both plans together: (M,) micro-tasks.

    Floors leave of each resource of a flavor less than one micro-task of every claim, and a claim takes part of that.
    """
    total = np.zeros(len(situation.claims))
    np.add.at(total, changed.origin, _leftover_tasks(changed.situation))
    return total + _leftover_tasks(situation)


def _leftover_tasks(situation: Situation) -> Floats:
    bundle = situation.claims.bundle.astype(np.float64)
    part = np.divide(bundle.sum(axis=0), bundle, out=np.ones_like(bundle), where=bundle > 0)
    return np.asarray(part.max(axis=1, initial=1.0) * len(situation.flavors))


def _nothing_found(meaning: str, tried: int, refused: int) -> str:
    aside = f", {refused} of which the rule refuses to divide" if refused else ""
    return f"{meaning}: not refuted by {tried} changes{aside}; a search can refute and never prove"


def _witness(situation: Situation, found: Found) -> dict[str, Any]:
    member = str(situation.members.id[found.member])
    return {**found.what, "member": member, "rate": found.before, "then": found.after}


def in_tie_order(order: Ints, chosen: Bools) -> list[int]:
    """List the chosen (a mask) by their position in the tie order, so that the order of rows cannot matter."""
    return sorted(np.flatnonzero(chosen).tolist(), key=order.__getitem__)
