"""How do members come to hold the compute that a rule means for them?

By progressive filling towards a target. At level t member m holds the part t · φ_m of resource r on every flavor,

    x[i,f] = t · φ_m · y_i / Σ_{k∈m} y_k · bundle[k,r] / capacity[f,r],    y_i = max(least_i, τ_m · tasks_i),

with τ_m such that Σ_{i∈m} bundle[i,r] · y_i is the part of its whole demand that is meant for the member: each claim the same
fraction of what it asks, but for those with a minimum above it. On one flavor every claim reaches y_i at level 1, if no
other resource is used up before. What a member cannot use flows on to all that rise, beyond level 1, in proportion to φ.

Claims of members with φ = 0 and claims that need nothing of r come after, by the fraction of what they ask; those of
members without standing last.
"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.situation import Situation
from apportion.solver.filling.rates import by_demand

HALVINGS = 60


def towards(situation: Situation, resource: int, fraction: Floats, part: Floats) -> tuple[Floats, Ints]:
    """Find the rates that lead to a target.

    Parameters
    ----------
    resource : position of r
    fraction : (N,) φ_m, what each member is to hold as a part of what there is
    part : (N,) the same as a part of what the member asks for, 0 to 1

    Returns
    -------
    rates (M, F) in micro-tasks a unit of level, and phases (M,), for `fill`.
    """
    claims = situation.claims
    able = situation.possible & np.asarray(claims.bundle[:, resource] > 0)[:, None]
    tasks = within_members(situation, resource, able, part)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(able, claims.bundle[:, resource, None] / situation.capacity[:, resource], 0.0)
        total = np.zeros((len(situation.members), share.shape[1]))
        np.add.at(total, claims.member, tasks[:, None] * share)
        each = np.where(able & np.asarray(tasks > 0)[:, None], tasks[:, None] / total[claims.member], 0.0)
    rate = fraction[claims.member][:, None] * each
    later = ~np.asarray(rate.any(axis=1))
    last = later & (situation.standing.weight[claims.member] == 0)
    return np.where(later[:, None], by_demand(situation), rate), later.astype(np.int64) + last


def within_members(situation: Situation, resource: int, able: Bools, part: Floats) -> Floats:
    """Find y_i, the tasks each claim is to hold, from the part of its demand that its member is to hold: (M,) micro-tasks."""
    claims, many = situation.claims, len(situation.members)
    uses = able.any(axis=1)
    most, least = (
        np.where(uses, tasks, 0).astype(np.float64) for tasks in (claims.tasks_micro, claims.min_tasks_micro)
    )
    if not least.any():
        return np.asarray(part[claims.member] * most)
    need = claims.bundle[:, resource].astype(np.float64)
    goal = part * np.bincount(claims.member, need * most, many)
    low, high = np.zeros(many), np.ones(many)
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        over = np.bincount(claims.member, need * np.maximum(least, middle[claims.member] * most), many) >= goal
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return np.maximum(least, high[claims.member] * most)
