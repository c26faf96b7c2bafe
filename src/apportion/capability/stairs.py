"""Which rising steps lie nearest to points?"""

import numpy as np

from apportion.capability.points import rising
from apportion.domain.arrays import Floats


def stairs(compute: Floats, response: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit the rising levels nearest in squares, with one level for equal compute.

    (n,) and (n,) → the distinct amounts (K,), the level of each (K,), and of each point (n,).

    >>> C, level, _ = stairs(np.array([2.0, 1.0, 3.0, 3.0]), np.array([1.0, 2.0, 4.0, 6.0]))
    >>> C.tolist(), level.tolist()
    ([1.0, 2.0, 3.0], [1.5, 1.5, 5.0])
    """
    C, which, many = np.unique(compute, return_inverse=True, return_counts=True)
    mean = np.bincount(which, response) / many
    level = rising(mean, many.astype(np.float64))
    return C, level, level[which]


def steps_of(C: Floats, P: Floats) -> str:
    """Write the corners of steps as the points of a table: the first and the last amount of each level.

    >>> steps_of(np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 5.0, 5.0, 6.0]))
    '1:5, 3:5, 4:6'
    """
    turn = np.diff(P) != 0
    corner = np.concatenate([[True], turn]) | np.concatenate([turn, [True]])
    return ", ".join(f"{at:.12g}:{level:.12g}" for at, level in zip(C[corner], P[corner], strict=True))
