"""Would nobody be worse off if the pool grew?

The rule divides the pool with a tenth more, and with twice as much, of each resource of each flavor, of each whole flavor,
of each resource everywhere, and of everything; what is added belongs to nobody and is counted to entitlements by weight.
Refuted by a member that then gets less; what less means, and what is put down to rounding, is said in
`apportion.proofs._search`. If nobody does, that shows it for this situation only and not for the rule: not shown.

Cost: 2 · (F·R + F + R + 1) divisions, at most 1,000 and fewer in large situations.
Source: Ghodsi et al., *Dominant Resource Fairness*, NSDI 2011, section 3, "resource monotonicity", which no rule compared
there has; Moulin and Thomson, *Can everyone benefit from growth?*, Journal of Mathematical Economics 17, 1988.
"""

from collections.abc import Callable, Iterator

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._changed import Changed, with_more
from apportion.proofs._search import Asked, outcomes, search

MEANING = "nobody gets less when the pool grows"
PERCENT = (10, 100)


def probe(situation: Situation, plan: Plan, divide: Callable[[Situation], Plan]) -> Verdict:
    """Look for a growth of the pool that harms somebody."""
    asked = Asked(situation, plan, divide)
    return search("resource_monotone", MEANING, asked, outcomes(asked, _growths(situation), -1))


def _growths(situation: Situation) -> Iterator[Changed]:
    flavors, resources = (range(n) for n in situation.capacity.shape)
    parts = [[(f, r)] for f in flavors for r in resources]
    parts += [[(f, r) for r in resources] for f in flavors] + [[(f, r) for f in flavors] for r in resources]
    parts.append([(f, r) for f in flavors for r in resources])
    distinct = list({tuple(part): None for part in parts})
    grown = (with_more(situation, part, percent) for percent in PERCENT for part in distinct)
    return (changed for changed in grown if changed is not None)
