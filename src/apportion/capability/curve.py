"""What is a response curve?

A curve says what capability an amount of compute buys, P = f(C), with C ≥ 0 in whole units of one resource (GPUs, not
thousandths). All its functions work element by element on arrays, and are defined for every C ≥ 0: where a family's formula
has no meaning (below its least compute, beyond the points of a table) the curve goes on at the value that it has there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from apportion.domain.arrays import Floats

Along = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Curve:
    """What compute buys.

    Attributes
    ----------
    value : f
    slope : f′, from the right; infinite where the curve starts upright
    inverse : the least C with f(C) = P; NaN where the curve never has the value P
    concave : whether f bends downwards everywhere, so that each unit buys less than the one before
    rising : whether more compute never buys less
    domain : from where to where the family's formula holds
    envelope : from (low, high), arrays of one shape, the least concave curve above f on [low, high]; f itself if concave
    """

    value: Along
    slope: Along
    inverse: Along
    concave: bool
    rising: bool
    domain: tuple[float, float]
    envelope: Callable[[Floats, Floats], "Curve"]


def concave_curve(value: Along, slope: Along, inverse: Along) -> Curve:
    """Make a curve that rises and bends downwards from 0 on, and so is its own envelope."""
    made = Curve(value, slope, inverse, True, True, (0.0, float("inf")), lambda _low, _high: made)
    return made
