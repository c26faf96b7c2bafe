"""Would nobody rather have another member's grants, scaled by their weights?

For members m with weight W_m > 0 and k ≠ m, λ_mk is the largest factor by which k's grants times W_m / W_k would serve the
rates of all of m's claims at once; the plan holds if every λ_mk ≤ 1. What counts as envy beyond rounding to whole
micro-tasks, members without weight, and how it is decided exactly: `apportion.proofs._envy`.

Cost: O(M·R + N²·R) on one flavor, N² linear programs on several; beyond 2,000 members it is not shown.
Source: Foley, *Resource allocation and the public sector*, 1967; weighted as in Parkes, Procaccia and Shah, *Beyond Dominant
Resource Fairness*, EC 2012.
"""

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._envy import envy

MEANING = (
    "nobody would be served better by another's grants, scaled by their weights; the figure is the largest factor by which "
    "another's grants would serve a member"
)


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that nobody envies; the figure is the largest λ_mk, None if it is infinite."""
    return envy(situation, plan, "envy_free", MEANING, spared=False)
