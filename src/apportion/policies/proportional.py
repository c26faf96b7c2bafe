"""Every member's dominant share rises in proportion to one number: standing, size, contribution, weight, past use or demand.

    x[i,f] = t · ω_m · tasks_i / Σ_{k∈m(i)} tasks_k · share[k,f],    share[k,f] = max_r bundle[k,r] / capacity[f,r]

as one level t grows (progressive filling, `apportion.solver.filling.fill`), with ω_m by the parameter `to`:

- ``entitlement``: W_m, what the charter's rule gives (default);
- ``size``, ``contribution``, ``weight``: as the entitlement rule of that name would, from members.csv and nodes.csv;
- ``usage``: what the member used before, max_r used[m,r] / Σ_f capacity[f,r];
- ``demand``: what it asks for now, Σ_{i∈m} tasks_i · max_r bundle[i,r] / Σ_f capacity[f,r].

Members with ω = 0 are served after all others are saturated, each claim by the same fraction of what it asks. Inside a
member likewise, so cutting a claim in two changes nothing. What a claim cannot use flows on.

Ties: only in rounding to whole micro-tasks, by SHA-256(seed ‖ id). Cost: O(F·R·M·(log M + F·R)).
Source: weighted progressive filling, Bertsekas and Gallager, *Data Networks*, 2nd ed., 1992.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.charter import Entitlements
from apportion.domain.entitlement import standing
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.tables import NOBODY
from apportion.errors import BadInput, nearest
from apportion.solver.filling.rates import by_share
from apportion.solver.plans.filled import filled_plan, without_waste
from apportion.solver.plans.guarded import BY_CEILING

GUARDS: frozenset[str] = BY_CEILING


def divide(situation: Situation, to: str = "entitlement") -> Plan:
    """Divide in proportion to `to`.

    Raises
    ------
    BadInput
        if `to` is unknown, the column it names is empty for some member, or the claims' least tasks do not fit.
    """
    if to not in WEIGHTS:
        raise BadInput(f'proportional to "{to}" is not known', "charter.toml, policy.to", nearest(to, list(WEIGHTS)))
    rate, phase = by_share(situation, WEIGHTS[to](situation))
    return filled_plan(situation, "proportional", rate, phase, to=to)


def promises(situation: Situation, to: str = "entitlement") -> tuple[str, ...]:  # noqa: ARG001  # the same for every `to`
    """Name what holds: what does for every plan without waste."""
    return without_waste(situation)


def _by_rule(rule: str, situation: Situation) -> Floats:
    owned = _owned(situation)
    members, nodes, capacity = situation.members, situation.nodes, situation.capacity
    return standing(Entitlements(rule), members, nodes, owned, capacity, situation.seed).share


def _owned(situation: Situation) -> Ints:
    nodes = situation.nodes
    owned = np.zeros((len(situation.members), *situation.capacity.shape), dtype=np.int64)
    has = nodes.owner != NOBODY
    np.add.at(owned, (nodes.owner[has], nodes.flavor[has]), nodes.amount[has])
    return owned


def _usage(situation: Situation) -> Floats:
    total = np.maximum(situation.capacity.sum(axis=0), 1)
    return np.asarray((situation.used / total).max(axis=1, initial=0.0))


def _demand(situation: Situation) -> Floats:
    claims = situation.claims
    with np.errstate(invalid="ignore"):
        wish = np.where(situation.possible.any(axis=1), claims.tasks_micro * situation.dominant, 0.0)
    return np.asarray(np.bincount(claims.member, wish, len(situation.members)))


WEIGHTS: dict[str, Callable[[Situation], Floats]] = {
    "entitlement": lambda situation: situation.standing.share,
    "size": partial(_by_rule, "size"),
    "contribution": partial(_by_rule, "contribution"),
    "weight": partial(_by_rule, "weight"),
    "usage": _usage,
    "demand": _demand,
}
