"""How does a stranger check a plan? With this one file: it needs Python and nothing else, and believes nobody.

    python checker.py PLAN.json [SITUATION.json]

The situation is looked for beside the plan; either file may be compressed by gzip. All arithmetic is exact: whole numbers,
and decimals whose rounding is known. Exit code 0: nothing is refuted; 6: something is; 2: these are no such files.

    situation   its content gives the digest that it states and that the plan names (RFC 6962, over its rows)
    plan        its content gives the digest that it states
    feasible    nobody holds more than it asked for, less than its least, anything where it cannot run, or what is not there
    optimal     objective, bound and gap are what the grants and prices give, and the gap is no wider than one millionth
                and what whole millionths of a task can lose

A plan that claims no optimum gets *not shown* for the last. The mathematics is in docs/explanation/certificates.md, in the
symbols of this file. Cost: linear in the number of claims.
"""

import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import chain, islice
from math import factorial, lcm, log
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

MICRO = 10**6
UNIT = 10**30  # every term of a sum is rounded to one part of so many, outwards, so that sums are whole numbers
LOOSE = UNIT // 10**6  # how far from the best a plan may be, beyond what whole millionths of a task can lose
BITS = 128
FINE = 1 << BITS  # parts of a logarithm
ODD_PARTS = [FINE // k for k in range(15, 0, -2)]  # 1/15 … 1/3, 1: the series of artanh
FACTORIALS = [FINE // factorial(n) for n in range(16, -1, -1)]  # 1/16! … 1/1!, 1: the series of e^x
DIGITS = 15  # of every number that a plan states
CLOSE = Context(60, ROUND_HALF_EVEN)
DOWN, UP = Context(60, ROUND_FLOOR), Context(60, ROUND_CEILING)
CLEAR = 1e-9  # how far apart logarithms are if floats can tell: they are right to 10⁻¹³
LARGE = 10**7  # characters in a file, from which on columns are read value by value
AT_ONCE = 1000  # claims whose grants are hashed at once
HAIR = Decimal("1E-30")  # more than the rounding errors that a power can gather, as a part of it
LOOSENESS = Fraction(LOOSE, UNIT)
Row = Sequence[int]
Pair = tuple[int, int]


class Question(NamedTuple):
    """What is divided among whom, and how; one entry a claim unless said otherwise.

    Amounts are thousandths, tasks and grants millionths. A row of decimals is (n, numbers) and stands for numbers / n.
    """

    capacity: Sequence[Row]  # flavors × resources
    weight: Row  # one a member
    member: Row
    tasks: Row
    least: Row
    bundle: Sequence[Row]
    priority: Row
    value: Sequence[tuple[int, Row]]
    speed: Sequence[tuple[int, Row]]
    grants: Sequence[Row]  # claims × flavors
    guarded: bool = False  # whether the charter has a guardrail


class Claimed(NamedTuple):
    """What a plan claims to be best at, and the prices that are to show it: levels × flavors × resources."""

    program: str
    gain: str
    weighing: str
    alpha: str
    stated: Row
    budget: Row
    level_of: Row
    ceiling: int
    prices: Sequence[Sequence[Row]]
    denominator: int
    per: int = 0  # so many parts of what is stated are one; 0 stands for a million


class Stated(NamedTuple):
    """What follows from grants and prices, as texts; `excess` > 0 if the gap is wider than `allowed`.

    The gap of leximin is the widest of its levels; `beyond` is that of the level which `allowed` is about.

    Where nothing follows the texts are empty and `why` says so; `claim` is the position of the claim to blame, or −1.
    """

    objective: str = ""
    bound: str = ""
    gap: str = ""
    allowed: str = ""
    excess: int = 0
    why: str = ""
    claim: int = -1
    beyond: str = ""


class Term(NamedTuple):
    """One claim as its program sees it: rates are parts of `per`, weight is `heavy` / `of`, tasks are millionths."""

    claim: int
    heavy: int
    of: int
    per: int
    rate: Row  # of a task, one a flavor in `where`
    where: Row
    least: int
    most: int
    reached: int  # z, in parts of per · MICRO

    @property
    def inside(self) -> bool:
        """Whether the program is about this claim at all."""
        return self.heavy > 0 and self.most > 0 and any(self.rate)


# ── feasible ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def infeasible(question: Question) -> Iterator[tuple[str, int]]:
    """Say what is wrong with the grants, and at which claim (−1: at none)."""
    for i, grants in enumerate(question.grants):
        total, speed = sum(grants), question.speed[i][1]
        if not question.least[i] <= total <= question.tasks[i]:
            asked = f"{question.least[i]} to {question.tasks[i]}"
            yield f"{total} millionths of a task are granted where {asked} are asked for", i
        if min(grants, default=0) < 0 or not all(speed):
            for f, x in enumerate(grants):
                if x < 0 or (x and not speed[f]):
                    yield f"{x} millionths of a task are granted on flavor {f}, " + "negative" * (x < 0), i
    width = max(map(len, question.capacity), default=0)
    needs = [[bundle[r] for bundle in question.bundle] for r in range(width)]
    for f, there in enumerate(question.capacity):
        held = [grants[f] for grants in question.grants]
        for r, most in enumerate(there):
            amount = sum(map(mul, held, needs[r]))
            if amount > most * MICRO:
                yield f"{amount} of resource {r} are used on flavor {f}, where {most * MICRO} are", -1


# ── the claims as a program sees them ─────────────────────────────────────────────────────────────────────────────────


class Standing(NamedTuple):
    """What the weights of claims are made of; dominant shares are parts of `common`."""

    common: int
    dominant: list[int]  # of a task
    where: list[Row]  # the flavors on which a claim can hold anything
    wish: list[int]  # d: tasks · dominant, 0 for claims that can hold nothing anywhere
    wished: list[int]  # one a member


def standing(question: Question) -> Standing:
    """Add up what members ask for in dominant shares."""
    total = [sum(column) for column in zip(*question.capacity, strict=True)]
    common = lcm(*(amount for amount in total if amount))
    part = [common // amount if amount else 0 for amount in total]
    absent = [{f for f, row in enumerate(question.capacity) if not row[r]} for r in range(len(total))]
    everywhere = tuple(range(len(question.capacity)))
    dominant, wish, wished = [], [], [0] * len(question.weight)
    where: list[Row] = []
    for i, bundle in enumerate(question.bundle):
        speed = question.speed[i][1]
        never = set().union(*(absent[r] for r, need in enumerate(bundle) if need)) if any(absent) else set()
        open_ = everywhere if all(speed) and not never else tuple(f for f in everywhere if speed[f] and f not in never)
        share = max(map(mul, bundle, part), default=0)
        wish.append(question.tasks[i] * share if open_ else 0)
        wished[question.member[i]] += wish[i]
        where.append(open_)
        dominant.append(share)
    return Standing(common, dominant, where, wish, wished)


def weights(question: Question, claimed: Claimed, base: Standing) -> Callable[[int], Pair]:
    """Choose how the weight of a claim is found: a numerator and a denominator."""
    of_member = claimed.budget if claimed.weighing == "budget" else question.weight
    everybody = sum(of_member) or 1

    def shared(i: int) -> Pair:
        m = question.member[i]
        return of_member[m] * base.wish[i], everybody * (base.wished[m] or 1)

    return {
        "standing": shared,
        "budget": shared,
        "member": lambda i: (of_member[question.member[i]], everybody),
        "priority": lambda i: (question.priority[i], 1),
        "value": lambda i: (question.value[i][1][0], question.value[i][0]),
        "stated": lambda i: (claimed.stated[i], claimed.per or MICRO),
    }[claimed.weighing]


def most_tasks(question: Question, claimed: Claimed, base: Standing, i: int) -> int:
    """Say how many millionths of a task a claim may hold: what it asks, lowered to its member's ceiling, n′."""
    wished = base.wished[question.member[i]]
    if not claimed.ceiling or not wished:
        return question.tasks[i]
    lowered = question.tasks[i] * claimed.ceiling * MICRO * base.common // (10**9 * wished)
    return min(question.tasks[i], max(lowered, question.least[i]))


def terms(question: Question, claimed: Claimed, base: Standing) -> Iterator[Term]:
    """Show each claim as its program sees it."""
    weight = weights(question, claimed, base)
    for i, where in enumerate(base.where):
        if claimed.gain == "speed":
            per, speed = question.speed[i]
            rate = among(speed, where)
        else:
            per = base.common if claimed.gain == "dominant" else 1
            rate = [base.dominant[i] if claimed.gain == "dominant" else 1] * len(where)
        reached = sum(map(mul, rate, among(question.grants[i], where)))
        most = most_tasks(question, claimed, base, i)
        yield Term(i, *weight(i), per, rate, where, question.least[i], most, reached)


def among(row: Row, where: Row) -> Row:
    """Pick the entries of a row, one a flavor, at some flavors."""
    return row if len(where) == len(row) else [row[f] for f in where]


def costs(question: Question, prices: Sequence[Row], term: Term) -> list[int]:
    """What a task costs on each flavor where the claim can hold anything."""
    bundle = question.bundle[term.claim]
    return [sum(map(mul, prices[f], bundle)) for f in term.where]


def vertices(term: Term, cost: Row) -> Iterator[Pair]:
    """Walk the lower hull of (rate, cost) of `least` to `most` tasks, from the cheapest point towards the fastest."""
    points = [(term.most * c, term.most * v) for v, c in zip(term.rate, cost, strict=True)]
    points += (
        [(term.least * c, term.least * v) for v, c in zip(term.rate, cost, strict=True)] if term.least else [(0, 0)]
    )
    h = min(points, default=(0, 0))[0]
    t = max((rate for price, rate in points if price == h), default=0)
    yield t, h
    while points := [point for point in points if point[1] > t]:
        above, ahead = points[0]
        for price, rate in points:
            turn = (price - h) * (ahead - t) - (above - h) * (rate - t)
            if turn < 0 or (turn == 0 and rate > ahead):
                ahead, above = rate, price
        t, h = ahead, above
        yield t, h


# ── what follows, program by program ──────────────────────────────────────────────────────────────────────────────────


def stated(question: Question, claimed: Claimed) -> Stated:
    """Work out objective, bound and gap from the grants and the prices alone."""
    return PROGRAMS[claimed.program](question, claimed)


def linear(question: Question, claimed: Claimed) -> Stated:
    """V = Σ w·z;  B = p·C + Σ max_T T·max_f (w·v − c);  gap = B/V − 1."""
    prices, money = claimed.prices[0], MICRO * claimed.denominator
    value = lost = 0
    bound, hungry = ceil(UNIT * worth(question, prices), claimed.denominator), -1
    for term in terms(question, claimed, standing(question)):
        cost = costs(question, prices, term)
        if not term.inside:
            bound -= UNIT * term.least * min(cost, default=0) // money
            continue
        full, hungry = term.of * term.per, hungry if term.reached else term.claim
        profit = max(term.heavy * v * claimed.denominator - c * full for v, c in zip(term.rate, cost, strict=True))
        bound += ceil(UNIT * profit * (term.most if profit > 0 else term.least), full * money)
        value += UNIT * term.heavy * term.reached // (full * MICRO)
        lost += ceil(UNIT * term.heavy * sum(term.rate), full * MICRO)
    return summed(value, bound, bound - value, value, lost, hungry)


def nash(question: Question, claimed: Claimed) -> Stated:
    """V = Σ w·log z;  gap = [p·C − Σ hull(t) + Σ w·q(t/z − 1)] / Σw, t the best response;  B = V + Σw·gap."""
    prices, money = claimed.prices[0], MICRO * claimed.denominator
    value = most = heavy = lost = 0
    apart = ceil(UNIT * worth(question, prices), claimed.denominator)
    for term in terms(question, claimed, standing(question)):
        cost = costs(question, prices, term)
        if not term.inside:
            apart -= UNIT * term.least * min(cost, default=0) // money
            continue
        if not term.reached:
            return Stated(why="has no grant that counts", claim=term.claim)
        over, under, dear, cheap = best_response(term, cost, money)
        y = ceil(UNIT * (over - under * term.reached), under * term.reached)
        apart += ceil(term.heavy * above_log(y), term.of) - UNIT * dear // cheap
        log, doubt = logarithm(term.reached, term.per * MICRO)
        value += UNIT * term.heavy * (log - doubt) // (term.of * FINE)
        most += ceil(UNIT * term.heavy * (log + doubt), term.of * FINE)
        heavy += UNIT * term.heavy // term.of
        lost += ceil(UNIT * term.heavy * sum(term.rate), term.of * term.reached) + ceil(UNIT * sum(cost), money)
    return summed(value, most + apart, apart, heavy, lost)


def best_response(term: Term, cost: Row, money: int) -> tuple[int, int, int, int]:
    """Find the t that makes w·log t − hull(t) largest: t as a fraction in the unit of z, and hull(t) as one of money."""
    walk = vertices(term, cost)
    t, h = next(walk)
    for ahead, above in walk:
        step, rise = ahead - t, above - h
        wish, limit = term.heavy * money * step, term.of * rise  # t = w / slope = wish / limit
        if wish <= limit * t:
            break
        if wish <= limit * ahead:
            dear = term.heavy * money * step + term.of * (h * step - t * rise)
            return wish, limit, dear, term.of * step * money
        t, h = ahead, above
    return t, 1, h, money


def above_log(y: int) -> int:
    """Bound log(1 + y) from above by q(y) = y − y²/2 + y³/3, in parts of UNIT."""
    return ceil(6 * y * UNIT**2 - 3 * y**2 * UNIT + 2 * y**3, 6 * UNIT**2)


def logarithm(n: int, d: int) -> Pair:
    """log(n/d), and how wrong that is at most, in parts of FINE.

    n/d = 2^s · m, and m lies within 1/128 of t = (2j + 1)/128:  log m = log t + 2·artanh y with y = (m − t)/(m + t), at
    most 2⁻⁸, so that y¹⁷ is no part any more. Each of some dozen steps drops less than one part, and s times one is dropped
    of log 2.
    """
    s = n.bit_length() - d.bit_length()
    m = (n << BITS) // (d << s) if s >= 0 else (n << (BITS - s)) // d
    j = m >> (BITS - 6)
    t = (2 * j + 1) << (BITS - 7)
    y = ((m - t) << BITS) // (m + t)
    square, series = y * y >> BITS, 0
    for part in ODD_PARTS:
        series = part + (series * square >> BITS)
    return s * log_of(2, 1) + log_of(2 * j + 1, 128) + 2 * (series * y >> BITS), 64 + abs(s)


@lru_cache(maxsize=256)
def log_of(n: int, d: int) -> int:
    """Take the logarithm of one of the few numbers that `logarithm` starts from, in parts of FINE."""
    return int(CLOSE.multiply(CLOSE.ln(CLOSE.divide(n, d)), FINE))


def summed(value: int, bound: int, apart: int, by: int, lost: int, hungry: int = -1) -> Stated:
    """State a value, its bound, and how far `apart` they are as a part of `by`; all in parts of UNIT."""
    if by <= 0 < apart:
        return Stated(why="has no grant that counts" if hungry >= 0 else "the prices bound nothing", claim=hungry)
    by = by or 1
    allowed = LOOSE + UNIT * lost // by
    excess = ceil(UNIT * apart, by) - allowed
    texts = (text(value, UNIT, ROUND_FLOOR), text(bound, UNIT, ROUND_CEILING), text(apart, by, ROUND_CEILING))
    return Stated(*texts, text(allowed, UNIT, ROUND_FLOOR), excess)


def worth(question: Question, prices: Sequence[Row]) -> int:
    """p·C, in parts of the denominator."""
    return sum(sum(map(mul, row, amounts)) for row, amounts in zip(prices, question.capacity, strict=True))


def ceil(n: int, d: int) -> int:
    """Divide, and round upwards."""
    return -(-n // d)


def text(n: int | Decimal, d: int | Decimal, way: str) -> str:
    """Write n/d with 15 digits."""
    number = Context(DIGITS, way).divide(Decimal(n), Decimal(d)).normalize()
    return str(number) if number else "0"


def alpha_fair(question: Question, claimed: Claimed) -> Stated:
    """V = Σ ω·U(z), U(t) = t^(1−α)/(1−α);  B = p·C + Σ max_t [ω·U(t) − hull(t)];  gap = log(B/V)/(1−α).

    Powers ω·t^(1−α) are all positive, so that a sum of them is as near to the true one, to a HAIR of itself, as each is.
    """
    n, d = Fraction(claimed.alpha).as_integer_ratio()
    alpha, base, money = Alpha(n, d, d - n), standing(question), MICRO * claimed.denominator
    weight = log_weight(question, claimed, base, alpha)
    here = best = rising = paid = lost = Decimal(0)
    spare = 0
    for term in terms(question, claimed, base):
        cost = costs(question, claimed.prices[0], term)
        if not term.inside:
            paid = DOWN.add(paid, DOWN.divide(term.least * min(cost, default=0), money))
            continue
        if not term.reached and alpha.rest < 0:
            return Stated(why="has no grant that counts", claim=term.claim)
        log_w, unit, dust = weight(term), term.per * MICRO, sum(term.rate)
        reached = power(log_w, term.reached, unit, alpha)
        raised = reached if term.reached >= dust else power(log_w, dust, unit, alpha)
        at, slope, rest = best_power(term, cost, money, log_w, alpha)
        here = CLOSE.add(here, reached)
        best = CLOSE.add(best, at)
        rising = CLOSE.add(rising, slope)
        paid = DOWN.add(paid, rest)
        lost = CLOSE.add(lost, CLOSE.divide(CLOSE.multiply(raised, dust), max(term.reached, dust)))
        spare += sum(cost)
    value = aside(over_rest(here, alpha), ROUND_FLOOR)
    most = UP.subtract(aside(over_rest(best, alpha), ROUND_CEILING), aside(rising, ROUND_FLOOR))
    bound = UP.add(UP.divide(worth(question, claimed.prices[0]), claimed.denominator), UP.subtract(most, paid))
    return in_mean(value, bound, over_rest(CLOSE.add(lost, CLOSE.divide(spare, money)), alpha), alpha)


class Alpha(NamedTuple):
    """α = n/d and 1 − α = rest/d."""

    n: int
    d: int
    rest: int


def at_most(logarithm_: int, n: int, d: int) -> bool:
    """Tell whether a logarithm, in parts of FINE, is at most log(n/d); floats decide unless it is close."""
    apart = logarithm_ / FINE - (log(n) - log(d))
    return apart < 0 if abs(apart) > CLEAR else logarithm_ <= logarithm(n, d)[0]


def log_weight(question: Question, claimed: Claimed, base: Standing, alpha: Alpha) -> Callable[[Term], int]:
    """Choose how log ω is found: ω is a member's share times (d/Σd)^α, so that cutting a claim changes nothing."""
    if claimed.weighing not in {"standing", "budget"}:
        return lambda term: logarithm(term.heavy, term.of)[0]

    of_member = claimed.budget if claimed.weighing == "budget" else question.weight
    everybody = sum(of_member)
    of_all = [logarithm(weight, everybody)[0] if weight else 0 for weight in of_member]

    def shared(term: Term) -> int:
        m = question.member[term.claim]
        return of_all[m] + logarithm(base.wish[term.claim], base.wished[m])[0] * alpha.n // alpha.d

    return shared


def power(log_w: int, n: int, d: int, alpha: Alpha) -> Decimal:
    """ω·t^(1−α) for t = n/d, to within a HAIR of itself."""
    return exponential(log_w + logarithm(n, d)[0] * alpha.rest // alpha.d) if n else Decimal(0)


def over_rest(x: Decimal, alpha: Alpha) -> Decimal:
    """Divide by 1 − α."""
    return CLOSE.divide(CLOSE.multiply(x, alpha.d), alpha.rest)


def exponential(x: int) -> Decimal:
    """e^x for x in parts of FINE: a power of two, times one of 64 known numbers, times a short series."""
    k, rest = divmod(x, log_of(2, 1))
    j = rest >> (BITS - 6)
    rest -= j << (BITS - 6)
    series = 0
    for part in FACTORIALS:
        series = part + (series * rest >> BITS)
    return CLOSE.multiply(series * exp_of(j) >> BITS, power_of_two(k - BITS))


@lru_cache(maxsize=1024)
def power_of_two(k: int) -> Decimal:
    """2^k, to 60 digits."""
    return CLOSE.power(2, k)


@lru_cache(maxsize=64)
def exp_of(j: int) -> int:
    """e^(j/64), in parts of FINE."""
    return int(CLOSE.multiply(CLOSE.exp(CLOSE.divide(j, 64)), FINE))


def aside(x: Decimal, way: str) -> Decimal:
    """Move a number down or up by a HAIR of itself."""
    step = CLOSE.multiply(CLOSE.abs(x), HAIR)
    return DOWN.subtract(x, step) if way == ROUND_FLOOR else UP.add(x, step)


def best_power(term: Term, cost: Row, money: int, log_w: int, alpha: Alpha) -> tuple[Decimal, Decimal, Decimal]:
    """Find where ω·U(t) − hull(t) is largest: ω·t^(1−α), and hull(t) as slope·t and the rest, which is rounded down.

    Within a segment t = (ω/slope)^(1/α), so that ω·t^(1−α) = slope·t; at a corner all of hull(t) is rest.
    """
    walk, unit = vertices(term, cost), term.per * MICRO
    t, h = next(walk)
    for ahead, above in walk:
        step, rise = ahead - t, above - h
        steep = logarithm(rise * unit, step * money)[0]
        wish = (log_w - steep) * alpha.d // alpha.n
        if t and at_most(wish, t, unit):
            break
        if at_most(wish, ahead, unit):
            spent = exponential(steep + wish)
            return spent, spent, DOWN.divide(h * step - rise * t, step * money)
        t, h = ahead, above
    return power(log_w, t, unit, alpha), Decimal(0), DOWN.divide(h, money)


def in_mean(value: Decimal, bound: Decimal, lost: Decimal, alpha: Alpha) -> Stated:
    """State a value and its bound, and the logarithm of the ratio of their weighted α-means of rates."""
    if not value and not bound:
        return Stated("0", "0", "0", "0.000001")
    if not value or CLOSE.divide(bound, value) <= 0:
        return Stated(why="the prices bound nothing")
    gap = UP.add(over_rest(CLOSE.ln(CLOSE.divide(bound, value)), alpha), HAIR)
    allowed = DOWN.add(Decimal("1E-6"), CLOSE.divide(lost, value))
    texts = (text(value, 1, ROUND_FLOOR), text(bound, 1, ROUND_CEILING), text(gap, 1, ROUND_CEILING))
    return Stated(*texts, text(allowed, 1, ROUND_FLOOR), int(gap > allowed))


class Level(NamedTuple):
    """θ, the least z/n of the claims that no earlier level holds, and what θ can have been at most before rounding.

    That is the least (z + e)/n of the same claims, e one millionth of a task on every flavor: rounding took no more from
    any of them, and before it all of them had at least θ·n. One large claim is enough to show that θ was not much more.
    """

    at: Fraction
    most: Fraction

    @property
    def lost(self) -> Fraction:
        """The part of θ that rounding can have taken."""
        return self.most / self.at - 1


class Levels(NamedTuple):
    """Where everybody stands: the level of each round of prices, and the claims that only their own cap holds.

    Of these: the least z/n, the least cap/n, and by what part a cap is missed. `hungry` is a claim that has nothing, or −1.
    """

    held: list[Level | None]
    capped: Fraction = Fraction(0)
    cap: Fraction = Fraction(0)
    missed: Fraction = Fraction(0)
    hungry: int = -1


def leximin(question: Question, claimed: Claimed) -> Stated:
    """θ_k = min z/n of those not held before k;  Σ hull(what each must reach at θ̄_k) = p_k·C;  gap = max θ̄_k/θ_k − 1."""
    base, bounds = standing(question), []
    held, capped, cap, missed, hungry = levels(question, claimed, base)
    if hungry >= 0:
        return Stated(why="has no grant that counts", claim=hungry)
    gaps = [(missed, LOOSENESS)] if missed or not held else []
    for k, level in enumerate(held):
        top, dust = level_bound(question, claimed, base, held, k) if level else (0, LOOSENESS)
        if not level or not top:
            return Stated(why=f"the prices of level {k} bound nothing")
        bounds.append(Fraction(top, UNIT))
        gaps.append((bounds[k] / level.at - 1, LOOSENESS + level.lost + dust))
    first, bound = (held[0].at, bounds[0]) if held and held[0] else (capped, cap)
    beyond, allowed = max(gaps, key=lambda pair: pair[0] - pair[1])
    excess = int(beyond > allowed)
    if not excess:
        beyond, allowed = max(gaps)
    numbers = ((first, ROUND_FLOOR), (bound, ROUND_CEILING), (max(gaps)[0], ROUND_CEILING), (allowed, ROUND_FLOOR))
    objective, most, gap, may = (text(*n.as_integer_ratio(), way) for n, way in numbers)
    return Stated(objective, most, gap, may, excess, beyond=text(*beyond.as_integer_ratio(), ROUND_CEILING))


def levels(question: Question, claimed: Claimed, base: Standing) -> Levels:
    """Find the level of each round of prices, and how near to their caps those are that no price holds."""
    held: list[Level | None] = [None] * len(claimed.prices)
    lowest: list[tuple[Pair, Pair] | None] = [None for _ in held]
    found = Levels(held)
    for term in terms(question, claimed, base):
        if not term.inside:
            continue
        if not term.reached:
            return Levels(held, hungry=term.claim)
        k, n = claimed.level_of[term.claim], term.heavy * term.per * MICRO
        at, most = (term.reached * term.of, n), ((term.reached + sum(term.rate)) * term.of, n)
        if k < 0:
            found = with_capped(found, term, Fraction(*at), Fraction(term.most * max(term.rate) * term.of, n))
        else:
            before = lowest[k]
            lowest[k] = (less(at, before[0]), less(most, before[1])) if before else (at, most)
    found.held[:] = [Level(Fraction(*pair[0]), Fraction(*pair[1])) if pair else None for pair in lowest]
    for k in reversed(range(len(held) - 1)):
        held[k] = lower(held[k], held[k + 1])
    return found


def less(one: Pair, other: Pair) -> Pair:
    """Take the smaller of two fractions with positive denominators; it need not be in lowest terms."""
    return one if one[0] * other[1] < other[0] * one[1] else other


def lower(one: Level | None, other: Level | None) -> Level | None:
    """Take the lower of each number of two levels, of which either may be nobody's."""
    return Level(min(one.at, other.at), min(one.most, other.most)) if one and other else one or other


def with_capped(found: Levels, term: Term, at: Fraction, cap: Fraction) -> Levels:
    """Add a claim that only its own cap holds; it may miss that by a millionth of a task on every flavor."""
    full, missed = term.most * max(term.rate), found.missed
    if full > term.reached + sum(term.rate):
        missed = max(missed, Fraction(full, term.reached) - 1)
    lowest = (at, cap) if not found.cap else (min(found.capped, at), min(found.cap, cap))
    return Levels(found.held, *lowest, missed)


def level_bound(
    question: Question, claimed: Claimed, base: Standing, held: Sequence[Level | None], k: int
) -> tuple[int, Fraction]:
    """Find θ̄_k in parts of UNIT, 0 if there is none, and by what part of θ_k two millionths of a task for everybody raise it.

    A claim that level j < k holds must keep its z, but no more than its own rounding and a millionth above what θ_j can
    have been; all others of the program must reach min(θ·n, cap), and those outside it their least. For a claim that is held
    a millionth costs what its rate would cost more with it, if that is more.
    """
    prices, money = claimed.prices[k], MICRO * claimed.denominator
    keep = [int(UNIT * (level.most + level.at * LOOSENESS)) if level else 0 for level in held]
    now = held[k]
    start = int(UNIT * now.at) if now else 0
    left = ceil(UNIT * worth(question, prices), claimed.denominator)
    slope, dust, events = 0, 0, []
    for term in terms(question, claimed, base):
        cost, j, n = costs(question, prices, term), claimed.level_of[term.claim], term.heavy * term.per * MICRO
        if not term.inside:
            left -= UNIT * term.least * min(cost, default=0) // money
            continue
        if 0 <= j < k:
            must = min(term.reached, keep[j] * n // (term.of * UNIT) + sum(term.rate))
            paid = cost_curve(term, cost, must * UNIT, money)[0]
            left, more = left - paid, cost_curve(term, cost, (must + sum(term.rate)) * UNIT, money)[0] - paid
            dust += max(UNIT * sum(cost) // money, more)
        else:
            dust += UNIT * sum(cost) // money
            paid, steep, bends = cost_curve(term, cost, start * n // term.of, money)
            left, slope = left - paid, slope + steep
            events += bends
    top, less = (root(spent, start, slope, events) for spent in (left, min(left, max(left - 2 * dust, 0))))
    return top, Fraction(top - less, start) if start else Fraction(0)


def cost_curve(term: Term, cost: Row, rate: int, money: int) -> tuple[int, int, list[Pair]]:
    """Say what a rate costs at least (in parts of UNIT, as is the rate), how steeply that rises in θ, and where it bends.

    All is rounded so that too little is paid: amounts down, where it gets steeper late, where the cap is early.
    """
    n, of = term.heavy * term.per * MICRO, term.of
    walk, bends, paid = vertices(term, cost), [], -1
    t, h = next(walk)
    if rate < t * UNIT:
        paid = UNIT * h // money
    now = first = 0
    for ahead, above in walk:
        step, rise = ahead - t, above - h
        steep = UNIT * rise * n // (step * of * money)
        if paid >= 0:
            bends.append((ceil(UNIT * t * of, n), steep - now))
            now = steep
        elif rate < ahead * UNIT:
            paid = (h * UNIT * step + (rate - t * UNIT) * rise) // (step * money)
            first = now = steep
        t, h = ahead, above
    if paid < 0:
        return UNIT * h // money, 0, []
    return paid, first, [*bends, (UNIT * t * of // n, -now)]


def root(left: int, at: int, slope: int, events: list[Pair]) -> int:
    """Walk upwards from a level until what is left is spent; 0 if that never happens."""
    for there, change in sorted(events):
        if slope > 0 and slope * (there - at) >= left * UNIT:
            break
        left -= slope * max(there - at, 0) // UNIT
        at, slope = max(there, at), slope + change
    return at + ceil(left * UNIT, slope) if slope > 0 else 0


PROGRAMS = {"linear": linear, "nash": nash, "alpha_fair": alpha_fair, "leximin": leximin}


# ── what a plan claims ────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = {
    "linear": "the sum of weight times rate",
    "nash": "the sum of weight times the logarithm of the rate",
    "alpha_fair": "the sum of weight times rate^(1−alpha)/(1−alpha)",
    "leximin": "the smallest rate over reference, then the next",
}
GAINS = {"speed": "useful work", "runs": "tasks", "dominant": "dominant shares"}
WEIGHINGS = {
    "standing": "the member's share of standing, divided by what its claims ask",
    "member": "the member's share of standing",
    "priority": "the claim's priority",
    "value": "the claim's value",
    "budget": "the member's budget, which the plan states, divided by what its claims ask",
    "stated": "a column that the plan states, which is taken as it is",
}
POLICIES = {  # what the policies that come with Apportion may claim: program, what a rate counts, where weights come from
    "alpha_fair": {
        ("alpha_fair", "speed", "standing"),
        ("nash", "speed", "standing"),
        ("linear", "speed", "member"),
    },
    "auction": {("linear", "speed", "value")},
    "drf": {("leximin", "dominant", "standing")},
    "market": {("nash", "speed", "budget")},
    "max_min": {("leximin", "speed", "stated"), ("leximin", "runs", "stated")},
    "nash": {("nash", "speed", "standing")},
    "priority_packing": {("linear", "runs", "priority")},
    "utilitarian": {("linear", "speed", "member")},
}
WHOLE = {"auction", "priority_packing"}  # these grant whole tasks, of which divisible ones are only a loose bound


def in_words(claimed: Claimed) -> str:
    """Say what is claimed to be as large as possible."""
    alpha = f" with alpha {claimed.alpha}" if claimed.alpha else ""
    ceiling = f", nobody above {claimed.ceiling} parts per billion of the pool" if claimed.ceiling else ""
    return (
        f"{WORDS[claimed.program]}{alpha}; rates count {GAINS[claimed.gain]}, "
        f"{'references are' if claimed.program == 'leximin' else 'weights are'} {WEIGHINGS[claimed.weighing]}{ceiling}"
    )


def malformed(question: Question, claimed: Claimed, policy: str, parameters: dict[str, Any]) -> str:
    """Say what makes a claim one that cannot be meant, or that is not this policy's."""
    many, members, leximin = len(question.tasks), len(question.weight), claimed.program == "leximin"
    own = (claimed.program, claimed.gain, claimed.weighing)
    if claimed.program not in WORDS or claimed.gain not in GAINS or claimed.weighing not in WEIGHINGS:
        return "there is no such program, gain or weighing"
    checks = {
        f"{policy} divides by another program": own in POLICIES.get(policy, {own}),
        "alpha is not a number above 0 and below 1000 other than 1": claimed.program != "alpha_fair"
        or good_alpha(claimed.alpha),
        "the plan's parameter alpha asks for another program": policy not in POLICIES or agrees(claimed, parameters),
        "the prices are not one row a flavor, one column a resource": shaped(claimed.prices, question.capacity),
        "this program has one level of prices": leximin or len(claimed.prices) == 1,
        "a price is negative": all(p >= 0 for level in claimed.prices for row in level for p in row),
        "the denominator is not positive": claimed.denominator > 0,
        "what is stated is not one number ≥ 0 a claim": claimed.weighing != "stated" or column(claimed.stated, many),
        "the parts of what is stated are no number of parts": claimed.per >= 0,
        "budgets are not one number ≥ 0 a member": claimed.weighing != "budget" or column(claimed.budget, members),
        "levels are not one a claim, from −1 to the last": not leximin
        or (len(claimed.level_of) == many and all(-1 <= k < len(claimed.prices) for k in claimed.level_of)),
        "the ceiling is not a part of the pool": 0 <= claimed.ceiling <= 10**9,
        "a ceiling is claimed, and no guardrail asks for one": not claimed.ceiling or question.guarded,
    }
    return next((what for what, right in checks.items() if not right), "")


def good_alpha(alpha: str) -> bool:
    """Tell whether the program is defined for alpha."""
    return bool(decimal(alpha)) and 0 < Fraction(alpha) < 1000 and Fraction(alpha) != 1


def agrees(claimed: Claimed, parameters: dict[str, Any]) -> bool:
    """Tell whether a plan made with a parameter alpha claims the program of that alpha."""
    alpha = str(parameters.get("alpha", ""))
    if not numeral(alpha):
        return True
    program = {Fraction(0): "linear", Fraction(1): "nash"}.get(Fraction(alpha), "alpha_fair")
    return claimed.program == program and (program != "alpha_fair" or same(claimed.alpha, alpha))


def same(one: str, other: str) -> bool:
    """Tell whether two decimals are one number."""
    return bool(numeral(one) and numeral(other)) and Fraction(one) == Fraction(other)


def shaped(prices: Sequence[Sequence[Row]], capacity: Sequence[Row]) -> bool:
    """Tell whether every level of prices has the shape of the capacities."""
    return all([len(row) for row in level] == [len(row) for row in capacity] for level in prices)


def column(numbers: Row, many: int) -> bool:
    """Tell whether there are so many numbers, none of them negative."""
    return len(numbers) == many and all(n >= 0 for n in numbers)


class Finding(NamedTuple):
    """One line of the answer."""

    proof: str
    status: str
    meaning: str
    claim: int = -1


def optimal(
    question: Question,
    claimed: Claimed,
    texts: tuple[str, str, str],
    policy: str,
    parameters: dict[str, Any],
    wrong: Iterable[tuple[str, int]] | None = None,
) -> Finding:
    """Judge a claim to be optimal by the `texts` of objective, bound and gap that the plan states.

    `wrong` is what `infeasible` says of it, if that is known.
    """
    odd = malformed(question, claimed, policy, parameters)
    if odd:
        return Finding("optimal", "refuted", f"the certificate is none: {odd}")
    impossible = infeasible(question) if wrong is None else wrong
    for what, claim in chain(impossible, above_ceiling(question, claimed)):
        return Finding("optimal", "refuted", f"a plan that cannot be is no optimum: {what}", claim)
    now = stated(question, claimed)
    given = (now.objective, now.bound, now.gap)
    if texts != given:
        told, found = (", ".join(each or "nothing" for each in triple) for triple in (texts, given))
        why = f" ({now.why})" if now.why else ""
        meaning = f"objective, bound, gap: it states {told}; its grants and prices give {found}{why}"
        return Finding("optimal", "refuted", meaning, now.claim)
    return by_gap(now, claimed, policy)


def by_gap(now: Stated, claimed: Claimed, policy: str) -> Finding:
    """Judge a plan that states the right numbers."""
    if now.why:
        return Finding("optimal", "not_shown", f"the gap has no bound: {now.why}", now.claim)
    if now.excess <= 0:
        meaning = f"{in_words(claimed)}: within {now.gap} of the most there can be (allowed: {now.allowed})"
        return Finding("optimal", "holds", meaning)
    if policy in WHOLE:
        meaning = f"{in_words(claimed)}: within {now.gap} of what divisible tasks could reach, and these are whole ones"
        return Finding("optimal", "not_shown", meaning)
    return Finding(
        "optimal", "refuted", f"the gap {now.beyond or now.gap} is wider than {now.allowed}, which is all that may be"
    )


def above_ceiling(question: Question, claimed: Claimed) -> Iterator[tuple[str, int]]:
    """Find claims that hold more than the certificate's ceiling leaves them."""
    if claimed.ceiling:
        for term in terms(question, claimed, standing(question)):
            if sum(question.grants[term.claim]) > term.most:
                yield "a claim holds more than the ceiling leaves it", term.claim


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def no_number(name: str) -> float:
    """Refuse NaN and infinities."""
    raise ValueError(f"{name} is not a number")


decode = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_number).raw_decode
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode
blank = re.compile(r"[ \t\r\n]*")
separator = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*").match
decimal = re.compile(r"[0-9]+(\.[0-9]+)?(E[+-]?[0-9]{1,3})?").fullmatch
numeral = re.compile(r"-?[0-9]{1,99}(\.[0-9]{1,99})?(E[+-]?[0-9]{1,3})?").fullmatch
integer = re.compile(r"-?[0-9]{1,99}").fullmatch


def document(path: Path) -> str:
    """Read a file as text, compressed or not."""
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()


def skip(text_: str, at: int) -> int:
    """Pass over white space."""
    found = blank.match(text_, at)
    return found.end() if found else at


def after(text_: str, at: int, signs: str) -> int:
    """Expect one of some signs, and say what is behind it."""
    at = skip(text_, at)
    if text_[at : at + 1] not in tuple(signs):
        raise ValueError(f"character {at} should be one of {signs}")
    return skip(text_, at + 1)


class Part(NamedTuple):
    """A value in a file: read already, or, in a large file, still text from some place on, to be read value by value.

    Of an object that is still text, the parts are known.
    """

    read: Any
    text_: str = ""
    at: int = 0

    def whole(self) -> Any:
        """Read all of it."""
        return decode(self.text_, self.at)[0] if self.text_ else self.read

    def each(self) -> Iterator[Any]:
        """Read an array value by value."""
        return (value for value, _ in one_by_one(self.text_, self.at)) if self.text_ else iter(self.read)

    def fields(self) -> "dict[str, Part]":
        """Tell the parts of an object."""
        return dict(self.read) if self.text_ else {key: Part(value) for key, value in self.read.items()}


def opened(text_: str) -> dict[str, Part]:
    """Tell the parts of the one object that a file is."""
    found, end = part_at(text_, skip(text_, 0))
    if skip(text_, end) != len(text_):
        raise ValueError("something follows the end")
    return found.fields()


def part_at(text_: str, at: int) -> tuple[Part, int]:
    """Say what begins here, and where it ends; arrays of a large file are passed over, to be read later."""
    if len(text_) < LARGE or text_[at] not in "[{":
        value, end = decode(text_, at)
        return Part(value), end
    if text_[at] == "{":
        found, end = fields(text_, at)
        return Part(found, text_, at), end
    end = skip(text_, at + 1)
    for _, end in one_by_one(text_, at):  # noqa: B007  # the last one counts
        pass
    return Part(None, text_, at), skip(text_, end) + 1


def one_by_one(text_: str, at: int) -> Iterator[tuple[Any, int]]:
    """Read an array value by value, each with where it ends."""
    at = after(text_, at, "[")
    more = text_[at : at + 1] != "]"
    while more:
        value, end = decode(text_, at)
        yield value, end
        found = separator(text_, end)
        if not found:
            raise ValueError(f"character {end} should be a comma")
        more, at = found[1] == ",", found.end()


def fields(text_: str, at: int) -> tuple[dict[str, Part], int]:
    """Say what the parts of an object are, and where it ends."""
    found: dict[str, Part] = {}
    at = after(text_, at, "{")
    while text_[at : at + 1] != "}":
        key, at = decode(text_, at)
        if not isinstance(key, str) or key in found:
            raise ValueError(f"{key!r} is no key, or is there twice")
        found[key], at = part_at(text_, after(text_, at, ":"))
        at = skip(text_, at)
        at = after(text_, at, ",") if text_[at : at + 1] != "}" else at
    return found, at + 1


class Written(NamedTuple):
    """A situation as it is written down: the question without its grants, the names in it, and its true digest."""

    question: Question
    claims: list[str]
    members: list[str]
    flavors: list[str]
    resources: list[str]
    digest: str
    states: str


def read_situation(text_: str) -> Written:
    """Read a situation claim by claim, and work out its digest on the way."""
    parts = opened(text_)
    head = {key: part.whole() for key, part in parts.items() if key != "claims"}
    capacity = [wholes(row) for row in head["capacity"]]
    flavors, resources = head["flavors"], head["resources"]
    tree = Tree()
    columns = parts["claims"].fields()
    many = sum(1 for _ in columns["id"].each())
    for row in head_rows(head, many):
        tree.add(row)
    names: list[str] = []
    weight, guarded = wholes(head["standing"]["weight"]), bool(head["guardrails"])
    question = Question(capacity, weight, [], [], [], [], [], [], [], [], guarded)
    for cells in zip(*(columns[name].each() for name in CLAIM), strict=True):
        row = list(cells)
        tree.add(["claim", *row])
        name, member, _, tasks, least, bundle, _, _, priority, value, speed = row
        add_claim(question, member, tasks, least, bundle, priority, value, speed)
        names.append(name)
    right = [len(row) == len(resources) for row in chain(capacity, question.bundle)]
    right += [len(row) == len(flavors) for _, row in question.speed]
    right += [len(capacity) == len(flavors), all(0 <= m < len(question.weight) for m in question.member)]
    if not all(right) or len(set(names)) < len(names):
        raise ValueError("its columns do not fit together")
    return Written(question, names, head["members"]["id"], flavors, resources, tree.root(), head["digest"])


CLAIM = (
    "id",
    "member",
    "user",
    "tasks_micro",
    "min_tasks_micro",
    "bundle",
    "gpu_memory_milli_gib",
    "runtime",
    "priority",
    "value",
    "speed",
)
MEMBER = ("size", "contribution", "weight", "region", "group")
NODE = (
    "id",
    "owner",
    "flavor",
    "amount",
    "gpu_memory_milli_gib",
    "runtime",
    "idle_milli_watts",
    "max_milli_watts",
    "price_milli_per_hour",
    "region",
)


def head_rows(head: dict[str, Any], many: int) -> Iterator[Any]:
    """The rows of a situation before its claims, as they are hashed."""
    members, nodes, of = head["members"], head["nodes"], head["standing"]
    kept = ("resources", "flavors", "capacity", "window", "seed", "guardrails", "used")
    rows = [len(members["id"]), len(nodes["id"]), many]
    yield {key: head[key] for key in kept} | {"rows": rows}
    parents = [members["id"][parent] if parent >= 0 else "" for parent in members["parent"]]
    for row in zip(members["id"], parents, *(members[name] for name in MEMBER), strict=True):
        yield ["member", *row]
    for weight, entitlement in zip(of["weight"], of["entitlement"], strict=True):
        yield ["standing", weight, entitlement]
    for row in zip(*(nodes[name] for name in NODE), strict=True):
        yield ["node", *row]


def add_claim(
    question: Question, member: Any, tasks: Any, least: Any, bundle: Any, priority: Any, value: Any, speed: Any
) -> None:
    """Put one claim at the end of the columns."""
    amounts = (question.member, question.tasks, question.least, question.priority)
    for column, cell in zip(amounts, (member, tasks, least, priority), strict=True):
        column.append(whole(cell))  # type: ignore[attr-defined]  # being read, the columns are lists
    question.bundle.append(wholes(bundle))  # type: ignore[attr-defined]  # likewise
    question.value.append(decimals((value or "0",)))  # type: ignore[attr-defined]  # likewise
    question.speed.append(decimals(tuple(speed)))  # type: ignore[attr-defined]  # likewise


def whole(cell: Any) -> int:
    """Read a whole number; those beyond 2⁵³ are written as strings."""
    if type(cell) is int or (isinstance(cell, str) and integer(cell)):
        return int(cell)
    raise ValueError(f"{cell!r} is not a whole number")


def wholes(cells: Any) -> list[int]:
    """Read a row of whole numbers."""
    return cells if type(cells) is list and set(map(type, cells)) == {int} else [whole(cell) for cell in cells]


@lru_cache(maxsize=1 << 14)
def digits(cell: str) -> Pair:
    """Read a decimal as a whole number and how many of its digits stand behind the point.

    >>> digits("0.25"), digits("3E+1")
    ((25, 2), (3, -1))
    """
    if not isinstance(cell, str) or not decimal(cell):
        raise ValueError(f"{cell!r} is not one of the decimals")
    front, _, power = cell.partition("E")
    ahead, _, behind = front.partition(".")
    return int(ahead + behind), len(behind) - int(power or "0")


@lru_cache(maxsize=1024)
def decimals(cells: tuple[str, ...]) -> tuple[int, list[int]]:
    """Read a row of decimals as whole numbers over one power of ten.

    >>> decimals(("0.25", "3"))
    (100, [25, 300])
    """
    read = [digits(cell) for cell in cells]
    places = max([0, *(behind for _, behind in read)])
    return 10**places, [number * 10 ** (places - behind) for number, behind in read]


class Tree:
    """An RFC 6962 hash tree that grows leaf by leaf: one hash for each full subtree, the largest first."""

    def __init__(self) -> None:
        self.full: list[tuple[int, bytes]] = []

    def add(self, row: Any) -> None:
        """Add a row, hashed as its canonical JSON."""
        size, node = 1, hashlib.sha256(b"\x00" + encode(row).encode()).digest()
        while self.full and self.full[-1][0] == size:
            node = hashlib.sha256(b"\x01" + self.full.pop()[1] + node).digest()
            size *= 2
        self.full.append((size, node))

    def root(self) -> str:
        """Say the digest of all rows."""
        node = self.full[-1][1]
        for _, left in reversed(self.full[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


class Forged(Exception):
    """A plan says what cannot be."""


def read_grants(granted: Part, written: Written) -> list[Row]:
    """Read grants row by row: one row a claim, one column a flavor."""
    claim_at = {name: i for i, name in enumerate(written.claims)}
    flavor_at = {name: f for f, name in enumerate(written.flavors)}
    grants: list[list[int]] = [[0] * len(flavor_at) for _ in claim_at]
    member_of = [written.members[m] for m in written.question.member]
    for grant in granted.each():
        i, f, x = claim_at.get(grant["claim"], -1), flavor_at.get(grant["flavor"], -1), grant["tasks_micro"]
        if i < 0 or f < 0 or type(x) is not int:
            raise Forged(f"it grants {x} to {grant['claim']} on {grant['flavor']}, which nobody asked for")
        tasks, row = x / MICRO, grants[i]
        if grant.get("member", member_of[i]) != member_of[i] or grant.get("tasks", tasks) != tasks or row[f]:
            raise Forged(f"the grant of {grant['claim']} is there twice, or shows another member or amount than it has")
        row[f] = x
    return list(grants)


COLUMNS = ("stated", "budget", "level_of")
STATEMENTS = ("objective", "bound", "gap")
PLAIN = ("program", "gain", "weighing", "alpha", "ceiling", "per", *STATEMENTS)
UNREADABLE = (
    OSError,
    OverflowError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RecursionError,
    zlib.error,
)


def plan_digest(plan: dict[str, Any], written: Written, grants: Sequence[Row], prices: Any, certificate: Any) -> str:
    """SHA-256 of the signed core: policy, parameters, situation, grants, prices, certificate, and payments if any."""
    sha = hashlib.sha256()
    paid = [] if plan.get("payments") is None else [plan["payments"]]
    parameters = [[key, str(value)] for key, value in sorted((plan.get("parameters") or {}).items())]
    sha.update(encode([plan["policy"], parameters, plan["situation"]])[:-1].encode() + b",[")
    comma = b""
    for start in range(0, len(grants), AT_ONCE):
        rows = enumerate(grants[start : start + AT_ONCE], start)
        some = [[written.claims[i], written.flavors[f], cell(x)] for i, row in rows for f, x in enumerate(row) if x]
        sha.update(comma * bool(some) + encode(some)[1:-1].encode())
        comma = b"," if some else comma
    rest = [cells(prices["levels"]), str(prices["denominator"]), certificate, *paid]
    sha.update(b"]," + encode(rest)[1:].encode())
    return sha.hexdigest()


def cell(number: int) -> int | str:
    """Write a whole number as canonical JSON does."""
    return number if abs(number) < 2**53 else str(number)


def cells(numbers: Any) -> Any:
    """Write nested whole numbers."""
    return [cells(each) for each in numbers] if isinstance(numbers, list) else cell(numbers)


def read_claimed(raw: dict[str, Any], prices: dict[str, Any]) -> Claimed:
    """Read a certificate with its prices."""
    strange = set(raw) - {*COLUMNS, *PLAIN}
    if strange:
        raise ValueError(f"a certificate has no {', '.join(sorted(strange))}")
    return Claimed(
        str(raw.get("program", "")),
        str(raw.get("gain", "speed")),
        str(raw.get("weighing", "standing")),
        str(raw.get("alpha", "")),
        wholes(raw.get("stated", ())),
        wholes(raw.get("budget", ())),
        wholes(raw.get("level_of", ())),
        whole(raw.get("ceiling", 0)),
        prices["levels"],
        prices["denominator"],
        whole(raw.get("per", 0)),
    )


# ── the answer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(text_: str, situation: str) -> list[Finding]:
    """Judge a plan; both are what is in the files."""
    written = read_situation(situation)
    parts = opened(text_)
    plan = {key: part.whole() for key, part in parts.items() if key != "grants"}
    for states, who in ((written.states, "the situation states"), (plan["situation"], "the plan names")):
        if states != written.digest:
            return [Finding("situation", "refuted", f"digest {written.digest}; {who} {states}")]
    try:
        question = written.question._replace(grants=read_grants(parts["grants"], written))
    except Forged as what:
        return [Finding("plan", "refuted", str(what))]
    found = [Finding("situation", "holds", f"digest {written.digest}"), *judged(plan, written, question)]
    return [each if each.claim < 0 else named(each, written) for each in found]


def named(finding: Finding, written: Written) -> Finding:
    """Say which claim it is about."""
    claim, member = written.claims[finding.claim], written.members[written.question.member[finding.claim]]
    return finding._replace(meaning=f"{finding.meaning}: claim {claim} of {member}")


def judged(plan: dict[str, Any], written: Written, question: Question) -> Iterator[Finding]:
    """Judge a plan that names its situation rightly."""
    raw, prices = plan.get("certificate"), priced(plan.get("prices") or {})
    kept = [] if raw is None else {key: value for key, value in raw.items() if value or key in COLUMNS}
    digest = plan_digest(plan, written, question.grants, prices, kept)
    if plan["digest"] == digest:
        yield Finding("plan", "holds", f"digest {digest}")
    else:
        yield Finding("plan", "refuted", f"digest {digest}; it states {plan['digest']}")
    wrong = list(islice(infeasible(question), 1))
    if wrong:
        yield Finding("feasible", "refuted", *wrong[0])
    else:
        yield Finding("feasible", "holds", "all grants keep to claims, places and capacity")
    yield best(plan, question, wrong, raw, prices)


def best(
    plan: dict[str, Any],
    question: Question,
    wrong: Iterable[tuple[str, int]],
    raw: dict[str, Any] | None,
    prices: dict[str, Any],
) -> Finding:
    """Judge the certificate of a plan, and that the plan shows what it states; `wrong` says what is infeasible."""
    if raw is None:
        return Finding("optimal", "not_shown", "the plan claims no optimum")
    claimed = read_claimed(raw, prices)
    objective, bound, gap = (str(raw.get(name, "")) for name in STATEMENTS)
    shown = [plan.get(name) for name in STATEMENTS]
    if shown != [number_of(each) for each in (objective, bound, gap)]:
        return Finding("optimal", "refuted", f"it shows {shown} and its certificate states {objective}, {bound}, {gap}")
    return optimal(question, claimed, (objective, bound, gap), plan["policy"], plan.get("parameters") or {}, wrong)


def number_of(stated_text: str) -> float | None:
    """Read a stated number as people are shown it; None for none."""
    return float(stated_text) if numeral(stated_text) else None


def priced(raw: dict[str, Any]) -> dict[str, Any]:
    """Read prices."""
    levels = [[wholes(row) for row in level] for level in raw.get("levels") or ()]
    return {"levels": levels, "denominator": whole(raw.get("denominator", 1))}


def beside(plan: Path) -> Path:
    """Say where the situation of a plan is: PLAN.json → SITUATION.json, x.json → x.situation.json; or .gz, if newer."""
    stem = plan.name.removesuffix(".gz").removesuffix(".json")
    plain = plan.with_name("SITUATION.json" if stem == "PLAN" else f"{stem}.situation.json")
    found = [path for path in (plain, plain.with_name(f"{plain.name}.gz")) if path.exists()]
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=plain)


def main(arguments: Sequence[str]) -> int:
    """Check a plan, and say so."""
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python checker.py PLAN.json [SITUATION.json]\n")
        return 2
    plan = Path(arguments[0])
    situation = Path(arguments[1]) if len(arguments) > 1 else beside(plan)
    try:
        findings = check(document(plan), document(situation))
    except UNREADABLE as error:
        sys.stderr.write(f"{plan} with {situation}: not a plan and its situation: {error!r}\n")
        return 2
    for each in findings:
        sys.stdout.write(f"{each.proof:<10} {each.status:<10} {each.meaning}\n")
    return 6 if any(each.status == "refuted" for each in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
