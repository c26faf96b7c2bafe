"""Which coalitions are there, and what do they hold together?

Coalition S is a bit mask: bit m is set where member m is in. An array over all of them, (2^N,), is a game where its first
entry, of nobody, is 0.
"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.errors import BadInput

EXACT = 1e-9  # part of the largest worth below which two worths are one
FINE = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}  # of HiGHS, the least that it takes


def members_of(v: Floats) -> int:
    """Count the members of a game (2^N,).

    Raises
    ------
    BadInput
        if it is none: not 2^N finite worths, or something for nobody.
    """
    many = len(v).bit_length() - 1
    if np.ndim(v) != 1 or len(v) != 1 << many or many < 1:
        raise BadInput(f"{np.shape(v)} worths", "v", "give one worth a coalition: 2^N of them for N members")
    if not np.isfinite(v).all() or v[0] != 0:
        raise BadInput("a worth is infinite, or nobody is worth something", "v", "give finite worths, 0 for nobody")
    return many


def sums(x: Floats) -> Floats:
    """What each coalition has if member m has x_m: (N,) → (2^N,).

    >>> sums(np.array([1.0, 10.0])).tolist()
    [0.0, 1.0, 10.0, 11.0]
    """
    total = np.zeros(1)
    for amount in x:
        total = np.concatenate([total, total + amount])
    return total


def inside(masks: Ints, many: int) -> Bools:
    """Who is in each coalition: (K,) → (K, N)."""
    return np.asarray((np.asarray(masks)[:, None] >> np.arange(many)) & 1, dtype=bool)


def every(many: int) -> Bools:
    """Who is in every coalition there is: (2^N, N)."""
    return inside(np.arange(1 << many), many)


def scale(v: Floats) -> float:
    """The largest worth without its sign, 1 where all are 0: what errors are measured by."""
    return float(np.abs(v).max(initial=0.0)) or 1.0
