"""How are amounts written down exactly?

Amounts are whole thousandths (``int64``) of the unit in the column's name; tasks are whole millionths (*micro-tasks*).
Speeds, weights and values are decimals of at most 15 digits: a float64 holds such a decimal without loss, its shortest
``repr`` gives it back, and arithmetic that must be exact uses that decimal as a `Fraction`, never the binary float.
"""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from apportion.domain.arrays import Ints

MILLI = 1_000
MICRO = 1_000_000
INT64_MAX = 2**63 - 1


def decimal_text(value: float) -> str:
    """Write a decimal canonically: ``0.5``, ``2``, ``1E+20``; the same text for the same number, always.

    >>> decimal_text(2.0), decimal_text(0.1), decimal_text(1e20)
    ('2', '0.1', '1E+20')
    """
    number = Decimal(repr(float(value))).normalize()
    return str(number) if number else "0"


def fraction(value: float) -> Fraction:
    """Return the decimal that a float stands for, as an exact fraction.

    >>> fraction(0.1)
    Fraction(1, 10)
    """
    return Fraction(Decimal(repr(float(value))))


def amount_text(thousandths: int) -> str:
    """Write whole thousandths for people: ``2500`` is ``2.5``.

    >>> amount_text(2500), amount_text(8000), amount_text(-1)
    ('2.5', '8', '-0.001')
    """
    sign, whole = ("-", -thousandths) if thousandths < 0 else ("", thousandths)
    rest = f"{whole % MILLI:03d}".rstrip("0")
    return f"{sign}{whole // MILLI}{'.' + rest if rest else ''}"


def exact_products(tasks: Ints, bundle: Ints) -> Ints:
    """Sum ``tasks[i, f] · bundle[i, r]`` over i without overflow: (M, F), (M, R) → (F, R).

    The result is ``int64`` where it surely fits, otherwise an object array of Python integers: right either way.
    """
    if tasks.size == 0 or bundle.size == 0:
        return np.zeros((tasks.shape[1], bundle.shape[1]), dtype=np.int64)
    bound = np.abs(tasks).astype(np.float64).T @ np.abs(bundle).astype(np.float64)
    if bound.max(initial=0.0) < 2.0**62:
        return tasks.T @ bundle
    return np.asarray(tasks.astype(object).T @ bundle.astype(object))


def whole_weights(weights: list[Fraction], largest: int = 10**9) -> Ints:
    """Turn rational weights into integers in the same proportion, exactly where none exceeds `largest`.

    Beyond that they are floored to `largest` parts of the greatest; a positive weight stays positive.

    >>> whole_weights([Fraction(1, 3), Fraction(1, 6), Fraction(0)])
    array([2, 1, 0])
    """
    if not any(weights):
        return np.zeros(len(weights), dtype=np.int64)
    common = math.lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * common) for weight in weights]
    divisor = math.gcd(*whole)
    top = max(whole) // divisor
    if top > largest:
        return np.array([max(value // divisor * largest // top, 1) if value else 0 for value in whole], dtype=np.int64)
    return np.array([value // divisor for value in whole], dtype=np.int64)


def whole_shares(total: int, weights: Ints, order: Ints) -> Ints:
    """Divide `total` units by integer weights: floor, then one more unit each by largest remainder, ties by `order`.

    Parameters
    ----------
    weights : (N,) integers ≥ 0
    order : (N,) position of each in the tie order (see `ties`)

    Returns
    -------
    (N,) integers that sum to `total`, or zeros if no weight is positive.

    >>> whole_shares(10, np.array([1, 1, 1]), np.array([2, 0, 1]))
    array([3, 4, 3])
    """
    scale = int(sum(map(int, weights)))
    if scale == 0:
        return np.zeros(len(weights), dtype=np.int64)
    parts = [divmod(total * int(weight), scale) for weight in weights]
    share = np.array([quotient for quotient, _ in parts], dtype=np.int64)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-parts[i][1], int(order[i])))
    for i in by_remainder[: total - int(share.sum())]:
        share[i] += 1
    return share
