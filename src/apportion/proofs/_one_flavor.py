"""What would a budget serve to a member's claims on one flavor, compared with what they have?

There a claim's rate is its speed times its tasks, so a budget serves λ times all rates of member m exactly if it holds λ
times what m uses of every resource and no claim's cap is exceeded. Comparisons with λ = 1 are made in integers.
"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.proofs._amounts import by_member, left_over


def counted(situation: Situation, plan: Plan) -> Ints:
    """Micro-tasks of the claims that count: (M,); a claim that uses nothing needs nobody's resources, and has 0 here."""
    return np.asarray(np.where(situation.claims.bundle.any(axis=1), plan.tasks_micro.sum(axis=1), 0))


def members_with(situation: Situation, claims: Bools) -> Bools:
    """Tell which members have a claim among (M,) marked ones: (N,)."""
    return np.asarray(np.bincount(situation.claims.member[claims], minlength=len(situation.members)) > 0)


def at_cap(situation: Situation, tasks: Ints) -> Bools:
    """Tell which members have a claim that is granted all it asked for, so that no λ > 1 can be had: (N,)."""
    return members_with(situation, (tasks > 0) & (tasks >= situation.claims.tasks_micro))


def cap_factor(situation: Situation, tasks: Ints) -> Floats:
    """How many times its tasks each member's claims can use, at most: (N,), ∞ for a member without grants."""
    claims, some = situation.claims, tasks > 0
    factor = np.full(len(situation.members), np.inf)
    np.minimum.at(factor, claims.member[some], claims.tasks_micro[some] / tasks[some])
    return factor


def one_more_each(situation: Situation, tasks: Ints, support: Bools) -> tuple[Ints, Bools]:
    """What each member's claims would use if every one that needs only `support` (R,) had one micro-task more.

    Whether their caps allow it is left to `at_cap`.

    Returns
    -------
    (N, R) use; (N,) whether there is such a claim, one that uses something
    """
    claims = situation.claims
    servable = situation.runs_on.any(axis=1) & (claims.tasks_micro > 0) & ~claims.bundle[:, ~support].any(axis=1)
    use = by_member(situation, np.where(servable, tasks + 1, 0))
    return use, np.asarray((use > 0).any(axis=1), dtype=bool)


def rounding_gain(situation: Situation, plan: Plan) -> Ints:
    """Bound what rounding to whole micro-tasks can have added to each member's use: (N, R).

    Floors leave of each resource r less than Q_r = Σ_i bundle[i,r] millionths, one micro-task of every claim that can be
    granted, and only that is handed out again. A claim that the real plan stopped below its cap needs some resource that
    was used up, of which less than Q_r is left now; so it gained at most max over such r of Q_r / bundle[i,r] micro-tasks.
    """
    claims = situation.claims
    asking = situation.possible.any(axis=1) & (claims.tasks_micro > 0)
    once = claims.bundle[asking].astype(object).sum(axis=0) if asking.any() else np.zeros(claims.bundle.shape[1])
    scarce = np.asarray(left_over(situation, plan).sum(axis=0) < once).astype(bool)
    gained = np.ones(len(claims), dtype=np.int64)
    for r in np.flatnonzero(scarce):
        user = claims.bundle[:, r] > 0
        gained[user] = np.maximum(gained[user], min(int(once[r]), 2**62) // claims.bundle[user, r])
    return by_member(situation, np.minimum(gained, plan.tasks_micro.sum(axis=1)))
