"""How much do the largest members hold together?"""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage

SIZES = (1, 4)


def concentration_ratio(x: Floats, k: int) -> float:
    """Return CR-k, the share of the k largest: (N,) amounts ≥ 0 → 0 to 1; all of it if k ≥ N, NaN of nothing.

    >>> concentration_ratio(np.array([1.0, 2.0, 3.0, 4.0]), 1)
    0.4
    """
    total = float(x.sum())
    return float(np.sort(x)[::-1][:k].sum()) / total if total > 0 else math.nan


def measure(history: History) -> Sequence[Figure]:
    """Give CR-1 and CR-4 by stage."""
    return [
        by_stage(
            history,
            f"concentration_ratio.{k}",
            partial(concentration_ratio, k=k),
            "share of 1",
            Better.LOW,
            f"CR-{k}: the part of the scarcest resource held by the largest members, {k} in number, found anew at each "
            "stage. The value is that of the last stage there is: used, granted, owned.",
        )
        for k in SIZES
    ]
