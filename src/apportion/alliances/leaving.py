"""Who would leave a pool under this division, and what is lost with a member?

Under a division x the coalition that gains most by leaving is one whole-number program:

    max v(S) − x(S) = max Σ value_i · z_i − Σ_m x_m · y_m,    y_m ∈ {0, 1},
        Σ_i bundle[i,r] · x[i,f] ≤ Σ_m brought[m,f,r] · y_m,    min_i · y_m(i) ≤ Σ_f x[i,f] ≤ tasks_i · y_m(i)

If its relaxation, 0 ≤ y ≤ 1, gains nothing, then no coalition does, however many there are. Otherwise branch and bound looks
for the coalition, and what it finds is solved again by itself before it is believed.

A member *leaves* with its nodes and its claims; it *fails* when its nodes are gone and its claims remain. When it leaves,
those who stay lose v(N) − v(N∖m) together, of which its v({m}) goes with it; the rest is lost to all.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apportion.alliances.core import Blocking
from apportion.alliances.program import Program, worths
from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.problem import Problem

GAIN = 1e-7  # part of v(N) below which HiGHS cannot tell a gain from an error
NODES = 2_000  # of branch and bound


@dataclass(frozen=True, eq=False)
class Leaving:
    """Who would leave.

    Attributes
    ----------
    blocking : the coalition that gains most, of those found; None if none was
    most : no coalition gains more
    shown : whether that settles it: either somebody gains, or nobody can
    """

    blocking: Blocking | None
    most: float
    shown: bool


def would_leave(given: Program, division: Floats, worth: float) -> Leaving:
    """Find the coalition that would gain most by leaving a pool worth `worth`, of which members get `division` (N,)."""
    tolerance = GAIN * max(worth, float(np.abs(division).max(initial=0.0)), 1e-300)
    program = _Program(given, division)
    if len(given.names) < 2:
        return Leaving(None, 0.0, shown=True)
    most = program.solve(whole=False)[0]
    if most <= tolerance:
        return Leaving(None, max(most, 0.0), shown=True)
    most, _, who = program.solve(whole=True)
    if who is None or not who.any():
        return Leaving(None, max(most, 0.0), shown=most <= tolerance)
    alone = float(worths(given, who[None, :])[0])
    found = Blocking(np.flatnonzero(who), alone, float(division[who].sum()))
    gains = found.gain > tolerance
    return Leaving(found if gains else None, max(most, found.gain, 0.0), gains or most <= tolerance)


class _Program:
    """The program of the coalition that gains most, ready to be solved with or without whole numbers."""

    def __init__(self, given: Program, division: Floats) -> None:
        whole = given.problem()
        self.many = len(given.names)
        self.claim, self.flavor = np.nonzero(whole.usable & (whole.tasks > 0)[:, None])
        self.unit = whole.tasks[self.claim]
        earned = whole.weight[self.claim] * whole.speed[self.claim, self.flavor] * self.unit
        self.cost = np.concatenate([-earned, division])
        self.matrix = self._rows(given, whole)

    def _rows(self, given: Program, whole: Problem) -> Any:
        """Rows A and their upper ends, all 0: use less what is brought, and tasks within what the member's are."""
        from scipy.sparse import block_array, coo_array

        pairs, width = len(self.claim), whole.capacity.shape[1]
        full = np.where(whole.capacity > 0, whole.capacity, 1.0)
        used, kept = np.nonzero(whole.bundle[self.claim])
        part = whole.bundle[self.claim[used], kept] * self.unit[used] / full[self.flavor[used], kept]
        use = coo_array((part, (self.flavor[used] * width + kept, used)), (full.size, pairs))
        bring = coo_array(given.brought.reshape(self.many, -1).T / full.reshape(-1, 1))
        claims = len(whole)
        total = coo_array((np.ones(pairs), (self.claim, np.arange(pairs))), (claims, pairs))
        theirs = coo_array((np.ones(claims), (np.arange(claims), given.member)), (claims, self.many))
        floor = np.divide(whole.minimum, whole.tasks, out=np.zeros(claims), where=whole.tasks > 0)
        least = coo_array((floor, (np.arange(claims), given.member)), (claims, self.many))
        return block_array([[use, -bring], [total, -theirs], [-total, least]]).tocsr()

    def solve(self, *, whole: bool) -> tuple[float, Floats, Bools | None]:
        """Solve: no coalition gains more than the first; the division; who (None where no solution was found)."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        pairs = len(self.claim)
        found = milp(
            self.cost,
            integrality=np.append(np.zeros(pairs), np.full(self.many, int(whole))),
            bounds=Bounds(0.0, 1.0),
            constraints=LinearConstraint(self.matrix, -np.inf, 0.0),
            options={"node_limit": NODES, "mip_rel_gap": 1e-9, "presolve": False} if whole else {},
        )
        bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None and whole else None
        if found.x is None:
            return (bound if bound is not None else np.inf), self.cost, None
        best = -float(found.fun)
        return max(bound, best) if bound is not None else best, found.x[:pairs], found.x[pairs:] > 0.5


@dataclass(frozen=True, eq=False)
class Loss:
    """What is lost with each member.

    Attributes
    ----------
    alone : (N,) v({m})
    rest : (N,) v(N∖m)
    failed : (N,) worth of the pool on the nodes of the others, with all claims; least tasks that no longer fit are left out
    """

    alone: Floats
    rest: Floats
    failed: Floats


def losses(given: Program, members: Ints) -> Loss:
    """Work out what each of some members (K,) is worth to the pool: arrays (K,)."""
    many, k = len(given.names), np.arange(len(members))
    only = np.zeros((len(members), many), dtype=bool)
    only[k, members] = True
    free = replace(given, least=np.zeros(len(given.least)))
    return Loss(worths(given, only), worths(given, ~only), worths(free, np.ones_like(only), ~only))
