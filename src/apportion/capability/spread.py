"""How should compute be spread over members: for most capability, between equality and capability, or at least cost?

Members m, one common curve f, member m's capability a_m · f(C_m), and

    low_m ≤ C_m ≤ high_m,    Σ_m C_m = T,    T = min(total, Σ high_m).

Three programs, each separable, each solved by one price λ on compute, at which every member takes the largest C_m whose
marginal gain is λ or more:

    most_capable    max Σ a_m f(C_m)                            a_m f′(C_m) = λ
    balanced        max μ Σ a_m f(C_m) − Σ (C_m − C̄)²           μ a_m f′(C_m) − 2 (C_m − C̄) = λ,    C̄ = T / N
    least_compute   min Σ C_m   with   Σ a_m f(C_m) ≥ target    a_m f′(C_m) = λ

Where f is not concave its envelope on [low_m, high_m] takes its place, and the bound is the envelope's. The search starts
from equal compute, cut to what each may hold: with one common concave f and equal a_m that is the answer already, whatever
f is, because it has the least unevenness and, by Jensen's inequality, the most capability.

Ties: at a price where marginal gains are flat, members of a concave curve go up together, each in proportion to how far it
can; of any other curve one after the other in the order of ties, so that at most one stands inside its chord.
Cost: about 20 to 60 prices, each 60 halvings of N responses. Exact up to the rounding of floats.
Source: Boyd and Vandenberghe, *Convex Optimization*, sections 5.1 and 5.5.3 (water filling, example 5.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apportion.capability.curve import Curve
from apportion.domain.arrays import Floats, Ints

Amount = Callable[[Floats], float]
Marginal = Callable[[Floats], Floats]
EPSILON = 2.0**-52
HALVINGS = 60  # of [low, high]: beyond the bits of a float
PRICES = 200  # at most; half of them halve the bracket


@dataclass(frozen=True, eq=False)
class Program:
    """Who may hold how much, and what it buys.

    Attributes
    ----------
    curve : f, in whole units of compute
    scale : (N,) a_m > 0
    low, high : (N,) units
    total : units there are
    order : (N,) position of each member in the order of ties
    """

    curve: Curve
    scale: Floats
    low: Floats
    high: Floats
    total: float
    order: Ints

    @cached_property
    def envelope(self) -> Curve:
        """The least concave curve above f, for each member on what it may hold."""
        return self.curve.envelope(self.low, self.high)

    @cached_property
    def budget(self) -> float:
        """T: all there is, or all that may be held."""
        return float(max(min(self.total, self.high.sum()), self.low.sum()))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a plan should know of the curve."""
        if not self.curve.rising:
            return (
                "the curve falls: by it more compute buys less capability; all that is asked for is handed out still",
            )
        if not self.curve.concave:
            return ("the curve is not concave: the bound is that of its concave envelope",)
        if len(self.scale) and (self.scale == self.scale[0]).all():
            return ("one concave curve for all: equal compute is best for equality and for total capability alike",)
        return ()

    @property
    def equal_part(self) -> float:
        """C̄ = T / N."""
        return self.budget / max(len(self.scale), 1)

    def capability(self, compute: Floats) -> float:
        """Σ a_m f(C_m)."""
        return float((self.scale * self.curve.value(compute)).sum())

    def hoped(self, compute: Floats) -> float:
        """Σ a_m f̂(C_m), with the envelope for the curve."""
        return float((self.scale * self.envelope.value(compute)).sum())

    def gain(self, compute: Floats) -> Floats:
        """a_m f̂′(C_m): (N,)."""
        return self.scale * self.envelope.slope(compute)

    def unevenness(self, compute: Floats) -> float:
        """Σ (C_m − C̄)²."""
        return float(((compute - self.equal_part) ** 2).sum())


@dataclass(frozen=True, eq=False)
class Spread:
    """Compute for each member, and what no other division can pass.

    Attributes
    ----------
    compute : (N,) units
    price : λ
    objective : what the program asks for, with the curve itself
    bound : at least the objective of every division of T (`least_compute`: at most, of every one that reaches the target),
        by weak duality at λ, with what adding floats can lose; of a division of S < T it is bound + λ (S − T)
    """

    compute: Floats
    price: float
    objective: float
    bound: float

    def bound_at(self, handed_out: float, budget: float) -> float:
        """Bound every division of at most the budget, or, where compute does harm, of as much as is handed out."""
        return self.bound + min(self.price, 0.0) * (handed_out - budget)


def most_capable(program: Program) -> Spread:
    """Spread the budget so that total capability is as large as possible.

    Examples
    --------
    Of 15 units, f = C^½ and a = (1, 2): marginal gains are equal at C_m in proportion to a_m².

    >>> from apportion.capability.curves import curve
    >>> two = np.array([1.0, 2.0])
    >>> most_capable(Program(curve("power_law"), two, 0 * two, 99 * two, 15.0, np.arange(2))).compute
    array([ 3., 12.])
    """
    compute, price = _settle(program, program.gain, _sum, program.budget)
    return Spread(compute, price, program.capability(compute), _dual(program, program.gain, program.hoped, price))


def balanced(program: Program, mu: float) -> Spread:
    """Spread the budget between equal parts (μ = 0) and most capability (μ → ∞)."""

    def gain(compute: Floats) -> Floats:
        return mu * program.gain(compute) - 2 * (compute - program.equal_part)

    def hoped(compute: Floats) -> float:
        return mu * program.hoped(compute) - program.unevenness(compute)

    compute, price = _settle(program, gain if mu > 0 else _towards(program.equal_part), _sum, program.budget)
    reached = mu * program.capability(compute) - program.unevenness(compute)
    return Spread(compute, price, reached, _dual(program, gain, hoped, price) if mu > 0 else reached)


def least_compute(program: Program, target: float) -> Spread:
    """Find the least total compute whose capability is the target; f must rise, and the target be within reach.

    The bound is Σ R_m − (Σ a_m f̂(R_m) − target) / λ with R the responses at λ: no division that reaches the target holds
    less.
    """
    compute, price = _settle(program, program.gain, program.capability, target)
    hull_price = price if program.curve.concave else _settle(program, program.gain, program.hoped, target)[1]
    bound = float(program.low.sum())
    if 0 < hull_price < np.inf:
        taken = _respond(program, program.gain, hull_price)
        reached = program.hoped(taken)
        rounding = (len(taken) + 4) * EPSILON * (_sum(taken) + (abs(reached) + abs(target)) / hull_price)
        bound = max(bound, _sum(taken) - (reached - target) / hull_price - rounding)
    return Spread(compute, price, _sum(compute), bound)


def _towards(middle: float) -> Marginal:
    return lambda compute: -2 * (compute - middle)


def _sum(compute: Floats) -> float:
    return float(compute.sum())


def _dual(program: Program, gain: Marginal, hoped: Amount, price: float) -> float:
    """Bound what any division of T can reach: max_C [g(C) − λ Σ C] + λ T."""
    taken = _respond(program, gain, price)
    reached = hoped(taken)
    rounding = (len(taken) + 4) * EPSILON * (abs(reached) + abs(price) * (program.budget + _sum(taken)))
    return reached + price * (program.budget - _sum(taken)) + rounding


def _respond(program: Program, gain: Marginal, price: float) -> Floats:
    """Find for each member the largest compute at which the next unit is worth the price: (N,)."""
    below, above = program.low.copy(), program.high.copy()
    for _ in range(HALVINGS):
        middle = below + (above - below) / 2
        worth = gain(middle) >= price
        below, above = np.where(worth, middle, below), np.where(worth, above, middle)
    return np.where(above >= program.high, program.high, below)


def _settle(program: Program, gain: Marginal, amount: Amount, goal: float) -> tuple[Floats, float]:
    """Find the price at which what all take amounts to the goal, and what they take then."""
    point = _level(program, amount, goal)
    gains = gain(point)
    top = float(gains[point < program.high].max(initial=-np.inf))
    bottom = float(gains[point > program.low].min(initial=np.inf))
    if not np.isfinite(top) or not np.isfinite(bottom) or (program.curve.concave and top <= bottom):
        return point, bottom if np.isfinite(bottom) else top if np.isfinite(top) else 0.0
    more, less, price = _bracket(program, gain, amount, goal, min(top, bottom), max(top, bottom))
    return _walk(program, amount, goal, less, more), price


def _level(program: Program, amount: Amount, goal: float) -> Floats:
    """Find equal compute for all, cut to [low, high], that amounts to the goal."""
    many = program.high.max(initial=0.0)
    level = _first(lambda level: amount(np.clip(level, program.low, program.high)), goal, 0.0, float(many))
    return np.asarray(np.clip(level, program.low, program.high))


def _bracket(
    program: Program, gain: Marginal, amount: Amount, goal: float, cheap: float, dear: float
) -> tuple[Floats, Floats, float]:
    """Close in on the price, by the chord and by halves in turn: responses just cheaper and just dearer, and the price."""
    away = start = float(np.spacing(max(abs(cheap), abs(dear))))
    # a goal at the edge of what is within reach may be beyond it by the last digit: then there is no such price
    while amount(more := _respond(program, gain, cheap)) < goal and np.isfinite(away):
        cheap, away = cheap - away, 2 * away
    away = start
    while amount(less := _respond(program, gain, dear)) > goal and np.isfinite(
        away
    ):  # where gains are flat, all is taken there
        dear, away = dear + away, 2 * away
    over, under = amount(more) - goal, goal - amount(less)
    for step in range(PRICES):
        price = cheap + (dear - cheap) / 2
        if not cheap < price < dear or over + under <= 1e-14 * abs(goal):
            break
        chord = cheap + (dear - cheap) * over / (over + under)
        if step % 2 and cheap < chord < dear:
            price = chord
        taken = _respond(program, gain, price)
        excess = amount(taken) - goal
        if excess >= 0:
            cheap, more, over = price, taken, excess
        else:
            dear, less, under = price, taken, -excess
    return more, less, cheap


def _walk(program: Program, amount: Amount, goal: float, less: Floats, more: Floats) -> Floats:
    """Go from the one response to the other until the goal is met: together if f is concave, else one by one."""
    rank, many = (program.order.argsort().argsort(), len(less)) if not program.curve.concave else (0, 1)

    def on_the_way(part: float) -> Floats:
        return np.asarray(less + np.clip(part * many - rank, 0.0, 1.0) * (more - less))

    return on_the_way(_first(lambda part: amount(on_the_way(part)), goal, 0.0, 1.0))


def _first(amount: Callable[[float], float], goal: float, low: float, high: float) -> float:
    """Find by halves the least x in [low, high] with amount(x) ≥ goal; `high` if there is none."""
    while low < (middle := low + (high - low) / 2) < high:
        low, high = (low, middle) if amount(middle) >= goal else (middle, high)
    return high
