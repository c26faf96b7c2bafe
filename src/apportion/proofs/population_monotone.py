"""Would nobody be worse off if a member left and what it holds stayed in the pool?

For each member m with a claim, the rule divides the same pool among the others: m's claims are gone, its nodes belong to
nobody, the others' weights keep their proportion and their entitlements stay. Refuted by a member that then gets less; what
less means, and what is put down to rounding, is said in `apportion.proofs._search`. If nobody does, that shows it for this
situation only and not for the rule: not shown.

Cost: one division a member, at most 1,000 and fewer in large situations; then members are tried in tie order.
Source: Ghodsi et al., *Dominant Resource Fairness*, NSDI 2011, section 3, "population monotonicity"; Thomson, *The fair
division of a fixed supply among a growing population*, Mathematics of Operations Research 8, 1983.
"""

from collections.abc import Callable

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._changed import without
from apportion.proofs._search import Asked, in_tie_order, outcomes, search

MEANING = "nobody gets less when a member leaves and its resources stay"


def probe(situation: Situation, plan: Plan, divide: Callable[[Situation], Plan]) -> Verdict:
    """Look for a member whose leaving harms another."""
    asking = np.bincount(situation.claims.member, minlength=len(situation.members)) > 0
    leaving = (without(situation, m) for m in in_tie_order(situation.member_order, asking))
    asked = Asked(situation, plan, divide)
    return search("population_monotone", MEANING, asked, outcomes(asked, leaving, -1))
