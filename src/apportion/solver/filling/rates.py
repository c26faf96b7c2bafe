"""How fast does each claim rise?

Rates are micro-tasks a unit of level, (M, F), for `fill`. Both rules split what a member gets among its claims in
proportion to what they ask for, so that cutting a claim in two changes nothing.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation


def shares(situation: Situation) -> Floats:
    """Part of flavor f's scarcest-for-it resource that one task of claim i uses: (M, F); 0 where it cannot be granted.

    share[i,f] = max_r bundle[i,r] / capacity[f,r]
    """
    share = np.zeros((len(situation.claims), len(situation.flavors)))
    with np.errstate(divide="ignore", invalid="ignore"):
        for f, capacity in enumerate(situation.capacity):
            part = situation.claims.bundle / capacity
            share[:, f] = np.where(situation.claims.bundle > 0, part, 0.0).max(axis=1, initial=0.0)
    return np.where(situation.possible, share, 0.0)


def by_share(situation: Situation, weight: Floats) -> tuple[Floats, Ints]:
    """Member m's share of each flavor rises at speed `weight[m]`, members without weight after all others by what they ask.

    x[i,f] = t · weight_m · tasks_i / Σ_{k∈m} tasks_k · share[k,f]

    With one flavor a member's dominant share is t · weight_m, divided among its claims by d_i = tasks_i · share_i.

    Returns
    -------
    rates (M, F) and phases (M,).
    """
    claims, share = situation.claims, shares(situation)
    wish = claims.tasks_micro[:, None] * share
    total = np.zeros((len(situation.members), share.shape[1]))
    np.add.at(total, claims.member, wish)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(wish > 0, claims.tasks_micro[:, None] / total[claims.member], 0.0)
    rate = weight[claims.member][:, None] * part * MICRO
    later = weight[claims.member] <= 0
    if not later.any():
        return rate, later.astype(np.int64)
    return np.where(later[:, None], by_demand(situation), rate), later.astype(np.int64)


def by_demand(situation: Situation) -> Floats:
    """Every claim rises by the same fraction of what it asks for: (M, F), tasks_i in all a unit of level.

    On several flavors the claim's rate is divided by how many of its tasks each flavor could hold, 1 / share[i,f].
    """
    share = shares(situation)
    hold = np.zeros_like(share)
    np.divide(1.0, share, out=hold, where=share > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(hold > 0, hold / hold.sum(axis=1, keepdims=True), 0.0)
    return np.asarray(situation.claims.tasks_micro[:, None] * part)


def wishes(situation: Situation) -> Floats:
    """What each member asks for, as one number: (N,), Σ_{i∈m} tasks_i · μ_i over its claims that can be granted.

    μ_i is the dominant share of a task in the whole pool; with one resource and one flavor, what it asks of it as a part.
    """
    claims = situation.claims
    with np.errstate(invalid="ignore"):
        wish = np.where(situation.possible.any(axis=1), claims.tasks_micro * situation.dominant, 0.0)
    return np.asarray(np.bincount(claims.member, wish, len(situation.members)) / MICRO)


def by_wish(situation: Situation, weight: Floats) -> Floats:
    """Member m's dominant share in the whole pool rises at speed `weight[m]`: (M, F), to be filled steadily.

    All its claims rise by the same fraction of what they ask for; on several flavors as in `by_demand`.
    """
    total = wishes(situation)
    speed = np.divide(weight, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(by_demand(situation) * speed[situation.claims.member][:, None])
