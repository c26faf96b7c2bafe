"""Which claims' choice of flavors is clear, whatever the prices and the level may be within some bounds?

A claim at its cap runs on its fastest flavor, another on the flavor that is cheapest for a unit of rate, or, where it would
need more tasks than it has there, on that one and a faster one in such parts that all its tasks run. If no prices
between `low` and `high` (F, R) and no level of the window change which flavors these are, the claim is *settled*: what it
uses is then constant + level · slope. Cost: O(M·F·R), one pass.
"""

import numpy as np
import numpy.typing as npt

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.compiled import compiled
from apportion.solver.levels.hull import cheapest

Codes = npt.NDArray[np.int16]
OPEN = -1  # a claim that is not settled
CAPPED = 1 << 14  # added to the flavor of a claim at its cap
FREE = CAPPED - 1  # a claim that reaches every level of the window on flavors that cost nothing, whichever they are


@compiled
def settle(  # noqa: C901, PLR0912  # one compiled pass
    who: Ints, speed: Floats, bundle: Floats, tasks: Floats, weight: Floats, minimum: Floats, closed: Ints,
    low: Floats, high: Floats, least: float, most: float, every: int, code: Codes,
) -> tuple[Floats, Floats, Ints]:  # fmt: skip
    """Sort the claims `who`, for levels from `least` to `most`.

    Parameters
    ----------
    closed : (F, R) the level that used a resource up, −1 where there is some left; who needs it cannot use the flavor
    every : so far apart are claims that count as open in any case
    code : (M,) int16, to be filled: how each claim is settled, or OPEN

    Returns
    -------
    constant (F, R), slope (F, R) of what the settled ones use, and the open claims.
    """
    flavors, width = low.shape
    fixed, lost = np.zeros((flavors, width)), np.zeros((flavors, width))
    rising, missed = np.zeros((flavors, width)), np.zeros((flavors, width))
    still, count = np.empty(len(who), dtype=np.int64), 0
    v, below, above = np.empty(flavors), np.empty(flavors), np.empty(flavors)
    for n in range(len(who)):
        i = who[n]
        fast, best, fastest, cheap, spare = 0, -1, -1.0, np.inf, 0.0
        for f in range(flavors):
            v[f], below[f], above[f] = speed[i, f], 0.0, 0.0
            for r in range(width):
                if closed[f, r] >= 0 and bundle[i, r] > 0.0:
                    v[f] = 0.0
                below[f] += low[f, r] * bundle[i, r]
                above[f] += high[f, r] * bundle[i, r]
            if above[f] == 0.0:
                spare = max(spare, v[f])
            if v[f] > fastest:
                fast, fastest = f, v[f]
            if v[f] > 0.0 and above[f] / v[f] < cheap:
                best, cheap = f, above[f] / v[f]
        made, rated = OPEN, n % every > 0
        if rated and least * weight[i] >= tasks[i] * fastest:
            made = _capped(v, fast)
        elif rated and minimum[i] == 0.0 and most * weight[i] <= tasks[i] * spare:
            made = FREE
        elif rated and most * weight[i] < tasks[i] * fastest:
            made = _single(v, below, best, cheap)
            if made != OPEN and (most * weight[i] > tasks[i] * v[best] or least * weight[i] < minimum[i] * v[best]):
                made = OPEN
            if made == OPEN and minimum[i] == 0.0:
                made = _pair(v, below, above, tasks[i], least * weight[i], most * weight[i])
        code[i] = made
        if made == OPEN:
            still[count] = i
            count += 1
            continue
        if made == FREE:
            continue
        f, g = made % flavors, made // flavors - 1
        if made >= CAPPED:
            f, g = made - CAPPED, -1
            one, pace = tasks[i], 0.0
        elif g < 0:
            one, pace = 0.0, weight[i] / v[f]
        else:
            pace = -weight[i] / (v[g] - v[f])
            one = tasks[i] * v[g] / (v[g] - v[f])
            for r in range(width):
                _add(fixed, lost, g, r, (tasks[i] - one) * bundle[i, r])
                _add(rising, missed, g, r, -pace * bundle[i, r])
        for r in range(width):
            _add(fixed, lost, f, r, one * bundle[i, r])
            _add(rising, missed, f, r, pace * bundle[i, r])
    return fixed + lost, rising + missed, still[:count].copy()


@compiled
def _add(total: Floats, lost: Floats, f: int, r: int, more: float) -> None:
    """Neumaier's sum: what rounding takes from `total` is kept in `lost`."""
    old = total[f, r]
    new = old + more
    lost[f, r] += (old - new) + more if abs(old) >= abs(more) else (more - new) + old
    total[f, r] = new


@compiled
def _capped(v: Floats, fast: int) -> int:
    for f in range(len(v)):
        if f != fast and v[f] == v[fast]:
            return OPEN
    return CAPPED + fast


@compiled
def _single(v: Floats, below: Floats, best: int, cheap: float) -> int:
    """The flavor that is cheapest for a unit of rate, if no other can be."""
    if best < 0:
        return OPEN
    for f in range(len(v)):
        if f != best and v[f] > 0.0 and below[f] <= cheap * v[f]:
            return OPEN
    return best


@compiled
def _pair(v: Floats, below: Floats, above: Floats, tasks: float, least: float, most: float) -> int:
    """Two flavors that together hold all tasks, if no other choice can be cheaper."""
    found = cheapest(0.5 * (below + above), v, 0.0, tasks, 0.5 * (least + most))
    f, g = found[3], found[5]
    if g < 0:
        return OPEN
    if v[f] > v[g]:
        f, g = g, f
    if not (tasks * v[f] < least and most < tasks * v[g]):
        return OPEN
    for h in range(-1, len(v)):
        if h in (f, g) or (h >= 0 and v[h] <= 0.0):
            continue
        part = ((v[h] if h >= 0 else 0.0) - v[f]) / (v[g] - v[f])
        left = below[h] if h >= 0 else 0.0
        left -= (1.0 - part) * (above[f] if part < 1.0 else below[f])
        left -= part * (above[g] if part > 0.0 else below[g])
        if left <= 0.0:
            return OPEN
    return f + len(v) * (g + 1)


@compiled
def holder(speed: Floats, bundle: Floats, closed: Ints, pace: float) -> int:
    """The level that holds a claim at all its tasks at `pace`: the last that took a faster flavor from it, −1 if none did."""
    last = -1
    for f in range(len(speed)):
        if speed[f] <= pace:
            continue
        first = -1
        for r in range(len(bundle)):
            if bundle[r] > 0.0 and closed[f, r] >= 0 and (first < 0 or closed[f, r] < first):
                first = closed[f, r]
        last = max(last, first)
    return last


@compiled
def write(  # noqa: C901  # one compiled pass
    who: Ints, code: Codes, speed: Floats, bundle: Floats, tasks: Floats, weight: Floats, closed: Ints, priced: Bools,
    level: float, number: int, x: Floats, level_of: Ints,
) -> tuple[Floats, Ints]:  # fmt: skip
    """Write down the settled claims that stop at a level: what they use (F, R), and those that go on.

    `priced` (F, R) tells what is used up: a claim that needs nothing of it goes on. x (M, F) and level_of (M,) are filled, or
    of no length where nobody asks.
    """
    flavors, width = priced.shape
    used, on, count = np.zeros((flavors, width)), np.empty(len(who), dtype=np.int64), 0
    for n in range(len(who)):
        i = who[n]
        made = code[i]
        if made == OPEN:
            continue
        if made == FREE:
            on[count] = i
            count += 1
            continue
        capped = made >= CAPPED
        f, g = (made - CAPPED, -1) if capped else (made % flavors, made // flavors - 1)
        stops = capped
        for r in range(width):
            dear = priced[f, r] or (g >= 0 and priced[g, r])
            stops = stops or (dear and bundle[i, r] > 0.0)
        if not stops:
            on[count] = i
            count += 1
            continue
        here, there = tasks[i], 0.0
        if g >= 0:
            there = (level * weight[i] - tasks[i] * speed[i, f]) / (speed[i, g] - speed[i, f])
            here = tasks[i] - there
        elif not capped:
            here = level * weight[i] / speed[i, f]
        for r in range(width):
            used[f, r] += here * bundle[i, r]
            if g >= 0:
                used[g, r] += there * bundle[i, r]
        if len(x):
            level_of[i] = holder(speed[i], bundle[i], closed, speed[i, f]) if capped else number
            x[i, f] = here
            if g >= 0:
                x[i, g] = there
    return used, on[:count].copy()


@compiled
def reply(  # noqa: C901  # one compiled pass
    who: Ints, speed: Floats, bundle: Floats, tasks: Floats, weight: Floats, minimum: Floats, closed: Ints,
    prices: Floats, level: float, x: Floats,
) -> Floats:  # fmt: skip
    """Let claims buy what they need for a level at the prices: what they use (F, R), which need not be there.

    x (M, F) is filled, or (0, F) where nobody asks.
    """
    flavors, width = prices.shape
    used, cost, v = np.zeros((flavors, width)), np.empty(flavors), np.empty(flavors)
    for i in who:
        fastest = 0.0
        for f in range(flavors):
            cost[f], v[f] = 0.0, speed[i, f]
            for r in range(width):
                cost[f] += prices[f, r] * bundle[i, r]
                if closed[f, r] >= 0 and bundle[i, r] > 0.0:
                    v[f] = 0.0
            fastest = max(fastest, v[f])
        goal, on = min(level * weight[i], tasks[i] * fastest), -1
        for f in range(flavors):
            if v[f] > 0.0 and (on < 0 or cost[f] * v[on] < cost[on] * v[f]):
                on = f
        if on >= 0 and minimum[i] == 0.0 and cost[on] > 0.0 and goal < tasks[i] * v[on]:
            first, here, second, there = on, goal / v[on], -1, 0.0
        else:
            _, _, _, first, here, second, there = cheapest(cost, v, minimum[i], tasks[i], goal)
        for f, part in ((first, here), (second, there)):
            if f < 0:
                continue
            if len(x):
                x[i, f] += part
            for r in range(width):
                used[f, r] += part * bundle[i, r]
    return used
