"""How does concentration rise as holders join an alliance, one after the other?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import linear, ticks
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, TOP, AXIS, FIGURE, MOST = 28, 28, 40, 150, 10_000.0


@dataclass(frozen=True)
class Joining:
    """One step: who joins, HHI before and after, and whether the guidelines would presume harm from there on."""

    name: str
    before: float
    after: float
    presumed: bool


def joining(
    steps: Sequence[Joining], high: float, threshold: str, title: str, description: str, telling: Telling
) -> Markup:
    """Draw the index at the start as a whole bar and each step as what it adds, with the threshold as a line."""
    left = 14 + max(wide(step.name) for step in steps)
    right, bottom = WIDTH - FIGURE, TOP + ROW * len(steps)
    x = linear(0, MOST, left, right)
    marks = []
    for value in ticks(MOST, 5):
        marks.append(line(x(value), TOP, x(value), bottom, "grid"))
        marks.append(text(x(value), bottom + 12, telling.numbers.whole(value), "tick", "middle"))
    marks.append(line(x(high), TOP - 6, x(high), bottom, "level"))
    marks.append(text(x(high), 10, threshold, "tick"))
    for k, step in enumerate(steps):
        y, style = TOP + ROW * k, "total" if k == 0 else "worsened" if step.presumed else "saved"
        marks.append(text(left - 10, y + ROW / 2, step.name, anchor="end"))
        marks.append(rect(x(step.before), y + 6, max(x(step.after) - x(step.before), 1.5), ROW - 12, style))
        added = "" if k == 0 else f" (+{telling.numbers.whole(step.after - step.before)})"
        marks.append(text(x(step.after) + 8, y + ROW / 2, telling.numbers.whole(step.after) + added))
        if k + 1 < len(steps):
            marks.append(line(x(step.after), y + ROW - 6, x(step.after), y + ROW + 6, "thread"))
    return picture(bottom + AXIS, title, description, marks)
