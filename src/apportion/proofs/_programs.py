"""What could claims get on several flavors, at most? Linear programs, believed only as far as exact numbers confirm them.

HiGHS finds prices and a division in floats. The prices become rationals, and any prices at all give a bound that is valid
by weak duality. The division becomes whole micro-tasks and is checked against every limit in integers.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import fraction

LARGEST = 20_000  # pairs of claim and flavor: some seconds; beyond that, a property of several flavors is not shown


@dataclass(frozen=True, eq=False)
class Claims:
    """Some claims and what limits them.

    Attributes
    ----------
    speed : (K, F), 0 where the claim cannot run within the budget
    bundle : (K, R) thousandths
    least, most : (K,) micro-tasks
    budget : (F, R) millionths of thousandths that they may use together
    rate : (K,) what they get done now, in micro-tasks at speed 1
    """

    speed: Floats
    bundle: Ints
    least: Ints
    most: Ints
    budget: Ints
    rate: list[Fraction]

    @property
    def fastest(self) -> list[Fraction]:
        """Each claim's best speed."""
        return [fraction(best) for best in self.speed.max(axis=1, initial=0.0)]

    def allow(self, tasks: Ints) -> bool:
        """Tell exactly whether (K, F) micro-tasks keep every limit."""
        each = tasks.astype(object)
        total, use = each.sum(axis=1), each.T @ self.bundle.astype(object)
        runs = (tasks >= 0).all() and not (tasks[self.speed <= 0] > 0).any()
        return bool(runs and (total <= self.most).all() and (total >= self.least).all() and (use <= self.budget).all())


def rates(speed: Floats, tasks: Ints) -> list[Fraction]:
    """Say exactly what each claim gets done by (K, F) micro-tasks."""
    return [
        sum((fraction(s) * int(x) for s, x in zip(row, given, strict=True) if x), Fraction(0))
        for row, given in zip(speed.tolist(), tasks.tolist(), strict=True)
    ]


def runs_within(speed: Floats, bundle: Ints, budget: Ints) -> Bools:
    """Tell where claims can run at all within a budget: (K, F)."""
    absent = np.asarray(budget <= 0).astype(np.float64)
    return np.asarray((speed > 0) & ((bundle > 0).astype(np.float64) @ absent.T == 0))


def dual_bound(claims: Claims, worth: list[Fraction], of_budget: Floats) -> Fraction:
    """Bound Σ_i worth_i · rate_i over all that the limits allow, by any prices (F, R) for the whole of each resource.

    Σ price · budget + Σ_i max_{least_i ≤ T ≤ most_i} T · max_f (worth_i · speed[i,f] − Σ_r price[f,r] · bundle[i,r])
    """
    price = [
        [Fraction(max(float(p), 0.0)) / int(b) if b > 0 else Fraction(0) for p, b in zip(row, amounts, strict=True)]
        for row, amounts in zip(of_budget, claims.budget, strict=True)
    ]
    bound = sum((Fraction(max(float(p), 0.0)) for p in of_budget[np.asarray(claims.budget > 0)]), Fraction(0))
    for k, value in enumerate(worth):
        profit = max(
            value * fraction(claims.speed[k, f])
            - sum((p * int(b) for p, b in zip(price[f], claims.bundle[k], strict=True) if b), Fraction(0))
            for f in np.flatnonzero(claims.speed[k])
        )
        bound += profit * int(claims.most[k] if profit > 0 else claims.least[k])
    return bound


def use_rows(claims: Claims, i: Ints, f: Ints, each: Floats) -> Any:
    """Rows of a program: the part used of each resource by variables of `each` micro-tasks of claim i on flavor f."""
    from scipy.sparse import coo_array

    width = claims.bundle.shape[1]
    part = np.zeros((len(i), width))
    need, budget = claims.bundle[i], claims.budget[f].astype(np.float64)
    np.divide(need * each[:, None], budget, out=part, where=need > 0)
    at = f[:, None] * width + np.arange(width)
    return coo_array((part.ravel(), (at.ravel(), np.arange(len(i)).repeat(width))), (claims.budget.size, len(i)))


def sum_rows(claims: Claims, i: Ints, each: Floats) -> Any:
    """Rows of a program: `each` times the variables, added up claim by claim."""
    from scipy.sparse import coo_array

    return coo_array((each, (i, np.arange(len(i)))), (len(claims.most), len(i)))


@dataclass(frozen=True, eq=False)
class Factor:
    """How many times its rates a group of claims could have: `low` by the division `tasks`, `high` by `prices` (F, R)."""

    low: Fraction
    tasks: Ints
    high: Fraction
    prices: Floats  # for the whole of each resource


def largest_factor(claims: Claims) -> Factor | None:
    """Bound the largest λ such that the budget serves λ times every rate, all of them positive; None if HiGHS gives up.

    Variables: v[i,f], the part of claim i's rate that flavor f provides, and λ.

        max λ,   λ ≤ Σ_f v[i,f],   Σ_f v[i,f] · rate_i / speed[i,f] ≤ most_i,   Σ_i bundle · v · rate / speed ≤ budget
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_array, coo_array

    rate = claims.rate
    i, f = np.nonzero(claims.speed)
    each = np.array([float(z) for z in rate])[i] / claims.speed[i, f]
    many, pairs = len(rate), len(i)
    rows = [
        [-sum_rows(claims, i, np.ones(pairs)), coo_array(np.ones((many, 1)))],
        [sum_rows(claims, i, each / claims.most[i]), None],
        [use_rows(claims, i, f, each), None],
    ]
    right = np.concatenate([np.zeros(many), np.ones(many + claims.budget.size)])
    found = linprog(np.append(np.zeros(pairs), -1.0), A_ub=block_array(rows), b_ub=right)
    if found.status != 0:
        return None
    tasks = np.zeros(claims.speed.shape, dtype=np.int64)
    tasks[i, f] = np.floor(np.maximum(found.x[:-1], 0.0) * each * (1 - 1e-9))
    low = Fraction(0)
    if claims.allow(tasks):
        low = min(new / old for new, old in zip(rates(claims.speed, tasks), rate, strict=True))
    weight = [Fraction(max(-float(price), 0.0)) for price in found.ineqlin.marginals[:many]]
    total = sum(weight)
    worth = [q / total / z for q, z in zip(weight, rate, strict=True)] if total else [1 / z / many for z in rate]
    of_budget = -found.ineqlin.marginals[2 * many :].reshape(claims.budget.shape)
    return Factor(low, tasks, dual_bound(claims, worth, of_budget), of_budget)
