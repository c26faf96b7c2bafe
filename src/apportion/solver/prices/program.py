"""What does HiGHS say to one linear program of some claims before some capacity?

    max Σ_i w_i Σ_f speed[i,f] · x[i,f]   within tasks, minimum and room

Where prices are to stay between bounds, more of each resource can be bought at the upper one, and what is left can be sold at
the lower one: then there always is an answer, and its prices are the best within the bounds.
"""

from typing import Any, NamedTuple

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput
from apportion.solver.problem import Problem

FINE = 1e-10  # tolerances of HiGHS, the least that it takes: by its own, gains that are small beside others go unseen
OPTIMAL, INFEASIBLE = 0, 2


class How(NamedTuple):
    """How HiGHS works, as in scipy.optimize.linprog."""

    method: str = "highs"
    presolve: bool = True


class Market(NamedTuple):
    """Prices (F, R) at which some can be sold and more can be bought, and amounts of the usual size of each resource."""

    low: Floats
    high: Floats
    size: Floats


def program(
    part: Problem, may: Bools, room: Floats, how: How, market: Market | None = None
) -> tuple[Floats, Floats, float]:
    """Solve: tasks (M, F), prices (F, R), and the largest part of a usual amount that is bought or sold for a price.

    Variables are in units of what a claim can have of a flavor at most.

    Raises
    ------
    BadInput
        if the minima do not fit.
    """
    from scipy.sparse import block_array, coo_array, vstack

    size = room if market is None else market.size
    x, prices = np.zeros(part.speed.shape), np.zeros(room.shape)
    i, f = np.nonzero(may & (part.tasks > 0)[:, None])
    if not len(i):
        return (x, prices, 0.0) if market is None else (x, *_idle(room, market))
    width, each = room.shape[1], np.arange(len(i))
    with np.errstate(divide="ignore", invalid="ignore"):
        need = np.where(part.bundle[i] > 0, part.bundle[i] / size[f], 0.0)
    largest = need.max(axis=1)
    unit = 1.0 / np.where((largest > 0) & (largest < np.inf), largest, 1.0)
    unit = np.where(np.isfinite(part.tasks[i]), np.minimum(unit, part.tasks[i]), unit)
    gain = part.weight[i] * part.speed[i, f] * unit
    top = gain.max()
    scarce = np.flatnonzero(size.ravel() > 0)
    cells = (
        np.nan_to_num(need * unit[:, None], posinf=0.0).ravel(),
        ((f[:, None] * width + np.arange(width)).ravel(), each.repeat(width)),
    )
    use = coo_array(cells, (room.size, len(i))).tocsr()[scarce]
    capped = np.intersect1d(np.flatnonzero(np.isfinite(part.tasks)), i)
    cap = np.where(np.isfinite(part.tasks), part.tasks, 1.0)
    sums = coo_array((unit / cap[i], (i, each)), (len(part), len(i))).tocsr()[capped]
    least = np.flatnonzero(part.minimum > 0)
    floor = coo_array((-unit / np.maximum(part.minimum[i], 1e-300), (i, each)), (len(part), len(i))).tocsr()[least]
    own = vstack([sums, floor])
    there = (room.ravel() / np.where(size > 0, size, 1.0).ravel())[scarce]
    right = np.concatenate([there, np.ones(len(capped)), -np.ones(len(least))])
    traded = 0.0
    if market is None:
        found = _highs(-gain / top, vstack([use, own]), right, how)
    else:
        trade = coo_array(np.hstack([-np.eye(len(scarce)), np.eye(len(scarce))]))
        worth = size.ravel()[scarce] / top
        cost = np.concatenate([-gain / top, market.high.ravel()[scarce] * worth, -market.low.ravel()[scarce] * worth])
        found = _highs(cost, block_array([[use, trade], [own, None]]), right, how)
        traded = float(found.x[len(i) :][cost[len(i) :] != 0].max(initial=0.0))
    x[i, f] = np.maximum(found.x[: len(i)], 0.0) * unit
    prices.ravel()[scarce] = np.maximum(-found.ineqlin.marginals[: len(scarce)], 0.0) * top / size.ravel()[scarce]
    return x, prices, traded


def _idle(room: Floats, market: Market) -> tuple[Floats, float]:
    """Prices where nobody chooses, and the largest part that is bought or sold then."""
    lacks = room < 0
    part = np.abs(room) / market.size
    return np.where(lacks, market.high, market.low), float(part[lacks | (market.low > 0)].max(initial=0.0))


def _highs(cost: Floats, matrix: Any, right: Floats, how: How) -> Any:  # scipy's types
    """Call HiGHS, and once more the other way round where it stops for want of digits."""
    from scipy.optimize import linprog

    exact = dict.fromkeys(("primal_feasibility_tolerance", "dual_feasibility_tolerance"), FINE)
    for presolve in (how.presolve, not how.presolve):
        options = {"presolve": presolve, **exact}
        found = linprog(cost, A_ub=matrix.tocsc(), b_ub=right, method=how.method, options=options)
        if found.status in (OPTIMAL, INFEASIBLE):
            break
    if found.status != OPTIMAL:
        raise BadInput("the least tasks do not fit into the capacity", "minimum", "lower some of them, or add capacity")
    return found
