"""How evenly do members gain from the pool? Jain's index over 1/ρ."""

from collections.abc import Sequence

import numpy as np

from apportion.concentration.indices import jain
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._times import pairs


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
