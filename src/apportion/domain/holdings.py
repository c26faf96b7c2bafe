"""Who holds how much of what? One table of holders with amounts, as any list of owners, clusters or members gives it."""

from dataclasses import dataclass, field, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Text, text
from apportion.errors import BadInput, nearest


@dataclass(frozen=True, eq=False)
class Holdings:
    """Holders and their amounts, one row each.

    Attributes
    ----------
    holder : (N,) names; a name may stand in several rows, and `by` adds those up
    amount : (N,) of `unit`, finite and ≥ 0
    unit : such as ``GPUs`` or ``H100 equivalents``
    low, high : (N,) 5th and 95th percentile of each amount as its source states them; None where it states none
    is_other : (N,) rows that stand for nobody in particular, such as "other"
    groups : further columns (N,) by name: country, sector, quarter
    source : what was read: file name, date or version, SHA-256
    filters : what was left out, in words, in the order in which it was
    weight : (N,) for how many holders of that amount each row stands; None for one each
    """

    holder: Text
    amount: Floats
    unit: str
    low: Floats | None = None
    high: Floats | None = None
    is_other: Bools | None = None
    groups: dict[str, Text] = field(default_factory=dict)
    source: str = ""
    filters: tuple[str, ...] = ()
    weight: Floats | None = None

    def __len__(self) -> int:
        return len(self.holder)

    @property
    def total(self) -> float:
        """What all hold together."""
        return float((self.amount if self.weight is None else self.amount * self.weight).sum())

    def where(self, keep: Bools, because: str) -> "Holdings":
        """Keep some rows; `because` says in words which."""
        columns = {name: None if column is None else column[keep] for name, column in self._columns().items()}
        groups = {name: column[keep] for name, column in self.groups.items()}
        return replace(self, **columns, groups=groups, filters=(*self.filters, because))  # type: ignore[arg-type]  # columns

    def by(self, column: str) -> "Holdings":
        """Add up by another column than the holder, or, with ``"holder"``, the rows of one name; sorted by name.

        Bounds are added too, as if all doubts went the same way, so they are wide rather than narrow. A row is "other" if
        all that went into it were. Of the further columns those stay of which every name has one value only.

        Raises
        ------
        BadInput
            if there is no such column, or rows have a weight: each then stands for several holders already.
        """
        if column != "holder" and column not in self.groups:
            raise BadInput(f'there is no column "{column}"', "by", nearest(column, ["holder", *self.groups]))
        if self.weight is not None:
            raise BadInput("a row with a weight is not added to another", "by", "add up first, or give no weight")
        names, first, at = np.unique(
            np.asarray(self.holder if column == "holder" else self.groups[column], dtype=str),
            return_index=True,
            return_inverse=True,
        )
        sums = {
            name: None if values is None else np.bincount(at, values, len(names))
            for name, values in (("amount", self.amount), ("low", self.low), ("high", self.high))
        }
        named = None if self.is_other is None else np.bincount(at, ~self.is_other, len(names)) == 0
        holder = text([str(name) for name in names])
        groups = {name: values[first] for name, values in self.groups.items() if (values == values[first][at]).all()}
        return replace(self, holder=holder, **sums, is_other=named, groups=groups)  # type: ignore[arg-type]  # as above

    def _columns(self) -> dict[str, Floats | Bools | Text | None]:
        return {name: getattr(self, name) for name in ("holder", "amount", "low", "high", "is_other", "weight")}
