"""Max-min with a memory: whoever used less than its part before comes first for what others leave now.

    credit_m = W_m/ΣW · Σ_k u_k − u_m,    u_m = max_r used[m,r] / Σ_f capacity[f,r]

u_m is what member m used before this window, in seconds of the whole pool by its dominant resource, and credit_m what it
would have used of that, had all use been divided by standing, minus what it did use. So credits sum to zero after every
window: each second that a member holds more than its part is paid for with its own credit to those who left it.

1. Every member's dominant share rises at speed W_m to `guarantee` · W_m/ΣW, whatever it used before.
2. What then is free goes to the member with most credit for its weight; every second of the pool costs it one. As it has no
   more left than the next, both rise, and so on: a member begins at the level by which its credit per weight is below the
   largest, over the length of the window, and then rises at speed W_m. Nobody is refused for lack of credit while something
   is free.

With nothing used before, or with credits in proportion to weights, this is plain weighted max-min of dominant shares. All
claims of a member rise by the same fraction of what they ask, so cutting one in two changes nothing. Members without
standing (W = 0) come after all others, by demand.

It is Karma, with shares that can be divided, in place of one slice after the other. There are two differences. Karma's users
start with a number of credits and may run out of them; here debt has no limit, as with many initial credits. And Karma pays
nothing for guaranteed slices that are left and that nobody takes; here leaving them counts like leaving any other part.
With `guarantee` 0 only the first difference remains.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: Vuppalapati, Fikioris, Agarwal, Cidon, Khandelwal, Tardos, *Karma: Resource Allocation for Dynamic Demands*, OSDI
2023 (`guarantee` is its α).
"""

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.errors import BadInput
from apportion.solver.filling.layers import Layers
from apportion.solver.filling.rates import by_demand, by_wish, wishes
from apportion.solver.plans.filled import filled_plan
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation, guarantee: float = 0.5) -> Plan:
    """Divide by credits; `guarantee` is the part of its share, 0 to 1, that a member has whatever it used before.

    Raises
    ------
    BadInput
        if `guarantee` is not between 0 and 1, or the claims' least tasks do not fit.
    """
    if not 0 <= guarantee <= 1:
        raise BadInput(
            f"a guarantee of {guarantee:g} is not a part of a share", "charter.toml, policy.guarantee", "use 0 to 1"
        )
    claims, share = situation.claims, situation.standing.share
    without = share[claims.member] <= 0
    rate = np.where(without[:, None], by_demand(situation), by_wish(situation, share))
    first = claims.tasks_micro * _part(guarantee * share, wishes(situation))[claims.member]
    begin = np.where(without, 0.0, _turns(situation)[claims.member])
    layers = Layers(
        np.stack([first, claims.tasks_micro - first]),
        np.stack([np.zeros_like(begin), begin]),
        np.stack([2 * without, 1 + without]).astype(np.int64),
    )
    order = without.astype(np.int64)
    return filled_plan(situation, "credits", rate, order, steady=True, layers=layers, guarantee=guarantee)


def promises(situation: Situation, guarantee: float = 0.5) -> tuple[str, ...]:  # noqa: ARG001  # the same for all
    """Name what holds: always feasible and non-wasteful, and Pareto on one flavor, in every window.

    There, a claim below its cap needs a resource that is used up, so no claim can gain unless another loses. On several
    flavors two claims could still gain by changing places.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 else ()
    return ("feasible", "non_wasteful", *pareto)


def balances(situation: Situation) -> Floats:
    """What each member's credit is when the window begins: (N,), seconds of the whole pool; sums to zero."""
    total = np.maximum(situation.capacity.sum(axis=0), 1)
    use = (situation.used / total).max(axis=1, initial=0.0)
    return np.asarray(situation.standing.share * use.sum() - use)


def _turns(situation: Situation) -> Floats:
    """Level at which each member begins to take what is free: (N,), 0 for the largest credit by weight."""
    share = situation.standing.share
    standing = share > 0
    credit = np.divide(balances(situation), share, out=np.zeros_like(share), where=standing)
    most = credit.max(initial=-np.inf, where=standing)
    return np.where(standing, most - credit, 0.0) / max(situation.window.length_s, 1)


def _part(of: Floats, all_: Floats) -> Floats:
    """Which part `of` is of `all_`, at most all of it: (N,)."""
    return np.minimum(np.divide(of, all_, out=np.zeros_like(all_), where=all_ > 0), 1.0)
