"""Who holds how much, by any table? A column of owners and one of amounts, in CSV, gzipped CSV or Parquet."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Text
from apportion.domain.holdings import Holdings
from apportion.errors import nearest
from apportion.holdings.where import chosen
from apportion.sources._columns import Columns
from apportion.sources._files import Table, content, load_all
from apportion.sources._findings import Findings


def read(
    path: Path,
    by: str,
    value: str,
    *,
    low: str | None = None,
    high: str | None = None,
    weight: str | None = None,
    where: Sequence[str] = (),
    groups: Sequence[str] = (),
    other: Sequence[str] = (),
) -> Holdings:
    """Read the rows of a table that are meant, each with its holder and amount; rows of one holder stay apart.

    Parameters
    ----------
    by, value : columns of holders and of their amounts, finite and ≥ 0; the unit is called as the column of amounts
    low, high : columns of the 5th and 95th percentile of each amount, 0 < low ≤ value ≤ high, or all three the same
    weight : column that says for how many holders of that amount a row stands
    where : conditions on rows, in this order (`apportion.holdings.where`)
    groups : further columns to keep
    other : holders that stand for nobody in particular

    Raises
    ------
    BadInput
        with all faults: columns, conditions, and every row whose holder or amount is missing, negative or no number.
    """
    findings = Findings()
    if (low is None) != (high is None):
        findings.fault("one bound is given without the other", "--low, --high", "give both columns, or none")
    table, words = _meant(path, [by, value, low, high, weight, *groups], where, findings)
    columns = Columns(table, findings)
    holder, amount = columns.text(by), amounts(columns, value)
    nobody: Bools = table.cells[by].is_null().to_numpy()
    columns.wrong(by, nobody, lambda _: "nobody is named", f"name the owner, or leave such rows out: --where '{by}!='")
    for name in set(other) - set(holder):
        findings.fault(f'nobody is called "{name}"', "--other", nearest(name, sorted(set(holder))[:20]))
    bounds = _bounds(columns, value, amount, low, high)
    heads = None if weight is None else amounts(columns, weight)
    further = {name: columns.text(name) for name in groups}
    findings.raise_any()
    return Holdings(
        holder,
        amount,
        value,
        *bounds,
        is_other=np.isin(np.asarray(holder, dtype=str), list(other)) if other else None,
        groups=further,
        source=_source(path),
        filters=words,
        weight=heads,
    )


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows with an outcome that may be negative (R,), the groups they belong to by column, and weights or None."""

    value: Floats
    groups: dict[str, Text]
    weight: Floats | None
    source: str
    filters: tuple[str, ...]


def read_outcomes(
    path: Path, outcome: str, by: Sequence[str], *, weight: str | None = None, where: Sequence[str] = ()
) -> Outcomes:
    """Read the rows of a table that are meant, each with an outcome and the groups it belongs to.

    Raises
    ------
    BadInput
        with all faults: columns, conditions, and every row whose outcome, weight or group is missing or no number.
    """
    findings = Findings()
    table, words = _meant(path, [outcome, *by, weight], where, findings)
    columns = Columns(table, findings)
    value = amounts(columns, outcome, negative=True)
    groups = {name: columns.text(name) for name in by}
    for name, column in groups.items():
        nobody = np.array([cell == "" for cell in column], dtype=bool)
        columns.wrong(
            name, nobody, lambda _: "no group is named", f"name it, or leave such rows out: --where '{name}!='"
        )
    heads = None if weight is None else amounts(columns, weight)
    findings.raise_any()
    return Outcomes(value, groups, heads, _source(path), words)


def _source(path: Path) -> str:
    return f"{path.name}, SHA-256 {hashlib.sha256(content(path)).hexdigest()}"


def _meant(
    path: Path, columns: Sequence[str | None], where: Sequence[str], findings: Findings
) -> tuple[Table, tuple[str, ...]]:
    """Load the file and keep the rows that are meant; none left is a fault."""
    (loaded,) = load_all([(path, list(dict.fromkeys(name for name in columns if name is not None)))], findings)
    table, words = chosen(loaded, where, findings)
    findings.raise_any()
    if not table.cells.height:
        why = "; ".join(words) or "it has none"
        findings.fault(f"no row is left: {why}", path.name, "mend the conditions, or give another table")
    findings.raise_any()
    return table, words


def amounts(columns: Columns, name: str, *, negative: bool = False) -> Floats:
    """Read a column of amounts: (N,) floats; cells that are empty, no finite number, or negative, are faults."""
    cells = columns.table.cells[name]
    values = cells.cast(pl.Float64, strict=False)
    finite = values.is_finite().fill_null(value=False)
    empty = cells.is_null()
    number: Floats = values.fill_null(float("nan")).to_numpy()
    _tell(columns, name, empty, "the cell is empty", f"fill it in, or leave such rows out: --where '{name}!='")
    odd = ~empty & ~finite
    _tell(columns, name, odd, "is no finite number", "write digits with a decimal point, such as 2.5")
    with np.errstate(invalid="ignore"):
        below = finite & pl.Series(number < 0) & (not negative)
    _tell(columns, name, below, "is negative", f"shares of it have no meaning; leave it out: --where '{name}>=0'")
    return number


def _tell(columns: Columns, name: str, wrong: pl.Series, what: str, mend: str) -> None:
    cells = columns.table.cells[name]
    columns.wrong(name, wrong.to_numpy(), lambda i: what if cells[i] is None else f'"{cells[i]}" {what}', mend)


def _bounds(
    columns: Columns, value: str, amount: Floats, low: str | None, high: str | None
) -> tuple[Floats | None, Floats | None]:
    if low is None or high is None:
        return None, None
    least, most = amounts(columns, low), amounts(columns, high)
    sure = (least == amount) & (amount == most)
    known = np.isfinite(least) & np.isfinite(amount) & np.isfinite(most)
    columns.wrong(
        value,
        known & ~sure & ~((least > 0) & (least <= amount) & (amount <= most)),
        lambda i: f"{amount[i]:g} with bounds {least[i]:g} to {most[i]:g}",
        "bounds are a 5th and a 95th percentile: 0 < low ≤ value ≤ high, or all three the same",
    )
    return least, most
