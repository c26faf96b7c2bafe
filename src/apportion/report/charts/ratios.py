"""How many times its time alone does each member need in the pool?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, logarithmic
from apportion.report.charts.svg import WIDTH, circle, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, TOP, AXIS, RIGHT, APART = 15, 40, 46, 60, 34
ROUND = (1.0, 0.5, 2.0, 0.1, 10.0, 0.2, 5.0, 0.05, 20.0, 0.02, 50.0, 0.01, 100.0)
LEVELS = (*ROUND, 3.0, 0.7, 1.5, 0.8, 1.2, 0.9, 1.1)  # the first have the first claim
STYLES = ("alone1", "alone2", "alone3")


@dataclass(frozen=True)
class Ratios:
    """One member's ρ by discipline at home, None where it has none."""

    member: str
    rho: tuple[float | None, ...]


def ratios(rows: Sequence[Ratios], names: Sequence[str], title: str, description: str, telling: Telling) -> Markup:
    """Draw a line from 1 to each ρ on a logarithmic scale: to the left who gains, to the right who loses."""
    known = [rho for row in rows for rho in row.rho if rho]
    low, high = min([0.8, *known]) * 0.9, max([1.25, *known]) * 1.1
    left = 14 + max((wide(row.member) for row in rows), default=0)
    x = logarithmic(low, high, left + 44, WIDTH - RIGHT)
    pitch = ROW * len(names) + 8
    bottom = TOP + pitch * len(rows)
    marks = [*_key(left, names), *_ground(x, low, high, bottom, telling)]
    for k, row in enumerate(rows):
        marks.append(text(left - 10, TOP + pitch * (k + 0.5), row.member, anchor="end"))
        for n, rho in enumerate(row.rho):
            if rho is not None:
                marks += _rod(x, TOP + pitch * k + 4 + ROW * (n + 0.5), n, rho, telling)
    return picture(bottom + AXIS, title, description, marks, WIDTH, "chart tall")


def _key(left: float, names: Sequence[str]) -> list[str]:
    marks, at = [], left
    for n, name in enumerate(names):
        marks += [_dot(at + 6, 10, n), text(at + 18, 10, name)]
        at += 18 + wide(name) + 24
    return marks


def _ground(x: Scale, low: float, high: float, bottom: float, telling: Telling) -> list[str]:
    """Draw round levels whose figures do not touch, and what stands on either side of 1."""
    kept: list[float] = []
    for value in LEVELS:
        if low <= value <= high and all(abs(x(value) - x(other)) >= APART for other in kept):
            kept.append(value)
    marks = [rect(x(1), TOP, x(high) - x(1), bottom - TOP, "worse")]
    for value in kept:
        digits = 0 if value.is_integer() else 1 if value >= 0.1 else 2
        marks.append(line(x(value), TOP, x(value), bottom, "level" if value == 1 else "grid"))
        marks.append(text(x(value), bottom + 12, telling.numbers.decimal(value, digits), "tick", "middle"))
    return [
        *marks,
        text(x(1) - 8, TOP - 9, telling.text("charts.sooner"), "tick", "end"),
        text(x(1) + 8, TOP - 9, telling.text("charts.later"), "tick"),
        text((x(low) + x(high)) / 2, bottom + 30, telling.text("charts.ratios_axis"), "tick", "middle"),
    ]


def _rod(x: Scale, y: float, n: int, rho: float, telling: Telling) -> list[str]:
    """Draw one member against one discipline at home; the figure stands outside, away from 1."""
    at, loses = x(rho), rho > 1
    figure = telling.numbers.ratio(rho)
    words = text(at + 11, y, figure, "bad") if loses else text(at - 11, y, figure, "tick strong", "end")
    return [line(x(1), y, at, y, "loss" if loses else "gain"), _dot(at, y, n), words]


def _dot(x: float, y: float, n: int) -> str:
    style = STYLES[min(n, len(STYLES) - 1)]
    return circle(x, y, 5, style) if n == 0 else rect(x - 4.5, y - 4.5, 9, 9, style)
