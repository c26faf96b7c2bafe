"""What is the division in which nobody can rise without lowering somebody who is no better off?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.apart import apart
from apportion.solver.levels.bounds import EASED, USUAL, Division
from apportion.solver.levels.exact import SAME, fit, reached, taking_part
from apportion.solver.levels.large import large_levels
from apportion.solver.problem import Answer, Problem

FIRM = 1e4  # a claim that is a ten-thousandth of a level's money may take up all of its gap
FIRMER = 4.0  # times the least stress of earlier levels' prices: at the least some claim would as soon turn to others


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
    changes nothing. If a level's bound is further away than `tolerance`, or a claim that is held could rise by more than all
    of them may be off together (`FIRM` · tolerance · claims, as a part of its level), `reached` is false.

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
    able, at = taking_part(claims.speed, claims.bundle, claims.tasks, x)
    prices = large_levels(claims, at, x, level_of)
    fit(claims, x, level_of, able)
    return _answer(claims, x, able, level_of, prices, tolerance)


def _answer(
    claims: Problem,
    x: Floats,
    able: Bools,
    level_of: Ints,
    prices: list[Floats],
    tolerance: float,
) -> Answer:
    """Levels from the division itself, and what no division can exceed."""
    rate, levels, least = reached(claims.speed, claims.weight, x, able, level_of, len(prices))
    kept = np.isfinite(levels)  # levels at which somebody stopped
    if not kept.all():
        level_of = np.where(level_of >= 0, (np.cumsum(kept) - 1)[level_of], -1)
        prices, levels = [price for price, keep in zip(prices, kept, strict=True) if keep], levels[kept]
    level_of, prices = apart(rate / claims.weight, level_of, levels, prices)
    if len(prices) > len(levels):
        levels = reached(claims.speed, claims.weight, x, able, level_of, len(prices))[1]
    bounds, slack = _bounds(Division(claims, x, rate, level_of), levels, prices, tolerance)
    value = least if np.isfinite(least) else 0.0
    bound = float(bounds[0]) if len(bounds) and levels[0] <= value * (1.0 + SAME) else value
    gap = float(np.log(bounds / levels).max(initial=0.0))
    shaped = np.array(prices).reshape(-1, *claims.capacity.shape)
    first = shaped[0] if len(shaped) else np.zeros_like(claims.capacity)
    out = np.flatnonzero(~able)
    sure = bool(gap <= tolerance and slack <= FIRM * tolerance * max(len(claims), 1))
    return Answer(x, rate, first, value, bound, gap, sure, out, levels, bounds, shaped, level_of, slack)


def _bounds(division: Division, levels: Floats, prices: list[Floats], tolerance: float) -> tuple[Floats, float]:
    """What no division can exceed at each level, given the rates of those stopped before; makes the prices show it.

    A later level's prices hold only beside those of earlier levels, which keep claims away from what is used up. Returns also
    the most by which a claim held at a level could still rise.
    """
    bounds, slack, plain = np.zeros(len(prices)), 0.0, list(prices)
    for k, level in enumerate(levels):
        found = (np.inf, np.inf)
        for own, over, stress in _tries(division, plain[: k + 1], levels):
            tried = division.bound(k, level, own, over, stress, tolerance)
            if tried[0] < found[0]:
                found, prices[k] = tried, own + stress * over
            if found[0] <= level * (1.0 + tolerance):
                break
        bounds[k], slack = found[0], max(slack, found[1])
    return bounds, slack


def _tries(division: Division, prices: list[Floats], levels: Floats) -> Iterator[tuple[Floats, Floats, float]]:
    """The last level's prices, those of what is used up, and how much these may count: first what is usually enough."""
    for over, stress in _stresses(division, prices, levels):
        yield prices[-1], over, stress
        yield *division.mended(len(prices) - 1, prices[-1], over, stress), stress


def _stresses(division: Division, prices: list[Floats], levels: Floats) -> Iterator[tuple[Floats, float]]:
    """Prices of what is used up, and how much they may count."""
    capacity, k = division.claims.capacity, len(prices) - 1
    over = np.sum([np.zeros_like(capacity), *(_one(price, capacity) for price in prices[:k])], axis=0)
    yield over, USUAL * float((prices[k] * capacity).sum()) if k else 0.0
    for firmer in ((), (0.0,), (0.0, 1.0, FIRMER))[min(k, 2)]:  # (of one earlier level nothing is nested)
        over = _nested(division, prices, levels, firmer) if firmer else over
        least = division.stress(k, levels[k], prices[k], over)
        yield from ((over, least * part) for part in EASED)


def _nested(division: Division, prices: list[Floats], levels: Floats, firmer: float) -> Floats:
    """Prices of what is used up, of which each level's weigh `firmer` times as much more than those after it as they must."""
    over = np.zeros_like(prices[0])
    for k, price in enumerate(prices[:-1]):
        stress = firmer * division.stress(k, levels[k], price, over) if k else 0.0
        over = over + _one(price + stress * over, division.claims.capacity)
    return np.asarray(over)


def _one(prices: Floats, capacity: Floats) -> Floats:
    """The prices, scaled so that all there is costs one."""
    return np.asarray(prices / max(float((prices * capacity).sum()), 1e-300))
