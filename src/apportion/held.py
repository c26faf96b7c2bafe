"""Who holds compute and capability, before and after the rule, and what would another rule or an alliance change?

Everything is about the scarcest resource and the situation that a report shows. Capability is the charter's curve, or, where
members agreed on none, the square root beside others that nobody could call wrong without data.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from apportion import loop, registry
from apportion.capability.curve import Curve
from apportion.capability.curves import agreed_curve, curve
from apportion.capability.frontier import frontier
from apportion.capability.holding import holding
from apportion.capability.sensitivity import Reading, plausible_curves, sensitivity
from apportion.capability.spread import Program, most_capable
from apportion.concentration.indices import gini, lorenz
from apportion.concentration.mergers import HIGH, SOURCE, joining
from apportion.domain.arrays import Floats
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.situation import Situation
from apportion.errors import ApportionError
from apportion.measures._stages import scarcest, stages

DEFAULT = "power_law 0.5"
POINTS = np.logspace(-2, 2, 9)  # of μ, in units in which one too much for one member weighs as what it buys there
JOINED = 9  # members that join an alliance one after the other in the picture
SAME = 1e-6  # part of the total by which two points of the frontier are one


def held(history: History, situation: Situation) -> dict[str, Any] | None:
    """Gather what the report tells of who holds capability; None where nobody holds anything."""
    pool, r = history.pool, scarcest(history)
    amounts = {stage: _units(history, stage, x) for stage, x in stages(history).items() if x is not None and x.any()}
    if not amounts:
        return None
    agreed = bool(pool.charter.capability)
    shown = "agreed" if agreed else DEFAULT
    curves = plausible_curves(next(iter(amounts.values()))) | (
        {"agreed": agreed_curve(pool.charter.capability)} if agreed else {}
    )
    return {
        "resource": pool.resources[r],
        "members": [str(name) for name in pool.members.id],
        "curve": pool.charter.capability.get("curve", "power_law") if agreed else DEFAULT,
        "agreed": agreed,
        "stages": {stage: x.tolist() for stage, x in amounts.items()},
        "capability": {stage: curves[shown].value(x).tolist() for stage, x in amounts.items()},
        "lorenz": [_lorenz(stage, x, curves[shown]) for stage, x in amounts.items()],
        "by_curve": [_reading(stage, one) for stage, x in amounts.items() for one in sensitivity(x, curves)],
        "rules": _rules(pool, situation),
        "frontier": _frontier(pool, situation),
        "alliance": _alliance(pool, next(iter(amounts.values()))),
    }


def _units(history: History, stage: str, amount: Floats) -> Floats:
    """Bring a stage into whole units held on average; use is counted in resource-seconds."""
    if stage != "used":
        return amount / MILLI
    if history.usage:
        length = history.usage[-1].end_s - history.usage[0].start_s
    else:
        assert history.replay is not None  # noqa: S101  # nothing else tells of use
        assert history.pool.jobs is not None  # noqa: S101  # likewise
        length = int(history.replay.pooled.end_s.max() - history.pool.jobs.submit_s.min())
    return amount / (MILLI * max(length, 1))


def _lorenz(stage: str, x: Floats, made: Curve) -> dict[str, Any]:
    population, compute = lorenz(x)
    value = made.value(x)
    gain = value - min(float(value.min()), 0.0)
    return {
        "stage": stage,
        "population": population.tolist(),
        "compute": compute.tolist(),
        "capability": lorenz(gain)[1].tolist(),
        "gini_compute": gini(x),
        "gini_capability": _number(gini(gain)),
    }


def _reading(stage: str, one: Reading) -> dict[str, Any]:
    return {
        "stage": stage,
        "curve": one.curve,
        "gini": _number(one.gini),
        "hhi": _number(one.hhi),
        "part_of_equal": _number(one.part_of_equal),
        "elasticity": [_number(end) for end in one.elasticity],
    }


def _program(pool: Pool, situation: Situation) -> Program | None:
    """Put the curve over what members ask; None where nobody takes part."""
    agreed = pool.charter.capability
    hold = holding(situation, str(agreed.get("resource", "")))
    shape = agreed_curve(agreed) if agreed else curve("power_law", exponent=0.5)
    return hold.program(shape, str(agreed.get("scales", ""))) if len(hold.part) else None


def _rules(pool: Pool, situation: Situation) -> list[dict[str, Any]]:
    """What each policy makes of the situation: inequality of compute and total capability, or why it declines."""
    program = _program(pool, situation)
    if program is None:
        return []
    hold = holding(situation, str(pool.charter.capability.get("resource", "")))
    rows = []
    for name in registry.names("policy"):
        row: dict[str, Any] = {"policy": name, "gini": None, "capability": None, "declined": None}
        try:
            by = loop.charter_rule(replace(pool.charter, policy=name, parameters={}))
            compute = hold.held(loop.decide(situation, by).tasks_micro)
            row |= {"gini": _number(gini(compute)), "capability": _number(program.capability(compute))}
        except ApportionError as error:
            row["declined"] = "; ".join(fault.what for fault in error.faults)
        rows.append(row)
    return rows


def _frontier(pool: Pool, situation: Situation) -> list[dict[str, float | None]]:
    """Points from equal compute to most capability; one point where equal parts are best for both."""
    program = _program(pool, situation)
    if program is None:
        return []
    middle = np.full(len(program.scale), program.equal_part)
    slope = float(np.abs(program.gain(middle)).mean())
    unit = 2 * program.equal_part / slope if 0 < slope < np.inf else 1.0
    found = frontier(program, [0.0, *(unit * POINTS).tolist()])
    ends = [*found.compute, most_capable(program).compute]
    points = [{"gini": _number(gini(x)), "capability": _number(program.capability(x))} for x in ends]
    low, high = points[0]["capability"], points[-1]["capability"]
    one = low is not None and high is not None and high - low <= SAME * abs(high)
    return points[:1] if one else points


def _alliance(pool: Pool, amount: Floats) -> dict[str, Any]:
    """Let the largest holders act as one, one more at a time: what that does to concentration."""
    order, (first, *steps) = joining(amount)
    joined = zip(order[1:].tolist(), steps, strict=True)
    return {
        "largest": str(pool.members.id[order[0]]),
        "share": first.share,
        "hhi": first.before,
        "steps": [
            {"member": str(pool.members.id[m]), "hhi": step.after, "share": step.share, "presumed": step.presumed}
            for m, step in list(joined)[:JOINED]
        ],
        "thresholds": {"hhi": HIGH, "source": SOURCE},
    }


def _number(value: float) -> float | None:
    """Write a number for JSON, which has neither NaN nor ∞."""
    return value if math.isfinite(value) else None
