"""How differently do groups fare? Means of one outcome by group, and how far apart they are.

With m_g the mean of group g and m that of all (words as in Fairlearn's `MetricFrame`):

| word | formula |
|---|---|
| group_min, group_max | min m_g, max m_g |
| difference | max m_g − min m_g |
| ratio | min m_g / max m_g; 1 is parity |
| difference_to_overall | max abs(m_g − m) |
| ratio_to_overall | min over g of the smaller of m_g / m and m / m_g |

Ratios are NaN where a mean is negative or all are 0; so is the part of Theil's T that lies between groups where an outcome
is negative, or all are the same.

A census of members has no sampling error and gets no interval. Where the rows of each group are a *sample* of more,
`bootstrap` draws anew within each group; its intervals are percentiles, too narrow for groups of few rows, and of a group of
one row there is none. Those of a difference lie too high where groups are alike, because the largest of several noisy means
is mostly noise.

Sources: Weerts et al., *Fairlearn: Assessing and Improving Fairness of AI Systems*, JMLR 24, 2023; Efron and Tibshirani, *An
Introduction to the Bootstrap*, 1993 (percentile intervals).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from apportion.concentration.groups import split
from apportion.domain.arrays import Floats, Ints, Text, text
from apportion.errors import BadInput, Faults

INTERVAL = (0.025, 0.975)
CELLS = 2**22  # rows drawn at once
ROUNDING = 1e-12  # means that differ by less of themselves are the same, summed in another order
CROSSED = " × "


@dataclass(frozen=True, eq=False)
class Fared:
    """How groups fared.

    Attributes
    ----------
    group : (G,) names, sorted
    count : (G,) rows
    mean : (G,) weighted mean of the outcome
    overall : of all rows
    between_share : part of Theil's T between groups; NaN where it is not defined
    """

    group: Text
    count: Ints
    mean: Floats
    overall: float
    between_share: float

    @property
    def group_min(self) -> float:
        return float(self.mean.min())

    @property
    def group_max(self) -> float:
        return float(self.mean.max())

    @property
    def difference(self) -> float:
        return self.group_max - self.group_min

    @property
    def ratio(self) -> float:
        return float(_ratios(self.mean[None, :])[0])

    @property
    def difference_to_overall(self) -> float:
        return float(np.abs(self.mean - self.overall).max())

    @property
    def ratio_to_overall(self) -> float:
        if self.group_min < 0 or self.overall <= 0:
            return math.nan
        each = self.mean / self.overall
        return float(np.minimum(each, np.divide(1.0, each, out=np.ones_like(each), where=each > 1)).min())

    def worst(self, *, low_is_better: bool) -> str:
        """Name the group that fares worst; the first by name of equals."""
        at = self.mean.argmax() if low_is_better else self.mean.argmin()
        return str(self.group[int(at)])


@dataclass(frozen=True, eq=False)
class Intervals:
    """2.5th and 97.5th percentile of each group's mean (G, 2), and of difference and ratio; NaN with groups of one row."""

    mean: Floats
    difference: tuple[float, float]
    ratio: tuple[float, float]


def fared(outcome: Floats, of: Text, weight: Floats | None = None) -> Fared:
    """Compare the groups `of` (N,) by the mean of an outcome (N,), which may be negative.

    Raises
    ------
    BadInput
        for no rows at all, outcomes that are missing or infinite, weights that are negative, and groups that count nobody.

    >>> found = fared(np.array([1.0, 3.0, 4.0]), text(["a", "a", "b"]))
    >>> found.mean.tolist(), found.difference, found.ratio, found.worst(low_is_better=True)
    ([2.0, 4.0], 2.0, 0.5, 'b')
    """
    names, at = np.unique(np.asarray(of, dtype=str), return_inverse=True)
    value, heads = _checked(outcome, weight, names, at)
    mean = np.bincount(at, value * heads, len(names)) / np.bincount(at, heads, len(names))
    share = split(value, of, weight=heads).between_share if (value >= 0).all() else math.nan
    overall = float((value * heads).sum() / heads.sum())
    count = np.bincount(at, minlength=len(names)).astype(np.int64)
    return Fared(text([str(name) for name in names]), count, np.asarray(mean), overall, share)


def bootstrap(outcome: Floats, of: Text, draws: int, seed: int, weight: Floats | None = None) -> Intervals:
    """Draw rows anew within each group, `draws` times, for groups that are samples; as `fared`, and seeded."""
    names, at = np.unique(np.asarray(of, dtype=str), return_inverse=True)
    value, heads = _checked(outcome, weight, names, at)
    order = np.argsort(at, kind="stable")
    value, heads, of_row = value[order], heads[order], at[order]
    size = np.bincount(at, minlength=len(names))
    start = np.concatenate(([0], np.cumsum(size)))[:-1]
    chance, means = np.random.default_rng(seed), np.empty((draws, len(names)))
    step = max(CELLS // len(value), 1)
    for first in range(0, draws, step):
        many = min(step, draws - first)
        rows = start[of_row] + (chance.random((many, len(value))) * size[of_row]).astype(np.int64)
        held = np.add.reduceat(heads[rows], start, axis=1)
        means[first : first + many] = np.add.reduceat(value[rows] * heads[rows], start, axis=1) / np.where(
            held > 0, held, np.nan
        )
    means[:, size == 1] = np.nan
    ends = np.array([_ends(column) for column in means.T])
    apart = means.max(axis=1) - means.min(axis=1)
    apart[apart < ROUNDING * np.abs(means).max(axis=1)] = 0.0
    return Intervals(np.asarray(ends), _ends(apart), _ends(_ratios(means)))


def crossed(columns: Sequence[Text]) -> Text:
    """Cross several groupings: each row is in the group of all its groups.

    >>> crossed([text(["north", "south"]), text(["small", "small"])]).tolist()
    ['north × small', 'south × small']
    """
    return text([CROSSED.join(map(str, row)) for row in zip(*columns, strict=True)])


def bands(size: Floats, many: int = 3) -> Text:
    """Cut sizes (N,) into bands of about as many rows each, named by their bounds; equal sizes share a band.

    >>> bands(np.array([1.0, 2.0, 3.0, 40.0, 50.0, 60.0])).tolist()
    ['≤ 2', '≤ 2', '2 to 40', '2 to 40', '> 40', '> 40']
    """
    edges = np.unique(np.quantile(size, np.arange(1, many) / many, method="inverted_cdf"))
    edges = edges[edges < size.max()]
    if not len(edges):
        return text(["all"] * len(size))
    middle = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    names = [f"≤ {edges[0]:g}", *middle, f"> {edges[-1]:g}"]
    return text([names[i] for i in np.searchsorted(edges, size, side="left")])


def _checked(outcome: Floats, weight: Floats | None, names: Text, at: Ints) -> tuple[Floats, Floats]:
    value = np.asarray(outcome, dtype=np.float64)
    if not len(value):
        raise BadInput("there are no rows to compare", "outcome", "give at least one")
    heads = np.ones(len(value)) if weight is None else np.asarray(weight, dtype=np.float64)
    faults = Faults()
    missing = np.flatnonzero(~np.isfinite(value))
    if len(missing):
        faults.add(f"missing in {len(missing)} rows, the first of them {missing[0]}", "outcome", "leave such rows out")
    if not (np.isfinite(heads) & (heads >= 0)).all():
        faults.add("some are negative or missing", "weight", "give finite numbers that are not negative")
    else:
        nobody = np.flatnonzero(~(np.bincount(at, heads, len(names)) > 0))
        if len(nobody):
            who = ", ".join(map(str, names[nobody][:5]))
            faults.add(f"all are 0 in {who}", "weight", "leave such groups out")
    faults.raise_any()
    return value, heads


def _ratios(means: Floats) -> Floats:
    """Least mean over largest, in each row; NaN where one is negative or all are 0."""
    low, high = means.min(axis=1), means.max(axis=1)
    right = (low >= 0) & (high > 0)
    return np.asarray(np.divide(low, high, out=np.full(len(low), math.nan), where=right))


def _ends(values: Floats) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return math.nan, math.nan
    low, high = np.quantile(known, INTERVAL)
    return float(low), float(high)
