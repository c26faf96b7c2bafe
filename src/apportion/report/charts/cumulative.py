"""What part of the jobs has ended after how long?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, log_times, logarithmic
from apportion.report.charts.svg import WIDTH, circle, line, path, picture, text
from apportion.report.telling import Telling

LEFT, RIGHT, TOP, HEIGHT, KEY = 52, 196, 12, 270, 56
STYLES = ("s0", "s7 d1", "s1 d2", "s2 d1")  # pooled; alone as in the other pictures


@dataclass(frozen=True)
class Curve:
    """One way the jobs went: the seconds that each of the percents do not exceed, and the words beside it."""

    name: str
    details: tuple[str, ...]
    percents: tuple[float, ...]
    seconds: tuple[int, ...]


def cumulative(curves: Sequence[Curve], title: str, description: str, telling: Telling) -> Markup:
    """Draw the part of the jobs that ended within each time, on a logarithmic scale; dots at half of them."""
    low = max(min(curve.seconds[1] for curve in curves), 1) * 0.9
    high = max(low * 2, *(curve.seconds[-1] for curve in curves)) * 1.1
    x, y = logarithmic(low, high, LEFT, WIDTH - RIGHT), linear(0, 100, TOP + HEIGHT, TOP)
    marks = [*_frame(x, y, low, high, telling)]
    for k, curve in enumerate(curves):
        marks.append(path(_joined(x, y, curve), f"curve {_style(k)}", curve.name))
    for k, curve in enumerate(curves):
        half = curve.seconds[curve.percents.index(50)]
        marks.append(
            circle(
                x(half), y(50), 4.5, f"dot {_style(k).split()[0]}", f"{curve.name}: {telling.numbers.duration(half)}"
            )
        )
        marks += _key(TOP + 40 + KEY * k, k, curve)
    return picture(TOP + HEIGHT + 46, title, description, marks)


def _style(k: int) -> str:
    return STYLES[min(k, len(STYLES) - 1)]


def _joined(x: Scale, y: Scale, curve: Curve) -> list[tuple[float, float]]:
    """Join the percents by straight lines: a hundred steps are finer than the eye."""
    return [(x(seconds), y(percent)) for percent, seconds in zip(curve.percents, curve.seconds, strict=True)]


def _frame(x: Scale, y: Scale, low: float, high: float, telling: Telling) -> list[str]:
    marks = []
    for percent in (0, 25, 50, 75, 100):
        marks.append(line(LEFT, y(percent), WIDTH - RIGHT, y(percent), "grid"))
        marks.append(text(LEFT - 8, y(percent), telling.numbers.percent(percent / 100), "tick", "end"))
    for seconds in log_times(low, high):
        marks.append(line(x(seconds), y(0), x(seconds), y(0) + 5, "axis"))
        marks.append(text(x(seconds), y(0) + 15, telling.numbers.duration(seconds), "tick", "middle"))
    words = telling.text("charts.cumulative_axis")
    return [*marks, text((LEFT + WIDTH - RIGHT) / 2, y(0) + 33, words, "tick", "middle")]


def _key(y: float, k: int, curve: Curve) -> list[str]:
    at = WIDTH - RIGHT + 18
    marks = [path([(at, y), (at + 26, y)], f"curve {_style(k)}"), text(at + 34, y, curve.name, f"name {_style(k)}")]
    return [*marks, *[text(at + 34, y + 16 * n, words, "tick") for n, words in enumerate(curve.details, 1)]]
