"""Who asks for what, and what is scarce?"""

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.section import Section
from apportion.report.table import Cell, Column, Table, amounts, table
from apportion.report.telling import Telling


def section(run: Run, telling: Telling) -> Section:
    """Show the demand matrix of the window and how scarce each resource is in it."""
    intro = telling.text("sections.demand.intro", window=window(run, telling))
    return Section(
        "demand", telling.text("sections.demand.title"), intro, (_scarcity(run, telling), _matrix(run, telling))
    )


def window(run: Run, telling: Telling) -> str:
    """Name the window that the demand and the plan are for."""
    if run["demand"]["why"] == "claims":
        return telling.text("window.claims")
    start, end = run["demand"]["window"]
    key = "window.busiest" if run["demand"]["why"] == "busiest" else "window.given"
    first, last = (telling.numbers.moment(facts.since_start(run, at)) for at in (start, end))
    return telling.text(key, **{"start": first, "end": last, "from": start, "to": end})


def _scarcity(run: Run, telling: Telling) -> Table:
    rows = [row for row in run["demand"]["scarcity"] if row["resource"] in facts.resources(run)]
    numbers = telling.numbers
    return table(
        telling.text("tables.scarcity"),
        [
            Column(telling.text("columns.resource"), words=True),
            Column(telling.text("columns.asked")),
            Column(telling.text("columns.there")),
            Column(telling.text("columns.ratio"), telling.text("columns.unit_percent")),
        ],
        [
            (
                telling.resource(row["resource"]),
                numbers.amount(row["asked"]),
                numbers.amount(float(row["capacity"])),
                Cell(numbers.decimal(100 * row["ratio"], 1), "bad" if row["ratio"] > 1 else ""),
            )
            for row in rows
        ],
    )


def _matrix(run: Run, telling: Telling) -> Table:
    resources = facts.resources(run)
    asked = [facts.asked(run, resource) for resource in resources]
    members = [row["member"] for row in run["demand"]["rows"]]
    columns = [
        Column(telling.text("columns.member"), words=True),
        *[Column(telling.text("columns.asked"), telling.resource(resource)) for resource in resources],
    ]
    cells = [amounts([of[member] for member in members], telling.numbers) for of in asked]
    total = [telling.text("tables.total"), *[telling.numbers.amount(sum(of.values())) for of in asked]]
    caption = telling.text("tables.demand" if run["stream"] else "tables.demand_claims")
    return table(caption, columns, zip(members, *cells, strict=True), total=total)
