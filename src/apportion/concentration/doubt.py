"""What does doubt about amounts do to an index?

Two kinds of doubt, and what may be said of each:

* **Other.** A table often ends with a row "other" that stands for nobody in particular. The truth lies between one owner of
  it all and a crowd of which nobody holds anything to speak of (`other`).
* **Measurement.** Where amounts come with a 5th and a 95th percentile, amounts are drawn from that (`drawn`), and the index
  of every draw is taken (`spread`). Draws are seeded: the same seed, the same figures.

A table of all owners is a census, not a sample. There is nobody it was drawn from, so nothing here resamples rows; where it
*is* a sample of ten, a nominal 95 % percentile interval for Gini holds the truth in about half of the cases.
"""

from collections.abc import Callable

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.errors import BadInput

TAIL = 1.6448536269514722  # standard normal: 5 % lie beyond
QUANTILES = (0.05, 0.5, 0.95)
CROWD = 1e9  # of so many equals nobody holds anything to speak of
CELLS = 2**22  # drawn at once
Index = Callable[[Floats, Floats | None], float]


def other(
    index: Index, x: Floats, is_other: Bools, weight: Floats | None = None, crowd: float = CROWD
) -> tuple[float, float]:
    """The index if one owner held all of "other", and if a crowd of equals did; amounts (N,), `is_other` (N,).

    For an index of shares (HHI, effective number, CR-k) the truth lies between the two wherever others are many or one. For
    an index of inequality a crowd is a population of its own, beside which the named are nobody: Gini and Hoover become what
    the named hold together, Theil's T and an entropy number grow with the crowd without bound.
    """
    amounts = np.asarray(x, dtype=np.float64)
    heads = np.ones(len(amounts)) if weight is None else np.asarray(weight, dtype=np.float64)
    named, known = amounts[~is_other], heads[~is_other]
    rest = float((amounts * heads)[is_other].sum())
    if rest == 0.0:
        return index(named, known), index(named, known)
    one = index(np.append(named, rest), np.append(known, 1.0))
    return one, index(np.append(named, rest / crowd), np.append(known, crowd))


def drawn(
    low: Floats,
    middle: Floats,
    high: Floats,
    draws: int,
    seed: int,
    *,
    together: bool = False,
    holder: Ints | None = None,
) -> Floats:
    """Draw amounts (draws, N) whose 5th, 50th and 95th percentiles are low, middle and high (N,).

    Each is a lognormal in two halves, one for each side of its median, so that amounts stay positive and the two sides may
    differ. Entries are independent, or move `together`, as they do where one doubt (a price, a power of a chip) is behind
    all; the truth is between, so show both. An amount without doubt (low = middle = high) is itself in every draw, 0 too.
    With `holder` (N,) in 0 … H−1 the entries of each holder are added up, draw by draw: (draws, H).

    Raises
    ------
    BadInput
        unless 0 < low ≤ middle ≤ high, or all three are the same.
    """
    low, middle, high = (np.asarray(one, dtype=np.float64) for one in (low, middle, high))
    sure = _checked(low, middle, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(sure, 0.0, np.log(middle / low)) / TAIL
        above = np.where(sure, 0.0, np.log(high / middle)) / TAIL
    many = len(middle) if holder is None else int(holder.max(initial=-1)) + 1
    found, chance = np.empty((draws, many)), np.random.default_rng(seed)
    step = max(CELLS // max(len(middle), 1), 1)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        z = chance.standard_normal((size, 1 if together else len(middle)))
        amounts = middle * np.exp(z * np.where(z < 0, below, above))
        summed = amounts if holder is None else [np.bincount(holder, row, many) for row in amounts]
        found[start : start + size] = summed
    return found


def spread(index: Index, amounts: Floats, weight: Floats | None = None) -> tuple[float, float, float]:
    """5th, 50th and 95th percentile of the index over draws (D, N): values that were drawn, so that ∞ is one of them."""
    values = np.quantile([index(row, weight) for row in amounts], QUANTILES, method="inverted_cdf")
    return float(values[0]), float(values[1]), float(values[2])


def _checked(low: Floats, middle: Floats, high: Floats) -> Bools:
    """Tell which amounts are without doubt; bounds that are none are refused."""
    sure = (low == middle) & (middle == high)
    wrong = np.flatnonzero(~sure & ~((low > 0) & (low <= middle) & (middle <= high)))
    if len(wrong):
        row = wrong[0]
        raise BadInput(
            f"row {row} is {low[row]:g} to {high[row]:g} about {middle[row]:g}, and {len(wrong)} such rows in all",
            "low, middle, high",
            "bounds are a 5th and a 95th percentile: 0 < low ≤ middle ≤ high",
        )
    return np.asarray(sure)
