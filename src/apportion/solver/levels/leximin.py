"""What is the division in which nobody can rise without lowering somebody who is no better off?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.few import SAME, rows_of
from apportion.solver.levels.hull import root
from apportion.solver.levels.large import large_levels
from apportion.solver.levels.program import Rows
from apportion.solver.problem import Answer, Problem

NEARBY = 1e-4  # part of a level within which its bound is sought first
STRESS = (1.0, 1e2, 1e4, 1e6, 1e8)  # how much the prices of earlier levels may count beside a level's own


def leximin(
    given: Problem,
    start: Floats | None = None,  # noqa: ARG001  # all solvers are called alike
    tolerance: float = 1e-8,
) -> Answer:
    """Make the smallest rate over weight as large as possible, then the next, and so on.

    A level ends when some claim can rise no more but at the price of one that is no better off. What it shows is a price for
    every flavor and resource: at prices p no level θ can be reached at which Σ_i hull_i(min(θ w_i, cap_i)) exceeds
    p · capacity, with the rates of the claims that earlier levels hold given. A claim at its own cap has ``level_of`` −1.

    Rates are unique; which flavors give them need not be, and is then as the program's solver leaves it: the same each time.
    Claims that can reach no positive rate stand outside and get nothing; claims that use nothing have their cap. `start`
    changes nothing. If a level's bound is further away than `tolerance`, `reached` is false.

    Cost: few claims, at most F·R levels of a few linear programs each; many, O(M·F·R) a level in two or three passes beside
    programs of some thousand claims.

    Source: Bertsekas and Gallager, *Data Networks*, 2nd ed., 6.5.2; leximin by linear programs, Ogryczak and Śliwiński,
    *On solving linear programs with the ordered weighted averaging objective*, EJOR 2003.

    Examples
    --------
    Two unit links; one flow needs both:

    >>> from apportion.solver.problem import problem
    >>> flows = problem([[1], [1], [1]], [[1, 1], [1, 0], [0, 1]], [[1, 1]], None, None, None)
    >>> leximin(flows).rate.round(9)
    array([0.5, 0.5, 0.5])
    """
    claims = given if (given.capacity > 0).all() else replace(given, speed=np.where(given.usable, given.speed, 0.0))
    x, level_of = np.zeros(claims.speed.shape), np.full(len(claims), -1)
    able = (claims.speed.max(axis=1, initial=0.0) > 0) & (claims.tasks > 0)
    free = np.flatnonzero(able & ~claims.bundle.any(axis=1))
    x[free, claims.speed[free].argmax(axis=1)] = claims.tasks[free]
    at = np.flatnonzero(able & claims.bundle.any(axis=1))
    prices, bounds, held = large_levels(claims, at, x, level_of)
    _settle(claims, claims.speed, x, able & (level_of < 0))
    return _answer(claims, x, able, at, level_of, prices, bounds if held else [], tolerance)


def _settle(given: Problem, speed: Floats, x: Floats, capped: Bools) -> None:
    """Give claims exactly their cap or their least tasks where that is what they have, and let the others yield to that."""
    top = np.where(speed[capped] == speed[capped].max(axis=1, keepdims=True, initial=0.0), x[capped], 0.0)
    x[capped] = top * (given.tasks[capped] / top.sum(axis=1))[:, None]
    total = x.sum(axis=1)
    least = (given.minimum > 0) & (total <= given.minimum * (1.0 + SAME))
    x[least] *= (given.minimum[least] / total[least])[:, None]
    over = total > given.tasks
    x[over] *= (given.tasks[over] / total[over] * (1.0 - 2.0**-50))[:, None]
    for yielding in (~(least | capped), ~least, np.ones(len(x), dtype=bool)):
        used, firm = x.T @ given.bundle, x[~yielding].T @ given.bundle[~yielding]
        left = np.maximum(given.capacity - firm, 0.0)
        part = np.divide(left, used - firm, out=np.ones_like(used), where=(used > given.capacity) & (used > firm))
        x[yielding] *= np.where(part < 1.0, part * (1.0 - 2.0**-50), 1.0).min(axis=1, initial=1.0)


def _answer(
    claims: Problem,
    x: Floats,
    able: Bools,
    at: Ints,
    level_of: Ints,
    prices: list[Floats],
    known: list[float],
    tolerance: float,
) -> Answer:
    """Levels from the division itself, and what no division can exceed."""
    rate = np.einsum("if,if->i", claims.speed, x)
    ratio = rate / claims.weight
    levels = np.full(len(prices), np.inf)
    stuck = level_of >= 0
    np.minimum.at(levels, level_of[stuck], ratio[stuck])
    if np.isinf(levels).any():  # levels at which nobody stopped
        kept = np.isfinite(levels)
        level_of = np.where(stuck, (np.cumsum(kept) - 1)[level_of], -1)
        prices, levels, known = [price for price, keep in zip(prices, kept, strict=True) if keep], levels[kept], []
    bounds = _bounds(claims, at, rate, level_of, levels, prices, known)
    value = float(ratio[able].min(initial=np.inf)) if able.any() else 0.0
    bound = float(bounds[0]) if len(bounds) and levels[0] <= value * (1.0 + SAME) else value
    gap = float(np.log(bounds / levels).max(initial=0.0))
    shaped = np.array(prices).reshape(-1, *claims.capacity.shape)
    first = shaped[0] if len(shaped) else np.zeros_like(claims.capacity)
    out = np.flatnonzero(~able)
    return Answer(x, rate, first, value, bound, gap, gap <= tolerance, out, levels, bounds, shaped, level_of)


def _bounds(
    claims: Problem, at: Ints, rate: Floats, level_of: Ints, levels: Floats, prices: list[Floats], known: list[float]
) -> Floats:
    """What no division can exceed at each level, given the rates of those stopped before; makes the prices show it.

    A later level's prices hold only beside those of earlier levels, which keep claims away from what is used up. The bound
    of the first level that was found among very many is known, as all prices between its bounds settle the same claims.
    """
    over, bounds = np.zeros_like(claims.capacity), np.zeros(len(prices))
    error = (len(claims) + claims.capacity.size) * 2.0**-52
    if len(prices) == 1 and known:
        return np.maximum(np.array(known) * (1.0 + error), levels)
    rows = rows_of(claims, at)
    for k, price in enumerate(prices):
        before = (level_of[at] >= 0) & (level_of[at] < k)
        each = (np.where(before, 0.0, column) for column in (rows.weight, rows.cap))
        seen = replace(rows, held=np.where(before, rate[at], 0.0), **dict(zip(("weight", "cap"), each, strict=True)))
        tried = [price + much * over for much in (STRESS if k else (0.0,))]
        found = []
        for one in tried:
            found.append(_bound(seen, one, claims.capacity, error, levels[k]))
            if found[-1] <= levels[k] * (1.0 + SAME) or found[-1] > min(found):
                break
        best = int(np.argmin(found))
        prices[k], bounds[k] = tried[best], max(levels[k], found[best])
        over = over + price / max(float((price * claims.capacity).sum()), 1e-300)
    return bounds


def _bound(rows: Rows, prices: Floats, capacity: Floats, error: float, level: float) -> float:
    """The level that prices (F, R) do not let anybody exceed, with the rounding errors of sums; sought near `level` first."""
    money = float((prices * capacity).sum()) * (1.0 + error)
    rising = rows.weight > 0
    most = float((rows.cap[rising] / rows.weight[rising]).max(initial=0.0))
    each = (
        rows.start,
        rows.flavor,
        rows.speed,
        rows.bundle,
        rows.tasks,
        rows.minimum,
        rows.held,
        rows.weight,
        rows.cap,
    )
    found = close = min(level * (1.0 + NEARBY), most)
    if close > 0:
        found = root(*each, prices, money, 0.0, level, close)
    return found if found < close else root(*each, prices, money, 0.0, 0.0, most)
