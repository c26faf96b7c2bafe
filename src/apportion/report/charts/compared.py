"""What part of the pool does each member hold under each of several rules?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, nice_top, ticks
from apportion.report.charts.svg import WIDTH, circle, line, picture, text, wide
from apportion.report.charts.svg import path as outline

KEY, AXIS, COLOURS, RADIUS, DODGE = 20, 44, 8, 4.5, 7.0

SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (  # a dot; then outlines, about as large as the dot
    (),
    ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
    ((0, -1.3), (1.3, 1), (-1.3, 1)),
    ((0, 1.3), (1.3, -1), (-1.3, -1)),
)


@dataclass(frozen=True)
class Row:
    """One member: its part of the pool by standing, and its dominant share under each rule; parts of one."""

    member: str
    entitled: float
    shares: Sequence[float]


@dataclass(frozen=True)
class Drawing:
    """A picture that stands by itself: `str` gives its SVG, a notebook shows it."""

    svg: str

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.svg

    def write(self, path: str | Path) -> Path:
        """Write it to a file."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path


def compared(title: str, rules: Sequence[str], rows: Sequence[Row]) -> Drawing:
    """Draw a mark for each rule on each member's line, and a mark where its standing is."""
    left = 20 + max((wide(row.member) for row in rows), default=0)
    top = nice_top(100 * max((max([row.entitled, *row.shares]) for row in rows), default=0.0))
    x = linear(0, top, left, WIDTH - 30)
    key, above = _key(left, rules)
    high = _height(len(rules))
    bottom = above + high * len(rows)
    marks = [*key, *_axis(x, top, above, bottom)]
    for k, row in enumerate(rows):
        marks += _row(x, above + high * (k + 0.5), row, rules)
    description = (
        "One line a member: a mark for its dominant share under each rule, a bar for the part it is entitled to."
    )
    return Drawing(alone(picture(bottom + AXIS, f"{title}: dominant share by rule", description, marks)))


def _key(left: float, rules: Sequence[str]) -> tuple[list[str], float]:
    """Name the marks, in as many lines as they need; return where the lines of members begin."""
    marks, at, y = [line(left + 6, 2, left + 6, 18, "mark"), text(left + 16, 10, "entitled to")], 0.0, 10.0
    at = left + 16 + wide("entitled to") + 22
    for k, rule in enumerate(rules):
        if at + 16 + wide(rule) > WIDTH:
            at, y = left, y + KEY
        marks += [_mark(k, at + 6, y), text(at + 16, y, rule)]
        at += 16 + wide(rule) + 22
    return marks, y + KEY + 4


def _axis(x: Scale, top: float, above: float, bottom: float) -> list[str]:
    marks = []
    for value in ticks(top):
        marks.append(line(x(value), above, x(value), bottom, "grid"))
        marks.append(text(x(value), bottom + 12, f"{value:g} %", "tick", "middle"))
    marks.append(
        text(
            x(top / 2),
            bottom + 32,
            "dominant share: the largest part of any resource that is granted",
            "tick",
            "middle",
        )
    )
    return marks


def _row(x: Scale, y: float, row: Row, rules: Sequence[str]) -> list[str]:
    at = [x(100 * share) for share in row.shares]
    ends = [*at, x(100 * row.entitled)]
    reach = _height(len(rules)) / 2 - 4
    marks = [text(x(0) - 16, y, row.member, anchor="end"), line(min(ends), y, max(ends), y, "rod")]
    marks.append(line(ends[-1], y - reach, ends[-1], y + reach, "mark"))
    for k, rule in enumerate(rules):
        below = DODGE * (k - (len(rules) - 1) / 2)
        said = f"{row.member}, {rule}: {100 * row.shares[k]:.1f} %"
        marks.append(_mark(k, at[k], y + below, said))
    return marks


def _height(many: int) -> float:
    """Height of a member's line: dots stand a little below each other, so that none hides another."""
    return max(27.0, 16.0 + DODGE * many)


def _mark(k: int, x: float, y: float, said: str = "") -> str:
    """Draw the mark of rule k: a colour, and a shape that changes whenever all colours have been used."""
    style, shape = f"dot s{k % COLOURS}", SHAPES[k // COLOURS % len(SHAPES)]
    if not shape:
        return circle(x, y, RADIUS, style, said)
    return outline([(x + RADIUS * right, y + RADIUS * down) for right, down in shape], style, said, closed=True)


def alone(chart: Markup) -> str:
    """Give a chart of the page its own styles, with the light colours written out: not every viewer knows variables."""
    style = files("apportion.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+)", style.split("@media", 1)[0]))
    rules = "\n".join(rule for rule in re.findall(r"^svg[ .][^{]*{[^}]*}(?: svg[^{]*{[^}]*})*", style, re.MULTILINE))
    rules = re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: light[found[1]], rules)
    frame = 'xmlns="http://www.w3.org/2000/svg" style="background: #fff; font-family: system-ui, sans-serif"'
    head, rest = str(chart).split(">", 1)
    return f"{head.replace('<svg', f'<svg {frame}', 1)}>\n<style>\n{rules}\n</style>{rest}\n"
