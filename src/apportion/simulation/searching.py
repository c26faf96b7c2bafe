"""On which places is a gang put?

Classes of places are tried in the order in which the gang would end soonest, the first on which it fits is taken. On a class

- ``consolidated`` (also for ``counting``, where a class is one place): if one place can hold all workers, the one with the
  least left, Σ_r ⌊free_r · 10⁶ / largest_r⌋, at equal amounts the first. Else, if no empty place could hold them all, empty
  places one after the other, each as many workers as it holds, as long as so many are left; the rest on the place with the
  least left among the others.
- ``any``: on the first places that can hold any worker, as many on each as it holds.
- ``fragmentation``: as ``consolidated``, but of the places that can hold all workers the one on which the amount of the
  scarcest resource that a gang of the trace's mix could not use grows least.

A gang that does not fit is not looked for again until something is freed: to take can make no gang fit. Cost of a search:
O(log places) for one resource and ``consolidated``, and so much for each place of a gang that is cut up; else at most
O(places · resources). `layout` says how places are ordered.
Source of the last rule: Weng et al., *Beware of Fragmentation*, USENIX ATC 2023.
"""

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.simulation.compiled import apart, part
from apportion.simulation.ordered import following
from apportion.simulation.room import (
    BASE,
    BEGIN,
    BITS,
    CLASS,
    COUNT,
    CUT,
    END,
    EXACT,
    FINE,
    FOUND,
    FREED,
    LARGEST,
    LEAVES,
    LEVELS,
    LOWEST,
    REFUSED,
    RULE,
    SCARCE,
    SPAN,
    SPREAD,
    WHOLE_MIX,
    Room,
    left_over,
)


@part
def seek(kind: int, need: Ints, workers: int, lasts: Ints, places: Ints, room: Room) -> int:
    """Find places for a gang: need (R,), seconds on each class (C,). The class, −1 where it does not fit now."""
    last = room.last
    if last[FOUND] == kind:
        return int(last[CLASS])
    if room.kinds[kind, REFUSED] == last[FREED]:
        return -1
    last[FOUND] = NEVER
    c = _search(kind, need, workers, lasts, places, room)
    if c < 0:
        room.kinds[kind, REFUSED] = last[FREED]
    else:
        last[FOUND], last[CLASS] = kind, c
    return c


@part
def _search(kind: int, need: Ints, workers: int, lasts: Ints, places: Ints, room: Room) -> int:
    """Look for places in the classes by (seconds, class): the class, −1 for none."""
    done = -1  # the last class tried
    for _ in range(len(lasts)):
        best = -1
        for c in range(len(lasts)):
            behind = done < 0 or lasts[c] > lasts[done] or (lasts[c] == lasts[done] and c > done)
            if lasts[c] != NEVER and behind and (best < 0 or lasts[c] < lasts[best]):
                best = c
        if best < 0:
            return -1
        done = best
        if room.last[RULE] == SPREAD:
            room.last[COUNT] = _spread(need, workers, best, places, room)
        else:
            room.last[COUNT] = _packed(kind, need, workers, best, places, room)
        if room.last[COUNT] > 0:
            return best
    return -1


@part
def _holds(places: Ints, p: int, column: int, need: Ints, workers: int) -> int:
    """How many of a gang's workers a place can hold: what is free from column 0 on, when nothing runs from R on."""
    most = workers
    for r in range(len(need)):
        there = places[p, column + r]
        if there < 0:
            return 0
        each = need[r] // workers
        if each > 0 and there < need[r]:
            most = min(most, there // each)
    return most


@apart
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


@part
def _packed(kind: int, need: Ints, workers: int, c: int, places: Ints, room: Room) -> int:
    """Put all workers on one place, or on whole empty places and one more; how many, 0 if they do not fit."""
    if room.kinds[kind, CUT + 2 * c]:
        return _cut(need, workers, c, places, room)
    by_mix = room.last[RULE] == WHOLE_MIX
    best = _best(need, workers, workers, room.kinds[kind, LOWEST + 2 * c], c, places, room, 0, by_mix)
    if best < 0:
        return 0
    room.picked[0, 0], room.picked[0, 1] = best, workers
    return 1


@apart
def _cut(need: Ints, workers: int, c: int, places: Ints, room: Room) -> int:
    """Put a gang that no place could hold on whole empty places and one more; how many, 0 if it does not fit."""
    count, left, width = 0, workers, len(need)
    first = room.classes[c, BASE] + (room.classes[c, LEVELS] << room.classes[c, BITS])
    size = room.classes[c, END] - room.classes[c, BEGIN]
    number = following(room.order, room.last[LEAVES], first)
    while left > 0 and first <= number < first + size:
        p = room.classes[c, BEGIN] + number - first
        whole = _holds(places, p, width, need, workers)
        if 0 < whole <= left:
            room.picked[count, 0], room.picked[count, 1] = p, whole
            count, left = count + 1, left - whole
        number = following(room.order, room.last[LEAVES], number + 1)
    if 0 < left < workers:
        best = _best(need, workers, left, _lowest(need, workers, left, c, room), c, places, room, count, False)
        if best >= 0:
            room.picked[count, 0], room.picked[count, 1] = best, left
            count, left = count + 1, 0
    return count if left == 0 else 0


@part
def _lowest(need: Ints, workers: int, part: int, c: int, room: Room) -> int:
    """The lowest level of a class on which a part of a gang could fit."""
    score = 0
    for r in range(len(need)):
        want = need[r] // workers * part
        score += want if room.last[EXACT] else want * FINE // room.classes[c, LARGEST + r]
    return int(min(score // room.classes[c, SPAN], room.classes[c, LEVELS] - 1))


@part
def _best(
    need: Ints, workers: int, part: int, lowest: int, c: int, places: Ints, room: Room, taken: int, by_mix: bool
) -> int:
    """The place that can hold `part` of the workers and is the fullest, or by the mix cut up least; −1 if there is none."""
    best, least, of_best = -1, 0, -1
    base, bits, begin = room.classes[c, BASE], room.classes[c, BITS], room.classes[c, BEGIN]
    after = base + (room.classes[c, LEVELS] << bits)
    number = following(room.order, room.last[LEAVES], base + (lowest << bits))
    while 0 <= number < after:
        level, p = (number - base) >> bits, begin + ((number - base) & ((1 << bits) - 1))
        if best >= 0 and level != of_best and not by_mix:
            break
        if _enough(need, workers, part, places, p) and not _taken(p, room, taken):
            if room.last[EXACT] and not by_mix:
                return int(p)
            score = _grows(need, workers, part, p, places, room) if by_mix else left_over(places, p, c, room)
            if best < 0 or score < least or (score == least and p < best):
                best, least, of_best = p, score, level
        number = following(room.order, room.last[LEAVES], number + 1)
    return int(best)


@part
def _enough(need: Ints, workers: int, part: int, places: Ints, p: int) -> bool:
    for r in range(len(need)):
        want = need[r] if part == workers else need[r] // workers * part
        if want > places[p, r]:
            return False
    return True


@part
def _taken(p: int, room: Room, taken: int) -> bool:
    for i in range(taken):  # noqa: SIM110  # compiled: a plain loop
        if room.picked[i, 0] == p:
            return True
    return False


@apart
def _grows(need: Ints, workers: int, part: int, p: int, places: Ints, room: Room) -> int:
    """By how much what the mix could not use grows on a place if so many workers come."""
    return _cut_up(need, workers, part, p, places, room) - _cut_up(need, workers, 0, p, places, room)


@part
def _cut_up(need: Ints, workers: int, part: int, p: int, places: Ints, room: Room) -> int:
    """What the mix could not use of the scarcest resource on a place after `part` workers came, summed over gangs."""
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
