"""How much of what is said about capability comes from the curve alone?

Level and share of capability are different questions. For the same compute C_m each curve f gives another total Σ f(C_m) and
other shares f(C_m) / Σ f, so that the choice of f alone can make holdings look more equal. Where the elasticity

    ε(C) = C f′(C) / f(C)

lies between 0 and 1 for all amounts, capability looks *more* equal than compute (f(C)/C falls and f rises, so the Lorenz
curve of f(C) lies above that of C); where it is above 1, *less* equal. A reader is owed several curves, not one.
Source of the rule: Jakobsson, *Journal of Public Economics* 5, 1976 (on taxes that rise with income); Fellman,
*Econometrica* 44, 1976.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apportion.capability.curve import Curve
from apportion.capability.curves import FAMILIES
from apportion.concentration.amounts import measurable
from apportion.concentration.indices import gini, hhi
from apportion.domain.arrays import Floats


@dataclass(frozen=True)
class Reading:
    """What one curve says of given compute.

    Attributes
    ----------
    curve : what it is called
    total : Σ f(C_m), the level, in the curve's own unit
    part_of_equal : Σ f(C_m) over what the same compute would buy in equal parts: above 1 where concentration pays
    hhi : concentration of capability, in points of 10,000
    gini : inequality of capability
    elasticity : least and largest C f′/f among those who hold something
    above : what is taken off before shares are formed: 0, or f(0) where f is negative, as a loss with its sign turned is
    """

    curve: str
    total: float
    part_of_equal: float
    hhi: float
    gini: float
    elasticity: tuple[float, float]
    above: float = 0.0

    @property
    def flatters(self) -> bool:
        """Whether this curve alone makes holdings look more equal than compute is: 0 ≤ ε ≤ 1 throughout."""
        least, most = self.elasticity
        return least >= 0 and most <= 1


def sensitivity(
    compute: Floats, curves: Mapping[str, Curve] | None = None, weight: Floats | None = None
) -> tuple[Reading, ...]:
    """Read the same compute by several curves.

    Parameters
    ----------
    compute : (N,) what each member holds, in the unit in which the curves are written; finite and ≥ 0
    curves : name → curve, such as the charter's own; `plausible_curves` of the compute if None
    weight : (N,) for how many holders each entry stands, in Gini and in totals; HHI looks at entries and has no weights

    Returns
    -------
    One reading a curve, in the order given. With `plausible_curves` the first is ``linear``: compute itself.

    Shares need amounts that are not negative. Of a curve with negative values (`power_floor`, `chinchilla`: losses with
    their sign turned) the gain f(C) − f(0) over no compute is shared out, and `above` is f(0); where that is negative too
    (a curve that falls) the shares, and so all but `total`, are NaN. Where nobody holds anything all indices are NaN.

    Raises
    ------
    BadInput
        naming the rows of compute or weights that are negative, missing or infinite.

    Examples
    --------
    >>> found = {row.curve: row for row in sensitivity(np.array([1.0, 4.0, 16.0]))}
    >>> [(name, round(found[name].gini, 3)) for name in ("linear", "power_law 0.5", "power_law 1.5")]
    [('linear', 0.476), ('power_law 0.5', 0.286), ('power_law 1.5', 0.575)]
    >>> found["power_law 0.5"].elasticity, found["power_law 0.5"].flatters
    ((0.5, 0.5), True)
    """
    amounts, part = measurable(compute, weight)
    several = plausible_curves(amounts) if curves is None else curves
    count = np.ones(len(amounts)) if weight is None else np.asarray(weight, dtype=np.float64)
    return tuple(_reading(name, made, amounts, part, count) for name, made in several.items())


def plausible_curves(compute: Floats) -> dict[str, Curve]:
    """Choose curves of which nobody can say without data that they are wrong, each with f(C̄) = 1 at the mean compute C̄.

    So a total counts members of mean compute, and totals can be compared. Half-way points stand at C̄.

    >>> list(plausible_curves(np.array([1.0, 3.0])))[:3]
    ['linear', 'power_law 0.75', 'power_law 0.5']
    """
    held = np.asarray(compute, dtype=np.float64)
    middle = float(held.mean()) if len(held) and held.any() else 1.0
    shapes: dict[str, tuple[str, dict[str, float]]] = {
        "linear": ("linear", {}),
        **{f"power_law {k}": ("power_law", {"exponent": k}) for k in (0.75, 0.5, 0.25)},
        "log": ("log", {"half": middle}),
        "michaelis_menten": ("michaelis_menten", {"half": middle}),
        "hill 2": ("hill", {"exponent": 2.0, "half": middle}),
        "power_law 1.5": ("power_law", {"exponent": 1.5}),
    }
    return {name: _through(family, middle, shape) for name, (family, shape) in shapes.items()}


def sensitivity_sentence(readings: tuple[Reading, ...]) -> str:
    """Say in one sentence what the choice of the curve does; empty where no curve gives a Gini.

    >>> sensitivity_sentence(sensitivity(np.array([1.0, 4.0, 16.0])))[:71]
    'Gini of capability is 0.151 by power_law 0.25 and 0.575 by power_law 1.'
    """
    seen = [row for row in readings if math.isfinite(row.gini)]
    if not seen:
        return ""
    low, high = min(seen, key=lambda row: row.gini), max(seen, key=lambda row: row.gini)
    said = (
        f"Gini of capability is {low.gini:.3f} by {low.curve} and {high.gini:.3f} by {high.curve} for the same compute"
    )
    return f"{said}: the curve alone makes that difference."


def _through(family: str, middle: float, shape: Mapping[str, float]) -> Curve:
    """Scale a family so that it is 1 at the middle."""
    height = float(FAMILIES[family](**shape).value(np.array(middle)))
    return FAMILIES[family](1 / height, **shape)


def _reading(name: str, made: Curve, compute: Floats, part: Floats, count: Floats) -> Reading:
    value = np.asarray(made.value(compute), dtype=np.float64)
    total = float((value * count).sum())
    above = float(made.value(np.zeros(1))[0]) if (value < 0).any() else 0.0
    gain = value - above
    if (gain < 0).any() or not gain.any():
        return Reading(name, total, math.nan, math.nan, math.nan, (math.nan, math.nan), above)
    middle = np.array([(compute * part).sum()])
    equal = float(made.value(middle)[0]) - above
    mean = float((gain * part).sum())
    return Reading(
        name,
        total,
        mean / equal if equal > 0 else math.inf,
        hhi(gain),
        gini(gain, None if (count == count[0]).all() else count),
        _elasticity(made, compute, gain),
        above,
    )


def _elasticity(made: Curve, compute: Floats, gain: Floats) -> tuple[float, float]:
    """Find the least and the largest C f′/(f − above) where there is compute and capability."""
    seen = (compute > 0) & (gain > 0)
    if not seen.any():
        return math.nan, math.nan
    each = compute[seen] * made.slope(compute[seen]) / gain[seen]
    return float(each.min()), float(each.max())
