"""Which claims are clear about what they buy, wherever prices stand between two bounds, and what do those use?

To a linear objective one task of claim i on flavor f is worth w_i · speed[i,f] − Σ_r p[f,r] · bundle[i,r], its *net* worth at
prices p. A claim takes all its tasks where the net is largest, or only its least tasks where no net is positive. Within
low ≤ p ≤ high a claim is *settled* if that is the same everywhere; only the others have to be solved.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled


@compiled
def settle(  # noqa: C901  # one compiled pass
    who: Ints,
    low: Floats,
    high: Floats,
    speed: Floats,
    bundle: Floats,
    tasks: Floats,
    weight: Floats,
    minimum: Floats,
) -> tuple[Floats, Ints, Ints]:
    """Ask the claims `who`: what the settled ones use (F, R), the rows of the others, and what those may choose, as bits.

    Bit f stands for flavor f, bit F for taking no more than the least tasks.
    """
    flavors, width = speed.shape[1], bundle.shape[1]
    used = np.zeros((flavors, width))
    near, bits = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    hope = np.empty(flavors)
    count = 0
    for n in range(len(who)):
        i = who[n]
        w, most, least = weight[i], tasks[i], minimum[i]
        if most <= 0.0:
            continue
        sure = -np.inf
        for g in range(flavors):
            worth, cheap, dear = w * speed[i, g], 0.0, 0.0
            for r in range(width):
                cheap += low[g, r] * bundle[i, r]
                dear += high[g, r] * bundle[i, r]
            runs = speed[i, g] > 0.0
            hope[g] = worth - cheap if runs else -np.inf
            sure = max(sure, worth - dear if runs else -np.inf)
        if sure == -np.inf:
            continue
        bar = sure if least > 0.0 else max(sure, 0.0)
        mask, options, only = 0, 0, -1
        for g in range(flavors):
            if hope[g] >= bar:
                mask |= 1 << g
                options += 1
                only = g
        if options == 0:
            continue
        if options > 1 or (sure <= 0.0 and hope[only] >= 0.0):
            if count == len(near):
                near = np.concatenate((near, np.empty_like(near)))
                bits = np.concatenate((bits, np.empty_like(bits)))
            near[count], bits[count] = i, mask | (int(sure <= 0.0) << flavors)
            count += 1
            continue
        amount = most if sure > 0.0 else least
        for r in range(width):
            used[only, r] += amount * bundle[i, r]
    return used, near[:count].copy(), bits[:count].copy()


@compiled
def divided(  # noqa: C901  # one compiled pass
    prices: Floats,
    near: Ints,
    solved: Floats,
    speed: Floats,
    bundle: Floats,
    tasks: Floats,
    weight: Floats,
    minimum: Floats,
    x: Floats,
    rate: Floats,
) -> tuple[Floats, float, float, float]:
    """Write the division down: the rows `near`, ascending, as `solved` (T, F), all others as they buy; fills x and rate.

    Returns
    -------
    what is used (F, R), Σ w · rate, what all claims gain at these prices, and the sum of the sizes of all terms of the last.
    """
    flavors, width = speed.shape[1], bundle.shape[1]
    used = np.zeros((flavors, width))
    value, gained, terms, at = 0.0, 0.0, 0.0, 0
    for i in range(len(speed)):
        w, most, on, worth = weight[i], -np.inf, -1, 0.0
        for g in range(flavors):
            each = 0.0
            for r in range(width):
                each += prices[g, r] * bundle[i, r]
            net = w * speed[i, g] - each
            if speed[i, g] > 0.0 and net > most:
                most, on, worth = net, g, w * speed[i, g]
            x[i, g] = 0.0
        rate[i] = 0.0
        amount = 0.0
        if on >= 0:
            amount = tasks[i] if most > 0.0 else minimum[i]
            gained += amount * most
            terms += amount * (2.0 * worth + abs(most))
        if at < len(near) and near[at] == i:
            for g in range(flavors):
                x[i, g] = solved[at, g]
                rate[i] += speed[i, g] * solved[at, g]
                for r in range(width):
                    used[g, r] += solved[at, g] * bundle[i, r]
            at += 1
        elif on >= 0 and amount > 0.0:
            x[i, on] = amount
            rate[i] = speed[i, on] * amount
            for r in range(width):
                used[on, r] += amount * bundle[i, r]
        value += w * rate[i]
    return used, value, gained, terms
