"""How much capability does equality cost?

Every point of the frontier is the answer of `apportion.capability.spread.balanced` for one μ. As μ grows, total capability
never falls and unevenness never shrinks (with the envelope in place of a curve that is not concave), because each of two
answers is the best for its own μ. With one common concave f and equal a_m all points are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apportion.capability.spread import Program, balanced
from apportion.domain.arrays import Floats


@dataclass(frozen=True, eq=False)
class Frontier:
    """Points from equality to capability.

    Attributes
    ----------
    mu : (K,) the weight of capability, rising
    compute : (K, N) units
    unevenness : (K,) Σ (C_m − C̄)²
    capability : (K,) Σ a_m f(C_m)
    """

    mu: Floats
    compute: Floats
    unevenness: Floats
    capability: Floats


def frontier(program: Program, mus: Sequence[float]) -> Frontier:
    """Find the points for the given μ ≥ 0, in rising order of μ; cost: as `balanced`, once each."""
    rising = np.array(sorted(mus), dtype=np.float64)
    compute = np.array([balanced(program, float(mu)).compute for mu in rising]).reshape(len(rising), len(program.scale))
    return Frontier(
        rising,
        compute,
        np.array([program.unevenness(row) for row in compute]),
        np.array([program.capability(row) for row in compute]),
    )
