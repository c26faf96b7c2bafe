"""Does the plan grant only what is there, what was asked for, and where it can run?

For its own situation (by digest) and with one whole number a claim and flavor:

    x ≥ 0,    x[i,f] = 0 where speed[i,f] = 0,    min_i ≤ Σ_f x[i,f] ≤ tasks_i,    Σ_i bundle[i,r] · x[i,f] ≤ capacity[f,r]

Exact in integers of any size. Cost: O(M·F·R), and the situation's digest.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan, total_use
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import micro, tasks_text, units

Witness = dict[str, Any]


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that the plan is feasible; the figure is the part used of the fullest resource of any flavor."""
    for find in CHECKS:
        witness = next(find(situation, plan), None)
        if witness:
            return Verdict("feasible", Status.REFUTED, True, None, f"the plan cannot be: {witness['what']}", witness)
    figure = _fullest(situation, plan)
    meaning = "all grants keep to claims, places and capacity; the figure is the part used of the fullest resource"
    return Verdict("feasible", Status.HOLDS, True, figure, meaning)


def _fullest(situation: Situation, plan: Plan) -> float:
    use, capacity = total_use(situation, plan).astype(np.float64), situation.capacity * 1e6
    return float(np.divide(use, capacity, out=np.zeros(use.shape), where=capacity > 0).max(initial=0.0))


def _another_situation(situation: Situation, plan: Plan) -> Iterator[Witness]:
    if plan.situation != situation.digest:
        yield {"what": "it answers another situation", "of_the_plan": plan.situation, "of_this": situation.digest}


def _not_whole(situation: Situation, plan: Plan) -> Iterator[Witness]:
    shape = situation.runs_on.shape
    if plan.tasks_micro.shape != shape:
        yield {
            "what": "its grants have the wrong shape",
            "shape": list(plan.tasks_micro.shape),
            "expected": list(shape),
        }
    elif not np.issubdtype(plan.tasks_micro.dtype, np.integer):
        yield {"what": "its grants are not whole micro-tasks", "type": str(plan.tasks_micro.dtype)}


def _negative(situation: Situation, plan: Plan) -> Iterator[Witness]:
    for i, f in np.argwhere(plan.tasks_micro < 0):
        yield _pair(situation, plan, i, f, "a grant is negative")


def _nowhere(situation: Situation, plan: Plan) -> Iterator[Witness]:
    for i, f in np.argwhere((plan.tasks_micro > 0) & ~situation.runs_on):
        yield _pair(situation, plan, i, f, "a claim is granted where it cannot run")


def _pair(situation: Situation, plan: Plan, i: Any, f: Any, what: str) -> Witness:
    return {**_claim(situation, i, what), "flavor": situation.flavors[f], "tasks": tasks_text(plan.tasks_micro[i, f])}


def _claim(situation: Situation, i: Any, what: str) -> Witness:
    claims = situation.claims
    return {"what": what, "claim": str(claims.id[i]), "member": str(situation.members.id[claims.member[i]])}


def _outside_the_claim(situation: Situation, plan: Plan) -> Iterator[Witness]:
    claims, total = situation.claims, _totals(plan)
    for i in np.flatnonzero((total > claims.tasks_micro).astype(bool)):
        most = {"tasks": tasks_text(total[i]), "most": tasks_text(claims.tasks_micro[i])}
        yield {**_claim(situation, i, "a claim is granted more than it asked for"), **most}
    for i in np.flatnonzero((total < claims.min_tasks_micro).astype(bool)):
        least = {"tasks": tasks_text(total[i]), "least": tasks_text(claims.min_tasks_micro[i])}
        yield {**_claim(situation, i, "a claim is granted less than its least tasks"), **least}


def _totals(plan: Plan) -> Ints:
    tasks = plan.tasks_micro
    small = tasks.astype(np.float64).sum(axis=1).max(initial=0.0) < 2.0**62
    return np.asarray((tasks if small else tasks.astype(object)).sum(axis=1))


def _beyond_capacity(situation: Situation, plan: Plan) -> Iterator[Witness]:
    use = total_use(situation, plan)
    for f, r in np.argwhere((use > micro(situation.capacity)).astype(bool)):
        yield {
            "what": "more is granted than there is",
            "flavor": situation.flavors[f],
            "resource": situation.resources[r].replace("_milli", ""),
            "granted": units(use[f, r], 9),
            "capacity": units(situation.capacity[f, r], 3),
        }


CHECKS: tuple[Callable[[Situation, Plan], Iterator[Witness]], ...] = (
    _another_situation,
    _not_whole,
    _negative,
    _nowhere,
    _outside_the_claim,
    _beyond_capacity,
)
