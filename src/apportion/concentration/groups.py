"""How much of an inequality lies between groups, and how much inside them?

Generalized entropy is the one family that splits exactly (Shorrocks, *Econometrica* 48, 1980): with population part p_g,
part v_g of the whole and mean μ_g of each group,

    GE(a) = GE(a) of the group means  +  Σ_g p_g^(1−a) · v_g^a · GE_g(a)

so weights of the within term are v_g for Theil's T (a = 1) and p_g for Theil's L (a = 0). HHI splits too, in another way:
10⁻⁴·HHI = Σ_g v_g² · (10⁻⁴·HHI_g), where HHI_g is the index inside the group.
"""

from dataclasses import dataclass

import numpy as np

from apportion.concentration.amounts import measurable
from apportion.concentration.indices import generalized_entropy, hhi
from apportion.domain.arrays import Floats, Ints, Text, text

ROUNDING = 1e-14  # an index below it is that of equals, summed in floats


@dataclass(frozen=True, eq=False)
class Split:
    """What groups explain of an index.

    Attributes
    ----------
    total, between, within : of the index; total = between + within
    group : (G,) names, sorted
    population, part : (G,) each group's part of the population and of the whole
    inside : (G,) the index among its members
    adds : (G,) what that adds to `within`
    """

    total: float
    between: float
    within: float
    group: Text
    population: Floats
    part: Floats
    inside: Floats
    adds: Floats

    @property
    def between_share(self) -> float:
        """Part of the total that lies between groups; NaN where there is no inequality but rounding, or an infinite one."""
        return self.between / self.total if ROUNDING < self.total < np.inf else float("nan")


def split(x: Floats, of: Text, a: float = 1.0, weight: Floats | None = None) -> Split:
    """Split GE(a) of amounts (N,) by the group `of` (N,) each belongs to; all NaN where nobody holds anything.

    >>> found = split(np.array([1.0, 2.0, 3.0, 4.0]), text(["a", "a", "b", "b"]))
    >>> round(found.between, 6), round(found.within, 6)
    (0.082283, 0.024157)
    """
    amounts, p = measurable(x, weight)
    names, at = _numbered(of)
    population = np.asarray(np.bincount(at, p, len(names)), dtype=np.float64)
    held = np.asarray(np.bincount(at, p * amounts, len(names)), dtype=np.float64)
    whole = float(held.sum())
    part = held / whole if whole > 0 else np.full(len(names), np.nan)
    means = np.divide(held, population, out=np.zeros_like(held), where=population > 0)
    inside = np.array([_inside(amounts[at == g], p[at == g], a) for g in range(len(names))])
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(population > 0, population ** (1.0 - a) * part**a, 0.0)
        adds = np.where(inside == 0.0, 0.0, factor * inside)
    between = generalized_entropy(means, a, population)
    within = float(adds.sum()) if whole > 0 else float("nan")
    return Split(between + within, between, within, names, population, part, inside, adds)


def hhi_by_group(x: Floats, of: Text) -> dict[str, tuple[float, float]]:
    """Each group's part of the whole, and the HHI among its holders; NaN inside a group that holds nothing."""
    amounts, _ = measurable(x)
    names, at = _numbered(of)
    whole = float(amounts.sum())
    return {
        str(name): (float(amounts[at == g].sum()) / whole if whole > 0 else float("nan"), hhi(amounts[at == g]))
        for g, name in enumerate(names)
    }


def _inside(x: Floats, p: Floats, a: float) -> float:
    """The index inside a group; 0 for one that holds nothing or counts nobody: all its members are alike."""
    if not p.sum() > 0 or not (p * x).sum() > 0:
        return 0.0
    return generalized_entropy(x, a, p)


def _numbered(of: Text) -> tuple[Text, Ints]:
    names, at = np.unique(np.asarray(of, dtype=str), return_inverse=True)
    return text([str(name) for name in names]), np.asarray(at, dtype=np.int64)
