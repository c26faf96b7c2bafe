"""At which prices is just used what there is, if no claim is quite sure of its choice?

A linear objective makes each claim take all or nothing, so what is used jumps with the prices. Let claim i, to which a task
on flavor g has the net worth n[g], take its tasks in the proportions exp(n[g] / T_i), beside exp(0) for taking none; then use
is smooth in the prices, Σ T_i · log Σ exp is a convex function with that as its gradient, and Newton's method finds its least
in a few passes. T_i is a part τ of what the claim would pay for a task. Among many claims prices are off by about τ², among
few by some τ. A barrier in proportion to τ² keeps prices within bounds.

Source: smoothing by entropy as in Nesterov, *Smooth minimization of non-smooth functions*, Mathematical Programming 2005.
"""

import math
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled
from apportion.solver.problem import Problem

BARRIER = 0.01  # times τ² and the mean money of a price
STEPS = 60
CLOSE = 0.05  # parts of τ to which prices are found
EXACT = 1e-11  # part of all there is to which it is used up where that is asked for
UNSEEN = -25.0  # exponents that count for nothing
HALVINGS = 12
LIFT = 1e-14  # of the curvature's trace, so that it can be inverted
UNIT = 2.0**-52
ROUNDING = 1e-14  # part of the value that is rounding
CHEAP = 1e-6  # part of a task's worth that it counts as costing at least


@compiled
def soft_use(  # noqa: C901, PLR0912  # one compiled pass
    who: Ints,
    tau: float,
    about: Floats,
    prices: Floats,
    speed: Floats,
    bundle: Floats,
    tasks: Floats,
    weight: Floats,
    minimum: Floats,
    x: Floats,
) -> tuple[Floats, Floats, float]:
    """What the claims `who` use (F, R), how it falls with the prices (F·R, F·R), and what they gain.

    `about` (F, R) are prices by which T is set; x (T, F) is filled, or (0, F) where nobody asks.
    """
    flavors, width = speed.shape[1], bundle.shape[1]
    used, bend = np.zeros((flavors, width)), np.zeros((flavors * width, flavors * width))
    gained = 0.0
    net, part, own = np.empty(flavors), np.empty(flavors), np.empty(flavors, dtype=np.int64)
    for n in range(len(who)):
        i = who[n]
        best, heat = -np.inf, 0.0
        for g in range(flavors):
            net[g] = -np.inf
            if speed[i, g] > 0.0:
                worth, cost, usual = weight[i] * speed[i, g], 0.0, 0.0
                for r in range(width):
                    cost += prices[g, r] * bundle[i, r]
                    usual += about[g, r] * bundle[i, r]
                net[g] = worth - cost
                if worth - usual > best:
                    best, heat = worth - usual, tau * max(min(worth, usual), CHEAP * worth)
        if len(x):
            for g in range(flavors):
                x[n, g] = 0.0
        if best == -np.inf or tasks[i] <= 0.0:
            continue
        for kind in range(2):  # the least tasks, and those beyond them, which may be none
            amount = minimum[i] if kind == 0 else tasks[i] - minimum[i]
            if amount <= 0.0:
                continue
            top = -np.inf if kind == 0 else 0.0
            for g in range(flavors):
                top = max(top, net[g])
            total, some = 0.0, 0
            if kind == 1 and -top > UNSEEN * heat:
                total = math.exp(-top / heat)
            for g in range(flavors):
                if net[g] - top > UNSEEN * heat:
                    part[some], own[some] = math.exp((net[g] - top) / heat), g
                    total += part[some]
                    some += 1
            gained += amount * (top + heat * math.log(total))
            for a in range(some):
                share, g = part[a] / total, own[a]
                if len(x):
                    x[n, g] += amount * share
                for r in range(width):
                    used[g, r] += amount * share * bundle[i, r]
                if share > 1.0 - 1e-9:
                    continue
                for b in range(some):
                    both = amount / heat * share * ((1.0 if a == b else 0.0) - part[b] / total)
                    for r in range(width):
                        for q in range(width):
                            bend[g * width + r, own[b] * width + q] += both * bundle[i, r] * bundle[i, q]
    return used, bend, gained


class Walls(NamedTuple):
    """Bounds (F, R) between which prices stay, the upper ones perhaps infinite."""

    low: Floats
    high: Floats

    def push(self, prices: Floats) -> tuple[Floats, Floats, float]:
        """Slope and curvature (F, R) of −Σ log of the distances to both, and that sum."""
        least = UNIT * prices
        under, over = 1.0 / np.maximum(prices - self.low, least), 1.0 / np.maximum(self.high - prices, least)
        finite = np.isfinite(self.high)
        far = float(np.log(under).sum() + np.log(over[finite]).sum())
        return over - under, over**2 + under**2, far


class Wish(NamedTuple):
    """How near to one another the choices are (τ), and how well prices are found: `exact` till all is used up."""

    tau: float
    exact: bool = False


def cleared(claims: Problem, who: Ints, room: Floats, guess: Floats, walls: Walls, wish: Wish) -> tuple[Floats, Floats]:
    """Prices (F, R) within the walls at which the claims `who` use about the room; if `exact`, also who uses what (T, F)."""
    arrays = (claims.speed, claims.bundle, claims.tasks, claims.weight, claims.minimum)
    x = np.empty((len(who) if wish.exact else 0, room.shape[0]))
    prices, each = guess, float((guess * claims.capacity).sum()) / guess.size
    barrier = BARRIER * wish.tau**2 * each

    def asked(at: Floats) -> tuple[Floats, Floats, float]:
        """Slope and curvature by parts of the prices, and the value."""
        used, bend, gained = soft_use(who, wish.tau, guess, at, *arrays, x)
        pushed, pressed, far = walls.push(at)
        curve = bend * at.ravel()[:, None] * at.ravel() + np.diag((barrier * pressed * at * at).ravel())
        value = float((at * room).sum()) + gained + barrier * far
        return ((room - used + barrier * pushed) * at).ravel(), curve, value

    slope, curve, value = asked(prices)
    for _ in range(STEPS):
        lift = LIFT * (np.trace(curve) + each) * np.eye(guess.size)
        step = -np.linalg.solve(curve + lift, slope).reshape(guess.shape)
        if (np.abs(slope).max() <= EXACT * each) if wish.exact else (np.abs(step).max() <= CLOSE * wish.tau):
            break
        least = UNIT * prices
        under, over = prices / np.maximum(prices - walls.low, least), prices / np.maximum(walls.high - prices, least)
        step *= min(1.0, 0.9 / _most(-step * under), 0.9 / _most(step * over))
        descent, before, last = float(slope @ step.ravel()), prices, value
        for _ in range(HALVINGS):
            prices = before * (1.0 + step)
            slope, curve, value = asked(prices)
            if value <= last + 0.1 * descent + ROUNDING * (abs(value) + each):
                break
            step, descent = 0.4 * step, 0.4 * descent
    return prices, x


def _most(parts: Floats) -> float:
    """The largest, at least 0.9."""
    return max(float(parts.max()), 0.9)
