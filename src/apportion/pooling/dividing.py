"""How is what pooling is worth divided by name, and who would leave?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.alliances import core, shapley
from apportion.alliances.core import Blocking
from apportion.alliances.least_core import least_core
from apportion.alliances.nucleolus import nucleolus
from apportion.domain.arrays import Floats
from apportion.errors import BadInput, nearest

SAME = 1e-7  # of the largest credit: gains closer than that are equal, as the programs know no better
CREDITS = ("owen", "shapley", "least_core", "nucleolus")
MEANING = {
    "owen": "prices of the pool: nobody does better by leaving",
    "shapley": "what each adds, on average over orders of joining",
    "least_core": "the least tax on leaving that keeps all",
    "nucleolus": "the least satisfied coalition as satisfied as can be",
    "plan": "what each gets under the plan",
}


@dataclass(frozen=True, eq=False)
class Division:
    """What each member is given: (N,), and (N,) how far from exact that may be, or None."""

    name: str
    credit: Floats
    doubt: Floats | None = None
    epsilon: float | None = None


def check_name(credit: str) -> None:
    """Refuse a division that there is none of."""
    if credit not in CREDITS:
        raise BadInput(f'no division is called "{credit}"', "--credit", nearest(credit, CREDITS))


def divided(credit: str, v: Floats) -> Division:
    """Divide a game whose worths are all known (2^N,)."""
    if credit == "shapley":
        return Division(credit, shapley.exact(v))
    if credit == "nucleolus":
        return Division(credit, nucleolus(v))
    found = least_core(v)
    return Division("least_core", found.division, epsilon=found.epsilon)


def estimated(worth: shapley.Worth, many: int, draws: int, seed: bytes) -> tuple[Division, shapley.Estimate]:
    """Estimate Shapley's division where there are too many coalitions to look at each."""
    found = shapley.sampled(worth, many, draws, int.from_bytes(seed[:8], "big"))
    return Division("shapley", found.value, found.bound), found


def blocks(v: Floats, division: Floats) -> dict[str, Any]:
    """Tell who would leave, with all worths known."""
    return left(core.blocking(v, division), shown=True)


def left(found: Blocking | None, *, shown: bool) -> dict[str, Any]:
    """Say who would leave, as positions of members."""
    if found is None:
        return {"status": "nobody" if shown else "not_shown", "members": [], "gain": 0.0, "part": 0.0}
    return {
        "status": "leaves",
        "members": found.members.tolist(),
        "worth": found.worth,
        "given": found.given,
        "gain": found.gain,
        "part": found.part if np.isfinite(found.part) else None,
    }


def rows(
    names: Sequence[str], alone: Floats, division: Division, extra: Callable[[int], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row a member; rank 1 gains most, and equal gains have equal ranks."""
    gain = division.credit - alone
    ahead = SAME * float(np.abs([division.credit, alone]).max(initial=0.0))
    gain = np.where(np.abs(gain) <= ahead, 0.0, gain)
    rank = 1 + (gain[None, :] > gain[:, None] + ahead).sum(axis=1)
    return [
        {
            "member": name,
            "alone": float(alone[m]),
            "credit": float(division.credit[m]),
            "gain": float(gain[m]),
            "rank": int(rank[m]),
            **({} if division.doubt is None else {"within": float(division.doubt[m])}),
            **extra(m),
        }
        for m, name in enumerate(names)
    ]


def named(leaving: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Replace positions of members by their names."""
    return leaving | {"members": [str(names[m]) for m in leaving["members"]]}
