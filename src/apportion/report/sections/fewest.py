"""How few machines serve every member as well as alone, under each order of the queue?"""

from typing import Any

from apportion.report import facts
from apportion.report.charts.fewest import Need
from apportion.report.charts.fewest import fewest as bars
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.section import Picture
from apportion.report.sizing_findings import fewest, sized_homes
from apportion.report.table import Cell, Column, Table, parts, ratios, table, times
from apportion.report.telling import Telling, Value

Row = dict[str, Any]


def drawn(run: Run, telling: Telling) -> Picture:
    """Draw the fewest machines for each order of the queue, and say the least for each discipline at home."""
    sized = run["sizing"]
    unit, whole = telling.resource(sized["resource"]), sized["capacity"]
    least = [_least(sized, home, telling) for home in sized_homes(sized)]
    title = telling.text("charts.fewest_title", resource=unit)
    said = telling.text("charts.fewest_desc", whole=Value("units", (whole, sized["resource"])), each="".join(least))
    needs = [
        Need(
            telling.text("charts.at_home", home=telling.name("disciplines", row["alone"])),
            order(row, telling),
            row["gpus"],
            _detail(row, telling),
        )
        for row in orders(sized)
    ]
    return Picture(title, said, bars(needs, whole, unit, title, said, telling))


def _least(sized: Row, home: str, telling: Telling) -> str:
    best, name = fewest(sized, home), telling.name("disciplines", home)
    if best is None:
        return telling.text("charts.fewest_none", home=name)
    few = Value("units", (best["gpus"], sized["resource"]))
    part = Value("percent", best["percent"] / 100)
    return telling.text("charts.fewest_each", home=name, few=few, percent=part, order=order(best, telling))


def _detail(row: Row, telling: Telling) -> str:
    if row["gpus"] is None:
        return telling.text("tables.never")
    return f"{telling.numbers.amount(row['gpus'])} · {telling.numbers.percent(row['percent'] / 100)}"


def listed(run: Run, telling: Telling) -> Table:
    """List the fewest machines at which no member is worse off, for each order of the queue."""
    sized, numbers = run["sizing"], telling.numbers
    rows = orders(sized)
    unit, length = time_unit([row["mean_jct_s"] for row in rows])
    percent = telling.text("columns.unit_percent")
    worst = ratios([(row["worst_rho_range"] or (None, None))[1] for row in rows], numbers)
    return table(
        telling.text("tables.fewest"),
        [
            Column(telling.text("columns.discipline"), words=True),
            Column(telling.text("columns.against"), words=True),
            Column(telling.text("columns.fewest"), telling.resource(sized["resource"])),
            Column(telling.text("columns.percent"), percent),
            Column(telling.text("columns.worst_rho")),
            Column(telling.text("columns.seeds")),
            Column(telling.text("columns.later"), percent),
            Column(telling.text("columns.mean_jct"), telling.text(f"columns.unit_{unit}")),
        ],
        [
            (
                order(row, telling),
                telling.name("disciplines", row["alone"]),
                Cell(telling.text("tables.never"), "bad") if row["gpus"] is None else numbers.amount(row["gpus"]),
                numbers.decimal(row["percent"], 0),
                rho,
                numbers.amount(row["seeds"]),
                *parts([row["later"]], numbers),
                *times([row["mean_jct_s"]], length, numbers),
            )
            for row, rho in zip(rows, worst, strict=True)
        ],
    )


def order(row: Row, telling: Telling) -> str:
    """Name the order of the queue of a row."""
    return telling.show(Value("discipline", (row["discipline"], row["variant"])))


def orders(sized: Row, home: str | None = None) -> list[Row]:
    """Return one entry of `fewest` for each home and order, the simplest first."""
    kept = [row for row in sized["fewest"] if home in {None, row["alone"]}]
    return sorted(
        kept, key=lambda row: (facts.simplicity(row["alone"]), facts.simplicity(row["discipline"]), row["variant"])
    )
