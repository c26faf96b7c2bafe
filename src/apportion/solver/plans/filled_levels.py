"""Which prices prove a plan of progressive filling on one flavor?

Each claim stops at its cap, or at the level at which a resource that it needs is used up. At the prices 1 for that resource
and 0 for all others, everybody's need at the level is just what there is: so that resource alone bounds the level.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, exact_products
from apportion.domain.situation import Situation
from apportion.solver.plans.certified import certified

SURE = 2.0  # micro-tasks that do not round to none


def with_levels(situation: Situation, plan: Plan, pace: Floats, certificate: Certificate) -> Plan:
    """Add levels, their prices, and what these prove; `pace` (M,) micro-tasks a unit of level, 0 outside the program."""
    if len(situation.flavors) != 1:
        return plan
    prices, level_of = _levels(situation, plan.tasks_micro[:, 0], pace)
    stated = replace(certificate, level_of=level_of)
    done = replace(plan, prices=prices, price_denominator=1, certificate=stated)
    return done if situation.passing else certified(situation, done)


def levelled(situation: Situation, least: Floats) -> tuple[str, ...]:
    """Name what such a plan is: optimal where nobody has a minimum and all who rise get two micro-tasks at `least` (M,).

    What rounds to nothing bounds nothing, and a minimum may leave that little to others.
    """
    sure = ((least <= 0) | (least >= SURE)).all() and not situation.claims.min_tasks_micro.any()
    return ("feasible", "non_wasteful", "optimal") if sure else ("feasible", "non_wasteful")


def _levels(situation: Situation, tasks: Ints, pace: Floats) -> tuple[Ints, Ints]:
    """Find the resource that holds each claim: prices (K, 1, R), lowest level first, and each claim's level (M,)."""
    claims = situation.claims
    rising = (pace > 0) & (tasks < claims.tasks_micro)
    free = rising & (tasks > claims.min_tasks_micro)
    level = np.divide(tasks, pace, out=np.zeros(len(tasks)), where=pace > 0)
    before = np.where(pace > 0, tasks, claims.min_tasks_micro)  # the others came after all levels, and hold nobody
    left = situation.capacity[0].astype(object) * MICRO - exact_products(before[:, None], claims.bundle)[0]
    uses = claims.bundle > 0
    top = np.full(len(left), np.inf)
    for r in range(len(left)):
        holds = rising & uses[:, r]
        if holds.any() and left[r] < claims.bundle[holds, r].max():
            top[r] = level[free & uses[:, r]].max(initial=0.0)
    by = np.argmin(np.where(uses, top, np.inf), axis=1)
    held = np.unique(by[rising])
    order = held[np.argsort(top[held], kind="stable")]
    rank = np.full(len(left), -1)
    rank[order] = np.arange(len(order))
    prices = np.zeros((len(order), 1, len(left)), dtype=np.int64)
    prices[np.arange(len(order)), 0, order] = 1
    return prices, np.where(rising, rank[by], -1)
