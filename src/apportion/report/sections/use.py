"""Who used how much and waited for how much, when?"""

from collections.abc import Sequence
from typing import Any

from apportion.report import colours
from apportion.report.charts.stacked import Band, Level, stacked
from apportion.report.facts import Run, since_start
from apportion.report.section import Block, Picture, Section
from apportion.report.table import Column, Table, amounts, parts, table
from apportion.report.telling import Telling, Value

Rows = Sequence[Sequence[float]]


def section(run: Run, telling: Telling) -> Section | None:
    """Show use, and the queue, over time stacked by member; nothing where nothing ran."""
    found = run["timeline"]
    if not found or not found["used"]:
        return None
    queued = found.get("queued") or []
    waits = any(any(row) for row in queued)
    unit, step = telling.resource(found["resource"]), telling.numbers.duration(found["step_s"])
    intro = telling.text("sections.use.intro", resource=unit, step=step)
    if queued and not waits:
        intro += telling.text("sections.use.no_queue")
    blocks: list[Block] = [_use(run, found, telling), _members("use", found, found["used"], telling)]
    if waits:
        blocks += [_queue(run, found, telling), _members("queue", found, queued, telling)]
    return Section("use", telling.text("sections.use.title"), intro, tuple(blocks))


def _use(run: Run, found: dict[str, Any], telling: Telling) -> Picture:
    unit, level = telling.resource(found["resource"]), telling.numbers.amount(found["capacity"])
    values = _extremes(run, found, found["used"], telling)
    title = telling.text("charts.stacked_title", resource=unit)
    said = telling.text("charts.stacked_desc", capacity=level, resource=unit, **values)
    capacity = Level(found["capacity"], telling.text("charts.stacked_capacity", n=level))
    svg = stacked(bands(found, found["used"], telling), found["step_s"], capacity, title, said, telling)
    return Picture(title, said, svg)


def _queue(run: Run, found: dict[str, Any], telling: Telling) -> Picture:
    unit, rows = telling.resource(found["resource"]), found["queued"]
    values = _extremes(run, found, rows, telling)
    title = telling.text("charts.queue_title", resource=unit)
    none = Value("percent", sum(not any(row) for row in rows) / len(rows))
    said = telling.text("charts.queue_desc", resource=unit, none=none, **values)
    svg = stacked(bands(found, rows, telling), found["step_s"], None, title, said, telling)
    return Picture(title, said, svg)


def _extremes(run: Run, found: dict[str, Any], rows: Rows, telling: Telling) -> dict[str, Any]:
    """Say what there was on average and at most, as amounts and parts of the pool, and when."""
    total, whole = [sum(row) for row in rows], found["capacity"] or 1.0
    mean, peak = sum(total) / len(total), max(total)
    when = since_start(run, found["start_s"] + total.index(peak) * found["step_s"])
    return {
        "mean": Value("amount", mean),
        "peak": Value("amount", peak),
        "mean_part": Value("percent", mean / whole),
        "peak_part": Value("percent", peak / whole),
        "when": telling.numbers.moment(when),
    }


def bands(found: dict[str, Any], rows: Rows, telling: Telling) -> list[Band]:
    """Name the members with a colour of their own, the largest lowest, and put the others on top as one."""
    by_member = list(zip(*rows, strict=True))
    chosen = colours.named(found)
    rest = [m for m in range(len(by_member)) if m not in chosen]
    whole = sum(map(sum, by_member)) or 1.0
    result = [_band(found["members"][m], by_member[m], whole, colours.style(chosen, m), telling) for m in chosen]
    if rest:
        others = tuple(sum(values) for values in zip(*(by_member[m] for m in rest), strict=True))
        result.append(_band(telling.text("charts.others", n=len(rest)), others, whole, colours.OTHERS, telling))
    return result


def _band(name: str, of: tuple[float, ...], whole: float, style: str, telling: Telling) -> Band:
    mean = telling.numbers.amount(sum(of) / len(of))
    return Band(name, f"{mean} · {telling.numbers.percent(sum(of) / whole)}", of, style)


def _members(what: str, found: dict[str, Any], rows: Rows, telling: Telling) -> Table:
    """List what each member used (or waited for): its share, its mean and its highest step."""
    by_member, numbers = list(zip(*rows, strict=True)), telling.numbers
    unit = telling.resource(found["resource"])
    total = [sum(amount) for amount in by_member]
    whole, steps = sum(total), len(rows)
    cells = [
        found["members"],
        parts([part / whole if whole else None for part in total], numbers),
        amounts([part / steps for part in total], numbers),
        amounts([max(amount) for amount in by_member], numbers),
    ]
    return table(
        telling.text(f"tables.{what}"),
        [
            Column(telling.text("columns.member"), words=True),
            Column(telling.text(f"columns.{what}_share"), telling.text("columns.unit_percent")),
            Column(telling.text(f"columns.mean_{what}"), unit),
            Column(telling.text(f"columns.peak_{what}"), unit),
        ],
        zip(*cells, strict=True),
        total=[
            telling.text("tables.total"),
            *parts([1.0], numbers),
            numbers.amount(whole / steps),
            numbers.amount(max(map(sum, rows))),
        ],
    )
