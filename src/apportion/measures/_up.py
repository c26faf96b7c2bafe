"""How much of the pool was there to be used?

What a replay shared, less what was lost while nodes were down. Services take from jobs what is up, and lose nothing of it.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.trace import Changes


def up_s(capacity: Ints, changes: Changes | None, begin_s: int, end_s: int) -> Floats:
    """Resource-seconds in whole thousandths that were up within [begin, end): (R,).

    Parameters
    ----------
    capacity : (R,) of all nodes that are shared
    changes : what nodes that go down take, and what they give back when they are up again; None where none ever does

    >>> lost = Changes(np.array([10, 30]), np.array([0, 0]), np.array([[-2], [2]]))
    >>> up_s(np.array([8]), lost, 20, 60).tolist()
    [300.0]
    """
    whole = capacity * float(end_s - begin_s)
    if changes is None:
        return np.asarray(whole)
    for_s = np.maximum(end_s - np.maximum(changes.at_s, begin_s), 0).astype(np.float64)
    return np.asarray(whole + (changes.delta * for_s[:, None]).sum(axis=0))
