"""How do prices from samples become those of all claims, and a division with them?

One sweep over all claims settles nearly all of them; those near a tie are solved exactly against what the others leave, the
others yielding with the prices as their curvature says. A last sweep at the final prices gives the division and its bound.
Cost: O(M·F·R) a sweep, two or three sweeps; memory: the answer itself and what belongs to the claims near a tie.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.prices.bounded import SPARE, bounded
from apportion.solver.prices.interior import interior
from apportion.solver.prices.sampled import (
    STEEP,
    WIDE,
    Goal,
    Settled,
    how_far,
    in_rows,
    pairs_of,
    swept,
    thinned,
    towards,
)
from apportion.solver.problem import Answer, Problem

ROUNDS = 12
PROMISING = 1e-5  # what the division would lose by the last step, below which the next sweep may be the last
SURELY = 0.05  # times WIDE / claims: a radius within which about a tenth of WIDE stand
ANCHORS = 1000  # claims that take up what the others leave, though they are not near a tie


def by_rounds(claims: Problem, goal: Goal, prices: Floats, radius: float, tolerance: float) -> Answer:
    """Sweep over all claims until the gap is reached; the best division that was found."""
    best: Answer | None = None
    x, rate, doubt = np.empty((0, claims.speed.shape[1])), np.empty(0), np.inf
    room, every = claims.capacity * (1.0 - SPARE), max(len(claims) // ANCHORS, 1)
    for turn in range(ROUNDS):
        last = turn >= ROUNDS - 3
        if not len(x) and (last or doubt < PROMISING):  # a division is written down only where it may be the last
            x, rate = np.empty_like(claims.speed), np.empty(len(claims))
        if goal.alpha > STEEP:
            prices = prices * towards(claims, goal.alpha, prices)
        used, curved, paid, near, bits = swept(claims, prices, goal.alpha, radius, every, x, rate)
        few = len(near) <= 2 * WIDE
        if not few or not len(x):  # otherwise dividing costs no more than finding out whether prices are good enough
            found, moved, doubt = _stepped(claims, goal, room, Settled(used, curved), near, bits, prices, radius)
        if len(x) and (few or last or 3.0 * doubt < tolerance):
            answer = _divided(claims, goal, room, used, near, bits, prices, x, rate, paid, tolerance)
            if best is None or answer.gap < best.gap:
                best = answer
            if best.reached:
                break
            x, rate = x[:0], rate[:0]
            if few:
                found, moved, doubt = _stepped(claims, goal, room, Settled(used, curved), near, bits, prices, radius)
        prices, radius = found, _next_radius(radius, moved, len(claims))
    return best if best is not None else answer


def _stepped(
    claims: Problem,
    goal: Goal,
    room: Floats,
    settled: Settled,
    near: Ints,
    bits: Ints,
    prices: Floats,
    radius: float,
) -> tuple[Floats, float, float]:
    """Better prices, how far they moved, and what the division at the old ones would lose."""
    found = thinned(claims, room, settled, near, bits, prices, radius, goal)
    return found, *how_far(prices, found, claims.capacity)


def _divided(
    claims: Problem,
    goal: Goal,
    room: Floats,
    used: Floats,
    near: Ints,
    bits: Ints,
    prices: Floats,
    x: Floats,
    rate: Floats,
    paid: float,
    tolerance: float,
) -> Answer:
    """The division of a sweep, after the claims near a tie were solved against what the settled ones leave."""
    hoped = rate[near]
    _divide_near(claims, goal, room - used, near, bits, prices, x, rate)
    full = rate.copy()
    full[near] = hoped
    asked = used + x[near].T @ claims.bundle[near]
    return bounded(claims, goal.alpha, prices, x, rate, full, paid, tolerance, asked)


def _next_radius(radius: float, moved: float, many: int) -> float:
    """Doubt falls with its square once prices are close; where the last step was held back, look further.

    Where few of the claims stand within even four times the step, looking at them all keeps two of them from taking turns.
    """
    if moved > 0.8 * radius:
        return min((2.0 if radius > 0.1 else 4.0) * radius, 1.0)
    return min(max(0.2 * moved, min(4.0 * moved, SURELY * WIDE / many), 1e-6), 1.0)


def _divide_near(
    claims: Problem, goal: Goal, room: Floats, near: Ints, bits: Ints, prices: Floats, x: Floats, rate: Floats
) -> None:
    """Solve the claims near a tie exactly against what the settled ones leave."""
    part = claims.rows(near)
    pairs = pairs_of(part, bits)
    tasks, _ = interior(pairs, room, goal.alpha, goal.scale(claims), claims.capacity, prices)
    x[near] = in_rows(part, pairs, tasks)
    rate[near] = (x[near] * part.speed).sum(axis=1)
