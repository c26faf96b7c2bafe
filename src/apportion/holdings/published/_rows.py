"""What do the cells of a published table say? Numbers and flags, read whole; a cell that cannot be meant is a fault."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Ints, Text, text
from apportion.sources._columns import Columns
from apportion.sources._files import Table, content, load
from apportion.sources._findings import Findings

JOINT = ("one", "split")
SHOWN = 8  # columns of a table that is not the one expected
YES = ("true", "yes", "checked", "1")


def tables(paths: Sequence[Path], needed: Sequence[str], findings: Findings) -> list[Table]:
    """Read files that must have some columns; what is missing of one file is one fault, because these tables are wide.

    Raises
    ------
    BadInput
        with the faults of all that cannot be read.
    """
    loaded = [one for path in paths if (one := load(path, findings)) is not None]
    for table in loaded:
        lacking(table, needed, findings)
    findings.raise_any()
    return loaded


def lacking(table: Table, needed: Sequence[str], findings: Findings) -> bool:
    """Tell which columns a table lacks."""
    there = table.cells.columns
    missing = [f'"{name}"' for name in needed if name not in there]
    if missing:
        shown = ", ".join(there[:SHOWN]) + (f" and {len(there) - SHOWN} more" if len(there) > SHOWN else "")
        findings.fault(f"no column {', '.join(missing)}", table.name, f"is it another table? its columns are: {shown}")
    return bool(missing)


def numbers(columns: Columns, name: str) -> Floats:
    """Read amounts: (N,) finite and ≥ 0, NaN where empty."""
    cells = columns.table.cells[name]
    values = cells.str.replace_all(",", "").cast(pl.Float64, strict=False)
    odd = cells.is_not_null() & ~(values.is_finite() & (values >= 0)).fill_null(value=False)
    columns.wrong(
        name,
        odd.to_numpy(),
        lambda i: f'"{cells[i]}" is not an amount',
        "write a finite number that is not negative, or nothing",
    )
    return values.fill_null(float("nan")).to_numpy()


def flags(columns: Columns, name: str) -> Bools:
    """Read ticks: (N,), False where empty."""
    return np.asarray(columns.table.cells[name].str.to_lowercase().is_in(YES).fill_null(value=False).to_numpy())


def words(columns: Columns, name: str) -> Text:
    """Read text: (N,), empty where there is none or no such column."""
    return columns.text(name)


def given(column: Text) -> Bools:
    """Where something stands: (N,)."""
    return np.asarray(column != "", dtype=bool)


def shared(holder: Text, joint: str) -> tuple[Ints, Text, Floats]:
    """Who holds what is joint? The rows, holders and parts of them, one entry a holder of a row.

    Names of joint holders stand in one cell, with commas between. With ``joint="one"`` they act as one holder of that
    name; with ``"split"`` each holds an equal part. A name that itself has a comma is taken for two.

    >>> shared(text(["a,b", "c"]), "split")[1].tolist(), shared(text(["a,b", "c"]), "split")[2].tolist()
    (['a', 'b', 'c'], [0.5, 0.5, 1.0])
    """
    names = [[one.strip() for one in cell.split(",")] if joint == "split" else [cell] for cell in holder]
    many = np.array([len(each) for each in names], dtype=np.int64)
    rows = np.repeat(np.arange(len(holder)), many)
    return rows, text([name for each in names for name in each]), (1.0 / many)[rows]


def digests(tables: Sequence[Table], paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file, by the name of its table."""
    return {table.name: hashlib.sha256(content(path)).hexdigest() for table, path in zip(tables, paths, strict=True)}
