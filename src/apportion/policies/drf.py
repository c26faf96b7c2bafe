"""Dominant resource fairness: leximin of dominant share over weight.

    Σ_f x[i,f] = t · w_i / μ_i,    μ_i = max_r bundle[i,r] / Σ_f capacity[f,r]
    w_i = W_m · d_i / Σ_{k∈m} d_k,    d_i = tasks_i · μ_i

as one level t grows; a claim stops at its cap or when a resource that it needs is used up. A member's dominant share is
then t · W_m, and cutting a claim in two changes nothing. Speed only tells where a claim may run. Members without standing
(W = 0) are served after all others are saturated, each claim by the same fraction of what it asks. The plan carries the
prices that bound each level.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: on one flavor O(R·M·(log M + R)), exact, no
iteration; on several that of `apportion.solver.levels.leximin`.
Source: Ghodsi et al., *Dominant Resource Fairness: Fair Allocation of Multiple Resource Types*, NSDI 2011, sections 4 and
4.3 (weights).
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_share
from apportion.solver.levels.dominant import dominant
from apportion.solver.plans import filled_levels, programmed
from apportion.solver.plans.filled import filled_plan, smallest_level
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide by weighted dominant shares; the objective is the smallest level, dominant share over weight.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    certificate = Certificate("leximin", gain="dominant")
    if len(situation.flavors) != 1:
        return programmed.programmed_plan(situation, "drf", situation.weight, certificate, dominant)
    rate, phase = by_share(situation, situation.standing.share)
    plan = filled_plan(situation, "drf", rate, phase)
    plan = replace(plan, objective=smallest_level(plan, rate, phase))
    inside = (phase == 0) & situation.claims.bundle.any(axis=1)
    return filled_levels.with_levels(situation, plan, np.where(inside, rate[:, 0], 0.0), certificate)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds in this very situation: always feasible and non-wasteful, on one flavor Pareto, as a rule optimal.

    Let every member's claims need resources in one proportion, and no claim have a minimum. When resource r is used up at
    level t, 1 = Σ_k use[k,r] / capacity[r] ≤ Σ_k t · W_k = t, so each member reaches its weight in its dominant resource or
    its cap: sharing incentive, if no entitlement is more than that fraction of any resource. And whoever needs r too has at
    most t · W_k of anything: no envy. With claims of several proportions a member goes on rising where others stopped, and
    both fail.
    """
    if len(situation.flavors) != 1:
        return programmed.levelled(situation)
    kept = (*filled_levels.levelled(situation, _at_level_one(situation)), "pareto")
    if situation.claims.min_tasks_micro.any() or not _one_proportion(situation):
        return kept
    incentive = ("sharing_incentive",) if _entitled_alike(situation) else ()
    return (*kept, *incentive, "envy_free", "envy_free_up_to_one_task")


def _at_level_one(situation: Situation) -> Floats:
    """What each claim has at level 1, which the pool holds on one flavor without minima: (M,) micro-tasks."""
    task = np.where(situation.claims.bundle.any(axis=1), situation.dominant, 0.0)
    share = np.divide(situation.weight * MICRO, task, out=np.zeros(len(task)), where=task > 0)
    return np.minimum(share, np.where(task > 0, situation.claims.tasks_micro, 0))


def _one_proportion(situation: Situation) -> bool:
    """Tell whether each member's claims that can be granted need resources in one proportion."""
    claims = situation.claims
    at = situation.possible.any(axis=1) & (claims.tasks_micro > 0) & claims.bundle.any(axis=1)
    shape = claims.bundle[at] // np.gcd.reduce(claims.bundle[at], axis=1, keepdims=True)
    _, first, member = np.unique(claims.member[at], return_index=True, return_inverse=True)
    return bool((shape == shape[first[member]]).all())


def _entitled_alike(situation: Situation) -> bool:
    """Tell whether nobody is entitled to more of any resource than its weight's part of it: exactly, in integers."""
    standing = situation.standing
    entitled = standing.entitlement.sum(axis=1).astype(object)
    weight = standing.weight.astype(object)
    return bool((entitled * weight.sum() <= weight[:, None] * situation.capacity.sum(axis=0).astype(object)).all())
