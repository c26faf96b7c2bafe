"""How few machines would do, under each order of the queue?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, ticks
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, GROUP, AXIS, TOP = 22, 28, 46, 6


@dataclass(frozen=True)
class Need:
    """One order of the queue against one discipline at home: machines, None if even all are too few; words beside it."""

    heading: str
    name: str
    units: float | None
    detail: str


def fewest(needs: Sequence[Need], whole: float, unit: str, title: str, description: str, telling: Telling) -> Markup:
    """Draw a bar as long as the machines needed, inside a light one for all there are (red where they are too few)."""
    left = 14 + max(wide(need.name) for need in needs)
    right = WIDTH - 24 - max(wide(need.detail) for need in needs)
    x = linear(0, whole, left, right)
    marks, y = [], float(TOP)
    for heading, of in groupby(needs, key=lambda need: need.heading):
        marks.append(text(left, y + GROUP / 2, heading, "strong"))
        y += GROUP
        for need in of:
            marks += _row(x, y + ROW / 2, need, whole)
            y += ROW
        y += 8
    return picture(y + AXIS, title, description, [*_axis(x, whole, y, unit, telling), *marks])


def _axis(x: Scale, whole: float, bottom: float, unit: str, telling: Telling) -> list[str]:
    marks, at = [], ticks(whole)
    for value, words in zip(at, telling.numbers.alike(at), strict=True):
        marks.append(line(x(value), bottom - 4, x(value), bottom + 2, "axis"))
        marks.append(text(x(value), bottom + 12, words, "tick", "middle"))
    return [*marks, text((x(0) + x(whole)) / 2, bottom + 30, unit, "tick", "middle")]


def _row(x: Scale, y: float, need: Need, whole: float) -> list[str]:
    whole_style = "worse" if need.units is None else "ask"
    marks = [text(x(0) - 10, y, need.name, anchor="end"), rect(x(0), y - 6, x(whole) - x(0), 12, whole_style)]
    if need.units is not None:
        marks.append(rect(x(0), y - 6, x(need.units) - x(0), 12, "grant", f"{need.name}: {need.detail}"))
    return [*marks, text(x(whole) + 8, y, need.detail, "bad" if need.units is None else "")]
