"""Total capability is as large as it can be: each member's compute goes where the next unit buys most.

    max Σ_m a_m f(C_m),    low_m ≤ C_m ≤ high_m,    Σ_m C_m ≤ C_total,    a_m f′(C_m) = λ between the bounds

with C_m the compute that member m holds (`apportion.capability.holding`: GPUs if there are any, flavors by their speed), f
the curve of the parameters (`apportion.capability.curves`) and a_m from `scales` (``"univ-a=2, univ-b=0.5"``, else 1). The
C_m are then reached by progressive filling (`apportion.solver.plans.towards`); what a member cannot use, because another
resource is used up, flows on. Claims that use no compute and members without standing come after.

The objective is Σ a_m f(C_m) of the plan as it is; the bound, by weak duality at λ, holds for every plan of the situation if
f rises (for `inverse`, which falls, for every plan that hands out as much). Both count members who take part. The gap is
what other resources, rounding and, where f is not concave, the concave envelope leave open.

With one concave f and equal a_m everybody gets the same, up to what it asks. With `linear` all goes to the steepest: a rule
that concentrates. W counts only as zero or not.

Ties: at equal marginal gains, members of a concave curve rise together, of another curve one after the other by
SHA-256(seed ‖ id); in rounding likewise. Cost: about 60 prices of 60·N steps, then O(F·R·M·(log M + F·R)).
Sources: Boyd and Vandenberghe, *Convex Optimization*, 2004, on water filling; curves as cited there.
"""
# ruff: noqa: ARG001  # what is promised is the same for all parameters

from dataclasses import replace

from apportion.capability import curves
from apportion.capability.holding import holding
from apportion.capability.spread import most_capable
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.towards import towards

GUARDS: frozenset[str] = frozenset()


def divide(
    situation: Situation,
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
    """Divide so that what compute buys is as much as possible in all.

    Raises
    ------
    BadInput
        for a curve, parameter, member or resource that does not exist, or if the claims' least tasks do not fit.
    """
    shape = {"scale": scale, "exponent": exponent, "half": half, "floor": floor, "least": least, "points": points}
    asked = holding(situation, resource)
    program = asked.program(curves.curve(curve, **shape), scales)
    best = most_capable(program)
    rate, phase = towards(situation, asked.resource, *asked.aims(best.compute))
    plan = filled_plan(situation, "max_capability", rate, phase)
    plan = replace(plan, parameters={"resource": resource, "curve": curve, **shape, "scales": scales})
    if not len(asked.part):
        return plan
    held = asked.held(plan.tasks_micro)
    reached, bound = program.capability(held), best.bound_at(float(held.sum()), program.budget)
    return replace(plan, objective=reached, bound=bound, gap=bound - reached, notes=(*plan.notes, *program.notes))


def promises(
    situation: Situation,
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
