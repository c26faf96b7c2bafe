"""How concentrated is it? The Herfindahl–Hirschman index of ownership, grants and use."""

import math
from collections.abc import Sequence

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def hhi(x: Floats) -> float:
    """Return 10,000 · Σ sᵢ² with s = x / Σx: (N,) amounts ≥ 0 → from 10,000/N (equal) to 10,000 (one holds all).

    NaN if nobody holds anything. It is 10,000 · (1 + CV²) / N. Source: Hirschman, *National Power and the Structure of
    Foreign Trade* (1945); the scale is that of the US merger guidelines (2023), section 2.1.

    >>> import numpy as np
    >>> hhi(np.array([1.0, 2.0, 3.0, 4.0]))
    3000.0
    """
    total = float(x.sum())
    return 10_000 * float((x * x).sum()) / (total * total) if total > 0 else math.nan


def measure(history: History) -> Sequence[Figure]:
    """Give the index by stage."""
    return [
        by_stage(
            history,
            "hhi",
            hhi,
            "points of 10,000",
            Better.LOW,
            "10,000 times the sum of squared shares of the scarcest resource over all members; "
            "10,000 means that one member holds all. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
