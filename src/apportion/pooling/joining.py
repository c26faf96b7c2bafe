"""What do alliances do to the concentration of what is owned, and how much does each vote decide?"""

from dataclasses import replace
from itertools import combinations
from typing import Any

from apportion.alliances.voting import countable, majority, power
from apportion.concentration.mergers import Merger, joining, merger
from apportion.domain.arrays import Floats
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.measures._stages import scarcest, stages

PAIRED = 60  # members, in 1,770 pairs
PARTS = 10_000  # of a pool, where votes are too long to be counted as they are


def concentration(pool: Pool) -> dict[str, Any] | None:
    """HHI of the scarcest resource owned, as pairs ally, and as one after another joins the largest; None without owners."""
    history = History(pool)
    owned = stages(history)["owned"]
    if owned is None:
        return None
    order, steps = joining(owned)
    largest_first, names = order.tolist(), pool.members.id
    pairs = list(combinations(sorted(largest_first), 2)) if len(largest_first) <= PAIRED else []
    told = [_told(merger(owned, pair)) | {"members": [str(names[m]) for m in pair]} for pair in pairs]
    return {
        "resource": pool.resources[scarcest(history)],
        "hhi": steps[0].before,
        "joined": [
            _told(replace(one, before=steps[0].before)) | {"member": str(names[m]), "step": one.change}
            for m, one in zip(largest_first, steps, strict=True)
        ],
        "pairs": sorted(told, key=lambda row: -row["change"]),
    }


def merged(pool: Pool, members: list[int]) -> dict[str, Any] | None:
    """HHI of the scarcest resource as owned if some members acted as one; None without owners."""
    owned: Floats | None = stages(History(pool))["owned"]
    return None if owned is None else _told(merger(owned, members))


def _told(found: Merger) -> dict[str, Any]:
    return {
        "share": found.share,
        "before": found.before,
        "after": found.after,
        "change": found.change,
        "presumed_harm": found.presumed,
    }


def votes(pool: Pool, quota: str | None) -> dict[str, Any]:
    """Tell how much each vote decides if members vote by their standing.

    Parameters
    ----------
    quota : votes that pass a proposal, as a part (``2/3``, ``0.6``) or a whole number; by default more than half

    Raises
    ------
    BadInput
        if nobody has standing, or for a quota that is none.
    """
    weight = [int(w) for w in pool.standing.weight]
    if not any(weight):
        raise BadInput("nobody has standing, so nobody has a vote", "--voting", "let the charter's rule weigh members")
    rounded = not countable(weight, _quota(quota, weight))
    if rounded:
        weight = [round(w * PARTS / sum(weight)) for w in weight]
    vote = power(weight, _quota(quota, weight))
    shown = zip(pool.members.id, weight, vote.shapley_shubik, vote.banzhaf, vote.veto, vote.powerless, strict=True)
    return {
        "quota": vote.quota,
        "votes": sum(weight),
        "rounded": rounded,
        "members": [
            {
                "member": str(name),
                "votes": one,
                "share": one / sum(weight),
                "shapley_shubik": float(first),
                "banzhaf": float(second),
                "veto": veto,
                "powerless": powerless,
            }
            for name, one, first, second, veto, powerless in shown
        ],
    }


def _quota(text: str | None, weight: list[int]) -> int:
    """Read a quota.

    >>> _quota("2/3", [3, 2, 1]), _quota("4", [3, 2, 1]), _quota(None, [3, 2, 1])
    (4, 4, 4)
    """
    from fractions import Fraction

    if text is None:
        return majority(weight)
    try:
        asked = Fraction(text)
    except (ValueError, ZeroDivisionError):
        asked = Fraction(0)
    least = -(-asked * sum(weight) // 1) if asked < 1 else asked
    if not 1 <= least <= sum(weight) or least.denominator != 1:
        mend = f"write a part below 1 such as 2/3, or a whole number of votes from 1 to {sum(weight)}"
        raise BadInput(f'"{text}" of {sum(weight)} votes is no quota', "--quota", mend)
    return int(least)
