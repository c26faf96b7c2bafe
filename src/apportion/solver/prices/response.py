"""What does each claim buy at given prices, and what bound follows?

At prices p[f,r] one task of claim i on flavor f costs c[f] = Σ_r p[f,r] · bundle[i,r]. Its cheapest way to a rate t is the
lower convex hull of the points (T · speed[f], T · c[f]) with T = minimum_i or T = tasks_i; it walks along that hull as long
as w · U′(t) exceeds the slope, with U(t) = t^(1−α) / (1−α), or log t for α = 1. At most two flavors are used.

    D(p) = Σ p · capacity + Σ_i max_t [w_i U(t) − hull_i(t)]

bounds the objective for any p ≥ 0. One sweep over the claims gives its sum, its gradient and, for the claims whose choice of
flavors is clear, its curvature. Cost: O(M·F·R).
"""

import math

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled


@compiled
def marginal(w: float, alpha: float, t: float) -> float:
    """W · U′(t)."""
    if alpha == 1.0:
        return w / t
    return w * t ** (-alpha)  # type: ignore[no-any-return]  # floats


@compiled
def wanted(w: float, alpha: float, slope: float) -> float:
    """The rate at which w · U′ falls to `slope`; infinite where it never does."""
    if slope <= 0.0:
        return np.inf
    if alpha == 1.0:
        return w / slope
    if alpha == 0.0:
        return np.inf if w > slope else 0.0
    return (w / slope) ** (1.0 / alpha)  # type: ignore[no-any-return]  # floats


@compiled
def utility(w: float, alpha: float, t: float) -> float:
    """W · U(t)."""
    if alpha == 1.0:
        return w * math.log(t) if t > 0.0 else -np.inf
    if alpha == 0.0:
        return w * t
    if t <= 0.0:
        return 0.0 if alpha < 1.0 else -np.inf
    return w * t ** (1.0 - alpha) / (1.0 - alpha)  # type: ignore[no-any-return]  # floats


@compiled
def respond(  # noqa: C901, PLR0912  # one compiled walk
    cost: Floats, speed: Floats, least: float, most: float, w: float, alpha: float
) -> tuple[float, float, int, float, int, float]:
    """Walk one claim's hull: rate, cost, and tasks on one flavor and on another (−1: none).

    cost and speed (F,); a speed of 0 or less marks a flavor that the claim cannot use.
    """
    here, tasks = -1, 0.0
    rate, paid = 0.0, 0.0
    if least > 0.0:
        for f in range(len(speed)):
            if speed[f] > 0.0 and (
                here < 0 or cost[f] < cost[here] or (cost[f] == cost[here] and speed[f] > speed[here])
            ):
                here = f
        tasks = least
        rate, paid = least * speed[here], least * cost[here]
    for _ in range(2 * len(speed) + 2):
        nxt, slope, to = -1, np.inf, 0.0
        for f in range(len(speed)):
            if speed[f] <= 0.0:
                continue
            if least > 0.0 and least * speed[f] > rate:
                steep = (least * cost[f] - paid) / (least * speed[f] - rate)
                if steep < slope or (steep == slope and least * speed[f] > to * speed[nxt]):
                    nxt, slope, to = f, steep, least
            if most == np.inf:
                steep = cost[f] / speed[f]
            elif most * speed[f] > rate:
                steep = (most * cost[f] - paid) / (most * speed[f] - rate)
            else:
                continue
            if steep < slope or (steep == slope and (most == np.inf or most * speed[f] > to * speed[nxt])):
                nxt, slope, to = f, steep, most
        if nxt < 0:
            break
        goal = wanted(w, alpha, slope)
        if goal <= rate:
            break
        if to == np.inf:
            more = (goal - rate) / speed[nxt]
            if here < 0:
                return goal, goal * slope, nxt, more, -1, 0.0
            return goal, paid + more * cost[nxt], here, tasks, nxt, more
        if goal < to * speed[nxt]:
            part = (goal - rate) / (to * speed[nxt] - rate)
            price = paid + (goal - rate) * slope
            if here < 0:
                return goal, price, nxt, part * to, -1, 0.0
            if here == nxt:
                return goal, price, here, tasks + part * (to - tasks), -1, 0.0
            return goal, price, here, tasks * (1.0 - part), nxt, part * to
        here, tasks = nxt, to
        rate, paid = to * speed[nxt], to * cost[nxt]
    return rate, paid, here, tasks, -1, 0.0


@compiled
def sweep(  # noqa: C901, PLR0912, PLR0915  # one compiled kernel, read once by the processor for each claim
    prices: Floats,
    speed: Floats,
    bundle: Floats,
    tasks: Floats,
    weight: Floats,
    minimum: Floats,
    alpha: float,
    radius: float,
    every: int,
    x: Floats,
    rate: Floats,
) -> tuple[Floats, Floats, float, Ints, Ints]:
    """Let every claim buy.

    Parameters
    ----------
    radius : a claim is *near a tie* if another choice of flavors costs it at most this part more
    every : so far apart are the rows that count as near a tie in any case; 0 for none
    x, rate : (M, F) and (M,) to be filled, or (0, F) and (0,) where nobody asks; claims near a tie are filled too

    Returns
    -------
    used (F, R) and curvature (F·R, F·R) of the claims that are not near a tie; what all claims pay; the rows near a tie
    (T,), and for each the flavors that it may use, as bits (T,).
    """
    many, flavors = speed.shape
    width = bundle.shape[1]
    used = np.zeros((flavors, width))
    curved = np.zeros((flavors * width, flavors * width))
    near = np.empty(1024, dtype=np.int64)
    bits = np.empty(1024, dtype=np.int64)
    count = 0
    paid, lost = 0.0, 0.0
    cost = np.empty(flavors)
    pair = np.empty(2 * width)
    at = np.empty(2 * width, dtype=np.int64)
    per_price = np.empty(flavors)
    for g in range(flavors):
        per_price[g] = 1.0 / prices[g, 0] if prices[g, 0] > 1e-290 else 1e290
    for i in range(many):
        w, most, least = weight[i], tasks[i], minimum[i]
        # the two flavors that give most rate for the money
        best, second, f = 0.0, 0.0, -1
        if width == 1:
            for g in range(flavors):
                yields = speed[i, g] * per_price[g]
                more = yields > best
                second = best if more else (max(second, yields))
                f = g if more else f
                best = yields if more else best
            best, second = best / max(bundle[i, 0], 1e-290), second / max(bundle[i, 0], 1e-290)
        else:
            for g in range(flavors):
                each = 0.0
                for r in range(width):
                    each += prices[g, r] * bundle[i, r]
                yields = speed[i, g] / (max(1e-290, each))
                more = yields > best
                second = best if more else (max(second, yields))
                f = g if more else f
                best = yields if more else best
        if f < 0:
            if len(rate):
                rate[i] = 0.0
                for g in range(flavors):
                    x[i, g] = 0.0
            continue
        slope = 1.0 / best
        t = w * best if alpha == 1.0 else wanted(w, alpha, slope)
        first = least == 0.0 and t < most * speed[i, f] and t > 0.0
        mask, other, second_tasks = 0, -1, 0.0
        anchor = every > 0 and i % every == 0
        if first and second * (1.0 + radius) < best:
            on, here, price = f, t / speed[i, f], t * slope
            if anchor:
                mask = 1 << on
        else:
            for g in range(flavors):
                each = prices[g, 0] * bundle[i, 0] if width else 0.0
                for r in range(1, width):
                    each += prices[g, r] * bundle[i, r]
                cost[g] = each
            capped = least == 0.0 and alpha > 0.0 and not first and 0.0 < most < np.inf
            if capped:
                # at its cap on f, unless another flavor is worth its price
                t, price, on, here = most * speed[i, f], most * cost[f], f, most
                worth = marginal(w, alpha, t)
                rent = worth * speed[i, f] - cost[f]
                nearest = -np.inf
                for g in range(flavors):
                    gains = worth * speed[i, g] - (1.0 - radius) * cost[g]
                    nearest = nearest if g == f else max(nearest, gains)
                if nearest >= (1.0 - radius) * rent:
                    close = 0
                    for g in range(flavors):
                        lose = cost[g] + rent - worth * speed[i, g]
                        capped = capped and (lose >= 0.0 or g == f)
                        close |= (1 << g) if speed[i, g] > 0.0 and lose <= radius * (cost[g] + rent) else 0
                    mask = close if close & ~(1 << f) else 0
            if not capped:
                t, price, on, here, other, second_tasks = respond(cost, speed[i], least, most, w, alpha)
                mask = 0
                if radius > 0.0:
                    mask = _near_tie(cost, speed[i], least, most, w, alpha, t, on, here, other, radius)
            if mask:
                mask |= (1 << on) if on >= 0 else 0
            elif anchor and on >= 0:
                mask = (1 << on) | ((1 << other) if other >= 0 else 0)
        part = price - lost
        total = paid + part
        lost = (total - paid) - part
        paid = total
        if len(rate):
            rate[i] = t
            for g in range(flavors):
                x[i, g] = 0.0
            if on >= 0:
                x[i, on] = here
            if other >= 0:
                x[i, other] = second_tasks
        if mask:
            if count == len(near):
                near = np.concatenate((near, np.empty_like(near)))
                bits = np.concatenate((bits, np.empty_like(bits)))
            near[count], bits[count] = i, mask
            count += 1
            continue
        if on >= 0:
            for r in range(width):
                used[on, r] += here * bundle[i, r]
        if other >= 0:
            for r in range(width):
                used[other, r] += second_tasks * bundle[i, r]
        if alpha == 0.0 or on < 0:
            continue
        if other < 0 and first:
            bend = t / (alpha * slope * speed[i, on] * speed[i, on])
            for r in range(width):
                for q in range(width):
                    curved[on * width + r, on * width + q] += bend * bundle[i, r] * bundle[i, q]
        elif other >= 0 and least == 0.0:
            ahead = speed[i, other] - speed[i, on]
            if ahead == 0.0 or most == np.inf:
                continue
            bend = t / (alpha * marginal(w, alpha, t) * ahead * ahead)
            for r in range(width):
                pair[r], pair[width + r] = -bundle[i, r], bundle[i, r]
                at[r], at[width + r] = on * width + r, other * width + r
            for r in range(2 * width):
                for q in range(2 * width):
                    curved[at[r], at[q]] += bend * pair[r] * pair[q]
    return used, curved, paid, near[:count].copy(), bits[:count].copy()


@compiled
def _near_tie(  # noqa: C901  # one compiled test
    cost: Floats,
    speed: Floats,
    least: float,
    most: float,
    w: float,
    alpha: float,
    t: float,
    on: int,
    here: float,
    other: int,
    radius: float,
) -> int:
    """Say as bits which flavors a claim may use if it is near a tie, else 0.

    At the response let m = w·U′(t), and λ what one more task of the cap would be worth; flavor g would lose
    c[g] + λ − m · speed[g] ≥ 0 a task, and is near if that is at most `radius` of what is at stake. A claim that mixes two
    flavors is also near where λ is about 0: it may leave its cap at once, and use the faster of them alone.
    """
    if on < 0:
        worth = w if alpha == 0.0 else 0.0
        if alpha != 0.0:
            return 0
    else:
        worth = w if alpha == 0.0 else marginal(w, alpha, t)
    capped = least > 0.0 or (on >= 0 and here + 0.0 >= most * (1.0 - 1e-15)) or other >= 0
    rent = 0.0
    if capped:
        rent = -np.inf
        for g in (on, other):
            if g >= 0:
                rent = max(rent, worth * speed[g] - cost[g])
        if least == 0.0:
            rent = max(rent, 0.0)
    mask, many, swing, leaves = 0, 0, 0.0, False
    if other >= 0 and speed[on] != speed[other]:
        apart = abs(speed[on] - speed[other])
        swing = (cost[on] + cost[other]) / apart  # how much m moves with the prices
        leaves = alpha > 0.0 and rent <= radius * (cost[on] + swing * speed[on])
    for g in range(len(speed)):
        if speed[g] <= 0.0:
            continue
        lose = cost[g] + rent - worth * speed[g]
        if g in (on, other) or lose <= radius * (cost[g] + abs(rent) + swing * speed[g]):
            mask |= 1 << g
            many += 1
    if least > 0.0:
        return mask
    return (
        mask
        if leaves
        or many > (2 if other >= 0 else 1)
        or (alpha == 0.0 and abs(rent) <= radius * cost[max(on, 0)])
        or on < 0
        else 0
    )
