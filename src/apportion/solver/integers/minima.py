"""Where are the least tasks placed, before anything is divided?

With one flavor there is nothing to choose. With several, a linear program places all minima so that the fullest resource
of any flavor is as empty as possible:

    min λ   with   Σ_f y[c,f] = least_c,   Σ_c bundle[c,r] · y[c,f] ≤ λ · capacity[f,r],   y ≥ 0

over classes c of claims with the same bundle and the same flavors; minima fit exactly if λ ≤ 1. A class's place is divided
among its claims in proportion to their minima, so that cutting a claim in two changes nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import MICRO, amount_text, exact_products
from apportion.domain.situation import Situation
from apportion.errors import BadInput, Fault, Faults
from apportion.solver.integers.whole import add_units, floored

WHERE = "claims.csv, column min_tasks"
SHOWN = 5  # claims named in a message
LARGEST = 300  # claims with minima up to which each is tried
TOLERANCE = 1e-6  # of the linear program; nearer to 1 than this, whole numbers decide


def place_minima(situation: Situation) -> Ints:
    """Place every claim's least tasks: (M, F) whole micro-tasks.

    Raises
    ------
    BadInput
        if some claim asks for more at least than at most, can run nowhere, or all minima together do not fit; names the
        claims, the resource and both sides.
    """
    claims = situation.claims
    base = np.zeros((len(claims), len(situation.flavors)), dtype=np.int64)
    bound = np.flatnonzero(claims.min_tasks_micro > 0)
    if not len(bound):
        return base
    _check_each(situation, bound)
    if len(situation.flavors) == 1:
        base[:, 0] = claims.min_tasks_micro
        _check_sum(situation, base, bound)
    else:
        base[bound] = _spread(situation, bound)
    return base


def _check_each(situation: Situation, bound: Ints) -> None:
    claims, faults = situation.claims, Faults()
    for i in bound[claims.min_tasks_micro[bound] > claims.tasks_micro[bound]]:
        claim = claims[i]
        faults.add(
            f"claim {claim.id} wants at least {claim.min_tasks} tasks and at most {claim.tasks}",
            WHERE,
            f"set min_tasks to {claim.tasks} or less",
        )
    for i in bound[~situation.possible[bound].any(axis=1)]:
        claim = claims[i]
        faults.add(
            f"claim {claim.id} wants at least {claim.min_tasks} tasks, and no flavor has what one of them needs",
            WHERE,
            "leave min_tasks empty, or add nodes on which it can run",
        )
    faults.raise_any()


def _check_sum(situation: Situation, base: Ints, bound: Ints) -> None:
    need = exact_products(base, situation.claims.bundle)[0]
    room = situation.capacity[0].astype(object) * MICRO
    faults = [
        _too_much_of(situation, bound, r, int(room[r])) for r in range(len(situation.resources)) if need[r] > room[r]
    ]
    if faults:
        raise BadInput(faults)


def _too_much_of(situation: Situation, bound: Ints, r: int, room: int) -> Fault:
    """Name the fewest claims whose minima are more than there is of one resource: the largest, until it is used up."""
    users = _users(situation, bound, r)
    use = situation.claims.min_tasks_micro[users].astype(object) * situation.claims.bundle[users, r]
    held = np.cumsum(use)
    fewest = 1 + int((held <= room).sum())
    return Fault(
        f"at their least, {_named(situation, users[:fewest])} need {amount_text(-(-int(held[fewest - 1]) // MICRO))} "
        f"{situation.resources[r].replace('_milli', '')}, and the pool has {amount_text(room // MICRO)}",
        WHERE,
        "lower min_tasks of some of them, or add nodes",
    )


def _users(situation: Situation, bound: Ints, r: int) -> Ints:
    """Tell whose minima use resource r, the largest first."""
    claims = situation.claims
    use = claims.min_tasks_micro[bound].astype(np.float64) * claims.bundle[bound, r]
    return bound[np.argsort(-use, kind="stable")][: int((use > 0).sum())]


def _named(situation: Situation, users: Ints) -> str:
    rest = f" and {len(users) - SHOWN} more" if len(users) > SHOWN else ""
    return f"claim{'s' * (len(users) > 1)} {', '.join(map(str, situation.claims.id[users[:SHOWN]]))}{rest}"


@dataclass(frozen=True)
class _Classes:
    """Claims with the same bundle and flavors: of (B,) claims the class, and of (K,) classes bundle, flavors and minimum."""

    of: Ints
    bundle: Ints
    may: Bools
    least: Floats


def _classes(situation: Situation, bound: Ints) -> _Classes:
    claims, width = situation.claims, len(situation.resources)
    keys = np.column_stack([claims.bundle[bound], situation.possible[bound]])
    rows, of = np.unique(keys, axis=0, return_inverse=True)
    least = np.zeros(len(rows))
    np.add.at(least, of.ravel(), claims.min_tasks_micro[bound])
    return _Classes(of.ravel(), rows[:, :width], rows[:, width:] > 0, least)


def _spread(situation: Situation, bound: Ints) -> Ints:
    """Place the minima of the claims `bound` on several flavors: (B, F)."""
    classes, claims = _classes(situation, bound), situation.claims
    placed = _least_full(situation, classes, bound)
    part = claims.min_tasks_micro[bound] / classes.least[classes.of]
    least, bundle = (column[bound].astype(object) for column in (claims.min_tasks_micro, claims.bundle))
    real = placed[classes.of] * part[:, None]
    tasks = floored(real, np.zeros(real.shape, dtype=np.int64), claims.min_tasks_micro[bound]).astype(object)
    left = situation.capacity.astype(object) * MICRO - tasks.T @ bundle
    missing = least - tasks.sum(axis=1)
    by_tie = np.argsort(situation.order[bound])
    claim, flavor = np.nonzero(situation.possible[bound][by_tie])
    add_units(tasks, missing, bundle, left, by_tie[claim], flavor)
    if (missing != 0).any() or (left < 0).any():
        raise BadInput(
            f"the least tasks of {len(bound)} claims fill the pool so exactly that whole micro-tasks cannot be placed",
            WHERE,
            f"lower min_tasks of {claims.id[bound[np.argmax(missing)]]} a little, or add nodes",
        )
    return np.asarray(tasks.astype(np.int64))


def _least_full(situation: Situation, classes: _Classes, bound: Ints) -> Floats:
    """Place classes so that the fullest is as empty as can be: (K, F) micro-tasks of each class on each flavor."""
    found, c, f = _fullest(situation, classes)
    if found.fun > 1 + TOLERANCE:
        raise BadInput(_too_much(situation, _conflict(situation, bound)))
    placed = np.zeros(classes.may.shape)
    placed[c, f] = np.maximum(found.x[:-1], 0.0) * classes.least.max()
    return placed


def _fullest(situation: Situation, classes: _Classes) -> tuple[Any, Ints, Ints]:  # scipy's types
    """Solve the linear program of the module.

    Its variables are the pairs (class, flavor) that are possible, in units of the largest minimum, and λ. The capacities'
    multipliers say which resources are too scarce where λ > 1.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, hstack

    c, f = np.nonzero(classes.may)
    width, scale = len(situation.resources), classes.least.max()
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(classes.bundle[c] > 0, classes.bundle[c] / situation.capacity[f], 0.0) * (scale / MICRO)
    pairs = np.arange(len(c))
    at = (f[:, None] * width + np.arange(width)).ravel()
    shape = situation.capacity.size, len(c)
    use = coo_array((part.ravel(), (at, pairs.repeat(width))), shape)
    sums = coo_array((np.ones(len(c)), (c, pairs)), (len(classes.least), len(c)))
    found = linprog(
        np.append(np.zeros(len(c)), 1.0),
        A_ub=hstack([use, -np.ones((shape[0], 1))]),
        b_ub=np.zeros(shape[0]),
        A_eq=hstack([sums, np.zeros((len(classes.least), 1))]),
        b_eq=classes.least / scale,
    )
    return found, c, f


def _conflict(situation: Situation, bound: Ints) -> Ints:
    """Leave out, the smallest first, every claim without which the rest still does not fit: all that stay are needed.

    Source: the deletion filter of Chinneck, *Feasibility and Infeasibility in Optimization*, Springer 2008.
    """
    claims, kept = situation.claims, bound
    if len(bound) <= LARGEST:
        size = claims.min_tasks_micro[bound] * situation.dominant[bound]
        for i in bound[np.argsort(size, kind="stable")].tolist():
            rest = kept[kept != i]
            if len(rest) and _fullest(situation, _classes(situation, rest))[0].fun > 1 + TOLERANCE:
                kept = rest
    return kept


def _too_much(situation: Situation, bound: Ints) -> Fault:
    found = _fullest(situation, _classes(situation, bound))[0]
    price = -found.ineqlin.marginals.reshape(situation.capacity.shape)
    scarce = [
        f"{situation.resources[r].replace('_milli', '')} of {situation.flavors[f]}"
        for f, r in np.argwhere(price > TOLERANCE)
    ]
    users = _users(situation, bound, int(np.argmax(price.sum(axis=0)))) if len(bound) > LARGEST else bound
    return Fault(
        f"at their least, {_named(situation, users)} need {found.fun:.4g} times what there is of {', '.join(scarce)}",
        WHERE,
        "lower min_tasks of some of them, or add nodes",
    )
