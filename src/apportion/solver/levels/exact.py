"""Who takes part in the levels, and how is a division that was found made exact, to the last bit?"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.compiled import compiled
from apportion.solver.problem import Problem

SAME = 1e-9  # parts of a number that count as none
USED = 1e-7  # part of a claim's tasks beyond which it uses a flavor


def fit(given: Problem, x: Floats, level_of: Ints, able: Bools) -> None:
    """Give claims exactly their cap or their least tasks where that is what they have, and let the others yield to that."""
    least = np.zeros(len(x), dtype=np.bool_)
    round_off(given.speed, given.tasks, given.minimum, level_of, able, x, least)
    for turn in range(4):
        used = x.T @ given.bundle
        if (used <= given.capacity).all():
            break
        highest = max(int(level_of.max()), 0)
        yielding = (~least & (level_of == highest), ~least & (level_of >= 0), ~least, np.ones(len(x), dtype=np.bool_))[
            turn
        ]
        firm = x.T @ (given.bundle * ~yielding[:, None])
        left = np.maximum(given.capacity - firm, 0.0)
        part = np.divide(left, used - firm, out=np.ones_like(used), where=(used > given.capacity) & (used > firm))
        shrink(x, yielding, np.where(part < 1.0, part * (1.0 - 2.0**-50), 1.0).min(axis=1, initial=1.0))


def ties(speed: Floats, tasks: Floats, x: Floats) -> tuple[Ints, Floats]:
    """Claims that are divided among more flavors than their rate and their tasks call for, and how that division may change.

    Without a change of rate or tasks a claim can move tasks among three flavors if it has all its tasks, among two if it has
    less: rows (T,) and moves (T, F). At prices that prove a level such a move costs nothing.
    """
    total = x.sum(axis=1)
    held = x > USED * total[:, None]
    full = total >= tasks * (1.0 - SAME)
    rows = np.flatnonzero(held.sum(axis=1) == 2 + full)
    moves = np.zeros((len(rows), x.shape[1]))
    for move, i in zip(moves, rows, strict=True):
        at = np.flatnonzero(held[i])
        v = speed[i, at]
        move[at] = (v[[1, 2, 0]] - v[[2, 0, 1]]) if full[i] else 1.0 / v * (1.0, -1.0)
    most = np.abs(moves).max(axis=1, initial=0.0)
    return rows, moves * np.divide(total[rows], most, out=np.zeros(len(rows)), where=most > 0)[:, None]


def paces(speed: Floats, tasks: Floats, x: Floats) -> Floats:
    """How tasks change for one more unit of rate (M, F): more of them, or the slower for the faster where a claim has all."""
    rows, total = np.arange(len(x)), x.sum(axis=1)
    one = x.argmax(axis=1)
    rest = x.copy()
    rest[rows, one] = 0.0
    other, v = rest.argmax(axis=1), speed[rows, one]
    full = total >= tasks * (1.0 - SAME)
    ahead = np.where(full & (rest.max(axis=1) > USED * total), v - speed[rows, other], 0.0)
    pace = np.zeros(x.shape)
    pace[rows, one] = np.divide(
        1.0, np.where(full, ahead, v), out=np.zeros(len(x)), where=np.where(full, ahead, v) != 0
    )
    pace[rows, other] -= np.where(full, pace[rows, one], 0.0)
    return pace


@compiled
def divided(tasks: Floats, x: Floats, level_of: Ints, k: int) -> Ints:
    """Rows that a level up to k holds on more flavors than one, or than two where all their tasks are used."""
    rows = []
    for i in range(len(tasks)):
        total, count = x[i].sum(), 0
        for f in range(x.shape[1]):
            count += x[i, f] > USED * total
        if 0 <= level_of[i] <= k and count > 1 and (count > 2 or total < tasks[i] * (1.0 - SAME)):
            rows.append(i)
    return np.array(rows, dtype=np.int64)


@compiled
def taking_part(speed: Floats, bundle: Floats, tasks: Floats, x: Floats) -> tuple[Bools, Ints]:
    """Which claims can be served at all (M,), and the rows that need something for it; others get all they ask for."""
    able, rows, count = np.zeros(len(tasks), dtype=np.bool_), np.empty(len(tasks), dtype=np.int64), 0
    for i in range(len(tasks)):
        fast = 0
        for f in range(1, speed.shape[1]):
            fast = f if speed[i, f] > speed[i, fast] else fast
        able[i] = tasks[i] > 0.0 and speed.shape[1] > 0 and speed[i, fast] > 0.0
        needs = False
        for r in range(bundle.shape[1]):
            needs = needs or bundle[i, r] > 0.0
        if able[i] and needs:
            rows[count] = i
            count += 1
        elif able[i]:
            x[i, fast] = tasks[i]
    return able, rows[:count].copy()


@compiled
def round_off(  # noqa: C901  # one compiled pass
    speed: Floats, tasks: Floats, minimum: Floats, level_of: Ints, able: Bools, x: Floats, least: Bools
) -> None:
    """All tasks on the fastest flavors for a claim at its cap, the minimum where nothing more is had; `least` marks those."""
    flavors = x.shape[1]
    for i in range(len(x)):
        total, part = 0.0, 1.0
        if able[i] and level_of[i] < 0:
            fastest = 0.0
            for f in range(flavors):
                fastest = max(fastest, speed[i, f])
            for f in range(flavors):
                if x[i, f] != 0.0 and speed[i, f] != fastest:
                    x[i, f] = 0.0
                total += x[i, f]
            part = tasks[i] / total
        else:
            for f in range(flavors):
                total += x[i, f]
            if minimum[i] > 0.0 and total <= minimum[i] * (1.0 + SAME):
                least[i], part = True, minimum[i] / total
            if total * part > tasks[i]:
                part = tasks[i] / total * (1.0 - 2.0**-50)
        if part != 1.0:
            for f in range(flavors):
                x[i, f] *= part


@compiled
def shrink(x: Floats, yielding: Bools, part: Floats) -> None:
    """Leave claims that yield only a part (F,) of what they have on each flavor."""
    for i in range(len(x)):
        if yielding[i]:
            for f in range(len(part)):
                x[i, f] *= part[f]


@compiled
def reached(
    speed: Floats, weight: Floats, x: Floats, able: Bools, level_of: Ints, count: int
) -> tuple[Floats, Floats, float]:
    """Rates (M,), the least of them over weight that each of `count` levels holds, infinite where nobody, and of all."""
    rate, levels, value = np.zeros(len(x)), np.full(count, np.inf), np.inf
    for i in range(len(x)):
        for f in range(x.shape[1]):
            rate[i] += speed[i, f] * x[i, f]
        k = level_of[i]
        if able[i]:
            value = min(value, rate[i] / weight[i])
        if k >= 0:
            levels[k] = min(levels[k], rate[i] / weight[i])
    return rate, levels, value
