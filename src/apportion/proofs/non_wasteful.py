"""Is nothing left over that somebody could still use?

No claim below its cap fits one more micro-task: for every claim i with Σ_f x[i,f] < tasks_i and every flavor f where it
runs, some resource has left over less than bundle[i,r] millionths. Exact in integers. Cost: O(M·F·R).
"""

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import fits_one_more, gain, misshapen

MEANING = "nobody below its cap can use what is left over; the figure is the most tasks that one claim could still take"


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that nothing is wasted; the figure is the most tasks that one claim could still take."""
    wrong = misshapen("non_wasteful", situation, plan)
    if wrong:
        return wrong
    pairs = np.argwhere(fits_one_more(situation, plan))
    if not len(pairs):
        return Verdict("non_wasteful", Status.HOLDS, True, 0.0, MEANING)
    most, witness = gain(situation, plan, pairs)
    return Verdict("non_wasteful", Status.REFUTED, True, most / 1e6, MEANING, witness)
