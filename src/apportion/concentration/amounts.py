"""Which amounts can be measured? Finite ones, not negative, with weights that count somebody."""

import numpy as np

from apportion.domain.arrays import Floats
from apportion.errors import BadInput, Faults

SHOWN = 5  # faulty rows that are named; the others are counted


def measurable(x: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Return amounts (N,) and each entry's part of the population (N,), which sum to 1; (0,) and (0,) for nobody.

    Indices of shares are defined for amounts ≥ 0 only: with negative ones a share may exceed 1 and Gini too, so they are
    refused rather than measured. A missing amount (NaN) is refused too: leaving it out would be another question.

    Raises
    ------
    BadInput
        naming the rows, from 0, of amounts or weights that are negative, missing or infinite, or of no weight at all.
    """
    amounts = np.asarray(x, dtype=np.float64)
    parts = np.ones(len(amounts)) if weight is None else np.asarray(weight, dtype=np.float64)
    faults = Faults()
    if amounts.shape != parts.shape:
        faults.add(f"{len(amounts)} amounts and {len(parts)} weights", "weight", "give each amount its weight")
    for name, column in (("amount", amounts), ("weight", parts)):
        wrong = np.flatnonzero(~(np.isfinite(column) & (column >= 0)))
        if len(wrong):
            named = ", ".join(f"row {row}: {column[row]:g}" for row in wrong[:SHOWN])
            rest = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
            faults.add(f"no {name} of its kind: {named}{rest}", name, "give finite numbers that are not negative")
    if len(parts) and not faults.found and not parts.sum() > 0:
        faults.add("all weights are 0", "weight", "give at least one entry a weight")
    faults.raise_any()
    with np.errstate(over="ignore"):
        if not np.isfinite((parts * amounts).sum()):
            raise BadInput("their sum is more than a number holds", "amount", "give amounts in a larger unit")
    return amounts, parts / parts.sum() if len(parts) else parts
