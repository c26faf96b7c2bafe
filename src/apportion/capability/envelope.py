"""What is the least concave curve above a curve?

Where a curve bends upwards first and downwards later, its concave envelope on [low, high] is a chord from `low` to the point
t where the chord touches the curve, and the curve itself beyond:

    f′(t) · (t − low) = f(t) − f(low),    or t = high if no such point lies before it

On the chord half of the way buys half of the capability, which is what members could get by taking turns; a division in
which one member alone stands inside its chord loses at most that member's distance between chord and curve.
Source: Starr, *Quasi-equilibria in markets with non-convex preferences*, Econometrica 37, 1969 (Shapley and Folkman).
"""

from dataclasses import replace

import numpy as np

from apportion.capability.curve import Curve
from apportion.domain.arrays import Floats

HALVINGS = 100  # more than the bits of a float: the touching point is as exact as f itself


def touching(curve: Curve, low: Floats, high: Floats, bend: float) -> Curve:
    """Bridge the part of a curve before `bend`, from which on it bends downwards."""
    start = np.clip(bend, low, high)
    begin, end = start.copy(), high.copy()
    for _ in range(HALVINGS):
        middle = begin + (end - begin) / 2
        above = curve.slope(middle) * (middle - low) >= curve.value(middle) - curve.value(low)
        begin, end = np.where(above, middle, begin), np.where(above, end, middle)
    return chorded(curve, low, np.where(low < bend, end, low))


def chorded(curve: Curve, begin: Floats, end: Floats) -> Curve:
    """Replace a curve by its chord between two points: arrays of one shape; where they meet nothing changes."""
    foot, width = curve.value(begin), end - begin
    steep = np.divide(curve.value(end) - foot, width, out=np.zeros_like(width), where=width > 0)

    def value(C: Floats) -> Floats:
        return np.where((begin < C) & (end > C), foot + (C - begin) * steep, curve.value(C))

    def slope(C: Floats) -> Floats:
        beyond = np.where(end >= C, steep, np.minimum(curve.slope(C), steep))
        return np.where((begin < end) & (begin <= C), beyond, curve.slope(C))

    made = replace(curve, value=value, slope=slope, concave=True, envelope=lambda _low, _high: made)
    return made
