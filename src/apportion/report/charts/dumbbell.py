"""How long does each member wait alone, and how long in the pool?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, log_ticks, logarithmic, nice_top, ticks
from apportion.report.charts.svg import WIDTH, circle, line, picture, rect, text, wide
from apportion.report.numbers import time_unit
from apportion.report.telling import Telling

ROW, TOP, AXIS = 27, 34, 46
WIDE_RANGE = 20.0  # largest over smallest time above which equal ratios are drawn as equal distances
HOME_STYLES = ("alone1", "alone2", "alone3")


@dataclass(frozen=True)
class Waits:
    """One member's mean times from submission to end, in seconds: in the pool, and by discipline at home."""

    member: str
    pooled: float
    alone: dict[str, float | None]


def dumbbell(rows: Sequence[Waits], homes: Sequence[str], telling: Telling) -> Markup:
    """Draw a hollow mark for each time alone, and a full one for the pool."""
    left = 14 + max((wide(row.member) for row in rows), default=0)
    right = WIDTH - 24
    times = [time for row in rows for time in (row.pooled, *row.alone.values()) if time]
    unit, length = time_unit(times)
    x, marks_at, wide_range = _scale([time / length for time in times], left, right)
    bottom = TOP + ROW * len(rows)
    marks = [*_key(left, homes, telling), *_axis(x, marks_at, bottom, telling)]
    key = "charts.dumbbell_scale" if wide_range else "charts.dumbbell_linear"
    scale = telling.text(key, unit=telling.text(f"columns.unit_{unit}"))
    marks.append(text((left + right) / 2, bottom + 32, scale, "tick", "middle"))
    for k, row in enumerate(rows):
        marks += _row(lambda time: x(time / length), TOP + ROW * k + ROW / 2, left, row, homes, telling)
    return picture(bottom + AXIS, telling.text("charts.dumbbell_title"), telling.text("charts.dumbbell_desc"), marks)


def _scale(times: list[float], left: float, right: float) -> tuple[Scale, list[float], bool]:
    low, high = min(times, default=1), max(times, default=1)
    if high / low > WIDE_RANGE:
        low, high = low * 0.85, high * 1.1
        return logarithmic(low, high, left, right), log_ticks(low, high), True
    top = nice_top(high)
    return linear(0, top, left, right), ticks(top), False


def _key(left: float, homes: Sequence[str], telling: Telling) -> list[str]:
    marks = [circle(left + 6, 10, 6, "pooled"), text(left + 18, 10, telling.text("charts.pooled"))]
    at = left + 18 + wide(telling.text("charts.pooled")) + 24
    for k, home in enumerate(homes):
        words = telling.text("charts.alone", home=telling.name("disciplines", home))
        marks += [_alone(at + 6, 10, k), text(at + 18, 10, words)]
        at += 18 + wide(words) + 24
    return marks


def _axis(x: Scale, at: Sequence[float], bottom: float, telling: Telling) -> list[str]:
    marks = []
    for value, words in zip(at, telling.numbers.alike(at), strict=True):
        marks.append(line(x(value), TOP, x(value), bottom, "grid"))
        marks.append(text(x(value), bottom + 12, words, "tick", "middle"))
    return marks


def _row(x: Scale, y: float, left: float, row: Waits, homes: Sequence[str], telling: Telling) -> list[str]:
    known = [x(time) for time in (row.pooled, *row.alone.values()) if time is not None]
    marks = [text(left - 10, y, row.member, anchor="end"), line(min(known), y, max(known), y, "rod")]
    for k, home in enumerate(homes):
        if (alone := row.alone.get(home)) is not None:
            marks.append(_alone(x(alone), y, k, _hint(row.member, home, alone, telling)))
    pooled = f"{row.member}, {telling.text('charts.pooled')}: {telling.numbers.duration(row.pooled)}"
    return [*marks, circle(x(row.pooled), y, 6, "pooled", pooled)]


def _alone(x: float, y: float, k: int, hint: str = "") -> str:
    """Draw the k-th discipline at home: a ring, then a square."""
    style = HOME_STYLES[min(k, len(HOME_STYLES) - 1)]
    return circle(x, y, 5, style, hint) if k == 0 else rect(x - 4.5, y - 4.5, 9, 9, style, hint)


def _hint(member: str, home: str, seconds: float, telling: Telling) -> str:
    words = telling.text("charts.alone", home=telling.name("disciplines", home))
    return f"{member}, {words}: {telling.numbers.duration(seconds)}"
