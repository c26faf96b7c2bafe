"""What does each member that joins an alliance add to the concentration of what is owned?"""

from collections.abc import Sequence
from typing import Any

from apportion.report.charts.compared import Drawing, alone
from apportion.report.charts.waterfall import Panel, chains

MOST = 24  # steps; beyond, the smallest joiners come as one


def allied(title: str, resource: str, joined: Sequence[dict[str, Any]]) -> Drawing:
    """Draw HHI with all owners apart, what each adds that joins the largest, and HHI with all as one."""
    first, rest = joined[0], list(joined[1:])
    shown = rest if len(rest) <= MOST else [*rest[: MOST - 1], rest[-1]]
    names = [f"+ {row['member']}" for row in shown]
    if len(rest) > MOST:
        names[-1] = f"+ {len(rest) - MOST + 1} more"
    panel = Panel(
        title,
        f"HHI of {resource} owned, in points of 10,000, as owners join {first['member']} and act as one",
        (first["before"], *(row["after"] for row in shown)),
    )
    named = (f"{title}: ΔHHI by alliance", "Where concentration starts, what each joiner adds, and where it ends.")
    steps = ("all apart", *names, "all of them as one")
    return Drawing(alone(chains([panel], steps, named, lambda amount: f"{amount:,.0f}")))
