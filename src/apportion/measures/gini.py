"""How unequal is it? The Gini coefficient of ownership, grants and use."""

import math
from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def gini(x: Floats, weight: Floats | None = None) -> float:
    """Return Σᵢⱼ pᵢpⱼ|xᵢ − xⱼ| / 2μ, p the members' parts of the population and μ the weighted mean of x.

    This is the population form, the same for a population and its copies: 0 for equal x, (N−1)/N if one of N holds all.
    It is **not** multiplied by N/(N−1), as some libraries do. Computed as 1 − Σ pᵢ(Lᵢ₋₁ + Lᵢ) over the Lorenz curve L,
    which equals the pairwise sum, in N log N.

    Parameters
    ----------
    x : (N,) amounts ≥ 0
    weight : (N,) size of each entry ≥ 0, equal if left out

    Returns
    -------
    0 to 1, NaN if nobody holds anything.

    Source: Gini, *Variabilità e mutabilità* (1912).

    >>> gini(np.array([1.0, 2.0, 3.0, 4.0]))
    0.25
    """
    p = np.ones(len(x)) if weight is None else weight
    order = np.argsort(x, kind="stable")
    population = p[order] / max(float(p.sum()), 1e-300)
    held = np.cumsum(x[order] * population)
    if not len(held) or held[-1] <= 0:
        return math.nan
    L = held / held[-1]
    return float(1 - (population * (L + np.concatenate(([0.0], L[:-1])))).sum())


def measure(history: History) -> Sequence[Figure]:
    """Give the coefficient by stage."""
    return [
        by_stage(
            history,
            "gini",
            gini,
            "0 to 1",
            Better.LOW,
            "Mean difference between two members' amounts of the scarcest resource over twice their mean, every member "
            "counting once, without the correction n/(n−1). The value is that of the last stage there "
            "is: used, granted, owned.",
        )
    ]
