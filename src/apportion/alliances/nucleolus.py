"""Which division leaves the least satisfied coalition as satisfied as can be, then the next, and so on?

Among the divisions of v(N) that give every member at least v({m}) (all divisions, where there is none), the nucleolus
makes the largest excess v(S) − x(S) as small as possible, then the second largest, and so on. There is exactly one; it is in
the least core, and in the core where there is one.

A program for each level: minimise ε over the coalitions that are not settled. Those with a positive price hold with equality
in every best division, so they are settled at that ε; so is every coalition whose row the settled ones span, which is what
keeps ties from going round in circles. Each level settles at least one row that was not spanned, so N programs at most. The
answer is then the solution of the settled rows, which are zeros and ones, so no error of the programs is left in it.

Cost: 2^N rows a program, brought in as they are violated; up to 14 members.
Sources: Schmeidler, SIAM Journal on Applied Mathematics 17, 1969; Derks and Kuipers, *Implementing the simplex method for
computing the prenucleolus of transferable utility games*, 1997; Benedek, Fliege and Nguyen, Mathematical Programming 190,
2021.
"""

from dataclasses import dataclass, field

import numpy as np

from apportion.alliances.coalitions import EXACT, FINE, every, members_of, scale
from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput

MOST = 14
PRICED = 1e-7  # prices of a vertex are ratios of small whole numbers: below this they are 0
AT_ONCE = 64


@dataclass(eq=False)
class Settled:
    """Rows that hold with equality: coalitions (K, N) and what each has (K,)."""

    rows: Floats
    amount: Floats
    levels: list[float] = field(default_factory=list)

    def add(self, rows: Floats, amount: Floats) -> None:
        """Settle rows, leaving out those that others span."""
        for row, one in zip(rows, amount, strict=True):
            if np.abs(free_part(self.rows, row[None, :])).max(initial=0.0) > EXACT:
                self.rows, self.amount = np.vstack([self.rows, row]), np.append(self.amount, one)


def nucleolus(v: Floats) -> Floats:
    """Divide v(N) of a game (2^N,): (N,).

    Of costs c give v = −c, and change the sign of the answer.

    Raises
    ------
    BadInput
        for more than 14 members.

    Examples
    --------
    >>> nucleolus(np.array([0, 0, 0, 1, 0, 1, 0, 1.0])).round(9).tolist()  # a left glove, two right ones
    [1.0, 0.0, 0.0]
    """
    many = members_of(v)
    if many > MOST:
        raise BadInput(
            f"{many} members are too many for a nucleolus", "--credit", f"{MOST} at most: take least_core or shapley"
        )
    unit = scale(v)
    worth = v / unit
    single = worth[1 << np.arange(many)]
    least = single if single.sum() <= worth[-1] + EXACT else np.full(many, -np.inf)
    settled = Settled(np.ones((1, many)), np.array([worth[-1]]))
    everyone = every(many)[1:-1].astype(np.float64)
    while len(settled.rows) < many:
        _settle(worth[1:-1], everyone, least, settled)
    return np.asarray(np.linalg.solve(settled.rows, settled.amount)) * unit


def free_part(rows: Floats, others: Floats) -> Floats:
    """What of some rows (K, N) the settled rows do not span: their part along each direction that is still free."""
    return np.asarray(others @ np.linalg.svd(rows)[2][len(rows) :].T)


def _settle(worth: Floats, everyone: Floats, least: Floats, settled: Settled) -> None:
    """Solve one level, and settle what holds with equality in all its best divisions."""
    free = np.abs(free_part(settled.rows, everyone)).max(axis=1, initial=0.0) > EXACT
    rows, theirs = everyone[free], worth[free]
    known = rows.sum(axis=1) == 1  # with these ε has a lower end
    known[np.argsort(-theirs, kind="stable")[:AT_ONCE]] = True
    while True:
        x, epsilon, priced, bounded = _program(rows[known], theirs[known], least, settled)
        excess = np.where(known, -np.inf, theirs - rows @ x - epsilon)
        if excess.max(initial=-np.inf) <= EXACT:
            break
        known[np.argsort(-excess, kind="stable")[:AT_ONCE]] = True
    tight, amount = rows[known][priced], theirs[known][priced] - epsilon
    settled.levels.append(epsilon)
    settled.add(tight, amount)
    settled.add(np.eye(len(least))[bounded], least[bounded])


def _program(rows: Floats, worth: Floats, least: Floats, settled: Settled) -> tuple[Floats, float, Bools, Bools]:
    """Minimise ε: the division, ε, which rows have a price, and which members are held at their least by one."""
    from scipy.optimize import linprog

    many = rows.shape[1]
    found = linprog(
        np.append(np.zeros(many), 1.0),
        A_ub=-np.column_stack([rows, np.ones(len(rows))]),
        b_ub=-worth,
        A_eq=np.column_stack([settled.rows, np.zeros(len(settled.rows))]),
        b_eq=settled.amount,
        bounds=[*((low if np.isfinite(low) else None, None) for low in least), (None, None)],
        method="highs-ds",
        options=FINE,
    )
    return found.x[:-1], float(found.x[-1]), found.ineqlin.marginals < -PRICED, found.lower.marginals[:-1] > PRICED
