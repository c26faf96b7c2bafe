"""How high does the water stand when all rise together?

Progressive filling. Every pair (claim i, flavor f) rises at its own rate as one level t grows, from what it holds already:

    x[i,f](t) = base[i,f] + rate[i,f] · (min(t, end_i) − start_i)⁺

where start_i is the level at which the rates, from level `begin_i` on, would have given what i holds (so a claim with a
minimum waits until the others have caught up) and end_i the level at which Σ_f x[i,f] reaches `most_i`. When resource r of
flavor f is used up, all pairs that need it stop; the others go on, until nothing can rise. Between two such events the use
of every resource is piecewise linear in t with kinks only at starts and ends, so the next event is found by bisection over
the sorted kinks and one division: exact up to the rounding of floats, no iteration. Rounds ≤ F·R a phase, each
O(M log M + M·F·R).

Sources: Bertsekas and Gallager, *Data Networks*, 2nd ed., 1992 (filling and max-min fairness); Ghodsi et al., NSDI 2011, 4.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import MICRO
from apportion.solver.compiled import compiled


@dataclass(frozen=True, eq=False)
class Filling:
    """Where everything stopped.

    Attributes
    ----------
    tasks : (M, F) micro-tasks, real numbers
    level : (M,) level, of the claim's own phase, at which it stopped; infinite if it never rose
    full : (F, R) which resources were used up
    """

    tasks: Floats
    level: Floats
    full: Bools


def fill(
    rate: Floats,
    most: Ints | Floats,
    bundle: Ints,
    capacity: Ints,
    base: Floats | None = None,
    phase: Ints | None = None,
    steady: bool = False,
    begin: Floats | None = None,
) -> Filling:
    """Fill phase after phase: a later one gets what the earlier ones left.

    Parameters
    ----------
    rate : (M, F) ≥ 0, micro-tasks a unit of level; 0 where a pair must not rise
    most : (M,) micro-tasks
    bundle : (M, R) thousandths a task
    capacity : (F, R) thousandths
    base : (M, F) micro-tasks that are held before anything rises; by default none
    phase : (M,) smallest first; by default all rise together
    steady : whether a claim keeps its whole rate when one of its flavors is used up, by rising faster on the others
    begin : (M,) ≥ 0, level of its phase at which a claim that holds nothing begins to rise; by default 0

    Examples
    --------
    Ten units among demands of 2, 2.6, 4 and 5:

    >>> demand = np.array([2_000_000, 2_600_000, 4_000_000, 5_000_000])
    >>> fill(np.ones((4, 1)), demand, np.ones((4, 1), dtype=np.int64), np.array([[10]])).tasks.ravel() / 1e6
    array([2. , 2.6, 2.7, 2.7])
    """
    tasks = np.zeros(rate.shape) if base is None else base.astype(np.float64)
    level = np.full(len(most), np.inf)
    held, _ = _use(0.0, tasks, np.full(len(most), -1.0), np.zeros(len(most)), bundle)
    pool = _Room(capacity * float(MICRO) - held)
    first = np.zeros(len(most)) if begin is None else begin
    for at in _phases(phase, len(most)):
        claims = (rate[at], most[at].astype(np.float64), bundle[at], tasks[at], first[at])
        tasks[at], level[at] = _rise(*claims, pool, steady)
    return Filling(tasks, level, pool.full)


class _Room:
    """What is left of each resource, and which are used up: (F, R)."""

    def __init__(self, left: Floats) -> None:
        self.left: Floats = np.maximum(left, 0.0)
        self.full: Bools = np.asarray(left <= 0)

    def take(self, use: Floats, used_up: Bools) -> None:
        self.left = np.maximum(self.left - use, 0.0)
        self.full |= used_up | (self.left <= 0)


def _phases(phase: Ints | None, many: int) -> list[Ints]:
    if phase is None or not (phase != phase[:1]).any():
        return [np.arange(many)]
    order = np.argsort(phase, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(phase[order])) + 1)


def _rise(
    rate: Floats, most: Floats, bundle: Ints, tasks: Floats, first: Floats, pool: _Room, steady: bool
) -> tuple[Floats, Floats]:
    """Raise the claims of one phase until none can rise: (M, F) micro-tasks and (M,) levels at which they stopped."""
    whole = rate.sum(axis=1)
    level = 0.0
    stopped = np.where(whole > 0, 0.0, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        start = np.where(whole > 0, first + tasks.sum(axis=1) / whole, 0.0)
    pace = np.where((tasks.sum(axis=1) < most)[:, None], rate, 0.0)
    while True:
        pace = _unblocked(pace, bundle, pool.full)
        speed = pace.sum(axis=1)
        going = np.flatnonzero(speed > 0)
        if not len(going):
            return tasks, stopped
        now = pace[going] * (whole[going] / speed[going])[:, None] if steady else pace[going]
        room = np.maximum(most[going] - tasks[going].sum(axis=1), 0.0)
        begin = np.maximum(start[going], level)
        end = begin + room / (whole[going] if steady else speed[going])
        level, used_up = _next_event(level, now, begin, end, bundle[going], pool.left)
        lift = np.clip(level, begin, end) - begin
        pool.take(_use(level, now, begin, end, bundle[going])[0], used_up)
        tasks[going] += now * lift[:, None]
        done = end <= level
        _settle(tasks, most, going[done])
        stopped[going] = np.minimum(end, level)
        pace[going[done]] = 0.0


def _unblocked(pace: Floats, bundle: Ints, full: Bools) -> Floats:
    """Stop the pairs that need a resource that is used up."""
    for f, r in np.argwhere(full):
        pace[bundle[:, r] > 0, f] = 0.0
    return pace


def _settle(tasks: Floats, most: Floats, capped: Ints) -> None:
    """Give claims at their cap exactly their cap, so that no rounding error of the way there remains."""
    total = tasks[capped].sum(axis=1)
    tasks[capped] *= np.where(total > 0, most[capped] / np.maximum(total, np.finfo(float).tiny), 1.0)[:, None]
    if tasks.shape[1] == 1:
        tasks[capped, 0] = most[capped]


def _next_event(
    level: float, pace: Floats, begin: Floats, end: Floats, bundle: Ints, left: Floats
) -> tuple[float, Bools]:
    """Find the level at which the next resource is used up, and which; else the level at which all are at their cap."""
    kinks = np.sort(np.concatenate([begin[begin > level], end]))
    low, high = -1, len(kinks) - 1
    if not (_use(kinks[high], pace, begin, end, bundle)[0] > left).any():
        return float(kinks[high]), np.zeros(left.shape, dtype=bool)
    while high - low > 1:
        middle = (low + high) // 2
        if (_use(kinks[middle], pace, begin, end, bundle)[0] > left).any():
            high = middle
        else:
            low = middle
    last = kinks[low] if low >= 0 else level
    use, slope = _use(last, pace, begin, end, bundle)
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = np.where(slope > 0, np.maximum(left - use, 0.0) / slope, np.inf)
    step = ahead.min()
    return float(min(last + step, kinks[high])), np.asarray(ahead <= step)


@compiled
def _use(level: float, pace: Floats, begin: Floats, end: Floats, bundle: Ints) -> tuple[Floats, Floats]:
    """Add up what all hold beyond their beginnings at a level, and how fast that grows just above it: (F, R) each.

    Compensated sums (Kahan), because a million terms are added.
    """
    shape = (pace.shape[1], bundle.shape[1])
    use, lost, slope = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for i in range(pace.shape[0]):
        lift = min(level, end[i]) - begin[i]
        if lift < 0.0:
            continue
        rising = level < end[i]
        for f in range(shape[0]):
            if pace[i, f] == 0.0:
                continue
            for r in range(shape[1]):
                each = pace[i, f] * bundle[i, r]
                term = each * lift - lost[f, r]
                total = use[f, r] + term
                lost[f, r] = (total - use[f, r]) - term
                use[f, r] = total
                if rising:
                    slope[f, r] += each
    return use, slope
