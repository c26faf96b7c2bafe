"""Which levels does a plan of several flavors really have, where a resource stops some claims early and others later?

A solver of leximin makes a level of each round in which resources are used up, and says that it holds all claims that those
stop. But a claim can go on for a while after its fastest flavor is used up, on a slower one, until its cap; then it stands
above the level that it is said to be held by, and the certificate must not count on that. Such claims get levels of their
own, in the order of what they reached, each with those of the prices that bound it best.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from apportion import checker
from apportion.domain.arrays import ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.plans.certified import certified, claim_of, question

PATIENCE = 200_000  # claims, times levels, times prices that are tried for each
NEAR = float(checker.LOOSENESS)


def with_levels_apart(situation: Situation, plan: Plan) -> Plan:
    """Give claims that stand above their level one of their own, if the plan's certificate does not hold otherwise."""
    if plan.certificate is None or plan.prices is None or (plan.gap is not None and plan.gap <= NEAR):
        return plan
    columns, claimed = question(situation, plan), claim_of(plan, plan.certificate)
    found = checker.stated(columns, claimed)
    if not found.why and found.excess <= 0:
        return plan
    base = checker.standing(columns)
    groups = sorted(_groups(columns, claimed, base))
    if not groups or len(groups) * len(plan.prices) * len(columns.tasks) > PATIENCE:
        return plan
    level_of = np.full(len(columns.tasks), -1)
    for k, (_, claims) in enumerate(groups):
        level_of[claims] = k
    chosen = _best_prices(columns, claimed, base, level_of.tolist(), len(groups))
    certificate = replace(plan.certificate, level_of=ints(level_of))
    other = certified(situation, replace(plan, prices=plan.prices[chosen], certificate=certificate))
    return other if other.gap is not None and (plan.gap is None or other.gap < plan.gap) else plan


def _groups(
    columns: checker.Question, claimed: checker.Claimed, base: checker.Standing
) -> Iterator[tuple[float, list[int]]]:
    """Cut every level where its claims stand apart by more than rounding can have put between them."""
    held: dict[int, list[tuple[float, float, int]]] = {}
    for term in checker.terms(columns, claimed, base):
        k = claimed.level_of[term.claim]
        if term.inside and term.reached and k >= 0:
            at = term.reached * term.of / (term.heavy * term.per * checker.MICRO)
            held.setdefault(k, []).append((at, sum(term.rate) / term.reached, term.claim))
    for claims in held.values():
        low, top, group = 0.0, 0.0, list[int]()
        for at, lost, i in sorted(claims):
            if group and at * (1.0 - lost) > top:
                yield low, group
                group = []
            if not group:
                low, top = at, at * (1.0 + NEAR + lost)
            group.append(i)
        yield low, group


def _best_prices(
    columns: checker.Question, claimed: checker.Claimed, base: checker.Standing, level_of: list[int], many: int
) -> list[int]:
    """Choose for each new level the old one whose prices bound it lowest."""
    told = claimed._replace(level_of=level_of, prices=[claimed.prices[0]] * many)
    held = checker.levels(columns, told, base).held
    chosen = []
    for k in range(many):
        bounds = []
        for old, prices in enumerate(claimed.prices):
            trial = told._replace(prices=[*told.prices[:k], prices, *told.prices[k + 1 :]])
            top, _ = checker.level_bound(columns, trial, base, held, k)
            bounds += [(top, old)] if top else []
        chosen.append(min(bounds, default=(0, 0))[1])
    return chosen
