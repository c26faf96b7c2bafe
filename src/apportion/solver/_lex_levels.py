"""Which levels are there among a few claims, one after the other, and beside others that are settled?

A level is found from above: at any prices the bill of `root` bounds it, and the program that asks for what the bound
promises has better prices, until it can give that. Each step drops the bound by a Newton step on a monotone function, so
the levels at which caps bind need no step of their own.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver._lex_hull import root, slopes
from apportion.solver._lex_program import Rows, highest
from apportion.solver.problem import Problem

TURNS = 30  # most programs for one level
SAME = 1e-9  # levels closer than this are one
ROOM = 1e-11  # part of a stopped claim's rate that is left open, so that the next program has an inside
SURE = 10.0  # how much a price must outweigh slack, both in units of capacity, to count


@dataclass(frozen=True, eq=False)
class Others:
    """Claims that are settled for levels from `low` to `high`: they use fixed + level · rising, (F, R) each."""

    fixed: Floats
    rising: Floats
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Level:
    """One level: its rates (K,) and tasks (P,), prices and slack (F, R) in units of capacity; prices · room is 1 or 0."""

    level: float
    rate: Floats
    tasks: Floats
    prices: Floats
    slack: Floats
    inside: bool


def levels(rows: Rows, room: Floats) -> tuple[Floats, Ints, list[Floats]]:
    """Level after level: tasks (P,), the level at which each claim stopped (K,), and each level's prices."""
    level_of = np.full(len(rows.cap), -1)
    prices: list[Floats] = []
    last, tasks = 0.0, np.zeros(len(rows.flavor))
    size = np.where(room > 0, room, 1.0)
    while rows.weight.any():
        found = next_level(rows, room, size, last)
        level, goal, tasks, cost, slack = found.level, found.rate, found.tasks, found.prices, found.slack
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


def rows_of(given: Problem, at: Ints, may: Bools | None = None) -> Rows:
    """The claims in rows `at`, with the flavors that they `may` use; by default all that they can."""
    speed = given.speed[at]
    may = speed > 0 if may is None else may
    i, f = np.nonzero(may)
    begin = np.concatenate([[0], np.cumsum(may.sum(axis=1))])
    cap = given.tasks[at] * speed.max(axis=1, initial=0.0)
    none = np.zeros(len(at))
    return Rows(begin, f, speed[i, f], given.bundle[at], given.tasks[at], given.minimum[at], none, given.weight[at], cap)


def _slopes(rows: Rows, goal: Floats, prices: Floats) -> Floats:
    each = (rows.start, rows.flavor, rows.speed, rows.bundle, rows.tasks, rows.minimum)
    return slopes(*each, goal, prices)[1]


def next_level(rows: Rows, room: Floats, size: Floats, low: float, others: Others | None = None, rough: bool = False) -> Level:
    """The next level of some claims, and of others in their window; `inside` is false where that ends before."""
    rising = rows.weight > 0
    fixed = drain = np.zeros(room.shape)
    if others is None:
        high = float((rows.cap[rising] / rows.weight[rising]).max())
        even = np.where(room > 0, 1.0 / size, 0.0)
        high = bound(rows, even, room, drain, low, high)
    else:
        fixed, drain, low, high = others.fixed, others.rising, others.low, others.high
    left, polished, inside = room - fixed, False, True
    for _ in range(TURNS):
        base = rows.demand(low)
        lift = rows.demand(high) - base
        each = left - low * drain, (high - low) * drain
        tasks, prices, slack, phi = highest(rows, base, lift, *each, size)
        if others is not None and not 0.0 < phi < 1.0:
            inside = False
        reached = base + min(phi, 1.0) * lift
        below = rising & (reached < rows.cap * (1.0 - 1e-15))
        new = float((reached[below] / rows.weight[below]).min(initial=high))
        above = bound(rows, prices / size, left, drain, low, high)
        if phi >= 1.0 - ROOM or polished or above <= max(new, low) * (1.0 + SAME) or not inside or rough:
            break
        polished = above >= high * (1.0 - SAME)
        low, high = max(new, low, above * (1.0 - 1e-4) if polished else 0.0), max(above, low)
    return Level(min(above, high), reached, tasks, prices, slack, inside)


def bound(rows: Rows, prices: Floats, left: Floats, drain: Floats, low: float, high: float) -> float:
    """The highest level, from low to high, that these prices allow where `left` (F, R) less level · `drain` is there."""
    each = (rows.start, rows.flavor, rows.speed, rows.bundle, rows.tasks, rows.minimum, rows.held, rows.weight, rows.cap)
    budget = float((prices * left).sum()) * (1.0 + ROOM)
    return root(*each, prices, budget, float((prices * drain).sum()), low, high)
