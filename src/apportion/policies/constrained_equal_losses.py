"""Every member loses the same against what it claims, except that nobody is awarded less than nothing.

    a_m = max(c_m − λ, 0),    c_m = Σ_{i∈m} tasks_i · μ_i,    μ_i = max_r bundle[i,r] / Σ_f capacity[f,r]

An agent is a member, and its claim c_m the dominant share that it asks for. With one resource and one flavor this is the
classical rule: λ is such that the awards use up the estate. Otherwise it is that rule's path, walked by progressive filling:
the largest claim rises first; member m begins when the loss of those before it has come down to c_m, that is at the level
max_k c_k − c_m, and then rises at speed 1, all its claims by the same fraction of what they ask, until it has its claim or a
resource that it needs is used up on every flavor where it runs. Only members count, so cutting a claim in two changes
nothing. Standing does not count, except that members without any (W = 0) come after all others, by the same rule.

It favours large claims: whoever asks for more than there is loses little by it, so it invites exaggeration.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: Maimonides; Thomson, *Axiomatic and game-theoretic analysis of bankruptcy and taxation problems: a survey*,
Mathematical Social Sciences 45 (2003).
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
    """Divide so that losses are equal as far as claims allow.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    claims, wish = situation.claims, wishes(situation)
    rate = by_wish(situation, np.ones(len(situation.members)))
    without = (situation.standing.weight[claims.member] == 0).astype(np.int64)
    begin = (wish.max(initial=0.0) - wish)[claims.member]
    layers = Layers(claims.tasks_micro[None].astype(np.float64), begin[None], without[None])
    return filled_plan(situation, "constrained_equal_losses", rate, without, steady=True, layers=layers)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)
