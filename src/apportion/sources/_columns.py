"""What do the columns of one table say? Each is read whole, and every cell that cannot be meant is a fault."""

import difflib
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Ints, Text, text
from apportion.domain.quantity import INT64_MAX
from apportion.domain.tables import NOBODY
from apportion.errors import Fault
from apportion.sources._cells import Odd, decimals, exact, exact_decimal, whole_units
from apportion.sources._files import Table
from apportion.sources._findings import SHOWN, Findings


class Columns:
    """One table, read column by column. A missing optional column reads as empty cells."""

    def __init__(self, table: Table, findings: Findings) -> None:
        self.table = table
        self.findings = findings

    def __len__(self) -> int:
        return self.table.cells.height

    def __contains__(self, name: str) -> bool:
        return name in self.table.cells.columns

    def named(self, prefix: str) -> list[str]:
        """List the columns ``prefix…`` by what follows the prefix, in byte order."""
        return sorted(name.removeprefix(prefix) for name in self.table.cells.columns if name.startswith(prefix))

    def only(self, known: Sequence[str], prefixes: Sequence[str]) -> None:
        """Tell of columns that nothing reads."""
        for name in self.table.cells.columns:
            if name not in known and not name.startswith(tuple(prefixes)):
                close = difflib.get_close_matches(name, known, n=1)
                guess = f'did you mean "{close[0]}"?' if close else f"known: {', '.join([*known, *prefixes])}"
                self.findings.notice(f'nothing reads the column "{name}"', self.table.name, guess)

    def ids(self, name: str = "id") -> Text:
        """Read the names of the rows: given, unique, without control characters, and text however they look."""
        cells = self._needed(name)
        self._not_floats(name)
        twice = cells.is_not_null() & ~cells.is_first_distinct()
        self._tell(name, twice.to_numpy(), lambda i: _used_before(self.table, cells, i))
        control = cells.str.contains(r"[\x00-\x1f\x7f]").fill_null(value=False)
        self._tell(name, control.to_numpy(), lambda i: Odd(f"{cells[i]!r} has a control character", "remove it"))
        return text(cells.fill_null("").to_list())

    def text(self, name: str, *, need: bool = False) -> Text:
        """Read text; empty where nothing is given, which is a fault if there is need."""
        self._not_floats(name)
        cells = self._needed(name) if need else self._cells(name)
        return text(cells.fill_null("").to_list())

    def whole(
        self, name: str, places: int = 0, least: int | None = 0, empty: int | Ints = 0, *, need: bool = False
    ) -> Ints:
        """Read whole units of 10^−places; `empty` where nothing is given, which is a fault if there is need."""
        cells = self._needed(name) if need else self._cells(name)
        values, wrong = whole_units(cells, places, least)
        self._tell(name, wrong, lambda i: exact(cells[i], places, least))
        return np.where(cells.is_null().to_numpy(), empty, values)

    def decimal(self, name: str, empty: float = np.nan) -> Floats:
        """Read decimals of at most 15 digits; `empty` where nothing is given."""
        cells = self._cells(name)
        values, wrong = decimals(cells)
        self._tell(name, wrong, lambda i: exact_decimal(cells[i]))
        return np.where(cells.is_null().to_numpy(), empty, values)

    def position(self, name: str, known: Text, kind: str, *, need: bool = False) -> Ints:
        """Read references as positions in `known`, −1 where nothing is given; a name that is not known is a fault."""
        cells = self._needed(name) if need else self._cells(name)
        self._not_floats(name)
        if not len(known) or cells.null_count() == len(cells):
            return np.full(len(cells), NOBODY, dtype=np.int64)
        places = {one: i for i, one in reversed(list(enumerate(known)))}
        at = cells.replace_strict(list(places), list(places.values()), default=NOBODY, return_dtype=pl.Int64)
        at = at.fill_null(NOBODY)
        unknown = (cells.is_not_null() & (at == NOBODY)).to_numpy()
        self._tell(name, unknown, lambda i: _not_known(cells[i], known, kind))
        return at.to_numpy().copy()

    def within(self, name: str, amounts: Ints) -> None:
        """Refuse a column whose sum does not fit 64 bits."""
        if amounts.sum(dtype=np.float64) >= 2.0**62 and sum(amounts.tolist()) > INT64_MAX:
            self.findings.fault(
                "the sum of the column is more than 64 bits hold", self.table.place(name), "check its unit"
            )

    def wrong(self, name: str, where: Bools, what: Callable[[int], str], mend: str) -> None:
        """Refuse the rows in `where`."""
        self._tell(name, where, lambda i: Odd(what(i), mend))

    def _cells(self, name: str) -> pl.Series:
        if name in self:
            return self.table.cells[name]
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(self))

    def _needed(self, name: str) -> pl.Series:
        if name not in self:
            there = ", ".join(self.table.cells.columns)
            mend = f"add it, or map the names there are ({there}): apportion import directory POOL --map FILE --out NEW"
            self.findings.fault(f'no column "{name}"', self.table.name, mend)
        else:
            empty = self.table.cells[name].is_null().to_numpy()
            self._tell(name, empty, lambda _: Odd("the cell is empty", "fill it in: every row needs one"))
        return self._cells(name)

    def _not_floats(self, name: str) -> None:
        if name in self.table.floats:
            self.findings.fault(
                "holds binary floats, from which names cannot be had back",
                self.table.place(name),
                "write this column as text",
            )

    def _tell(self, name: str, where: Bools, say: Callable[[int], Odd | int | float]) -> None:
        count = int(np.count_nonzero(where))
        if not count:
            return
        first = np.flatnonzero(where)[:SHOWN].tolist()
        odd = [(i, say(i)) for i in first]
        faults = [Fault(why.what, self.table.place(name, i), why.mend) for i, why in odd if isinstance(why, Odd)]
        self.findings.alike(faults, count)


def _used_before(table: Table, cells: pl.Series, i: int) -> Odd:
    first = int(np.flatnonzero((cells == cells[i]).to_numpy())[0])
    return Odd(f'"{cells[i]}" is the name of row {table.rows[first]} already', "give every row a name of its own")


def _not_known(name: str, known: Text, kind: str) -> Odd:
    close = difflib.get_close_matches(name, list(known), n=1)
    guess = f'did you mean "{close[0]}"? or ' if close else ""
    return Odd(f'"{name}" is not a {kind}', f"{guess}add it to {kind}s.csv")
