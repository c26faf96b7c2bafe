"""Larger priority first; within one priority all claims rise by the same fraction of what they ask for.

    x_i = tasks_i · t as the level t of a class grows from 0 to 1 (progressive filling, `apportion.solver.filling.fill`)

Classes are filled one after the other, the largest `priority` first, each from what the earlier ones left. Members without
standing (W = 0) come after all others whatever the priority of their claims, since nobody else gave them a part of the
pool; among them, again by priority. On several flavors a claim rises on all of them in proportion to how many of its tasks
each could hold, and rises faster on the others when one is used up, so its fraction stays that of its class.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)) over all classes.
Source: strict priority with proportional sharing inside a class, as Slurm and Kubernetes order pending work by priority.
"""

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_demand
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation) -> Plan:
    """Divide by demand, class of priority after class.

    Raises
    ------
    BadInput
        if the claims' least tasks do not fit.
    """
    claims = situation.claims
    without = situation.standing.weight[claims.member] == 0
    keys = np.column_stack([without, -claims.priority])
    _, phase = np.unique(keys, axis=0, return_inverse=True)
    return filled_plan(situation, "demand_priority", by_demand(situation), phase.ravel(), steady=True)


def promises(situation: Situation) -> tuple[str, ...]:
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)
