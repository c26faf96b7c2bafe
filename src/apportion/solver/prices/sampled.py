"""What do a few of very many claims tell of the prices?

Claims that are surely settled at some prices are a smooth function of the prices about these; a sample of the others, solved
beside it, gives better prices, about which more are settled. Cost: O(M·F·R) a sweep over the claims of a sample.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.prices.interior import Sparse, interior
from apportion.solver.prices.response import sweep
from apportion.solver.problem import Problem

STEEP = 4.0  # α beyond which how much all prices are has its own step: a change of rates changes it by so much more
FEW = 300  # claims of the first sample, with all their flavors
WIDE = 2000  # most claims near a tie that are solved at once
STEP = 40  # each sample is so many times larger than the one before
STUBBORN, MANY = 0.8, 50_000  # where more than this part stays near a tie, that many are solved at once all the same
LITTLE = 0.3  # part of a flavor's money for which a price counts at least when its steps are judged
FIRST_RADIUS = 0.2  # how far from a first sample's prices those of all claims may be
AGAIN = 3  # most steps among the claims near a tie after a part of them was solved
TURNS = 12  # most steps towards how much all prices are
_NO_X, _NO_RATE = np.empty((0, 0)), np.empty(0)  # nobody asks for them


@dataclass(frozen=True, eq=False)
class Settled:
    """What settled claims use at some prices, and how it falls as they rise: used (F, R), curved (F·R, F·R)."""

    used: Floats
    curved: Floats

    def moved(self, old: Floats, new: Floats) -> "Settled":
        """The same at other prices."""
        return Settled(self.used - (self.curved @ (new - old).ravel()).reshape(old.shape), self.curved)

    def plus(self, used: Floats, curved: Floats) -> "Settled":
        return Settled(self.used + used, self.curved + curved)


@dataclass(frozen=True)
class Goal:
    """Σ w U(z) with U′(z) = z^−α, and `worth`, about what claims would pay for a unit of weight: the objective's size."""

    alpha: float
    worth: float

    def scale(self, claims: Problem) -> float:
        return self.worth * float(claims.weight.sum())


def swept(
    claims: Problem,
    prices: Floats,
    alpha: float,
    radius: float,
    every: int = 0,
    x: Floats = _NO_X,
    rate: Floats = _NO_RATE,
) -> tuple[Floats, Floats, float, Ints, Ints]:
    """What all buy at some prices, and who is near a tie; see `sweep`, whose arguments are those of the claims."""
    arrays = (claims.speed, claims.bundle, claims.tasks, claims.weight, claims.minimum)
    return sweep(prices, *arrays, alpha, radius, every, x, rate)


def can_be_served(claims: Problem) -> Bools:
    """Tell which claims can reach a positive rate: (M,)."""
    return np.asarray((claims.speed.max(axis=1, initial=0.0) > 0) & (claims.tasks > 0))


def pairs_of(claims: Problem, bits: Ints) -> Sparse:
    """Take of each claim the flavors whose bits are set."""
    flavors = claims.speed.shape[1]
    may = ((bits[:, None] >> np.arange(flavors)) & 1).astype(bool) & (claims.speed > 0)
    i, f = np.nonzero(may)
    begin = np.concatenate([[0], np.cumsum(may.sum(axis=1))])
    return Sparse(begin, f, claims.speed[i, f], claims.bundle, claims.tasks, claims.weight, claims.minimum)


def in_rows(part: Problem, pairs: Sparse, tasks: Floats) -> Floats:
    """Tasks of pairs as (M, F), within the caps."""
    x = np.zeros(part.speed.shape)
    x[np.repeat(np.arange(len(part)), np.diff(pairs.start)), pairs.flavor] = tasks
    total = x.sum(axis=1)
    over = total > part.tasks
    x[over] *= (part.tasks[over] / total[over] * (1.0 - 2.0**-50))[:, None]
    return x


def from_samples(claims: Problem, goal: Goal, prices: Floats) -> tuple[Floats, float]:
    """Prices from samples, each larger than the one before, and how far from them a choice may still change."""
    size, radius = FEW * STEP, FIRST_RADIUS
    while size * 4 <= len(claims):
        part, room = drawn(claims, size, goal.alpha)
        nobody = Settled(np.zeros_like(room), np.zeros((room.size,) * 2))
        if goal.alpha > STEEP:
            prices = prices * towards(replace(part, capacity=room), goal.alpha, prices)
        found = _better(part, room, nobody, prices, radius, goal)
        moved, _ = how_far(prices, found, room)
        held = moved > 0.8 * radius
        prices, radius, size = found, radius if held else 2.0 * moved / STEP**0.5, size * STEP
    return prices, radius


def towards(claims: Problem, alpha: float, prices: Floats) -> float:
    """By what all prices have to be multiplied so that they cost what is there."""
    factor = 1.0
    for _ in range(TURNS):
        used, curved, _, _, _ = swept(claims, prices * factor, alpha, 0.0)
        now = (prices * factor).ravel()
        much, bend = float(now @ (used - claims.capacity).ravel()), float(now @ curved @ now)
        if bend <= 0.0:
            break
        step = float(np.clip(much / bend, -10.0, 10.0))
        factor *= np.exp(step)
        if abs(step) < 0.01:
            break
    return factor


def drawn(claims: Problem, size: int, alpha: float) -> tuple[Problem, Floats]:
    """Draw about so many claims that can be served, the same each time, and the room that is theirs in proportion.

    A heavy claim is always there, in proportion: one claim out of a million may be worth as much as all others.
    """
    rows = ((np.arange(size) + np.random.default_rng(size).random(size)) * (len(claims) / size)).astype(np.int64)
    heavy = _heavy(claims)
    part = claims.rows(rows[~np.isin(rows, heavy)])
    part = part.rows(np.flatnonzero(can_be_served(part)))
    share = float(part.weight.sum() / (claims.weight.sum() - claims.weight[heavy].sum()))
    return _joined(part, _shrunk(claims.rows(heavy), share, alpha)), claims.capacity * share


def _heavy(claims: Problem) -> Ints:
    """Rows that weigh more than all samples could show."""
    least = max(claims.weight.sum() / WIDE, 20.0 * claims.weight.mean())
    return np.flatnonzero(claims.weight > least) if claims.weight.max() > least else np.zeros(0, dtype=np.int64)


def _shrunk(claims: Problem, share: float, alpha: float) -> Problem:
    """The same claims where everything is only `share` times as large: they respond to prices with as much less."""
    if alpha > STEEP:  # the same in units in which no power is taken
        weight, bundle = claims.weight * share, claims.bundle * share
        return Problem(claims.speed, bundle, claims.capacity, claims.tasks, weight, claims.minimum)
    weight, tasks, least = claims.weight * share**alpha, claims.tasks * share, claims.minimum * share
    return Problem(claims.speed, claims.bundle, claims.capacity, tasks, weight, least)


def _joined(one: Problem, other: Problem) -> Problem:
    if not len(other):
        return one
    columns = ("speed", "bundle", "tasks", "weight", "minimum")
    speed, bundle, *rest = (np.concatenate([getattr(one, name), getattr(other, name)]) for name in columns)
    return Problem(speed, bundle, one.capacity, *rest)


def _better(claims: Problem, room: Floats, settled: Settled, prices: Floats, radius: float, goal: Goal) -> Floats:
    """Improve prices: settle the claims that are clear at them, solve the others against what those leave."""
    used, curved, _, near, bits = swept(claims, prices, goal.alpha, radius)
    return thinned(claims, room, settled.plus(used, curved), near, bits, prices, radius, goal)


def thinned(
    claims: Problem,
    room: Floats,
    settled: Settled,
    near: Ints,
    bits: Ints,
    prices: Floats,
    radius: float,
    goal: Goal,
) -> Floats:
    """Solve the claims near a tie; where they are too many, every so-manieth, and then those that are still near."""
    # the more prices a flavor has, and the more claims stand near, the more of them it takes to tell the prices
    wide = WIDE * claims.capacity.shape[1] ** 2 * (2 if len(near) > 10 * WIDE else 1)
    tied = radius <= FIRST_RADIUS and len(near) > STUBBORN * len(claims) and len(claims) <= MANY
    step = 1 if tied else max(-(-len(near) // wide), 1)
    part, part_bits = claims.rows(near[::step]), bits[::step]
    if step > 1:
        heavy = np.isin(near, _heavy(claims))
        light = np.flatnonzero(~heavy)[::step]
        part = _joined(claims.rows(near[light]), _shrunk(claims.rows(near[heavy]), 1.0 / step, goal.alpha))
        part_bits = np.concatenate([bits[light], bits[heavy]])
    _, found = interior(
        pairs_of(part, part_bits),
        room / step,
        goal.alpha,
        goal.scale(claims) / step,
        claims.capacity / step,
        prices,
        (settled.used / step, settled.curved / step),
    )
    if goal.alpha > STEEP:  # how much all prices are has its own step
        found = found * (float((prices * room).sum()) / max(float((found * room).sum()), 1e-300))
    found = _not_too_far(prices, found, claims.capacity, radius)
    if step == 1:
        return found
    rest, radius = claims.rows(near), radius / 8.0
    for _ in range(AGAIN):
        before = found
        found = _better(rest, room, settled.moved(prices, before), before, radius, goal)
        if how_far(before, found, claims.capacity)[0] <= 0.5 * radius:
            break
    return found


def how_far(old: Floats, new: Floats, capacity: Floats) -> tuple[float, float]:
    """How far prices moved: the largest as a part of itself, and about what the division at the old ones would lose.

    A price that is small beside the others of its flavor decides little, and its own size is no measure for its steps.
    """
    total, floor = float((new * capacity).sum()), _least_price(capacity, new)
    step = np.abs(new - old)
    part = np.divide(step, new + floor, out=np.zeros_like(step), where=new + floor > 0)
    beside = new + floor + _beside(capacity, new)
    moved = np.divide(step, beside, out=np.zeros_like(step), where=beside > 0)
    return float(moved.max(initial=0.0)), float((capacity * step * part).sum()) / max(total, 1e-300)


def _not_too_far(old: Floats, new: Floats, capacity: Floats, radius: float) -> Floats:
    """Keep prices where the claims that count as settled really are; a price that decides nothing may become 0."""
    least, beside = _least_price(capacity, old), _beside(capacity, old)
    lowest = np.where(old > 10.0 * least, np.maximum(old - min(radius, 0.9) * (old + beside), 0.0), 0.0)
    return np.clip(new, lowest, old + radius * (old + beside + 1e4 * least))


def _least_price(capacity: Floats, prices: Floats) -> Floats:
    """A price so small that it decides nothing: (F, R)."""
    paid = float((prices * capacity).sum()) / max(prices.size, 1)
    return 1e-4 * paid / np.where(capacity > 0, capacity, np.inf)


def _beside(capacity: Floats, prices: Floats) -> Floats:
    """What a part of the money paid for a flavor would be as a price of each of its resources: (F, R); 0 for one."""
    if prices.shape[1] == 1:
        return np.zeros_like(prices)
    paid = (prices * capacity).mean(axis=1, keepdims=True)
    return np.asarray(LITTLE * paid / np.where(capacity > 0, capacity, np.inf))
