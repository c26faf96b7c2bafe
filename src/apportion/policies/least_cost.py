"""Total capability reaches a target at the least cost; what is not needed for it stays idle.

    min Σ_f price_f · held_f    with    Σ_m a_m f(C_m) ≥ target,    low_m ≤ C_m ≤ high_m

with C_m the compute that member m holds (`apportion.capability.holding`), f the curve of the parameters
(`apportion.capability.curves`), a_m from `scales`, held_f the units of the compute resource granted on flavor f, and price_f
what a unit of it costs there an hour: price_per_hour of the flavor's nodes over their units, or 1 everywhere unless every
node has a price.

The least total is where a_m f′(C_m) = λ for all between their bounds; for one member and no bounds it is f⁻¹(target / a).
It is taken from the flavors by least price for compute at full speed, price_f / v_f, and reached by progressive filling
(`apportion.solver.plans.towards`), rounded up, so that the target holds to one micro-task a claim. If another resource is
used up before, or a member cannot run where it is cheap, more is opened until the target is reached. Minima are kept;
claims that use no compute get no more than those. If all there is does not reach the target everything is divided as for
most capability, and the notes say so.

The objective is the cost with its sign turned; the bound is minus the cost of the least compute by the concave envelope,
bought at the cheapest flavors. This policy leaves by its nature what others could use, so it promises no more than
feasibility.

Ties: members of a curve that is not concave rise one after the other by SHA-256(seed ‖ id). Cost: about 60 prices of 60·N
steps and two fillings of O(F·R·M·(log M + F·R)), 32 times that where another resource binds.
Source: Boyd and Vandenberghe, *Convex Optimization*, 2004, on the KKT conditions.
"""
# ruff: noqa: ARG001  # what is promised is the same for all parameters

from dataclasses import replace
from typing import cast

import numpy as np

from apportion.capability import curves
from apportion.capability.holding import Holding, holding
from apportion.capability.spread import Program, least_compute, most_capable
from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation
from apportion.errors import Faults
from apportion.solver.filling.fill import fill
from apportion.solver.integers.minima import place_minima
from apportion.solver.plans.filled import filled_plan
from apportion.solver.plans.towards import towards

GUARDS: frozenset[str] = frozenset()
EXACT = 1e-9  # of the target: floats on the way to it
HAIR = 2.0**-20  # of a micro-task: likewise, before rounding up
TRIES = 32


def divide(
    situation: Situation,
    target: float = 0.9,
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
    """Divide as little as reaches the target.

    Raises
    ------
    BadInput
        for a curve that falls, a curve, parameter, member or resource that does not exist, or if the claims' least tasks do
        not fit.
    """
    shape = {"scale": scale, "exponent": exponent, "half": half, "floor": floor, "least": least, "points": points}
    asked = holding(situation, resource)
    chosen = curves.curve(curve, **shape)
    faults = Faults()
    if not chosen.rising:
        faults.add(
            f'by curve "{curve}" more compute can buy less', "charter.toml, policy.curve", "choose one that rises"
        )
    if not np.isfinite(target):
        faults.add(f"target {target:g} is not a number", "charter.toml, policy.target", "give the capability to reach")
    faults.raise_any()
    parameters = {"target": target, "resource": resource, "curve": curve, **shape, "scales": scales}
    program = asked.program(chosen, scales)
    plan = _reaching(asked, program, target)
    if plan is None:
        plan = _everything(asked, program)
        reached = program.capability(asked.held(plan.tasks_micro))
        note = f"the target {target:g} cannot be reached: all there is buys {reached:.6g}"
        return replace(plan, parameters=parameters, objective=-_cost(asked, plan), notes=(*plan.notes, note))
    cost = _cost(asked, plan)
    prices = unit_prices(asked)
    fewest = least_compute(program, target).bound + _minima_of_others(asked)
    bound = -float((prices * _merit_order(asked, prices, fewest)).sum())
    return replace(plan, parameters=parameters, objective=-cost, bound=bound, gap=bound + cost)


def promises(
    situation: Situation,
    target: float = 0.9,
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
    """Name what holds: the plan is feasible. What the target does not need is left idle, so nothing more."""
    return ("feasible",)


def unit_prices(asked: Holding) -> Floats:
    """Price of one unit of compute an hour on each flavor: (F,); 1 everywhere unless every node has a price."""
    situation = asked.situation
    nodes, units = situation.nodes, situation.capacity[:, asked.resource] / MILLI
    if not len(nodes) or not (nodes.price_milli_per_hour > 0).all():
        return np.ones(len(units))
    paid = np.bincount(nodes.flavor, nodes.price_milli_per_hour / MILLI, len(units))
    return np.divide(paid, units, out=np.zeros(len(units)), where=units > 0)


def _reaching(asked: Holding, program: Program, target: float) -> Plan | None:
    """Find the plan of least compute whose capability is the target as granted; None if there is none.

    The search is over real grants, so that rounding, which is up and comes last, cannot sway it.
    """
    most = most_capable(program).objective if len(asked.part) else -np.inf
    if most < target:
        return None

    def filling(effort: float) -> Floats:
        """From 0 to 1 aim higher than the target, from 1 to 2 open more than that needs."""
        goal = target + (most - target) * min(effort, 1.0)
        return _filling(asked, least_compute(program, goal).compute, max(effort - 1.0, 0.0) * float(asked.room.sum()))

    def enough(real: Ints | Floats) -> bool:
        return program.capability(asked.held(real)) >= target - EXACT * abs(target)

    real = filling(0.0)
    if enough(real):
        return _rounded_up(asked, real)
    short, high, real = 0.0, 2.0, filling(2.0)
    if not enough(real):
        plan = _everything(asked, program)
        return plan if enough(plan.tasks_micro) else None
    for _ in range(TRIES):
        middle = short + (high - short) / 2
        tried = filling(middle)
        short, high, real = (short, middle, tried) if enough(tried) else (middle, high, real)
    return _rounded_up(asked, real)


def _filling(asked: Holding, compute: Floats, more: float) -> Floats:
    """Grant compute (P,) on the cheapest flavors, with `more` units opened than it needs: (M, F) micro-tasks, real."""
    situation, claims = asked.situation, asked.situation.claims
    rate, phase = towards(situation, asked.resource, *asked.aims(compute))
    room = situation.capacity.astype(np.float64)
    opened = _merit_order(asked, unit_prices(asked), float(compute.sum()) + _minima_of_others(asked) + more)
    room[:, asked.resource] = opened * MILLI
    return fill(
        np.where((phase == 0)[:, None], rate, 0.0),
        claims.tasks_micro,
        claims.bundle,
        cast("Ints", room),  # capacities of a part of the pool are not whole; `fill` computes in floats
        place_minima(situation).astype(np.float64),
    ).tasks


def _rounded_up(asked: Holding, real: Floats) -> Plan:
    """Grant what was filled, where it was filled, and nothing beyond but minima and claims that use nothing."""
    situation, claims = asked.situation, asked.situation.claims
    most = np.ceil(real.sum(axis=1) - HAIR).astype(np.int64)
    most = np.where(
        claims.bundle.any(axis=1), np.clip(most, claims.min_tasks_micro, claims.tasks_micro), claims.tasks_micro
    )
    smaller = replace(situation, claims=replace(claims, tasks_micro=most), passing=True)
    below = np.maximum(np.floor(real - HAIR).astype(np.int64), place_minima(situation))
    return replace(filled_plan(smaller, "least_cost", real, granted=below), situation=situation.digest)


def _everything(asked: Holding, program: Program) -> Plan:
    """Divide all there is, as for most capability."""
    rate, phase = towards(asked.situation, asked.resource, *asked.aims(most_capable(program).compute))
    return filled_plan(asked.situation, "least_cost", rate, phase)


def _minima_of_others(asked: Holding) -> float:
    """Compute that members without standing hold in any case, in units."""
    return float(asked.room.sum()) - asked.total


def _merit_order(asked: Holding, prices: Floats, compute: Floats | float) -> Floats:
    """Open the cheapest flavors until they hold some compute: units of each, (F,)."""
    each = np.divide(prices, asked.speed, out=np.full(len(prices), np.inf), where=asked.speed > 0)
    order = np.argsort(each, kind="stable")
    before = np.cumsum(asked.room[order]) - asked.room[order]
    opened = np.zeros(len(prices))
    opened[order] = np.clip(compute - before, 0.0, asked.room[order])
    return np.divide(opened, asked.speed, out=np.zeros(len(prices)), where=asked.speed > 0)


def _cost(asked: Holding, plan: Plan) -> float:
    """What the granted units of compute cost an hour."""
    need = asked.situation.claims.bundle[:, asked.resource] / (MICRO * MILLI)
    return float((plan.tasks_micro.T @ need) @ unit_prices(asked))
