"""What part of the pool do the smallest members hold? The Lorenz curve, and how far it is from equality."""

import math
from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage, stages


def lorenz(x: Floats) -> tuple[Floats, Floats]:
    """Return the curve's corners: parts of the population, smallest first, and what they hold together.

    (N,) amounts ≥ 0 → two arrays (N+1,) from (0, 0) to (1, 1); of nothing, the diagonal.
    Source: Lorenz, Publications of the American Statistical Association 9 (1905).

    >>> lorenz(np.array([3.0, 1.0]))[1].tolist()
    [0.0, 0.25, 1.0]
    """
    held = np.concatenate(([0.0], np.cumsum(np.sort(x))))
    population = np.linspace(0.0, 1.0, len(held))
    return population, held / held[-1] if held[-1] > 0 else population


def hoover(x: Floats) -> float:
    """Return Σ|sᵢ − 1/N| / 2, the curve's largest distance from the diagonal; NaN of nothing.

    Source: Hoover, Review of Economics and Statistics 18 (1936).

    >>> hoover(np.array([1.0, 2.0, 3.0, 4.0]))
    0.2
    """
    total = float(x.sum())
    return float(np.abs(x / total - 1 / len(x)).sum()) / 2 if total > 0 else math.nan


def curves(history: History) -> dict[str, tuple[Floats, Floats]]:
    """Return the curve of each stage that the history knows."""
    return {
        stage: lorenz(amount) for stage, amount in stages(history).items() if amount is not None and amount.sum() > 0
    }


def measure(history: History) -> Sequence[Figure]:
    """Give the largest distance from equality by stage; the curves themselves come from `curves`."""
    return [
        by_stage(
            history,
            "hoover",
            hoover,
            "share of 1",
            Better.LOW,
            "Largest distance of the Lorenz curve from equality: the part of the scarcest resource that would have to change "
            "hands for all members to hold as much. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
