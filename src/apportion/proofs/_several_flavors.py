"""Would a budget serve a member's claims better than what they have, on several flavors?"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status
from apportion.proofs._amounts import tasks_text
from apportion.proofs._programs import LARGEST, Claims, largest_factor, rates, runs_within


@dataclass(frozen=True, eq=False)
class Answer:
    """Whether a member is served well enough that a budget would not serve it better: holds, refuted or not shown.

    Attributes
    ----------
    factor : bound on λ, the factor by which the budget would serve all claims; −1 where it is infinite
    claims, tasks : (K,) positions, and (K, F) micro-tasks that show λ from below, for a refutation
    """

    status: Status
    exact: bool
    factor: Fraction
    claims: Ints
    tasks: Ints | None = None
    why: str = ""

    def witness(self, situation: Situation) -> dict[str, Any]:
        """Write the division that shows it."""
        tasks = np.zeros((len(self.claims), 0), dtype=np.int64) if self.tasks is None else self.tasks
        return {
            "factor": None if self.factor < 0 else float(self.factor),
            "could_have": [
                {
                    "claim": str(situation.claims.id[self.claims[k]]),
                    "flavor": situation.flavors[f],
                    "tasks": tasks_text(tasks[k, f]),
                }
                for k, f in np.argwhere(tasks > 0)
            ],
        }


def served_better(situation: Situation, plan: Plan, member: int, budget: Ints) -> Answer:
    """Compare what a member's claims have with what a budget (F, R), in millionths of thousandths, would serve.

    λ is the largest factor by which the budget serves the rates of all claims that have any; it is infinite for a member
    that has nothing while the budget would serve something. To refute, every claim must gain a micro-task. Claims that use
    nothing are left out.
    """
    table = situation.claims
    at = np.flatnonzero((table.member == member) & (table.tasks_micro > 0) & table.bundle.any(axis=1))
    rate = rates(table.speed[at], plan.tasks_micro[at])
    if not any(rate):
        return _from_nothing(table.speed[at], table.bundle[at], budget, at)
    at, rate = at[np.array(rate, dtype=bool)], [z for z in rate if z]
    runs = runs_within(table.speed[at], table.bundle[at], budget)
    if runs.sum() > LARGEST:
        return Answer(Status.NOT_SHOWN, True, Fraction(0), at, None, f"more than {LARGEST} pairs of claim and flavor")
    most, none = table.tasks_micro[at], np.zeros(len(at), dtype=np.int64)
    claims = Claims(np.where(runs, table.speed[at], 0.0), table.bundle[at], none, most, budget, rate)
    ceiling = min(best * int(n) / z for best, n, z in zip(claims.fastest, most, rate, strict=True))
    return Answer(Status.HOLDS, True, ceiling, at) if ceiling <= 1 else _by_program(claims, at)


def _from_nothing(speed: Floats, bundle: Ints, budget: Ints, at: Ints) -> Answer:
    fits = (speed > 0) & np.asarray(bundle[:, None, :] <= budget, dtype=bool).all(axis=2)
    if not fits.any():
        return Answer(Status.HOLDS, True, Fraction(0), at)
    tasks = np.zeros(fits.shape, dtype=np.int64)
    tasks[tuple(np.argwhere(fits)[0])] = 1
    return Answer(Status.REFUTED, True, Fraction(-1), at, tasks, "it has nothing, and this would serve something")


def _by_program(claims: Claims, at: Ints) -> Answer:
    found = largest_factor(claims)
    if found is None:
        return Answer(Status.NOT_SHOWN, True, Fraction(0), at, None, "the linear program was not solved")
    if found.high <= 1:
        return Answer(Status.HOLDS, True, found.high, at)
    units = list(zip(claims.rate, claims.fastest, strict=True))
    if any((found.high - 1) * rate < unit for rate, unit in units):
        return Answer(Status.HOLDS, False, found.high, at)
    if found.low > 1 and all((found.low - 1) * rate >= unit for rate, unit in units):
        return Answer(Status.REFUTED, True, found.low, at, found.tasks, "this would serve all its claims better")
    return Answer(Status.NOT_SHOWN, True, found.high, at, None, "the factor could not be told from 1")
