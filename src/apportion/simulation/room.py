"""What is free on each place, and which gang holds what there?

Places stand in an ordered set by what is left on them (see `layout`), in which `searching` finds those for a gang. To take
or to give costs O(log places) a place.
"""

from typing import NamedTuple

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.simulation.compiled import compiled, part
from apportion.simulation.ordered import drop, put

PACKED, SPREAD, WHOLE_MIX = 0, 1, 2  # how a class is searched
FINE = 10**6  # parts of a place in which what is left is counted
WORKERS, RESTART, FIRST, KIND = 0, 1, 2, 3  # columns of Jobs.facts
BEGIN, END, BITS, BASE, LEVELS, SPAN, LARGEST = 0, 1, 2, 3, 4, 5, 6  # columns of Room.classes
REFUSED, CUT, LOWEST = 0, 1, 2  # columns of Room.kinds
RULE, SCARCE, EXACT, LEAVES, FREED, FOUND, CLASS, COUNT = 0, 1, 2, 3, 4, 5, 6, 7  # entries of Room.last


class Room(NamedTuple):
    """Places beyond a single one, and which gang holds what there. (Few arrays: a kernel hands them on at every call.)

    Attributes
    ----------
    classes : (C, 6 + R) the places of a class, `BEGIN` to before `END`; in the ordered set the `BITS` of its stride, its
        first number (`BASE`), how many `LEVELS` it has and what each of them spans (`SPAN`); and the `LARGEST` amounts of
        one place
    kinds : (K, 1 + 2C) of each kind of gang: what was `FREED` when it was `REFUSED`; then by class whether it is `CUT` up,
        since no empty place holds all of it, and the `LOWEST` level on which it could fit
    mix : (M, R + 1) a worker of each frequent kind of gang, and how many gangs are of that kind
    slots : (S, 2) a place and how many workers are there; the list of a gang begins at its `FIRST`
    last : (8,) `RULE`, the resource of which most is asked for (`SCARCE`), whether a level is one amount (`EXACT`), the
        first of the `LEAVES` of the ordered set; how often something was `FREED`; of the last search the kind of gang that it
        `FOUND` places for, `NEVER` once anything moved, their `CLASS` and `COUNT`
    picked : (P, 2) the places it found, and how many workers go there
    stands : (P, 3) the class of a place, its number in the ordered set, and whether it is there as an empty one
    order : words of the ordered set
    """

    classes: Ints
    kinds: Ints
    mix: Ints
    slots: Ints
    last: Ints
    picked: Ints
    stands: Ints
    order: Ints


@part
def take(first: int, need: Ints, workers: int, places: Ints, room: Room) -> int:
    """Put a gang where the last search, which was for it, found places; how many."""
    count = room.last[COUNT]
    for i in range(count):
        room.slots[first + i, 0], room.slots[first + i, 1] = room.picked[i, 0], room.picked[i, 1]
    hold(first, count, need, workers, places, room)
    return int(count)


@part
def hold(first: int, count: int, need: Ints, workers: int, places: Ints, room: Room) -> None:
    """Put a gang on the places that are listed for it."""
    for i in range(first, first + count):
        p, many = room.slots[i, 0], room.slots[i, 1]
        for r in range(len(need)):
            places[p, r] -= need[r] if many == workers else need[r] // workers * many
        look_at(p, places, room)
    room.last[FOUND] = NEVER


@part
def give(first: int, count: int, need: Ints, workers: int, places: Ints, room: Room) -> None:
    """Take a gang off its places."""
    for i in range(first, first + count):
        p, many = room.slots[i, 0], room.slots[i, 1]
        for r in range(len(need)):
            places[p, r] += need[r] if many == workers else need[r] // workers * many
        look_at(p, places, room)
    room.last[FOUND] = NEVER
    room.last[FREED] += 1


@part
def look_at(p: int, places: Ints, room: Room) -> None:
    """Let a place stand where it belongs by what is free there."""
    c, leaves = room.stands[p, 0], room.last[LEAVES]
    base, bits, at = room.classes[c, BASE], room.classes[c, BITS], p - room.classes[c, BEGIN]
    score = places[p, 0] if room.last[EXACT] else left_over(places, p, c, room)
    level = min(max(score, 0) // room.classes[c, SPAN], room.classes[c, LEVELS] - 1)
    number, before = base + (level << bits) + at, room.stands[p, 1]
    if number != before:
        if before >= 0:
            drop(room.order, leaves, before)
        put(room.order, leaves, number)
        room.stands[p, 1] = number
    empty = _empty(places, p)
    if empty != (room.stands[p, 2] != 0):
        number = base + (room.classes[c, LEVELS] << bits) + at
        if empty:
            put(room.order, leaves, number)
        else:
            drop(room.order, leaves, number)
        room.stands[p, 2] = empty


@compiled
def look_anew(places: Ints, room: Room) -> None:
    """Let all places stand where they belong, after any of them changed."""
    for p in range(len(places)):
        look_at(p, places, room)
    room.last[FOUND] = NEVER
    room.last[FREED] += 1


@part
def on(first: int, count: int, p: int, room: Room) -> bool:
    """Tell whether a running gang holds something on a place."""
    for i in range(first, first + count):  # noqa: SIM110  # compiled: a plain loop
        if room.slots[i, 0] == p:
            return True
    return False


@part
def _empty(places: Ints, p: int) -> bool:
    width = places.shape[1] // 2
    for r in range(width):  # noqa: SIM110  # compiled: a plain loop
        if places[p, r] != places[p, width + r]:
            return False
    return True


@part
def left_over(places: Ints, p: int, c: int, room: Room) -> int:
    """Score of a place: the less is left on it, the less."""
    score = 0
    for r in range(places.shape[1] // 2):
        score += places[p, r] * FINE // room.classes[c, LARGEST + r]
    return score
