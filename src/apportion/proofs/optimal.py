"""Is the plan as good as it claims to be, by the program that it names?

The certificate names what was made as large as possible; the prices bound what any plan could reach (weak duality), and the
bound, the objective and the gap between them are worked out anew from grants and prices alone. The plan holds if it states
just these numbers, is feasible, and its gap is at most

    10⁻⁶ + what one millionth of a task on every flavor is worth to its claims,

the part that whole micro-tasks can lose. The arithmetic is that of `apportion.checker`, which a stranger can run without this
package; docs/explanation/certificates.md has the mathematics of each program. What the certificate states itself (references,
budgets) is taken as it is: whether they are the policy's own is asked by `leximin_levels` and `market_clearing`.

Exact. Cost: O(M·F·(F + R)), for each level of leximin.
Source: weak duality; for the logarithm, log(1 + y) ≤ y − y²/2 + y³/3, so that no logarithm decides.
"""

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._certificates import judged, unclaimed


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute what the plan's certificate claims; the figure is the gap that it states."""
    return unclaimed("optimal", situation, plan) or judged("optimal", situation, plan)
