"""What holds a claim back?"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan, total_use
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation


class Kind(StrEnum):
    """Why a claim has no more."""

    CAP = "cap"  # it got all that it asked for
    SLOWER = "slower"  # all its tasks, some of them on a slower flavor: the faster one is used up
    RESOURCE = "resource"  # wherever it can run, something that it needs is used up
    NOWHERE = "nowhere"  # there is no flavor on which it can be granted anything
    RULE = "rule"  # there is room left, and the rule does not give it


@dataclass(frozen=True)
class Scarce:
    """A resource of one flavor that is used up for a claim.

    Attributes
    ----------
    capacity, used : in whole units, of all members together
    price : by the plan, in its objective's own units for one whole unit; None where the plan has no prices
    one_more : useful rate that whoever asked would gain from one unit more, by re-solving; None where it was not tried
    """

    flavor: str
    resource: str
    capacity: float
    used: float
    price: float | None = None
    one_more: float | None = None


@dataclass(frozen=True)
class Barred:
    """A flavor on which a claim cannot be granted anything, and why."""

    flavor: str
    why: str


@dataclass(frozen=True)
class Limit:
    """What holds one claim back; `scarce` is what is used up where it can (or could faster) run."""

    kind: Kind
    scarce: tuple[Scarce, ...]
    barred: tuple[Barred, ...]


def limit(situation: Situation, plan: Plan, i: int) -> Limit:
    """Say what holds claim i back in a plan: exact sums, one micro-task a flavor being the smallest room there is."""
    possible = np.flatnonzero(situation.possible[i])
    barred = tuple(Barred(situation.flavors[f], _why(situation, i, f)) for f in range(len(situation.flavors))
                   if f not in possible)  # fmt: skip
    if not len(possible):
        return Limit(Kind.NOWHERE, (), barred)
    speed, granted = situation.claims.speed[i], plan.tasks_micro[i]
    left = _left(situation, plan)
    missing = int(situation.claims.tasks_micro[i] - granted.sum())
    if missing <= len(situation.flavors):
        slowest = speed[granted > 0].min(initial=np.inf)
        faster = possible[speed[possible] > slowest]
        kind = Kind.SLOWER if len(faster) else Kind.CAP
        return Limit(kind, _scarce(situation, plan, i, faster, left), barred)
    found = _scarce(situation, plan, i, possible, left)
    everywhere = {one.flavor for one in found} == {situation.flavors[f] for f in possible}
    return Limit(Kind.RESOURCE if everywhere else Kind.RULE, found, barred)


def more(situation: Situation, scarce: Scarce) -> Situation:
    """Return the same situation with one unit more of what is used up."""
    f, r = situation.flavors.index(scarce.flavor), situation.resources.index(scarce.resource)
    capacity = situation.capacity.copy()
    capacity[f, r] += MILLI
    return replace(situation, capacity=capacity, passing=True)


def _left(situation: Situation, plan: Plan) -> Ints:
    """What nobody uses: (F, R) in millionths of a thousandth, Python integers."""
    return np.asarray(situation.capacity.astype(object) * MICRO - total_use(situation, plan).astype(object))


def _scarce(situation: Situation, plan: Plan, i: int, flavors: Ints, left: Ints) -> tuple[Scarce, ...]:
    need = situation.claims.bundle[i]
    return tuple(
        Scarce(
            situation.flavors[f],
            situation.resources[r],
            int(situation.capacity[f, r]) / MILLI,
            int(situation.capacity[f, r] * MICRO - left[f, r]) / (MICRO * MILLI),
            _price(plan, i, int(f), int(r)),
        )
        for f in flavors
        for r in np.flatnonzero(need)
        if int(need[r]) > left[f, r]
    )


def _price(plan: Plan, i: int, f: int, r: int) -> float | None:
    """Price of a whole unit at the level that holds claim i; the only level, or the last, where the plan does not say."""
    if plan.prices is None or not len(plan.prices):
        return None
    levels = None if plan.certificate is None else plan.certificate.level_of
    level = len(plan.prices) - 1 if levels is None or levels[i] < 0 else int(levels[i])
    return int(plan.prices[level, f, r]) * MILLI / plan.price_denominator


def _why(situation: Situation, i: int, f: int) -> str:
    claims, nodes = situation.claims, situation.nodes
    absent = [
        name for r, name in enumerate(situation.resources) if claims.bundle[i, r] and not situation.capacity[f, r]
    ]
    if absent:
        return f"there is no {', '.join(absent)}"
    here = nodes.flavor == f
    memory = int(nodes.gpu_memory_milli_gib[here].max(initial=0))
    wanted = int(claims.gpu_memory_milli_gib[i])
    if wanted > memory:
        return f"it needs {wanted / MILLI:g} GiB of memory on each GPU, there are {memory / MILLI:g}"
    runtime = next((name for name in nodes.runtime[here] if name), "")
    if claims.runtime[i] and runtime and claims.runtime[i] != runtime:
        return f'it needs runtime "{claims.runtime[i]}", there is "{runtime}"'
    return "the claim gives no speed there"
