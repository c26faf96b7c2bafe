"""Every member's dominant share rises at the same speed, whatever its standing.

    x[i,f] = t · tasks_i / Σ_{k∈m(i)} tasks_k · share[k,f],    share[k,f] = max_r bundle[k,r] / capacity[f,r]

as one level t grows (progressive filling, `apportion.solver.filling.fill`). On one flavor the level is the member's dominant
share; on several, its share of each. Inside a member all claims rise by the same fraction of what they ask, so cutting one
in two changes nothing. What a claim cannot use (its cap, a flavor where it cannot run) flows on to all
that can still rise.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: Bertsekas and Gallager, *Data Networks*, 2nd ed., 1992; Ghodsi et al., NSDI 2011, section 4.
"""

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_share
from apportion.solver.plans.filled import filled_plan
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide equally among members.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    rate, phase = by_share(situation, np.ones(len(situation.members)))
    return filled_plan(situation, "equal", rate, phase)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: always feasible and non-wasteful.

    On one flavor a claim below its cap needs a resource that is used up, so no claim can gain unless another loses: Pareto.
    On several flavors two claims could still gain by changing places, so it is not promised.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 else ()
    return ("feasible", "non_wasteful", *pareto)
