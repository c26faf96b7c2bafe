"""Who used how much, when?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, nice_top, ticks
from apportion.report.charts.svg import WIDTH, line, path, picture, rect, text
from apportion.report.telling import Telling

LEFT, RIGHT, TOP, HEIGHT = 52, 190, 24, 280
DAY = 86_400


@dataclass(frozen=True)
class Band:
    """One member, or the others together: its use in each step, and the words beside it; `style` is its colour."""

    name: str
    detail: str
    used: tuple[float, ...]
    style: str


def stacked(bands: Sequence[Band], step_s: int, capacity: float, unit: str, telling: Telling) -> Markup:
    """Draw one band over the other, in steps of time, under the line of capacity; the key stands in their order."""
    steps = len(bands[0].used)
    highest = max(sum(values) for values in zip(*(band.used for band in bands), strict=True))
    x = linear(0, steps, LEFT, WIDTH - RIGHT)
    y = linear(0, nice_top(max(highest, capacity)), TOP + HEIGHT, TOP)
    marks = _frame(x, y, steps * step_s / DAY, nice_top(max(highest, capacity)), step_s, telling)
    floor = [0.0] * steps
    for band in bands:
        roof = [low + used for low, used in zip(floor, band.used, strict=True)]
        marks.append(path(_area(x, y, floor, roof), f"band {band.style}", band.name, closed=True))
        floor = roof
    marks.append(line(x(0), y(capacity), x(steps), y(capacity), "level"))
    said = telling.text("charts.stacked_capacity", n=telling.numbers.amount(capacity))
    marks.append(text(x(steps), y(capacity) - 10, said, "tick", "end"))
    for k, band in enumerate(reversed(bands)):
        marks += _key(TOP + 10 + 38 * k, band)
    title = telling.text("charts.stacked_title", resource=unit)
    return picture(TOP + HEIGHT + 46, title, telling.text("charts.stacked_desc"), marks)


def _area(x: Scale, y: Scale, floor: Sequence[float], roof: Sequence[float]) -> list[tuple[float, float]]:
    """Walk along the roof in steps and back along the floor."""
    up = [(x(k + side), y(value)) for k, value in enumerate(roof) for side in (0, 1)]
    down = [(x(k + side), y(value)) for k, value in enumerate(floor) for side in (0, 1)]
    return [*up, *reversed(down)]


def _frame(x: Scale, y: Scale, days: float, top: float, step_s: int, telling: Telling) -> list[str]:
    marks = []
    for value in ticks(top):
        marks.append(line(LEFT, y(value), WIDTH - RIGHT, y(value), "grid"))
        marks.append(text(LEFT - 8, y(value), telling.numbers.amount(value), "tick", "end"))
    bottom = TOP + HEIGHT
    for day in ticks(days, 8):
        at = x(day * DAY / step_s)
        marks.append(line(at, bottom, at, bottom + 5, "axis"))
        marks.append(text(at, bottom + 15, telling.numbers.amount(day), "tick", "middle"))
    marks.append(text(x(days * DAY / step_s / 2), bottom + 32, telling.text("charts.stacked_day"), "tick", "middle"))
    return marks


def _key(y: float, band: Band) -> list[str]:
    at = WIDTH - RIGHT + 16
    return [
        rect(at, y - 7, 14, 14, f"band {band.style}"),
        text(at + 22, y, band.name),
        text(at + 22, y + 16, band.detail, "tick"),
    ]
