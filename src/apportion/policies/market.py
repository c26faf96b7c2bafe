"""Everybody has a budget, and prices make what all want to buy as much as there is: competitive equilibrium.

    max Σ_i w_i log z_i,    w_i = B_m · d_i / Σ_{k∈m} d_k,    d_i = tasks_i · μ_i

with B_m member m's budget, divided among its claims by what they ask, z_i = Σ_f speed[i,f] · x[i,f] and μ_i the dominant
share of one task. The dual prices of this program are the prices of a Fisher market: at them each claim buys its
rate where that is cheapest, what is not used up costs nothing, and whoever is not held back by its own cap spends its whole
budget. Where caps bind, less is spent and it is an optimum with supporting prices, not an equilibrium; `market_clearing`
tells which.

`budgets`: ``standing``, each member's weight W by the charter (default); ``equal``; or a list, ``"univ-a=3, univ-b=1"``,
whole numbers, 0 for who is not named. Who has no budget gets what the others leave, each claim by the same fraction of
what it asks.

Ties: in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: as `nash`.
Sources: Eisenberg and Gale, *Consensus of subjective probabilities*, Annals of Mathematical Statistics 1959; Varian, *Equity,
envy, and efficiency*, Journal of Economic Theory 1974, for equal budgets.
"""

import re
from functools import partial

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.errors import BadInput, Fault, nearest
from apportion.solver.plans.guarded import BY_CEILING
from apportion.solver.plans.programmed import certain, programmed_plan
from apportion.solver.prices.concave import concave

GUARDS: frozenset[str] = BY_CEILING
WHERE = "charter.toml, policy.budgets"
LARGEST = 10**9


def divide(situation: Situation, budgets: str = "standing") -> Plan:
    """Divide as a market would.

    Raises
    ------
    BadInput
        if budgets name an unknown member or are no whole numbers, or the claims' least tasks do not fit.
    """
    budget = _budgets(situation, budgets)
    certificate = Certificate("nash", weighing="budget", budget=budget)
    weight = _weight(situation, budget)
    return programmed_plan(situation, "market", weight, certificate, partial(concave, alpha=1.0), budgets=budgets)


def promises(situation: Situation, budgets: str = "standing") -> tuple[str, ...]:  # noqa: ARG001  # the same for all
    """Name what holds: always feasible, non-wasteful and optimal, and on one flavor Pareto.

    Envy-freeness follows from equal budgets only where no cap binds, so it is reported and not promised.
    """
    pareto = ("pareto",) if len(situation.flavors) <= 1 else ()
    return (*certain(situation), *pareto)


def _weight(situation: Situation, budget: Ints) -> Floats:
    """Each member's budget, divided among its claims as standing is."""
    claims = situation.claims
    with np.errstate(divide="ignore", invalid="ignore"):
        wish = np.where(situation.possible.any(axis=1), claims.tasks_micro * situation.dominant, 0.0)
        total = np.bincount(claims.member, weights=wish, minlength=len(situation.members))
        part = np.where(wish > 0, wish / total[claims.member], 0.0)
    return np.asarray(part * (budget / max(int(budget.sum()), 1))[claims.member])


def _budgets(situation: Situation, text: str) -> Ints:
    names = [str(name) for name in situation.members.id]
    if text == "standing":
        return situation.standing.weight
    if text == "equal":
        return np.ones(len(names), dtype=np.int64)
    result, faults = np.zeros(len(names), dtype=np.int64), []
    for part in filter(None, re.split(r"[,;]\s*", text.strip())):
        name, _, number = part.rpartition("=")
        if name not in names:
            mend = nearest(name, names[:20]) if name else 'write budgets = "standing", "equal" or "member=2, other=1"'
            faults.append(Fault(f'budget for "{name or part}", who is not a member', WHERE, mend))
        elif not number.strip().isascii() or not number.strip().isdigit() or int(number) > LARGEST:
            faults.append(Fault(f'budget "{number}" of {name}', WHERE, f"give a whole number up to {LARGEST}"))
        else:
            result[names.index(name)] = int(number)
    if faults:
        raise BadInput(faults)
    return result
