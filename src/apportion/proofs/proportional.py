"""Is every member at least as well served as by its weight's part of the pool?

λ_m is the largest λ such that the part W_m of every resource of every flavor alone serves λ times the rates of all claims of
member m; the plan holds if every λ_m ≤ 1. With share-type entitlements this is sharing incentive up to whole thousandths;
with owned nodes it asks another question, since a weight is one number and what a member owns may be of one kind only.

How λ_m is decided, on one flavor in integers and on several by a linear program and its prices, and what rounding to whole
micro-tasks may do: `apportion.proofs._alone`. The part itself is floored to millionths of thousandths.

Cost: O(M·R) on one flavor; a linear program a member on several, up to 20,000 pairs of claim and flavor in a member.
Source: Steinhaus, *The problem of fair division*, Econometrica 16, 1948; for bundles, Parkes, Procaccia and Shah, *Beyond
Dominant Resource Fairness*, EC 2012.
"""

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._alone import better_alone
from apportion.proofs._amounts import micro

MEANING = (
    "nobody would be served better by its weight's part of the pool alone; the figure is the largest factor by which that "
    "would serve a member"
)


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute proportionality; the figure is the largest λ_m, None if it is infinite or nobody has a claim."""
    return better_alone("proportional", MEANING, situation, plan, _parts(situation))


def _parts(situation: Situation) -> Ints:
    """Each member's part of the whole pool: (N, F, R) millionths of thousandths."""
    weight, whole = situation.standing.weight.astype(object), micro(situation.capacity).astype(object)
    parts = weight[:, None, None] * whole[None] // max(int(weight.sum()), 1)
    return np.asarray(parts)
