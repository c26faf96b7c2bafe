"""What is the best division by a smooth concave objective, however many claims there are?

The dual has one price for each flavor and resource, so a few thousand claims, drawn from all, already tell the prices to a
few per cent, and each later step needs only those claims whose choice of flavors the remaining doubt could change:

1. A sample is solved by `interior`; a larger one (`sampled`), with the claims that are surely settled at those prices taken
   as a smooth function of the prices, gives better ones; and so on.
2. One sweep over all claims at good prices (`rounds`) settles nearly all of them. Those near a tie are solved exactly against
   what the others leave, the others yielding with the prices as their curvature says.
3. A last sweep at the final prices gives a bound (`bounded`) that holds whatever went before, and the division.

Where the gap is not reached, the same is done again from the new prices with another radius; what is best is kept. Every
step is the same whatever the number of claims; with few of them the first is the last. Cost: O(M·F·R) a sweep, two or three
sweeps; memory: the answer itself and what belongs to the claims near a tie.

Source: the dual by prices is that of resource allocation in large systems, Agrawal, Boyd et al., *Allocation of fungible
resources via a fast, scalable price discovery method*, Mathematical Programming Computation 2022.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats
from apportion.solver.classes import classes
from apportion.solver.prices.bounded import SPARE, bounded, response
from apportion.solver.prices.interior import interior
from apportion.solver.prices.rounds import by_rounds
from apportion.solver.prices.sampled import (
    FEW,
    STEEP,
    Goal,
    can_be_served,
    drawn,
    from_samples,
    in_rows,
    pairs_of,
    swept,
    towards,
)
from apportion.solver.prices.steep import evened, far_above, steep
from apportion.solver.problem import Answer, Problem

AT_ONCE = 3000  # claims that are solved at once where α is above 1
UNITS = 4  # most steps to the level of many claims
BITS = 60  # most flavors that a number names beside its sign; with more, all claims are solved at once
AFTER_CHANGE = 0.002  # radius about earlier prices
NOTHING = 1e-13  # part of all weights below which a claim's own counts for as much as that
REWEIGHTED = 60  # most steps towards another α than 1


def concave(given: Problem, alpha: float, start: Floats | None = None, tolerance: float = 1e-8) -> Answer:
    """Maximise Σ w U(z), U(z) = z^(1−α)/(1−α), log z for α = 1; α > 0.

    Claims that can reach no positive rate stand outside and get nothing. `start` (F, R) takes earlier prices.
    """
    claims = _masked(given)
    if alpha <= 1.0 or (alpha <= STEEP and len(claims) > AT_ONCE):
        return _as_given(claims, alpha, start, tolerance)
    found = _steep(claims, alpha, start, tolerance)
    kept = bool((found.x.sum(axis=1) >= claims.minimum * (1.0 - 2.0**-50)).all())
    if (found.reached and kept) or len(claims) > AT_ONCE:
        return found
    other = _as_given(claims, alpha, start, tolerance)  # better where speeds lie far apart, or least tasks bind
    return other if other.gap < found.gap or (other.reached and not kept) else found


def _as_given(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> Answer:
    """Solve in the units that are given, with equal claims as one."""
    together = classes(claims, alpha)
    if together is not None:
        prices, x = _found(together.problem, alpha, start, tolerance)
        x = x[together.of] * together.part[:, None]
        hoped, paid = response(claims, prices, alpha)
        return bounded(claims, alpha, prices, x, (x * claims.speed).sum(axis=1), hoped, paid, tolerance)
    return _separate(claims, alpha, start, tolerance)


def _steep(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> Answer:
    """Solve in units in which a steep objective is tame; see `steep`."""
    sized = replace(claims, weight=claims.weight ** (1.0 / alpha))
    together = classes(sized, 1.0)
    one = sized if together is None else together.problem
    x, prices, level = _in_units(one, alpha, start, tolerance)
    x = x if together is None else x[together.of] * together.part[:, None]
    there = replace(claims, speed=claims.speed / level)
    hoped, paid = response(there, prices, alpha)
    found = bounded(there, alpha, prices, x, (x * there.speed).sum(axis=1), hoped, paid, tolerance)
    unit = np.float64(level) ** (1.0 - alpha)
    value, bound = float(found.value * unit), float(found.bound * unit)
    return replace(found, rate=found.rate * level, prices=prices * unit, value=value, bound=bound)


def _in_units(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats, float]:
    """Tasks (M, F), prices (F, R) in units of a level, and that level, for claims whose weights are u."""
    served = np.flatnonzero(can_be_served(claims))
    x, prices, level = np.zeros(claims.speed.shape), np.zeros_like(claims.capacity), 1.0
    if not len(served):
        return x, prices, level
    if len(served) <= AT_ONCE or claims.speed.shape[1] > BITS:
        x[served], prices, level = steep(claims.rows(served), claims.capacity * (1.0 - SPARE), alpha, _by_interior)
    else:
        x, prices, level = _by_prices(claims, alpha, start, tolerance)
    rest = far_above(claims, x, alpha, level)
    if rest is not None and rest.who.any():
        x[rest.who], others, above = _in_units(rest.problem, alpha, None, tolerance)
        prices = np.where(rest.left, others * np.float64(above / level) ** (1.0 - alpha), prices)
    return x, prices, level


def _by_prices(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats, float]:
    """The same for many claims, from samples, or near earlier prices (F, R) for rates as they are."""
    radius = AFTER_CHANGE
    if start is not None and start.any():
        level = float((start * claims.capacity).sum() / claims.weight.sum()) ** (1.0 / (1.0 - alpha))
        prices = start * level ** (alpha - 1.0)
    else:
        part, room = drawn(claims, FEW, 1.0)
        _, prices, level = steep(part, room, alpha, _by_interior)
        start = None
    for _ in range(UNITS):
        units = evened(claims, alpha, level)
        moved = towards(units.problem, alpha, prices)
        if abs(np.log(moved)) < 1.0:
            break
        level, prices = level * moved ** (-1.0 / alpha), prices * moved ** (1.0 / alpha)
    goal = Goal(alpha, float((prices * claims.capacity).sum()) / float(units.problem.weight.sum()))
    if start is None:
        prices, radius = from_samples(units.problem, goal, prices)
    found = by_rounds(units.problem, goal, prices, radius, tolerance)
    return found.x * units.size[:, None], found.prices, units.level


def _by_interior(
    part: Problem, room: Floats, alpha: float, scale: float, prices: Floats | None
) -> tuple[Floats, Floats]:
    pairs = pairs_of(part, np.full(len(part), -1))
    tasks, found = interior(pairs, room, alpha, scale, part.capacity, prices)
    return in_rows(part, pairs, tasks), found


def _found(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats]:
    answer = _separate(claims, alpha, start, tolerance)
    return answer.prices, answer.x


def _separate(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> Answer:
    """Solve for claims that are all different."""
    if len(claims) <= FEW or claims.speed.shape[1] > BITS:
        return _at_once(claims, alpha, tolerance)
    if start is not None and (start >= 0).all() and start.any():
        goal = Goal(1.0, 1.0) if alpha == 1.0 else _first(claims, alpha)[0]
        prices, radius = start, AFTER_CHANGE
    else:
        goal, first = _first(claims, alpha)
        prices, radius = from_samples(claims, goal, first)
    if float((prices * claims.capacity).sum()) <= 1e-6 * goal.scale(claims):
        answer = _all_served(claims, alpha, tolerance)
        if answer is not None:
            return answer
    return by_rounds(claims, goal, prices, radius, tolerance)


def _first(claims: Problem, alpha: float) -> tuple[Goal, Floats]:
    """The size of the objective, and prices, by a few claims."""
    part, room = drawn(claims, FEW, alpha)
    x, prices = _solved(part, room, alpha)
    rate = (x * part.speed).sum(axis=1)
    return Goal(alpha, float((part.weight * rate ** (1.0 - alpha)).sum() / part.weight.sum())), prices


def _all_served(claims: Problem, alpha: float, tolerance: float) -> Answer | None:
    """Everybody's whole cap where it is fastest, at prices of 0, if there is room for that."""
    prices = np.zeros_like(claims.capacity)
    x, rate = np.empty_like(claims.speed), np.empty(len(claims))
    used, _, paid, _, _ = swept(claims, prices, alpha, 0.0, 0, x, rate)
    if not (used <= claims.capacity * (1.0 - SPARE)).all():
        return None
    return bounded(claims, alpha, prices, x, rate, rate.copy(), paid, tolerance)


def _at_once(claims: Problem, alpha: float, tolerance: float) -> Answer:
    """Solve a few claims with all their flavors."""
    served = np.flatnonzero(can_be_served(claims))
    part, (many, flavors) = claims.rows(served), claims.speed.shape
    x, rate = np.zeros((many, flavors)), np.zeros(many)
    prices = np.zeros_like(claims.capacity)
    if len(served):
        room = claims.capacity * (1.0 - SPARE)
        x[served], prices = _solved(part, room, alpha)
    hoped, paid = response(claims, prices, alpha)
    rate[:] = (x * claims.speed).sum(axis=1)
    return bounded(claims, alpha, prices, x, rate, hoped, paid, tolerance)


def _solved(part: Problem, room: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Tasks (M, F), feasible, and prices (F, R) of claims that can all be served.

    The best division for α is the best one for α = 1 with the weights w z^(1−α) at its own rates z. They are sought step by
    step, in logarithms; the step 2 / (1 + α) lets errors shrink by at least |α − 1| / (α + 1), whatever the claims.
    """
    pairs = pairs_of(part, np.full(len(part), -1))
    goal = weight = np.maximum(part.weight, NOTHING * part.weight.sum())
    for _ in range(1 if alpha == 1.0 else REWEIGHTED):
        scale = float(weight.sum())
        tasks, prices = interior(replace(pairs, weight=weight), room, 1.0, scale, part.capacity)
        x = in_rows(part, pairs, tasks)
        rate = np.maximum((x * part.speed).sum(axis=1), 1e-300)
        goal = part.weight * rate ** (1.0 - alpha)
        goal = np.maximum(goal, NOTHING * goal.sum())
        if np.abs(goal - weight).sum() <= 1e-9 * scale:
            break
        weight = weight * (goal / weight) ** (2.0 / (1.0 + alpha))
    return x, prices


def _masked(given: Problem) -> Problem:
    """Set speeds to 0 where something that a claim needs is absent; no copy where nothing is."""
    if (given.capacity > 0).all():
        return given
    speed = np.where(given.usable, given.speed, 0.0)
    return Problem(speed, given.bundle, given.capacity, given.tasks, given.weight, given.minimum)
