"""What would members bid for their shares, if each thought of itself only?

A resource is divided in proportion to bids: share_m = b_m / Σ b. A member to whom the whole is worth a_m bids so that
a_m · share_m − b_m is largest. In the only equilibrium, with total λ = Σ b,

    a_m (1 − share_m) = λ where share_m > 0,    a_m ≤ λ where it is 0

so N members with a = 1 bid (N−1)/N² each: five bid 0.16. What all get is worth at least three quarters of what the best
division is worth, and exactly that is lost in the worst case: what a pool saves that agrees on a rule instead.

Sources: Kelly, European Transactions on Telecommunications 8, 1997; Hajek and Gopalakrishnan, Allerton 2002; Johari and
Tsitsiklis, Mathematics of Operations Research 29, 2004, theorems 2 and 3.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats
from apportion.errors import BadInput


@dataclass(frozen=True, eq=False)
class Bids:
    """Bids and shares (N,) in equilibrium, and the part of the best that they reach."""

    bid: Floats
    share: Floats
    efficiency: float


def equilibrium(value: Floats) -> Bids:
    """Find what members bid to whom the whole is worth `value` (N,) ≥ 0, at least two of them more than 0.

    With the K largest taking part, Σ share = 1 gives λ = (K−1) / Σ 1/a; K is the largest for which all K have a > λ.

    >>> float(equilibrium(np.ones(5)).bid[0].round(9))
    0.16
    """
    a = np.asarray(value, dtype=np.float64)
    if a.ndim != 1 or not (np.isfinite(a) & (a >= 0)).all() or (a > 0).sum() < 2:
        raise BadInput("there is no equilibrium", "value", "give finite values ≥ 0, of which two or more are above 0")
    ranked = np.sort(a[a > 0])[::-1]
    level = np.arange(len(ranked)) / np.cumsum(1.0 / ranked)
    total = float(level[ranked > level][-1])
    share = np.maximum(1.0 - np.divide(total, a, out=np.ones(len(a)), where=a > 0), 0.0)
    return Bids(total * share, share, float(a @ share / a.max()))
