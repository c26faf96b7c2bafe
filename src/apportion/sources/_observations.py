"""Which points (C, P) does a table hold? Numbers and dates by column, every fault told with its row."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from apportion.capability.chinchilla import OPERATIONS
from apportion.capability.observed import Observed
from apportion.domain.arrays import Floats
from apportion.errors import BadInput, Fault, nearest
from apportion.sources._cells import NUMBER
from apportion.sources._files import Table, load
from apportion.sources._findings import Findings

Read = Callable[[str], float | Fault]


@dataclass(frozen=True)
class Asked:
    """Which column holds what; None for what no column holds."""

    compute: str | None = None
    capability: str | None = None
    loss: str | None = None
    date: str | None = None
    params: str | None = None
    tokens: str | None = None

    def checked(self) -> "Asked":
        """Return these columns if they make points.

        Raises
        ------
        BadInput
            unless there is one of capability and loss, and compute or both of parameters and tokens.
        """
        faults = []
        if (self.capability is None) == (self.loss is None):
            faults.append(Fault("capability is one column", "--capability, --loss", "name one of them"))
        if (self.params is None) != (self.tokens is None):
            faults.append(
                Fault("one of parameters and tokens is missing", "--params, --tokens", "name both, or neither")
            )
        elif self.compute is None and self.params is None:
            faults.append(
                Fault("there is no compute", "--compute", "name its column, or those of --params and --tokens")
            )
        if faults:
            raise BadInput(faults)
        return self


def read_observations(path: Path, asked: Asked) -> tuple[Observed, tuple[Fault, ...]]:
    """Read points; rows in which a column that is asked for is empty are left out, with one notice.

    Compute is 6 · parameters · tokens where no column is named for it. Losses become capabilities by turning their sign.

    Raises
    ------
    BadInput
        for columns that do not exist, cells that are no number above 0 (of capability: no number) or no date, and points that
        no curve can be fitted to; all cells at once, with row and column.
    """
    asked.checked()
    findings = Findings()
    table = load(path, findings)
    findings.raise_any()
    assert table is not None  # noqa: S101  # what cannot be read has been raised
    readers: dict[str, tuple[str | None, Read]] = {
        "compute": (asked.compute, positive),
        "capability": (asked.capability, number),
        "loss": (asked.loss, positive),
        "date": (asked.date, year),
        "params": (asked.params, positive),
        "tokens": (asked.tokens, positive),
    }
    named = {key: (column, read) for key, (column, read) in readers.items() if column is not None}
    _columns_there(table, {key: column for key, (column, _) in named.items()}, findings)
    columns = {key: _column(table, column, read, findings) for key, (column, read) in named.items()}
    findings.raise_any()
    whole = ~np.any([np.isnan(column) for column in columns.values()], axis=0)
    notices = _left_out(table, whole, [column for column, _ in named.values()])
    kept = {key: column[whole] for key, column in columns.items()}
    compute = kept.get("compute")
    if compute is None:
        compute = OPERATIONS * kept["params"] * kept["tokens"]
    capability = kept["capability"] if "capability" in kept else -kept["loss"]
    return Observed(compute, capability, kept.get("date"), kept.get("params"), kept.get("tokens")).checked(), notices


def number(text: str) -> float | Fault:
    """Read any decimal.

    >>> number("-2.5e3"), number("many").what
    (-2500.0, '"many" is not a number')
    """
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if math.isfinite(value):
        return value
    return Fault(
        f'"{text}" is not a number', "", "write digits with a decimal point, such as 2.5, or leave the cell empty"
    )


def positive(text: str) -> float | Fault:
    """Read a decimal above 0."""
    value = number(text)
    if isinstance(value, Fault) or value > 0:
        return value
    return Fault(f'"{text}" is not above 0, and curves are fitted in logs', "", "mend it, or leave the cell empty")


def year(text: str) -> float | Fault:
    """Read a date, as years: 2024, 2024-06, 2024-06-30, or 2024.5.

    >>> year("2024-07-02"), year("2024.5")
    (2024.5, 2024.5)
    """
    parts = text.split("-")
    try:
        if len(parts) > 1 and all(part.isdigit() for part in parts):
            day = date(*(int(part) for part in (*parts, "1")[:3]))
            first, last = date(day.year, 1, 1), date(day.year + 1, 1, 1)
            return day.year + (day - first).days / (last - first).days
        value = float(text)
    except (TypeError, ValueError):
        value = math.nan
    if 1 <= value <= 9999:
        return value
    return Fault(f'"{text}" is not a date', "", "write 2024-06-30, 2024-06, 2024 or 2024.5")


def _columns_there(table: Table, wanted: dict[str, str], findings: Findings) -> None:
    """Refuse names that the file does not have."""
    for key, column in wanted.items():
        if column not in table.cells.columns:
            findings.fault(f'{table.name} has no column "{column}"', f"--{key}", nearest(column, table.cells.columns))
    findings.raise_any()


def _column(table: Table, column: str, read: Read, findings: Findings) -> Floats:
    """Read one column: NaN where a cell is empty or wrong."""
    values = np.full(table.cells.height, math.nan)
    faults = []
    for i, text in enumerate(table.cells[column].to_list()):
        if text is None:
            continue
        value = read(text)
        if isinstance(value, Fault):
            faults.append(Fault(value.what, table.place(column, i), value.mend))
        else:
            values[i] = value
    findings.alike(faults)
    return values


def _left_out(table: Table, whole: np.ndarray, columns: list[str]) -> tuple[Fault, ...]:
    """Tell of rows without one of the cells."""
    gaps = np.flatnonzero(~whole)
    if not len(gaps):
        return ()
    i = int(gaps[0])
    missing = next(column for column in columns if table.cells[column][i] is None)
    many = "1 row is" if len(gaps) == 1 else f"{len(gaps)} rows are"
    return (
        Fault(f"{many} left out, where a cell is empty", f"first {table.place(missing, i)}", "fill it in to use it"),
    )
