"""How is a table of holders divided, and how sure is that?

Rows of which the holder (or country, or sector) is not named are left out, and their part of the whole is said: a share
is one of what is attributed. "Other" is bounded both ways, as one owner and as a crowd; bounds of amounts are drawn from,
once with independent entries and once with all moving together (`apportion.concentration.doubt`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from apportion.concentration.doubt import QUANTILES, drawn, other, spread
from apportion.concentration.indices import POINTS, concentration_ratio, gini, hhi, shares
from apportion.domain.arrays import Bools, Floats, Ints, text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput, Fault, nearest

COLUMNS = {"owner": "holder"}


@dataclass(frozen=True, eq=False)
class Doubt:
    """What measurement bounds do: 5th, 50th and 95th percentile.

    Attributes
    ----------
    share : (3, N) of each holder
    one, crowd : HHI with "other" as one owner, and as a crowd
    """

    share: Floats
    one: tuple[float, float, float]
    crowd: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Measured:
    """Shares of holders, largest first, and indices of them.

    Attributes
    ----------
    holdings : (N,) one row a holder
    share : (N,)
    is_other : (N,)
    unnamed : part of the whole that is attributed to nobody, which shares leave out
    hhi : with "other" as one owner, and as a crowd
    independent, together : None without bounds
    """

    holdings: Holdings
    by: str
    share: Floats
    is_other: Bools
    unnamed: float
    hhi: tuple[float, float]
    independent: Doubt | None = None
    together: Doubt | None = None

    @property
    def named(self) -> Floats:
        """Amounts of those who are somebody."""
        return self.holdings.amount[~self.is_other]

    def indices(self) -> dict[str, float | int]:
        """What one number says of the shares; those that ask for a population leave "other" out."""
        amount = self.holdings.amount
        one, crowd = self.hhi
        return {
            "hhi": one,
            "hhi_other_a_crowd": crowd,
            "effective_number": POINTS / one if one > 0 else math.nan,
            "cr1": concentration_ratio(self.named, 1) * float(self.named.sum()) / float(amount.sum()),
            "cr4": concentration_ratio(self.named, 4) * float(self.named.sum()) / float(amount.sum()),
            "gini_of_named": gini(self.named),
            "holders": len(self.named),
        }


def attributed(holdings: Holdings, by: str) -> tuple[Holdings, float]:
    """Leave out the rows that name nobody, and say what part of the whole these hold.

    Raises
    ------
    BadInput
        if there is no such column, or nothing is left.
    """
    column = COLUMNS.get(by, by)
    if column != "holder" and column not in holdings.groups:
        raise BadInput(f'there is no column "{by}"', "--by", nearest(by, ["owner", *holdings.groups]))
    named = np.asarray((holdings.holder if column == "holder" else holdings.groups[column]) != "", dtype=bool)
    part = float(holdings.amount[~named].sum()) / holdings.total if holdings.total > 0 else 0.0
    article, many = "an" if by[0] in "aeiou" else "a", np.count_nonzero(~named)
    words = f"rows without {article} {by} are left out ({many:,} rows, {100 * part:.1f} % of the whole)"
    kept = holdings if named.all() else holdings.where(named, words)
    if not kept.total > 0:
        raise BadInput(f"nobody holds anything by {by}", "--by", "choose another column, or take a filter off")
    return kept, part


def measured(
    holdings: Holdings, by: str, others: Sequence[str] = (), draws: int = 0, seed: int = 0, *, strict: bool = True
) -> Measured:
    """Divide a table by a column.

    Parameters
    ----------
    by : ``owner``, or a column of the table such as ``country``
    others : names that stand for nobody in particular, beside those the table says
    strict : whether each of these must be there
    draws : from the bounds, if the table has any; 0 for none

    Raises
    ------
    BadInput
        if there is no such column, or nobody has such a name.
    """
    rows, unnamed = attributed(holdings, by)
    column = COLUMNS.get(by, by)
    summed = rows.by(column)
    if strict:
        _known(others, summed)
    order = np.lexsort((np.arange(len(summed)), -summed.amount))
    is_other = np.isin(summed.holder.astype(str), list(others))
    if summed.is_other is not None:
        is_other = is_other | summed.is_other
    is_other = is_other[order]
    at = np.unique((rows.holder if column == "holder" else rows.groups[column]).astype(str), return_inverse=True)[1]
    doubts: list[Doubt | None] = [None, None]
    if draws and rows.low is not None and rows.high is not None:
        bounds = (rows.low, rows.amount, rows.high)
        ways = [drawn(*bounds, draws, seed, together=together, holder=at) for together in (False, True)]
        doubts = [_doubt(held[:, order], is_other) for held in ways]
    largest_first = _ordered(summed, order)
    one, crowd = other(hhi, largest_first.amount, is_other)
    return Measured(largest_first, by, shares(largest_first.amount), is_other, unnamed, (one, crowd), *doubts)


def _known(others: Sequence[str], summed: Holdings) -> None:
    unknown = [name for name in others if name not in set(summed.holder)]
    if unknown:
        raise BadInput(
            [Fault(f'nobody is called "{name}"', "--other", nearest(name, list(summed.holder))) for name in unknown]
        )


def _ordered(summed: Holdings, order: Ints) -> Holdings:
    low, high = (None if bound is None else bound[order] for bound in (summed.low, summed.high))
    is_other = None if summed.is_other is None else summed.is_other[order]
    holder, amount = text(summed.holder[order]), summed.amount[order]
    return replace(summed, holder=holder, amount=amount, low=low, high=high, is_other=is_other, groups={})


def _doubt(held: Floats, is_other: Bools) -> Doubt:
    """Look at what varies between draws of what each holds: (D, N)."""

    def one(x: Floats, _weight: Floats | None) -> float:
        return other(hhi, x, is_other)[0]

    def crowd(x: Floats, _weight: Floats | None) -> float:
        return other(hhi, x, is_other)[1]

    part = held / held.sum(axis=1, keepdims=True)
    return Doubt(np.asarray(np.quantile(part, QUANTILES, axis=0)), spread(one, held), spread(crowd, held))
