"""Which day is meant? Days are whole; a month, a quarter or a year means its last day."""

import re
from calendar import monthrange
from datetime import date

import numpy as np
import numpy.typing as npt

from apportion.errors import BadInput
from apportion.sources._columns import Columns

Days = npt.NDArray[np.datetime64]
QUARTER = re.compile(
    r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])|Q(?P<quarter2>[1-4])[- ]?(?P<year2>\d{4})", re.IGNORECASE
)
PART = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?)?")
AMERICAN = re.compile(r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4}|\d\d)")
MEND = "write 2025-05-31, 2025-05, 2025-Q4 or 2025"


def day(words: str, where: str = "--at") -> date:
    """Read a moment as the last day of it.

    Raises
    ------
    BadInput
        if there is no such moment.

    >>> str(day("2025-Q4")), str(day("2024-02")), str(day("2025-05-31"))
    ('2025-12-31', '2024-02-29', '2025-05-31')
    """
    found = _day(words.strip())
    if found is None:
        raise BadInput(f'"{words}" is not a moment', where, MEND)
    return found


def quarter(of: date) -> str:
    """Name the quarter of a day.

    >>> quarter(date(2025, 12, 31))
    '2025-Q4'
    """
    return f"{of.year}-Q{(of.month + 2) // 3}"


def days(columns: Columns, name: str) -> Days:
    """Read a column of days: (N,), NaT where empty; ``7/31/25`` is read as Americans write it.

    A cell that names no day is a fault.
    """
    cells = columns.table.cells[name]
    known = {cell: _day(cell) for cell in cells.drop_nulls().unique()}
    odd = np.array([cell is not None and known[cell] is None for cell in cells], dtype=bool)
    columns.wrong(name, odd, lambda i: f'"{cells[i]}" is not a day', MEND)
    return np.array([None if cell is None else known[cell] for cell in cells], dtype="datetime64[D]")


def _day(words: str) -> date | None:
    if found := QUARTER.fullmatch(words):
        year, month, on = int(found["year"] or found["year2"]), 3 * int(found["quarter"] or found["quarter2"]), None
    elif found := PART.fullmatch(words):
        year, month, on = int(found["year"]), int(found["month"] or 12), found["day"]
    elif found := AMERICAN.fullmatch(words):
        short = len(found["year"]) == 2
        year, month, on = int(found["year"]) + (2000 if short else 0), int(found["month"]), found["day"]
    else:
        return None
    try:
        return date(year, month, int(on) if on else monthrange(year, month)[1])
    except ValueError:  # the 13th month, the 31st of February, the year 0
        return None
