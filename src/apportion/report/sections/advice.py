"""Which charters were tried, and what does each do to every member?"""

from collections.abc import Sequence
from typing import Any

from apportion.report.advising import named
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.section import Section
from apportion.report.table import Cell, Column, Table, amounts, parts, ratios, table, times
from apportion.report.telling import Telling, Value

Told = dict[str, Any]


def section(run: Run, telling: Telling) -> Section | None:
    """Show the charters and the members; nothing where a run asked for no advice."""
    told = run.get("advice")
    if not told:
        return None
    title, intro = telling.text("sections.advice.title"), telling.text("sections.advice.intro", n=len(told["tried"]))
    return Section("advice", title, intro, (charters(told, telling), members(told, telling), everything(told, telling)))


def charters(told: Told, telling: Telling) -> Table:
    """List the present charter, the advised one and the others."""
    rows = told["charters"]
    columns, cells = _compared(told, rows, telling)
    role = [Cell(telling.text(f"advice.roles.{row['role']}")) for row in rows]
    columns.insert(0, Column("", words=True))
    return table(
        telling.text("tables.charters"),
        columns,
        zip(role, *cells, strict=True),
        telling.text("tables.charters_note" if told["streams"] else "tables.rules_note"),
    )


def everything(told: Told, telling: Telling) -> Table:
    """List all that was tried, in the order in which it was."""
    columns, cells = _compared(told, told["tried"], telling)
    note = " ".join(f"{telling.text(f'advice.short.{key}')}: {why}." for key, why in told["declined"].items())
    return table(telling.text("tables.tried"), columns, zip(*cells, strict=True), note)


def _compared(told: Told, rows: Sequence[Told], telling: Telling) -> tuple[list[Column], list[Sequence[str | Cell]]]:
    numbers = telling.numbers
    unit, length = time_unit([row["mean"] for row in rows])
    time = told["streams"]
    columns = [
        Column(telling.text("columns.charter"), words=True, long=True),
        Column(
            telling.text("columns.mean_time" if time else "columns.total_rate"),
            telling.text(f"columns.unit_{unit}") if time else "",
        ),
        Column(telling.text("columns.worst_rho")),
        Column(telling.text("columns.slower")),
        Column(telling.text("columns.put_to_use"), "%"),
        Column(telling.text("columns.hhi")),
    ]
    cells: list[Sequence[str | Cell]] = [
        [telling.text(named(row)[0], **named(row)[1]) for row in rows],
        times([row["mean"] for row in rows], length, numbers)
        if time
        else amounts([row["mean"] for row in rows], numbers),
        ratios([row["worst"] or None for row in rows], numbers),
        [Cell(numbers.whole(len(row["worse"])), "bad" if row["worse"] else "") for row in rows],
        parts([row["done"] for row in rows], numbers),
        amounts([float(round(row["hhi"])) for row in rows], numbers),
    ]
    if any(row["answered"] is not None for row in rows):
        columns.append(Column(telling.text("columns.answered"), "%"))
        cells.append(parts([row["answered"] for row in rows], numbers))
    return columns, cells


def members(told: Told, telling: Telling) -> Table:
    """List what each member had alone, has now and would have, and what would help it."""
    rows, numbers, time = told["members"], telling.numbers, told["streams"]
    unit, length = time_unit([row["now"] for row in rows])
    written = times if time else _plain
    unit_text = telling.text(f"columns.unit_{unit}") if time else telling.text("columns.rate")
    columns = [
        Column(telling.text("columns.member"), words=True),
        Column(telling.text("columns.had"), unit_text),
        Column(telling.text("columns.has"), unit_text),
        Column(telling.text("columns.would"), unit_text),
        Column(telling.text("columns.change"), "%"),
        Column(telling.text("columns.shown"), words=True),
        Column(telling.text("columns.would_help"), words=True, long=True),
    ]
    cells: list[Sequence[str | Cell]] = [
        [row["member"] for row in rows],
        *(written([row[key] for row in rows], length, numbers) for key in ("alone", "now", "then")),
        parts([_change(row) for row in rows], numbers),
        [shown(row, told, telling) for row in rows],
        [helped(row, told, telling) for row in rows],
    ]
    return table(telling.text("tables.fates"), columns, zip(*cells, strict=True), telling.text("tables.fates_note"))


def _plain(values: Sequence[float | None], length: int, numbers: Any) -> list[str]:
    del length
    return amounts(values, numbers)


def _change(row: Told) -> float | None:
    return row["then"] / row["now"] - 1 if row["now"] and row["then"] is not None else None


def shown(row: Told, told: Told, telling: Telling) -> Cell:
    """Say whether a member's change is shown to be more than chance; of claims, whether it is for the better."""
    if told["streams"]:
        verdict = (row["trial"] or {}).get("verdict", "not shown")
    else:
        verdict = (
            "sooner" if row["member"] in told["gains"] else "later" if row["member"] in told["loses"] else "not shown"
        )
    if told["kind"] == "keep":
        return Cell(telling.text("verdicts.same"), "muted")
    tone = {"sooner": "good", "later": "bad"}.get(verdict, "muted")
    return Cell(telling.text(f"verdicts.{verdict.replace(' ', '_')}"), tone)


def helped(row: Told, told: Told, telling: Telling) -> str:
    """Say what would help a member most, if anything would be noticed."""
    best = next((one for one in row["helps"] if one["change"] <= -0.02), None)
    if best is None:
        return telling.text("verdicts.nothing")
    units = Value("units", (best["units"], told["resource"]))
    return telling.text(
        "advice.sooner",
        what=telling.text(f"advice.{best['kind']}", units=units),
        change=Value("percent", -best["change"]),
    )
