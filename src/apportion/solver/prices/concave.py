"""What is the best division by a smooth concave objective, however many claims there are?

The dual has one price for each flavor and resource, so a few thousand claims, drawn from all, already tell the prices to a
few per cent, and each later step needs only those claims whose choice of flavors the remaining doubt could change:

1. A sample is solved by `interior`; a larger one, with the claims that are surely settled at those prices taken as a smooth
   function of the prices, gives better ones; and so on.
2. One sweep over all claims at good prices settles nearly all of them. Those near a tie are solved exactly against what the
   others leave, the others yielding with the prices as their curvature says.
3. A last sweep at the final prices gives a bound that holds whatever went before, and the division.

Where the gap is not reached, the same is done again from the new prices with another radius; what is best is kept. Every
step is the same whatever the number of claims; with few of them the first is the last. Cost: O(M·F·R) a sweep, two or three
sweeps; memory: the answer itself and what belongs to the claims near a tie.

Source: the dual by prices is that of resource allocation in large systems, Agrawal, Boyd et al., *Allocation of fungible
resources via a fast, scalable price discovery method*, Mathematical Programming Computation 2022.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.classes import classes
from apportion.solver.compiled import compiled
from apportion.solver.prices.interior import Sparse, interior
from apportion.solver.prices.response import sweep, utility
from apportion.solver.prices.steep import evened, far_above, steep
from apportion.solver.problem import Answer, Problem

STEEP = 4.0  # α beyond which how much all prices are has its own step: a change of rates changes it by so much more
AT_ONCE = 3000  # claims that are solved at once where α is above 1
UNITS = 4  # most steps to the level of many claims
FEW = 300  # claims of the first sample, with all their flavors
BITS = 60  # most flavors that a number names beside its sign; with more, all claims are solved at once
WIDE = 2000  # most claims near a tie that are solved at once
STEP = 40  # each sample is so many times larger than the one before
ROUNDS = 12
PROMISING = 1e-5  # what the division would lose by the last step, below which the next sweep may be the last
STUBBORN, MANY = 0.8, 50_000  # where more than this part stays near a tie, that many are solved at once all the same
SPARE = 1e-12  # part of each capacity that is left, so that no rounding of sums exceeds it
LITTLE = 0.3  # part of a flavor's money for which a price counts at least when its steps are judged
FIRST_RADIUS = 0.2  # how far from a first sample's prices those of all claims may be
_NO_X, _NO_RATE = np.empty((0, 0)), np.empty(0)  # nobody asks for them
SURELY = 0.05  # times WIDE / claims: a radius within which about a tenth of WIDE stand
AFTER_CHANGE = 0.002  # radius about earlier prices
NOTHING = 1e-13  # part of all weights below which a claim's own counts for as much as that
REWEIGHTED = 60  # most steps towards another α than 1
AGAIN = 3  # most steps among the claims near a tie after a part of them was solved
ANCHORS = 1000  # claims that take up what the others leave, though they are not near a tie


@dataclass(frozen=True, eq=False)
class _Settled:
    """What settled claims use at some prices, and how it falls as they rise: used (F, R), curved (F·R, F·R)."""

    used: Floats
    curved: Floats

    def moved(self, old: Floats, new: Floats) -> "_Settled":
        """The same at other prices."""
        return _Settled(self.used - (self.curved @ (new - old).ravel()).reshape(old.shape), self.curved)

    def plus(self, used: Floats, curved: Floats) -> "_Settled":
        return _Settled(self.used + used, self.curved + curved)


@dataclass(frozen=True)
class _Goal:
    """Σ w U(z) with U′(z) = z^−α, and `worth`, about what claims would pay for a unit of weight: the objective's size."""

    alpha: float
    worth: float

    def scale(self, claims: Problem) -> float:
        return self.worth * float(claims.weight.sum())


def concave(given: Problem, alpha: float, start: Floats | None = None, tolerance: float = 1e-8) -> Answer:
    """Maximise Σ w U(z), U(z) = z^(1−α)/(1−α), log z for α = 1; α > 0.

    Claims that can reach no positive rate stand outside and get nothing. `start` (F, R) takes earlier prices.
    """
    claims = _masked(given)
    if alpha > STEEP or (alpha > 1.0 and len(claims) <= AT_ONCE):
        return _steep(claims, alpha, start, tolerance)
    together = classes(claims, alpha)
    if together is not None:
        prices, x = _found(together.problem, alpha, start, tolerance)
        x = x[together.of] * together.part[:, None]
        hoped, paid = _response(claims, prices, alpha)
        return _bounded(claims, alpha, prices, x, (x * claims.speed).sum(axis=1), hoped, paid, tolerance)
    return _separate(claims, alpha, start, tolerance)


def _steep(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> Answer:
    """Solve in units in which a steep objective is tame; see `steep`."""
    sized = replace(claims, weight=claims.weight ** (1.0 / alpha))
    together = classes(sized, 1.0)
    one = sized if together is None else together.problem
    x, prices, level = _in_units(one, alpha, start, tolerance)
    x = x if together is None else x[together.of] * together.part[:, None]
    there = replace(claims, speed=claims.speed / level)
    hoped, paid = _response(there, prices, alpha)
    found = _bounded(there, alpha, prices, x, (x * there.speed).sum(axis=1), hoped, paid, tolerance)
    unit = np.float64(level) ** (1.0 - alpha)
    value, bound = float(found.value * unit), float(found.bound * unit)
    return replace(found, rate=found.rate * level, prices=prices * unit, value=value, bound=bound)


def _in_units(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats, float]:
    """Tasks (M, F), prices (F, R) in units of a level, and that level, for claims whose weights are u."""
    served = np.flatnonzero(_served(claims))
    x, prices, level = np.zeros(claims.speed.shape), np.zeros_like(claims.capacity), 1.0
    if not len(served):
        return x, prices, level
    if len(served) <= AT_ONCE or claims.speed.shape[1] > BITS:
        x[served], prices, level = steep(claims.rows(served), claims.capacity * (1.0 - SPARE), alpha, _by_interior)
    else:
        x, prices, level = _by_prices(claims, alpha, start, tolerance)
    rest = far_above(claims, x, alpha, level)
    if rest is not None and rest.who.any():
        x[rest.who], others, above = _in_units(rest.problem, alpha, None, tolerance)
        prices = np.where(rest.left, others * np.float64(above / level) ** (1.0 - alpha), prices)
    return x, prices, level


def _by_prices(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats, float]:
    """The same for many claims, from samples, or near earlier prices (F, R) for rates as they are."""
    radius = AFTER_CHANGE
    if start is not None and start.any():
        level = float((start * claims.capacity).sum() / claims.weight.sum()) ** (1.0 / (1.0 - alpha))
        prices = start * level ** (alpha - 1.0)
    else:
        part, room = _sample(claims, FEW, 1.0)
        _, prices, level = steep(part, room, alpha, _by_interior)
        start = None
    for _ in range(UNITS):
        units = evened(claims, alpha, level)
        moved = _towards(units.problem, alpha, prices)
        if abs(np.log(moved)) < 1.0:
            break
        level, prices = level * moved ** (-1.0 / alpha), prices * moved ** (1.0 / alpha)
    goal = _Goal(alpha, float((prices * claims.capacity).sum()) / float(units.problem.weight.sum()))
    if start is None:
        prices, radius = _from_samples(units.problem, goal, prices)
    found = _rounds(units.problem, goal, prices, radius, tolerance)
    return found.x * units.size[:, None], found.prices, units.level


def _towards(claims: Problem, alpha: float, prices: Floats) -> float:
    """By what all prices have to be multiplied so that they cost what is there."""
    factor = 1.0
    for _ in range(ROUNDS):
        used, curved, _, _, _ = _swept(claims, prices * factor, alpha, 0.0)
        now = (prices * factor).ravel()
        much, bend = float(now @ (used - claims.capacity).ravel()), float(now @ curved @ now)
        if bend <= 0.0:
            break
        step = float(np.clip(much / bend, -10.0, 10.0))
        factor *= np.exp(step)
        if abs(step) < 0.01:
            break
    return factor


def _by_interior(
    part: Problem, room: Floats, alpha: float, scale: float, prices: Floats | None
) -> tuple[Floats, Floats]:
    pairs = _pairs(part, np.full(len(part), -1))
    tasks, found = interior(pairs, room, alpha, scale, part.capacity, prices)
    return _dense(part, pairs, tasks), found


def _found(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> tuple[Floats, Floats]:
    answer = _separate(claims, alpha, start, tolerance)
    return answer.prices, answer.x


def _separate(claims: Problem, alpha: float, start: Floats | None, tolerance: float) -> Answer:
    """Solve for claims that are all different."""
    if len(claims) <= FEW or claims.speed.shape[1] > BITS:
        return _at_once(claims, alpha, tolerance)
    if start is not None and (start >= 0).all() and start.any():
        goal = _Goal(1.0, 1.0) if alpha == 1.0 else _first(claims, alpha)[0]
        prices, radius = start, AFTER_CHANGE
    else:
        goal, first = _first(claims, alpha)
        prices, radius = _from_samples(claims, goal, first)
    if float((prices * claims.capacity).sum()) <= 1e-6 * goal.scale(claims):
        answer = _all_served(claims, alpha, tolerance)
        if answer is not None:
            return answer
    return _rounds(claims, goal, prices, radius, tolerance)


def _first(claims: Problem, alpha: float) -> tuple[_Goal, Floats]:
    """The size of the objective, and prices, by a few claims."""
    part, room = _sample(claims, FEW, alpha)
    x, prices = _solved(part, room, alpha)
    rate = (x * part.speed).sum(axis=1)
    return _Goal(alpha, float((part.weight * rate ** (1.0 - alpha)).sum() / part.weight.sum())), prices


def _all_served(claims: Problem, alpha: float, tolerance: float) -> Answer | None:
    """Everybody's whole cap where it is fastest, at prices of 0, if there is room for that."""
    prices = np.zeros_like(claims.capacity)
    x, rate = np.empty_like(claims.speed), np.empty(len(claims))
    used, _, paid, _, _ = _swept(claims, prices, alpha, 0.0, 0, x, rate)
    if not (used <= claims.capacity * (1.0 - SPARE)).all():
        return None
    return _bounded(claims, alpha, prices, x, rate, rate.copy(), paid, tolerance)


def _at_once(claims: Problem, alpha: float, tolerance: float) -> Answer:
    """Solve a few claims with all their flavors."""
    served = np.flatnonzero(_served(claims))
    part, (many, flavors) = claims.rows(served), claims.speed.shape
    x, rate = np.zeros((many, flavors)), np.zeros(many)
    prices = np.zeros_like(claims.capacity)
    if len(served):
        room = claims.capacity * (1.0 - SPARE)
        x[served], prices = _solved(part, room, alpha)
    hoped, paid = _response(claims, prices, alpha)
    rate[:] = (x * claims.speed).sum(axis=1)
    return _bounded(claims, alpha, prices, x, rate, hoped, paid, tolerance)


def _solved(part: Problem, room: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Tasks (M, F), feasible, and prices (F, R) of claims that can all be served.

    The best division for α is the best one for α = 1 with the weights w z^(1−α) at its own rates z. They are sought step by
    step, in logarithms; the step 2 / (1 + α) lets errors shrink by at least |α − 1| / (α + 1), whatever the claims.
    """
    pairs = _pairs(part, np.full(len(part), -1))
    goal = weight = np.maximum(part.weight, NOTHING * part.weight.sum())
    for _ in range(1 if alpha == 1.0 else REWEIGHTED):
        scale = float(weight.sum())
        tasks, prices = interior(replace(pairs, weight=weight), room, 1.0, scale, part.capacity)
        x = _dense(part, pairs, tasks)
        rate = np.maximum((x * part.speed).sum(axis=1), 1e-300)
        goal = part.weight * rate ** (1.0 - alpha)
        goal = np.maximum(goal, NOTHING * goal.sum())
        if np.abs(goal - weight).sum() <= 1e-9 * scale:
            break
        weight = weight * (goal / weight) ** (2.0 / (1.0 + alpha))
    return x, prices


def _dense(part: Problem, pairs: Sparse, tasks: Floats) -> Floats:
    """Tasks of pairs as (M, F), within the caps."""
    x = np.zeros(part.speed.shape)
    x[np.repeat(np.arange(len(part)), np.diff(pairs.start)), pairs.flavor] = tasks
    total = x.sum(axis=1)
    over = total > part.tasks
    x[over] *= (part.tasks[over] / total[over] * (1.0 - 2.0**-50))[:, None]
    return x


def _response(claims: Problem, prices: Floats, alpha: float) -> tuple[Floats, float]:
    """The rate at which each claim would buy (M,), and what all would pay."""
    x, rate = np.empty_like(claims.speed), np.empty(len(claims))
    paid = _swept(claims, prices, alpha, 0.0, 0, x, rate)[2]
    return rate, paid


def _swept(
    claims: Problem,
    prices: Floats,
    alpha: float,
    radius: float,
    every: int = 0,
    x: Floats = _NO_X,
    rate: Floats = _NO_RATE,
) -> tuple[Floats, Floats, float, Ints, Ints]:
    arrays = (claims.speed, claims.bundle, claims.tasks, claims.weight, claims.minimum)
    return sweep(prices, *arrays, alpha, radius, every, x, rate)


def _served(claims: Problem) -> Bools:
    return np.asarray((claims.speed.max(axis=1, initial=0.0) > 0) & (claims.tasks > 0))


def _masked(given: Problem) -> Problem:
    """Set speeds to 0 where something that a claim needs is absent; no copy where nothing is."""
    if (given.capacity > 0).all():
        return given
    speed = np.where(given.usable, given.speed, 0.0)
    return Problem(speed, given.bundle, given.capacity, given.tasks, given.weight, given.minimum)


def _from_samples(claims: Problem, goal: _Goal, prices: Floats) -> tuple[Floats, float]:
    """Prices from samples, each larger than the one before, and how far from them a choice may still change."""
    size, radius = FEW * STEP, FIRST_RADIUS
    while size * 4 <= len(claims):
        part, room = _sample(claims, size, goal.alpha)
        nobody = _Settled(np.zeros_like(room), np.zeros((room.size,) * 2))
        if goal.alpha > STEEP:
            prices = prices * _towards(replace(part, capacity=room), goal.alpha, prices)
        found = _better(part, room, nobody, prices, radius, goal)
        moved, _ = _moved(prices, found, room)
        held = moved > 0.8 * radius
        prices, radius, size = found, radius if held else 2.0 * moved / STEP**0.5, size * STEP
    return prices, radius


def _sample(claims: Problem, size: int, alpha: float) -> tuple[Problem, Floats]:
    """Draw about so many claims that can be served, the same each time, and the room that is theirs in proportion.

    A heavy claim is always there, in proportion: one claim out of a million may be worth as much as all others.
    """
    rows = ((np.arange(size) + np.random.default_rng(size).random(size)) * (len(claims) / size)).astype(np.int64)
    heavy = _heavy(claims)
    part = claims.rows(rows[~np.isin(rows, heavy)])
    part = part.rows(np.flatnonzero(_served(part)))
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


def _pairs(claims: Problem, bits: Ints) -> Sparse:
    """Take of each claim the flavors whose bits are set."""
    flavors = claims.speed.shape[1]
    may = ((bits[:, None] >> np.arange(flavors)) & 1).astype(bool) & (claims.speed > 0)
    i, f = np.nonzero(may)
    begin = np.concatenate([[0], np.cumsum(may.sum(axis=1))])
    return Sparse(begin, f, claims.speed[i, f], claims.bundle, claims.tasks, claims.weight, claims.minimum)


def _better(claims: Problem, room: Floats, settled: _Settled, prices: Floats, radius: float, goal: _Goal) -> Floats:
    """Improve prices: settle the claims that are clear at them, solve the others against what those leave."""
    used, curved, _, near, bits = _swept(claims, prices, goal.alpha, radius)
    return _thinned(claims, room, settled.plus(used, curved), near, bits, prices, radius, goal)


def _thinned(
    claims: Problem,
    room: Floats,
    settled: _Settled,
    near: Ints,
    bits: Ints,
    prices: Floats,
    radius: float,
    goal: _Goal,
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
        _pairs(part, part_bits),
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
        if _moved(before, found, claims.capacity)[0] <= 0.5 * radius:
            break
    return found


def _rounds(claims: Problem, goal: _Goal, prices: Floats, radius: float, tolerance: float) -> Answer:
    """Sweep over all claims until the gap is reached; the best division that was found."""
    best: Answer | None = None
    x, rate, doubt = np.empty((0, claims.speed.shape[1])), np.empty(0), np.inf
    room, every = claims.capacity * (1.0 - SPARE), max(len(claims) // ANCHORS, 1)
    for turn in range(ROUNDS):
        last = turn >= ROUNDS - 3
        if not len(x) and (last or doubt < PROMISING):  # a division is written down only where it may be the last
            x, rate = np.empty_like(claims.speed), np.empty(len(claims))
        if goal.alpha > STEEP:
            prices = prices * _towards(claims, goal.alpha, prices)
        used, curved, paid, near, bits = _swept(claims, prices, goal.alpha, radius, every, x, rate)
        few = len(near) <= 2 * WIDE
        if not few or not len(x):  # otherwise dividing costs no more than finding out whether prices are good enough
            found, moved, doubt = _stepped(claims, goal, room, _Settled(used, curved), near, bits, prices, radius)
        if len(x) and (few or last or 3.0 * doubt < tolerance):
            answer = _divided(claims, goal, room, used, near, bits, prices, x, rate, paid, tolerance)
            if best is None or answer.gap < best.gap:
                best = answer
            if best.reached:
                break
            x, rate = x[:0], rate[:0]
            if few:
                found, moved, doubt = _stepped(claims, goal, room, _Settled(used, curved), near, bits, prices, radius)
        prices, radius = found, _next_radius(radius, moved, len(claims))
    return best if best is not None else answer


def _stepped(
    claims: Problem,
    goal: _Goal,
    room: Floats,
    settled: _Settled,
    near: Ints,
    bits: Ints,
    prices: Floats,
    radius: float,
) -> tuple[Floats, float, float]:
    """Better prices, how far they moved, and what the division at the old ones would lose."""
    found = _thinned(claims, room, settled, near, bits, prices, radius, goal)
    return found, *_moved(prices, found, claims.capacity)


def _divided(
    claims: Problem,
    goal: _Goal,
    room: Floats,
    used: Floats,
    near: Ints,
    bits: Ints,
    prices: Floats,
    x: Floats,
    rate: Floats,
    paid: float,
    tolerance: float,
) -> Answer:
    """The division of a sweep, after the claims near a tie were solved against what the settled ones leave."""
    hoped = rate[near]
    _divide_near(claims, goal, room - used, near, bits, prices, x, rate)
    full = rate.copy()
    full[near] = hoped
    asked = used + x[near].T @ claims.bundle[near]
    return _bounded(claims, goal.alpha, prices, x, rate, full, paid, tolerance, asked)


def _next_radius(radius: float, moved: float, many: int) -> float:
    """Doubt falls with its square once prices are close; where the last step was held back, look further.

    Where few of the claims stand within even four times the step, looking at them all keeps two of them from taking turns.
    """
    if moved > 0.8 * radius:
        return min((2.0 if radius > 0.1 else 4.0) * radius, 1.0)
    return min(max(0.2 * moved, min(4.0 * moved, SURELY * WIDE / many), 1e-6), 1.0)


def _moved(old: Floats, new: Floats, capacity: Floats) -> tuple[float, float]:
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


def _divide_near(
    claims: Problem, goal: _Goal, room: Floats, near: Ints, bits: Ints, prices: Floats, x: Floats, rate: Floats
) -> None:
    """Solve the claims near a tie exactly against what the settled ones leave."""
    part = claims.rows(near)
    pairs = _pairs(part, bits)
    tasks, _ = interior(pairs, room, goal.alpha, goal.scale(claims), claims.capacity, prices)
    x[near] = _dense(part, pairs, tasks)
    rate[near] = (x[near] * part.speed).sum(axis=1)


def _bounded(
    claims: Problem,
    alpha: float,
    prices: Floats,
    x: Floats,
    rate: Floats,
    hoped: Floats,
    paid: float,
    tolerance: float,
    asked: Floats | None = None,
) -> Answer:
    """Make sure of feasibility, and bound what any division could reach; `asked` (F, R) is what x uses, if that is known.

    D(p) − Σ w U(z) = p · capacity − paid + Σ w (U(hoped) − U(z)), with sums' rounding errors added.
    """
    sure = asked is not None and bool((asked <= claims.capacity * (1.0 - 0.5 * SPARE)).all())
    if not sure and _fit(claims, x):
        rate[:] = (x * claims.speed).sum(axis=1)
    lost = _utility_lost(claims.weight, alpha, hoped, rate)
    money = float((prices * claims.capacity).sum())
    value, weight, terms = total_utility(claims.weight, alpha, rate)
    error = (len(claims) + prices.size) * 2.0**-52 * (money + paid + terms)
    excess = max(money - paid + lost, 0.0) + error
    bound = value + excess
    gap = _gap(alpha, value, excess, weight)
    return Answer(x, rate, prices, value, bound, gap, gap <= tolerance, np.flatnonzero(rate <= 0))


def _gap(alpha: float, value: float, excess: float, weight: float) -> float:
    """Log of the ratio of bound to value in the weighted α-mean of rates."""
    if weight == 0.0:
        return 0.0
    if alpha == 1.0:
        return excess / weight
    part = excess / value
    return float(np.log1p(part) / (1.0 - alpha)) if part > -1.0 else np.inf


@compiled
def _utility_lost(w: Floats, alpha: float, hoped: Floats, got: Floats) -> float:
    """Σ w (U(hoped) − U(got)) over claims that hoped for something."""
    lost = 0.0
    for i in range(len(w)):
        if hoped[i] > 0.0 and hoped[i] != got[i]:
            lost += utility(w[i], alpha, hoped[i]) - utility(w[i], alpha, got[i])
    return lost


@compiled
def total_utility(w: Floats, alpha: float, rate: Floats) -> tuple[float, float, float]:
    """Σ w U(z) over positive rates, Σ w of them, and Σ |w U(z)|."""
    value, weight, terms = 0.0, 0.0, 0.0
    for i in range(len(w)):
        if rate[i] > 0.0:
            each = utility(w[i], alpha, rate[i])
            value += each
            weight += w[i]
            terms += abs(each)
    return value, weight, terms


def _fit(claims: Problem, x: Floats) -> bool:
    """Scale flavors down where more is used than there is; tell whether that was so."""
    used = x.T @ claims.bundle
    over = np.divide(claims.capacity, used, out=np.ones_like(used), where=used > claims.capacity).min(
        axis=1, initial=1.0
    )
    if (over >= 1).all():
        return False
    x *= over * (1 - 1e-15)
    return True
