"""How few machines would serve every member as well as alone, and where does the saving come from?"""

from collections.abc import Sequence
from typing import Any

from apportion.report import facts
from apportion.report.charts.sizing_lines import Line, sizing_lines
from apportion.report.charts.waterfall import Panel, waterfall
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.section import Block, Folded, Picture, Section
from apportion.report.sections import fewest
from apportion.report.sections.fewest import order, orders
from apportion.report.table import Cell, Column, Table, ratios, table, times
from apportion.report.telling import Telling

Row = dict[str, Any]
STEPS = ("alone_strict", "discipline", "pooling", "rule", "final")
PANELS = 2
COLOURS = 8


def section(run: Run, telling: Telling) -> Section | None:
    """Show the worst member's ρ by size and order, the fewest machines, and the saving step by step."""
    sized = run["sizing"]
    if not sized:
        return None
    blocks: list[Block] = [fewest.drawn(run, telling), fewest.listed(run, telling)]
    for home in homes(sized):
        blocks += [_picture(sized, home, telling), _sizes(sized, home, telling)]
    if (spreads := _spreads(sized, telling)).rows:
        blocks.append(spreads)
    if any(map(_complete, sized["decomposition"])):
        blocks += [_waterfall(sized, telling), _decomposition(sized, telling)]
    blocks.append(_by_member(sized, telling))
    percents = [telling.numbers.percent(percent / 100) for percent in sorted(sized["percents"], reverse=True)]
    intro = telling.text("sections.sizing.intro", percents=telling.numbers.listed(percents))
    return Section("sizing", telling.text("sections.sizing.title"), intro, tuple(blocks))


def homes(sized: Row) -> list[str]:
    """Name the disciplines at home that have a line to show, the simplest first."""
    return sorted({row["alone"] for row in sized["rows"] if row["worst_rho"] is not None}, key=facts.simplicity)


def _of(sized: Row, order: Row) -> list[Row]:
    """Return the rows of one order against one home, from the largest pool to the smallest."""
    key = ("discipline", "variant", "alone")
    own = [row for row in sized["rows"] if all(row[name] == order[name] for name in key)]
    return sorted(own, key=lambda row: -row["percent"])


def _picture(sized: Row, home: str, telling: Telling) -> Picture:
    colours = list(dict.fromkeys((row["discipline"], row["variant"]) for row in orders(sized)))
    lines = []
    for one in orders(sized, home):
        points = tuple((row["percent"], row["worst_rho"]) for row in _of(sized, one) if row["worst_rho"] is not None)
        if points:
            style = f"s{colours.index((one['discipline'], one['variant'])) % COLOURS}"
            lines.append(Line(order(one, telling), style, points, one["percent"], one["gpus"]))
    units_at = {row["percent"]: row["gpus"] for row in sized["rows"]}
    name = telling.name("disciplines", home)
    picture = sizing_lines(lines, name, units_at, telling.resource(sized["resource"]), telling)
    return Picture(telling.text("charts.sizing_title", home=name), telling.text("charts.sizing_desc"), picture)


def _sizes(sized: Row, home: str, telling: Telling) -> Table:
    chosen = orders(sized, home)
    columns = [
        Column(telling.resource(sized["resource"])),
        Column(telling.text("columns.percent"), telling.text("columns.unit_percent")),
        *[Column(order(one, telling)) for one in chosen],
    ]
    rho = [{row["percent"]: row["worst_rho"] for row in _of(sized, one)} for one in chosen]
    units_at = {row["percent"]: row["gpus"] for row in sized["rows"]}
    percents = sorted(sized["percents"], reverse=True)
    cells = [
        [telling.numbers.amount(units_at[percent]) for percent in percents],
        [telling.numbers.decimal(percent, 0) for percent in percents],
        *[ratios([of.get(percent) for percent in percents], telling.numbers) for of in rho],
    ]
    caption = telling.text("tables.sizes", home=telling.name("disciplines", home))
    return table(caption, columns, zip(*cells, strict=True), note=telling.text("tables.sizes_note"))


def _spreads(sized: Row, telling: Telling) -> Table:
    """Show how far the worst ρ moves with the order of ties, where it moves at all."""
    shown = {part["percent"] for part in sized["decomposition"]}
    percents = sorted({row["percent"] for row in sized["rows"] if _moves(row)} & shown, reverse=True)
    columns = [
        Column(telling.text("columns.discipline"), words=True),
        Column(telling.text("columns.against"), words=True),
        *[Column(telling.numbers.percent(percent / 100)) for percent in percents],
    ]
    rows: list[Sequence[str | Cell]] = []
    for one in orders(sized):
        at = {row["percent"]: row for row in _of(sized, one) if _moves(row) and row["percent"] in shown}
        if at:
            cells = [_range(at.get(percent), telling) for percent in percents]
            rows.append((order(one, telling), telling.name("disciplines", one["alone"]), *cells))
    return table(telling.text("tables.spread", n=max(row["seeds"] for row in sized["rows"])), columns, rows)


def _moves(row: Row) -> bool:
    low, high = row["worst_rho_range"] or (None, None)
    return bool(low != high)


def _range(row: Row | None, telling: Telling) -> Cell:
    if row is None:
        return Cell("")
    low, high = row["worst_rho_range"]
    return Cell(f"{telling.numbers.decimal(low, 3)}–{telling.numbers.decimal(high, 3)}", "bad" if high > 1 else "")


def _waterfall(sized: Row, telling: Telling) -> Picture:
    """Draw the whole pool and the size nearest to the fewest machines: there the rule begins to matter."""
    safe = [row["percent"] for row in sized["fewest"] if row["percent"] is not None]
    parts_at = {part["percent"]: part for part in sized["decomposition"] if _complete(part)}
    near = min(parts_at, key=lambda percent: (abs(percent - min(safe, default=100)), percent), default=None)
    shown = [parts_at[percent] for percent in sorted({max(parts_at), near}, reverse=True) if percent is not None]
    panels = [
        Panel(
            telling.text("charts.waterfall_panel", percent=telling.numbers.percent(part["percent"] / 100)),
            order(part["steps"][-1], telling),
            tuple(step["mean_jct_s"] for step in part["steps"]),
        )
        for part in shown[:PANELS]
    ]
    steps = [telling.name("steps", step) for step in STEPS]
    return Picture(
        telling.text("charts.waterfall_title"),
        telling.text("charts.waterfall_desc"),
        waterfall(panels, steps, telling),
    )


def _complete(part: Row) -> bool:
    return all(step["mean_jct_s"] is not None for step in part["steps"])


def _decomposition(sized: Row, telling: Telling) -> Table:
    found = sized["decomposition"]
    unit, length = time_unit([step["mean_jct_s"] for part in found for step in part["steps"]])
    time = telling.text(f"columns.unit_{unit}")
    rows: list[Sequence[str | Cell]] = []
    for part in found:
        means = [step["mean_jct_s"] for step in part["steps"]]
        order_name = order(part["steps"][-1], telling)
        rows.append((telling.numbers.decimal(part["percent"], 0), *times(means, length, telling.numbers), order_name))
    return table(
        telling.text("tables.decomposition"),
        [
            Column(telling.text("columns.percent"), telling.text("columns.unit_percent")),
            *[Column(telling.text(f"tables.after_{step}"), time) for step in STEPS[:-1]],
            Column(telling.text("columns.discipline"), words=True),
        ],
        rows,
    )


def _by_member(sized: Row, telling: Telling) -> Folded:
    """Fold away ρ of every member under every order, at the sizes the saving is split for."""
    percents = [part["percent"] for part in sized["decomposition"]] or sorted(sized["percents"], reverse=True)[:5]
    tables = tuple(_members_under(sized, one, percents, telling) for one in orders(sized))
    return Folded(telling.text("tables.by_member"), tables)


def _members_under(sized: Row, one: Row, percents: list[int], telling: Telling) -> Table:
    at = {row["percent"]: row for row in _of(sized, one) if row["percent"] in percents}
    alone = next(iter(at.values()))["alone_mean_jct"] if at else {}
    unit, length = time_unit([*alone.values(), *(s for row in at.values() for s in row["mean_jct"].values())])
    time = telling.text(f"columns.unit_{unit}")
    columns = [Column(telling.text("columns.member"), words=True), Column(telling.text("columns.mean_jct_alone"), time)]
    members = list(alone)
    cells: list[Sequence[str | Cell]] = [members, times(list(alone.values()), length, telling.numbers)]
    for percent, row in at.items():
        size = telling.numbers.percent(percent / 100)
        columns += [Column(f"ρ, {size}"), Column(telling.text("columns.mean_jct_at", percent=size), time)]
        cells.append(ratios([row["rho"][member] for member in members], telling.numbers))
        cells.append(times([row["mean_jct"][member] for member in members], length, telling.numbers))
    home = telling.text("columns.alone_under", home=telling.name("disciplines", one["alone"]))
    return table(f"{order(one, telling)} ({home})", columns, zip(*cells, strict=True))
