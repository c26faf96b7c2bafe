"""Every member is awarded the same, except that nobody is awarded more than it claims.

    a_m = min(c_m, λ),    c_m = Σ_{i∈m} tasks_i · μ_i,    μ_i = max_r bundle[i,r] / Σ_f capacity[f,r]

An agent is a member, and its claim c_m the dominant share that it asks for. With one resource and one flavor this is the
classical rule: λ is such that the awards use up the estate. Otherwise it is that rule's path, walked by progressive filling:
every member's award rises at speed 1, all its claims by the same fraction of what they ask, and stops when a resource that
it needs is used up on every flavor where it runs. Only members count, so cutting a claim in two changes nothing. Standing
does not count, except that members without any (W = 0) come after all others, by the same rule.

The rule favours small claims as much as any rule can that awards more to whoever claims more.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: Maimonides; Thomson, *Axiomatic and game-theoretic analysis of bankruptcy and taxation problems: a survey*,
Mathematical Social Sciences 45 (2003).
"""

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_wish
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide so that awards are equal as far as claims allow.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    rate = by_wish(situation, np.ones(len(situation.members)))
    without = (situation.standing.weight[situation.claims.member] == 0).astype(np.int64)
    return filled_plan(situation, "constrained_equal_awards", rate, without, steady=True)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)
