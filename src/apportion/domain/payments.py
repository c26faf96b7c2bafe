"""Who pays what?"""

from dataclasses import dataclass
from decimal import Context, Decimal

import numpy as np

from apportion.domain.arrays import Floats, Ints

FINE = 6  # places that are kept at least, and digits of the largest payment
MOST = 17  # digits of any payment at most, so that it is a whole number of 64 bits


@dataclass(frozen=True, eq=False)
class Payments:
    """Money that members pay a second, in the unit of the claims' `value`.

    Attributes
    ----------
    paid : (N,) integers ≥ 0 over `denominator`, a power of ten
    """

    paid: Ints
    denominator: int

    @property
    def amounts(self) -> Floats:
        """What each member pays a second, for people: (N,)."""
        return np.asarray(self.paid / self.denominator, dtype=np.float64)

    def text(self, paid: int) -> str:
        """Write a number of parts as the decimal it is.

        >>> Payments(np.array([2500000, 0]), 1000000).text(2500000)
        '2.5'
        """
        return f"{Context(60).divide(Decimal(paid), Decimal(self.denominator)):f}"

    @property
    def total(self) -> str:
        """What all pay together, as a decimal."""
        return self.text(sum(self.paid.tolist()))


def rounded(paid: Floats) -> Payments:
    """Round what members pay a second, (N,) ≥ 0, to whole millionths; where all are below one, to parts down to 10⁻¹⁷.

    >>> rounded(np.array([5.0, 0.0, 1 / 3])).paid
    array([5000000,       0,  333333])
    >>> rounded(np.array([0.00025])).denominator
    10000000000

    Raises
    ------
    OverflowError
        if somebody pays 10¹⁷ or more.
    """
    largest = float(paid.max(initial=0.0))
    if not largest < 10.0**MOST:
        raise OverflowError(f"a payment of {largest:g} a second has more than {MOST} digits")
    ahead = int(np.floor(np.log10(largest))) + 1 if largest > 0 else 1  # digits before the point
    places = min(max(FINE, FINE - ahead + 1), MOST - max(ahead, 0))
    return Payments(np.rint(paid * 10.0**places).astype(np.int64), 10**places)
