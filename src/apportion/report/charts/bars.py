"""Who asked for how much, got how much, and could count on how much?"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, nice_top, ticks
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, TOP, AXIS = 27, 34, 28


@dataclass(frozen=True)
class Award:
    """One member's amounts of one resource, in whole units."""

    member: str
    asked: float
    granted: float
    entitled: float


def bars(awards: Sequence[Award], unit: str, telling: Telling) -> Markup:
    """Draw a light bar for what was asked, a dark one inside for what was granted, a mark for the entitlement."""
    left = 14 + max((wide(award.member) for award in awards), default=0)
    top = nice_top(max((max(award.asked, award.granted, award.entitled) for award in awards), default=1))
    x = linear(0, top, left, WIDTH - 118)
    bottom = TOP + ROW * len(awards)
    marks = [*_key(left, telling), *_axis(x, top, bottom, unit, telling)]
    for k, award in enumerate(awards):
        marks += _row(x, TOP + ROW * k + ROW / 2, award, telling)
    title = telling.text("charts.bars_title")
    return picture(bottom + AXIS, title, telling.text("charts.bars_desc", unit=unit), marks)


def _key(left: float, telling: Telling) -> list[str]:
    marks, at = [], left
    for name in ("asked", "granted", "entitled"):
        words = telling.text(f"charts.{name}")
        marks += [_sample(name, at), text(at + 24, 10, words)]
        at += 24 + wide(words) + 26
    return marks


def _sample(name: str, at: float) -> str:
    if name == "entitled":
        return line(at + 8, 2, at + 8, 18, "mark")
    return rect(at, 4, 18, 12, "ask") if name == "asked" else rect(at, 7, 18, 6, "grant")


def _axis(x: Scale, top: float, bottom: float, unit: str, telling: Telling) -> list[str]:
    marks = []
    for value in ticks(top):
        marks.append(line(x(value), TOP - 4, x(value), bottom, "grid"))
        marks.append(text(x(value), bottom + 12, telling.numbers.amount(value), "tick", "middle"))
    return [*marks, text(x(top) + 26, bottom + 12, unit, "tick")]


def _row(x: Scale, y: float, award: Award, telling: Telling) -> list[str]:
    numbers = telling.numbers
    said = f"{numbers.amount(award.granted)} / {numbers.amount(award.asked)}" if award.asked else ""
    hint = f"{award.member}: {said}"
    end = x(max(award.asked, award.granted, award.entitled))
    return [
        text(x(0) - 10, y, award.member, anchor="end"),
        rect(x(0), y - 8, x(award.asked) - x(0), 16, "ask", hint),
        rect(x(0), y - 4, x(award.granted) - x(0), 8, "grant", hint),
        line(x(award.entitled), y - 11, x(award.entitled), y + 11, "mark"),
        text(end + 8, y, said, "tick"),
    ]
