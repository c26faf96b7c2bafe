"""Who holds the pool: before the rule, by the rule, and after it?"""

from apportion.report import facts
from apportion.report.charts.lorenz import Curve, lorenz
from apportion.report.facts import Run
from apportion.report.section import Picture, Section
from apportion.report.table import Cell, Column, Table, parts, table
from apportion.report.telling import Telling

INDICES = ("concentration_ratio.1", "concentration_ratio.4", "hoover")
MOST_CORNERS = 20


def section(run: Run, telling: Telling) -> Section | None:
    """Show the Lorenz curves with the indices of each stage; nothing where nobody holds anything."""
    if not run["lorenz"]:
        return None
    resource = telling.resource(facts.scarcest(run))
    picture = Picture(
        telling.text("charts.lorenz_title"),
        telling.text("charts.lorenz_desc"),
        lorenz([_curve(row, telling) for row in run["lorenz"]], telling),
    )
    return Section(
        "concentration",
        telling.text("sections.concentration.title"),
        telling.text("sections.concentration.intro", resource=resource),
        (picture, _indices(run, telling), _holdings(run, telling)),
    )


def _curve(row: Run, telling: Telling) -> Curve:
    stage, numbers = telling.name("stages", row["stage"]), telling.numbers
    return Curve(
        tuple(row["population"]),
        tuple(row["share"]),
        telling.text("charts.lorenz_label", stage=stage, gini=numbers.decimal(row["gini"], 3)),
        telling.text("charts.lorenz_like", n=numbers.decimal(row["effective"], 1)),
    )


def _indices(run: Run, telling: Telling) -> Table:
    numbers, percent = telling.numbers, telling.text("columns.unit_percent")
    rows = {one["name"]: one["rows"] for one in run["figures"]}
    return table(
        telling.text("tables.concentration"),
        [
            Column(telling.text("columns.stage"), words=True),
            Column(telling.text("columns.hhi"), telling.text("columns.unit_points")),
            Column(telling.text("columns.effective")),
            Column(telling.text("columns.gini")),
            Column(telling.text("columns.cr", k="1"), percent),
            Column(telling.text("columns.cr", k="4"), percent),
            Column(telling.text("columns.hoover"), percent),
        ],
        [
            (
                telling.name("stages", row["stage"]),
                numbers.decimal(row["hhi"], 0),
                numbers.decimal(row["effective"], 2),
                numbers.decimal(row["gini"], 3),
                *parts([rows.get(name, {}).get(row["stage"]) for name in INDICES], numbers),
            )
            for row in run["lorenz"]
        ],
    )


def _holdings(run: Run, telling: Telling) -> Table:
    """Write the curves' corners; of long curves about twenty, evenly spaced."""
    curves = run["lorenz"]
    corners = len(curves[0]["population"])
    step = max((corners - 1) // MOST_CORNERS, 1)
    shown = sorted({*range(0, corners, step), corners - 1})
    columns = [
        Column(telling.text("tables.population"), telling.text("columns.unit_percent")),
        *[Column(telling.name("stages", row["stage"]), telling.text("columns.unit_percent")) for row in curves],
    ]
    cells = [parts([row["share"][k] for k in shown], telling.numbers) for row in curves]
    population = parts([curves[0]["population"][k] for k in shown], telling.numbers)
    rows: list[tuple[str | Cell, ...]] = list(zip(population, *cells, strict=True))
    return table(telling.text("tables.holdings"), columns, rows)
