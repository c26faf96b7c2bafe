"""Up to which level can all rise together on one flavor, found without sorting?

What claims use is piecewise linear in the level, with a kink where each begins to rise above its least tasks and another
where it reaches its cap. Kinks are counted into a few thousand buckets by the bits of the number, whose order is that of
positive floats; one look at the buckets' sums tells in which of them the first resource is used up, and only the kinks in
that one are looked at again, until a few are left, which are sorted. Cost: O(M·R) a resource that is used up.
"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.compiled import compiled

BUCKETS = 2048
FEW = 64  # kinks that are sorted
HUGE = 1e308  # what is divided by the smallest of floats; times 0 that is 0


@compiled
def prepare(
    speed: Floats,
    bundle: Floats,
    capacity: Floats,
    tasks: Floats,
    weight: Floats,
    pace: Floats,
    share: Floats,
) -> tuple[Ints, Ints]:
    """Fill tasks per unit of level, and the dominant share of a task; the claims that rise, and those that need nothing."""
    rising, free, first, second = np.empty(len(tasks), dtype=np.int64), np.empty(len(tasks), dtype=np.int64), 0, 0
    part = np.where(capacity > 0.0, np.minimum(1.0 / capacity, HUGE), 0.0)
    absent = np.flatnonzero(capacity <= 0.0)
    for i in range(len(tasks)):
        most = 0.0
        for r in range(len(capacity)):  # what is not needed counts 0; to ask for it would be a branch nobody foresees
            most = max(most, bundle[i, r] * part[r])
        for lacking in absent:
            most = np.inf if bundle[i, lacking] > 0.0 else most
        share[i], pace[i] = 0.0, 0.0
        if speed[i, 0] <= 0.0 or tasks[i] <= 0.0 or most == np.inf:
            continue
        share[i] = most
        if most == 0.0:
            free[second] = i
            second += 1
        else:
            pace[i] = weight[i] / most
            rising[first] = i
            first += 1
    return rising[:first].copy(), free[:second].copy()


@compiled
def _kinks(who: Ints, pace: Floats, tasks: Floats, minimum: Floats) -> tuple[Floats, Ints, int]:
    """Levels at which claims begin to rise (claim −1 − i) and end (claim i), and how many."""
    level, claim, count = np.empty(len(who)), np.empty(len(who), dtype=np.int64), 0
    extra = 0
    for n in range(len(who)):
        extra += minimum[who[n]] > 0.0
    level, claim = np.empty(len(who) + extra), np.empty(len(who) + extra, dtype=np.int64)
    for n in range(len(who)):
        i = who[n]
        if minimum[i] > 0.0:
            level[count], claim[count] = minimum[i] / pace[i], -1 - i
            count += 1
        if tasks[i] < np.inf:
            level[count], claim[count] = tasks[i] / pace[i], i
            count += 1
    return level[:count], claim[:count], count


@compiled
def _pass(
    kind: int, i: int, bundle: Floats, pace: Floats, tasks: Floats, minimum: Floats, fixed: Floats, slope: Floats
) -> None:
    """Go past one kink: what is used is fixed + level · slope."""
    for r in range(len(fixed)):
        each = bundle[i, r]
        if kind < 0:
            fixed[r] -= minimum[i] * each
            slope[r] += pace[i] * each
        else:
            fixed[r] += tasks[i] * each
            slope[r] -= pace[i] * each


@compiled
def _steeper(claim: Ints, bundle: Floats, pace: Floats, tasks: Floats, minimum: Floats, width: int) -> Floats:
    """By how much (R,) all kinks together change the slope."""
    more, steeper = np.zeros(width), np.zeros(width)
    for kind in claim:
        _pass(kind, kind if kind >= 0 else -1 - kind, bundle, pace, tasks, minimum, more, steeper)
    return steeper


@compiled
def event(  # noqa: C901, PLR0912, PLR0915  # one compiled pass
    who: Ints, bundle: Floats, pace: Floats, tasks: Floats, minimum: Floats, room: Floats
) -> tuple[float, Floats, Floats]:
    """The level at which the first resource is used up, infinite if none is; fixed and slope (R,) of the use there."""
    width = len(room)
    fixed, slope = np.zeros(width), np.zeros(width)
    for n in range(len(who)):
        i = who[n]
        if minimum[i] > 0.0:
            for r in range(width):
                fixed[r] += minimum[i] * bundle[i, r]
        if tasks[i] == np.inf:
            for r in range(width):
                slope[r] += pace[i] * bundle[i, r]
    level, claim, count = _kinks(who, pace, tasks, minimum)
    begun = (
        count <= FEW
    )  # whether the slope is that of the beginning; all kinks together take it to that of who never ends
    if begun:
        slope -= _steeper(claim, bundle, pace, tasks, minimum, width)
    while count > FEW:
        keys = level.view(np.int64)
        low = keys.min()
        span = keys.max() - low
        if span == 0 and begun:
            break
        shift = 0
        while (span >> shift) >= BUCKETS:
            shift += 1
        more, steeper = np.zeros((BUCKETS, width)), np.zeros((BUCKETS, width))
        top = np.zeros(BUCKETS)
        for n in range(count):
            b = (keys[n] - low) >> shift
            top[b] = max(top[b], level[n])
            i = claim[n] if claim[n] >= 0 else -1 - claim[n]
            _pass(claim[n], i, bundle, pace, tasks, minimum, more[b], steeper[b])
        if not begun:
            begun = True
            slope -= steeper.sum(axis=0)
        chosen = -1
        for b in range(BUCKETS):
            if top[b] == 0.0:
                continue
            over = False
            for r in range(width):
                over = over or fixed[r] + more[b, r] + top[b] * (slope[r] + steeper[b, r]) > room[r]
            if over:
                chosen = b
                break
            fixed += more[b]
            slope += steeper[b]
        if chosen < 0:
            count = 0
            break
        kept = 0
        for n in range(count):
            if (keys[n] - low) >> shift == chosen:
                level[kept], claim[kept] = level[n], claim[n]
                kept += 1
        level, claim, count = level[:kept].copy(), claim[:kept].copy(), kept
    order = np.argsort(level[:count], kind="mergesort")
    for n in order:
        at = _first(fixed, slope, room)
        if at <= level[n]:
            return at, fixed, slope
        i = claim[n] if claim[n] >= 0 else -1 - claim[n]
        _pass(claim[n], i, bundle, pace, tasks, minimum, fixed, slope)
    return _first(fixed, slope, room), fixed, slope


@compiled
def _first(fixed: Floats, slope: Floats, room: Floats) -> float:
    """Where fixed + level · slope first meets the room; a slope that is only rounding does not count."""
    level = np.inf
    for r in range(len(room)):
        if slope[r] > 0.0 and fixed[r] + slope[r] * 1e300 > room[r]:
            level = min(level, max(room[r] - fixed[r], 0.0) / slope[r])
    return level


@compiled
def stop(
    who: Ints, bundle: Floats, pace: Floats, tasks: Floats, minimum: Floats, full: Bools, level: float, number: int,
    x: Floats, level_of: Ints,
) -> tuple[Floats, Ints]:  # fmt: skip
    """Stop the claims that are at their cap or need what is used up: what they use (R,), and those that go on."""
    used, on, count = np.zeros(len(full)), np.empty(len(who), dtype=np.int64), 0
    for n in range(len(who)):
        i = who[n]
        capped, stops = tasks[i] <= level * pace[i], False
        for r in range(len(full)):
            stops = stops or (full[r] and bundle[i, r] > 0.0)
        if not (stops or capped):
            on[count] = i
            count += 1
            continue
        level_of[i] = -1 if capped else number
        x[i, 0] = tasks[i] if capped else max(level * pace[i], minimum[i])
        for r in range(len(full)):
            used[r] += x[i, 0] * bundle[i, r]
    return used, on[:count].copy()


@compiled
def finish(
    x: Floats, share: Floats, weight: Floats, part: float, minimum: Floats, level_of: Ints, levels: Floats
) -> tuple[Floats, Ints, float]:
    """Take part of all above their least tasks; shares held, rows without any, and the smallest level; fills `levels`."""
    rate, out, count, value = np.empty(len(share)), np.empty(len(share), dtype=np.int64), 0, np.inf
    levels[:] = np.inf
    for i in range(len(share)):
        if part < 1.0:
            x[i, 0] = max(x[i, 0] * part, min(x[i, 0], minimum[i]))
        rate[i] = x[i, 0] * share[i]
        level = rate[i] / weight[i]
        if level_of[i] >= 0:
            levels[level_of[i]] = min(levels[level_of[i]], level)
        if x[i, 0] <= 0.0:
            out[count] = i
            count += 1
        elif share[i] > 0.0:
            value = min(value, level)
    return rate, out[:count].copy(), value
