"""How far does a figure depend on a choice that nobody can make without data? One line from the least to the most a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import linear, nice_top, ticks
from apportion.report.charts.svg import WIDTH, circle, line, picture, text, wide
from apportion.report.telling import Telling

ROW, TOP, AXIS = 34, 30, 46


@dataclass(frozen=True)
class Choices:
    """One row: the figure by each choice, and the one that a reader will look for first."""

    name: str
    values: tuple[float, ...]
    hints: tuple[str, ...]
    first: int


def choices(rows: Sequence[Choices], axis: str, key: str, title: str, description: str, telling: Telling) -> Markup:
    """Draw each row's values as dots on a line, the first choice full; `key` says what the full one is."""
    left = 14 + max(wide(row.name) for row in rows)
    top = min(nice_top(max(max(row.values) for row in rows)), 1.0)
    x, bottom = linear(0, top, left, WIDTH - 30), TOP + ROW * len(rows)
    marks = [circle(left + 6, 10, 5.5, "pooled"), text(left + 18, 10, key)]
    across = ticks(top)
    for value, words in zip(across, telling.numbers.alike(across), strict=True):
        marks.append(line(x(value), TOP, x(value), bottom, "grid"))
        marks.append(text(x(value), bottom + 12, words, "tick", "middle"))
    for k, row in enumerate(rows):
        y = TOP + ROW * (k + 0.5)
        marks.append(text(left - 10, y, row.name, anchor="end"))
        marks.append(line(x(min(row.values)), y, x(max(row.values)), y, "rod"))
        for i in [*(i for i in range(len(row.values)) if i != row.first), row.first]:  # the full dot lies on top
            size, style = (5.5, "pooled") if i == row.first else (4, "alone1")
            marks.append(circle(x(row.values[i]), y, size, style, row.hints[i]))
    marks.append(text((left + WIDTH - 30) / 2, bottom + 32, axis, "tick", "middle"))
    return picture(bottom + AXIS, title, description, marks)
