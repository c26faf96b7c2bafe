"""How long does each member wait, alone and in the pool?"""

from collections.abc import Sequence

from apportion.report import facts
from apportion.report.charts.dumbbell import Waits, dumbbell
from apportion.report.charts.ratios import Ratios
from apportion.report.charts.ratios import ratios as ratios_chart
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.section import Block, Picture, Section
from apportion.report.table import Cell, Column, Table, amounts, parts, ratios, table, times
from apportion.report.telling import Telling, Value

MOST_RODS = 30


def section(run: Run, telling: Telling) -> Section | None:
    """Show each member's mean times and ρ; nothing without jobs."""
    if not run["waiting"]:
        return None
    homes = facts.homes(run)
    named = telling.numbers.listed([telling.name("disciplines", home) for home in homes])
    worst_first = sorted(run["waiting"], key=_placed)
    timed = [row for row in worst_first if row["mean_jct_s"] is not None][:MOST_RODS]
    compared = [row for row in worst_first if any(rho for rho in row["rho"].values())][:MOST_RODS]
    blocks: list[Block] = [_means(timed, homes, telling)] if timed else []
    blocks.append(members(run, telling))
    if compared:
        blocks += [_ratios(run, compared, homes, telling), placed(run, telling)]
    title, intro = telling.text("sections.waiting.title"), telling.text("sections.waiting.intro", homes=named)
    return Section("waiting", title, intro, tuple(blocks))


def _means(rows: Sequence[Run], homes: Sequence[str], telling: Telling) -> Picture:
    waits = [Waits(row["member"], row["mean_jct_s"], row["alone"]) for row in rows]
    title, said = telling.text("charts.dumbbell_title"), telling.text("charts.dumbbell_desc")
    return Picture(title, said, dumbbell(waits, homes, telling))


def _ratios(run: Run, rows: Sequence[Run], homes: Sequence[str], telling: Telling) -> Picture:
    """Draw ρ of each member, and count who gains and who loses among all."""
    of_all = [[rho for rho in row["rho"].values() if rho is not None] for row in run["waiting"]]
    known = [rho for rho in of_all if rho]
    said = telling.text(
        "charts.ratios_desc",
        sooner=sum(max(rho) < 1 for rho in known),
        later=sum(max(rho) > 1 for rho in known),
        compared=Value("many", (len(known), "member")),
    )
    names = [telling.text("charts.against", home=telling.name("disciplines", home)) for home in homes]
    shown = [Ratios(row["member"], tuple(row["rho"].get(home) or None for home in homes)) for row in rows]
    title = telling.text("charts.ratios_title")
    return Picture(title, said, ratios_chart(shown, names, title, said, telling))


def _placed(row: facts.Run) -> tuple[float, str]:
    """Order members from the worst placed to the best; those without ρ come last."""
    known = [rho for rho in row["rho"].values() if rho is not None]
    return -max(known, default=0.0), row["member"]


def members(run: Run, telling: Telling) -> Table:
    """List each member's jobs and mean times."""
    rows, homes, numbers = run["waiting"], facts.homes(run), telling.numbers
    unit, length = time_unit([row["mean_jct_s"] for row in rows])
    columns = [Column(telling.text("columns.member"), words=True), Column(telling.text("columns.jobs"))]
    cells: list[Sequence[str | Cell]] = [
        [row["member"] for row in rows],
        amounts([row["jobs"] for row in rows], numbers),
    ]
    time = telling.text(f"columns.unit_{unit}")
    columns.append(Column(telling.text("columns.pooled"), time))
    cells.append(times([row["mean_jct_s"] for row in rows], length, numbers))
    for home in homes:
        columns.append(Column(telling.text("columns.alone_under", home=telling.name("disciplines", home)), time))
        cells.append(_by_home([row["alone"].get(home) for row in rows], "alone", length, telling))
    columns.append(Column(telling.text("columns.wait"), time))
    cells.append(times([row["mean_wait_s"] for row in rows], length, numbers))
    if any(row["only_in_pool"] for row in rows):
        columns.append(Column(telling.text("columns.only")))
        cells.append(amounts([row["only_in_pool"] for row in rows], numbers))
    return table(telling.text("tables.waiting"), columns, zip(*cells, strict=True))


def placed(run: Run, telling: Telling) -> Table:
    """List each member's ρ, and which part of its single jobs ends later than alone."""
    rows, homes = run["waiting"], facts.homes(run)
    columns = [Column(telling.text("columns.member"), words=True)]
    cells: list[Sequence[str | Cell]] = [[row["member"] for row in rows]]
    for key, title, unit in (("rho", "rho_under", ""), ("later", "later_under", telling.text("columns.unit_percent"))):
        for home in homes:
            columns.append(Column(telling.text(f"columns.{title}", home=telling.name("disciplines", home)), unit))
            cells.append(_by_home([row[key].get(home) for row in rows], key, 1, telling))
    return table(telling.text("tables.placed"), columns, zip(*cells, strict=True))


def members_in_brief(run: Run, telling: Telling) -> Table:
    """List what each member owns and, where there are jobs, mean times and ρ: the columns that fit a terminal."""
    resource, numbers, homes = facts.scarcest(run), telling.numbers, facts.homes(run)
    owners = run["pool"]["owners"]
    columns = [
        Column(telling.text("columns.member"), words=True),
        Column(telling.text("columns.owned"), telling.resource(resource)),
        Column(telling.text("columns.share"), telling.text("columns.unit_percent")),
    ]
    cells: list[Sequence[str | Cell]] = [
        [owner["member"] for owner in owners],
        amounts([float(owner["amount"].get(resource, 0)) for owner in owners], numbers),
        parts([owner["share"] for owner in owners], numbers),
    ]
    if run["waiting"]:
        rows = run["waiting"]
        unit, length = time_unit([row["mean_jct_s"] for row in rows])
        time = telling.text(f"columns.unit_{unit}")
        columns += [Column(telling.text("columns.jobs")), Column(telling.text("columns.pooled"), time)]
        cells += [
            amounts([row["jobs"] for row in rows], numbers),
            times([row["mean_jct_s"] for row in rows], length, numbers),
        ]
        for key, title in (("alone", "alone_under"), ("rho", "rho_under")):
            for home in homes:
                heading = telling.text(f"columns.{title}", home=telling.name("disciplines", home))
                columns.append(Column(heading, time if key == "alone" else ""))
                cells.append(_by_home([row[key].get(home) for row in rows], key, length, telling))
    return table(telling.text("tables.waiting"), columns, zip(*cells, strict=True))


def _by_home(values: list[float | None], key: str, length: int, telling: Telling) -> Sequence[str | Cell]:
    if key == "alone":
        return times(values, length, telling.numbers)
    if key == "later":
        return parts(values, telling.numbers)
    return ratios(values, telling.numbers)
