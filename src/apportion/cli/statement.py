"""Say what each member owes, and for what."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Carbon, CarbonStart, Format, Output, PolicyName, Pooled, PoolPath, Quiet, Set
from apportion.cli.output import csv_text, emit
from apportion.errors import BadInput

MICRO = 1e6
KILO = 1000
NOBODY = "(nobody)"
WORDS = (
    "Held: by its jobs and services{used}; borrowed: of it, beyond its entitlement; lent: entitled, held by others; "
    "idle: entitled, held by nobody; waited for: of it, while another member's job waited."
)
USED = "; used: of it, without replicas that the targets of services do not ask for"
FILE_NAME = "[a-z0-9][a-z0-9._-]{0,62}"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="statement")(statement)


def statement(
    pool: PoolPath,
    member: Annotated[
        list[str] | None, typer.Option("--member", metavar="NAME", help="Only this member; may be repeated.")
    ] = None,
    month: Annotated[
        list[str] | None, typer.Option("--month", metavar="MONTH", help="Only this month; may be repeated.")
    ] = None,
    zero: Annotated[
        str | None,
        typer.Option(
            "--zero",
            metavar="MOMENT",
            help="Date and time at second 0 of the trace's clock, UTC unless it says otherwise: months are then those of "
            "the calendar, else periods of 30 days.",
        ),
    ] = None,
    policy: PolicyName = None,
    discipline: Annotated[
        str | None,
        typer.Option(
            "--discipline",
            help="In which order queued jobs start, by default as the charter says; one that stops no job by itself.",
        ),
    ] = None,
    placement: Annotated[
        str | None, typer.Option("--placement", help="How jobs are put on nodes, by default as the charter says.")
    ] = None,
    pooled: Pooled = None,
    percent: Annotated[int, typer.Option("--percent", min=1, max=1000, help="Percent of the pool's capacity.")] = 100,
    parameters: Set = None,
    carbon: Carbon = None,
    carbon_start: CarbonStart = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="A page and a .csv for each member, and all of it as JSON."),
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Say what each member owes, and for what.

    The jobs are replayed; for every month and member it tells the hours held, borrowed, lent and left idle, with their cost
    where nodes have prices and their energy where they say what they draw. --set goes to the discipline.
    """
    from apportion import replays
    from apportion.cli import reading
    from apportion.cli.progress import clock_bar
    from apportion.statements import statements, told

    began = _moment(zero)
    read, by = reading.chosen_rule(reading.read_pool(pool), policy, None)
    read = reading.shared(read, pooled)
    table = reading.intensity(carbon, carbon_start)
    with clock_bar("replaying", read) as tick:
        replay = replays.simulate(
            read,
            discipline,
            placement=placement,
            parameters=reading.parameters(parameters),
            by=by,
            percent=percent,
            tick=tick,
            carbon=table,
            watch=True,
        )
    found = statements(read, replay, began)
    names = list(map(str, read.members.id))
    lines = told.chosen(found, member or [], month or [], names)
    if out is not None:
        _write(out, read, found, lines)
    if output in {Format.TABLE, Format.WIDE}:
        _tables(output, read, found, lines, out)
    else:
        emit(output, lambda: told.whole(found, lines), told.rows(found, lines))


def _moment(text: str | None) -> datetime | None:
    """Read a date with or without time and time zone.

    >>> _moment("2017-10-01").isoformat()
    '2017-10-01T00:00:00+00:00'
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f'"{text}" is not a moment', "--zero", "write 2017-10-01 or 2017-10-01T06:30:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write(out: Path, read: Any, found: Any, lines: Sequence[Any]) -> None:
    from apportion.exports._names import plain_names
    from apportion.ledger.statement_directory import write_statements
    from apportion.statements import told, written

    members = [str(name) for name in read.members.id if any(line.member == name for line in lines)]
    files = {}
    for name, stem in plain_names(members, FILE_NAME).items():
        own = [line for line in lines if line.member == name]
        files[f"{stem}.md"] = written.page(read.charter.name, name, found, own)
        files[f"{stem}.csv"] = csv_text(told.rows(found, own))
    whole = json.dumps(told.whole(found, lines), indent=1, ensure_ascii=False)
    write_statements(out, whole + "\n", files)


def _tables(output: Format, read: Any, found: Any, lines: Sequence[Any], out: Path | None) -> None:
    from apportion.assessment import label
    from apportion.statements import told

    rows = told.summed(told.rows(found, lines))
    months = [name for name in found.periods.names if any(row["month"] == name for row in rows)]
    several = len({row["resource"] for row in rows}) > 1
    for number, month in enumerate(months):
        shown = [
            _row(row, label(row["resource"]) if several else "", output, found)
            for row in rows
            if row["month"] == month and not told.is_empty(row)
        ]
        unit = "resource" if several else label(rows[0]["resource"])
        at = found.periods.names.index(month)
        start, end = found.periods.bounds[at : at + 2].tolist()
        title = f"{read.charter.name}: month {month}, {unit}-hours of second {start:,} to {end:,}"
        last = number == len(months) - 1
        emit(Format.WIDE, dict, shown, title, _said(found, rows, out) if last else "")
        if not last:
            typer.echo()


def _row(row: dict[str, Any], resource: str, output: Format, found: Any) -> dict[str, Any]:
    """Show one member's month; `used` only where somebody held more than was needed, as only services may."""
    spare = any(line.beyond_need for line in found.lines)
    shown = {
        "member": row["member"] or NOBODY,
        **({"of": resource} if resource else {}),
        "entitled": row["entitled_h"],
        "held": row["held_h"],
        **({"used": row["used_h"]} if spare or output is Format.WIDE else {}),
        "borrowed": row["borrowed_h"],
        "lent": row["lent_h"],
        "idle": row["idle_h"],
        "waited for": row["waited_for_h"],
    }
    if found.prices == found.nodes:
        shown["owes"] = row["owed_micro"] / MICRO
        if output is Format.WIDE:
            shown |= {f"for {part}": row[f"cost_{part}_micro"] / MICRO for part in ("own", "borrowed", "idle")}
            shown["lent is worth"] = row["lent_worth_micro"] / MICRO
    if output is Format.WIDE and found.watts == found.nodes:
        shown |= {f"kWh {part}": row[f"energy_{part}_kwh"] for part in ("held", "idle")}
    for key, grams in row.items():
        if key.startswith("carbon_") and (output is Format.WIDE or key.endswith(".direct")):
            part, kind = key.split("_")[1], key.partition(".")[2].replace("lifecycle", "life-cycle")
            shown[f"CO2e kg {part}" + (f" {kind}" if output is Format.WIDE else "")] = grams / KILO
    return shown


def _said(found: Any, rows: Sequence[dict[str, Any]], out: Path | None) -> str:
    from apportion.statements import told

    spare = any(line.beyond_need for line in found.lines)
    said = [WORDS.format(used=USED if spare else ""), told.unpriced(found) or _sum(found), told.clock(found)]
    if any(key.startswith("carbon_") for key in rows[0]):
        said.append("CO2e is estimated from what nodes are said to draw.")
    if out is not None:
        said.append(f"Statements are in {out}.")
    return " ".join(said)


def _sum(found: Any) -> str:
    from apportion.statements.written import money

    whole = sum(line.cost.owed for line in found.lines)
    return (
        "Owes: for held, and for idle, in the unit of price_per_hour; all members and months together "
        f"{money([[whole]])[0][0]}, the price of all nodes over the time."
    )
