"""What part of the whole did each holder have, at one moment after the other?"""

import math
from collections.abc import Sequence
from textwrap import wrap

from markupsafe import Markup

from apportion.report.charts.scales import Scale, linear
from apportion.report.charts.stacked import Band
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide

LEFT, TOP, HEIGHT, KEY, GAP, LINE = 48, 12, 300, 36, 0.12, 15
MOST_LABELS, APART = 12, 8  # names of moments, and what is at least between two
LETTERS = 100  # of small type from the axis to the edge of the picture


def shares(moments: Sequence[str], bands: Sequence[Band], title: str, description: str, below: Sequence[str]) -> Markup:
    """Draw one column a moment, each band's part (0 to 1) of it over the other; under it what a reader must know.

    The key stands in the order of the bands, the last on top.
    """
    right = WIDTH - 40 - max(wide(band.name) for band in bands)
    height = max(HEIGHT, KEY * len(bands))
    x, y = linear(0, len(moments), LEFT, right), linear(0, 1, TOP + height, TOP)
    marks = [*_heights(y, right)]
    for k, moment in enumerate(moments):
        floor = 0.0
        for band in bands:
            part = band.amounts[k]
            hint = f"{band.name}, {moment}: {100 * part:.1f} %"
            box = (x(k + GAP / 2), y(floor + part), x(k + 1 - GAP) - x(k), y(floor) - y(floor + part))
            marks.append(rect(*box, band.style, hint))
            floor += part
    marks += _moments(x, moments, TOP + height)
    for k, band in enumerate(reversed(bands)):
        marks += _key(right + 12, TOP + 10 + KEY * k, band)
    notes = [part for words in below for part in wrap(words, LETTERS, break_long_words=True)]
    at = TOP + height + 44
    marks += [text(LEFT, at + LINE * k, words, "tick") for k, words in enumerate(notes)]
    return picture(at + LINE * len(notes) + 6, title, description, marks)


def _heights(y: Scale, right: float) -> list[str]:
    marks = []
    for percent in (0, 25, 50, 75, 100):
        marks.append(line(LEFT, y(percent / 100), right, y(percent / 100), "grid"))
        marks.append(text(LEFT - 8, y(percent / 100), f"{percent} %", "tick", "end"))
    return marks


def _moments(x: Scale, moments: Sequence[str], bottom: float) -> list[str]:
    """Name the moments, every second or third if they are many or their names long; always the last."""
    widest = max(map(wide, moments)) + APART
    step = max(-(-len(moments) // MOST_LABELS), math.ceil(widest / (x(1) - x(0))))
    named = range((len(moments) - 1) % step, len(moments), step)
    return [text(x(k + 0.5 - GAP / 4), bottom + 14, moments[k], "tick", "middle") for k in named]


def _key(at: float, y: float, band: Band) -> list[str]:
    return [
        rect(at, y - 7, 14, 14, band.style),
        text(at + 22, y, band.name),
        text(at + 22, y + 15, band.detail, "tick"),
    ]
