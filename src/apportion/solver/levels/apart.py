"""Which claims stand above the level that is said to hold them, and at which levels of their own do they stop?

A level's prices hold a claim below its cap on the flavors that it needs and that are used up. But a claim can go on for a
while on a slower flavor, which costs nothing at those prices, until all its tasks run there; only then do the same prices
hold it, and that is a level of its own, higher than the one at which its faster flavor was used up. What comes between both
need not leave it more than it has there. After the last level nothing comes, so there nobody is told apart. There may
be as many such levels as claims, and each costs one pass for its bound: they are told only where that is little work.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints

APART = 1e-7  # part of a level by which a claim stands above it; less is what programs leave
WORK = 20_000_000  # claims, times flavors, times resources, times levels of their own


def apart(ratio: Floats, level_of: Ints, levels: Floats, prices: list[Floats]) -> tuple[Ints, list[Floats]]:
    """Give claims that stand above their level one of their own, lowest first: level_of (M,), and all levels' prices.

    `ratio` (M,) is rate over weight, `levels` (K,) the least of each level, `prices` K times (F, R).
    """
    at = np.flatnonzero((level_of >= 0) & (level_of < len(levels) - 1))
    at = at[ratio[at] > levels[level_of[at]] * (1.0 + APART)]
    at = at[np.lexsort((ratio[at], level_of[at]))]
    begins = np.ones(len(at), dtype=bool)
    begins[1:] = (level_of[at[1:]] != level_of[at[:-1]]) | (ratio[at[1:]] > ratio[at[:-1]] * (1.0 + APART))
    first = at[begins]
    if not len(at) or len(first) * len(ratio) * prices[0].size > WORK:
        return level_of, prices
    group = level_of.copy()
    group[at] = len(levels) - 1 + np.cumsum(begins)
    order = np.argsort(np.append(np.maximum.accumulate(levels), ratio[first]), kind="stable")
    holder = np.append(np.arange(len(levels)), level_of[first])[order]
    return np.where(group >= 0, np.argsort(order)[group], -1), [prices[k] for k in holder]
