"""How little would coalitions have to be taxed for leaving so that none leaves, and what division is that?

    ε* = min ε   such that   x(N) = v(N),   x(S) ≥ v(S) − ε   for every coalition S but nobody and all

ε* ≤ 0: the core is not empty, and every coalition can have −ε* more than by itself. ε* > 0: the core is empty, and ε* is the
least that leaving would have to cost. Many divisions may do; given is one whose gains x_m − v({m}) are as even as the
least core allows (their largest is smallest).

A linear program with a row a coalition, of which few matter: rows come in only when a division that the program likes
violates them. Source: Maschler, Peleg and Shapley, Mathematics of Operations Research 4, 1979.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apportion.alliances.coalitions import EXACT, FINE, every, members_of, scale, sums
from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput

Violated = Callable[[Floats, float], tuple[Bools, Floats]]  # division, ε → coalitions (K, N) and their worths (K,)
AT_ONCE = 32  # rows that come in together
ROUNDS = 10_000


@dataclass(frozen=True, eq=False)
class LeastCore:
    """A division (N,) of the least core, ε*, and how many coalitions the program had to look at."""

    division: Floats
    epsilon: float
    rows: int

    @property
    def core_is_empty(self) -> bool:
        return self.epsilon > 0


def least_core(v: Floats) -> LeastCore:
    """Find the least core of a game (2^N,).

    >>> found = least_core(np.array([0, 0, 0, 1, 0, 1, 1, 1.0]))  # a majority of three
    >>> round(found.epsilon, 6), found.division.round(6).tolist()
    (0.333333, [0.333333, 0.333333, 0.333333])
    """
    many = members_of(v)
    unit = scale(v)
    worth = v / unit

    def violated(x: Floats, epsilon: float) -> tuple[Bools, Floats]:
        excess = worth - sums(x) - epsilon
        excess[[0, -1]] = -np.inf
        most = np.argpartition(excess, -min(AT_ONCE, len(excess)))[-AT_ONCE:]
        rows = most[excess[most] > EXACT]
        return all_[rows], worth[rows]

    all_ = every(many)
    single = worth[1 << np.arange(many)]
    found = generated(violated, float(worth[-1]), single)
    epsilon = found.epsilon * unit
    return LeastCore(found.division * unit, 0.0 if abs(epsilon) <= EXACT * unit else epsilon, found.rows)


def generated(violated: Violated, whole: float, single: Floats) -> LeastCore:
    """Find the least core by letting `violated` name coalitions whose rows are missing.

    Parameters
    ----------
    violated : coalitions with v(S) > x(S) + ε, beyond a tolerance of its own; none if there is none
    whole, single : v(N), and v({m}) (N,)
    """
    many = len(single)
    if many == 1:
        return LeastCore(np.array([whole]), 0.0, 0)
    rows, worth = np.eye(many, dtype=bool), np.asarray(single, dtype=np.float64)
    even = False
    x, epsilon = np.empty(0), np.inf
    for _ in range(ROUNDS):
        if even:
            x = _even(rows, worth, whole, single, epsilon)
        else:
            x, epsilon = _program(rows, worth, whole)
        more, theirs = violated(x, epsilon + (EXACT if even else 0.0))
        new = ~(more[:, None, :] == rows[None, :, :]).all(axis=2).any(
            axis=1
        )  # the others are held as well as HiGHS can
        if new.any():
            rows, worth = np.vstack([rows, more[new]]), np.append(worth, theirs[new])
        elif even:
            return LeastCore(x, epsilon, len(rows))
        else:
            even = True
    raise BadInput(f"no end after {ROUNDS} programs", "least core", "the worths may not be those of one game")


def _program(rows: Bools, worth: Floats, whole: float) -> tuple[Floats, float]:
    """Minimise ε over the rows there are."""
    from scipy.optimize import linprog

    many = rows.shape[1]
    found = linprog(
        np.append(np.zeros(many), 1.0),
        A_ub=-np.column_stack([rows, np.ones(len(rows))]),
        b_ub=-worth,
        A_eq=np.append(np.ones(many), 0.0)[None, :],
        b_eq=[whole],
        bounds=(None, None),
        options=FINE,
    )
    return found.x[:-1], float(found.x[-1])


def _even(rows: Bools, worth: Floats, whole: float, single: Floats, epsilon: float) -> Floats:
    """Minimise the largest gain within the least core."""
    from scipy.optimize import linprog

    many = len(single)
    within = np.column_stack([-rows.astype(np.float64), np.zeros(len(rows))])
    gains = np.column_stack([np.eye(many), -np.ones(many)])
    found = linprog(
        np.append(np.zeros(many), 1.0),
        A_ub=np.vstack([within, gains]),
        b_ub=np.append(epsilon + EXACT - worth, single),
        A_eq=np.append(np.ones(many), 0.0)[None, :],
        b_eq=[whole],
        bounds=(None, None),
        options=FINE,
    )
    return np.asarray(found.x[:-1])
