"""Does one property hold for one plan?"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """The three answers a checker may give."""

    HOLDS = "holds"
    REFUTED = "refuted"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True)
class Verdict:
    """One property of one plan.

    Parameters
    ----------
    proof : name of the property
    status : holds, refuted (with a witness), or not shown
    exact : whether integer or rational arithmetic decided it, without any tolerance
    figure : how strongly it holds or fails, in the words of `meaning`; None if there is no number
    meaning : one sentence that says what the figure and the verdict mean
    witness : for a refutation, the members, claims and amounts that show it
    """

    proof: str
    status: Status
    exact: bool
    figure: float | None = None
    meaning: str = ""
    witness: dict[str, Any] = field(default_factory=dict)
