"""Who would leave, and take whom along? A division is in the core if no coalition could have more by itself.

    x(N) = v(N),    x(S) ≥ v(S) for every coalition S

The excess of S is v(S) − x(S). A coalition with a positive excess blocks: it is the witness that the division is outside.
The core may be empty (three members of whom any two are worth 1): then every division has a witness against it.

Source: Gillies, in *Contributions to the Theory of Games* IV, 1959.
"""

from dataclasses import dataclass

import numpy as np

from apportion.alliances.coalitions import EXACT, inside, members_of, scale, sums
from apportion.domain.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Blocking:
    """A coalition that could have more by itself.

    Attributes
    ----------
    members : (K,) positions
    worth, given : what it could have, and what the division gives it
    """

    members: Ints
    worth: float
    given: float

    @property
    def gain(self) -> float:
        """What it would gain by leaving."""
        return self.worth - self.given

    @property
    def part(self) -> float:
        """The same as a part of what it is given; infinite where that is nothing."""
        return self.gain / self.given if self.given > 0 else float("inf")


def excesses(v: Floats, x: Floats) -> Floats:
    """v(S) − x(S) of every coalition: (2^N,)."""
    return v - sums(x)


def blocking(v: Floats, x: Floats) -> Blocking | None:
    """Find the coalition that would gain most by leaving; None if the division x (N,) of v (2^N,) is in the core.

    Gains below a billionth of the largest worth are none. Cost: 2^N.

    >>> found = blocking(np.array([0, 0, 0, 1, 0, 1, 0, 1.0]), np.array([2, 0.5, 0.5]) / 3)
    >>> found.members.tolist(), round(found.gain, 6)
    ([0, 1], 0.166667)
    """
    many = members_of(v)
    excess = excesses(v, x)
    excess[[0, -1]] = -np.inf
    worst = int(np.argmax(excess))
    if excess[worst] <= EXACT * scale(v):
        return None
    who = np.flatnonzero(inside(np.array([worst]), many)[0])
    return Blocking(who, float(v[worst]), float(np.asarray(x)[who].sum()))


def in_core(v: Floats, x: Floats) -> bool:
    """Tell whether x divides v(N) and no coalition blocks it."""
    return abs(float(np.sum(x)) - float(v[-1])) <= EXACT * scale(v) and blocking(v, x) is None
