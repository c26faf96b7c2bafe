"""On which places is a gang put, and what is free there?

Classes of places are tried in the order in which the gang would end soonest, the first on which it fits is taken. On a class

- ``consolidated`` (also for ``counting``, where a class is one place): if one place can hold all workers, the one with the
  least left, Σ_r free_r / largest_r, at equal amounts the first. Else, if no empty place could hold them all, empty places
  one after the other, each as many workers as it holds, as long as so many are left; the rest on the place with the least
  left among the others.
- ``any``: on the first places that can hold any worker, as many on each as it holds.
- ``fragmentation``: as ``consolidated``, but of the places that can hold all workers the one on which the amount of the
  scarcest resource that a gang of the trace's mix could not use grows least.

Cost: O(places · resources), and O(1) where all is one place; with one resource and ``consolidated``, O(levels + places / 64).
Source of the last rule: Weng et al., *Beware of Fragmentation*, USENIX ATC 2023.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import ANY, FRAGMENTATION, Places, Trace
from apportion.simulation.compiled import compiled

PACKED, SPREAD, WHOLE_MIX = 0, 1, 2  # how a class is searched
FINE = 10**6  # parts of a place in which what is left is counted
MIX = 64  # most kinds of gangs that the mix tells apart
WORKERS, RESTART, FIRST = 0, 1, 2  # columns of Jobs.facts
RULE, SCARCE, JOB, CLASS, COUNT = 0, 1, 2, 3, 4  # entries of Room.last
BEGIN, END = 0, 1  # columns of Room.classes, before its units


class Room(NamedTuple):
    """Places beyond a single one, and which gang holds what there. (Few arrays: a kernel hands them on at every call.)

    Attributes
    ----------
    classes : (C, 2 + R) the places of a class, `BEGIN` to before `END`, and the largest amount of one of them, at least 1
    mix : (K, R + 1) a worker of each kind of gang, and how many gangs in a million are of that kind
    slots : (S, 2) a place and how many workers are there; the list of a gang begins at its `FIRST`
    last : (5,) `RULE`, the resource of which most is asked for, and the last search: its gang, −1 once anything moved,
        the class and the number of places that it found
    picked : (P, 2) the places it found, and how many workers go there
    """

    classes: Ints
    mix: Ints
    slots: Ints
    last: Ints
    picked: Ints


def opened(trace: Trace, need: Ints, workers: Ints, used: Bools) -> tuple[Ints, Room, Ints]:
    """Open the places of a trace to its possible gangs (J, R), (J,), by the resources that are `used` (R,).

    Returns
    -------
    what is free on each place and, in the second half, what there is when nothing runs (P, 2R); the room; and where the
    list of each gang begins (J,), 0 where all is one place.
    """
    places: Places = trace.held_by
    amount, bounds = np.ascontiguousarray(places.amount[:, used]), places.bounds
    most = np.minimum(workers, len(amount)) if len(amount) > 1 else np.zeros(len(need), dtype=np.int64)
    rule = {ANY: SPREAD, FRAGMENTATION: WHOLE_MIX}.get(trace.placement, PACKED)
    asked = need.sum(axis=0, dtype=np.float64) / np.maximum(amount.sum(axis=0), 1)
    units = [amount[a:b].max(axis=0, initial=1).tolist() for a, b in pairwise(bounds)]
    classes = [[a, b, *unit] for (a, b), unit in zip(pairwise(bounds.tolist()), units, strict=True)]
    room = Room(
        np.array(classes, dtype=np.int64),
        _mix(need, workers, MIX if rule == WHOLE_MIX else 0),
        np.empty((int(most.sum()), 2), dtype=np.int64),
        np.array([rule, int(asked.argmax()) if len(asked) else 0, NEVER, NEVER, 0]),
        np.empty((len(amount), 2), dtype=np.int64),
    )
    return np.concatenate([amount, amount], axis=1), room, (np.cumsum(most) - most).astype(np.int64)


def _mix(need: Ints, workers: Ints, most: int) -> Ints:
    """The most frequent kinds of workers, and how many in a million are of each: (K, R + 1)."""
    if not most:
        return np.zeros((0, need.shape[1] + 1), dtype=np.int64)
    kind, count = np.unique(need // np.maximum(workers, 1)[:, None], axis=0, return_counts=True)
    often = np.sort(np.argsort(-count, kind="stable")[:most])
    return np.column_stack([kind[often], count[often] * FINE // max(int(count.sum()), 1)])


@compiled
def seek(job: int, need: Ints, workers: int, lasts: Ints, places: Ints, room: Room) -> int:  # one compiled search
    """Find places for a gang: need (R,), seconds on each class (C,). The class, −1 where it does not fit now."""
    if room.last[JOB] == job:
        return int(room.last[CLASS])
    room.last[JOB], room.last[CLASS] = job, -1
    done = -1  # classes are tried by (seconds, class); this is the last one tried
    for _ in range(len(lasts)):
        best = -1
        for c in range(len(lasts)):
            behind = done < 0 or lasts[c] > lasts[done] or (lasts[c] == lasts[done] and c > done)
            if lasts[c] != NEVER and behind and (best < 0 or lasts[c] < lasts[best]):
                best = c
        if best < 0:
            break
        done = best
        spread = room.last[RULE] == SPREAD
        search = _spread(need, workers, best, places, room) if spread else _packed(need, workers, best, places, room)
        if search > 0:
            room.last[CLASS], room.last[COUNT] = best, search
            return best
    return -1


@compiled
def _holds(places: Ints, p: int, column: int, need: Ints, workers: int) -> int:
    """How many of a gang's workers a place can hold: what is free from column 0 on, when nothing runs from R on."""
    most = workers
    for r in range(len(need)):
        each = need[r] // workers
        if each > 0 and places[p, column + r] < need[r]:
            most = min(most, places[p, column + r] // each)
    return most


@compiled
def _spread(need: Ints, workers: int, c: int, places: Ints, room: Room) -> int:
    """Fill places from the first on; how many are used, 0 if they do not suffice."""
    count, left = 0, workers
    for p in range(room.classes[c, BEGIN], room.classes[c, END]):
        here = min(_holds(places, p, 0, need, workers), left)
        if here > 0:
            room.picked[count, 0], room.picked[count, 1] = p, here
            count, left = count + 1, left - here
            if left == 0:
                return count
    return 0


@compiled
def _packed(need: Ints, workers: int, c: int, places: Ints, room: Room) -> int:
    """Put all workers on one place, or on whole empty places and one more; how many, 0 if they do not fit."""
    best = _best(need, workers, workers, c, places, room, 0)
    if best >= 0:
        room.picked[0, 0], room.picked[0, 1] = best, workers
        return 1
    count, left, width = 0, workers, len(need)
    if workers == 1:
        return 0
    for p in range(room.classes[c, BEGIN], room.classes[c, END]):
        whole = _holds(places, p, width, need, workers)
        if whole >= workers:
            return 0  # an empty place could hold all: the gang is not cut
        if 0 < whole <= left and _empty(places, p):
            room.picked[count, 0], room.picked[count, 1] = p, whole
            count, left = count + 1, left - whole
    if 0 < left < workers:
        best = _best(need, workers, left, c, places, room, count)
        if best >= 0:
            room.picked[count, 0], room.picked[count, 1] = best, left
            count, left = count + 1, 0
    return count if left == 0 else 0


@compiled
def _empty(places: Ints, p: int) -> bool:
    width = places.shape[1] // 2
    for r in range(width):  # noqa: SIM110  # compiled: a plain loop
        if places[p, r] != places[p, width + r]:
            return False
    return True


@compiled
def _best(need: Ints, workers: int, part: int, c: int, places: Ints, room: Room, taken: int) -> int:
    """The place that can hold `part` of the workers and is the fullest, or is cut up least; −1 if there is none."""
    if len(need) == 1 and room.last[RULE] != WHOLE_MIX:
        return _fullest(need[0] // workers * part, c, places, room, taken)
    best, least, width = -1, 0, len(need)
    for p in range(room.classes[c, BEGIN], room.classes[c, END]):
        enough = not _taken(p, room, taken)
        for r in range(width):
            enough = enough and need[r] // workers * part <= places[p, r]
        if not enough:
            continue
        score = 0
        if room.last[RULE] == WHOLE_MIX:
            score = _cut_up(need, workers, part, p, places, room) - _cut_up(need, workers, 0, p, places, room)
        else:
            for r in range(width):
                score += places[p, r] * FINE // room.classes[c, END + 1 + r]
        if best < 0 or score < least:
            best, least = p, score
    return best


@compiled
def _fullest(want: int, c: int, places: Ints, room: Room, taken: int) -> int:
    """The same for one resource."""
    best, least = -1, 0
    for p in range(room.classes[c, BEGIN], room.classes[c, END]):
        free = places[p, 0]
        if free >= want and (best < 0 or free < least) and not _taken(p, room, taken):
            best, least = p, free
            if free == want:
                break
    return best


@compiled
def _taken(p: int, room: Room, taken: int) -> bool:
    for i in range(taken):  # noqa: SIM110  # compiled: a plain loop
        if room.picked[i, 0] == p:
            return True
    return False


@compiled
def _cut_up(need: Ints, workers: int, part: int, p: int, places: Ints, room: Room) -> int:
    """What the mix could not use of the scarcest resource on a place after `part` workers came: millionths of it."""
    total, scarce, width = 0, room.last[SCARCE], len(need)
    left = places[p, scarce] - need[scarce] // workers * part
    for k in range(len(room.mix)):
        hold = left
        for r in range(width):
            each = room.mix[k, r]
            if each > 0:
                hold = min(hold, (places[p, r] - need[r] // workers * part) // each)
        total += room.mix[k, width] * (left - hold * room.mix[k, scarce])
    return total


@compiled
def take(first: int, need: Ints, workers: int, places: Ints, room: Room) -> int:
    """Put a gang where the last search, which was for it, found places; how many."""
    count = room.last[COUNT]
    for i in range(count):
        p, many = room.picked[i, 0], room.picked[i, 1]
        room.slots[first + i, 0], room.slots[first + i, 1] = p, many
        for r in range(len(need)):
            places[p, r] -= need[r] // workers * many
    room.last[JOB] = NEVER
    return int(count)


@compiled
def give(first: int, count: int, need: Ints, workers: int, places: Ints, room: Room) -> None:
    """Take a gang off its places."""
    for i in range(first, first + count):
        for r in range(len(need)):
            places[room.slots[i, 0], r] += need[r] // workers * room.slots[i, 1]
    room.last[JOB] = NEVER


@compiled
def on(first: int, count: int, p: int, room: Room) -> bool:
    """Tell whether a running gang holds something on a place."""
    for i in range(first, first + count):  # noqa: SIM110  # compiled: a plain loop
        if room.slots[i, 0] == p:
            return True
    return False
