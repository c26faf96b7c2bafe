"""What is the best division by a linear objective? HiGHS on as few claims as can still change their mind.

    max Σ_i w_i Σ_f speed[i,f] · x[i,f]   within tasks, minimum and capacity

A few claims are one linear program. Of many, nearly every one either wants all it asks for on one flavor or nothing at prices
that samples tell, and the others are solved exactly against what those leave (`narrowing`). The bound is that of any prices,
D(p) = Σ p · capacity + Σ_i tasks_i · max_f (w_i · speed[i,f] − Σ_r p[f,r] · bundle[i,r])⁺, so it holds whatever HiGHS did.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.classes import alike
from apportion.solver.prices.clear import divided
from apportion.solver.prices.narrowing import narrowed
from apportion.solver.prices.program import How, program
from apportion.solver.problem import Answer, Problem

AMPLE = 2.0  # times what could serve a claim without a limit, of its cap
FEW = 500  # claims that are solved at once
BITS = 60  # most flavors that fit into a number beside another bit; with more, all claims are solved at once
SPARE = 1e-12  # part of each capacity that is left, so that no rounding of sums exceeds it


def linear(
    given: Problem,
    start: Floats | None = None,
    tolerance: float = 1e-8,
    method: str = "highs",
    *,
    presolve: bool = True,
) -> Answer:
    """Maximise Σ w z; `method` and `presolve` choose how HiGHS works, as in scipy.optimize.linprog.

    Raises
    ------
    BadInput
        if the minima do not fit.
    """
    how = How(method, presolve)
    given = _limited(_masked(given))
    of = alike(given)
    if of is None:
        return _divided(given, start, tolerance, how)
    answer = _divided(_joined(given, of), start, tolerance, how)
    x = answer.x[of] * _parts(given, of, answer.x)[:, None]
    return _bounded(given, answer.prices, np.arange(len(given)), x, tolerance)


def _masked(given: Problem) -> Problem:
    """Set speeds to 0 where something that a claim needs is absent; no copy where nothing is."""
    if (given.capacity > 0).all():
        return given
    return replace(given, speed=np.where(given.usable, given.speed, 0.0))


def _limited(given: Problem) -> Problem:
    """Cap claims without a limit at more than all capacities together could serve of each, so that every price gives a bound.

    At just as much the cap could bind, and prices would be those of a problem with that cap.
    """
    endless = np.flatnonzero(np.isinf(given.tasks))
    if not len(endless):
        return given
    tasks = given.tasks.copy()
    tasks[endless] = 0.0
    for capacity, may in zip(given.capacity, (given.speed[endless] > 0).T, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            hold = np.where(given.bundle[endless] > 0, capacity / given.bundle[endless], np.inf).min(axis=1)
        tasks[endless] += np.where(may, AMPLE * hold, 0.0)
    return replace(given, tasks=np.maximum(tasks, given.minimum))


def _joined(given: Problem, of: Ints) -> Problem:
    """Make one claim of all that are alike."""
    _, first = np.unique(of, return_index=True)
    tasks, least = (np.asarray(np.bincount(of, column), dtype=np.float64) for column in (given.tasks, given.minimum))
    return Problem(given.speed[first], given.bundle[first], given.capacity, tasks, given.weight[first], least)


def _parts(given: Problem, of: Ints, x: Floats) -> Floats:
    """Each claim's part of what its class gets: its minimum, and of the rest in proportion to what it still asks: (M,)."""
    total = x.sum(axis=1)
    least = np.bincount(of, given.minimum)
    more = given.tasks - given.minimum
    wish = np.maximum(np.bincount(of, more), 1e-300)
    each = given.minimum + np.maximum(total - least, 0.0)[of] * more / wish[of]
    return np.asarray(each / np.maximum(np.bincount(of, each)[of], 1e-300))


def _divided(given: Problem, start: Floats | None, tolerance: float, how: How) -> Answer:
    """Solve for claims that are all different."""
    if len(given) <= FEW or given.speed.shape[1] > BITS:
        x, prices, _ = program(given, given.speed > 0, given.capacity * (1.0 - SPARE), how)
        return _bounded(given, prices, np.arange(len(given)), x, tolerance)
    found = narrowed(given, start, how, SPARE)
    return _bounded(given, found.prices, found.near, found.solved, tolerance)


def _bounded(given: Problem, prices: Floats, near: Ints, solved: Floats, tolerance: float) -> Answer:
    """Write the division down, make sure of feasibility, and bound the optimum by weak duality."""
    total = solved.sum(axis=1)
    over = total > given.tasks[near]
    solved[over] *= (given.tasks[near][over] / total[over] * (1.0 - 2.0**-50))[:, None]
    x, rate = np.empty_like(given.speed), np.empty(len(given))
    arrays = (given.speed, given.bundle, given.tasks, given.weight, given.minimum)
    used, value, gained, terms = divided(prices, near, solved, *arrays, x, rate)
    fit = np.divide(given.capacity, used, out=np.ones_like(used), where=used > given.capacity).min(axis=1, initial=1.0)
    if (fit < 1).any():
        x *= fit * (1.0 - 2.0**-50)
        rate = (x * given.speed).sum(axis=1)
        value = float(given.weight @ rate)
    money = float((prices * given.capacity).sum())
    error = (len(x) + prices.size) * 2.0**-52 * (money + terms)
    bound = max(money + gained, value) + error
    gap = float(np.log(bound / value)) if value > 0 else (0.0 if bound <= error else np.inf)
    return Answer(x, rate, prices, value, bound, gap, gap <= tolerance, np.flatnonzero(rate <= 0))
