"""What does a rate cost at given prices, and up to which level do the prices say that it can be paid?

At prices p[f,r] a task of claim i on flavor f costs c[f] = Σ_r p[f,r] · bundle[i,r]. The cheapest way to a rate t is
the lower convex hull of the points (T · speed[f], T · c[f]), T the least or the most tasks, and of
(0, 0) where no task is compulsory.
For any p ≥ 0 no level θ can be reached at which Σ_i hull_i(min(θ w_i, cap_i)) exceeds p · capacity; that sum only rises with
θ, so its root is a bound whatever the caps.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled

FINE = 1e-13  # relative width at which a bracket is small enough
TURNS = 200  # most steps to a root; twenty are usual


@compiled
def cheapest(  # noqa: C901, PLR0912  # one compiled pass
    cost: Floats, speed: Floats, least: float, most: float, goal: float
) -> tuple[float, float, float, int, float, int, float]:
    """Walk one claim's hull to a rate of at least `goal` ≤ most · speed: what is paid, the slope behind and the slope ahead.

    And tasks on one flavor and on another (−1: none). A speed of 0 marks a flavor that the claim cannot use.
    """
    here, tasks, rate, paid, behind = -1, 0.0, 0.0, 0.0, 0.0
    if least > 0.0:
        for f in range(len(speed)):
            if speed[f] > 0.0 and (
                here < 0 or cost[f] < cost[here] or (cost[f] == cost[here] and speed[f] > speed[here])
            ):
                here = f
        tasks, rate, paid = least, least * speed[here], least * cost[here]
        if rate > goal:
            return paid, 0.0, 0.0, here, tasks, -1, 0.0
    while True:
        onto, slope, to = -1, np.inf, 0.0
        for f in range(len(speed)):
            if speed[f] <= 0.0:
                continue
            if least * speed[f] > rate:
                steep = (least * cost[f] - paid) / (least * speed[f] - rate)
                if steep < slope or (steep == slope and least * speed[f] > to * speed[onto]):
                    onto, slope, to = f, steep, least
            if most == np.inf:
                steep = cost[f] / speed[f]
            elif most * speed[f] > rate:
                steep = (most * cost[f] - paid) / (most * speed[f] - rate)
            else:
                continue
            if steep < slope or (steep == slope and most < np.inf and most * speed[f] > to * speed[onto]):
                onto, slope, to = f, steep, most
        if onto < 0 or goal <= rate:
            return paid, behind, slope, here, tasks, -1, 0.0
        slope, behind = max(slope, 0.0), max(slope, 0.0)
        if to == np.inf:
            more = (goal - rate) / speed[onto]
            return paid + more * cost[onto], slope, slope, onto, more, here, tasks
        if goal < to * speed[onto]:
            part = (goal - rate) / (to * speed[onto] - rate)
            if here < 0 or here == onto:
                return paid + (goal - rate) * slope, slope, slope, onto, tasks + part * (to - tasks), -1, 0.0
            return paid + (goal - rate) * slope, slope, slope, here, tasks * (1.0 - part), onto, part * to
        here, tasks, rate, paid = onto, to, to * speed[onto], to * cost[onto]


@compiled
def slopes(
    start: Ints,
    flavor: Ints,
    speed: Floats,
    bundle: Floats,
    tasks: Floats,
    minimum: Floats,
    goal: Floats,
    prices: Floats,
) -> tuple[Floats, Floats]:
    """What each claim pays for its goal, and what the next unit of rate would cost it: (K,) each."""
    paid, ahead = np.zeros(len(goal)), np.zeros(len(goal))
    cost = np.empty(prices.shape[0])
    for k in range(len(goal)):
        a, b = start[k], start[k + 1]
        for e in range(a, b):
            cost[e - a] = 0.0
            for r in range(prices.shape[1]):
                cost[e - a] += prices[flavor[e], r] * bundle[k, r]
        found = cheapest(cost[: b - a], speed[a:b], minimum[k], tasks[k], goal[k])
        paid[k], ahead[k] = found[0], found[2]
    return paid, ahead


@compiled
def _bill(
    start: Ints, flavor: Ints, speed: Floats, bundle: Floats, tasks: Floats, minimum: Floats, held: Floats, weight: Floats,
    cap: Floats, prices: Floats, level: float,
) -> tuple[float, float, float]:  # fmt: skip
    """What all pay at a level, how fast that falls below it, and how fast it grows above."""
    paid, below, above = 0.0, 0.0, 0.0
    cost = np.empty(prices.shape[0])
    for k in range(len(weight)):
        a, b = start[k], start[k + 1]
        for e in range(a, b):
            cost[e - a] = 0.0
            for r in range(prices.shape[1]):
                cost[e - a] += prices[flavor[e], r] * bundle[k, r]
        goal = held[k] + min(level * weight[k], cap[k])
        found = cheapest(cost[: b - a], speed[a:b], minimum[k], tasks[k], goal)
        paid += found[0]
        if level * weight[k] < cap[k]:
            above += found[2] * weight[k]
            below += found[1] * weight[k]
        elif level * weight[k] == cap[k]:
            below += found[1] * weight[k]
    return paid, below, above


@compiled
def root(
    start: Ints, flavor: Ints, speed: Floats, bundle: Floats, tasks: Floats, minimum: Floats, held: Floats, weight: Floats,
    cap: Floats, prices: Floats, budget: float, drain: float, low: float, high: float,
) -> float:  # fmt: skip
    """The level in [low, high] at which the bill, with `drain` · level of others, first exceeds the budget; high if none.

    Newton's steps, held within a bracket that always shrinks; the end above the root is returned.
    """
    if high == np.inf:
        high = max(1.0, 2.0 * low)
        while _bill(start, flavor, speed, bundle, tasks, minimum, held, weight, cap, prices, high)[0] <= budget:
            if high > 1e290:
                return np.inf
            high *= 16.0
    elif (
        _bill(start, flavor, speed, bundle, tasks, minimum, held, weight, cap, prices, high)[0] + drain * high <= budget
    ):
        return high
    at, width = high, 4.0 * (high - low)
    for _ in range(TURNS):
        paid, below, above = _bill(start, flavor, speed, bundle, tasks, minimum, held, weight, cap, prices, at)
        over = paid + drain * at - budget
        if over > 0.0:
            high, slope = at, below + drain
        else:
            low, slope = at, above + drain
        if high - low <= FINE * high:
            break
        step = at - over / slope * (1.0 + 1e-15) if slope > 0.0 else low
        if high - low > 0.5 * width or step <= low or step >= high:
            step = 0.5 * (low + high)
        if step <= low or step >= high:
            break
        at, width = step, high - low
    return high
