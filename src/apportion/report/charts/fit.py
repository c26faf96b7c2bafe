"""Which points were fitted, which curve runs through them, and how sure is it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, log_ticks, logarithmic, ticks
from apportion.report.charts.svg import WIDTH, circle, line, path, picture, rect, text

LEFT, TOP, RIGHT, TALL, FOOT = 78, 46, 24, 360, 56
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
FINE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
MOST = 7  # figures on an axis
STYLE = """<style>
svg { font: 13px system-ui, "Noto Sans", Helvetica, Arial, sans-serif; fill: #1b1b1b; background: #fdfcfa; }
.paper { fill: #fdfcfa; } .tick { fill: #5c5c5c; font-size: 12px; } .name { font-weight: 600; font-size: 15px; }
.grid { stroke: #e8e5df; } .axis { stroke: #5c5c5c; } .edge { stroke: #5c5c5c; stroke-dasharray: 3 4; }
.band { fill: #0b5c92; fill-opacity: .16; } .point { fill: #b8500f; fill-opacity: .62; }
.fitted { fill: none; stroke: #0b5c92; stroke-width: 2.4; } .asked { fill: #fdfcfa; stroke: #0b5c92; stroke-width: 2; }
.whisker { stroke: #0b5c92; stroke-width: 1.6; }
</style>"""


@dataclass(frozen=True)
class FitPicture:
    """What is drawn; values are those of the upright axis, losses as they are.

    Attributes
    ----------
    points : (compute, value)
    along : (compute, value, low, high) of the curve, rising in compute; low and high None without an interval
    asked : the same for amounts that were asked for
    ends : the least and the largest compute of the points
    """

    points: Sequence[tuple[float, float]]
    along: Sequence[tuple[float, float, float | None, float | None]]
    asked: Sequence[tuple[float, float, float | None, float | None]]
    ends: tuple[float, float]
    title: str
    description: str
    across: str


def fit_picture(shown: FitPicture) -> Markup:
    """Draw points, curve and interval on logarithmic axes; the upright one is even where a value is not above 0."""
    values = [value for _, value in shown.points] + [row[1] for row in shown.along]
    values += [edge for row in (*shown.along, *shown.asked) for edge in row[1:] if edge is not None]
    x_low, x_high = shown.along[0][0], shown.along[-1][0]
    x = logarithmic(x_low / 1.15, x_high * 1.15, LEFT, WIDTH - RIGHT)
    y, marked = _upright(min(values), max(values))
    marks = [rect(0, 0, WIDTH, TOP + TALL + FOOT, "paper"), text(LEFT, 16, shown.title, "name")]
    marks.append(text(LEFT, 35, shown.description, "tick"))
    marks += _frame(x, y, marked, (x_low, x_high), shown)
    band = [row for row in shown.along if row[2] is not None and row[3] is not None]
    edge = [(x(C), y(high or 0.0)) for C, _, _, high in band] + [
        (x(C), y(low or 0.0)) for C, _, low, _ in reversed(band)
    ]
    marks.append(path(edge, "band", closed=True))
    marks += [circle(x(C), y(value), 3, "point", f"{C:.4g}: {value:.4g}") for C, value in shown.points]
    marks.append(path([(x(C), y(value)) for C, value, _, _ in shown.along], "fitted"))
    for C, value, low, high in shown.asked:
        if low is not None and high is not None:
            marks.append(line(x(C), y(low), x(C), y(high), "whisker"))
        marks.append(circle(x(C), y(value), 4.5, "asked", f"{C:.4g}: {value:.4g}"))
    return picture(TOP + TALL + FOOT, shown.title, shown.description, marks, WIDTH)


def alone(drawn: Markup) -> str:
    """Make a picture a file of its own, with its colours."""
    said = str(drawn)
    return said.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace("\n", f"\n{STYLE}\n", 1)


def figure(value: float) -> str:
    """Write a round number for an axis.

    >>> figure(1e21), figure(0.025), figure(3e-7), figure(2500.0)
    ('10²¹', '0.025', '3·10⁻⁷', '2500')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.6g}"
    digits, power = f"{value:.2e}".split("e")
    front = digits.rstrip("0").rstrip(".")
    raised = str(int(power)).translate(RAISED)
    return f"10{raised}" if front == "1" else f"{front}·10{raised}"


def _upright(low: float, high: float) -> tuple[Scale, list[float]]:
    """Choose the upright axis, and its figures."""
    if low <= 0:
        pad = (high - low or 1.0) * 0.05
        span = max(abs(low), abs(high)) or 1.0
        figures = [side * at for at in ticks(span) for side in (1, -1) if low - pad <= side * at <= high + pad]
        return linear(low - pad, high + pad, TOP + TALL, TOP), sorted(set(figures))
    low, high = low / 1.06, high * 1.06
    return logarithmic(low, high, TOP + TALL, TOP), _round(low, high)


def _round(low: float, high: float) -> list[float]:
    """Choose figures of a logarithmic axis: fine ones unless they are too many, then every second, third … power of ten."""
    for steps in (FINE, (1, 2, 3, 5), (1, 3)):
        found = log_ticks(low, high, steps)
        if len(found) <= MOST:
            return found
    powers = log_ticks(low, high, (1,))
    every = -(-len(powers) // MOST)
    return powers[::every]


def _frame(x: Scale, y: Scale, marked: Sequence[float], ends: tuple[float, float], shown: FitPicture) -> list[str]:
    bottom, marks = TOP + TALL, []
    for value in marked:
        marks += [
            line(LEFT, y(value), WIDTH - RIGHT, y(value), "grid"),
            text(LEFT - 8, y(value), figure(value), "tick", "end"),
        ]
    for value in _round(*ends):
        marks += [
            line(x(value), TOP, x(value), bottom, "grid"),
            text(x(value), bottom + 15, figure(value), "tick", "middle"),
        ]
    marks.append(line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis"))
    marks += [
        line(x(at), TOP, x(at), bottom, "edge") for at in shown.ends if ends[0] < at / 1.01 and at * 1.01 < ends[1]
    ]
    marks.append(text((LEFT + WIDTH - RIGHT) / 2, bottom + 38, shown.across, "tick", "middle"))
    return marks
