"""What did a measure find?"""

from dataclasses import dataclass, field
from enum import StrEnum


class Better(StrEnum):
    """Which way is better."""

    LOW = "low"
    HIGH = "high"
    NEITHER = "neither"


@dataclass(frozen=True)
class Figure:
    """One number with its meaning, and the rows behind it.

    Parameters
    ----------
    name : of the measure
    value : None where it cannot be said
    unit : such as ``s``, ``share of 1``, ``points of 10,000``
    better : which way is better
    definition : one sentence; it stands beside the number wherever that is shown
    rows : finer values by name (a member, a stage), in a fixed order
    """

    name: str
    value: float | None
    unit: str
    better: Better
    definition: str
    rows: dict[str, float | None] = field(default_factory=dict)
