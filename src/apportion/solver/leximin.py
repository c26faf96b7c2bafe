"""What is the division in which nobody can rise without lowering somebody who is no better off?"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver._lex_hull import root, slopes
from apportion.solver._lex_program import Rows, highest
from apportion.solver.problem import Answer, Problem

TURNS = 30  # most programs for one level
SAME = 1e-9  # levels closer than this are one
ROOM = 1e-11  # part of a stopped claim's rate that is left open, so that the next program has an inside
SURE = 10.0  # how much a price must outweigh slack, both in units of capacity, to count


def leximin(given: Problem, start: Floats | None = None, tolerance: float = 1e-8) -> Answer:
    """Make the smallest rate over weight as large as possible, then the next, and so on."""
    speed = np.where(given.usable, given.speed, 0.0)
    x = np.zeros(speed.shape)
    able = (speed.max(axis=1, initial=0.0) > 0) & (given.tasks > 0)
    free = able & ~given.bundle.any(axis=1)
    x[free, speed[free].argmax(axis=1)] = given.tasks[free]
    at = np.flatnonzero(able & ~free)
    rows = _rows(given, speed, at)
    tasks, level_of, prices = _levels(rows, given.capacity)
    owner = np.repeat(at, np.diff(rows.start))
    x[owner, rows.flavor] = tasks
    stopped = np.full(len(given), -1)
    stopped[at] = level_of
    _settle(given, speed, x, able & (stopped < 0))
    return _answer(given, speed, x, able, at, rows, stopped, prices, tolerance)


def _rows(given: Problem, speed: Floats, at: Ints) -> Rows:
    """The claims in rows `at`, with all the flavors that they can use."""
    i, f = np.nonzero(speed[at])
    begin = np.concatenate([[0], np.cumsum((speed[at] > 0).sum(axis=1))])
    cap = given.tasks[at] * speed[at].max(axis=1, initial=0.0)
    none = np.zeros(len(at))
    return Rows(begin, f, speed[at][i, f], given.bundle[at], given.tasks[at], given.minimum[at], none, given.weight[at], cap)


def _levels(rows: Rows, room: Floats) -> tuple[Floats, Ints, list[Floats]]:
    """Level after level: tasks (P,), the level at which each claim stopped (K,), and each level's prices."""
    level_of = np.full(len(rows.cap), -1)
    prices: list[Floats] = []
    last, tasks = 0.0, np.zeros(len(rows.flavor))
    size = np.where(room > 0, room, 1.0)
    while rows.weight.any():
        level, goal, tasks, cost, slack = _level(rows, room, size, last)
        rising = rows.weight > 0
        capped = rising & (rows.demand(level) >= rows.cap * (1.0 - 1e-11))
        cost = np.where(cost > SURE * slack, cost, 0.0)
        money = float((cost * room / size).sum())
        stuck = np.zeros(len(goal), dtype=bool)
        if money > 0:
            cost = cost / size / money
            stuck = rising & ~capped & (_slopes(rows, goal * (1.0 + SAME), cost) > 0)
        if not (stuck | capped).any():
            raise AssertionError("nobody stopped")
        if stuck.any():
            if prices and level <= last * (1.0 + SAME):
                prices[-1] = prices[-1] + cost
            else:
                prices.append(cost)
            level_of[stuck] = len(prices) - 1
        stop = stuck | capped
        held = np.where(capped, rows.cap * (1.0 - ROOM), np.where(stuck, goal * (1.0 - ROOM), rows.held))
        rows = replace(rows, held=held, weight=np.where(stop, 0.0, rows.weight), cap=np.where(stop, 0.0, rows.cap))
        last = level
    return tasks, level_of, prices


def _slopes(rows: Rows, goal: Floats, prices: Floats) -> Floats:
    each = (rows.start, rows.flavor, rows.speed, rows.bundle, rows.tasks, rows.minimum)
    return slopes(*each, goal, prices)[1]


def _root(rows: Rows, prices: Floats, budget: float, low: float, high: float) -> float:
    each = (rows.start, rows.flavor, rows.speed, rows.bundle, rows.tasks, rows.minimum, rows.held, rows.weight, rows.cap)
    return root(*each, prices, budget, 0.0, low, high)


def _level(rows: Rows, room: Floats, size: Floats, low: float) -> tuple[float, Floats, Floats, Floats, Floats]:
    """The next level: itself, rates (K,), tasks (P,), prices and slack in units of `size`."""
    rising = rows.weight > 0
    most = float((rows.cap[rising] / rows.weight[rising]).max())
    even = np.where(room > 0, 1.0 / size, 0.0)
    high = _root(rows, even, float((even * room).sum()), low, most)
    polished = False
    for _ in range(TURNS):
        base = rows.demand(low)
        lift = rows.demand(high) - base
        tasks, prices, slack, phi = highest(rows, base, lift, room, np.zeros(room.shape), size)
        reached = base + min(phi, 1.0) * lift
        below = rising & (reached < rows.cap * (1.0 - 1e-15))
        new = float((reached[below] / rows.weight[below]).min(initial=high))
        cost = prices / size
        above = _root(rows, cost, float((cost * room).sum()) * (1.0 + ROOM), low, high)
        if phi >= 1.0 - ROOM or polished or above <= max(new, low) * (1.0 + SAME):
            break
        polished = above >= high * (1.0 - SAME)
        low, high = max(new, low, above * (1.0 - 1e-4) if polished else 0.0), max(above, low)
    return min(above, high), reached, tasks, prices, slack


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
    given: Problem, speed: Floats, x: Floats, able: Bools, at: Ints, rows: Rows, level_of: Ints, prices: list[Floats], tolerance: float
) -> Answer:
    """Value and bounds from the division itself."""
    rate = (speed * x).sum(axis=1)
    ratio = rate / given.weight
    count = len(prices)
    levels, bounds = np.zeros(count), np.zeros(count)
    for k, price in enumerate(prices):
        levels[k] = ratio[level_of == k].min()
        before = (level_of[at] >= 0) & (level_of[at] < k)
        seen = replace(
            rows, held=np.where(before, rate[at], 0.0), weight=np.where(before, 0.0, rows.weight), cap=np.where(before, 0.0, rows.cap)
        )
        money = float((price * given.capacity).sum()) * (1.0 + (len(given) + price.size) * 2.0**-52)
        bounds[k] = max(levels[k], _root(seen, price, money, 0.0, np.inf if np.isinf(rows.cap).any() else float((rows.cap / given.weight[at]).max())))
    value = float(ratio[able].min()) if able.any() else 0.0
    bound = bounds[0] if count and levels[0] <= value * (1 + SAME) else value
    gap = float(np.log(bounds / levels).max(initial=0.0)) if count else 0.0
    return Answer(
        x, rate, prices[0] if count else np.zeros_like(given.capacity), value, float(bound), gap, gap <= tolerance,
        np.flatnonzero(~able), levels, bounds, np.array(prices).reshape(count, *given.capacity.shape), level_of,
    )
