"""Which rows of a table are meant? Conditions such as ``country=Norway``, ``sector!=Public`` or ``since>=2025-01-01``.

``=`` and ``!=`` compare text, and numbers where both sides are numbers; an empty value means an empty cell, so ``gpus!=``
keeps the rows that have one. ``>=``, ``<=``, ``>`` and ``<`` compare numbers, or dates written year first, as finely as the
condition is written (``<=2025-05`` holds for all of May). A row with an empty cell is neither above nor below anything: it
is left out, and counted.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools
from apportion.errors import Fault, nearest
from apportion.sources._cells import NUMBER
from apportion.sources._files import Table
from apportion.sources._findings import SHOWN, Findings

OPERATOR = re.compile(r"!=|>=|<=|=|>|<")
DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ].*)?)?)?")
WHERE = "--where"
ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Condition:
    """One condition on one column."""

    column: str
    sign: str
    value: str

    def __str__(self) -> str:
        return f"{self.column}{self.sign}{self.value}"


def condition(written: str, columns: Sequence[str], findings: Findings) -> Condition | None:
    """Take a condition apart; its column may have signs in its name, so it is the shortest that the table has."""
    signs = list(OPERATOR.finditer(written))
    for sign in signs:
        column = written[: sign.start()].strip()
        if column in columns:
            return Condition(column, sign[0], written[sign.end() :].strip())
    if signs:
        column = written[: signs[0].start()].strip()
        findings.fault(f'no column "{column}" for "{written}"', WHERE, nearest(column, columns))
    else:
        findings.fault(f'"{written}" is not a condition', WHERE, "write column=value, or !=, >=, <=, >, < for the sign")
    return None


def chosen(table: Table, conditions: Sequence[str], findings: Findings) -> tuple[Table, tuple[str, ...]]:
    """Keep the rows for which all conditions hold, and say of each in words what it kept.

    Conditions and cells that cannot be meant are faults.
    """
    words = []
    for written in conditions:
        meant = condition(written, table.cells.columns, findings)
        if meant is None:
            continue
        keep = _holds(table, meant, findings)
        empty = int(table.cells[meant.column].null_count()) if meant.sign in ORDERS else 0
        left_out = f", {empty:,} with an empty cell left out" if empty else ""
        words.append(f"{meant}: {np.count_nonzero(keep):,} of {len(keep):,} rows{left_out}")
        table = replace(table, cells=table.cells.filter(keep), rows=table.rows[keep])
    return table, tuple(words)


def _holds(table: Table, meant: Condition, findings: Findings) -> Bools:
    cells = table.cells[meant.column]
    if meant.sign in ORDERS:
        return _ordered(table, meant, findings)
    same = cells.is_null() if meant.value == "" else (cells == meant.value).fill_null(value=False)
    if NUMBER.fullmatch(meant.value):
        same |= (cells.cast(pl.Float64, strict=False) == float(meant.value)).fill_null(value=False)
    return np.asarray((same if meant.sign == "=" else ~same).to_numpy())


def _ordered(table: Table, meant: Condition, findings: Findings) -> Bools:
    cells = table.cells[meant.column]
    date = DATE.fullmatch(meant.value) is not None
    numbers = cells.cast(pl.Float64, strict=False)
    # A year alone may be a number or a date: a date only where the cells are.
    if NUMBER.fullmatch(meant.value) and not (date and bool((numbers.is_null() & cells.is_not_null()).any())):
        wrong, kind = cells.is_not_null() & numbers.is_null(), "a number"
        kept = ORDERS[meant.sign](numbers, float(meant.value))
    elif date:
        fine = cells.str.contains(f"^(?:{DATE.pattern})$") & (cells.str.len_chars() >= len(meant.value))
        wrong, kind = ~fine.fill_null(value=True), f'a date as fine as "{meant.value}"'
        kept = ORDERS[meant.sign](cells.str.slice(0, len(meant.value)), meant.value)
    else:
        findings.fault(f'"{meant.value}" is neither a number nor a date', f"{WHERE} {meant}", "write 10 or 2025-05-31")
        return np.ones(len(cells), dtype=bool)
    _refuse(table, meant, wrong, kind, findings)
    # Rows with a cell that cannot be meant stay, so that what else is wrong with them is told in the same breath.
    return np.asarray((kept.fill_null(value=False) | wrong).to_numpy())


def _refuse(table: Table, meant: Condition, wrong: pl.Series, kind: str, findings: Findings) -> None:

    rows = wrong.arg_true().to_list()
    cells = table.cells[meant.column]
    faults = [
        Fault(
            f'"{cells[i]}" is not {kind}, which {WHERE} {meant} compares with',
            table.place(meant.column, i),
            f"mend the cell, or leave the row out with {WHERE} '{meant.column}!={cells[i]}' before it",
        )
        for i in rows[:SHOWN]
    ]
    findings.alike(faults, len(rows))
