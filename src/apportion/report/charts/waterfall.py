"""Where does the saving come from, step by step?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from apportion.report.charts.scales import linear
from apportion.report.charts.svg import WIDTH, line, picture, rect, text, wide
from apportion.report.telling import Telling

ROW, TOP, GAP, FIGURE = 30, 50, 24, 96


@dataclass(frozen=True)
class Panel:
    """One chain of amounts, such as means in seconds: where it starts, and what there is after each step."""

    title: str
    detail: str
    means: tuple[float, ...]


def waterfall(panels: Sequence[Panel], steps: Sequence[str], telling: Telling) -> Markup:
    """Draw each panel's start, what each step takes off or adds, and what is left; all to one scale.

    `steps` names the start, the steps and the end: one more than there are means.
    """
    named = (telling.text("charts.waterfall_title"), telling.text("charts.waterfall_desc"))
    return chains(panels, steps, named, telling.numbers.duration)


def chains(
    panels: Sequence[Panel], steps: Sequence[str], named: tuple[str, str], written: Callable[[float], str]
) -> Markup:
    """Draw the same of any amounts: `named` is title and description, `written` how an amount is written."""
    left = 14 + max(wide(step) for step in steps)
    width = (WIDTH - left - GAP * (len(panels) - 1)) / len(panels)
    top = max(mean for panel in panels for mean in panel.means)
    marks = [text(left - 10, TOP + ROW * (k + 0.5), step, anchor="end") for k, step in enumerate(steps)]
    for k, panel in enumerate(panels):
        marks += _panel(panel, left + (width + GAP) * k, width - FIGURE, top, written)
    return picture(TOP + ROW * len(steps) + 6, *named, marks)


def _panel(panel: Panel, left: float, width: float, top: float, written: Callable[[float], str]) -> list[str]:
    x = linear(0, top, left, left + width)
    bottom = TOP + ROW * (len(panel.means) + 1)
    marks = [
        text(left, 10, panel.title, "strong"),
        text(left, 29, panel.detail, "tick"),
        line(left, TOP - 4, left, bottom, "axis"),
    ]
    for k, (before, after) in enumerate(zip((0.0, *panel.means), (*panel.means, 0.0), strict=True)):
        ends = k in {0, len(panel.means)}
        y, change = TOP + ROW * k, (panel.means[0] if k == 0 else panel.means[-1]) if ends else after - before
        low, high = (0.0, change) if ends else (min(before, after), max(before, after))
        style = "total" if ends else "worsened" if change > 0 else "saved"
        sign = "" if ends or change == 0 else "+" if change > 0 else "−"
        marks.append(rect(x(low), y + 6, max(x(high) - x(low), 1.5), ROW - 12, style))
        marks.append(text(x(high) + 8, y + ROW / 2, sign + written(abs(change)), "strong" if ends else ""))
        if k < len(panel.means):
            level = x(panel.means[k])
            marks.append(line(level, y + 6, level, y + ROW + ROW - 6, "thread"))
    return marks
