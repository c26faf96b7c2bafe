"""Would nobody rather have another member's grants less one task, scaled by their weights?

As `envy_free`, but one whole task, or all of a smaller grant, of some claim of k is taken out of k's grants first: the one
whose loss helps most. Whole tasks cannot be divided evenly, so this is what division in whole tasks can promise.

Cost: O(M·R + N²·R) on one flavor, a linear program for each pair and grant on several; beyond 2,000 members it is not shown.
Source: Budish, *The combinatorial assignment problem*, Journal of Political Economy, 2011 (envy bounded by a single good);
for tasks: Parkes, Procaccia and Shah, *Beyond Dominant Resource Fairness*, EC 2012.
"""

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._envy import envy

MEANING = (
    "nobody would be served better by another's grants less one task, scaled by their weights; the figure is the largest "
    "factor by which those would serve a member"
)


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that nobody envies by more than one task; the figure is the largest factor, None if infinite."""
    return envy(situation, plan, "envy_free_up_to_one_task", MEANING, spared=True)
