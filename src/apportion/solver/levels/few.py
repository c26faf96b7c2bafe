"""Which levels are there among a few claims, one after the other, and beside others that are settled?

A level is found from above: at any prices the bill of `root` bounds it, and the program that asks for what the bound
promises has better prices, until it can give that. Each step drops the bound by a Newton step on a monotone function, so
the levels at which caps bind need no step of their own.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.exact import SAME
from apportion.solver.levels.hull import root, slopes
from apportion.solver.levels.interior import NEAR
from apportion.solver.levels.program import Rows, highest
from apportion.solver.problem import Problem

TURNS = 30  # most programs for one level
CLOSE = 1e-4  # width of the window of a level's last program
ROOM = 1e-11  # part of a stopped claim's rate that is left open, so that the next program has an inside
PARTS = 10.0  # times SAME by which prices of two parts of a level may miss it
DUST = 1e-9  # of φ that prices pay at least, if they are what ends a program
ENOUGH = 1e-9  # part of φ by which a program on the way may miss the best
SURE = 10.0  # how much a price must outweigh slack, both in units of capacity, to count
FAINT = 1e-12  # part of the largest price below which one is what rounding leaves, though there is no slack


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

    def sure(self, room: Floats) -> Floats:
        """Prices beyond slack and rounding, the others 0, scaled so that `room` (F, R) costs one: in units of capacity."""
        least = np.maximum(SURE * self.slack, FAINT * self.prices.max())
        prices = np.where(self.prices > least, self.prices, 0.0)
        return np.asarray(prices / max(float((prices * room).sum()), 1e-300))


def levels(rows: Rows, room: Floats) -> tuple[Floats, Ints, list[Floats], list[float]]:
    """Level after level: tasks (P,), the level whose prices hold each claim (K,), each level's prices, and how high it is.

    A claim that goes on needs nothing of what is used up and never will, so it loses the flavors where it would; when it has
    all that it can have on the others, it is held by the level that took them from it.
    """
    level_of, holder = np.full(len(rows.cap), -1), np.full(len(rows.cap), -1)
    pairs, tasks = np.arange(len(rows.flavor)), np.zeros(len(rows.flavor))
    prices: list[Floats] = []
    heights: list[float] = []
    last, size, before = 0.0, np.where(room > 0, room, 1.0), rows
    while rows.weight.any():
        found = next_level(rows, room, size, last)
        tasks[:] = 0.0
        tasks[pairs] = without_surplus(rows, found.tasks, found.rate)
        rising = rows.weight > 0
        capped = rising & (rows.demand(found.level) >= rows.cap * (1.0 - ROOM))
        cost = found.sure(room / size) / size
        stuck = rising & ~capped & (slopes_of(rows, found.rate * (1.0 + SAME), cost) > 0)
        if not (stuck | capped).any():
            stuck = rising  # prices too small to tell: stop here, which the bound will show
        if stuck.any() and prices and _as_one(before, room, heights[-1], found.level, prices[-1] + cost):
            prices[-1] = prices[-1] + cost
        elif stuck.any():
            before = rows
            prices.append(cost)
            heights.append(found.level)
        level_of[stuck] = len(prices) - 1
        level_of[capped] = holder[capped]
        held = np.where(capped, rows.cap, np.where(stuck, found.rate, 0.0)) * (1.0 - ROOM) + rows.held
        stop = stuck | capped
        rows = replace(rows, held=held, weight=np.where(stop, 0.0, rows.weight), cap=np.where(stop, 0.0, rows.cap))
        rows, kept, less = _without(rows, cost)
        holder[less] = len(prices) - 1
        pairs, last = pairs[kept], found.level
    return tasks, level_of, prices, heights


def _as_one(before: Rows, room: Floats, level: float, again: float, prices: Floats) -> bool:
    """Whether a level was found in two parts: these prices, of both, show it to the claims that were there `before` it.

    Two levels may also stand at one height by chance; then those of the first must not turn to what only the second uses up.
    """
    none = np.zeros(room.shape)
    top = level * (1.0 + PARTS * SAME)
    return again <= level * (1.0 + SAME) and bound(before, prices, room, none, 0.5 * level, 2.0 * level) <= top


def without_surplus(rows: Rows, tasks: Floats, goal: Floats) -> Floats:
    """Take back what tasks (P,) reach beyond the goals (K,), where no minimum asks for them; a program may leave some."""
    rate = np.add.reduceat(rows.speed * tasks, rows.start[:-1])
    over = (rate > goal) & (rows.minimum <= 0)
    part = np.divide(goal, rate, out=np.ones(len(rate)), where=over)
    return np.asarray(tasks * np.repeat(part, np.diff(rows.start)))


def _without(rows: Rows, prices: Floats) -> tuple[Rows, Bools, Bools]:
    """Take from rising claims without minimum the pairs that cost something: the pairs kept, and whose cap fell."""
    owner = np.repeat(np.arange(len(rows.cap)), np.diff(rows.start))
    going = (rows.weight > 0) & (rows.minimum <= 0)
    kept = ~going[owner] | ((rows.bundle[owner] * prices[rows.flavor]).sum(axis=1) <= 0)
    some = np.bincount(owner[kept], minlength=len(rows.cap))
    kept |= (some == 0)[owner]
    begin = np.concatenate([[0], np.cumsum(np.bincount(owner[kept], minlength=len(rows.cap)))])
    top = np.maximum.reduceat(np.where(kept, rows.speed, 0.0), rows.start[:-1])
    cap = np.where(going, rows.tasks * top, rows.cap)
    less = cap < rows.cap
    return replace(rows, start=begin, flavor=rows.flavor[kept], speed=rows.speed[kept], cap=cap), kept, less


def rows_of(given: Problem, at: Ints, may: Bools, speed: Floats) -> Rows:
    """The claims in rows `at`, with the flavors that they `may` use; `speed` (K, F) is 0 where they cannot."""
    i, f = np.nonzero(may)
    begin = np.concatenate([[0], np.cumsum(may.sum(axis=1))])
    cap = given.tasks[at] * speed.max(axis=1, initial=0.0)
    none = np.zeros(len(at))
    return Rows(
        begin, f, speed[i, f], given.bundle[at], given.tasks[at], given.minimum[at], none, given.weight[at], cap
    )


def slopes_of(rows: Rows, goal: Floats, prices: Floats) -> Floats:
    """What the next unit of rate costs each claim: (K,)."""
    each = (rows.start, rows.flavor, rows.speed, rows.bundle, rows.tasks, rows.minimum)
    return slopes(*each, goal, prices)[1]


def next_level(
    rows: Rows,
    room: Floats,
    size: Floats,
    low: float,
    others: Others | None = None,
    about: Floats | None = None,
    close: float = SAME,
) -> Level:
    """The next level of some claims, and of others in their window; `inside` is false where that ends before.

    `about` (F, R) are prices near those of the level, in units of capacity, where some are known; the part `close` of
    the level is the step of its bound with which the last program may end.
    """
    rising = rows.weight > 0
    fixed = drain = np.zeros(room.shape)
    if others is None:
        high = float((rows.cap[rising] / rows.weight[rising]).max())
        even = np.where(room > 0, 1.0 / size, 0.0)
        high = bound(rows, even, room, drain, low, high)
    else:
        fixed, drain, low, high = others.fixed, others.rising, others.low, others.high
    left, polished, inside, begun = room - fixed, False, True, low
    prices = slack = np.zeros(room.shape)
    shape = np.ones(room.shape) if about is None else about
    fine = NEAR if others is None and close <= SAME else (ENOUGH if close > SAME else 10.0 * NEAR)
    for turn in range(TURNS):
        base = rows.demand(low)
        lift = rows.demand(high) - base
        tasks, fresh, spare, phi = highest(
            rows, base, lift, left - low * drain, (high - low) * drain, size, shape, fine
        )
        if turn == 0:
            inside = others is None or 0.0 < phi < 1.0 - SAME
        reached = base + min(phi, 1.0) * lift
        below = rising & (reached < rows.cap * (1.0 - 1e-15))
        new = float((reached[below] / rows.weight[below]).min(initial=high))
        above = bound(rows, fresh / size, left, drain, low, high)
        # where caps alone end the program, its prices are what rounding leaves, and the ones before tell the level
        paid = float((fresh * room / size).sum())
        if (paid > DUST and (fresh > SURE * spare).any()) or not prices.any():
            prices, slack = fresh, spare
        if phi >= 1.0 - ROOM or polished or not inside or above <= max(new, low) * (1.0 + SAME):
            break
        if close > SAME and above >= high * (1.0 - close):
            break
        polished = above >= high * (1.0 - SAME)
        near = above * (1.0 - CLOSE)
        if polished and near <= begun:
            break
        low, high = near if polished else max(new, low), max(above, low)
    return Level(min(above, high), reached, tasks, prices, slack, inside)


def bound(rows: Rows, prices: Floats, left: Floats, drain: Floats, low: float, high: float) -> float:
    """The highest level, from low to high, that these prices allow where `left` (F, R) less level · `drain` is there."""
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
    budget = float((prices * left).sum()) * (1.0 + ROOM)
    return root(*each, prices, budget, float((prices * drain).sum()), low, high)
