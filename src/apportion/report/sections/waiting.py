"""How long does each member wait, alone and in the pool?"""

from collections.abc import Sequence

from apportion.report import facts
from apportion.report.charts.dumbbell import Waits, dumbbell
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.section import Picture, Section
from apportion.report.table import Cell, Column, Table, amounts, parts, ratios, table, times
from apportion.report.telling import Telling

MOST_RODS = 30


def section(run: Run, telling: Telling) -> Section | None:
    """Show each member's mean times and ρ; nothing without jobs."""
    if not run["waiting"]:
        return None
    homes = facts.homes(run)
    named = telling.numbers.listed([telling.name("disciplines", home) for home in homes])
    shown = sorted((row for row in run["waiting"] if row["mean_jct_s"] is not None), key=_placed)[:MOST_RODS]
    waits = [Waits(row["member"], row["mean_jct_s"], row["alone"], row["rho"]) for row in shown]
    picture = Picture(
        telling.text("charts.dumbbell_title"), telling.text("charts.dumbbell_desc"), dumbbell(waits, homes, telling)
    )
    return Section(
        "waiting",
        telling.text("sections.waiting.title"),
        telling.text("sections.waiting.intro", homes=named),
        (*([picture] if waits else []), members(run, telling)),
    )


def _placed(row: facts.Run) -> tuple[float, str]:
    """Order members from the worst placed to the best; those without ρ come last."""
    known = [rho for rho in row["rho"].values() if rho is not None]
    return -max(known, default=0.0), row["member"]


def members(run: Run, telling: Telling) -> Table:
    """List each member's jobs, mean times, ρ and later jobs."""
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
    for key, title, unit_text in (
        ("alone", "alone_under", time),
        ("rho", "rho_under", ""),
        ("later", "later_under", "%"),
    ):
        for home in homes:
            columns.append(Column(telling.text(f"columns.{title}", home=telling.name("disciplines", home)), unit_text))
            cells.append(_by_home([row[key].get(home) for row in rows], key, length, telling))
    columns.append(Column(telling.text("columns.wait"), time))
    cells.append(times([row["mean_wait_s"] for row in rows], length, numbers))
    if any(row["only_in_pool"] for row in rows):
        columns.append(Column(telling.text("columns.only")))
        cells.append(amounts([row["only_in_pool"] for row in rows], numbers))
    return table(telling.text("tables.waiting"), columns, zip(*cells, strict=True))


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
