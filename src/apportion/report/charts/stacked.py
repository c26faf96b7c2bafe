"""How much was there of each member, when?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, nice_top, ticks, time_ticks
from apportion.report.charts.svg import WIDTH, line, path, picture, rect, text, wide
from apportion.report.telling import Telling

LEFT, TOP, KEY, KEY_WIDTH = 52, 24, 38, 96


@dataclass(frozen=True)
class Band:
    """One member, or the others together: its amount in each step, and the words beside it; `style` is its colour."""

    name: str
    detail: str
    amounts: tuple[float, ...]
    style: str


@dataclass(frozen=True)
class Level:
    """A height that the bands are seen against, and what it is."""

    value: float
    name: str


def stacked(
    bands: Sequence[Band], step_s: int, level: Level | None, title: str, description: str, telling: Telling
) -> Markup:
    """Draw one band over the other, in steps of time, under a level if there is one; the key stands in their order."""
    steps, height = len(bands[0].amounts), max(280 if level else 200, KEY * len(bands))
    highest = max(sum(values) for values in zip(*(band.amounts for band in bands), strict=True))
    top = nice_top(max(highest, level.value if level else 0))
    right = WIDTH - 42 - max(KEY_WIDTH, *(wide(band.name) for band in bands))
    x, y = linear(0, steps, LEFT, right), linear(0, top, TOP + height, TOP)
    marks = [*_heights(y, top, right, telling), *_times(x, steps * step_s, step_s, TOP + height, telling)]
    floor = [0.0] * steps
    for band in bands:
        roof = [low + amount for low, amount in zip(floor, band.amounts, strict=True)]
        marks.append(path(_area(x, y, floor, roof), f"band {band.style}", band.name, closed=True))
        floor = roof
    if level:
        marks.append(line(x(0), y(level.value), x(steps), y(level.value), "level"))
        marks.append(text(x(steps), y(level.value) - 10, level.name, "tick", "end"))
    for k, band in enumerate(reversed(bands)):
        marks += _key(right + 16, TOP + 10 + KEY * k, band)
    return picture(TOP + height + 46, title, description, marks)


def _area(x: Scale, y: Scale, floor: Sequence[float], roof: Sequence[float]) -> list[tuple[float, float]]:
    """Walk along the roof in steps and back along the floor."""
    return [*_stairs(x, y, roof), *reversed(_stairs(x, y, floor))]


def _stairs(x: Scale, y: Scale, heights: Sequence[float]) -> list[tuple[float, float]]:
    """Return the corners of the steps, without those between steps of one height."""
    last = len(heights) - 1
    corners = []
    for k, height in enumerate(heights):
        if k == 0 or heights[k - 1] != height:
            corners.append((x(k), y(height)))
        if k == last or heights[k + 1] != height:
            corners.append((x(k + 1), y(height)))
    return corners


def _heights(y: Scale, top: float, right: float, telling: Telling) -> list[str]:
    marks = []
    levels = ticks(top)
    for value, words in zip(levels, telling.numbers.alike(levels), strict=True):
        marks.append(line(LEFT, y(value), right, y(value), "grid"))
        marks.append(text(LEFT - 8, y(value), words, "tick", "end"))
    return marks


def _times(x: Scale, span_s: int, step_s: int, bottom: float, telling: Telling) -> list[str]:
    unit, length, times = time_ticks(span_s)
    marks = []
    for seconds in times:
        at = x(seconds / step_s)
        marks.append(line(at, bottom, at, bottom + 5, "axis"))
        marks.append(text(at, bottom + 15, telling.numbers.amount(seconds / length), "tick", "middle"))
    words = telling.text(f"time_axis.{unit}", start=telling.text("time_axis.first"))
    return [*marks, text(x(span_s / step_s / 2), bottom + 32, words, "tick", "middle")]


def _key(at: float, y: float, band: Band) -> list[str]:
    return [
        rect(at, y - 7, 14, 14, f"band {band.style}"),
        text(at + 22, y, band.name),
        text(at + 22, y + 16, band.detail, "tick"),
    ]
