"""How does the member who fares worst do on fewer machines, under each order of the queue?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, logarithmic, spread
from apportion.report.charts.svg import WIDTH, circle, line, path, picture, rect, text, wide
from apportion.report.telling import Telling

Point = tuple[float, float]
LEFT, HEIGHT, CALL, BOLD = 56, 290, 18, 1.08
CAP = 2.0  # a member who needs more than twice its time alone is lost; how much more is written, not drawn
LEVELS = (1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.2, 0.1, 0.05, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100)  # 1 has the first claim
APART = 16
AT_LEAST = (0.9, 1.1)  # the level 1 stands inside the picture, whatever the lines do


@dataclass(frozen=True)
class Line:
    """One order of the queue: its points (percent of the pool, worst ρ) from the whole pool downwards.

    `fewest` is the percent down to which nobody is worse off, `fewest_units` the machines that are left there; `style`
    is its colour, the same in every picture.
    """

    name: str
    style: str
    points: tuple[tuple[float, float], ...]
    fewest: float | None
    fewest_units: float | None


@dataclass(frozen=True)
class Plot:
    """Where everything stands: scales, and the edges of the field that they map to."""

    x: Scale
    y: Scale
    cap: float
    top: float
    left: float
    right: float


def sizing_lines(lines: Sequence[Line], home: str, units_at: dict[float, float], unit: str, telling: Telling) -> Markup:
    """Draw a line for each order, those that leave the picture named above it, the others at its right."""
    values = [rho for one in lines for _, rho in one.points]
    cap = CAP if min(values) < CAP / 1.3 else max(values) * 1.05
    leaving = sorted(((at, one) for one in lines if (at := _leaves(one, cap))), key=lambda pair: -pair[0])
    staying = [one for one in lines if not _leaves(one, cap)]
    plot = _plot(lines, units_at, cap, CALL * len(leaving) + 12, staying, telling)
    marks = [*_ground(plot, values, telling), *_axis(plot, units_at, unit, telling)]
    marks += [mark for one in lines for mark in _line(plot, one)]
    marks += [mark for row, (at, one) in enumerate(leaving) for mark in _call(plot, one, at, row, telling)]
    marks += _labels(plot, staying, telling)
    title = telling.text("charts.sizing_title", home=home)
    return picture(plot.top + HEIGHT + 62, title, telling.text("charts.sizing_desc"), marks)


def _plot(
    lines: Sequence[Line],
    units_at: dict[float, float],
    cap: float,
    top: float,
    staying: Sequence[Line],
    telling: Telling,
) -> Plot:
    values = [rho for one in lines for _, rho in one.points]
    right = WIDTH - 28 - max((wide(_named(one, telling)) * BOLD for one in staying), default=20)
    low, high = min(AT_LEAST[0], *values) * 0.96, min(cap, max(AT_LEAST[1], *values) * 1.04)
    x = linear(max(units_at), min(units_at), LEFT, right)
    return Plot(x, logarithmic(low, high, top + HEIGHT, top), cap, top, LEFT, right)


def _leaves(one: Line, cap: float) -> float | None:
    """Return the percent at which a line leaves through the top for good, None if it ends inside."""
    if one.points[-1][1] <= cap:
        return None
    inside = _inside(one.points, cap)
    return inside[-1][-1][0] if inside else one.points[0][0]


def _inside(points: Sequence[Point], cap: float) -> list[list[Point]]:
    """Cut a line where it crosses the top, and keep the pieces below; ρ need not rise steadily as machines get fewer."""
    corners = [points[0]]
    for before, after in pairwise(points):
        if (before[1] <= cap) != (after[1] <= cap):
            corners.append((_crossing(before, after, cap), cap))
        corners.append(after)
    return [list(piece) for below, piece in groupby(corners, key=lambda corner: corner[1] <= cap) if below]


def _crossing(before: Point, after: Point, cap: float) -> float:
    return before[0] + (after[0] - before[0]) * math.log(cap / before[1]) / math.log(after[1] / before[1])


def _ground(plot: Plot, values: Sequence[float], telling: Telling) -> list[str]:
    """Draw the field: grid, the part where somebody is worse off, and the level 1 over both."""
    x1, x2, y = plot.left, plot.right, plot.y
    marks = [rect(x1, plot.top, x2 - x1, y(1) - plot.top, "worse")]
    for value in _levels(plot, min(AT_LEAST[0], *values) * 0.97):
        digits = 1 if value >= 0.1 else 2
        marks.append(line(x1, y(value), x2, y(value), "grid"))
        marks.append(text(x1 - 8, y(value), telling.numbers.decimal(value, digits), "tick", "end"))
    return [
        *marks,
        line(x1, y(1), x2, y(1), "level"),
        text(x1 - 8, y(1), telling.text("charts.level"), "tick strong", "end"),
        text(x1 + 8, plot.top + 14, telling.text("charts.worse"), "tick"),
        text(x1 + 8, y(1) + 13, telling.text("charts.better"), "tick"),
    ]


def _levels(plot: Plot, low: float) -> list[float]:
    """Choose round levels of ρ whose figures do not touch, beginning at 1, which is named apart."""
    kept: list[float] = []
    for value in LEVELS:
        inside = low <= value <= plot.cap and plot.y(value) >= plot.top
        if inside and all(abs(plot.y(value) - plot.y(other)) >= APART for other in kept):
            kept.append(value)
    return kept[1:]


def _axis(plot: Plot, units_at: dict[float, float], unit: str, telling: Telling) -> list[str]:
    marks, bottom = [], plot.top + HEIGHT
    for percent in [percent for percent in units_at if percent % 5 == 0] or list(units_at):
        at = plot.x(percent)
        marks.append(line(at, bottom, at, bottom + 5, "axis"))
        marks.append(text(at, bottom + 15, telling.numbers.amount(units_at[percent]), "tick strong", "middle"))
        marks.append(text(at, bottom + 31, telling.numbers.percent(percent / 100), "tick", "middle"))
    middle = (plot.left + plot.right) / 2
    return [*marks, text(middle, bottom + 49, telling.text("charts.sizing_axis", resource=unit), "tick", "middle")]


def _line(plot: Plot, one: Line) -> list[str]:
    pieces = [[(plot.x(percent), plot.y(rho)) for percent, rho in piece] for piece in _inside(one.points, plot.cap)]
    marks = [path(piece, f"curve {one.style}", one.name) for piece in pieces]
    safe = next((rho for percent, rho in one.points if percent == one.fewest), None)
    if one.fewest is not None and safe is not None:
        marks.append(circle(plot.x(one.fewest), plot.y(safe), 5, f"dot {one.style}", one.name))
    return marks


def _call(plot: Plot, one: Line, at: float, row: int, telling: Telling) -> list[str]:
    """Name a line where it leaves; the leftmost stands highest, so that no pointer crosses a name."""
    x, height = plot.x(at), CALL * row + 8
    last, largest = one.points[-1]
    words = telling.text(
        "charts.beyond",
        name=_named(one, telling),
        rho=telling.numbers.ratio(largest),
        percent=telling.numbers.percent(last / 100),
    )
    return [line(x, height, x, plot.top, f"pointer {one.style}"), text(x + 6, height, words, f"name {one.style}")]


def _labels(plot: Plot, lines: Sequence[Line], telling: Telling) -> list[str]:
    ends = [plot.y(one.points[-1][1]) for one in lines]
    marks = []
    for one, end, place in zip(lines, ends, spread(ends, 17, plot.top + 8, plot.top + HEIGHT - 4), strict=True):
        start = plot.x(one.points[-1][0])
        marks.append(path([(start + 2, end), (plot.right + 16, place)], f"pointer {one.style}"))
        marks.append(text(plot.right + 20, place, _named(one, telling), f"name {one.style}"))
    return marks


def _named(one: Line, telling: Telling) -> str:
    """Name a line with the fewest machines at which nobody is worse off, in brackets."""
    if one.fewest_units is None:
        return one.name
    return telling.text("charts.fewest", name=one.name, n=telling.numbers.amount(one.fewest_units))
