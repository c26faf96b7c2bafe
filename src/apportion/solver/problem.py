"""Which numbers make up one problem of division, and which make up its answer?

Claims i, flavors f, resources r; unknown x[i,f] ≥ 0, tasks of claim i on flavor f:

    minimum_i ≤ Σ_f x[i,f] ≤ tasks_i,    Σ_i bundle[i,r] · x[i,f] ≤ capacity[f,r],    rate z_i = Σ_f speed[i,f] · x[i,f]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.errors import BadInput, Fault

Given = npt.ArrayLike | None
SHOWN = 5  # rows named in a message
NUMBERS = "biufO"  # kinds of numpy's types; objects are tried one by one
LARGEST = 1e100  # products of three of them are still floats


@dataclass(frozen=True, eq=False)
class Problem:
    """Validated arrays, all float64 and contiguous.

    Attributes
    ----------
    speed : (M, F) ≥ 0, useful work per task-second; 0 where the claim cannot run
    bundle : (M, R) ≥ 0, what one task uses up
    capacity : (F, R) ≥ 0
    tasks : (M,) ≥ 0, most tasks; infinite where there is no cap
    weight : (M,) > 0
    minimum : (M,) least tasks
    """

    speed: Floats
    bundle: Floats
    capacity: Floats
    tasks: Floats
    weight: Floats
    minimum: Floats

    def __len__(self) -> int:
        return len(self.speed)

    @property
    def usable(self) -> Bools:
        """Where a claim can be given anything: (M, F), it runs there, and nothing that it needs is absent."""
        absent = (self.capacity <= 0).astype(np.float64)
        return np.asarray((self.speed > 0) & ((self.bundle > 0).astype(np.float64) @ absent.T == 0))

    def rows(self, at: Ints | Bools) -> "Problem":
        """The same capacities before some of the claims."""
        each = (self.tasks[at], self.weight[at], self.minimum[at])
        return Problem(self.speed[at], self.bundle[at], self.capacity, *each)


@dataclass(frozen=True, eq=False)
class Answer:
    """A division, and how far from the best it can be at most.

    Attributes
    ----------
    x : (M, F) tasks, feasible in floats to the last bit
    rate : (M,) z
    prices : (F, R) ≥ 0, in units of the objective for a unit of capacity
    value, bound : the objective at x, and what no division can exceed
    gap : log of the ratio of bound to value in the weighted α-mean of rates; 0 where no claim can be served
    reached : whether the gap that was asked for was reached
    excluded : rows that can reach no positive rate; they have x = 0 and stand outside the objective
    levels, level_bounds : (K,) for leximin: each level, and what no division can exceed given the earlier ones
    level_prices : (K, F, R)
    level_of : (M,) the level at which a claim stopped rising, or whose prices stop it after it went on for a while on a
        slower flavor, if nothing comes after or there are very many of these; −1 where its own cap stopped it
    slack : most by which a claim held at a level could still rise, as a part of that level; 0 also where nobody worked it out
    """

    x: Floats
    rate: Floats
    prices: Floats
    value: float
    bound: float
    gap: float
    reached: bool = True
    excluded: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    levels: Floats = field(default_factory=lambda: np.zeros(0))
    level_bounds: Floats = field(default_factory=lambda: np.zeros(0))
    level_prices: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    level_of: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    slack: float = 0.0


def problem(speed: Given, bundle: Given, capacity: Given, tasks: Given, weight: Given, minimum: Given) -> Problem:
    """Check what a caller hands in, and bring it into arrays.

    Raises
    ------
    BadInput
        for numbers that are not finite or are negative, shapes that do not match, weights that are not positive, minima
        beyond the most tasks, and claims without limit; all at once, each with its first rows.
    """
    v = np.atleast_2d(_floats("speed", speed))
    if v.ndim != 2 or not v.shape[1]:
        raise BadInput(f"has shape {v.shape}", "speed", "give a row a claim and a column a flavor, at least one")
    many, flavors = v.shape
    b = np.ones((many, 1)) if bundle is None else _as_columns(_floats("bundle", bundle), many)
    c = _floats("capacity", capacity)
    c = c[:, None] if c.ndim == 1 and b.shape[1] == 1 else np.atleast_2d(c)
    n = np.full(many, np.inf) if tasks is None else _floats("tasks", tasks)
    w = np.ones(many) if weight is None else _floats("weight", weight)
    least = np.zeros(many) if minimum is None else _floats("minimum", minimum)
    wanted = {
        "speed": (v, (many, flavors)),
        "bundle": (b, (many, b.shape[-1])),
        "capacity": (c, (flavors, b.shape[-1])),
        "tasks": (n, (many,)),
        "weight": (w, (many,)),
        "minimum": (least, (many,)),
    }
    faults = [
        Fault(f"has shape {array.shape}, {shape} is needed", name, "claims are rows; capacity is flavors × resources")
        for name, (array, shape) in wanted.items()
        if array.shape != shape
    ]
    if faults:
        raise BadInput(faults)
    made = Problem(*(np.ascontiguousarray(array) for array, _ in (wanted[name] for name in _FIELDS)))
    faults = [*_faults(made)]
    if faults:
        raise BadInput(faults)
    return made


_FIELDS = ("speed", "bundle", "capacity", "tasks", "weight", "minimum")


def _floats(name: str, values: Given) -> Floats:
    try:
        array = np.asarray(values)
        odd = "" if array.dtype.kind in NUMBERS else f"{array.dtype} is no type of numbers"
        odd = "nothing is given" if values is None else odd
        floats = None if odd else np.asarray(array, dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        odd, floats = str(error), None
    if floats is None:
        raise BadInput(f"this is not an array of numbers: {odd}", name, "give numbers, rows of equal length")
    return floats


def earlier_prices(start: Given, given: Problem) -> Floats:
    """Check prices to begin near: (F, R), or as many in a row.

    Raises
    ------
    BadInput
        if there are more or fewer, or one is negative, infinite or not a number.
    """
    prices = _floats("start", start)
    if prices.size != given.capacity.size:
        mend = "give the prices of an earlier answer to the same flavors and resources"
        raise BadInput(f"has shape {prices.shape}, {given.capacity.shape} is needed", "start", mend)
    prices = prices.reshape(given.capacity.shape)
    faults = [
        *_rows_where(
            ~((prices >= 0) & (prices <= LARGEST)), "start", "is no price", "give numbers ≥ 0, or leave it out"
        )
    ]
    if faults:
        raise BadInput(faults)
    return prices


def _as_columns(bundle: Floats, many: int) -> Floats:
    return bundle[:, None] if bundle.ndim == 1 and len(bundle) == many else np.atleast_2d(bundle)


def _faults(given: Problem) -> Iterator[Fault]:
    for name in _FIELDS:
        array, most = getattr(given, name), np.inf if name == "tasks" else LARGEST
        if not (
            array.min(initial=0.0) >= 0.0 and array.max(initial=0.0) <= most
        ):  # of what is no number, neither holds
            wrong = ~((array >= 0.0) & (array <= most))
            large = (array > LARGEST) & (array < np.inf)
            yield from _rows_where(wrong & ~large, name, "is negative, infinite or not a number", "give a number ≥ 0")
            yield from _rows_where(wrong & large, name, f"is above {LARGEST:g}", "give amounts in a larger unit")
    tiny = (given.weight > 0) & (given.weight < 1.0 / LARGEST)
    yield from _rows_where(tiny, "weight", f"is below {1 / LARGEST:g}", "multiply all weights by one number")
    yield from _rows_where(
        given.weight <= 0, "weight", "is not positive", "leave claims without weight out, or weigh them"
    )
    over = given.minimum > given.tasks
    yield from _rows_where(over, "minimum", "is more than tasks", "lower minimum, or raise tasks")
    endless = np.isinf(given.tasks)
    free = endless & ~given.bundle.any(axis=1) if endless.any() else endless
    yield from _rows_where(free, "tasks", "is without limit, and the bundle uses nothing", "give tasks")


def _rows_where(wrong: Any, name: str, what: str, mend: str) -> Iterator[Fault]:
    rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1)) if wrong.size else np.zeros(0, dtype=np.int64)
    if len(rows):
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        plural = "rows" if len(rows) > 1 else "row"
        yield Fault(what, f"{name}, {plural} {', '.join(map(str, rows[:SHOWN]))}{more}", mend)
