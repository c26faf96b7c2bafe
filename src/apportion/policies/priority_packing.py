"""Whole tasks, chosen so that the sum of their priorities is as large as possible; what is left goes to parts of tasks.

    max Σ_i priority_i · Σ_f n[i,f]    with    n whole,    Σ_f n[i,f] ≤ tasks_i,    Σ_i bundle[i,r] · n[i,f] ≤ capacity[f,r]

1. Minima are placed.
2. In what they leave, whole tasks are chosen by branch and bound. A member's claims with the same bundle, flavors and
   priority are one line of tasks: the line gets whole ones, and its claims their parts of it in proportion to what they
   ask, as an average over the window. So cutting a claim in two changes nothing. Lines of different members with the same
   bundle, flavors and priority get whole tasks in proportion to what they ask.
3. What is still free goes to parts of tasks, larger priority first, within one priority by the same fraction of what is
   asked, as `demand_priority` does; so nothing that anybody can use is left over.

Members without standing (W = 0) take part in step 3 only, after all others, and so do claims whose priority is not positive.
The objective is the sum of priorities over all that is granted; the bound is that of the linear program, in which every
task can be divided, from the plan's prices; the gap between them is what whole tasks cost at most. So the proof `optimal`,
which asks about divided tasks, is not promised and fails where whole ones cost anything.

Ties: between lines of one kind by SHA-256(seed ‖ member); between kinds as the search finds them, which neither names nor
the order of rows can change. Cost: a search that ends after a fixed number of nodes; beyond 2,000 pairs of kind and flavor
the linear program's vertex is floored instead, which loses at most one task for each resource of each flavor, and takes
about a minute for 100,000 kinds of tasks (`apportion.solver.integers.packing`).
Source: multi-dimensional multiple-choice knapsack, Kellerer, Pferschy and Pisinger, *Knapsack Problems*, 2004.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_demand
from apportion.solver.integers.kinds import kinds, left_micro, whole_claims, whole_lines
from apportion.solver.integers.minima import place_minima
from apportion.solver.integers.packing import pack, relax
from apportion.solver.plans.certified import certified, whole_prices
from apportion.solver.plans.filled import filled_plan, without_waste

GUARDS: frozenset[str] = frozenset()
CERTIFICATE = Certificate("linear", gain="runs", weighing="priority")


def divide(situation: Situation) -> Plan:
    """Choose whole tasks by priority, then fill up.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    claims = situation.claims
    without = np.asarray(situation.standing.weight == 0)[claims.member]
    keys = np.column_stack([without, -claims.priority])
    _, phase = np.unique(keys, axis=0, return_inverse=True)
    base = place_minima(situation)
    granted = base + _packed(situation, base)
    plan = filled_plan(situation, "priority_packing", by_demand(situation), phase.ravel(), steady=True, granted=granted)
    prices, denominator = whole_prices(_price(situation, base)[None])
    priced = replace(plan, prices=prices, price_denominator=denominator, certificate=CERTIFICATE)
    return priced if situation.passing else certified(situation, priced)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)


def _packed(situation: Situation, base: Ints) -> Ints:
    """Whole tasks beyond the minima: (M, F) micro-tasks."""
    standing = np.asarray(situation.standing.weight > 0)[situation.claims.member]
    of = kinds(situation, _worth(situation) * standing[:, None], base)
    room = (left_micro(situation, base) // MICRO).astype(np.int64)
    found = pack(of.worth, of.bundle, of.whole, room)
    return whole_claims(of, whole_lines(of, found.tasks), situation.order)


def _price(situation: Situation, base: Ints) -> Floats:
    """Prices at which no division of all claims' tasks is worth more: (F, R) for a thousandth."""
    of = kinds(situation, _worth(situation), base)
    room = (left_micro(situation, base) / MICRO).astype(np.float64)
    return relax(of.worth, of.bundle, of.tasks, room).price


def _worth(situation: Situation) -> Floats:
    """Priority of one task where it can be granted and uses something up: (M, F)."""
    useful = situation.possible & (situation.claims.bundle > 0).any(axis=1, keepdims=True)
    return np.where(useful, np.maximum(situation.claims.priority, 0)[:, None], 0).astype(np.float64)
