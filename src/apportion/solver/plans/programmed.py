"""Which plan comes of making one program's objective as large as possible?

The steps that every policy with an objective shares: put the situation into arrays, solve, make the grants whole, give what
is left to those who stand outside the program, and write the prices and what they prove into the plan.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, exact_products
from apportion.domain.situation import Situation
from apportion.solver.classes import Classes, classes
from apportion.solver.filling.rates import by_demand
from apportion.solver.integers.minima import place_minima
from apportion.solver.integers.whole import whole
from apportion.solver.plans.certified import certified, whole_prices
from apportion.solver.plans.filled import filled_plan
from apportion.solver.problem import Answer, Problem

EXACT = 1500  # claims of leximin up to which all of them are looked at, and not samples


def programmed_plan(
    situation: Situation,
    policy: str,
    weight: Floats,
    certificate: Certificate,
    solve: Callable[[Problem], Answer],
    **parameters: str | float,
) -> Plan:
    """Make the plan of one policy from its claims' weights (M,) and the way to solve its program.

    Claims of weight 0 get what the others leave, each the same part of what it asks for.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit; see `place_minima`.
    """
    base = place_minima(situation)
    inside = _inside(situation, weight)
    granted, prices, level_of, notes = _granted(situation, weight, inside, base, solve, certificate)
    plan = filled_plan(
        situation, policy, by_demand(situation), _phases(situation, inside), granted=granted, steady=True
    )
    plan = replace(plan, parameters=parameters, notes=(*plan.notes, *notes))
    if certificate.program == "leximin" and level_of is None:  # nobody to raise: no level, and so no price
        prices, level_of = prices[:0], np.full(len(inside), -1)
    return _with_proof(situation, plan, prices, replace(certificate, level_of=level_of))


def certain(situation: Situation) -> tuple[str, ...]:
    """Name what every plan of a program is: feasible, without waste, and as a rule optimal.

    On several flavors minima have to be placed in whole micro-tasks, and that may cost more than rounding does otherwise.
    """
    placed = len(situation.flavors) > 1 and bool(situation.claims.min_tasks_micro.any())
    return ("feasible", "non_wasteful") if placed else ("feasible", "non_wasteful", "optimal")


def levelled(situation: Situation) -> tuple[str, ...]:
    """Name what a leximin plan of several flavors is: as `certain`, but optimal only up to as many claims as are looked at.

    Beyond that levels are found through samples, and where they lie close together the solver may stop short.
    """
    return certain(situation) if len(situation.claims) <= EXACT else ("feasible", "non_wasteful")


def _inside(situation: Situation, weight: Floats) -> Bools:
    """Which claims the program is about: they weigh something, use something, and can be granted something."""
    claims = situation.claims
    usable = situation.possible.any(axis=1) & claims.bundle.any(axis=1)
    return np.asarray((weight > 0) & usable & (claims.tasks_micro > 0))


def _phases(situation: Situation, inside: Bools) -> Ints:
    """In whose favour the last micro-tasks are rounded: the program's, members with standing, the others."""
    without = situation.standing.weight[situation.claims.member] == 0
    return np.where(inside, 0, np.where(without, 2, 1))


def _granted(
    situation: Situation,
    weight: Floats,
    inside: Bools,
    base: Ints,
    solve: Callable[[Problem], Answer],
    certificate: Certificate,
) -> tuple[Ints, Floats, Ints | None, tuple[str, ...]]:
    """Whole micro-tasks of all claims before what is left is given out, level prices, levels, and what to tell."""
    at = np.flatnonzero(inside)
    if not len(at):
        return base, np.zeros((1, *situation.capacity.shape)), None, ()
    given = _problem(situation, weight, at, base)
    # equal claims of a level rise as one; what they are together under an objective depends on it, and its solver knows
    alike = classes(given, 1.0) if certificate.program == "leximin" else None
    together = alike or Classes(given, np.arange(len(at)), np.ones(len(at)))
    answer = solve(together.problem)
    notes = () if answer.reached else (f"the solver stopped at a gap of {answer.gap:.2g}; the plan states its own",)
    tasks = base.copy()
    tasks[at] = _whole(situation, at, answer.x[together.of] * together.part[:, None] * MICRO, base)
    leximin = answer.level_of.size > 0
    prices = answer.level_prices if leximin else answer.prices[None]
    level_of = None
    if leximin:
        level_of = np.full(len(inside), -1)
        level_of[at] = answer.level_of[together.of]
    return tasks, prices, level_of, notes


def _problem(situation: Situation, weight: Floats, at: Ints, base: Ints) -> Problem:
    """The arrays of the claims inside, in tasks and thousandths; the others keep their minima."""
    claims = situation.claims
    others = np.ones(len(claims), dtype=bool)
    others[at] = False
    held = base[others].T.astype(np.float64) @ claims.bundle[others].astype(np.float64) / MICRO
    return Problem(
        np.ascontiguousarray(np.where(situation.possible[at], claims.speed[at], 0.0)),
        np.ascontiguousarray(claims.bundle[at].astype(np.float64)),
        np.maximum(situation.capacity - held, 0.0),
        claims.tasks_micro[at] / MICRO,
        weight[at],
        claims.min_tasks_micro[at] / MICRO,
    )


def _whole(situation: Situation, at: Ints, real: Floats, base: Ints) -> Ints:
    """Make the grants of the claims inside whole; a minimum keeps the flavors that the program chose, if they hold it."""
    claims = situation.claims
    some = (real > 0).any(
        axis=1
    )  # a claim with a real grant keeps a millionth of a task, or nothing bounds its logarithm
    held, wish = base.copy(), base.astype(np.float64)
    held[at] = _least(real, np.maximum(claims.min_tasks_micro[at], some))
    wish[at] = real
    if (exact_products(held, claims.bundle) > situation.capacity.astype(object) * MICRO).any():
        held, wish[at] = base, np.maximum(real, base[at])
    most = base.sum(axis=1)
    most[at] = claims.tasks_micro[at]
    arrays = (claims.bundle, situation.capacity, situation.possible, situation.order)
    tasks, _ = whole(wish, held, most, *arrays)
    return tasks[at]


def _least(real: Floats, least: Ints) -> Ints:
    """Cut each claim's minimum to its flavors as the real grants are cut: (M, F) whole micro-tasks."""
    total = np.maximum(real.sum(axis=1), 1e-300)
    exact = real * (least / total)[:, None]
    tasks = np.floor(exact).astype(np.int64)
    missing = least - tasks.sum(axis=1)
    rank = np.argsort(np.argsort(tasks - exact, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(tasks + (rank < missing[:, None]))


def _with_proof(situation: Situation, plan: Plan, prices: Floats, certificate: Certificate) -> Plan:
    """Add prices and what they prove; a plan that nobody will check does without."""
    whole_ones, denominator = whole_prices(prices)
    plan = replace(plan, prices=whole_ones, price_denominator=denominator, certificate=certificate)
    if situation.passing:
        return plan
    return certified(situation, plan)
