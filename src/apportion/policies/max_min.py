"""Leximin of what each claim gains by pooling, on one flavor: its rate over its rate on its member's own entitlement.

    x_i = t · n_i,    n_i: claim i's tasks in its member's own plan on E[m] alone

as one level t grows; a claim stops at its cap or when a resource that it needs is used up. In the own plan all claims of the
member rise by the same fraction of what they ask until a resource of E[m] that they need is used up. Speed is common to both
on one flavor, so z_i / n_i is the ratio of tasks. Every entitlement being part of the pool, t reaches 1 for everybody. Minima
count in the pool's plan and not in the own plan. Claims with n_i = 0 come after: first those of members with standing,
member m's dominant share rising at speed W_m, then the others, each by the same fraction of what it asks.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(R·M·(log M + R)); exact, no iteration.
Source: leximin by progressive filling, Bertsekas and Gallager, *Data Networks*, 2nd ed., section 6.5.2, with the members'
own plans as the reference, as in Gavel (Narayanan et al., OSDI 2020, section 4.1).
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.solver.filled import filled_plan, refuse_several_flavors, smallest_level
from apportion.solver.rates import by_share

GUARDS: frozenset[str] = frozenset()


def divide(situation: Situation) -> Plan:
    """Divide so that the least gain from pooling is as large as possible, then the next; the objective is that least gain.

    Raises
    ------
    BadInput
        if there are several flavors, or the claims' least tasks do not fit.
    """
    refuse_several_flavors(situation, "max_min")
    own = own_plan(situation)
    rate, phase = by_share(situation, situation.standing.share)
    first = own > 0
    rate = np.where(first[:, None], own[:, None], rate)
    phase = np.where(first, 0, phase + 1)
    plan = filled_plan(situation, "max_min", rate, phase)
    return replace(plan, objective=smallest_level(plan, rate, phase))


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds in this very situation: always feasible, non-wasteful and Pareto; sharing incentive without minima.

    Each member gets at least its own plan, and in that plan some claim of it is at its cap or held by a resource of E[m]
    that is used up, so E[m] alone cannot serve more to all of them. A minimum of somebody else could take that away.
    """
    incentive = () if situation.claims.min_tasks_micro.any() else ("sharing_incentive",)
    return ("feasible", "non_wasteful", "pareto", *incentive)


def own_plan(situation: Situation) -> Floats:
    """What each claim gets in its member's own plan on E[m] alone: (M,) micro-tasks, all members at once.

    Every claim rises to its cap at level 1, so each member's use is linear until one of its resources is used up: at most R
    rounds.
    """
    claims = situation.claims
    most, need = claims.tasks_micro.astype(np.float64), claims.bundle.astype(np.float64)
    room = situation.standing.entitlement.sum(axis=1) * float(MICRO)
    full: Bools = np.asarray(room <= 0)
    level = np.zeros(len(situation.members))
    own = np.zeros(len(claims))
    rising = situation.possible.any(axis=1) & (most > 0)
    rising &= ~(full[claims.member] & (claims.bundle > 0)).any(axis=1)
    while rising.any():
        at = np.flatnonzero(rising)
        speed = np.zeros_like(room)
        np.add.at(speed, claims.member[at], need[at] * most[at, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.where(speed > 0, room / speed, np.inf)
        step = np.minimum(ahead.min(axis=1, initial=np.inf), 1.0 - level)
        level = level + step
        room = np.maximum(room - speed * step[:, None], 0.0)
        full = ahead <= step[:, None]
        own[at] = most[at] * level[claims.member[at]]
        stopped = (full[claims.member[at]] & (claims.bundle[at] > 0)).any(axis=1) | (level[claims.member[at]] >= 1.0)
        rising[at[stopped]] = False
    return own
