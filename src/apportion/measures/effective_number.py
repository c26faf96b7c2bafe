"""How many equal members would be as concentrated as these are?"""

import math
from collections.abc import Sequence

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def effective_number(x: Floats) -> float:
    """Return N₂ = 1 / Σ sᵢ² = (Σx)² / Σx²: (N,) amounts ≥ 0 → from 1 (one holds all) to N (equal); NaN of nothing.

    Source: Laakso and Taagepera, "Effective" number of parties, Comparative Political Studies 12 (1979).

    >>> import numpy as np
    >>> effective_number(np.array([5.0, 5.0, 0.0]))
    2.0
    """
    total, squares = float(x.sum()), float((x * x).sum())
    return total * total / squares if total > 0 else math.nan


def measure(history: History) -> Sequence[Figure]:
    """Give the number by stage."""
    return [
        by_stage(
            history,
            "effective_number",
            effective_number,
            "members",
            Better.HIGH,
            "One over the sum of squared shares of the scarcest resource: so many members of equal size would be as "
            "concentrated. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
