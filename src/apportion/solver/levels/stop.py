"""Who stops at a level that was found among very many claims, with what exactly, and what do those find who go on?

A program leaves some digits, and dust on flavors that a claim does not want. Both are put right here, as the last digits of
what is scarce decide whether later levels can be proven: who is held would need ever so little less of it.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.levels.exact import SAME, paces, round_off, ties
from apportion.solver.levels.few import ROOM, slopes_of, without_surplus
from apportion.solver.levels.settle import reply, write
from apportion.solver.levels.stage import Found, Guess, Round

EMPTY = 1e-9  # part of a resource that counts as none
ALIKE = 1e-4  # part of a cost within which two flavors cost the same
LOOSE = 1e-5  # part of a claim's tasks that is dust
MARGIN = 2.0**-47  # part of what is scarce that is left, so that no rounding of sums exceeds it


def after(this: Round, found: Found, number: int, x: Floats, level_of: Ints) -> tuple[Round, Floats]:
    """Write down who stops at a level; the claims that go on, and what they find.

    Returns also by what part (F, R) more is used of what has no price than there is: it should have had one.
    """
    guess, rows, near, of = found.guess, found.rows, found.some, this.claims
    capped = rows.demand(guess.level) >= rows.cap * (1.0 - ROOM)
    stuck = ~capped & (slopes_of(rows, found.at.rate * (1.0 + SAME), guess.prices / this.size) > 0)
    tasks = np.zeros((len(near), of.speed.shape[1]))
    tasks[np.repeat(np.arange(len(near)), np.diff(rows.start)), rows.flavor] = without_surplus(
        rows, found.at.tasks, found.at.rate
    )
    round_off(this.usable(near), of.tasks[near], of.minimum[near], -capped.astype(np.int64), capped, tasks, ~capped)
    stops = stuck | capped
    rest = np.setdiff1d(found.stage.near, near)
    others = this.used(rest, guess, x) if len(rest) else np.zeros(this.room.shape)
    firm = tasks[capped].T @ of.bundle[near[capped]] + others
    level = _filled(this, found, tasks, np.flatnonzero(stuck), firm)
    used = tasks[stops].T @ of.bundle[near[stops]] + others
    if len(x):
        x[near[stops]] = tasks[stops]
        level_of[near[stuck]], level_of[near[capped]], level_of[rest] = number, this.holders(near[capped]), number
    arrays = (of.speed, of.bundle, of.tasks, of.weight, this.closed, guess.prices > 0, level)
    more, on = write(this.who, this.code, *arrays, number, x, level_of)
    left = this.room - used - more
    over = np.where((guess.prices > 0) | (left > -EMPTY * of.capacity), 0.0, -left / this.size)
    room = np.maximum(left, 0.0)
    room[(room < EMPTY * of.capacity) | (guess.prices > 0)] = 0.0
    closed = np.where((this.closed < 0) & (room <= 0), number, this.closed)
    return replace(this, who=np.sort(np.concatenate([on, near[~stops]])), room=room, closed=closed), over


def _filled(this: Round, found: Found, tasks: Floats, at: Ints, firm: Floats) -> float:
    """The level at which what is scarce is used to the last digits, a few of which a program leaves.

    The open claims `at` get exactly that level. It, and how claims that are tied divide their tasks, are as many unknowns as
    there are scarce resources; `firm` (F, R) is used in any case. A later level's proof needs it: to the claims held here, a
    little less of what is used up would have been enough.
    """
    stage, level, of, who = found.stage, found.guess.level, this.claims, found.some[at]
    scarce, speed, need, weight = found.guess.prices > 0, this.usable(who), of.bundle[who], of.weight[who]
    begun = _cleared(this, who, found.guess, speed, tasks[at])
    pace = paces(speed, of.tasks[who], begun) * weight[:, None]
    rows, moves = ties(speed, of.tasks[who], begun)
    rising = (stage.rising + pace.T @ need) / this.size
    moved = moves[:, :, None] * need[rows][:, None, :] / this.size
    columns, room = np.vstack([rising[None], moved])[:, scarce].T, this.room * (1.0 - MARGIN) - firm - stage.fixed

    def raised(level: float, much: Floats) -> Floats:
        x = begun + (level - (speed * begun).sum(axis=1) / weight)[:, None] * pace
        x[rows] += much[:, None] * moves
        return np.asarray(np.maximum(x, 0.0))

    def left(level: float, x: Floats) -> Floats:
        return np.asarray((room - x.T @ need - level * stage.rising) / this.size)

    much = np.zeros(len(rows))
    for _ in range(2):
        over = left(level, raised(level, much))[scarce]
        step, *more = np.linalg.lstsq(columns, over, rcond=1e-9)[0] if len(over) else (0.0,)
        if abs(step) > SAME * level or np.abs(over - columns @ [step, *more]).max(initial=0.0) > 0.1 * np.abs(over).max(
            initial=0.0
        ):
            break
        level, much = level + step, much + more
    x, most = raised(level, much), of.tasks[who] * (1.0 + SAME)
    even = np.abs((speed * x).sum(axis=1) - level * weight) <= SAME * level * weight
    if even.all() and (x.sum(axis=1) <= most).all() and (left(level, x)[scarce] >= -SAME).all():
        steep, pull = scarce & (rising > 1e-6 / level), rising
    else:  # a claim would have less than nothing, or more than it may: what the program gave is kept, but for the level
        x, level, pull = tasks[at], found.guess.level, stage.rising / this.size
        steep = scarce & (pull > 1e-6 / level)
        pace = np.zeros(pace.shape)
    step = float((left(level, x)[steep] / pull[steep]).min(initial=0.0))
    step = step if abs(step) <= SAME * level else 0.0
    tasks[at] = np.maximum(x + step * pace, 0.0)
    return level + step


def _cleared(this: Round, who: Ints, guess: Guess, speed: Floats, tasks: Floats) -> Floats:
    """Tasks (K, F) of open claims without the dust that a program leaves: what they buy, but for those that are tied."""
    of, bought, prices = this.claims, np.zeros(tasks.shape), guess.prices / this.size
    arrays = (speed, of.bundle[who], of.tasks[who], of.weight[who], of.minimum[who], np.full(this.closed.shape, -1))
    reply(np.arange(len(who)), *arrays, prices, guess.level, bought)
    rows, cost = np.arange(len(who)), of.bundle[who] @ prices.T
    total: Floats = tasks.sum(axis=1)
    order = np.argsort(-bought, axis=1, kind="stable")
    one, two = order[:, 0], order[:, min(1, order.shape[1] - 1)]
    pair = (bought[rows, two] > 0) & (one != two)
    v, c = speed[rows, one], cost[rows, one]
    ahead = np.where(pair, speed[rows, two] - v, v)
    worth = np.divide(np.where(pair, cost[rows, two] - c, c), ahead, out=np.zeros(len(who)), where=ahead != 0)
    rent: Floats = np.where(pair, worth * v - c, 0.0)
    lost = cost + rent.reshape(-1, 1) - worth.reshape(-1, 1) * speed
    close = lost <= ALIKE * (cost + np.abs(rent).reshape(-1, 1))
    kept = (tasks > LOOSE * total[:, None]) & (close | (bought > 0)) & (speed > 0)
    tied = (np.abs(np.where(kept, tasks, 0.0) - bought) > LOOSE * total[:, None]).any(axis=1)
    some = np.where(kept, tasks, 0.0)
    full = total >= of.tasks[who] * (1.0 - LOOSE)
    some *= np.where(full, of.tasks[who] / np.maximum(some.sum(axis=1), 1e-300), 1.0)[:, None]
    bought[tied] = some[tied]
    bought[of.minimum[who] > 0] = tasks[of.minimum[who] > 0]
    return bought
