"""How few machines would do, and of what would more help?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from apportion import loop
from apportion.advice.choice import LEAST, SAFE, worst
from apportion.advice.outcome import Candidate, Outcome
from apportion.advice.replayed import Ground
from apportion.domain.arrays import Floats
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.trace import COUNTING, Trace
from apportion.errors import ApportionError
from apportion.sizing import PERCENTS

MORE = 10  # percent
PRICED_BY = "nash"


@dataclass(frozen=True)
class Fewest:
    """The smallest part of the pool under which nobody with standing is worse off than alone.

    Attributes
    ----------
    percent, units : of the pool, and of the scarcest resource
    spare : units that need not be there
    worst : the largest ρ at this size
    """

    percent: int
    units: int
    spare: int
    worst: float


@dataclass(frozen=True)
class More:
    """What a tenth more of one resource would bring: mean completion time then over now, less 1."""

    resource: str
    change: float


@dataclass(frozen=True)
class Priced:
    """What one more node of a flavor is worth, beside one of the others.

    Attributes
    ----------
    value : of what its mean node holds, by the prices of the busiest window; the dearest flavor has 1
    by_price : likewise for each unit of money an hour; None where nodes have no prices
    """

    flavor: str
    value: float
    by_price: float | None


def fewest(ground: Ground, candidate: Candidate, weight: Floats) -> Fewest | None:
    """Replay on less and less of the pool, until somebody is worse off than alone; None if somebody is on all of it."""
    pool = ground.pool
    whole = int(pool.capacity[:, ground.resource].sum()) // MILLI
    found = None
    for percent in PERCENTS:
        outcome = ground.outcome(candidate, percent)
        if worst(outcome, weight) > SAFE or (outcome.end_s < 0).sum() > (ground.alone.end_s < 0).sum():
            break
        units = whole * percent // 100
        found = Fewest(percent, units, whole - units, worst(outcome, weight))
    return found


def more(ground: Ground, candidate: Candidate, now: Outcome) -> Iterator[More]:
    """Replay with a tenth more of each resource that jobs use, one after the other."""
    jobs = ground.jobs(COUNTING)
    for r, name in enumerate(ground.pool.resources):
        if jobs.need[:, r].any():
            changed = ground.played(candidate, enlarged(jobs, r)).mean / now.mean - 1
            yield More(name, float(changed))


def enlarged(jobs: Trace, r: int) -> Trace:
    """Return the same jobs where there is a tenth more of one resource on each place."""
    held = jobs.held_by
    amount = held.amount.copy()
    amount[:, r] += amount[:, r] * MORE // 100
    places = replace(held, amount=amount)
    return replace(jobs, places=places, capacity=places.total)


def buy(found: list[More]) -> More | None:
    """Name the resource of which more would help most, if any would be noticed."""
    best = min(found, key=lambda one: one.change, default=None)
    return best if best is not None and best.change <= -LEAST else None


def priced(pool: Pool) -> list[Priced]:
    """Value one more node of each flavor by the supporting prices of the busiest window, or of the claims, under nash.

    A price is what a thousandth of a unit more of a resource on a flavor adds to Σ W log(rate); see docs on nash. Empty where
    nash declines, or where nothing is scarce.
    """
    try:
        situation = loop.assess(pool)
        plan = loop.decide(replace(situation, guardrails={}), loop.rule(PRICED_BY))
    except ApportionError:
        return []
    if plan.prices is None or not len(plan.prices):
        return []
    price = plan.prices[-1].astype(np.float64)
    nodes = pool.nodes
    count = np.bincount(nodes.flavor, minlength=len(pool.flavors))
    mean = pool.capacity / np.maximum(count, 1)[:, None]
    value = (price * mean).sum(axis=1)
    if not value.any():
        return []
    cost = _cost(pool)
    rate = None if cost is None else value / cost
    rows = [
        Priced(name, float(value[f] / value.max()), None if rate is None else float(rate[f] / rate.max()))
        for f, name in enumerate(pool.flavors)
    ]
    return sorted(rows, key=lambda row: -(row.value if row.by_price is None else row.by_price))


def _cost(pool: Pool) -> Floats | None:
    """Mean price an hour of a node of each flavor: (F,); None if one is not known or is nothing."""
    price = pool.nodes.price_milli_per_hour
    if not (price > 0).all():
        return None
    count = np.bincount(pool.nodes.flavor, minlength=len(pool.flavors))
    return np.asarray(
        np.bincount(pool.nodes.flavor, price.astype(np.float64), len(pool.flavors)) / np.maximum(count, 1)
    )
