"""Is a division feasible to the last bit, and how far from the best can it be at most?

At any prices p ≥ 0 no division is worth more than p · capacity and what each claim gains by buying at them what it likes
best; the division that was found is held against that, whatever went before. Cost: O(M·F·R).
"""

import numpy as np

from apportion.domain.arrays import Floats
from apportion.solver.compiled import compiled
from apportion.solver.prices.response import utility
from apportion.solver.prices.sampled import swept
from apportion.solver.problem import Answer, Problem

SPARE = 1e-12  # part of each capacity that is left, so that no rounding of sums exceeds it


def response(claims: Problem, prices: Floats, alpha: float) -> tuple[Floats, float]:
    """The rate at which each claim would buy (M,), and what all would pay."""
    x, rate = np.empty_like(claims.speed), np.empty(len(claims))
    paid = swept(claims, prices, alpha, 0.0, 0, x, rate)[2]
    return rate, paid


def bounded(
    claims: Problem,
    alpha: float,
    prices: Floats,
    x: Floats,
    rate: Floats,
    hoped: Floats,
    paid: float,
    tolerance: float,
    asked: Floats | None = None,
) -> Answer:
    """Make sure of feasibility, and bound what any division could reach; `asked` (F, R) is what x uses, if that is known.

    D(p) − Σ w U(z) = p · capacity − paid + Σ w (U(hoped) − U(z)), with sums' rounding errors added.
    """
    sure = asked is not None and bool((asked <= claims.capacity * (1.0 - 0.5 * SPARE)).all())
    if not sure and _fit(claims, x):
        rate[:] = (x * claims.speed).sum(axis=1)
    lost = _utility_lost(claims.weight, alpha, hoped, rate)
    money = float((prices * claims.capacity).sum())
    value, weight, terms = total_utility(claims.weight, alpha, rate)
    error = (len(claims) + prices.size) * 2.0**-52 * (money + paid + terms)
    excess = max(money - paid + lost, 0.0) + error
    bound = value + excess
    gap = _gap(alpha, value, excess, weight)
    return Answer(x, rate, prices, value, bound, gap, gap <= tolerance, np.flatnonzero(rate <= 0))


def _gap(alpha: float, value: float, excess: float, weight: float) -> float:
    """Log of the ratio of bound to value in the weighted α-mean of rates."""
    if weight == 0.0:
        return 0.0
    if alpha == 1.0:
        return excess / weight
    part = excess / value
    return float(np.log1p(part) / (1.0 - alpha)) if part > -1.0 else np.inf


@compiled
def _utility_lost(w: Floats, alpha: float, hoped: Floats, got: Floats) -> float:
    """Σ w (U(hoped) − U(got)) over claims that hoped for something."""
    lost = 0.0
    for i in range(len(w)):
        if hoped[i] > 0.0 and hoped[i] != got[i]:
            lost += utility(w[i], alpha, hoped[i]) - utility(w[i], alpha, got[i])
    return lost


@compiled
def total_utility(w: Floats, alpha: float, rate: Floats) -> tuple[float, float, float]:
    """Σ w U(z) over positive rates, Σ w of them, and Σ |w U(z)|."""
    value, weight, terms = 0.0, 0.0, 0.0
    for i in range(len(w)):
        if rate[i] > 0.0:
            each = utility(w[i], alpha, rate[i])
            value += each
            weight += w[i]
            terms += abs(each)
    return value, weight, terms


def _fit(claims: Problem, x: Floats) -> bool:
    """Scale flavors down where more is used than there is; tell whether that was so."""
    used = x.T @ claims.bundle
    over = np.divide(claims.capacity, used, out=np.ones_like(used), where=used > claims.capacity).min(
        axis=1, initial=1.0
    )
    if (over >= 1).all():
        return False
    x *= over * (1 - 1e-15)
    return True
