"""What do grants buy, and what could they buy at most at each degree of equality?

Capability is the charter's curve of a member's compute; what counts as compute is in `apportion.capability.holding`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.capability.curves import agreed_curve
from apportion.capability.frontier import frontier
from apportion.capability.holding import Holding, holding
from apportion.domain.arrays import Floats
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation

POINTS = np.concatenate(([0.0], np.logspace(-2, 2, 9)))


@dataclass(frozen=True, eq=False)
class Bought:
    """Capability a_m f(C_m) of each member: (N,); and over those that take part Σ f(C_m) and Σ (C_m − C̄)²."""

    capability: Floats
    total: float
    unevenness: float


def bought(situation: Situation, plan: Plan, agreed: Mapping[str, Any]) -> Bought:
    """Put every member's compute into the curve that the members agreed on.

    Raises
    ------
    BadInput
        if the charter's table describes no curve.
    """
    curve, holds, claims = agreed_curve(agreed), _holding(situation, agreed), situation.claims
    held = (plan.tasks_micro @ holds.speed) * (claims.bundle[:, holds.resource] / (MICRO * MILLI))
    compute: Floats = np.asarray(np.bincount(claims.member, held, len(situation.members)), dtype=np.float64)
    program = holds.program(curve, str(agreed.get("scales", "")))
    part, each = compute[holds.part], np.asarray(curve.value(compute), dtype=np.float64)
    each[holds.part] *= program.scale
    return Bought(each, program.capability(part), program.unevenness(part))


def frontier_points(situation: Situation, agreed: Mapping[str, Any]) -> list[dict[str, float]]:
    """Find the best total capability at ten degrees of equality, from equal parts (μ = 0) to capability alone.

    μ is counted in 2 C̄ / (ā f′(C̄)), ā the mean scale: at 1, a unit of compute too much for one member weighs as much as what
    it buys there.
    """
    curve, holds = agreed_curve(agreed), _holding(situation, agreed)
    if not len(holds.part):
        return []
    program = holds.program(curve, str(agreed.get("scales", "")))
    middle = np.array([program.equal_part])
    slope = float(curve.slope(middle)[0] * program.scale.mean())
    unit = 2 * float(middle[0]) / slope if 0 < slope < np.inf else 1.0
    found = frontier(program, (unit * POINTS).tolist())
    columns = {"mu": found.mu, "unevenness": found.unevenness, "total_capability": found.capability}
    return [dict(zip(columns, row, strict=True)) for row in zip(*(c.tolist() for c in columns.values()), strict=True)]


def _holding(situation: Situation, agreed: Mapping[str, Any]) -> Holding:
    """What members hold of the resource that the charter speaks of."""
    return holding(situation, str(agreed.get("resource", "")))
