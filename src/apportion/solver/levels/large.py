"""How is the next level found among very many claims, with one look at most of them?

The level has one price for each flavor and resource, so a few hundred claims, drawn from all, already tell the prices to a
few per cent. Between bounds about such prices most claims are settled (`settle`). Of the others every so-manieth tell the
prices better, and so on with narrower bounds about fewer claims, until those that are still open are few enough to be solved
exactly beside all the settled ones. As long as prices and level stay within all bounds, that is the level of the whole. The
few that are drawn would use a little more or less than their part of the whole; what that is at the last prices is known, as
all open claims were asked, and is put right, so that their chance counts only as far as the prices still move.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.levels.exact import SAME
from apportion.solver.levels.few import Level, Others, levels, next_level
from apportion.solver.levels.stage import NO_LEVELS, NO_X, Bounds, Found, Guess, Round, Stage
from apportion.solver.levels.stop import after
from apportion.solver.problem import Problem

FEW = 300  # claims of the first sample
SAMPLE = 12_000  # of the second
BACK = 6  # how often a level is sought again
PATIENCE = 12  # turns for which a level that is sought again keeps to the prices between
MIXTURES, BISECTIONS = 2, 12
ROUGH, ROUGHEST = 1.5, 0.1  # part of the doubt about prices by which a level may be off on the way, and at most
UTMOST = 0.5  # as far as bounds may be from a guess; beyond, another guess is taken
FIRST_RADIUS, FIRST_HEIGHT = 0.2, 0.02  # about prices that are a mixture, and about their level
WIDE, WIDEST = 600, 2400  # most open claims that are solved at once; the second where bounds did not hold
DOUBT = 5.0  # standard errors that bounds leave
CHANCE = 12.0  # likewise, where only what changed with the prices is left to chance
TURNS = 40  # most programs for one level
UNBOUND = 10.0  # times a resource, of one that costs nothing
MOST = 12_000  # likewise, where ties keep them open
FINE, STUBBORN = 1e-3, 0.6  # narrower bounds than that, and still more than this part open: claims are tied
SMALL = 400  # claims that are solved at once
MIXED = 50_000  # likewise, where flavors have several resources and samples tell too little


@dataclass(frozen=True)
class Hint:
    """What is told of a level beforehand: about where it is, and how far from there, as parts, prices and level may be.

    For so many turns of `patience` the search keeps to these prices; it is `firm` if another sample tells no better.
    """

    guess: Guess
    radius: float
    height: float
    patience: int = 0
    firm: bool = False


def large_levels(claims: Problem, at: Ints, x: Floats, level_of: Ints) -> list[Floats]:
    """Level after level of the claims `at`, the last few hundred at once; fills x (M, F) and level_of (M,).

    Returns each level's prices.
    """
    room, size = claims.capacity.copy(), np.where(claims.capacity > 0, claims.capacity, 1.0)
    code = np.empty(len(claims) if len(at) > _few(room) else 0, dtype=np.int16)
    begin = Round(claims, at, room, size, np.full(room.shape, -1), code)
    return [guess.prices / size for guess in _pass(begin, 0.0, x, level_of)]


def _few(room: Floats) -> int:
    """How many claims are solved at once, by the resources of a flavor."""
    return SMALL if room.shape[1] == 1 else MIXED


def _pass(this: Round, enough: float, x: Floats = NO_X, level_of: Ints = NO_LEVELS) -> list[Guess]:
    """Level after level, with prices sure to a part `enough`; where x is given, also those of the last few claims.

    A level below the one before it tells that more is scarce there than was seen, so that one is sought again, from prices
    between both.
    """
    told: list[Hint] = []
    passed: list[tuple[Round, Guess]] = []
    turned = 0
    while len(this.who) > (0 if len(x) else _few(this.room)):
        k = len(passed)
        if len(this.who) <= _few(this.room):
            more, ahead, over = _rest(this, k, x, level_of), this, NO_X
        else:
            found = _found(this, told, k, enough)
            more = [found.guess]
            ahead, over = after(this, found, k, x, level_of)
        if turned < BACK and over.any():
            wrong, other = more[0], Guess(more[0].level, _scaled(over, this))
        elif turned < BACK and passed and more and more[0].level < passed[-1][1].level * (1.0 - SAME):
            other, (this, wrong) = more[0], passed.pop()
        elif ahead is this:
            return [guess for _, guess in passed] + more
        else:
            passed.append((this, more[0]))
            this = ahead
            continue
        turned += 1
        if len(x):
            x[this.who], level_of[this.who] = 0.0, -1
        height = max(2.0 * wrong.far(other)[1], FIRST_HEIGHT)
        told[len(passed) :] = [Hint(_between(this, wrong, other), FIRST_RADIUS, height, PATIENCE, firm=True)]
    return [guess for _, guess in passed]


def _rest(this: Round, number: int, x: Floats, level_of: Ints) -> list[Guess]:
    """The levels of the last few claims, all at once."""
    rows = this.rows(this.who)
    tasks, last, prices, heights = levels(rows, this.room)
    x[np.repeat(this.who, np.diff(rows.start)), rows.flavor] = tasks
    level_of[this.who] = np.where(last >= 0, last + number, this.holders(this.who))
    return [Guess(height, price * this.size) for height, price in zip(heights, prices, strict=True)]


def _found(this: Round, told: list[Hint], k: int, enough: float) -> Found:
    """Level k by what is told of it; where nothing is, or that does not hold, by another sample, which joins `told`."""
    if k < len(told) and not (told[k].guess.prices[this.closed >= 0] > 0).any():
        found = _search(this, told[k], enough)
        if found.at.inside or told[k].firm:
            return found
    told[k:] = _told(this)
    return _search(this, told[k], enough)


def _told(this: Round) -> list[Hint]:
    """The next levels as a sample has them, at least one."""
    if len(this.who) > 4 * SAMPLE:
        radius = DOUBT / np.sqrt(SAMPLE)
        guesses = _pass(this.drawn(SAMPLE), 0.25 * radius)
        return [Hint(guess, radius, radius, firm=n == 0) for n, guess in enumerate(guesses)]
    part = this.drawn(FEW)
    radius = DOUBT / np.sqrt(len(part.who))
    found = next_level(part.rows(part.who), part.room, part.size, 0.0, close=0.1 * radius)
    return [Hint(_guess(found, part), radius, radius, firm=True)]


def _between(this: Round, one: Guess, other: Guess) -> Guess:
    """The mixture of prices at which what `one` prices is just used up; the more it costs, the less of it is used.

    It is found in a sample, whose use is put right by what all use at the mixture found before.
    """
    part, share, off = this.drawn(SAMPLE), 0.5, 0.0

    def over(some: Round, share: float) -> float:
        mixed = Guess(other.level, share * one.prices + (1.0 - share) * other.prices)
        return float((one.prices * (some.used(some.who, mixed) - some.room) / some.size).sum())

    for _ in range(MIXTURES):
        off = over(this, share) - over(part, share)
        low, high = 0.0, 1.0
        for _ in range(BISECTIONS):
            share = 0.5 * (low + high)
            low, high = (share, high) if over(part, share) + off > 0.0 else (low, share)
    mixed = share * one.prices + (1.0 - share) * other.prices
    return Guess(other.level, _scaled(mixed, this))


def _scaled(prices: Floats, this: Round) -> Floats:
    """Prices at which all there is costs one."""
    return np.asarray(prices / max(float((prices * this.room / this.size).sum()), 1e-300))


def _search(this: Round, hint: Hint, enough: float) -> Found:
    """Settle what can be settled about a guess, solve some of the rest, and so on, till prices are sure to part `enough`.

    A hint that is not firm is given up where the level is beyond its window.
    """
    guess, radius, height = hint.guess, hint.radius, hint.height
    none, all_prices = np.zeros(this.room.shape), np.full(this.room.shape, np.inf)
    stages = [Stage(this.who, none, none, Bounds(none, all_prices, 0.0, np.inf))]
    most = WIDE
    for turn in range(TURNS):
        stage = this.settle(stages[-1], stages[-1].bounds.within(Bounds.about(guess, radius, height)))
        tied = radius < FINE and len(stage.near) > STUBBORN * len(stages[-1].near)
        found, better = _solved(this, stage, guess, radius, most, tied)
        (moved, risen), count = better.far(guess), len(found.some)
        held = found.at.inside and stage.bounds.hold(better)
        exact = count == len(stage.near)
        doubt = CHANCE * np.sqrt(radius * max(moved, 0.1 * radius) / count) if held else np.inf
        if (held and (exact or tied or doubt <= enough)) or not (found.at.inside or hint.firm):
            break
        if held:
            stages.append(stage)
            guess, radius, height = better, doubt, max(4.0 * risen, 0.1 * doubt)
            continue
        most = min(2 * most, WIDEST)  # chance weighs more here than was thought
        if found.at.inside:
            guess = better if radius >= UTMOST and turn >= hint.patience else better.near(guess, 2.0 * radius)
            if moved >= radius * (1.0 - SAME):
                radius = min(max(2.0 * radius, 1.5 * guess.far(better)[0]), UTMOST)
        else:
            guess = replace(better, sure=turn == 0)  # (else more may be scarce than was thought)
        if risen >= height * (1.0 - SAME):
            height = min(4.0 * height, UTMOST)
        while len(stages) > 1 and not stages[-1].bounds.hold(guess):
            stages.pop()
    return found


def _solved(this: Round, stage: Stage, guess: Guess, radius: float, most: int, tied: bool) -> tuple[Found, Guess]:
    """Solve some of the open claims, at most so many, beside the settled ones."""
    step = 1 if len(stage.near) <= (MOST if tied else WIDE) else max(-(-len(stage.near) // most), 2)
    some, off = stage.near[::step], np.zeros(this.room.shape)
    if step > 1:
        off = this.used(stage.near, guess) / step - this.used(some, guess)
        off = np.where(guess.prices > 0, off, 0.0)
    rows = this.rows(some, stage.bounds)
    there = np.where(stage.bounds.high > 0, this.room, UNBOUND * this.size) / step - off
    others = Others(stage.fixed / step, stage.rising / step, stage.bounds.least, stage.bounds.most)
    close = SAME if step == 1 else min(ROUGH * radius, ROUGHEST)
    found = next_level(rows, there, this.size / step, 0.0, others, guess.prices, close)
    better = _guess(found, this)
    if not found.inside:  # the level is beyond the window, and there the prices are not those of a level
        above = found.level >= guess.level
        better = Guess(stage.bounds.most if above else stage.bounds.least, guess.prices)
    return Found(better, stage, some, rows, found), better


def _guess(found: Level, this: Round) -> Guess:
    """Take prices for sure where they outweigh slack, and scale them so that all there is costs one."""
    prices = np.where(found.prices > found.slack, found.prices, 0.0)
    return Guess(found.level, _scaled(prices, this))
