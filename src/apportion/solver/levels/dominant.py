"""Who gets how many tasks when dominant shares rise together?

The share of claim i is s_i = μ_i · Σ_f x[i,f], μ_i = max_r bundle[i,r] / Σ_f capacity[f,r]: the part of the whole pool
that it holds of the resource it needs most. Dominant resource fairness is the leximin of s_i / weight_i under caps. Speed
only tells where a claim may run.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.dominant_fill import event, finish, prepare, stop
from apportion.solver.levels.leximin import leximin
from apportion.solver.problem import Answer, Problem

USED_UP = 1e-13  # part of a resource that may be left of one that is used up


def dominant(given: Problem, start: Floats | None = None) -> Answer:
    """Make the smallest dominant share over weight as large as possible, then the next, and so on.

    On one flavor all rise at one level t, x_i = t · w_i / μ_i, until a cap or a resource stops them: exact, no iteration, in
    O(M·R) for each resource that is used up. On several flavors this is `leximin` of the shares. The answer's `rate` is the
    share s; nothing is left to ties, as the shares are unique.

    Source: Ghodsi et al., *Dominant Resource Fairness*, NSDI 2011, section 4; weights 4.3; caps as in Narayana and Kash,
    *Fair and Efficient Allocations with Limited Demands*, AAAI 2021.

    Examples
    --------
    Nine processors and 18 GB, tasks of (1, 4) and of (3, 1):

    >>> from apportion.solver.problem import problem
    >>> pool = problem([[1], [1]], [[1, 4], [3, 1]], [[9, 18]], None, None, None)
    >>> dominant(pool).x.ravel().round(9)
    array([3., 2.])
    """
    if given.speed.shape[1] > 1:
        return leximin(_as_shares(given), start)
    return _filled(given)


def _as_shares(given: Problem) -> Problem:
    """The same problem, with a task's dominant share for its speed wherever it may run."""
    total = given.capacity.sum(axis=0)
    part = np.divide(given.bundle, total, out=np.zeros_like(given.bundle), where=total > 0).max(axis=1, initial=0.0)
    free = ~given.bundle.any(axis=1)
    return replace(given, speed=np.where(given.speed > 0, np.where(free, 1.0, part)[:, None], 0.0))


def _filled(given: Problem) -> Answer:
    """Raise all claims on one flavor."""
    many, room = len(given), given.capacity[0].copy()
    pace, share = np.empty(many), np.empty(many)
    x, level_of = np.zeros((many, 1)), np.full(many, -1)
    who, free = prepare(given.speed, given.bundle, given.capacity[0], given.tasks, given.weight, pace, share)
    x[free, 0] = given.tasks[free]
    total = np.zeros(len(room))
    bounds: list[float] = []
    prices: list[Floats] = []
    rest = (given.bundle, pace, given.tasks, given.minimum)
    error = (many + room.size) * 2.0**-52
    while len(who):
        level, fixed, slope = event(who, *rest, room)
        if level == np.inf:
            full: Bools = np.zeros(len(room), dtype=bool)
        else:
            left = room - fixed - level * slope
            full = (left <= USED_UP * given.capacity[0]) & (slope > 0)
            dear = full & (slope * level > 0)
            bounds.append(level + float((error * given.capacity[0][dear] / slope[dear]).min(initial=np.inf)))
            prices.append(np.where(full, 1.0 / np.maximum(given.capacity[0], 1e-300), 0.0)[None] / max(full.sum(), 1))
        used, who = stop(who, *rest, full, level, len(bounds) - 1, x, level_of)
        room, total = np.maximum(room - used, 0.0), total + used
    return _answer(given, x, share, level_of, total, np.array(bounds), prices)


def _answer(
    given: Problem, x: Floats, share: Floats, level_of: Ints, used: Floats, bounds: Floats, prices: list[Floats]
) -> Answer:
    """Make sure of feasibility, and leave out levels at which nobody stopped."""
    room = given.capacity[0] * (1.0 - 2.0**-51 * len(given) ** 0.5)  # about the rounding error of such sums
    over = used > room
    part = float((room[over] / used[over]).min(initial=1.0))
    levels = np.empty(len(bounds))
    rate, out, value = finish(x, share, given.weight, part, given.minimum, level_of, levels)
    held = np.isfinite(levels)
    if not held.all():
        number = np.append(np.cumsum(held) - 1, -1)
        level_of, levels, bounds = number[level_of], levels[held], bounds[held]
    bounds = np.maximum(bounds, levels)
    value = value if np.isfinite(value) else 0.0
    bound = float(bounds[0]) if len(bounds) and levels[0] <= value * (1.0 + 1e-12) else value
    gap = float(np.log(bounds / levels).max(initial=0.0)) if (levels > 0).all() else 0.0
    shaped = np.array(prices).reshape(-1, *given.capacity.shape)[held]
    first = shaped[0] if len(shaped) else np.zeros_like(given.capacity)
    return Answer(x, rate, first, value, bound, gap, True, out, levels, bounds, shaped, level_of)
