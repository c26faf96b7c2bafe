"""What is in the pool, and whose is it?"""

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.section import Section
from apportion.report.table import Column, Table, amounts, parts, table
from apportion.report.telling import Telling


def section(run: Run, telling: Telling) -> Section:
    """Show owners with what they brought and may count on, and the pool by flavor."""
    blocks = [owners(run, telling)]
    if len(run["pool"]["flavors"]) > 1 or len(facts.resources(run)) > 1:
        blocks.append(_flavors(run, telling))
    rule = telling.name("rules", run["charter"]["entitlement_rule"])
    return Section(
        "pool", telling.text("sections.pool.title"), telling.text("sections.pool.intro", rule=rule), tuple(blocks)
    )


def owners(run: Run, telling: Telling) -> Table:
    """List what each member owns, what it may count on, and its weight."""
    rows, numbers = run["pool"]["owners"], telling.numbers
    columns = [Column(telling.text("columns.member"), words=True), Column(telling.text("columns.nodes"))]
    cells = [[row["member"] for row in rows], amounts([row["nodes"] for row in rows], numbers)]
    total = [telling.text("tables.total"), numbers.whole(run["pool"]["nodes"])]
    for resource in facts.resources(run):
        for key, title in (("amount", "owned"), ("entitlement", "entitlement")):
            held = [float(row[key].get(resource, 0)) for row in rows]
            columns.append(Column(telling.text(f"columns.{title}"), telling.resource(resource)))
            cells.append(amounts(held, numbers))
            total.append(numbers.amount(sum(held)))
    for key, title in (("share", "share"), ("weight", "weight")):
        columns.append(Column(telling.text(f"columns.{title}"), telling.text("columns.unit_percent")))
        cells.append(parts([row[key] for row in rows], numbers))
        total.append(parts([sum(row[key] for row in rows)], numbers)[0])
    return table(telling.text("tables.owners"), columns, zip(*cells, strict=True), total=total)


def _flavors(run: Run, telling: Telling) -> Table:
    resources = facts.resources(run)
    held = {(row["flavor"], row["resource"]): float(row["amount"]) for row in run["pool"]["capacity"]}
    columns = [
        Column(telling.text("columns.flavor"), words=True),
        *[Column(telling.resource(resource)) for resource in resources],
    ]
    flavors = run["pool"]["flavors"]
    cells = [amounts([held.get((flavor, r), 0.0) for flavor in flavors], telling.numbers) for r in resources]
    total = [telling.text("tables.total"), *[telling.numbers.amount(facts.capacity(run, r)) for r in resources]]
    return table(telling.text("tables.capacity"), columns, zip(flavors, *cells, strict=True), total=total)
