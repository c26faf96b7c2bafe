"""Capacity that follows load: C_i = C_i⁰ + clip(k·L_i, ΔC_min, ΔC_max), once a window.

Nodes of 1,000, 1,500 and 2,000 with loads 0.5, 0.8 and 1.2 and k = 0.2. The rule is `apportion.capability.following`.
"""

import numpy as np

from apportion.capability.following import followed
from apportion.presets.answer import Answer

BASE, LOAD = np.array([1000.0, 1500.0, 2000.0]), np.array([0.5, 0.8, 1.2])


def answer(k: float = 0.2, least: float = -1.0, most: float = 1.0) -> Answer:
    """Give the capacities of the next window.

    Parameters
    ----------
    k : capacity a unit of load
    least, most : bounds of the change
    """
    capacity = followed(BASE, LOAD, k, least, most)
    names, change = ("node-1", "node-2", "node-3"), (capacity - BASE).round(12)
    columns = zip(names, BASE.tolist(), LOAD.tolist(), change.tolist(), capacity.tolist(), strict=True)
    keys = ("node", "capacity before", "load", "change", "capacity after")
    return Answer(
        "Capacity that follows load",
        tuple(dict(zip(keys, row, strict=True)) for row in columns),
        (f"Capacities become {', '.join(f'{c:,.2f}' for c in capacity)}, and Σ C·L = {float(capacity @ LOAD):,.3f}.",),
        (
            "The printed Σ C·L is 3,366.56; the numbers given make 4,100.466",
            "Σ C·L does not depend on the task and is not a time; how long jobs take comes from `apportion simulate`",
            (
                "The change is clipped, not the capacity, and it is made once a window: under a steady load capacity grows "
                "only if each window starts from the last one's"
            ),
        ),
    )
