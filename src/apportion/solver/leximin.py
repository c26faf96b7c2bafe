"""What is the division in which nobody can rise without lowering somebody who is no better off?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver._lex_hull import root
from apportion.solver._lex_levels import SAME, levels, rows_of
from apportion.solver._lex_program import Rows
from apportion.solver.problem import Answer, Problem

STRESS = (1.0, 1e2, 1e4, 1e6, 1e8)  # how much the prices of earlier levels count beside a level's own


def leximin(given: Problem, start: Floats | None = None, tolerance: float = 1e-8) -> Answer:
    """Make the smallest rate over weight as large as possible, then the next, and so on."""
    speed = np.where(given.usable, given.speed, 0.0)
    claims = replace(given, speed=speed)
    x = np.zeros(speed.shape)
    able = (speed.max(axis=1, initial=0.0) > 0) & (given.tasks > 0)
    free = able & ~given.bundle.any(axis=1)
    x[free, speed[free].argmax(axis=1)] = given.tasks[free]
    at = np.flatnonzero(able & ~free)
    rows = rows_of(claims, at)
    tasks, level_of, prices = levels(rows, given.capacity)
    owner = np.repeat(at, np.diff(rows.start))
    x[owner, rows.flavor] = tasks
    stopped = np.full(len(given), -1)
    stopped[at] = level_of
    _settle(given, speed, x, able & (stopped < 0))
    return _answer(given, speed, x, able, at, rows, stopped, prices, tolerance)


def _settle(given: Problem, speed: Floats, x: Floats, capped: Bools) -> None:
    """Give claims exactly their cap or their least tasks where that is what they have, and let the others yield to that."""
    top = np.where(speed[capped] == speed[capped].max(axis=1, keepdims=True, initial=0.0), x[capped], 0.0)
    x[capped] = top * (given.tasks[capped] / top.sum(axis=1))[:, None]
    total = x.sum(axis=1)
    least = (given.minimum > 0) & (total <= given.minimum * (1.0 + SAME))
    x[least] *= (given.minimum[least] / total[least])[:, None]
    over = total > given.tasks
    x[over] *= (given.tasks[over] / total[over] * (1.0 - 2.0**-50))[:, None]
    for yielding in (~(least | capped), ~least, np.ones(len(x), dtype=bool)):
        used, firm = x.T @ given.bundle, x[~yielding].T @ given.bundle[~yielding]
        left = np.maximum(given.capacity - firm, 0.0)
        part = np.divide(left, used - firm, out=np.ones_like(used), where=(used > given.capacity) & (used > firm))
        x[yielding] *= np.where(part < 1.0, part * (1.0 - 2.0**-50), 1.0).min(axis=1, initial=1.0)


def _answer(
    given: Problem,
    speed: Floats,
    x: Floats,
    able: Bools,
    at: Ints,
    rows: Rows,
    level_of: Ints,
    prices: list[Floats],
    tolerance: float,
) -> Answer:
    """Value and bounds from the division itself."""
    rate = (speed * x).sum(axis=1)
    ratio = rate / given.weight
    count = len(prices)
    levels, bounds = np.zeros(count), np.zeros(count)
    over = np.zeros_like(given.capacity)
    for k, price in enumerate(prices):
        levels[k] = ratio[level_of == k].min()
        before = (level_of[at] >= 0) & (level_of[at] < k)
        each = (np.where(before, 0.0, column) for column in (rows.weight, rows.cap))
        seen = Rows(
            rows.start,
            rows.flavor,
            rows.speed,
            rows.bundle,
            rows.tasks,
            rows.minimum,
            np.where(before, rate[at], 0.0),
            *each,
        )
        tried = [price + much * over for much in (STRESS if k else (0.0,))]
        found = [_bound(seen, one, given.capacity, len(given)) for one in tried]
        best = int(np.argmin(found))
        prices[k], bounds[k] = tried[best], max(levels[k], found[best])
        over = over + price / max(float((price * given.capacity).sum()), 1e-300)
    value = float(ratio[able].min()) if able.any() else 0.0
    bound = bounds[0] if count and levels[0] <= value * (1 + SAME) else value
    gap = float(np.log(bounds / levels).max(initial=0.0)) if count else 0.0
    return Answer(
        x,
        rate,
        prices[0] if count else np.zeros_like(given.capacity),
        value,
        float(bound),
        gap,
        gap <= tolerance,
        np.flatnonzero(~able),
        levels,
        bounds,
        np.array(prices).reshape(count, *given.capacity.shape),
        level_of,
    )


def _bound(rows: Rows, prices: Floats, capacity: Floats, many: int) -> float:
    """The level that prices (F, R) do not let anybody exceed, with the rounding errors of sums."""
    money = float((prices * capacity).sum()) * (1.0 + (many + prices.size) * 2.0**-52)
    rising = rows.weight > 0
    most = float((rows.cap[rising] / rows.weight[rising]).max(initial=0.0))
    each = (
        rows.start,
        rows.flavor,
        rows.speed,
        rows.bundle,
        rows.tasks,
        rows.minimum,
        rows.held,
        rows.weight,
        rows.cap,
    )
    return root(*each, prices, money, 0.0, 0.0, most)
