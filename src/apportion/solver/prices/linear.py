"""What is the best division by a linear objective? HiGHS on as few claims as can still change their mind.

    max Σ_i w_i Σ_f speed[i,f] · x[i,f]   within tasks, minimum and capacity

A few claims are one linear program. Of many, a sample tells the prices, at those nearly every claim either wants all it asks
for on one flavor or nothing, and the others are solved exactly against what those leave. The bound is that of any prices,
D(p), so it holds whatever HiGHS did.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.errors import BadInput
from apportion.solver.classes import alike
from apportion.solver.prices.response import sweep
from apportion.solver.problem import Answer, Problem

FEW = 4000  # claims that are solved at once
FINE = 1e-10  # tolerances of HiGHS, the least that it takes: by its own, gains that are small beside others go unseen
ROUNDS = 6
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
    how = (method, presolve)
    given = _limited(given)
    of = alike(given)
    if of is not None:
        answer = _separate(_joined(given, of), start, tolerance, how)
        return _bounded(given, answer.prices, answer.x[of] * _parts(given, of, answer.x)[:, None], tolerance)
    return _separate(given, start, tolerance, how)


def _limited(given: Problem) -> Problem:
    """Cap claims without a limit at what all capacities together could serve of each, so that every price gives a bound."""
    endless = np.flatnonzero(np.isinf(given.tasks))
    if not len(endless):
        return given
    tasks = given.tasks.copy()
    tasks[endless] = 0.0
    for capacity, may in zip(given.capacity, given.usable[endless].T, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            hold = np.where(given.bundle[endless] > 0, capacity / given.bundle[endless], np.inf).min(axis=1)
        tasks[endless] += np.where(may, hold, 0.0)
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
    more = np.where(np.isinf(given.tasks), 1.0, given.tasks - given.minimum)
    wish = np.maximum(np.bincount(of, more), 1e-300)
    each = given.minimum + np.maximum(total - least, 0.0)[of] * more / wish[of]
    return np.asarray(each / np.maximum(np.bincount(of, each)[of], 1e-300))


def _separate(given: Problem, start: Floats | None, tolerance: float, how: tuple[str, bool]) -> Answer:
    """Solve for claims that are all different."""
    room = given.capacity * (1.0 - SPARE)
    if len(given) <= FEW:
        x, prices = _program(given, given.usable, room, how)
        return _bounded(given, prices, x, tolerance)
    prices, radius = (start, 0.01) if start is not None else (_sampled(given, how), 3.0 / FEW**0.5)
    best: Answer | None = None
    for _ in range(ROUNDS):
        x, prices = _against_the_rest(given, prices, radius, room, how)
        answer = _bounded(given, prices, x, tolerance)
        best = answer if best is None or answer.gap < best.gap else best
        if best.reached:
            break
        radius *= 2.0
    return best if best is not None else answer


def _sampled(given: Problem, how: tuple[str, bool]) -> Floats:
    rows = np.arange(0, len(given), max(len(given) // FEW, 1))
    part = given.rows(rows)
    return _program(part, part.usable, given.capacity * (len(rows) / len(given)), how)[1]


def _against_the_rest(
    given: Problem, prices: Floats, radius: float, room: Floats, how: tuple[str, bool]
) -> tuple[Floats, Floats]:
    """Settle the claims that are clear at these prices, and solve the others against what they leave."""
    x, rate = np.empty_like(given.speed), np.empty(len(given))
    used, _, _, near, bits = _swept(given, prices, radius, x, rate)
    may = ((bits[:, None] >> np.arange(given.speed.shape[1])) & 1).astype(bool)
    part, left = given.rows(near), room - used
    x[near], found = _program(part, may & part.usable, np.maximum(left, 0.0), how)
    return x, found


def _swept(
    given: Problem, prices: Floats, radius: float, x: Floats, rate: Floats
) -> tuple[Floats, Floats, float, Ints, Ints]:
    speed = given.speed if (given.capacity > 0).all() else np.where(given.usable, given.speed, 0.0)
    return sweep(prices, speed, given.bundle, given.tasks, given.weight, given.minimum, 0.0, radius, 0, x, rate)


def _program(part: Problem, may: Bools, room: Floats, how: tuple[str, bool]) -> tuple[Floats, Floats]:
    """Solve one linear program: tasks (M, F) and prices (F, R).

    Its variables are the parts x · share of a flavor that its scarcest resource for the claim limits, so that all of them
    are of one size.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    x, prices = np.zeros(part.speed.shape), np.zeros(room.shape)
    i, f = np.nonzero(may & (part.tasks > 0)[:, None])
    if not len(i):
        return x, prices
    width = room.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        need = np.where(part.bundle[i] > 0, part.bundle[i] / room[f], 0.0)
    largest = need.max(axis=1)
    unit = 1.0 / np.where((largest > 0) & (largest < np.inf), largest, 1.0)
    unit = np.where(np.isfinite(part.tasks[i]), np.minimum(unit, part.tasks[i]), unit)
    gain = part.weight[i] * part.speed[i, f] * unit
    top = gain.max()
    rows = (f[:, None] * width + np.arange(width)).ravel()
    columns = np.arange(len(i)).repeat(width)
    scarce = np.flatnonzero(room.ravel() > 0)
    use = coo_array(
        (np.nan_to_num(need * unit[:, None], posinf=0.0).ravel(), (rows, columns)), (room.size, len(i))
    ).tocsr()
    capped = np.flatnonzero(np.isfinite(part.tasks))
    sums = coo_array((unit / np.where(np.isfinite(part.tasks[i]), part.tasks[i], 1.0), (i, np.arange(len(i))))).tocsr()
    least = np.flatnonzero(part.minimum > 0)
    floor = coo_array((-unit / np.maximum(part.minimum[i], 1e-300), (i, np.arange(len(i))))).tocsr()
    matrix = vstack([use[scarce], sums[np.intersect1d(capped, np.unique(i))], floor[least]])
    right = np.concatenate(
        [np.ones(len(scarce)), np.ones(len(np.intersect1d(capped, np.unique(i)))), -np.ones(len(least))]
    )
    exact = dict.fromkeys(("primal_feasibility_tolerance", "dual_feasibility_tolerance"), FINE)
    found = linprog(-gain / top, A_ub=matrix, b_ub=right, method=how[0], options={"presolve": how[1], **exact})
    if found.status != 0:
        raise BadInput("the least tasks do not fit into the capacity", "minimum", "lower some of them, or add capacity")
    x[i, f] = np.maximum(found.x, 0.0) * unit
    price = np.maximum(-found.ineqlin.marginals[: len(scarce)], 0.0) * top
    prices.ravel()[scarce] = price / room.ravel()[scarce]
    return x, prices


def _bounded(given: Problem, prices: Floats, x: Floats, tolerance: float) -> Answer:
    """Make sure of feasibility, and bound the optimum by weak duality."""
    total = x.sum(axis=1)
    over = total > given.tasks
    x[over] *= (given.tasks[over] / total[over] * (1.0 - 2.0**-50))[:, None]
    used = x.T @ given.bundle
    fit = np.divide(given.capacity, used, out=np.ones_like(used), where=used > given.capacity).min(axis=1, initial=1.0)
    if (fit < 1).any():
        x *= fit * (1.0 - 2.0**-50)
    rate = (x * given.speed).sum(axis=1)
    hoped_x, hoped = np.empty_like(x), np.empty(len(x))
    _, _, paid, _, _ = _swept(given, prices, 0.0, hoped_x, hoped)
    value, money = float(given.weight @ rate), float((prices * given.capacity).sum())
    earned = float(given.weight @ hoped)
    error = (len(x) + prices.size) * 2.0**-52 * (money + paid + earned)
    bound = max(money - paid + earned, value) + error
    gap = float(np.log(bound / value)) if value > 0 else (0.0 if bound <= error else np.inf)
    return Answer(x, rate, prices, value, bound, gap, gap <= tolerance, np.flatnonzero(rate <= 0))
