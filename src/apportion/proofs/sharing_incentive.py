"""Is every member at least as well served as by its own entitlement?

λ_m is the largest λ such that E[m] alone serves λ times the rates of all claims of member m; the plan holds if every
λ_m ≤ 1. How it is decided, on one flavor in integers and on several by a linear program and its prices, and what rounding
to whole micro-tasks may do: `apportion.proofs._alone`.

Cost: O(M·R) on one flavor; a linear program a member on several, up to 20,000 pairs of claim and flavor in a member.
Source: Ghodsi et al., *Dominant Resource Fairness*, NSDI 2011, section 3, for members with several claims and entitlements.
"""

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._alone import better_alone
from apportion.proofs._amounts import micro

MEANING = (
    "nobody would be served better by its own entitlement alone; the figure is the largest factor by which that would "
    "serve a member"
)


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute sharing incentive; the figure is the largest λ_m, None if it is infinite or nobody has a claim."""
    return better_alone("sharing_incentive", MEANING, situation, plan, micro(situation.standing.entitlement))
