"""How are a trace's places laid out, so that a gang's are found without looking at each?

Places of a class stand in an ordered set by what is left on them, then by index: the number of a place is its *level* ·
stride + its index in the class. Where one resource counts, a level is one amount; where amounts are many, or several
resources count, a level spans several scores Σ_r ⌊free_r · 10⁶ / largest_r⌋, and the search looks at all places of a
level. Behind the levels of a class stands one more, of its empty places by index. See `searching` for the rules.
"""

from itertools import pairwise

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import ANY, FRAGMENTATION, Changes, Trace, no_changes
from apportion.simulation.ordered import no_numbers
from apportion.simulation.room import (
    CUT,
    FINE,
    LARGEST,
    LEVELS,
    LOWEST,
    PACKED,
    SPAN,
    SPREAD,
    WHOLE_MIX,
    Room,
    look_anew,
)

MIX = 64  # most kinds of gangs that the mix tells apart
LARGE = 2**24  # most numbers of a class in the ordered set: 2 MiB


def laid_out(trace: Trace, need: Ints, workers: Ints, kind: Ints, used: Bools) -> tuple[Ints, Room, Ints]:
    """Open the places of a trace to its possible gangs, by the resources that are `used` (R,).

    Parameters
    ----------
    need, workers, kind : (J, R), (J,), (J,) of those gangs; those of one kind fit or do not fit together

    Returns
    -------
    what is free on each place and, in the second half, what there is when nothing runs (P, 2R); the room; and where the
    list of places of each gang begins (J,), 0 where all is one place.
    """
    places, changes = trace.held_by, trace.changes or no_changes(len(used))
    amount, bounds = np.ascontiguousarray(places.amount[:, used]), places.bounds
    rule = {ANY: SPREAD, FRAGMENTATION: WHOLE_MIX}.get(trace.placement, PACKED)
    sample = np.zeros(int(kind.max(initial=-1)) + 1, dtype=np.int64)
    sample[kind] = np.arange(len(kind))
    hold, least = _holds(need[sample], workers[sample], amount, bounds)
    grain = _grain(need[sample] // np.maximum(workers[sample], 1)[:, None], amount, changes, used)
    classes, exact, size = _classes(amount, bounds, grain, grows=_grows(changes))
    words, leaves = no_numbers(size + 1)
    first, slots = np.zeros(len(kind), dtype=np.int64), 0
    if len(amount) > 1:
        several = np.minimum(workers[sample], len(amount))
        whole = rule != SPREAD and not len(changes.at_s)
        most = (_most(workers[sample], hold, least, several) if whole else several)[kind]
        first, slots = np.cumsum(most) - most, int(most.sum())
    asked = need.sum(axis=0, dtype=np.float64) / np.maximum(amount.sum(axis=0), 1)
    scarce = int(asked.argmax()) if len(asked) else 0
    room = Room(
        classes,
        _kinds(need[sample], workers[sample], hold, classes, exact=exact),
        _mix(need, workers, MIX if rule == WHOLE_MIX else 0),
        np.empty((slots, 2), dtype=np.int64),
        np.array([rule, scarce, exact, leaves, 0, NEVER, NEVER, 0]),
        np.empty((len(amount), 2), dtype=np.int64),
        np.column_stack([places.kind, np.full(len(amount), NEVER), np.zeros(len(amount), dtype=np.int64)]),
        words,
    )
    free = np.concatenate([amount, amount], axis=1)
    if len(amount) > 1:
        look_anew(free, room)
    return free, room, first


def _holds(need: Ints, workers: Ints, amount: Ints, bounds: Ints) -> tuple[Ints, Ints]:
    """How many of a gang's workers the roomiest empty place of a class holds, and the tightest that holds any: (K, C)."""
    hold = np.zeros((len(need), len(bounds) - 1), dtype=np.int64)
    least = np.repeat(workers[:, None], len(bounds) - 1, axis=1)
    worker = need // np.maximum(workers, 1)[:, None]
    for c, (a, b) in enumerate(pairwise(bounds.tolist())):
        for shape in np.unique(amount[a:b], axis=0):
            many = np.where(worker > 0, shape // np.maximum(worker, 1), workers[:, None]).min(axis=1, initial=2**62)
            hold[:, c] = np.maximum(hold[:, c], many)
            least[:, c] = np.where(many > 0, np.minimum(least[:, c], many), least[:, c])
    return hold, least


def _most(workers: Ints, hold: Ints, least: Ints, several: Ints) -> Ints:
    """On how many places a gang of each kind is at once, at most, where only what no empty place holds is cut: (K,)."""
    whole = (hold >= workers[:, None]) | (hold == 0)
    parts = np.where(whole, 1, workers[:, None] // np.maximum(least, 1) + 1)
    return np.asarray(np.minimum(parts.max(axis=1, initial=1), several))


def _grain(worker: Ints, amount: Ints, changes: Changes, used: Bools) -> int:
    """The unit in which all amounts of the one resource are whole; 0 where several count."""
    if amount.shape[1] != 1:
        return 0
    return int(np.gcd.reduce(np.concatenate([worker.ravel(), amount.ravel(), changes.delta[:, used].ravel()]))) or 1


def _grows(changes: Changes) -> bool:
    """Tell whether a place ever holds more than at the start."""
    by_place = np.argsort(changes.place, kind="stable")
    place, total = changes.place[by_place], changes.delta[by_place].cumsum(axis=0)
    first = np.searchsorted(place, place)
    return bool((total > total[first] - changes.delta[by_place][first]).any())


def _classes(amount: Ints, bounds: Ints, grain: int, *, grows: bool) -> tuple[Ints, bool, int]:
    """Number the places of each class: its row of Room.classes, whether a level is one amount, and how many numbers."""
    units = [amount[a:b].max(axis=0, initial=1).tolist() for a, b in pairwise(bounds.tolist())]
    exact = grain > 0 and not grows and all(unit[0] <= grain * FINE for unit in units)
    stride = [max(b - a - 1, 0).bit_length() for a, b in pairwise(bounds.tolist())]
    exact = exact and all((unit[0] // grain + 2) << bits <= LARGE for unit, bits in zip(units, stride, strict=True))
    rows, base = [], 0
    for (a, b), unit, bits in zip(pairwise(bounds.tolist()), units, stride, strict=True):
        highest = unit[0] if exact else len(unit) * FINE
        span = grain if exact else max(-(-(highest << bits) // LARGE), 1)
        levels = highest // span + 1
        rows.append([a, b, bits, base, levels, span, *unit])
        base += (levels + 1) << bits
    return np.array(rows, dtype=np.int64), exact, base


def _kinds(need: Ints, workers: Ints, hold: Ints, classes: Ints, *, exact: bool) -> Ints:
    """For each kind of gang the row of Room.kinds."""
    rows = np.full((len(need), 1 + 2 * len(classes)), NEVER, dtype=np.int64)
    for c, row in enumerate(classes):
        score = need[:, 0] if exact else (need * FINE // row[LARGEST:]).sum(axis=1)
        rows[:, CUT + 2 * c] = hold[:, c] < workers
        rows[:, LOWEST + 2 * c] = np.minimum(score // row[SPAN], row[LEVELS] - 1)
    return rows


def _mix(need: Ints, workers: Ints, most: int) -> Ints:
    """The most frequent kinds of workers, and how many gangs are of each: (M, R + 1)."""
    if not most:
        return np.zeros((0, need.shape[1] + 1), dtype=np.int64)
    kind, count = np.unique(need // np.maximum(workers, 1)[:, None], axis=0, return_counts=True)
    often = np.sort(np.argsort(-count, kind="stable")[:most])
    return np.column_stack([kind[often], count[often]])
