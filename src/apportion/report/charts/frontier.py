"""How much does equality cost? Total capability against inequality of compute: one mark a rule, a line through the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, nice_top, spread, ticks
from apportion.report.charts.svg import WIDTH, circle, line, path, picture, text, wide
from apportion.report.telling import Telling

LEFT, TOP, HEIGHT, AXIS, LABEL, ROOM = 64, 20, 320, 46, 22, 0.08
STEPS, MOST_LINES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2), 6


@dataclass(frozen=True)
class Mark:
    """Rules that come to one point, in words; capability as a part of the most there can be."""

    names: str
    gini: float
    capability: float


def frontier(
    marks: Sequence[Mark], best: Sequence[tuple[float, float]], title: str, description: str, telling: Telling
) -> Markup:
    """Draw every rule's point with its names at the right, and the frontier of points (gini, capability) through the best."""
    heights = [*(mark.capability for mark in marks), *(capability for _, capability in best)]
    low, high = min(heights), max(heights)
    margin = max(high - low, 0.005) * ROOM
    right = WIDTH - 30 - max(wide(mark.names) for mark in marks)
    most = max([mark.gini for mark in marks] + [gini for gini, _ in best])
    top = min(nice_top(most * 1.05), 1.0)
    x, y = linear(0, top, LEFT, right), linear(low - margin, high + margin, TOP + HEIGHT, TOP)
    drawn = [*_axes(x, y, top, (low - margin, high + margin), right, telling)]
    drawn.append(path([(x(gini), y(capability)) for gini, capability in best], "curve s0"))
    if len(best) == 1:
        drawn.append(circle(x(best[0][0]), y(best[0][1]), 9, "alone1"))
    wanted = [y(mark.capability) for mark in marks]
    places = spread(wanted, LABEL, TOP + 6, TOP + HEIGHT - 6)
    for mark, place in zip(marks, places, strict=True):
        at = (x(mark.gini), y(mark.capability))
        drawn.append(path([at, (right + 8, place), (right + 16, place)], "pointer s7"))
        drawn.append(circle(*at, 4.5, "dot s1", mark.names))
        drawn.append(text(right + 20, place, mark.names))
    return picture(TOP + HEIGHT + AXIS, title, description, drawn)


def _axes(x: Scale, y: Scale, top: float, heights: tuple[float, float], right: float, telling: Telling) -> list[str]:
    marks, across = [], ticks(top, 5)
    for value, words in zip(across, telling.numbers.alike(across), strict=True):
        marks.append(line(x(value), TOP, x(value), TOP + HEIGHT, "grid"))
        marks.append(text(x(value), TOP + HEIGHT + 13, words, "tick", "middle"))
    low, high = heights
    step = next(step for step in STEPS if (high - low) / step <= MOST_LINES)
    value = math.ceil(low / step) * step
    while value <= high:
        marks.append(line(LEFT, y(value), right, y(value), "grid"))
        marks.append(text(LEFT - 8, y(value), telling.numbers.percent(value, 0 if step >= 0.01 else 1), "tick", "end"))
        value += step
    words = telling.text("charts.frontier_axis")
    return [*marks, text(LEFT, TOP + HEIGHT + 33, words, "tick")]
