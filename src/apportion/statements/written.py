"""How does a member read its statement? As one page of Markdown."""

from collections.abc import Sequence
from typing import Any

from apportion.assessment import label
from apportion.domain.quantity import MICRO
from apportion.statements.line import Line, Statements
from apportion.statements.told import MEANING, clock, rows, summed, unmetered, unpriced

PLACES = 6  # of money
HOURS = ("entitled", "held", "used", "borrowed", "lent", "idle", "waited for")


def page(name: str, member: str, found: Statements, lines: Sequence[Line]) -> str:
    """Write one member's statement: a table of hours, one of money, one of energy, and what each word means.

    Parameters
    ----------
    name : of the pool
    lines : the member's own, of the months that are asked for
    """
    told = summed(rows(found, lines))
    pool = {(row["month"], row["resource"]): row for row in summed(rows(found, found.lines), ("month", "resource"))}
    parts = [f"# Statement of {_plain(member)}", f"{_plain(name)}. {clock(found)} {_covered(found)}", *_hours(told)]
    parts += _money(told, pool) if found.prices == found.nodes else [unpriced(found)]
    parts += _energy(told) if found.watts == found.nodes else [unmetered(found)]
    parts += ["## What the words mean", "\n".join(f"* *{word}*: {said}." for word, said in MEANING.items())]
    return "\n\n".join(parts) + "\n"


def _covered(found: Statements) -> str:
    start, end = int(found.periods.bounds[0]), int(found.periods.bounds[-1])
    return f"From the first submission to the last end, second {start:,} to {end:,}."


def _hours(told: Sequence[dict[str, Any]]) -> list[str]:
    heads = ["month", "of", *(f"{word} h" for word in HOURS)]
    body = [
        [row["month"], label(row["resource"]), *(f"{row[word.replace(' ', '_') + '_h']:,.2f}" for word in HOURS)]
        for row in told
    ]
    return ["## Hours", _table(heads, body)]


def _money(told: Sequence[dict[str, Any]], pool: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    columns = ("cost_own_micro", "cost_borrowed_micro", "cost_idle_micro", "owed_micro", "lent_worth_micro")
    amounts = [[row[column] for column in columns] for row in told]
    amounts = [
        [*row, pool[one["month"], one["resource"]]["owed_micro"]] for row, one in zip(amounts, told, strict=True)
    ]
    body = [[row["month"], label(row["resource"]), *cells] for row, cells in zip(told, money(amounts), strict=True)]
    heads = ["month", "of", "own", "borrowed", "idle", "owes", "lent, paid by others", "all nodes"]
    owed = sum(row["owed_micro"] for row in told)
    total = money([[owed]])[0][0]
    said = f"In all it owes **{total}**, in the unit of `price_per_hour`. What all members owe sums to what all nodes cost."
    return ["## Money", _table(heads, body), said]


def _energy(told: Sequence[dict[str, Any]]) -> list[str]:
    columns = [key for key in told[0] if key.startswith(("energy_", "carbon_"))] if told else []
    heads = ["month", "of", *(_heading(column) for column in columns)]
    body = [[row["month"], label(row["resource"]), *(f"{row[column]:,.2f}" for column in columns)] for row in told]
    return ["## Energy", _table(heads, body), "Estimated from what nodes are said to draw; nothing was metered."]


def _heading(column: str) -> str:
    """Write ``carbon_held_g.direct`` as ``held, g CO2e direct``."""
    what, part, unit = column.split("_")
    unit, _, kind = unit.partition(".")
    kind = {"lifecycle": "life-cycle"}.get(kind, kind)
    return f"{part}, kWh" if what == "energy" else f"{part}, {unit} CO2e {kind}"


def money(micro: Sequence[Sequence[int]]) -> list[list[str]]:
    """Write whole millionths as decimals, all with as few digits behind the point as none is rounded by, two at least.

    >>> money([[1_500_000, 20_000], [2_000_000, 125_000]])
    [['1.500', '0.020'], ['2.000', '0.125']]
    """
    digits = next(d for d in range(2, PLACES + 1) if all(one % 10 ** (PLACES - d) == 0 for row in micro for one in row))
    return [[f"{one // MICRO:,}.{one % MICRO:06d}"[: digits - PLACES or None] for one in row] for row in micro]


def _table(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rule = ["---", "---", *["---:"] * (len(heads) - 2)]
    return "\n".join("| " + " | ".join(map(_plain, row)) + " |" for row in (heads, rule, *body))


def _plain(text: str) -> str:
    """Keep a name from being read as Markdown or HTML."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else " " if sign in "\r\n" else sign for sign in text)
