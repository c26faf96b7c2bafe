"""How high can the demands of some claims rise together: which program is that, and who solves it?

    max φ   with   Σ_e speed_e · x_e ≥ base_k + φ · lift_k,   minimum_k ≤ Σ_e x_e ≤ tasks_k,   x ≥ 0,
                   Σ_k bundle[k,r] · x_e ≤ room[f,r] − φ · drain[f,r]

over the pairs e = (claim k, flavor f). A program of few pairs goes to the simplex method of HiGHS, a large one to `interior`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from apportion.domain.arrays import Floats, Ints
from apportion.solver.levels.interior import NEAR, interior

FEW = 1500  # pairs up to which the simplex method is used
FEWER = 50  # likewise, where the program is a step on the way among very many claims
DROPPED = 1e-8  # coefficients that it may take for zero
LACKING = 1e-6  # part of what was reached before that a program may take back for want of digits
LEAST = 0.03  # of the largest price that each has to begin with
FINE = 1e-10  # its tolerances, the least that it takes


@dataclass(frozen=True, eq=False)
class Rows:
    """Claims with the pairs they may use: claim k has the pairs start[k] … start[k+1] − 1.

    Attributes
    ----------
    start : (K + 1,)
    flavor, speed : (P,) of each pair
    bundle : (K, R)
    tasks, minimum : (K,)
    held : (K,) rate at which a claim was stopped; 0 while it rises
    weight : (K,) rate for a unit of level; 0 once it was stopped
    cap : (K,) most rate
    """

    start: Ints
    flavor: Ints
    speed: Floats
    bundle: Floats
    tasks: Floats
    minimum: Floats
    held: Floats
    weight: Floats
    cap: Floats

    def demand(self, level: float) -> Floats:
        """What each claim must reach at a level: (K,) rates."""
        return np.asarray(self.held + np.minimum(level * self.weight, self.cap))


@dataclass(frozen=True, eq=False)
class _Scaled:
    """The program in units in which demands and capacities are one."""

    start: Ints
    at: Ints
    v: Floats
    use: Floats
    most: Floats
    least: Floats
    base: Floats
    lift: Floats
    room: Floats
    drain: Floats
    shape: Floats

    def arrays(self) -> tuple[Any, ...]:
        """What `interior` takes, in its order."""
        return tuple(vars(self).values())


def highest(
    rows: Rows, base: Floats, lift: Floats, room: Floats, drain: Floats, size: Floats, shape: Floats, near: float
) -> tuple[Floats, Floats, Floats, float]:
    """Solve: the pairs' tasks (P,), prices (F, R) and slack (F, R), both in units of `size`, and φ.

    `size` (F, R) > 0 is the unit of each resource, `shape` (F, R) ≥ 0 what the prices may be like, and `near` the part of φ
    by which the interior point method may miss the best.
    """
    owner = np.repeat(np.arange(len(base)), np.diff(rows.start))
    top = np.maximum.reduceat(rows.speed, rows.start[:-1])
    unit = np.maximum((base + lift) / top, np.maximum(rows.minimum, 1e-300))
    each = rows.bundle[owner] * unit[owner, None] / size[rows.flavor]
    used = drain != 0
    np.logical_or.at(used, rows.flavor, each > 0)
    keep = np.flatnonzero(used.ravel())
    at = np.full(room.size, -1)
    at[keep] = np.arange(len(keep))
    scaled = _Scaled(
        rows.start,
        at.reshape(room.shape)[rows.flavor],
        rows.speed / top[owner],
        each,
        rows.tasks / unit,
        rows.minimum / unit,
        base / (top * unit),
        lift / (top * unit),
        (room / size).ravel()[keep],
        (drain / size).ravel()[keep],
        np.maximum(shape, LEAST * max(shape.max(), 1e-300)).ravel()[keep],
    )
    small = len(owner) <= (FEW if near <= NEAR else FEWER) and each.min(initial=1.0, where=each > 0) > DROPPED
    x, p, s, phi = _by_simplex(scaled) if small else interior(*(*scaled.arrays(), near))[:4]
    if not small and len(owner) <= FEW and (-phi * lift > LACKING * base).any():
        other = _by_simplex(scaled)  # which may lose what is tiny, but not its way
        x, p, s, phi = other if other[3] > phi else (x, p, s, phi)
    prices, slack = np.zeros(room.size), np.maximum((room / size).ravel(), 0.0)
    prices[keep], slack[keep] = p, s
    return x * unit[owner], prices.reshape(room.shape), slack.reshape(room.shape), phi


def _by_simplex(of: _Scaled) -> tuple[Floats, Floats, Floats, float]:
    claims, pairs = len(of.base), len(of.v)
    owner, column = np.repeat(np.arange(claims), np.diff(of.start)), np.arange(pairs)
    few, some = np.flatnonzero(np.isfinite(of.most)), np.flatnonzero(of.least > 0)
    many, width = len(of.room), of.use.shape[1]
    asked = coo_array(
        (np.append(-of.v, of.lift), (np.append(owner, np.arange(claims)), np.append(column, np.full(claims, pairs)))),
        shape=(claims, pairs + 1),
    )
    sums = coo_array((np.ones(pairs), (owner, column)), shape=(claims, pairs + 1)).tocsr()
    needs = (of.use > 0).ravel()
    used = coo_array(
        (
            np.append(of.use.ravel()[needs], of.drain),
            (
                np.append(of.at.ravel()[needs], np.arange(many)),
                np.append(np.repeat(column, width)[needs], np.full(many, pairs)),
            ),
        ),
        shape=(many, pairs + 1),
    )
    found = linprog(
        np.append(np.zeros(pairs), -1.0),
        vstack([asked, sums[few], -sums[some], used]),
        np.concatenate([-of.base, of.most[few], -of.least[some], of.room]),
        bounds=[(0, None)] * pairs + [(None, None)],
        method="highs-ds",
        options={"primal_feasibility_tolerance": FINE, "dual_feasibility_tolerance": FINE},
    )
    if found.x is None:
        return interior(*of.arrays())[:4]
    prices, slack = -found.ineqlin.marginals[-many:], found.slack[-many:]
    return np.maximum(found.x[:-1], 0.0), np.maximum(prices, 0.0), np.maximum(slack, 0.0), float(found.x[-1])
