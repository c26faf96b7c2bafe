"""The product of what claims get done, each to the power of its weight, is as large as it can be: proportional fairness.

    max Σ_i w_i log z_i,    z_i = Σ_f speed[i,f] · x[i,f],    w_i = W_m · d_i / Σ_{k∈m} d_k,    d_i = tasks_i · μ_i

with μ_i the dominant share of one task. No other division raises the weighted sum of relative changes in rates. The dual
prices of flavors and resources support it: each claim buys its rate where that costs least, and the plan carries them, so
that anybody can bound what any division could reach. Members without standing (W = 0) get what the others leave, each claim
by the same fraction of what it asks.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: two or three sweeps O(M·F·R) and an interior point
method on the claims near a tie (`apportion.solver.prices.concave`); the exact certificate some 20 µs a claim.
Sources: Nash, *The Bargaining Problem*, Econometrica 1950; Kelly, *Charging and rate control for elastic traffic*, European
Transactions on Telecommunications 1997.
"""

from functools import partial

from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.plans.guarded import BY_CEILING
from apportion.solver.plans.programmed import certain, programmed_plan
from apportion.solver.prices.concave import concave

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide so that the weighted sum of logarithms of rates is as large as possible.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    certificate = Certificate("nash")
    return programmed_plan(situation, "nash", situation.weight, certificate, partial(concave, alpha=1.0))


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: always feasible, non-wasteful, optimal, and on one flavor Pareto as such.

    On several flavors optimality implies Pareto efficiency, up to the certified gap. Sharing incentive and envy-freeness
    hold neither with caps that bind nor with unequal weights, so they are reported and not promised.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 else ()
    return (*certain(situation), *pareto)
