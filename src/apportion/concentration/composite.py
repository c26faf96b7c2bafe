"""How concentrated are several assets taken together, and how much of that is the choice of their weights?

With shares s[m,k] of holder m in asset k and weights w_k ≥ 0, Σ w = 1, the composite share is c_m = Σ_k w_k s[m,k]: a share
again. No data say what the weights should be, so a composite is shown with what other weights would make of it: weights
drawn evenly from all there are (Dirichlet with all parameters 1), seeded. Since HHI is convex in the shares, a composite is
never more concentrated than the most concentrated asset.
"""

from dataclasses import dataclass

import numpy as np

from apportion.concentration.doubt import QUANTILES
from apportion.concentration.indices import POINTS, shares
from apportion.domain.arrays import Floats, Ints
from apportion.errors import Faults


@dataclass(frozen=True, eq=False)
class Composite:
    """Several assets as one.

    Attributes
    ----------
    weight : (K,) sums to 1
    share : (N,) composite share of each holder
    rank : (N,) 1 for the largest; equals share the better rank
    hhi_quantiles : 5th, 50th and 95th percentile of HHI over drawn weights
    hhi_range : least and largest HHI over all these
    best, worst : (N,) ranks that some drawn weights, a single asset, or the weights themselves give
    """

    weight: Floats
    share: Floats
    rank: Ints
    hhi_quantiles: tuple[float, float, float]
    hhi_range: tuple[float, float]
    best: Ints
    worst: Ints


def composite(amounts: Floats, weight: Floats, draws: int, seed: int) -> Composite:
    """Put assets (N, K) together by weights (K,), which need not sum to 1.

    Raises
    ------
    BadInput
        for weights that are negative or all 0, and assets of which nobody holds anything; all at once.

    >>> both = composite(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 1.0]), 100, 0)
    >>> both.share.tolist(), both.rank.tolist(), [round(value) for value in both.hhi_range]
    ([0.25, 0.75], [2, 1], [5000, 10000])
    """
    faults = Faults()
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        faults.add(
            f"{weight.tolist()} are no weights", "weights", "give numbers that are not negative, one of them above 0"
        )
    for k in np.flatnonzero(~(amounts.sum(axis=0) > 0)):
        faults.add(f"nobody holds anything of asset {k}", "assets", "leave it out")
    faults.raise_any()
    s = np.column_stack([shares(column) for column in amounts.T])
    part = weight / weight.sum()
    others = np.random.default_rng(seed).dirichlet(np.ones(len(weight)), draws)
    tried = np.vstack([others, np.eye(len(weight)), part])
    found = tried @ s.T  # (draws + K + 1, N)
    h = POINTS * (found * found).sum(axis=1)
    ranks = np.array([_ranks(row) for row in found])
    low, middle, high = (float(value) for value in np.quantile(h[:draws], QUANTILES))
    own = s @ part
    return Composite(
        part,
        own,
        _ranks(own),
        (low, middle, high),
        (float(h.min()), float(h.max())),
        ranks.min(axis=0),
        ranks.max(axis=0),
    )


def _ranks(share: Floats) -> Ints:
    """1 + how many hold more, where less than 10⁻¹² apart is as much."""
    ordered = np.sort(-share)
    return np.searchsorted(ordered, -share - 1e-12) + 1
