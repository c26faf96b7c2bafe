"""Is every level of a leximin plan as high as it can be, over references that are the members' own plans?

The smallest z_i / n_i is bounded by the prices of the first level, the next by those of the second given that the first
is kept, and so on; `apportion.checker` works out each bound exactly. Where the certificate states the n_i itself, they are
worked out anew: n_i is what claim i gets in its member's own plan on its entitlement E[m] alone, where all claims of the
member rise by the same fraction of what they ask until a resource that they need is used up:

    n_i = tasks_i · λ_i,    λ_i the level at which claim i stops, at most 1

in fractions, on one flavor. The stated parts may differ by one and by a billionth, which is what floats leave. On
several flavors an own plan is an optimum itself, to which there is no exact way: such references are *not shown*.

Exact. Cost: that of `optimal`, and O(R·M).
Source: max-min fairness by levels as in Radunović and Le Boudec, *A Unified Framework for Max-Min and Min-Max Fairness*,
IEEE/ACM Transactions on Networking 15 (5), 2007; references as in `apportion.policies.max_min`.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, fraction
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import by_member, micro
from apportion.proofs._certificates import judged, refuted, unclaimed

NEAR = Fraction(1, 10**9)


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute every level and its references; the figure is the widest gap of a level."""
    none = unclaimed("leximin_levels", situation, plan, "leximin")
    if none:
        return none
    verdict = judged("leximin_levels", situation, plan)
    stated = plan.certificate.stated if plan.certificate else None
    if verdict.status != Status.HOLDS or stated is None:
        return verdict
    if len(situation.flavors) > 1:
        meaning = f"every level is as high as it can be over the references that the plan states; {WHY}"
        return replace(verdict, status=Status.NOT_SHOWN, meaning=meaning)
    return _with_references(situation, plan, stated, verdict)


WHY = "on several flavors a member's own plan is an optimum itself, so that these are taken as they are"


def _with_references(situation: Situation, plan: Plan, stated: Ints, verdict: Verdict) -> Verdict:
    by_speed = plan.certificate is not None and plan.certificate.gain == "speed"
    speed = situation.claims.speed[:, 0].tolist() if by_speed else [1.0] * len(stated)
    uses = np.asarray(situation.claims.bundle.any(axis=1))
    per = (plan.certificate.per if plan.certificate else 0) or MICRO
    for i, (own, v, told) in enumerate(zip(own_plan(situation), speed, stated.tolist(), strict=True)):
        true = own * fraction(v) * per / MICRO
        if uses[i] and abs(told - true) > 1 + true * NEAR:  # who uses nothing needs nobody's entitlement
            what = "a reference is not what the claim would have in its member's own plan"
            claim = str(situation.claims.id[i])
            return refuted("leximin_levels", what, claim=claim, states=told / per, own_plan=float(true / per))
    return replace(verdict, meaning=f"{verdict.meaning}; the references are the members' own plans")


def own_plan(situation: Situation) -> list[Fraction]:
    """What each claim gets in its member's own plan, on one flavor: (M,) millionths of a task."""
    claims = situation.claims
    room: Any = micro(situation.standing.entitlement.sum(axis=1)).astype(object)
    level = [Fraction(0)] * len(room)
    stops = np.array([Fraction(0)] * len(claims), dtype=object)
    uses = claims.bundle > 0
    full: Bools = np.asarray(room <= 0, dtype=bool)
    rising = situation.possible.any(axis=1) & (claims.tasks_micro > 0)
    rising &= ~(full[claims.member] & uses).any(axis=1)
    while rising.any():
        use = by_member(situation, np.where(rising, claims.tasks_micro, 0))
        for m in np.unique(claims.member[rising]).tolist():
            level[m], room[m], full[m] = _risen(level[m], room[m], use[m])
        done = np.array([at >= 1 for at in level])[claims.member] | (full[claims.member] & uses).any(axis=1)
        for i in np.flatnonzero(rising & done):
            stops[i] = level[claims.member[i]]
        rising &= ~done
    return [int(n) * stop for n, stop in zip(claims.tasks_micro, stops, strict=True)]


def _risen(level: Fraction, room: Any, use: Any) -> tuple[Fraction, Any, Any]:
    """Rise until a resource is used up, or to level 1: the new level, what is left, and what is used up."""
    ahead = [Fraction(left) / int(u) if u else Fraction(2) for left, u in zip(room, use, strict=True)]
    step = min([1 - level, *ahead])
    left = [r - step * int(u) for r, u in zip(room, use, strict=True)]
    return level + step, np.array(left, dtype=object), np.array([r <= 0 for r in left])
