"""One number between the sum and the smallest: α-fairness.

    max Σ_i ω_i z_i^(1−α) / (1−α),    ω_i = W_m · (d_i / Σ_{k∈m} d_k)^α,    d_i = tasks_i · μ_i

with z_i = Σ_f speed[i,f] · x[i,f] and μ_i the dominant share of one task. α = 0 is the sum of rates, α = 1 proportional
fairness (`nash`), and as α grows the smallest rate for its weight decides more and more. With these weights cutting a
claim in two changes nothing. Members without standing (W = 0) get what the others leave, each claim by the same fraction of
what it asks.

Ties: in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: as `nash`; the certificate, whose
powers have 128 bits, some 30 to 50 µs a claim.
Source: Mo and Walrand, *Fair end-to-end window-based congestion control*, IEEE/ACM Transactions on Networking 2000.
"""

from functools import partial

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import decimal_text
from apportion.domain.situation import Situation
from apportion.errors import BadInput
from apportion.solver.plans.guarded import BY_CEILING
from apportion.solver.plans.programmed import certain, programmed_plan
from apportion.solver.prices.concave import concave
from apportion.solver.prices.linear import linear

GUARDS: frozenset[str] = BY_CEILING
LARGEST = 64.0


def divide(situation: Situation, alpha: float = 2.0) -> Plan:
    """Divide so that the α-fair sum of rates is as large as possible.

    Raises
    ------
    BadInput
        if alpha is not between 0 and 64, or the claims' least tasks do not fit.
    """
    if not 0 <= alpha <= LARGEST:
        mend = f"give a number from 0 to {LARGEST:g}; beyond that, use max_min"
        raise BadInput(f"alpha is {alpha:g}", "charter.toml, policy.alpha", mend)
    solve = partial(concave, alpha=alpha) if alpha else linear
    return programmed_plan(situation, "alpha_fair", _weight(situation, alpha), _certificate(alpha), solve, alpha=alpha)


def promises(situation: Situation, alpha: float = 2.0) -> tuple[str, ...]:
    """Name what holds: always feasible, non-wasteful and optimal; on one flavor Pareto, if α is not 0.

    At α = 0 a claim may gain what another, of equal worth, loses to rounding.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 and alpha else ()
    return (*certain(situation), *pareto)


def _weight(situation: Situation, alpha: float) -> Floats:
    share = situation.standing.share[situation.claims.member]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(situation.weight > 0, situation.weight / share, 0.0)
    return np.asarray(np.where(part > 0, share * part**alpha, 0.0))


def _certificate(alpha: float) -> Certificate:
    if alpha == 0.0:
        return Certificate("linear", weighing="member")
    if alpha == 1.0:
        return Certificate("nash")
    return Certificate("alpha_fair", alpha=decimal_text(alpha))
