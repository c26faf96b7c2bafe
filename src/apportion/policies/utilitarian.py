"""The sum of what all get done, each member's work weighed by its standing, is as large as it can be.

    max Σ_i W_m(i) · z_i,    z_i = Σ_f speed[i,f] · x[i,f]

A linear program: who turns a resource into most useful work gets it, and others may get nothing. Rates of claims with
different bundles are added as they are, so what a task is must mean the same to all. Cutting a claim in two changes nothing
but ties. Members without standing (W = 0) get what the others leave, each claim by the same fraction of what it asks.

Ties: between equally good divisions as HiGHS finds them, the same each time, so the certificate and not the division is what
another solver must reproduce; in rounding, SHA-256(seed ‖ id). Cost: a linear program of M·F variables up to 500 claims;
beyond that sweeps O(M·F·R) and a program of the claims near a tie (`apportion.solver.prices.linear`).
Source: the LP of throughput in Narayanan et al., *Heterogeneity-Aware Cluster Scheduling Policies* (Gavel), OSDI 2020;
HiGHS: Huangfu and Hall, Mathematical Programming Computation 2018.
"""

from functools import partial

from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.errors import BadInput, nearest
from apportion.solver.plans.guarded import BY_CEILING
from apportion.solver.plans.programmed import certain, programmed_plan
from apportion.solver.prices.linear import linear

GUARDS: frozenset[str] = BY_CEILING
METHODS = ("highs", "highs-ds", "highs-ipm")


def divide(situation: Situation, method: str = "highs", presolve: bool = True) -> Plan:  # charter keys
    """Divide so that the weighted sum of rates is as large as possible; `method` and `presolve` choose how HiGHS works.

    Raises
    ------
    BadInput
        for an unknown method, or if the claims' least tasks do not fit.
    """
    if method not in METHODS:
        raise BadInput(f'no method is called "{method}"', "charter.toml, policy.method", nearest(method, list(METHODS)))
    weight = situation.standing.share[situation.claims.member]
    solve = partial(linear, method=method, presolve=presolve)
    certificate = Certificate("linear", weighing="member")
    return programmed_plan(situation, "utilitarian", weight, certificate, solve, method=method, presolve=presolve)


def promises(situation: Situation, method: str = "highs", presolve: bool = True) -> tuple[str, ...]:  # noqa: ARG001  # same for all
    """Name what holds: always feasible, non-wasteful and optimal."""
    return certain(situation)
