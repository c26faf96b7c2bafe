"""Would no member gain by appearing as several?

Each member is divided in two halves, and in a half and two quarters: its standing, nodes, size and past use in these parts,
and its claims either cut in the same parts or dealt out whole. What the parts are granted is added up and measured by what
the member's claims get done with it. Refuted by a member whose claims then get more; what more means, and what is put down to
rounding, is said in `apportion.proofs._search`. If nobody gains, that shows it for these divisions only: not shown.

Cost: two to four divisions a member, at most 1,000 and fewer in large situations; then members are tried in tie order.
Source: merging and splitting of claims, O'Neill, *A problem of rights arbitration from the Talmud*, Mathematical Social
Sciences 2, 1982; de Frutos, *Coalitional manipulations in a bankruptcy problem*,
Review of Economic Design 4, 1999.
"""

from collections.abc import Callable, Iterator

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._changed import Changed
from apportion.proofs._search import Asked, in_tie_order, outcomes, search
from apportion.proofs._split import split

MEANING = "nobody gets more by appearing as several members"
PARTS = ((2, 2), (2, 1, 1))  # quarters


def probe(situation: Situation, plan: Plan, divide: Callable[[Situation], Plan]) -> Verdict:
    """Look for a member that gains by a split."""
    asked = Asked(situation, plan, divide)
    return search("split_proof", MEANING, asked, outcomes(asked, _splits(situation), 1))


def _splits(situation: Situation) -> Iterator[Changed]:
    many = np.bincount(situation.claims.member, minlength=len(situation.members))
    for quarters in PARTS:
        for member in in_tie_order(situation.member_order, many > 0):
            yield split(situation, member, quarters, dealt=False)
            if many[member] > 1:
                yield split(situation, member, quarters, dealt=True)
