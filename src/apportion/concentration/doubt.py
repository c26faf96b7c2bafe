"""What does doubt about amounts do to an index?

Two kinds of doubt, and what may be said of each:

* **Other.** A table often ends with a row "other" that stands for nobody in particular. The truth lies between one owner of
  it all and a crowd of which nobody holds anything to speak of (`other`).
* **Measurement.** Where amounts come with a 5th and a 95th percentile, amounts are drawn from that (`drawn`), and the index
  of every draw is taken (`spread`). Draws are seeded: the same seed, the same figures.

A table of all owners is a census, not a sample. There is nobody it was drawn from, so nothing here resamples rows; a nominal
95 % percentile bootstrap of Gini covers about half of the truth at ten members.
"""

from collections.abc import Callable

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput

TAIL = 1.6448536269514722  # standard normal: 5 % lie beyond
QUANTILES = (0.05, 0.5, 0.95)
Index = Callable[[Floats], float]


def other(index: Index, x: Floats, is_other: Bools, crowd: int = 100_000) -> tuple[float, float]:
    """The index if one owner held all of "other", and if a crowd of equals did; amounts (N,), `is_other` (N,).

    For an index of shares (HHI, effective number, entropy, CR-k) the truth lies between the two wherever others are many or
    one. For an index of inequality a crowd is a population of its own, and what that says of the named is little.
    """
    amounts = np.asarray(x, dtype=np.float64)
    named, rest = amounts[~is_other], float(amounts[is_other].sum())
    if rest == 0.0:
        return index(named), index(named)
    return index(np.append(named, rest)), index(np.concatenate([named, np.full(crowd, rest / crowd)]))


def drawn(low: Floats, middle: Floats, high: Floats, draws: int, seed: int, *, together: bool = False) -> Floats:
    """Draw amounts (draws, N) whose 5th, 50th and 95th percentiles are low, middle and high (N,).

    Each is a lognormal in two halves, one for each side of its median, so that amounts stay positive and the two sides may
    differ. Entries are independent, or move `together`, as they do where one doubt (a price, a power of a chip) is behind
    all; the truth is between, so show both. An amount without doubt (low = middle = high) is itself in every draw, 0 too.

    Raises
    ------
    BadInput
        unless 0 < low ≤ middle ≤ high, or all three are the same.
    """
    low, middle, high = (np.asarray(one, dtype=np.float64) for one in (low, middle, high))
    sure = (low == middle) & (middle == high)
    wrong = np.flatnonzero(~sure & ~((low > 0) & (low <= middle) & (middle <= high)))
    if len(wrong):
        row = wrong[0]
        raise BadInput(
            f"row {row} is {low[row]:g} to {high[row]:g} about {middle[row]:g}, and {len(wrong)} such rows in all",
            "low, middle, high",
            "bounds are a 5th and a 95th percentile: 0 < low ≤ middle ≤ high",
        )
    chance = np.random.default_rng(seed)
    z = chance.standard_normal((draws, 1 if together else len(middle)))
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(sure, 0.0, np.log(middle / low)) / TAIL
        above = np.where(sure, 0.0, np.log(high / middle)) / TAIL
    return np.asarray(middle * np.exp(z * np.where(z < 0, below, above)))


def spread(index: Index, amounts: Floats) -> tuple[float, float, float]:
    """5th, 50th and 95th percentile of the index over draws (D, N)."""
    values = np.quantile([index(row) for row in amounts], QUANTILES)
    return float(values[0]), float(values[1]), float(values[2])
