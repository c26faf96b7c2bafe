"""What can no division exceed at a level, given the rates of the claims that earlier levels hold?

At prices q (F, R) ≥ 0 a level θ cannot be had if Σ_i hull_i(goal_i(θ); q) > q · capacity, where goal_i is the rate of a
claim that an earlier level holds, and min(θ w_i, cap_i) of every other. One pass at an end `high` above the level bounds all
levels of a window below it: what a claim pays is convex in θ as long as its cap is not reached, so the tangent at `high`
stays below it, and a claim whose cap lies within the window counts with what it pays at the lower end.

A later level's prices are q = p + s · over: `over` are prices of what earlier levels showed to be used up, and the *stress* s
keeps claims away from that. The least stress that does follows from each claim's multipliers, in one pass. As s may be 10⁶
and a difference of 10⁻⁹ is to be shown, the two parts are summed apart, and exactly but for a few last digits.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.levels.bill import bill, least_stress
from apportion.solver.levels.exact import divided, ties
from apportion.solver.problem import Problem

UNIT = 2.0**-52
WIDER = 30.0  # times the window where that was too narrow
TURNS = 60  # most passes for one bound; one is usual
USUAL = 1e5  # stress that is tried first, with prices at which all there is costs one
EASED = (1.0, 0.1, 1e-2, 1e2, 1e-4, 1e4)  # times the least stress that are tried where that does not show the level
NEW = 1e-3  # part of an equation that others do not say
MANY = 500  # tied claims; beyond, nothing is put right


@dataclass(frozen=True, eq=False)
class Division:
    """What is to be bounded: rates (M,), and the level that holds each claim (M,), −1 for its own cap."""

    claims: Problem
    x: Floats
    rate: Floats
    level_of: Ints

    def mended(self, k: int, prices: Floats, over: Floats, stress: float) -> tuple[Floats, Floats]:
        """`prices` and `over`, both changed by the same small parts so that claims that are tied up to level k still are.

        Prices come from programs that leave some digits, and each level's pull at the ties of those before. A claim that is
        tied has to be indifferent: its moves (F,) cost nothing, which is one equation for the prices.
        """
        given = self.claims
        rows = divided(given.tasks, self.x, self.level_of, k)
        some, moves = ties(given.speed[rows], given.tasks[rows], self.x[rows])
        both = prices + stress * over
        if not 0 < len(some) <= MANY:
            return prices, over
        some, moves = _clearest(self.x[rows[some]], some, moves)
        costs = moves[:, :, None] * given.bundle[rows[some]][:, None, :] * both
        size, open_ = np.abs(costs).sum(axis=(1, 2)), both > 0
        used = size > 0
        part = np.zeros(both.shape)
        columns = _apart(costs[used][:, open_] / size[used, None])
        part[open_] = np.linalg.lstsq(columns, -columns.sum(axis=1), rcond=1e-9)[0]
        part = np.maximum(1.0 + part, 0.0)
        return prices * part, over * part

    def bound(
        self, k: int, level: float, prices: Floats, over: Floats, stress: float, window: float
    ) -> tuple[float, float]:
        """The bound of level k, and by what part of its rate one of its claims could still rise.

        Where nothing is shown within `window`, a part of the level, a wider one is tried.
        """
        low, high, best, rise = level, level * (1.0 + window), np.inf, np.inf
        for _ in range(TURNS):
            excess, doubt, slope, least = self._excess(k, prices, over, stress, low, high)
            if excess > 0.0:
                last, best = best, max(high - excess / slope, low) if slope > 0.0 else low
                spare = max(slope * (high - low) - excess - doubt, 0.0)
                rise = (high / level - 1.0) + (spare / least if least > 0.0 else np.inf)
                if best - level <= 1e-6 * level or best >= last * (1.0 - 1e-12):
                    break
                high = best
            elif best < np.inf or high > 1e290:
                break
            else:
                low, window = high, window * WIDER
                high = level * (1.0 + window)
        return best, rise

    def _excess(
        self, k: int, prices: Floats, over: Floats, stress: float, low: float, high: float
    ) -> tuple[float, float, float, float]:
        """How much more than all money is surely paid at `high`, and how fast that grows with the level.

        Between them, how much was taken off for sums as they are usually made; last, what the cheapest rise would cost.
        """
        given = self.claims
        arrays = (given.speed, given.bundle, given.tasks, given.weight, given.minimum, self.rate, self.level_of)
        own, dear, slope, terms, least = bill(*arrays, k, prices, over, stress, low, high)
        money, dearest = float((prices * given.capacity).sum()), float((over * given.capacity).sum())
        sums = (len(given) + prices.size) * UNIT * (own + money)
        each = (8 + prices.size + given.bundle.shape[1]) * UNIT * (terms + money + stress * dearest)
        return own - money + stress * (dear - dearest) - sums - each, sums, slope, least

    def stress(self, k: int, level: float, prices: Floats, over: Floats) -> float:
        """The least s at which no claim turns to what `over` prices, of those that can do without, nor uses less of it."""
        given = self.claims
        arrays = (given.speed, given.bundle, given.tasks, given.weight, given.minimum, self.rate, self.level_of)
        return float(least_stress(*arrays, k, prices, over, level))


def _clearest(x: Floats, some: Ints, moves: Floats) -> tuple[Ints, Floats]:
    """The tied claims, those first whose least part is largest: a very small one may be what a program left."""
    least = np.where(x > 0, x, np.inf).min(axis=1) / x.sum(axis=1)
    order = np.argsort(-least, kind="stable")
    return some[order], moves[order]


def _apart(rows: Floats) -> Floats:
    """The equations (T, P) that say something new beside those before, as prices have no more than P - 1 ratios."""
    kept: list[int] = []
    basis: list[Floats] = []
    for n, row in enumerate(rows):
        rest = row.copy()
        for known in basis:
            rest -= (rest @ known) * known
        if (size := float(np.linalg.norm(rest))) > NEW * float(np.linalg.norm(row)):
            kept.append(n)
            basis.append(rest / size)
    return rows[kept]
