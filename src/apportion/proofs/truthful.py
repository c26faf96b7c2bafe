"""Would no member gain by stating what is not true of a claim?

Claim after claim, in tie order, states more or fewer tasks, a larger or smaller bundle, higher or lower speeds, a speed where
it cannot run or none where it can (`apportion.proofs._misreports`); the rule divides; and what the member is then granted is
measured by what its claims truly need, run, and can use. Refuted by a member whose claims then get more; what more means, and
what is put down to rounding, is said in `apportion.proofs._search`. No search can show that no lie pays: not shown.

Where it is a theorem that none does, the policy's page says so: for dominant resource fairness of divisible tasks on one
flavor, Ghodsi et al., *Dominant Resource Fairness*, NSDI 2011, section 6.

Cost: up to 1,000 divisions, fewer in large situations.
Source: Roughgarden, *Twenty Lectures on Algorithmic Game Theory*, 2016, for the notion.
"""

from collections.abc import Callable, Iterator

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.proofs._misreports import Liar
from apportion.proofs._search import Asked, Outcome, in_tie_order, outcome, search

MEANING = "nobody gets more by stating other tasks, bundles or speeds than are true"


def probe(situation: Situation, plan: Plan, divide: Callable[[Situation], Plan]) -> Verdict:
    """Look for a misreport that pays."""
    asked = Asked(situation, plan, divide)
    return search("truthful", MEANING, asked, attempts(asked))


def attempts(asked: Asked) -> Iterator[Outcome]:
    """Let every claim that asks for something lie in turn, without end; deterministic by the situation's seed."""
    situation, claims = asked.situation, asked.situation.claims
    asking = (claims.tasks_micro > 0) & situation.runs_on.any(axis=1)
    chance = np.random.default_rng(list(situation.seed))
    liars = [Liar(situation, i, chance) for i in in_tie_order(situation.order, asking)]
    while liars:
        for liar in liars:
            found = outcome(asked, liar.lie(), 1)
            liar.learn(max((one.relative for one in found or ()), default=0.0))
            yield found
