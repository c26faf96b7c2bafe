"""Between equal compute and most capability: as near to equal parts as the weight μ of capability lets it be.

    max μ Σ_m a_m f(C_m) − Σ_m (C_m − C̄)²,    low_m ≤ C_m ≤ high_m,    Σ_m C_m = C_total,    C̄ = C_total / N
    μ a_m f′(C_m) − 2 (C_m − C̄) = λ    between the bounds

over the N members that take part, C_total being all compute or all that they ask for. μ = 0 gives equal parts, cut to what
each asks; μ → ∞ is `max_capability`. μ is compute² per unit of capability: with μ = 1 (the default) a member may be one GPU
away from C̄ for a marginal gain of 2. `apportion.capability.frontier` gives the points for many μ at once: along them
capability and unevenness both rise.

C_m, f, a_m, how the C_m are reached, and what comes after are as in `max_capability`'s terms: see
`apportion.capability.holding`, `apportion.capability.curves` and `apportion.solver.plans.towards`. The objective is that of
the plan as it is; the bound, by weak duality at λ, holds for every plan if λ ≥ 0, else for every one that hands out as much.
Where f is not concave its envelope stands in f's place in search and bound, and the gap says what that leaves open.

With one concave f and equal a_m equal parts are best for both aims, whatever μ is, and the plan's notes say so.

Ties: as λ makes C_m unique where f is concave, only in rounding, by SHA-256(seed ‖ id). Cost: about 60 prices of 60·N steps,
then O(F·R·M·(log M + F·R)).
Source: Boyd and Vandenberghe, *Convex Optimization*, 2004, on scalarisation and the KKT conditions.
"""
# ruff: noqa: ARG001  # what is promised is the same for all parameters

import math
from dataclasses import replace

from apportion.capability import curves
from apportion.capability.holding import holding
from apportion.capability.spread import balanced
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.errors import BadInput
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.towards import towards

GUARDS: frozenset[str] = frozenset()


def divide(
    situation: Situation,
    mu: float = 1.0,
    resource: str = "",
    curve: str = "power_law",
    scale: float = 1.0,
    exponent: float = 0.5,
    half: float = 1.0,
    floor: float = 0.0,
    least: float = 1.0,
    points: str = "",
    scales: str = "",
) -> Plan:
    """Divide between equal parts and most capability.

    Raises
    ------
    BadInput
        for a negative `mu`, a curve, parameter, member or resource that does not exist, or if the claims' least tasks do
        not fit.
    """
    if not 0 <= mu < math.inf:
        raise BadInput(
            f"mu = {mu:g} is not a weight", "charter.toml, policy.mu", "give a number from 0 (equal parts) up"
        )
    shape = {"scale": scale, "exponent": exponent, "half": half, "floor": floor, "least": least, "points": points}
    asked = holding(situation, resource)
    program = asked.program(curves.curve(curve, **shape), scales)
    best = balanced(program, mu)
    rate, phase = towards(situation, asked.resource, *asked.aims(best.compute))
    plan = filled_plan(situation, "equality_power", rate, phase)
    plan = replace(plan, parameters={"mu": mu, "resource": resource, "curve": curve, **shape, "scales": scales})
    if not len(asked.part):
        return plan
    held = asked.held(plan.tasks_micro)
    reached = mu * program.capability(held) - program.unevenness(held)
    bound = best.bound_at(float(held.sum()), program.budget)
    return replace(plan, objective=reached, bound=bound, gap=bound - reached, notes=(*plan.notes, *program.notes))


def promises(
    situation: Situation,
    mu: float = 1.0,
    resource: str = "",
    curve: str = "power_law",
    scale: float = 1.0,
    exponent: float = 0.5,
    half: float = 1.0,
    floor: float = 0.0,
    least: float = 1.0,
    points: str = "",
    scales: str = "",
) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)
