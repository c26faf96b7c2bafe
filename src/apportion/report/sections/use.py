"""Who used how much, when?"""

from typing import Any

from apportion.report.charts.stacked import Band, stacked
from apportion.report.facts import Run
from apportion.report.section import Picture, Section
from apportion.report.table import Column, Table, amounts, parts, table
from apportion.report.telling import Telling

NAMED = 6  # bands with a colour of their own; more colours than that are not told apart


def section(run: Run, telling: Telling) -> Section | None:
    """Show use over time stacked by member; nothing where nothing ran."""
    found = run["timeline"]
    if not found or not found["used"]:
        return None
    resource = telling.resource(found["resource"])
    svg = stacked(bands(found, telling), found["step_s"], found["capacity"], resource, telling)
    picture = Picture(telling.text("charts.stacked_title", resource=resource), telling.text("charts.stacked_desc"), svg)
    step = telling.numbers.duration(found["step_s"])
    intro = telling.text("sections.use.intro", resource=resource, step=step)
    return Section("use", telling.text("sections.use.title"), intro, (picture, _members(found, telling)))


def bands(found: dict[str, Any], telling: Telling) -> list[Band]:
    """Name the members who used most, the largest lowest, and put the others on top as one."""
    by_member = list(zip(*found["used"], strict=True))
    total = [sum(used) for used in by_member]
    order = sorted(range(len(total)), key=lambda m: (-total[m], m))
    whole = sum(total) or 1.0
    named = order if len(order) == NAMED + 1 else order[:NAMED]
    result = [_band(found["members"][m], by_member[m], total[m] / whole, f"f{k}", telling) for k, m in enumerate(named)]
    rest = order[len(named) :]
    if rest:
        used = tuple(sum(values) for values in zip(*(by_member[m] for m in rest), strict=True))
        name = telling.text("charts.others", n=len(rest))
        result.append(_band(name, used, sum(total[m] for m in rest) / whole, "rest", telling))
    return result


def _band(name: str, used: tuple[float, ...], part: float, style: str, telling: Telling) -> Band:
    mean = telling.numbers.amount(sum(used) / len(used))
    return Band(name, f"{mean} · {telling.numbers.percent(part)}", used, style)


def _members(found: dict[str, Any], telling: Telling) -> Table:
    by_member, numbers = list(zip(*found["used"], strict=True)), telling.numbers
    unit = telling.resource(found["resource"])
    total = [sum(used) for used in by_member]
    whole, steps = sum(total), len(found["used"])
    cells = [
        found["members"],
        parts([part / whole if whole else None for part in total], numbers),
        amounts([part / steps for part in total], numbers),
        amounts([max(used) for used in by_member], numbers),
    ]
    return table(
        telling.text("tables.use"),
        [
            Column(telling.text("columns.member"), words=True),
            Column(telling.text("columns.use_share"), telling.text("columns.unit_percent")),
            Column(telling.text("columns.mean_use"), unit),
            Column(telling.text("columns.peak_use"), unit),
        ],
        zip(*cells, strict=True),
        total=[
            telling.text("tables.total"),
            *parts([1.0], numbers),
            numbers.amount(whole / steps),
            numbers.amount(max(sum(used) for used in found["used"])),
        ],
    )
