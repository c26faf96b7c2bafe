"""How much does each member's vote decide?

In a weighted vote [q; w_1 … w_N] a coalition wins if its weights add up to q or more. A member's vote swings a coalition
without it that wins only with it. With c_k swings among coalitions of k others,

    Shapley–Shubik_i = Σ_k c_k · k! (N−1−k)! / N!,    Banzhaf_i = Σ_k c_k / 2^(N−1),  as shares: divided by their sum.

A share of votes is not a share of power: with [4; 3, 2, 1] half of the votes are two thirds of the power.

Swings are counted exactly. The coalitions by weight and size are the coefficients of Π (1 + y·x^w_i): a member comes in by a
sum and goes out by a difference, modulo some 62-bit numbers whose rests give back the whole count. Both indices of a vote
and of its dual, in which those win who can stop it, are the same, so the smaller quota is counted. Cost: q·N for each member
and each different weight, N/62 times; 200 members with weights up to 300 take some seconds. Where votes are too many for
that and few members, all coalitions are looked at.

Sources: Shapley and Shubik, American Political Science Review 48, 1954; Banzhaf, Rutgers Law Review 19, 1965; generating
functions: Brams and Affuso, Theory and Decision 7, 1976; the dual: Taylor and Zwicker, *Simple Games*, 1999.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, gcd, prod

import numpy as np

from apportion.domain.arrays import Ints
from apportion.errors import BadInput, Fault
from apportion.solver.compiled import compiled

MOST = 2**25  # counts kept at once, 256 MiB
FEW = 22  # members, in four million coalitions


@dataclass(frozen=True)
class Power:
    """How votes turn into power.

    Attributes
    ----------
    weights, quota : of the vote
    swings : for each member, how many coalitions of 0, 1, …, N − 1 others it swings
    """

    weights: tuple[int, ...]
    quota: int
    swings: tuple[tuple[int, ...], ...]

    @cached_property
    def shapley_shubik(self) -> list[Fraction]:
        """The part of all orders of joining in which each member's vote decides: sums to 1."""
        many = len(self.weights)
        every = [many * comb(many - 1, k) for k in range(many)]
        return [sum((Fraction(c, e) for c, e in zip(row, every, strict=True) if c), Fraction(0)) for row in self.swings]

    @cached_property
    def decisive(self) -> list[Fraction]:
        """The part of all votes of the others in which each member's own decides: Banzhaf's measure before it is shared."""
        return [Fraction(sum(row), 2 ** (len(self.weights) - 1)) for row in self.swings]

    @cached_property
    def banzhaf(self) -> list[Fraction]:
        """The same as shares: sums to 1."""
        total = sum(sum(row) for row in self.swings)
        return [Fraction(sum(row), total) for row in self.swings]

    @property
    def veto(self) -> list[bool]:
        """Without whom nothing passes."""
        return [sum(self.weights) - weight < self.quota for weight in self.weights]

    @property
    def powerless(self) -> list[bool]:
        """Whose vote never decides, whatever its share of votes."""
        return [not any(row) for row in self.swings]


def power(weights: Sequence[int], quota: int) -> Power:
    """Count the swings of a weighted vote.

    Parameters
    ----------
    weights : (N,) whole and ≥ 0
    quota : votes with which a coalition wins, of 1 to all of them

    Raises
    ------
    BadInput
        for weights or a quota that are none, or for votes too large to be counted exactly.

    Examples
    --------
    >>> vote = power([3, 2, 1], 4)
    >>> [str(part) for part in vote.shapley_shubik], [str(part) for part in vote.banzhaf]
    (['2/3', '1/6', '1/6'], ['3/5', '1/5', '1/5'])
    """
    given = [_whole(weight) for weight in weights]
    _refuse(given, quota)
    return Power(tuple(given), quota, tuple(map(tuple, _swings(given, quota))))


def countable(weights: Sequence[int], quota: int) -> bool:
    """Tell whether `power` can count a vote: members times quota, or few members, are not too many."""
    small, least = _in_common(list(weights), quota)
    return least * (len(small) + 1) <= MOST or (len(small) <= FEW and sum(small) < 2**62)


def majority(weights: Sequence[int]) -> int:
    """The least number of votes that is more than half.

    >>> majority([3, 2, 1])
    4
    """
    return sum(weights) // 2 + 1


def _whole(weight: int) -> int:
    return int(weight) if float(weight).is_integer() else -1


def _refuse(weights: list[int], quota: int) -> None:
    wrong = [m for m, weight in enumerate(weights) if weight < 0]
    faults = [Fault(f"of member {m} is negative or not whole", "weights", "give whole votes ≥ 0") for m in wrong]
    total = sum(weights)
    if not wrong and total == 0:
        faults.append(Fault("nobody has a vote", "weights", "give some member a weight"))
    elif not wrong and not 1 <= quota <= total:
        faults.append(Fault(f"is {quota} of {total} votes", "quota", f"give a number from 1 to {total}"))
    if faults:
        raise BadInput(faults)


def _swings(weights: list[int], quota: int) -> list[list[int]]:
    """Count in units of what all weights have in common, and in the dual where its quota is smaller."""
    small, least = _in_common(weights, quota)
    found = _counted(small, least)
    itself = least == -(-quota // gcd(*weights))
    return found if itself else [row[::-1] for row in found]  # who swings S, swings those outside in the dual


def _in_common(weights: list[int], quota: int) -> tuple[list[int], int]:
    common = gcd(*weights) or 1
    small, least = [weight // common for weight in weights], -(-quota // common)
    return small, min(least, sum(small) - least + 1)


def _counted(weights: list[int], quota: int) -> list[list[int]]:
    many = len(weights)
    if quota * (many + 1) <= MOST:
        return _by_weight(weights, quota)
    if many <= FEW and sum(weights) < 2**62:
        return _by_coalitions(weights, quota)
    mend = "round the weights to fewer digits: their ratios decide, not their unit"
    raise BadInput(f"{many} members and a quota of {quota} are too many to count exactly", "weights", mend)


def _by_weight(weights: list[int], quota: int) -> list[list[int]]:
    """Count modulo some numbers that share no factor, whose product is above every count, and put the rests together."""
    given = np.array([min(weight, quota) for weight in weights], dtype=np.int64)  # heavier ones all win alone
    each, of = np.unique(given, return_inverse=True)
    moduli = _moduli(len(weights))
    rests = [_swings_modulo(given, each, quota, modulus) for modulus in moduli]
    product = prod(moduli)
    parts = [product // m * pow(product // m, -1, m) for m in moduli]
    counts = np.tensordot(np.array(parts, dtype=object), np.array(rests).astype(object), 1) % product
    return [counts[k].tolist() for k in of]


def _moduli(bits: int) -> list[int]:
    """Whole numbers below 2^62 without a common factor, whose product is above 2^bits."""
    found, candidate = [2**62 - 1], 2**62 - 1
    while prod(found) <= 2**bits:
        candidate -= 2
        if gcd(candidate, prod(found)) == 1:
            found.append(candidate)
    return found


@compiled
def _swings_modulo(weights: Ints, each: Ints, quota: int, modulus: int) -> Ints:
    """Swings of a member of each weight (D,), by size of the coalition of others: (D, N)."""
    many = len(weights)
    product = np.zeros((quota, many + 1), dtype=np.int64)
    product[0, 0] = 1
    for i in range(many):
        for s in range(quota - 1, weights[i] - 1, -1):
            for k in range(min(i + 1, many), 0, -1):  # downwards, for a weight of 0
                more = product[s, k] + product[s - weights[i], k - 1]
                product[s, k] = more - modulus if more >= modulus else more
    swings = np.zeros((len(each), many), dtype=np.int64)
    others = np.empty((quota, many), dtype=np.int64)
    for d in range(len(each)):
        w = each[d]
        for s in range(quota):
            for k in range(many):
                fewer = product[s, k]
                if s >= w and k > 0:
                    fewer -= others[s - w, k - 1]
                    fewer = fewer + modulus if fewer < 0 else fewer
                others[s, k] = fewer
                if s >= quota - w:
                    total = swings[d, k] + fewer
                    swings[d, k] = total - modulus if total >= modulus else total
    return swings


def _by_coalitions(weights: list[int], quota: int) -> list[list[int]]:
    """Look at every coalition."""
    many = len(weights)
    total, people = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for weight in weights:
        total, people = np.concatenate([total, total + weight]), np.concatenate([people, people + 1])
    found = []
    for m, weight in enumerate(weights):
        out = total.reshape(-1, 2, 1 << m)[:, 0]
        swung = (out < quota) & (out + weight >= quota)
        found.append(np.bincount(people.reshape(-1, 2, 1 << m)[:, 0][swung], minlength=many).tolist())
    return found
