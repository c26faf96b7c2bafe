"""Does another solver, or the definition itself, come to the same answer?

For objectives with one number: the division that Clarabel finds (through cvxpy), moved until it is exactly feasible, may be
worth at most 10⁻⁶ more than ours, and never may it exceed the bound; ours may only be worth more than that where the bound
proves it to 10⁻⁸. For leximin: by the definition, no claim can rise unless one that is no better off falls; and no level
can be beyond its bound.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import count, islice, product

import cvxpy as cp
import numpy as np
from case import Case, distance, feasible, worth
from scipy.optimize import linprog
from small import KINDS, OBJECTIVES, small

from apportion.solver import solve
from apportion.solver.problem import Answer

NEAR = 1e-6
ASKED = 1e-8  # the solver's own tolerance; where it says that it did not reach it, it must still be near
TINY = 2.0**-52
STEEP = 10.0  # alpha from which on Clarabel is asked for logarithms
LEXIMIN = ("max_min", "drf")
ALPHA = {"utilitarian": 0.0, "nash": 1.0}


def faults(made: Case) -> Iterator[str]:
    """Solve a small problem and say, one by one, what is wrong with the answer."""
    try:
        found = solve(made.objective, **made.given())
    except Exception as error:  # noqa: BLE001  # whatever it is, there is no answer, and the other problems are still tried
        yield f"no answer: {error!r}"
        return
    if not found.gap <= (ASKED if found.reached else NEAR):
        yield f"gap {found.gap:.1e}, reached: {found.reached}"
    yield from infeasible(made, found)
    yield from (unlike_leximin if made.objective in LEXIMIN else unlike_peer)(made, found)


def infeasible(made: Case, found: Answer) -> Iterator[str]:
    """Feasibility in exact fractions, up to the rounding of one sum of floats."""
    if (found.x < 0).any() or found.x[~made.usable].any():
        yield "tasks where there may be none"
    for f, r in np.ndindex(made.capacity.shape):
        used = sum(
            Fraction(a) * Fraction(b) for a, b in zip(found.x[:, f].tolist(), made.bundle[:, r].tolist(), strict=True)
        )
        if used > Fraction(made.capacity[f, r]) * (1 + (len(found.x) + 1) * Fraction(TINY)):
            yield f"flavor {f}, resource {r}: {float(used)!r} of {made.capacity[f, r]!r}"
    granted = found.x.sum(axis=1)
    if (granted > made.most * (1 + 8 * TINY)).any() or (granted < made.least * (1 - 8 * TINY)).any():
        yield "more than the cap, or less than the minimum"


def unlike_peer(made: Case, found: Answer) -> Iterator[str]:
    """Compare with Clarabel's division."""
    if not made.served.any():
        return
    theirs = by_clarabel(made)
    ours = distance(made, worth(made, theirs), worth(made, found.x))
    if ours > NEAR or (ours < -NEAR and not found.reached):  # Clarabel may stop short; then our bound says who is right
        yield f"Clarabel's division is better by {ours:.2e}"
    over = distance(made, worth(made, theirs), found.bound)
    if over > 1e-12:
        yield f"Clarabel's division is beyond the bound by {over:.2e}"
    stated = distance(made, found.bound, found.value)
    if not -1e-12 <= stated <= found.gap + 1e-12:
        yield f"value, bound and gap do not fit: {found.value!r} {found.bound!r} {found.gap!r}"
    if abs(distance(made, found.value, worth(made, found.x))) > 1e-12:
        yield f"the value {found.value!r} is not that of x, {worth(made, found.x)!r}"


def by_clarabel(made: Case) -> np.ndarray:
    """Clarabel's division, moved until it is feasible: the better of two, in units that suit claims with and without caps."""
    at, alpha = np.flatnonzero(made.served), ALPHA.get(made.objective, made.alpha)
    factor = made.weight[at] * made.gain.max(axis=1)[at] ** (1 - alpha)
    units = [np.ones(len(at)), *([factor ** (1 / alpha)] if alpha else [])]
    tried = [feasible(made, _by_clarabel(made, at, alpha, factor, unit / unit.max())) for unit in units]
    return max(tried, key=lambda x: worth(made, x))


def _by_clarabel(made: Case, at: np.ndarray, alpha: float, factor: np.ndarray, unit: np.ndarray) -> np.ndarray:
    share = cp.Variable((len(at), made.gain.shape[1]), nonneg=True)
    x = cp.multiply(unit[:, None], share)
    part = made.gain[at] / made.gain[at].max(axis=1, keepdims=True)
    rate = cp.sum(cp.multiply(part, share), axis=1)
    scaled = factor * unit ** (1 - alpha)
    smooth = {0.0: lambda: rate, 1.0: lambda: cp.log(rate)}.get(alpha, lambda: cp.power(rate, 1 - alpha) / (1 - alpha))
    worth = (scaled / scaled.max()) @ smooth() if alpha < STEEP else -cp.log_sum_exp(_logs(scaled, alpha, rate))
    problem = cp.Problem(cp.Maximize(worth), [*_limits(made, x, at)])
    with warnings.catch_warnings(), suppress(cp.SolverError):  # one that gives up leaves no value
        warnings.simplefilter("ignore")  # cvxpy warns of inexact answers, which are judged by their worth
        problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    full = np.zeros(made.gain.shape)
    full[at] = 0 if x.value is None else x.value
    return full


def _logs(scaled: np.ndarray, alpha: float, rate: cp.Expression) -> cp.Expression:
    """Logarithms of the terms of Σ w z^(1−α): the sum is least where its logarithm is, and no power leaves the floats."""
    return np.log(scaled / scaled.max()) + (1 - alpha) * cp.log(rate)


def _limits(made: Case, x: cp.Expression, at: np.ndarray) -> Iterator[cp.Constraint]:
    yield from (x[i, f] == 0 for i, f in zip(*np.nonzero(~made.usable[at]), strict=True))
    for f, r in np.argwhere(made.capacity > 0):
        if made.bundle[at, r].any():
            yield made.bundle[at, r] @ x[:, f] <= made.capacity[f, r]
    granted = cp.sum(x, axis=1)
    some = np.flatnonzero(np.isfinite(made.most[at]))
    if len(some):
        yield granted[some] <= made.most[at][some]
    if made.minimum is not None:
        yield granted >= made.minimum[at]


def unlike_leximin(made: Case, found: Answer) -> Iterator[str]:
    """Test the answer by the definition of leximin, and each level's bound by a linear program for that level."""
    ratio = (made.gain * found.x).sum(axis=1) / made.weight
    cap = made.gain.max(axis=1) * np.where(made.served, made.most, 0) / made.weight
    at_cap = ratio >= cap * (1 - 1e-9)
    if (made.served & ~at_cap & (found.level_of < 0)).any():
        yield "a claim below its cap has no level"
    worst = float(np.log(found.level_bounds / found.levels).max(initial=0))
    if not worst <= found.gap + 1e-12:
        yield f"the gap is stated as {found.gap!r}, a level's is {worst!r}"
    for k, (level, bound) in enumerate(zip(found.levels, found.level_bounds, strict=True)):
        here = made.served & (found.level_of == k)
        if abs(ratio[here].min() / level - 1) > 1e-9 or not level <= bound <= level * (1 + NEAR):
            yield f"level {k} is {ratio[here].min()!r}, stated as {level!r} with bound {bound!r}"
        earlier = (found.level_of >= 0) & (found.level_of < k)
        rising = made.served & ~earlier & (cap > level * (1 + 1e-9))
        best = highest(made, rising, np.where(rising, 0, ratio), ratio)
        if not best <= bound + NEAR * (bound + alone(made)[rising].min()):
            yield f"level {k} can be {best!r}, beyond its bound {bound!r}"
    for i in np.flatnonzero(made.served & ~at_cap):
        held, only = np.where(ratio <= ratio[i] * (1 + NEAR), ratio, 0.0), np.arange(len(ratio)) == i
        # in units of what it could have alone: of a claim that may rise ten orders of magnitude, HiGHS would not see the use
        best = highest(made, only, held, np.where(only, np.minimum(cap, alone(made)), ratio))
        if not best <= ratio[i] + NEAR * (ratio[i] + alone(made)[i]):
            yield f"claim {i} at {ratio[i]!r} can rise to {best!r} without harm to those no better off"


def alone(made: Case) -> np.ndarray:
    """Rate over weight that each claim would have with the whole pool to itself, caps aside: (M,)."""
    need, endless = made.bundle[:, None], np.full((*made.speed.shape, made.bundle.shape[1]), 1e300)
    most = np.divide(made.capacity, need, out=endless, where=need > 0).min(axis=2)
    return np.asarray((made.gain * most).sum(axis=1) / made.weight)


def highest(made: Case, rising: np.ndarray, held: np.ndarray, like: np.ndarray) -> float:
    """The largest θ such that every claim `rising` has rate ≥ θ · weight and every other `held` · weight: one linear program.

    `like` (M,) are ratios of the size that is expected; the program's numbers are in those units.
    """
    i, f = np.argwhere(made.usable & (made.gain > 0)).T
    size = np.where(like > 0, like, 1.0)
    unit = (size * made.weight / made.gain.max(axis=1).clip(1e-300))[i]
    scale = float(size[rising].max())
    rooms = np.argwhere(made.capacity > 0)
    rows = [np.append(made.bundle[i, r] * unit * (f == g) / made.capacity[g, r], 0) for g, r in rooms]
    right = [1.0] * len(rows)
    for k in np.flatnonzero(made.served):
        mine, room = unit * (i == k), max(made.most[k], 1e-300)
        rows.append(np.append(-made.gain[i, f] * mine / (size[k] * made.weight[k]), rising[k] * scale / size[k]))
        right.append(0.0 if rising[k] else -held[k] / size[k])
        if np.isfinite(room):
            rows.append(np.append(mine / room, 0))
            right.append(1.0)
        if made.least[k] > 0:
            rows.append(np.append(-mine / made.least[k], 0))
            right.append(-1.0)
    cost = np.append(np.zeros(len(i)), -1)
    fine = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    solved = linprog(cost, np.array(rows), right, method="highs", options=fine)
    return float(solved.x[-1]) * scale if solved.success else np.nan


def tried(problems: int, seed: int) -> Iterator[tuple[str, str, int]]:
    """Kinds and objectives in turn, with rising seeds."""
    return islice(
        ((kind, objective, at) for at in count(seed) for kind, objective in product(KINDS, OBJECTIVES)), problems
    )


def agreement(problems: int, seed: int, say: Callable[[str], None] = print) -> bool:
    """Try that many problems; tell whether all agree."""
    wrong = [(name, fault) for name in tried(problems, seed) for fault in faults(small(*name))]
    for (kind, objective, at), fault in wrong:
        say(f"{kind}, {objective}, seed {at}: {fault}")
    say(f"{problems:,} small problems from seed {seed}: {len({name for name, _ in wrong})} disagree")
    return not wrong


if __name__ == "__main__":
    sys.exit(not agreement(int(sys.argv[1]), int(sys.argv[2])))
