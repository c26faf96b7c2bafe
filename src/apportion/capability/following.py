"""How does capacity follow load? By a bounded change, once a window.

    C_i = C_i⁰ + clip(k·L_i, ΔC_min, ΔC_max)

The *change* is clipped, so no window adds or takes more than the bounds, whatever the load.
"""

import numpy as np

from apportion.domain.arrays import Floats
from apportion.errors import BadInput


def followed(base: Floats, load: Floats, k: float, least: float, most: float) -> Floats:
    """Capacities after one window: (N,) and (N,) → (N,); never below 0.

    Raises
    ------
    BadInput
        if the bounds of the change cross.

    >>> followed(np.array([1000.0, 1500.0, 2000.0]), np.array([0.5, 0.8, 1.2]), 0.2, -1.0, 1.0).tolist()
    [1000.1, 1500.16, 2000.24]
    """
    if not least <= most:
        raise BadInput(
            f"the change is to be at least {least:g} and at most {most:g}", "least, most", "let least ≤ most"
        )
    return np.maximum(base + np.clip(k * load, least, most), 0.0)
