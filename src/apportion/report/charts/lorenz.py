"""How unequal are ownership, grants and use?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import linear, spread
from apportion.report.charts.svg import WIDTH, circle, line, path, picture, text
from apportion.report.telling import Telling

LEFT, TOP, SIDE = 52, 12, 372


@dataclass(frozen=True)
class Curve:
    """One stage: corners of the curve, and the lines of words that stand beside it."""

    population: tuple[float, ...]
    share: tuple[float, ...]
    title: str
    detail: str


def lorenz(curves: Sequence[Curve], telling: Telling) -> Markup:
    """Draw the curves under the line of equality, each named at its right."""
    x, y = linear(0, 1, LEFT, LEFT + SIDE), linear(0, 1, TOP + SIDE, TOP)
    marks = [*_frame(telling), line(x(0), y(0), x(1), y(1), "level")]
    marks.append(text(x(0.5) - 8, y(0.5) - 10, telling.text("charts.equality"), "tick", "end"))
    near = [_near(curve) for curve in curves]
    places = spread([y(share) for _, share in near], 46, TOP + 30, TOP + SIDE - 30)
    for k, (curve, (population, share), place) in enumerate(zip(curves, near, places, strict=True)):
        points = [(x(p), y(s)) for p, s in zip(curve.population, curve.share, strict=True)]
        marks.append(path(points, f"curve s{k} d{k}", curve.title))
        marks += [circle(px, py, 2.2, f"dot s{k}") for px, py in points if len(points) <= 40]
        marks.append(path([(x(population), y(share)), (x(1) + 14, place), (x(1) + 24, place)], f"pointer s{k}"))
        marks.append(text(x(1) + 30, place - 1, curve.title, f"name s{k}"))
        marks.append(text(x(1) + 30, place + 17, curve.detail, "tick"))
    title, description = telling.text("charts.lorenz_title"), telling.text("charts.lorenz_desc")
    return picture(TOP + SIDE + 48, title, description, marks, WIDTH)


def _near(curve: Curve) -> tuple[float, float]:
    """Choose the last corner before all: there the curves are farthest apart on the right."""
    return curve.population[-2], curve.share[-2]


def _frame(telling: Telling) -> list[str]:
    marks = []
    for quarter in range(5):
        part = quarter / 4
        at, up = LEFT + SIDE * part, TOP + SIDE * (1 - part)
        marks += [line(at, TOP, at, TOP + SIDE, "grid"), line(LEFT, up, LEFT + SIDE, up, "grid")]
        marks.append(text(at, TOP + SIDE + 13, telling.numbers.percent(part), "tick", "middle"))
        marks.append(text(LEFT - 8, up, telling.numbers.percent(part), "tick", "end"))
    marks.append(text(LEFT + SIDE / 2, TOP + SIDE + 33, telling.text("charts.lorenz_x"), "tick", "middle"))
    return marks
