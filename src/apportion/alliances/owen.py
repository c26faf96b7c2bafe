"""How is the worth of pooling divided so that nobody can do better by leaving, by one linear program?

At prices p of the pool's capacities each claim is worth μ_i = max(0, max_f(value_i · speed[i,f] − Σ_r p[f,r] · bundle[i,r]))
a task beyond what its task uses up. The Owen point credits every member with what its nodes and its claims are worth there:

    u_m = Σ_{f,r} p[f,r] · brought[m,f,r] + Σ_{i of m} μ_i · tasks_i

with ν_i · min_i for a claim with least tasks that no flavor pays for, ν_i = max_f(…) < 0.

**It is in the core.** (p, μ, ν) is a solution of the dual of the program of all. The dual of the program of a coalition S has
the same variables and, of the same constraints, only those of claims in S; only its objective is another, D_S = Σ_{m∈S} u_m.
So (p, μ, ν) is a solution there as well, whoever S is, and by weak duality v(S) ≤ D_S = Σ_{m∈S} u_m: no coalition can have
more by itself. That holds for any prices p ≥ 0. For the best ones D_N = v(N) by strong duality, so Σ u_m = v(N): a division.
Without the μ of task caps it would be none: then D_N < v(N) wherever a cap binds.

Where the best prices are many (ties), the one found decides; another may credit members differently, and be in the core too.

Cost: one program; above 4,000 claims by prices and the claims near a tie (`apportion.solver.prices.linear`): 20,000 members
with one claim each in less than a second. What such prices miss, a part `gap` of v(N), is taken off everybody alike: then no
coalition can gain more than that part of what it is given.

Sources: Owen, *On the core of linear production games*, Mathematical Programming 9, 1975, theorem 1; Samet and Zemel, *On the
core and dual set of linear programming games*, Mathematics of Operations Research 9, 1984.
"""

from dataclasses import dataclass

import numpy as np

from apportion.alliances.program import Program
from apportion.domain.arrays import Floats
from apportion.solver.prices.linear import FEW, linear
from apportion.solver.problem import Problem


@dataclass(frozen=True, eq=False)
class Owen:
    """Credits at prices.

    Attributes
    ----------
    credit : (N,) sums to `worth`
    worth : v(N), as far as found
    prices : (F, R) worth of a thousandth of each resource of each flavor
    gap : how much more than `worth` the prices come to, as a part of it
    """

    credit: Floats
    worth: float
    prices: Floats
    gap: float


def owen(given: Program) -> Owen:
    """Credit members with what they bring and want, at the prices of the pool of all."""
    whole = given.problem()
    if not (whole.weight[:, None] * whole.speed * whole.tasks[:, None] > 0).any():
        return Owen(np.zeros(len(given.names)), 0.0, np.zeros(whole.capacity.shape), 0.0)
    answer = linear(whole, method="highs-ipm" if len(whole) > FEW else "highs")
    due = np.tensordot(given.brought, answer.prices, 2) + np.bincount(
        given.member, _beyond(whole, answer.prices), len(given.names)
    )
    total = float(due.sum())
    if total <= 0 or answer.value <= 0:
        return Owen(np.zeros(len(due)), 0.0, answer.prices, 0.0)
    return Owen(due * (answer.value / total), answer.value, answer.prices, max(total / answer.value - 1.0, 0.0))


def _beyond(whole: Problem, prices: Floats) -> Floats:
    """What each claim is worth beyond what it uses up: (M,)."""
    margin = whole.weight[:, None] * whole.speed - whole.bundle @ prices.T
    best = np.where(whole.usable, margin, -np.inf).max(axis=1, initial=-np.inf)
    best = np.where(np.isfinite(best), best, 0.0)
    return np.where(best > 0, best * whole.tasks, best * whole.minimum)
