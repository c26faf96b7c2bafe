"""How evenly do members gain from the pool? Jain's index over 1/ρ."""

import math
from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._times import pairs


def jain(x: Floats) -> float:
    """Return (Σx)² / (N·Σx²): (N,) amounts ≥ 0 → from 1/N (one has all) to 1 (equal); NaN of nothing.

    Source: Jain, Chiu and Hawe, DEC Research Report TR-301 (1984).

    >>> jain(np.array([1.0, 1.0, 1.0, 1.0]))
    1.0
    """
    total, squares = float(x.sum()), float((x * x).sum())
    return total * total / (len(x) * squares) if total > 0 else math.nan


def measure(history: History) -> Sequence[Figure]:
    """Give it for each discipline at home, over the members whose ρ is known and positive."""
    return [
        Figure(
            f"jain.{pair.home}",
            jain(1 / np.array(known)) if (known := [rho for rho in pair.rho if rho]) else None,
            "0 to 1",
            Better.HIGH,
            f"Jain's index over 1/ρ of the members, ρ against {pair.home} alone: 1 means that all gain in proportion. It can "
            "rise while every member loses, so read it beside the worst ρ.",
        )
        for pair in pairs(history)
    ]
