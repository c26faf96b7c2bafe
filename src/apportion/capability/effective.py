"""How much is an amount of compute worth, once programs have become better, and in the unit of another curve?

    f(u · e^(g·t) · C)

with u (`per_unit`) the units of the curve's compute in one unit of the pool's: operations that one GPU does in the time that
is meant, for a curve that was fitted to operations. Efficiency grows by g (`growth`) a year over t (`years`), so that
as much is done with less and less.
Source for growth as a factor on compute: Hernandez and Brown, *Measuring the algorithmic efficiency of neural networks*,
arXiv 2005.04305.
"""

import math
from dataclasses import replace

from apportion.capability.curve import Curve


def effective(made: Curve, per_unit: float = 1.0, growth: float = 0.0, years: float = 0.0) -> Curve:
    """Put u · e^(g·t) · C in the place of C.

    >>> import numpy as np
    >>> from apportion.capability.curves import curve
    >>> float(effective(curve("linear"), per_unit=2.0, growth=math.log(4), years=0.5).value(np.array(5.0)))
    20.0
    """
    factor = per_unit * math.exp(growth * years)
    return made if factor == 1 else _stretched(made, factor)


def _stretched(made: Curve, factor: float) -> Curve:
    low, high = made.domain
    return replace(
        made,
        value=lambda C: made.value(factor * C),
        slope=lambda C: factor * made.slope(factor * C),
        inverse=lambda P: made.inverse(P) / factor,
        domain=(low / factor, high / factor),
        envelope=lambda low, high: _stretched(made.envelope(factor * low, factor * high), factor),
    )
