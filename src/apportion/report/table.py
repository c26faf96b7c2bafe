"""What is a table, before it is HTML or terminal? Words in cells; numbers are written already, all alike in a column."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from apportion.report.numbers import MINUTE, NONE, Numbers, ratio_digits

MOST_ROWS = 100


@dataclass(frozen=True)
class Column:
    """A heading with its unit; `words` columns stand at the left, numbers at the right; only `long` ones may break lines."""

    title: str
    unit: str = ""
    words: bool = False
    long: bool = False


@dataclass(frozen=True)
class Cell:
    """Words with a tone: ``bad``, ``good``, ``code``, ``muted``, or plain.

    `english` marks words that have no translation, `detail` stands under the words, small.
    """

    text: str
    tone: str = ""
    english: bool = False
    detail: str = ""
    detail_english: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns; `cut` rows were left out."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: tuple[Cell, ...] = ()
    cut: int = 0
    kind: ClassVar[str] = "table"

    @property
    def full(self) -> bool:
        """Tell whether the table takes the whole width: it has long words, or many columns."""
        return len(self.columns) > 6 or any(column.long for column in self.columns)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str | Cell]],
    note: str = "",
    total: Sequence[str | Cell] = (),
) -> Table:
    """Make a table; beyond `MOST_ROWS` rows the rest is counted, not shown."""
    cells = [_cells(row) for row in rows]
    return Table(caption, tuple(columns), tuple(cells[:MOST_ROWS]), note, _cells(total), max(len(cells) - MOST_ROWS, 0))


def amounts(values: Sequence[float | None], numbers: Numbers) -> list[str]:
    """Write a column of amounts with as many digits as the column needs: none if all are whole, else one or two."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    whole = all(abs(value - round(value)) < 5e-4 for value in known)
    digits = 0 if whole else 1 if max(map(abs, known)) >= 100 else 2
    return [numbers.decimal(value, digits) for value in values]


def parts(values: Sequence[float | None], numbers: Numbers) -> list[str]:
    """Write a column of parts of one in percent, the sign in the heading: one digit, two where all are small."""
    known = [abs(value) for value in values if value is not None]
    digits = 1 if not known or max(known) >= 0.01 else 2
    return [NONE if value is None else numbers.decimal(100 * value, digits) for value in values]


def ratios(values: Sequence[float | None], numbers: Numbers) -> list[Cell]:
    """Write a column of ρ with as many digits as tell each from 1, marked where a member is worse off than alone."""
    digits = ratio_digits(values)
    return [Cell(numbers.decimal(value, digits), "bad" if value is not None and value > 1 else "") for value in values]


def times(values: Sequence[float | None], length: int, numbers: Numbers) -> list[str]:
    """Write a column of seconds in units of `length` seconds."""
    digits = {1: 0, MINUTE: 1}.get(length, 2)
    return [numbers.decimal(None if value is None else value / length, digits) for value in values]


def _cells(row: Sequence[str | Cell]) -> tuple[Cell, ...]:
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row)
