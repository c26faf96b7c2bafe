"""In which units is an objective with a large α tame, and what is its best division among a few claims?

    max Σ_i w_i z_i^(1−α) / (1−α),    u_i = w_i^(1/α),   ζ_i = z_i / (u_i θ):    Σ_i w_i z_i^(1−α) = θ^(1−α) Σ_i u_i ζ_i^(1−α)

The larger α, the nearer is every ζ of those who decide to one, if θ is about the level that they come to; then no power
leaves what floats hold. Two kinds of claims are far from one all the same. Who is held by a cap below the level would count
for 10³⁰⁰; it gets all that it asks for anyway, and so it counts for no more than that takes: its u is lowered. Who is far
above the level counts for nothing beside the others, and no float would see what it pays; those who are far above, and what
the others leave to them, are a problem of their own, with a level of its own.

The level is found on the way from α = 1, by factors, each with the prices of the one before. Cost: some six to ten times
that of one interior point solution.

Source: Mo and Walrand, *Fair end-to-end window-based congestion control*, IEEE/ACM Transactions on Networking 2000, for the
limit α → ∞.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.solver.problem import Problem

FACTOR = 4.0  # from one α to the next
URGENT = 1e8  # what one more unit of ζ is worth to who is surely at its cap
FAINT = 1e-7  # likewise, to who is far above the level
SETTLED = 0.5  # steps of the level, times α, that count as none
AGAIN = 4  # most steps of the level for one α
HELD = 1e-8  # part of its rate with all its tasks by which a claim misses that at most, if its cap holds it
LEFT = 1e-9  # part of a capacity that counts as none

Solve = Callable[[Problem, Floats, float, float, Floats | None], tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False)
class Evened:
    """Claims in units in which those who decide have rates near one; u (M,), θ."""

    problem: Problem
    size: Floats
    level: float


def evened(claims: Problem, alpha: float, level: float) -> Evened:
    """Claims whose weights are u, in units for a level."""
    top = _most(claims)
    most = top / (level * URGENT ** (-1.0 / alpha))
    size = np.where(top > 0, np.minimum(claims.weight, most), claims.weight)
    made = Problem(
        claims.speed / level,
        claims.bundle * size[:, None],
        claims.capacity,
        claims.tasks / size,
        size,
        claims.minimum / size,
    )
    return Evened(made, size, level)


def _most(claims: Problem) -> Floats:
    """The rate of each claim with all its tasks where it is fastest: (M,)."""
    return np.asarray(claims.tasks * claims.speed.max(axis=1))


def level_of(claims: Problem, x: Floats, alpha: float) -> float:
    """The mean of ζ over those that no cap holds; 0 where that is nobody."""
    rate = (x * claims.speed).sum(axis=1)
    free = rate < _most(claims) * (1.0 - HELD)
    return _mean(claims.rows(free), rate[free] / claims.weight[free], alpha) if free.any() else 0.0


def _mean(claims: Problem, rate: Floats, alpha: float) -> float:
    """The mean with power 1 − α, by logarithms."""
    logs = np.log(np.maximum(rate, 1e-300))
    if alpha == 1.0:
        return float(np.exp(np.average(logs, weights=claims.weight)))
    powers = np.exp((1.0 - alpha) * (logs - logs.min()))
    return float(np.exp(logs.min() + np.log(np.average(powers, weights=claims.weight)) / (1.0 - alpha)))


@dataclass(frozen=True, eq=False)
class Rest:
    """Who is far above the level (M,), where something is left (F, R), and the problem of dividing that among them."""

    who: Bools
    left: Bools
    problem: Problem


def far_above(claims: Problem, x: Floats, alpha: float, level: float) -> Rest | None:
    """Who counts for next to nothing beside those at the level, and what these leave; None where nobody decides for them."""
    rate = (x * claims.speed).sum(axis=1)
    who = (rate > claims.weight * level * FAINT ** (-1.0 / alpha)) & (rate > 0)
    if not who.any() or who.all() or (rate[who] >= _most(claims)[who] * (1.0 - HELD)).all():
        return None
    room = claims.capacity - x[~who].T @ claims.bundle[~who]
    left = room > LEFT * claims.capacity
    some = claims.rows(who)
    lacks = (some.bundle > 0).astype(np.float64) @ (~left).astype(np.float64).T > 0
    return Rest(who, left, replace(some, capacity=np.where(left, room, 0.0), speed=np.where(lacks, 0.0, some.speed)))


def steep(claims: Problem, room: Floats, alpha: float, solve: Solve) -> tuple[Floats, Floats, float]:
    """Tasks (M, F), prices (F, R) and level θ of claims that can all be served and whose weights are u; see `Solve`.

    Prices are those of Σ u ζ^(1−α) / (1−α).
    """
    x, prices = solve(claims, room, 1.0, float(claims.weight.sum()), None)
    level, unit, now = level_of(claims, x, 1.0), 1.0, 1.0
    while level > 0.0 and now < alpha:
        now = min(now * FACTOR, alpha)
        for _ in range(AGAIN):
            units = evened(claims, now, level)
            zeta = (x * claims.speed).sum(axis=1) / (claims.weight * level)
            scale = float((claims.weight * np.maximum(zeta, 1.0) ** (1.0 - now)).sum())
            begin = prices * (scale / max(float((prices * room).sum()), 1e-300))
            x, prices = solve(units.problem, room, now, scale, begin)
            x *= units.size[:, None]
            unit, level = level, level_of(claims, x, now)
            if level <= 0.0 or abs(np.log(level / unit)) * now <= SETTLED:
                break
    if level > 0.0:
        return x, prices, unit
    return x, np.zeros_like(prices), _mean(claims, (x * claims.speed).sum(axis=1) / claims.weight, alpha)
