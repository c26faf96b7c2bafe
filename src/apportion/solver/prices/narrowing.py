"""How is a linear objective divided among very many claims, with one look at most of them?

There is one price for each flavor and resource, so a thousand claims, drawn from all, already tell the prices to some per
cent. Between bounds about such prices most claims are settled (`clear`). The others tell the prices better, each being not
quite sure of its choice (`smooth`), and so on with narrower bounds about fewer claims, until those that are still open are
few enough for a linear program beside all the settled ones (`program`). That may buy and sell at the bounds; where it does
neither, its prices are those of the whole, and where it does, wider bounds are taken about its prices.

Where claims are tied at any prices (two flavors on which each of them is as fast, say), narrower bounds leave them open.
What they do is then worth the same to the objective, so they are divided as the smooth problem does it, but for a few that
take up exactly what is left. Cost: two passes O(M·F·R), and what belongs to open claims.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.prices.clear import settle
from apportion.solver.prices.program import How, Market, program
from apportion.solver.prices.smooth import Walls, Wish, cleared
from apportion.solver.problem import Problem

FIRST, SAMPLE = 1000, 12_000  # claims of the first sample, and of the second
HOT, WARM = (1.0, 0.3, 0.1), (0.1, 0.03, 0.01)  # τ one after the other, in the first and in the second
COOL = (0.2, 0.05)  # τ as parts of the radius
DOUBT = 6.0  # standard errors that the first bounds leave
ALONE = 20.0  # claims that may stand alone between two prices
NARROWER, CAREFUL = 0.2, 0.4  # the next radius as part of one; the second after prices were found outside bounds
SOME = 10_000  # open claims by which better prices are found first
MOST = 600  # open claims that are solved at once, at first
PRICES = 4  # likewise, for each price
WITHIN = 0.1  # part of a radius that prices stand away from bounds
TURNS = 40
PATIENCE = 4  # widenings about earlier prices before they are given up
TIED, SHARP = 3e-9, 1e-10  # radius at which claims that are still open count as tied, and their τ
LITTLE, LEAST = 0.3, 1e-2  # parts of a flavor's money and of all money by which a price counts at least in bounds
TINY = 1e-9  # least price to begin with, as a part of the usual
UTMOST = 1.0
AFTER_CHANGE = 0.01  # radius about earlier prices
NOTHING, ROUNDED = 1e-11, 1e-9  # part of a resource that counts as none; the second among tied claims


@dataclass(frozen=True, eq=False)
class Narrowed:
    """Prices (F, R), the division (T, F) of the claims `near`, open at them, and what part of a resource it lacks."""

    prices: Floats
    near: Ints
    solved: Floats
    traded: float


@dataclass(frozen=True, eq=False)
class _Stage:
    """Bounds on prices, what is left beside the claims settled within them, and the open ones with what they may choose."""

    low: Floats
    high: Floats
    left: Floats
    near: Ints
    bits: Ints

    def holds(self, prices: Floats, by: Floats) -> bool:
        """Whether prices stand within the bounds, and as far from them as `by` (F, R)."""
        return bool(((prices >= self.low + by) | (self.low == 0.0)).all() and (prices <= self.high - by).all())

    def may(self, at: Ints) -> Bools:
        """Which flavors some of the open claims may choose."""
        which: Bools = (self.bits[at, None] >> np.arange(len(self.low))) & 1 == 1
        return which


@dataclass(frozen=True, eq=False)
class _Part:
    """Claims that stand for others, one in `step`."""

    claims: Problem
    step: float


def narrowed(claims: Problem, start: Floats | None, how: How, spare: float) -> Narrowed:
    """Find the prices of all claims, and the division of those near a tie; a part `spare` of each capacity is left."""
    there = claims.capacity > 0
    usual = np.where(there, claims.capacity * (1.0 - spare), 1.0)  # nobody can use what is absent
    worth = float((claims.weight * claims.tasks) @ claims.speed.max(axis=1))
    if not worth:
        return Narrowed(np.zeros_like(usual), np.zeros(0, dtype=np.int64), np.zeros((0, len(usual))), 0.0)
    search, found = _Search(claims, usual, how), None
    if start is not None and (start >= 0).all() and (start * there).any():
        found = search.about(np.maximum(start, TINY * _unit(usual, start)), AFTER_CHANGE, PATIENCE)
    if found is None or found.traded > ROUNDED:
        found = search.about(*_from_samples(claims, usual, worth))
    return Narrowed(np.where(there, found.prices, 0.0), found.near, found.solved, found.traded)


def _from_samples(claims: Problem, room: Floats, worth: float) -> tuple[Floats, float]:
    """Prices > 0 from samples, and how far from those of all claims they may be."""
    prices = _cooled(_thinned(claims, FIRST, room), room, worth / (room * room.size), HOT)
    many = len(claims)
    if many > 2 * SAMPLE:
        return _cooled(_thinned(claims, SAMPLE, room), room, prices, WARM), DOUBT / SAMPLE**0.5
    return _cooled(_Part(claims, 1.0), room, prices, WARM), 3.0 * WARM[-1] + ALONE / many


def _thinned(claims: Problem, size: int, room: Floats) -> _Part:
    """About so many of the claims, the same each time.

    A claim that asks for more than all that are drawn stand for is always there, only so many times smaller.
    """
    asked = claims.tasks * (claims.bundle @ (1.0 / room.sum(axis=0)))
    heavy = asked > asked.sum() / size
    light = np.flatnonzero(~heavy)
    step = max(len(light) / size, 1.0)
    many = int(len(light) / step)
    drawn = ((np.arange(many) + np.random.default_rng(size).random(many)) * step).astype(np.int64)
    part = claims.rows(np.concatenate([light[np.minimum(drawn, len(light) - 1)], np.flatnonzero(heavy)]))
    shrunk = np.where(np.arange(len(part)) < many, 1.0, 1.0 / step)
    tasks, least = part.tasks * shrunk, part.minimum * shrunk
    return _Part(Problem(part.speed, part.bundle, part.capacity / step, tasks, part.weight, least), step)


def _cooled(part: _Part, room: Floats, prices: Floats, taus: tuple[float, ...]) -> Floats:
    """Prices of some claims, for one τ after the other."""
    free = Walls(np.zeros_like(room), np.full(room.shape, np.inf))
    for tau in taus:
        prices, _ = cleared(part.claims, np.arange(len(part.claims)), room / part.step, prices, free, Wish(tau))
    return prices


def _unit(room: Floats, prices: Floats) -> Floats:
    """What a step of a price is judged by: itself, and part of the money that is paid for its flavor, and for all: (F, R)."""
    paid = prices * room
    unit: Floats = prices + (LITTLE * paid.mean(axis=1, keepdims=True) + LEAST * float(paid.mean())) / room
    return unit


@dataclass(frozen=True, eq=False)
class _Search:
    """What is divided: claims, room (F, R) > 0, and how HiGHS works."""

    claims: Problem
    room: Floats
    how: How

    def about(self, guess: Floats, radius: float, patience: int = TURNS) -> Narrowed:
        """Settle what can be settled about a guess, find better prices by the rest, and so on; solve the last few exactly.

        After bounds had to be widened `patience` times, or after TURNS turns, what there is then.
        """
        everybody = np.arange(len(self.claims))
        stages = [_Stage(np.zeros_like(guess), np.full(guess.shape, np.inf), self.room, everybody, everybody)]
        most, narrower = max(MOST, PRICES * guess.size), NARROWER
        for _ in range(TURNS):
            by = radius * _unit(self.room, guess)
            stage = self._settled(stages[-1], guess - by, guess + by)
            if len(stage.near) <= most or radius <= TIED:
                few = len(stage.near) <= most
                found = self._solved(stage) if few else self._shared(stage, guess)
                if found.traded <= (NOTHING if few else ROUNDED):
                    return found
                guess, held = np.maximum(found.prices, TINY * by / radius), False
                most = max(most, 2 * len(stage.near)) if few else most
            else:
                guess = self._better(stage, guess, radius)
                held = stage.holds(guess, WITHIN * by)
            if held:
                stages.append(stage)
                radius *= narrower
                continue
            patience -= 1
            if not patience:
                break
            radius, narrower = min(2.0 * radius, UTMOST), CAREFUL
            while len(stages) > 1 and not stages[-1].holds(guess, WITHIN * by):
                stages.pop()
        return self._shared(stage, guess)

    def _settled(self, before: _Stage, low: Floats, high: Floats) -> _Stage:
        """Settle what can be settled within bounds, and within those before."""
        low, high = np.maximum(low, before.low), np.minimum(high, before.high)
        used, near, bits = settle(before.near, low, high, *self._arrays)
        return _Stage(low, high, before.left - used, near, bits)

    @property
    def _arrays(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        claims = self.claims
        return claims.speed, claims.bundle, claims.tasks, claims.weight, claims.minimum

    def _solved(self, stage: _Stage) -> Narrowed:
        """Solve all open claims."""
        market, all_of_them = Market(stage.low, stage.high, self.room), np.arange(len(stage.near))
        x, prices, traded = program(self.claims.rows(stage.near), stage.may(all_of_them), stage.left, self.how, market)
        return Narrowed(prices, stage.near, x, traded)

    def _better(self, stage: _Stage, guess: Floats, radius: float) -> Floats:
        """Prices within the bounds at which open claims use about what is left: by some of them, then by all."""
        walls, step = Walls(stage.low, stage.high), max(len(stage.near) // SOME, 1)
        for tau in COOL:
            guess, _ = cleared(self.claims, stage.near[::step], stage.left / step, guess, walls, Wish(tau * radius))
        if step > 1:
            guess, _ = cleared(self.claims, stage.near, stage.left, guess, walls, Wish(COOL[-1] * radius))
        return guess

    def _shared(self, stage: _Stage, guess: Floats) -> Narrowed:
        """Divide among tied claims: each in part, but for a few that take up exactly what is left."""
        width, near = stage.high - stage.low, stage.near
        inside = np.clip(guess, stage.low + WITHIN * width, stage.high - WITHIN * width)
        walls, market = Walls(stage.low, stage.high), Market(stage.low, stage.high, self.room)
        _, x = cleared(self.claims, near, stage.left, inside, walls, Wish(SHARP, exact=True))
        some = np.arange(0, len(near), max(len(near) // MOST, 1))
        x[some] = 0.0
        left = stage.left - x.T @ self.claims.bundle[near]
        x[some], prices, traded = program(self.claims.rows(near[some]), stage.may(some), left, self.how, market)
        return Narrowed(prices, near, x, traded)
