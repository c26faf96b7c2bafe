"""Which job waited and ran when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear, time_ticks
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, GAP, TOP, AXIS, RIGHT = 11, 7, 10, 42, 40
LEAST = 1.5  # a job is seen, however short


@dataclass(frozen=True)
class Bar:
    """One job: whose it is, its seconds, how much it holds, and its colour."""

    member: str
    submit_s: int
    start_s: int
    end_s: int
    amount: str
    hint: str
    style: str


def gantt(
    bars: Sequence[Bar], span: tuple[int, int], since: str, title: str, description: str, telling: Telling
) -> Markup:
    """Draw a line a job in the order given: dots while it waits, a bar while it runs, what it holds behind it.

    Bars are cut where the span [start, end) ends; the axis counts from the start of the span, named in `since`.
    """
    start_s, end_s = span
    left = 14 + max((wide(bar.member) for bar in bars), default=0)
    x = linear(start_s, end_s, left, WIDTH - RIGHT)
    marks, y = [], float(TOP)
    for member, of in groupby(bars, key=lambda bar: bar.member):
        begin = y
        for bar in of:
            marks += _bar(x, y + ROW / 2, bar, span)
            y += ROW
        marks.append(text(left - 10, (begin + y) / 2, member, anchor="end"))
        y += GAP
    axis = _axis(x, span, y - GAP / 2, since, telling)
    return picture(y + AXIS, title, description, [*axis, *marks], WIDTH, "chart tall")


def _axis(x: Scale, span: tuple[int, int], bottom: float, since: str, telling: Telling) -> list[str]:
    unit, length, times = time_ticks(span[1] - span[0])
    marks = []
    for seconds in times:
        at = x(span[0] + seconds)
        marks.append(line(at, TOP - 4, at, bottom, "grid"))
        marks.append(text(at, bottom + 12, telling.numbers.amount(seconds / length), "tick", "middle"))
    words = telling.text(f"time_axis.{unit}", start=since)
    return [*marks, text(x((span[0] + span[1]) / 2), bottom + 30, words, "tick", "middle")]


def _bar(x: Scale, y: float, bar: Bar, span: tuple[int, int]) -> list[str]:
    submit, start, end = (x(min(max(at, span[0]), span[1])) for at in (bar.submit_s, bar.start_s, bar.end_s))
    thick = rect(start, y - ROW / 2 + 1, max(end - start, LEAST), ROW - 2, bar.style, bar.hint)
    waiting = [line(submit, y, start, y, "wait")] if start > submit else []
    return [*waiting, thick, text(max(end, start + LEAST) + 4, y - 0.8, bar.amount, "small")]
