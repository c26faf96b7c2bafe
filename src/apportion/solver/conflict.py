"""Do the least tasks of all claims fit, and if not, which of them cannot stand together?

Where they do not fit as each claim would spread its own, a linear program asks for tasks at their least within every
capacity. Where there are none, claims are left out one after the other as long as the rest still does not fit: what
remains is a set from which no claim can be left out, so each of them has a part in the conflict.

Source: the deletion filter of Chinneck, *Feasibility and Infeasibility in Optimization*, Springer 2008.
"""

import numpy as np

from apportion.domain.arrays import Ints
from apportion.errors import BadInput
from apportion.solver.problem import SHOWN, Problem

HUGE = 1e200  # tasks of a claim that needs nothing
SHARP = 1e-10  # part of a capacity by which HiGHS may be wrong; by default a thousand times as much
LARGEST = 300  # claims with minima up to which each is tried


def refuse_conflict(given: Problem) -> None:
    """Raise BadInput, naming a smallest set in conflict, if the least tasks of some claims do not fit together."""
    at = np.flatnonzero(given.minimum > 0)
    if not len(at) or _surely_fits(given, at) or _fits(given, at):
        return
    if len(at) <= LARGEST:
        for i in at.tolist():
            rest = at[at != i]
            at = at if _fits(given, rest) else rest
    more = f" and {len(at) - SHOWN} more" if len(at) > SHOWN else ""
    rows = f"row{'s' if len(at) > 1 else ''} {', '.join(map(str, at[:SHOWN]))}{more}"
    what = "does not fit into the capacity" if len(at) == 1 else "do not fit into the capacity together"
    raise BadInput(f"the least tasks {what}", f"minimum, {rows}", "lower one of them, or add capacity where it may run")


def _surely_fits(given: Problem, at: Ints) -> bool:
    """Tell whether the least tasks of `at` fit if each claim spreads its own over the flavors as they are large for it."""
    may, bundle = given.usable[at], given.bundle[at]
    hold = np.full(may.shape, np.inf)
    for f, capacity in enumerate(given.capacity):
        hold[:, f] = np.divide(capacity, bundle, out=np.full(bundle.shape, HUGE), where=bundle > 0).min(axis=1)
    hold = np.where(may, np.minimum(hold, HUGE), 0.0)
    total = hold.sum(axis=1)
    if not (total > 0).all():
        return False
    spread = hold * (given.minimum[at] / total)[:, None]
    return bool((spread.T @ bundle <= given.capacity).all())


def _fits(given: Problem, at: Ints) -> bool:
    """Tell whether the least tasks of the claims `at` fit."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    k, f = np.nonzero(given.usable[at])
    if len(np.unique(k)) < len(at):
        return False
    if not len(at):
        return True
    least, width = given.minimum[at], given.capacity.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(given.bundle[at][k] > 0, given.bundle[at][k] * least[k, None] / given.capacity[f], 0.0)
    rows = (f[:, None] * width + np.arange(width)).ravel()
    use = coo_array((part.ravel(), (rows, np.arange(len(k)).repeat(width))), (given.capacity.size, len(k)))
    whole = coo_array((np.ones(len(k)), (k, np.arange(len(k)))), (len(at), len(k)))
    room = np.full(given.capacity.size, 1.0 + 1e-12)
    sharp = {"primal_feasibility_tolerance": SHARP}
    return bool(
        linprog(np.zeros(len(k)), use.tocsr(), room, whole.tocsr(), np.ones(len(at)), options=sharp).status == 0
    )
