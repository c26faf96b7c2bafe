"""Which claims are one claim in parts? Equal rows are put together exactly, and what they get is cut in their proportion.

Two claims with the same speeds and bundle, whose tasks and minima are in the proportion of u = w^(1/α), respond to
every price
in that proportion: together they are one claim of weight (Σ u)^α. So cutting a claim in pieces changes nothing, and thousands
of equal claims are no larger a problem than one.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.problem import Problem

PROBE = 2000  # rows among which equal ones are looked for first
DIGITS = 2.0**40  # proportions that agree to so many parts are equal


@dataclass(frozen=True, eq=False)
class Classes:
    """Claims put together: the problem of the classes, of each claim its class (M,), and its part of it (M,)."""

    problem: Problem
    of: Ints
    part: Floats


def classes(given: Problem, alpha: float) -> Classes | None:
    """Put equal claims together; None where hardly any are equal. Cost: O(M log M), but O(1) where a probe finds none."""
    if len(given) > PROBE:
        rows = given.rows(np.linspace(0, len(given) - 1, PROBE).astype(np.int64))
        if len(np.unique(_keys(rows, alpha), axis=0)) > 0.9 * PROBE:
            return None
    _, first, of = np.unique(_keys(given, alpha), axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    if len(first) == len(given):
        return None
    size = given.weight ** (1.0 / alpha)
    whole = np.bincount(of, size)
    tasks, least = (np.asarray(np.bincount(of, column), dtype=np.float64) for column in (given.tasks, given.minimum))
    weight = np.asarray(whole**alpha, dtype=np.float64)
    made = Problem(given.speed[first], given.bundle[first], given.capacity, tasks, weight, least)
    return Classes(made, of, size / whole[of])


def alike(given: Problem) -> Ints | None:
    """Of each claim the class of those with the same speeds, bundle and weight: (M,); None where hardly any are equal.

    To a linear objective they are one claim of all their tasks. Few claims are put in the order of their numbers even where
    all differ: of equally good divisions HiGHS finds one by the order of rows, which cutting a claim must not change.
    """
    if len(given) > PROBE:
        rows = given.rows(np.linspace(0, len(given) - 1, PROBE).astype(np.int64))
        if len(np.unique(np.column_stack([rows.speed, rows.bundle, rows.weight]), axis=0)) > 0.9 * PROBE:
            return None
    keys = np.column_stack([given.speed, given.bundle, given.weight])
    return np.asarray(np.unique(keys, axis=0, return_inverse=True)[1].ravel())


def _keys(given: Problem, alpha: float) -> Floats:
    """What must be equal: (M, F + R + 2)."""
    size = given.weight ** (1.0 / alpha)
    proportions = np.column_stack([given.tasks / size, given.minimum / size])
    mantissa, exponent = np.frexp(proportions)
    rounded = np.ldexp(np.rint(mantissa * DIGITS), exponent)
    return np.column_stack([given.speed, given.bundle, rounded])
