"""How is the next level found among very many claims, with one look at most of them?

The level has one price for each flavor and resource, so a few hundred claims, drawn from all, already tell the prices to a
few per cent. Between bounds about such prices most claims are settled (`settle`); the others, every so-manieth of them, tell
the prices better, and so on with narrower bounds about fewer claims, until those that are still open are solved exactly
beside all the settled ones. As long as the prices stay within all bounds, that is the level of the whole.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.few import (
    ROOM,
    SAME,
    Level,
    Others,
    levels,
    next_level,
    rows_of,
    slopes_of,
    without_surplus,
)
from apportion.solver.levels.program import Rows
from apportion.solver.levels.settle import Codes, reply, settle, write
from apportion.solver.problem import Problem

FEW = 400  # claims of the first sample
STEP = 25  # each sample is so many times larger than the one before
WIDE = 4000  # most open claims that are solved at once
ANCHORS = 100  # claims that count as open though they are not
DOUBT = 4.0  # standard errors that bounds leave
SHRINK = 0.4  # of the bounds from one stage to the next
ATTEMPTS = 6
UNBOUND = 10.0  # times a resource, of one that costs nothing
MOST = 12_000  # most open claims where ties keep them so
SMALL = 1500  # claims that are solved at once
EMPTY = 1e-9  # part of a resource that counts as none


@dataclass(frozen=True, eq=False)
class Guess:
    """About where the level is: prices and slack (F, R) in units of capacity, and how far off they may be."""

    level: float
    prices: Floats
    slack: Floats
    radius: float


@dataclass(frozen=True, eq=False)
class Bounds:
    """Prices (F, R) and levels between which claims are settled."""

    low: Floats
    high: Floats
    least: float
    most: float

    @staticmethod
    def about(guess: Guess, radius: float) -> "Bounds":
        """Bounds of a relative width about a guess; a price of 0 is taken for sure."""
        wide = np.exp(radius)
        return Bounds(guess.prices / wide, guess.prices * wide, guess.level / wide, guess.level * wide)

    def within(self, other: "Bounds") -> "Bounds":
        """What both allow."""
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        return Bounds(low, np.maximum(low, high), max(self.least, other.least), min(self.most, other.most))

    def hold(self, found: Guess) -> bool:
        """Whether prices and level stay within."""
        inside = (found.prices >= self.low).all() and (found.prices <= self.high).all()
        return bool(inside) and self.least <= found.level <= self.most


@dataclass(frozen=True, eq=False)
class Found:
    """The level of very many claims: how each is settled is in `code`; the open ones are `near`, and `some` were solved.

    `held` tells whether all were, and the level stayed within the bounds.
    """

    guess: Guess
    near: Ints
    some: Ints
    rows: Rows
    at: Level
    held: bool


def large_level(
    claims: Problem, who: Ints, room: Floats, size: Floats, code: Codes, guess: Guess | None = None
) -> Found:
    """Find the next level of the claims `who`."""
    count = FEW
    while guess is None or count * STEP < 2 * len(who):
        rows = _drawn(who, count)
        share = len(rows) / len(who)
        if guess is None:
            found = next_level(rows_of(claims, rows), room * share, size * share, 0.0)
            guess = _guess(found, room / size, DOUBT / np.sqrt(len(rows)))
        else:
            guess = _settled(claims, rows, room * share, size * share, code, guess).guess
            guess = Guess(guess.level, guess.prices, guess.slack, DOUBT / np.sqrt(len(rows)))
        count *= STEP
    return _settled(claims, who, room, size, code, guess)


def large_levels(claims: Problem, at: Ints, x: Floats, level_of: Ints) -> tuple[list[Floats], list[float], bool]:
    """Level after level of the claims `at`, the last few hundred at once; fills x (M, F) and level_of (M,).

    Returns each level's prices, the bounds of those that were found here, and whether all stayed within their bounds.
    """
    room, size = claims.capacity.copy(), np.where(claims.capacity > 0, claims.capacity, 1.0)
    prices: list[Floats] = []
    bounds: list[float] = []
    part, rows, who, holder, held = claims, None, at, np.full(len(claims), -1), True
    while len(who) > SMALL:
        code = np.empty(len(part), dtype=np.int16)
        found = large_level(part, who, room, size, code)
        held &= found.held and found.guess.level >= max(bounds, default=0.0)
        prices.append(found.guess.prices / size)
        bounds.append(found.guess.level)
        y, stopped = (x, level_of) if rows is None else (np.zeros(part.speed.shape), np.full(len(part), -1))
        used, on = _write(part, who, code, found, len(bounds) - 1, holder, y, stopped)
        if rows is not None:
            x[rows], level_of[rows] = y, stopped
        room = np.maximum(room - used, 0.0)
        room[room < EMPTY * claims.capacity] = 0.0
        rows = on if rows is None else rows[on]
        part, holder = _without(part, on, room, holder[on], len(bounds) - 1)
        who = np.arange(len(on))
    if len(who):
        rest = rows_of(part, who)
        tasks, last, more = levels(rest, room)
        to = who if rows is None else rows
        x[np.repeat(to, np.diff(rest.start)), rest.flavor] = tasks
        level_of[to] = np.where(last >= 0, last + len(bounds), holder[who])
        prices += more
    return prices, bounds, held


def _write(
    part: Problem, who: Ints, code: Codes, found: Found, number: int, holder: Ints, y: Floats, stopped: Ints
) -> tuple[Floats, Ints]:
    """Write down who stops at a level: what they use (F, R), and the claims that go on."""
    guess, rows, near = found.guess, found.rows, found.some
    priced = guess.prices > 0
    arrays = (part.speed, part.bundle, part.tasks, part.weight)
    used, on = write(who, code, *arrays, priced, guess.level, number, y, stopped, holder)
    capped = rows.demand(guess.level) >= rows.cap * (1.0 - ROOM)
    stuck = ~capped & (slopes_of(rows, found.at.rate * (1.0 + SAME), guess.prices) > 0)
    tasks = np.zeros((len(near), part.speed.shape[1]))
    tasks[np.repeat(np.arange(len(near)), np.diff(rows.start)), rows.flavor] = without_surplus(
        rows, found.at.tasks, found.at.rate
    )
    stops = stuck | capped
    y[near[stops]] = tasks[stops]
    stopped[near[stops]] = np.where(capped, holder[near], number)[stops]
    used += tasks[stops].T @ part.bundle[near[stops]]
    rest = np.setdiff1d(found.near, near)
    if len(rest):
        used += reply(rest, *arrays, part.minimum, guess.prices, guess.level, y)
        stopped[rest] = number
    return used, np.sort(np.concatenate([on, near[~stops]]))


def _without(part: Problem, on: Ints, room: Floats, holder: Ints, number: int) -> tuple[Problem, Ints]:
    """The claims that go on, without the flavors that were taken from them, and the level that holds each at its cap."""
    rest = part.rows(on)
    needs = (rest.bundle > 0).astype(np.float64) @ (room <= 0).astype(np.float64).T > 0
    speed = np.where(needs, 0.0, rest.speed)
    less = speed.max(axis=1, initial=0.0) < rest.speed.max(axis=1, initial=0.0)
    made = Problem(speed, rest.bundle, room, rest.tasks, rest.weight, rest.minimum)
    return made, np.where(less, number, holder)


def _drawn(who: Ints, count: int) -> Ints:
    """Draw about `count` claims, the same each time, in their order."""
    if count >= len(who):
        return who
    places = (np.arange(count) + np.random.default_rng(count).random(count)) * (len(who) / count)
    return who[places.astype(np.int64)]


def _guess(found: Level, room: Floats, radius: float) -> Guess:
    """Take prices for sure where they outweigh slack, and scale them so that all there is costs one."""
    prices = np.where(found.prices > found.slack, found.prices, 0.0)
    return Guess(found.level, prices / max(float((prices * room).sum()), 1e-300), found.slack, radius)


def _settled(claims: Problem, who: Ints, room: Floats, size: Floats, code: Codes, guess: Guess) -> Found:
    """Settle what can be settled about a guess, and solve the rest; if bounds did not hold, again with wider ones.

    Where other resources than before seem to be scarce, that may be chance; the second time it is believed.
    """
    for turn in range(ATTEMPTS):
        found = _attempt(claims, who, room, size, code, guess)
        if found.held:
            break
        alike = ((found.guess.prices > 0) == (guess.prices > 0)).all()
        last = found.guess if alike or turn % 2 else guess
        guess = Guess(
            last.level, last.prices, last.slack, min(2.0 * found.guess.radius if alike else guess.radius, 1.0)
        )
    return found


def _attempt(claims: Problem, who: Ints, room: Floats, size: Floats, code: Codes, guess: Guess) -> Found:
    bounds, radius = Bounds.about(guess, guess.radius), guess.radius
    near, fixed, rising, many = who, np.zeros(room.shape), np.zeros(room.shape), 2 * len(who)
    while True:
        low, high = bounds.low / size, bounds.high / size
        arrays = (claims.speed, claims.bundle, claims.tasks, claims.weight, claims.minimum)
        every = max(len(near) // ANCHORS, 1)
        more, faster, near = settle(near, *arrays, low, high, bounds.least, bounds.most, every, code)
        fixed, rising = fixed + more, rising + faster
        step = -(-len(near) // WIDE)
        tied = len(near) > 0.6 * many  # and narrower bounds will not undo that
        if tied and len(near) <= MOST:
            step = 1
        some, many = near[::step], len(near)
        rows = rows_of(claims, some, _choices(claims, some, low, high, bounds.most))
        there = np.where(bounds.high > 0, room, UNBOUND * size)
        others = Others(fixed / step, rising / step, bounds.least, bounds.most)
        found = next_level(rows, there / step, size / step, 0.0, others, step > 1)
        better = _guess(found, room / size, radius)
        held = found.inside and bounds.hold(better)
        if step == 1 or tied or not held:
            return Found(better, near, some, rows, found, held and step == 1)
        radius *= SHRINK
        guess = better
        bounds = bounds.within(Bounds.about(better, radius))


def _choices(claims: Problem, at: Ints, low: Floats, high: Floats, most: float) -> Bools:
    """Which flavors each claim could use at some prices between low and high: (K, F)."""
    speed, bundle = claims.speed[at], claims.bundle[at]
    may = speed > 0
    below = np.divide(bundle @ low.T, speed, out=np.full(speed.shape, np.inf), where=may)
    above = np.divide(bundle @ high.T, speed, out=np.full(speed.shape, np.inf), where=may)
    best = above.argmin(axis=1)
    cheap, pace = above.min(axis=1), speed[np.arange(len(at)), best]
    short = most * claims.weight[at] >= claims.tasks[at] * speed.min(
        axis=1, initial=np.inf, where=below <= cheap[:, None]
    )
    short |= claims.minimum[at] > 0
    faster = short[:, None] & (speed >= pace[:, None])
    return np.asarray(may & ((below <= cheap[:, None]) | faster | (claims.minimum[at] > 0)[:, None]))
