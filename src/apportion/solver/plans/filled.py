"""Which plan comes of letting all claims rise at given rates?

The steps that every policy of progressive filling shares: place the minima, give claims that use nothing their whole cap,
fill, and make the grants whole.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.filling.fill import fill
from apportion.solver.filling.layers import Layers, fill_layers
from apportion.solver.integers.minima import place_minima
from apportion.solver.integers.whole import whole


def filled_plan(
    situation: Situation,
    policy: str,
    rate: Floats,
    phase: Ints | None = None,
    steady: bool = False,
    layers: Layers | None = None,
    granted: Ints | None = None,
    **parameters: str | float,
) -> Plan:
    """Make the plan of one policy from its rates (M, F), in micro-tasks a unit of level, and phases (M,); see `fill`.

    Where claims rise in `layers`, those have their own phases, and `phase` only orders the rounding. What was `granted`
    (M, F) before, minima included, stays so; by default that is the minima, as `place_minima` places them.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit; see `place_minima`.
    """
    claims = situation.claims
    base = _free(situation, place_minima(situation) if granted is None else granted)
    held = base.astype(np.float64)
    if layers is None:
        real = fill(rate, claims.tasks_micro, claims.bundle, situation.capacity, held, phase, steady).tasks
    else:
        real = fill_layers(rate, layers, claims.bundle, situation.capacity, held, steady)
    tasks, loss = whole(
        real,
        base,
        claims.tasks_micro,
        claims.bundle,
        situation.capacity,
        situation.possible,
        situation.order,
        phase,
    )
    return Plan(
        policy,
        parameters,
        situation.digest,
        tasks,
        rounding_loss=loss,
        notes=_vanished(situation, real, tasks),
    )


def without_waste(situation: Situation) -> tuple[str, ...]:
    """Name the proofs that hold for every plan that leaves nothing usable: always two, and Pareto on one flavor.

    There, a claim below its cap needs a resource that is used up, so no claim can gain unless another loses. On several
    flavors two claims could still gain by changing places.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 else ()
    return ("feasible", "non_wasteful", *pareto)


def smallest_level(plan: Plan, rate: Floats, phase: Ints) -> float | None:
    """Level of the worst-off claim of the first phase: the least tasks_micro / rate; None if no claim rises in it."""
    total = rate.sum(axis=1)
    rising = (total > 0) & (phase == 0)
    if not rising.any():
        return None
    return float((plan.tasks_micro.sum(axis=1)[rising] / total[rising]).min())


def _free(situation: Situation, base: Ints) -> Ints:
    """Give the claims that use nothing their whole cap, where they are fastest: (M, F) micro-tasks."""
    claims = situation.claims
    at = np.flatnonzero(~claims.bundle.any(axis=1) & situation.possible.any(axis=1))
    if len(at):
        base[at] = 0
        base[at, claims.speed[at].argmax(axis=1)] = claims.tasks_micro[at]
    return base


def _vanished(situation: Situation, real: Floats, tasks: Ints) -> tuple[str, ...]:
    """Name the claims whose real grant is positive and rounds to nothing."""
    lost = np.flatnonzero((real.sum(axis=1) > 0) & (tasks.sum(axis=1) == 0))
    if not len(lost):
        return ()
    named = ", ".join(map(str, situation.claims.id[lost[:5]]))
    rest = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return (f"granted less than a millionth of a task, which rounds to nothing: claims {named}{rest}",)
