"""How is a guardrail held? By the highest ceiling on what any one member may hold under which it is.

    share_m = g_m / Σ_k g_k,    g_m = max_r (what m holds of r) / capacity[r]
    largest_share: max_m share_m ≤ s,    hhi: 10⁴ · Σ_m share_m² ≤ h

Under a ceiling G every member's asked tasks are lowered in one proportion until their dominant shares sum to at most
G, and the
policy divides as ever. The lower the ceiling the more alike the shares, so the highest that holds is found by bisection, to a
thousandth. What the ceiling leaves unused stays unused: a guardrail limits, it does not give.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan, Shares
from apportion.domain.situation import Situation
from apportion.errors import Refused
from apportion.solver.plans.certified import certified

BY_CEILING = frozenset({"largest_share", "hhi"})  # what any policy of claims with caps can hold
BILLION = 10**9
NEAR = 1.001  # how closely the ceiling is sought


def guarded(situation: Situation, divide: Callable[[Situation], Plan]) -> Plan:
    """Divide so that the situation's guardrails hold; a plan that keeps them anyway is the policy's own.

    Raises
    ------
    Refused
        if no ceiling holds them; it names the members between whom all is divided.
    """
    plan = divide(situation)
    if _kept(situation, plan):
        return plan
    _refuse_too_few(situation)
    low, high = 0, BILLION
    while high > low * NEAR + 1:
        middle = min(max(int((low * high) ** 0.5), low + 1), high - 1) if low else high // 16
        if middle and _kept(situation, divide(_lowered(situation, middle))):
            low = middle
        else:
            high = middle
        if not high:
            raise Refused(
                f"no plan keeps {_limits(situation)}: least tasks alone are more",
                "charter.toml, guardrails; claims.csv, column min_tasks",
                f"lower min_tasks of {_largest_minimum(situation)}, or loosen the guardrail",
            )
    return _told(situation, divide(_lowered(situation, low)), low)


def _kept(situation: Situation, plan: Plan) -> bool:
    held = Shares(situation, plan).dominant
    share = held / max(float(held.sum()), 1e-300)
    found = {"largest_share": share.max(initial=0.0), "hhi": 1e4 * float((share**2).sum())}
    return all(found[name] <= limit for name, limit in situation.guardrails.items())


def _asked(situation: Situation) -> Floats:
    """Sum of dominant shares that each member asks for: (N,)."""
    claims = situation.claims
    wish = np.where(situation.possible.any(axis=1), claims.tasks_micro * situation.dominant / 1e6, 0.0)
    return np.asarray(np.bincount(claims.member, wish, len(situation.members)))


def _lowered(situation: Situation, ceiling: int) -> Situation:
    """The same situation where nobody asks for more than the ceiling, in parts per billion of the pool; has no digest."""
    claims = situation.claims
    part = np.minimum(1.0, ceiling / BILLION / np.maximum(_asked(situation), 1e-300))[claims.member]
    tasks: Ints = np.maximum(np.floor(claims.tasks_micro * part).astype(np.int64), claims.min_tasks_micro)
    return replace(situation, claims=replace(claims, tasks_micro=tasks), guardrails={}, passing=True)


def _refuse_too_few(situation: Situation) -> None:
    """Refuse where even equal shares are too large: the fewer ask, the larger the largest share must be."""
    asking = [str(situation.members.id[m]) for m in np.flatnonzero(_asked(situation) > 0)]
    least = {"largest_share": 1.0 / max(len(asking), 1), "hhi": 1e4 / max(len(asking), 1)}
    broken = [name for name, limit in situation.guardrails.items() if least[name] > limit * (1.0 + 1e-12)]
    if broken:
        more = f" and {len(asking) - 5} more" if len(asking) > 5 else ""
        raise Refused(
            f"only {', '.join(asking[:5])}{more} ask for anything, and shared equally that is already "
            f"{', '.join(f'{name} {least[name]:.4g}' for name in broken)}",
            "charter.toml, guardrails",
            f"loosen {', '.join(broken)}, or wait until more members ask",
        )


def _limits(situation: Situation) -> str:
    return ", ".join(f"{name} {limit:g}" for name, limit in situation.guardrails.items())


def _largest_minimum(situation: Situation) -> str:
    claims = situation.claims
    least = np.bincount(claims.member, claims.min_tasks_micro * situation.dominant, len(situation.members))
    return str(situation.members.id[int(np.argmax(least))])


def _told(situation: Situation, plan: Plan, ceiling: int) -> Plan:
    """Let the plan answer the situation as it is, and say what was lowered."""
    note = f"nobody holds more than {ceiling / BILLION:.4g} of the pool, to keep {_limits(situation)}"
    plan = replace(plan, situation=situation.digest, notes=(*plan.notes, note))
    if plan.certificate is None or situation.passing:
        return plan
    return certified(situation, replace(plan, certificate=replace(plan.certificate, ceiling=ceiling)))
