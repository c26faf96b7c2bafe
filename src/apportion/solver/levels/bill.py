"""What do all claims pay at a level, and how dear must what is used up be for them to do without?

Both are one compiled pass over all claims. Most of them are at their cap on their fastest flavor, or below it on the one that
is cheapest for a unit of rate; only the others walk the hull of their flavors. Cost: O(M·F·R).
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled
from apportion.solver.levels.hull import cheapest

TIE = 1e-9  # part of a cost within which two ways cost the same


@compiled
def bill(  # noqa: C901, PLR0912, PLR0915  # one compiled pass
    speed: Floats, bundle: Floats, tasks: Floats, weight: Floats, minimum: Floats, rate: Floats, level_of: Ints,
    k: int, prices: Floats, over: Floats, stress: float, low: float, high: float,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """What all pay at the level `high` at `prices` and at `over`, at least, in a window that begins at `low`.

    Returns also the slope in the level, a sum that bounds the terms whose last digits may be wrong, and the least that one of
    the claims which level k holds would pay to rise by all of its rate.
    """
    flavors, width = prices.shape
    own, more_own, dear, more_dear, rising, terms, least = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.inf
    cost = np.empty(flavors)
    per_price = np.empty(flavors)
    for f in range(flavors):
        price = prices[f, 0] + stress * over[f, 0]
        per_price[f] = 1.0 / price if price > 1e-290 else 1e290
    for i in range(len(weight)):
        most = tasks[i]
        best, on, fastest = 0.0, -1, 0.0
        if width == 1:
            for f in range(flavors):
                v = speed[i, f]
                yields = v * per_price[f]
                on = f if yields > best else on
                best = max(best, yields)
                fastest = max(fastest, v)
            if bundle[i, 0] == 0.0:
                continue
            best = best / bundle[i, 0]
        else:
            for f in range(flavors):
                each = 0.0
                for r in range(width):
                    each += (prices[f, r] + stress * over[f, r]) * bundle[i, r]
                v = speed[i, f]
                yields = v / max(each, 1e-290)
                on = f if yields > best else on
                best = max(best, yields)
                fastest = max(fastest, v)
        if on < 0 or most == 0.0:
            continue
        held = 0 <= level_of[i] < k
        goal, pace = rate[i], 0.0
        if not held:
            cap = most * fastest
            goal, pace = high * weight[i], weight[i]
            if goal >= cap:
                goal, pace = min(low * weight[i], cap), 0.0
        f, here, g, there = on, 0.0, -1, 0.0
        if minimum[i] == 0.0 and goal <= most * speed[i, on]:
            here, behind = goal / speed[i, on], 1.0 / best
        else:
            for h in range(flavors):
                cost[h] = 0.0
                for r in range(width):
                    cost[h] += (prices[h, r] + stress * over[h, r]) * bundle[i, r]
            if minimum[i] == 0.0 and goal >= most * fastest:
                f, behind = -1, 0.0
                for h in range(flavors):
                    if speed[i, h] == fastest and (f < 0 or cost[h] < cost[f]):
                        f = h
                here = most
            else:
                _, behind, _, f, here, g, there = cheapest(cost, speed[i], minimum[i], most, goal)
        x, y, size = 0.0, 0.0, behind * goal
        for r in range(width):
            if f >= 0:
                x += prices[f, r] * bundle[i, r] * here
                y += over[f, r] * bundle[i, r] * here
            if g >= 0:
                x += prices[g, r] * bundle[i, r] * there
                y += over[g, r] * bundle[i, r] * there
        terms += max(size, x + stress * y)
        rising += behind * pace
        if level_of[i] == k and rate[i] < most * fastest:
            if rate[i] > goal * (
                1.0 + TIE
            ):  # what it could do without ended here, and its other flavors are at their end
                for h in range(flavors):
                    cost[h] = 0.0
                    for r in range(width):
                        cost[h] += (prices[h, r] + stress * over[h, r]) * bundle[i, r]
                behind = cheapest(cost, speed[i], minimum[i], most, rate[i] * (1.0 + TIE))[2]
            least = min(least, behind * rate[i])
        total = own + x
        more_own += (own - total) + x if own >= x else (x - total) + own
        own = total
        total = dear + y
        more_dear += (dear - total) + y if dear >= y else (y - total) + dear
        dear = total
    return own + more_own, dear + more_dear, rising, terms, least


@compiled
def least_stress(  # noqa: C901, PLR0912, PLR0915  # one compiled pass
    speed: Floats, bundle: Floats, tasks: Floats, weight: Floats, minimum: Floats, rate: Floats, level_of: Ints,
    k: int, prices: Floats, over: Floats, level: float,
) -> float:  # fmt: skip
    """The largest, over all claims, of the stress that each needs to keep to its way of least `over`.

    That way is a walk at the costs in `over`, and where some flavors cost nothing there, at `prices` among these.
    With its multipliers y for a unit of rate and λ for a task of the cap, in both costs, no other flavor pays if
    s · (over[f] + λ_over − y_over v_f) ≥ −(prices[f] + λ − y v_f).
    """
    flavors, width = prices.shape
    found = 0.0
    cost, dear, v = np.empty(flavors), np.empty(flavors), np.empty(flavors)
    for i in range(len(weight)):
        fastest, kept = 0.0, 0.0
        for f in range(flavors):
            cost[f], dear[f] = 0.0, 0.0
            for r in range(width):
                cost[f] += prices[f, r] * bundle[i, r]
                dear[f] += over[f, r] * bundle[i, r]
            fastest = max(fastest, speed[i, f])
            if dear[f] == 0.0:
                kept = max(kept, speed[i, f])
        if fastest == 0.0 or tasks[i] == 0.0 or minimum[i] > 0.0:
            continue
        goal = rate[i] if 0 <= level_of[i] < k else min(level * weight[i], tasks[i] * fastest)
        goal = min(goal, tasks[i] * fastest)
        if goal <= tasks[i] * kept * (1.0 + TIE):  # it does without
            f = -1
            for h in range(flavors):
                if dear[h] == 0.0 and speed[i, h] > 0.0 and (f < 0 or cost[h] * speed[i, f] < cost[f] * speed[i, h]):
                    f = h
            if goal < tasks[i] * speed[i, f] * (1.0 - TIE):
                for h in range(flavors):
                    if dear[h] > 0.0 and speed[i, h] > 0.0:
                        found = max(found, (cost[f] / speed[i, f] * speed[i, h] - cost[h]) / dear[h])
                continue
            for f in range(flavors):
                v[f] = speed[i, f] if dear[f] == 0.0 else 0.0
            _, behind, _, f, here, g, _ = cheapest(cost, v, 0.0, tasks[i], min(goal, tasks[i] * kept))
            if f < 0:
                continue
            if g >= 0:
                rent = behind * v[f] - cost[f]
            elif here >= tasks[i] * (1.0 - TIE):
                rent = max(behind * v[f] - cost[f], 0.0)
            else:
                rent = 0.0
            for h in range(flavors):
                if dear[h] > 0.0 and speed[i, h] > 0.0:
                    found = max(found, (behind * speed[i, h] - rent - cost[h]) / dear[h])
            continue
        _, much, _, f, here, g, _ = cheapest(dear, speed[i], 0.0, tasks[i], goal)
        if f < 0:
            continue
        full = g >= 0 or here >= tasks[i] * (1.0 - TIE)
        if g < 0 and full:
            continue  # its whole cap where it is fastest: it has no choice
        worth = cost[f] / speed[i, f]
        lost, rent = 0.0, 0.0
        if g >= 0 and speed[i, f] != speed[i, g]:
            worth = (cost[g] - cost[f]) / (speed[i, g] - speed[i, f])
            lost, rent = much * speed[i, f] - dear[f], worth * speed[i, f] - cost[f]
        for h in range(flavors):
            if h in (f, g) or speed[i, h] <= 0.0:
                continue
            loses = dear[h] + lost - much * speed[i, h]
            gains = worth * speed[i, h] - rent - cost[h]
            if gains > 0.0 and loses > TIE * (dear[h] + abs(lost)):
                found = max(found, gains / loses)
    return found
