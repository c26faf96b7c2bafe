"""Which members have a colour of their own, the same in every picture over time?"""

from typing import Any

NAMED = 6  # more colours than that are not told apart
OTHERS = "rest"


def named(timeline: dict[str, Any]) -> list[int]:
    """Return the positions of the members who held and waited for most, the first in the table first of equals.

    One more than `NAMED` gets a colour too if it would be the only other.
    """
    parts = [timeline["used"], timeline.get("queued", [])]
    total = [sum(row[m] for part in parts for row in part) for m in range(len(timeline["members"]))]
    order = sorted(range(len(total)), key=lambda m: (-total[m], m))
    return order if len(order) == NAMED + 1 else order[:NAMED]


def style(chosen: list[int], member: int) -> str:
    """Name the colour of a member."""
    return f"f{chosen.index(member)}" if member in chosen else OTHERS
