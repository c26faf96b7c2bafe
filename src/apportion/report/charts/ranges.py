"""How differently long do each member's jobs take, in the pool and alone?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, log_times, logarithmic
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

TRACK, GAP, TOP, AXIS = 10, 9, 34, 46
STYLES = ("pooled", "middle1", "middle2", "middle3")


@dataclass(frozen=True)
class Ranges:
    """One member: for each way its jobs went, the seconds that 5, 25, 50, 75 and 95 % of them do not exceed."""

    member: str
    ways: tuple[tuple[int, ...], ...]


def ranges(rows: Sequence[Ranges], names: Sequence[str], title: str, description: str, telling: Telling) -> Markup:
    """Draw for each member and way a line from 5 to 95 %, a bar from 25 to 75 %, and a mark at the median."""
    left = 14 + max((wide(row.member) for row in rows), default=0)
    low = max(min(way[0] for row in rows for way in row.ways), 1) * 0.9
    high = max(low * 2, *(way[-1] for row in rows for way in row.ways)) * 1.1
    x = logarithmic(low, high, left, WIDTH - 16)
    pitch = TRACK * len(names) + GAP
    bottom = TOP + pitch * len(rows)
    marks = [*_key(left, names), *_axis(x, low, high, left, bottom, telling)]
    for k, row in enumerate(rows):
        marks.append(text(left - 10, TOP + pitch * k + (pitch - GAP) / 2, row.member, anchor="end"))
        for n, way in enumerate(row.ways):
            hint = f"{row.member}, {names[n]}: {telling.numbers.duration(way[2])}"
            marks += _range(x, TOP + pitch * k + TRACK * (n + 0.5), way, STYLES[min(n, len(STYLES) - 1)], hint)
    return picture(bottom + AXIS, title, description, marks, WIDTH, "chart tall")


def _key(left: float, names: Sequence[str]) -> list[str]:
    marks, at = [], left
    for n, name in enumerate(names):
        marks += [rect(at, 6, 18, 8, STYLES[min(n, len(STYLES) - 1)]), text(at + 24, 10, name)]
        at += 24 + wide(name) + 24
    return marks


def _axis(x: Scale, low: float, high: float, left: float, bottom: float, telling: Telling) -> list[str]:
    marks = []
    for seconds in log_times(low, high):
        marks.append(line(x(seconds), TOP - 4, x(seconds), bottom, "grid"))
        marks.append(text(x(seconds), bottom + 12, telling.numbers.duration(seconds), "tick", "middle"))
    return [*marks, text((left + WIDTH) / 2, bottom + 30, telling.text("charts.cumulative_axis"), "tick", "middle")]


def _range(x: Scale, y: float, way: tuple[int, ...], style: str, hint: str) -> list[str]:
    p5, p25, p50, p75, p95 = (x(seconds) for seconds in way)
    bar = rect(p25, y - TRACK / 2 + 1.5, max(p75 - p25, 1.5), TRACK - 3, style, hint)
    return [line(p5, y, p95, y, "reach"), bar, line(p50, y - TRACK / 2, p50, y + TRACK / 2, "median")]
