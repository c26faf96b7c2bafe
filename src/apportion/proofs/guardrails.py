"""Does nobody hold more than the charter's guardrails allow?

    share_m = g_m / Σ_k g_k,    g_m = max_r (what m holds of r) / capacity[r]

largest_share: no share exceeds the limit; hhi: 10⁴ · Σ share² does not. Exact, in fractions. A situation without guardrails
holds. Cost: O(M·R + N·R).
"""

from fractions import Fraction

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.quantity import fraction
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import by_member, misshapen

MEANING = "nobody holds more than the charter allows; the figure is the largest share"


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute the guardrails; the figure is the largest share of any member."""
    wrong = misshapen("guardrails", situation, plan)
    if wrong:
        return wrong
    share = _shares(situation, plan)
    largest = max(share, default=Fraction(0))
    found = {"largest_share": largest, "hhi": 10_000 * sum((s * s for s in share), Fraction(0))}
    broken = {
        name: {"is": float(found[name]), "may_be": limit}
        for name, limit in situation.guardrails.items()
        if found[name] > fraction(limit)
    }
    if not broken:
        return Verdict("guardrails", Status.HOLDS, True, float(largest), MEANING)
    who = str(situation.members.id[share.index(largest)])
    return Verdict("guardrails", Status.REFUTED, True, float(largest), MEANING, {"member": who, **broken})


def _shares(situation: Situation, plan: Plan) -> list[Fraction]:
    """Each member's part of all dominant shares that are held."""
    use = by_member(situation, plan.tasks_micro.sum(axis=1))
    total = situation.capacity.sum(axis=0)
    held = [
        max((Fraction(int(row[r]), int(total[r])) for r in np.flatnonzero(total)), default=Fraction(0)) for row in use
    ]
    whole = sum(held, Fraction(0))
    return [one / whole for one in held] if whole else [Fraction(0)] * len(held)
