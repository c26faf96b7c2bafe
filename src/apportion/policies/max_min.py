"""Leximin of what each claim gains by pooling: its rate over its rate on its member's own entitlement.

    z_i = Σ_f speed[i,f] · x[i,f] = t · n_i,    n_i: claim i's rate in its member's own plan on E[m] alone

as one level t grows; a claim stops at its cap or when a resource that it needs is used up. In the own plan all claims of the
member rise by the same fraction of what they ask until a resource of E[m] that they need is used up; on several flavors the
own plan is the leximin of these fractions. Every entitlement being part of the pool, t reaches 1 for everybody. Minima
count in the pool's plan and not in the own plan. Claims with n_i = 0 come after: first those of members with standing,
member m's dominant share rising at speed W_m, then the others, each by the same fraction of what it asks.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: on one flavor O(R·M·(log M + R)), exact, no
iteration; on several that of `apportion.solver.levels.leximin`, once for each member and once for the pool.
Source: leximin by progressive filling, Bertsekas and Gallager, *Data Networks*, 2nd ed., 1992, with the members'
own plans as the reference, as in Gavel (Narayanan et al., OSDI 2020).
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.errors import BadInput
from apportion.solver.filling.rates import by_share
from apportion.solver.levels.leximin import leximin
from apportion.solver.plans import filled_levels, programmed
from apportion.solver.plans.filled import filled_plan, smallest_level
from apportion.solver.plans.guarded import BY_CEILING
from apportion.solver.problem import Problem

GUARDS: frozenset[str] = BY_CEILING
WHOLE = 2.0**53  # beyond which floats are no whole numbers any more


def divide(situation: Situation) -> Plan:
    """Divide so that the least gain from pooling is as large as possible, then the next; the objective is that least gain.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit, or speeds are beyond what whole numbers count.
    """
    if len(situation.flavors) != 1:
        own = own_rates(situation)
        per = min(_parts(own), MICRO)
        stated = np.rint(own * per).astype(np.int64)
        certificate = Certificate("leximin", weighing="stated", stated=stated, per=per if per < MICRO else 0)
        return programmed.programmed_plan(situation, "max_min", stated / per, certificate, leximin)
    own = own_plan(situation)
    rate, phase = by_share(situation, situation.standing.share)
    first = own > 0
    rate = np.where(first[:, None], own[:, None], rate)
    phase = np.where(first, 0, phase + 1)
    plan = filled_plan(situation, "max_min", rate, phase)
    plan = replace(plan, objective=smallest_level(plan, rate, phase))
    rates = np.where(situation.claims.bundle.any(axis=1), own * situation.claims.speed[:, 0] / MICRO, 0.0)
    per = _parts(rates)
    stated = np.rint(rates * per).astype(np.int64)
    certificate = Certificate("leximin", weighing="stated", stated=stated, per=per)
    return filled_levels.with_levels(situation, plan, np.where(stated > 0, own, 0.0), certificate)


def _parts(rates: Floats) -> int:
    """As fine as whole numbers below 2⁵³ can be: a millionth would be much of a small reference."""
    for k in range(15, -1, -1):
        if rates.max(initial=0.0) * 10**k < WHOLE:
            return int(10**k)
    raise BadInput(
        f"a claim gets {rates.max():.3g} done a second on what its member brought, and at most 2⁵³ can be counted",
        "claims.csv, columns tasks and speed",
        "give all speeds in a larger unit of work",
    )


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds here: always feasible and non-wasteful, as a rule optimal, on one flavor Pareto.

    On one flavor without minima also sharing incentive, and as a rule levels over the true own plans.
    Each member gets at least its own plan, and in that plan some claim of it is at its cap or held by a resource of E[m]
    that is used up, so E[m] alone cannot serve more to all of them. A minimum of somebody else could take that away.
    """
    if len(situation.flavors) != 1:
        return programmed.levelled(situation)
    kept = filled_levels.levelled(situation, np.where(situation.claims.bundle.any(axis=1), own_plan(situation), 0.0))
    levels = ("leximin_levels",) if "optimal" in kept else ()
    incentive = () if situation.claims.min_tasks_micro.any() else ("sharing_incentive",)
    return (*kept, *levels, "pareto", *incentive)


def own_rates(situation: Situation) -> Floats:
    """What each claim gets done in its member's own plan on E[m] alone, on several flavors: (M,)."""
    claims, own = situation.claims, np.zeros(len(situation.claims))
    fastest = np.where(situation.possible, claims.speed, 0.0).max(axis=1, initial=0.0)
    asks = (fastest > 0) & (claims.tasks_micro > 0) & claims.bundle.any(axis=1)
    for m, entitlement in enumerate(situation.standing.entitlement):
        at = np.flatnonzero(asks & (claims.member == m))
        if len(at) and entitlement.any():
            most = claims.tasks_micro[at] / MICRO
            columns = (claims.speed[at], claims.bundle[at].astype(np.float64), entitlement.astype(np.float64))
            given = Problem(*columns, most, most * fastest[at], np.zeros(len(at)))
            own[at] = leximin(given).rate
    return own


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
