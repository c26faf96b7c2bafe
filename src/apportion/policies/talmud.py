"""Equal awards until everybody has half of its claim, then equal losses: each pair divides as in the contested garment.

    a_m = min(c_m / 2, λ) while Σ_k c_k / 2 is not reached, then a_m = c_m − min(c_m / 2, λ)

    c_m = Σ_{i∈m} tasks_i · μ_i,    μ_i = max_r bundle[i,r] / Σ_f capacity[f,r]

An agent is a member, and its claim c_m the dominant share that it asks for. With one resource and one flavor this is the
classical rule, the only one by which any two members divide what they have together like this: each concedes to the other
what it does not claim, and the rest is halved. Otherwise it is that rule's path, walked by progressive filling: with C the
largest claim, member m rises at speed 1 from level 0 to its half, rests, and rises again from level C − c_m / 2, all its
claims by the same fraction of what they ask, until a resource that it needs is used up on every flavor where it runs. Only
members count, so cutting a claim in two changes nothing. Standing does not count, except that members without any (W = 0)
come after all others, by the same rule.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: Aumann and Maschler, *Game theoretic analysis of a bankruptcy problem from the Talmud*, Journal of Economic Theory 36
(1985); Kethubot 93a; O'Neill, *A problem of rights arbitration from the Talmud*, Mathematical Social
Sciences 2 (1982).
"""

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.filling.layers import Layers
from apportion.solver.filling.rates import by_wish, wishes
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide so that every pair of members divides its part as in the contested garment.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    claims, wish = situation.claims, wishes(situation)
    rate = by_wish(situation, np.ones(len(situation.members)))
    without = (situation.standing.weight[claims.member] == 0).astype(np.int64)
    half = claims.tasks_micro / 2
    again = (wish.max(initial=0.0) - wish / 2)[claims.member]
    layers = Layers(np.stack([half, half]), np.stack([np.zeros_like(again), again]), np.stack([without, without]))
    return filled_plan(situation, "talmud", rate, without, steady=True, layers=layers)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)
