"""What is known of a level on the way to it: prices and how far off they may be, and which claims are settled?"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.levels.few import Level, rows_of
from apportion.solver.levels.program import Rows
from apportion.solver.levels.settle import Codes, holder, reply, settle
from apportion.solver.problem import Problem

ANCHORS = 100  # claims that count as open though they are not
SMALL = 0.1  # part of the mean price below which a price is known no better than one of that size
NO_X, NO_LEVELS = np.empty((0, 0)), np.empty(0, dtype=np.int64)  # nobody asks for them


@dataclass(frozen=True, eq=False)
class Guess:
    """About where the level is: prices (F, R) in units of capacity; `sure` if a price of 0 is taken for true."""

    level: float
    prices: Floats
    sure: bool = True

    @property
    def scale(self) -> Floats:
        """Of what a price may be off by a part (F, R): itself, or if it is small, some of what prices are on average."""
        some = self.prices > 0
        return np.maximum(self.prices, SMALL * float(self.prices.sum()) / max(int(some.sum()), 1))

    def far(self, other: "Guess") -> tuple[float, float]:
        """By what part of their scale the prices of another guess differ at most, and its level, as logarithms."""
        moved = (np.abs(self.prices - other.prices) / self.scale).max(initial=0.0)
        return float(np.log1p(moved)), abs(float(np.log(self.level / other.level)))

    def near(self, other: "Guess", radius: float) -> "Guess":
        """The same, but no further than that from another guess."""
        within = Bounds.about(other, radius, radius)
        level = min(max(self.level, within.least), within.most)
        return Guess(level, np.clip(self.prices, within.low, within.high), self.sure)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Prices (F, R) and levels between which claims are settled."""

    low: Floats
    high: Floats
    least: float
    most: float

    @staticmethod
    def about(guess: Guess, radius: float, height: float) -> "Bounds":
        """Bounds of relative widths for prices and the level about a guess."""
        wide, high = np.expm1(radius) * guess.scale, np.exp(height)
        most = np.where(guess.sure & (guess.prices == 0), 0.0, guess.prices + wide)
        return Bounds(np.maximum(guess.prices - wide, 0.0), most, guess.level / high, guess.level * high)

    def within(self, other: "Bounds") -> "Bounds":
        """What both allow."""
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        return Bounds(low, np.maximum(low, high), max(self.least, other.least), min(self.most, other.most))

    def hold(self, found: Guess) -> bool:
        """Whether prices and level stay within."""
        inside = (found.prices >= self.low).all() and (found.prices <= self.high).all()
        return bool(inside) and self.least <= found.level <= self.most


@dataclass(frozen=True, eq=False)
class Stage:
    """What is settled between bounds: the open claims `near`; the others use fixed + level · rising, (F, R) each."""

    near: Ints
    fixed: Floats
    rising: Floats
    bounds: Bounds


@dataclass(frozen=True, eq=False)
class Found:
    """The level of very many claims: how each is settled is in a code; of the open ones of a stage `some` were solved."""

    guess: Guess
    stage: Stage
    some: Ints
    rows: Rows
    at: Level


@dataclass(frozen=True, eq=False)
class Round:
    """The claims that look for the next level, what room (F, R) there is, and which level `closed` a resource, −1: none.

    `size` (F, R) > 0 is the unit of each resource, `code` (M,) is filled with how each claim is settled.
    """

    claims: Problem
    who: Ints
    room: Floats
    size: Floats
    closed: Ints
    code: Codes

    def drawn(self, count: int) -> "Round":
        """About `count` of the claims, the same each time, in their order, with their part of the room."""
        if count >= len(self.who):
            return self
        places = (np.arange(count) + np.random.default_rng(count).random(count)) * (len(self.who) / count)
        share = count / len(self.who)
        who = self.who[places.astype(np.int64)]
        return Round(self.claims, who, self.room * share, self.size * share, self.closed, self.code)

    def settle(self, within: Stage, bounds: Bounds) -> Stage:
        """Settle what can be settled of the open claims."""
        of = self.claims
        arrays = (of.speed, of.bundle, of.tasks, of.weight, of.minimum, self.closed)
        every = max(len(within.near) // ANCHORS, 1)
        low, high = bounds.low / self.size, bounds.high / self.size
        more, faster, near = settle(within.near, *arrays, low, high, bounds.least, bounds.most, every, self.code)
        return Stage(near, within.fixed + more, within.rising + faster, bounds)

    def used(self, who: Ints, guess: Guess, x: Floats = NO_X) -> Floats:
        """What claims use (F, R) if they buy at some prices."""
        of = self.claims
        arrays = (of.speed, of.bundle, of.tasks, of.weight, of.minimum, self.closed)
        return reply(who, *arrays, guess.prices / self.size, guess.level, x)

    def holders(self, at: Ints) -> Ints:
        """The level that holds each claim (K,) where it has all the tasks that it can have: −1 if none does."""
        top, of = self.usable(at).max(axis=1, initial=0.0), self.claims
        each = [holder(of.speed[i], of.bundle[i], self.closed, pace) for i, pace in zip(at, top, strict=True)]
        return np.array(each, dtype=np.int64)

    def usable(self, at: Ints) -> Floats:
        """Speeds of some claims (K, F), 0 where what is used up is needed."""
        speed, shut = self.claims.speed[at], (self.closed >= 0).astype(np.float64)
        return np.where((self.claims.bundle[at] > 0).astype(np.float64) @ shut.T > 0, 0.0, speed)

    def rows(self, at: Ints, bounds: Bounds | None = None) -> Rows:
        """Some claims, with the flavors that they could use between bounds."""
        speed = self.usable(at)
        may = speed > 0 if bounds is None else self._choices(at, speed, bounds)
        return rows_of(self.claims, at, may, speed)

    def _choices(self, at: Ints, speed: Floats, bounds: Bounds) -> Bools:
        """Which flavors each claim could use at some prices: (K, F)."""
        bundle, least, tasks = self.claims.bundle[at], self.claims.minimum[at] > 0, self.claims.tasks[at]
        may, none = speed > 0, np.full(speed.shape, np.inf)
        below = np.divide(bundle @ (bounds.low / self.size).T, speed, out=none.copy(), where=may)
        above = np.divide(bundle @ (bounds.high / self.size).T, speed, out=none, where=may)
        best = above.argmin(axis=1)
        cheap, pace = above.min(axis=1), speed[np.arange(len(at)), best]
        slowest = speed.min(axis=1, initial=np.inf, where=below <= cheap[:, None])
        short = (bounds.most * self.claims.weight[at] >= tasks * slowest) | least
        faster = short[:, None] & (speed >= pace[:, None])
        free = np.where(above == 0, speed, 0.0)
        slower = (above == 0) & ~least[:, None]
        slower[np.arange(len(at)), free.argmax(axis=1)] = False
        return np.asarray(may & ~slower & ((below <= cheap[:, None]) | faster | least[:, None]))
