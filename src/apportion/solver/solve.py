"""What is the best division of these arrays? The one door for other people's schedulers."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from apportion.domain.arrays import Floats
from apportion.errors import BadInput, nearest
from apportion.solver.conflict import refuse_conflict
from apportion.solver.levels.dominant import dominant
from apportion.solver.levels.leximin import leximin
from apportion.solver.prices.concave import concave
from apportion.solver.prices.linear import linear
from apportion.solver.problem import Answer, Problem, earlier_prices, problem

STEEP = 1000.0  # alpha from which on the certificates of plans hold none
MILDER = "give a smaller one, or use max_min, which is its limit"
NEARER = "give speeds in a unit in which rates are about 1, a smaller alpha, or use max_min, which is its limit"


def solve(
    objective: str,
    speed: npt.ArrayLike,
    bundle: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
    tasks: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    minimum: npt.ArrayLike | None = None,
    alpha: float | None = None,
    start: npt.ArrayLike | None = None,
    tolerance: float = 1e-8,
) -> Answer:
    """Divide capacities among claims, and bound how far from the best the division can be.

    Parameters
    ----------
    objective : ``nash`` max Σ w log z; ``alpha_fair`` max Σ w z^(1−α)/(1−α); ``utilitarian`` max Σ w z; ``max_min`` leximin
        of z / w; ``drf`` leximin of dominant share / w, where speed only tells where a claim may run
    speed : (M, F) useful work per task-second, 0 where a claim cannot run
    bundle : (M, R) what one task uses up; by default one unit of one resource
    capacity : (F, R)
    tasks : (M,) most tasks; by default no limit
    weight : (M,) > 0; by default 1
    minimum : (M,) least tasks; by default 0
    alpha : for ``alpha_fair``: 0 is utilitarian, 1 nash, ever larger comes near max_min; below 1000
    start : (F, R) earlier prices, to begin near them
    tolerance : gap at which to stop

    Returns
    -------
    Answer with x (M, F) tasks, rate (M,), prices (F, R), value, bound, gap and reached; for leximin also levels.

    Raises
    ------
    BadInput
        for arrays that do not fit together or hold what is no amount, an unknown objective, an alpha or tolerance that is no
        number, an alpha too large for these rates, or minima that do not fit.

    Examples
    --------
    Two claims of at most one task, which both run faster on the first machine:

    >>> answer = solve("nash", speed=[[4, 1], [2, 1]], capacity=[1, 1], tasks=[1, 1])
    >>> answer.x.round(6).tolist()
    [[0.833333, 0.166667], [0.166667, 0.833333]]
    >>> answer.gap < 1e-8
    True
    """
    if str(objective) not in OBJECTIVES:
        raise BadInput(f'no objective is called "{objective}"', "objective", nearest(str(objective), list(OBJECTIVES)))
    if (alpha is not None) != (objective == "alpha_fair"):
        raise BadInput(f"alpha is {alpha}", "alpha", "give alpha with alpha_fair, and only there")
    if alpha is not None and not _is_amount(alpha):
        raise BadInput(f"alpha is {alpha}", "alpha", "give a number ≥ 0; for an infinite one, use max_min")
    if alpha is not None and alpha >= STEEP:
        raise BadInput(f"alpha is {alpha}, and powers of rates leave what floats hold", "alpha", MILDER)
    if not _is_amount(tolerance):
        raise BadInput(f"tolerance is {tolerance}", "tolerance", "give a number ≥ 0, such as 1e-8")
    given = problem(speed, bundle, capacity, tasks, weight, minimum)
    refuse_conflict(given)
    begin = None if start is None else earlier_prices(start, given)
    return OBJECTIVES[objective](given, begin, tolerance, alpha)


def _is_amount(value: Any) -> bool:
    return isinstance(value, Real) and 0.0 <= float(value) < np.inf


def _alpha_fair(given: Problem, start: Floats | None, tolerance: float, alpha: float | None) -> Answer:
    if not alpha:
        return linear(given, start, tolerance)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found = concave(given, alpha, start, tolerance)
    lost = found.value == 0.0 and found.rate.any()
    if lost or not (np.isfinite(found.value) and np.isfinite(found.rate).all()):
        raise BadInput(f"with alpha {alpha} powers of these rates leave what floats hold", "alpha", NEARER)
    return found


OBJECTIVES: dict[str, Callable[[Problem, Floats | None, float, Any], Answer]] = {
    "nash": lambda given, start, tolerance, _: concave(given, 1.0, start, tolerance),
    "alpha_fair": _alpha_fair,
    "utilitarian": lambda given, start, tolerance, _: linear(given, start, tolerance),
    "max_min": lambda given, start, tolerance, _: leximin(given, start, tolerance),
    "drf": lambda given, start, _tolerance, _: dominant(given, start),
}
