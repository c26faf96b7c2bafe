"""Between which bounds does a ratio of mean times lie, if time is drawn again in blocks?

Jobs that were submitted close to one another met the same queue, so single jobs say much less than their number. Blocks of
time are drawn instead, and with each block all its jobs. Jobs are paired: the same job under both rules.

With A_b and B_b the sums of the times, under the first rule and the second, of a group's jobs submitted in block b, the ratio
is
r = Σ B_b / Σ A_b. Two sets of bounds are taken, and the outer ones hold:

- quantiles of r over draws of blocks with replacement, the block bootstrap;
- the ratios that swapping cannot refute: were r the true ratio, r·A_b and B_b could as well have changed places in any block,
  so |Σ_b ± (B_b − r·A_b)| over random signs should reach |Σ_b (B_b − r·A_b)| in at least one of fifty. This holds for any
  number of blocks, while draws of few blocks are too sure of themselves; what rests on very few blocks is never shown.

Who is ahead of whom in a queue may stay so for days, and what one member gains another loses: from the times of all jobs
together it is not seen for how long. So the bounds of single members are widened to what swapping cannot refute in eleven
blocks, which are as long as can be told from, at 95 of 100 for all members together. Without that some of four members were
told apart in 19 and 54 of 100 pairs that differed by chance alone (`benchmarks/trials.py`).

Bounds are to hold in 98 of 100 cases. For several groups at once the rest is divided by their number, so that all their
bounds hold together. At 95, two rules that differed by chance alone were told apart in 6 of 100, since the length of the
blocks is chosen from the same data; at 98 it is 2 to 3 of 100.

Source: Künsch, The Jackknife and the Bootstrap for General Stationary Observations, Annals of Statistics 17 (1989); for
swapping Fisher, The Design of Experiments (1935).
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.traces.chance import Chance

ERROR = 0.02  # the chance that bounds do not hold
LASTING = 0.05  # the same, of a member's bounds where only the longest blocks are swapped
DRAWS = 2000
ALL = 11  # blocks up to which every way of swapping is tried
FEWEST = 10  # blocks; with fewer nothing is said
MOST = 60
RELATED = 0.2  # correlation between neighbouring blocks above which they are taken longer
DAY_S = 86_400
COUNTS = tuple(range(MOST, FEWEST - 1, -5))


@dataclass(frozen=True, eq=False)
class Blocks:
    """Times by block of submission and group: (B, G) sums under the first rule and the second, and the number of jobs."""

    first: Floats
    second: Floats
    count: Floats

    @property
    def pulls(self) -> Floats:
        """How much each block moves the logarithm of each group's ratio: (B, G)."""
        return _part(self.second) - _part(self.first)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds of second / first − 1 of each group: (G,) each; infinite where nothing can be said."""

    low: Floats
    high: Floats

    @property
    def known(self) -> Bools:
        """Of which groups something can be said: (G,)."""
        return np.asarray(np.isfinite(self.high))


def block_length(first: Floats, second: Floats, submit_s: Ints) -> int:
    """Choose the length of blocks: whole days where there are days enough, and so long that neighbours tell different things.

    The shortest of some lengths at which the correlation of neighbouring blocks is at most `RELATED`; the longest leaves
    `FEWEST` blocks.
    """
    span = int(np.ptp(submit_s)) + 1
    lengths = sorted({_rounded(-(-span // count), span) for count in COUNTS})
    together = np.zeros(len(submit_s), dtype=np.int64)
    for length in lengths:
        pull = in_blocks(first, second, submit_s, together, 1, length).pulls[:, -1]
        if float((pull[1:] * pull[:-1]).sum()) <= RELATED * float((pull * pull).sum()):
            return length
    return lengths[-1]


def _rounded(length: int, span: int) -> int:
    """Take whole days, if ten blocks of them are there."""
    days = -(-length // DAY_S) * DAY_S
    return days if days * FEWEST <= span else length


def in_blocks(first: Floats, second: Floats, submit_s: Ints, group: Ints, groups: int, length_s: int) -> Blocks:
    """Sum times (J,) by block of submission and by group: the groups, and last all jobs together."""
    block = (submit_s - submit_s.min()) // length_s
    rows = int(block.max()) + 1

    def summed(weights: Floats | None) -> Floats:
        found = np.bincount(block * groups + group, weights, rows * groups).reshape(rows, groups).astype(np.float64)
        return np.column_stack([found, found.sum(axis=1)])

    return Blocks(summed(first), summed(second), summed(None))


def bounds(blocks: Blocks, seed: str = "trial", draws: int = DRAWS) -> Bounds:
    """Bound the ratio of every group, all of them together, and of all jobs, by itself.

    Groups with jobs in fewer than `FEWEST` blocks, or whose times are all 0, get no bounds. Cost: O(draws · B · G).
    """
    groups = blocks.count.shape[1]
    low, high = np.full(groups, -np.inf), np.full(groups, np.inf)
    if len(blocks.count) < FEWEST:
        return Bounds(low, high)
    some = (blocks.first.sum(axis=0) > 0) & (blocks.second.sum(axis=0) > 0)
    at = np.flatnonzero(((blocks.count > 0).sum(axis=0) >= FEWEST) & some)
    error = np.where(at == groups - 1, ERROR, ERROR / max(int((at < groups - 1).sum()), 1))
    first, second = blocks.first[:, at], blocks.second[:, at]
    ways = (
        _drawn(first, second, error, Chance(seed, "blocks"), draws),
        _swapped(first, second, error, Chance(seed, "swaps")),
    )
    low[at] = np.minimum(ways[0][0], ways[1][0]) - 1
    high[at] = np.maximum(ways[0][1], ways[1][1]) - 1
    known = np.isfinite(high) & (low > -1)
    return Bounds(np.where(known, low, -np.inf), np.where(known, high, np.inf))


def widened(found: Bounds, first: Floats, second: Floats, submit_s: Ints, member: Ints, least_s: int) -> Bounds:
    """Widen every member's bounds to what swapping its longest blocks cannot refute; those of all jobs stay.

    Parameters
    ----------
    found : of the members, and last of all jobs
    first, second, submit_s, member : (J,) times under both rules, submissions in seconds, rows of the members
    least_s : length of the blocks by which `found` was bounded; these here are no shorter
    """
    low, high = found.low.copy(), found.high.copy()
    members = np.flatnonzero(found.known[:-1])
    error = np.full(2, LASTING / max(len(members), 1))
    for m in members.tolist():
        own = np.flatnonzero(member == m)
        length = max(least_s, -(-(int(np.ptp(submit_s[own])) + 1) // ALL))
        blocks = in_blocks(first[own], second[own], submit_s[own], np.zeros_like(own), 1, length)
        lowest, highest = _swapped(blocks.first, blocks.second, error, Chance("trial", "long swaps"))
        low[m], high[m] = min(low[m], lowest[0] - 1), max(high[m], highest[0] - 1)
    known = np.isfinite(high) & (low > -1)
    return Bounds(np.where(known, low, -np.inf), np.where(known, high, np.inf))


def _drawn(first: Floats, second: Floats, error: Floats, chance: Chance, draws: int) -> tuple[Floats, Floats]:
    """Bound r by drawing blocks with replacement: (G,), (G,)."""
    number = len(first)
    drawn = chance.below(number, draws * number).reshape(draws, number) + number * np.arange(draws)[:, None]
    times = np.bincount(drawn.ravel(), minlength=draws * number).reshape(draws, number).astype(np.float64)
    here = _over(times @ second, times @ first)
    each = [
        (np.quantile(column, part / 2, method="lower"), np.quantile(column, 1 - part / 2, method="higher"))
        for column, part in zip(here.T, error.tolist(), strict=True)
    ]
    low, high = np.array(each, dtype=np.float64).reshape(-1, 2).T
    return low, high


def _swapped(first: Floats, second: Floats, error: Floats, chance: Chance) -> tuple[Floats, Floats]:
    """Bound r by what swapping cannot refute: (G,), (G,).

    A way of swapping reaches what is seen for all r between two roots, around the ratio that is seen.
    """
    signs = _signs(len(first), chance, int(np.ceil(4 / error.min(initial=ERROR))))
    a, b, whole_a, whole_b = signs @ first, signs @ second, first.sum(axis=0), second.sum(axis=0)
    roots = _over(whole_b - b, whole_a - a), _over(whole_b + b, whole_a + a)
    same = ((whole_b == b) & (whole_a == a)) | ((whole_b == -b) & (whole_a == -a))  # reaches it for every r
    low, high = np.where(same, 0.0, np.minimum(*roots)), np.where(same, np.inf, np.maximum(*roots))
    most = np.ceil(error * len(signs)).astype(np.int64) - 1
    groups = np.arange(len(most))
    return np.sort(low, axis=0)[most, groups], np.sort(high, axis=0)[::-1][most, groups]


def _signs(blocks: int, chance: Chance, fewest: int) -> Floats:
    """Give ways of swapping, none swapped the first: all of them where they are few, else so many by chance: (K, B)."""
    if blocks <= ALL:
        return np.where(np.arange(2**blocks)[:, None] >> np.arange(blocks) & 1, -1.0, 1.0)
    ways = max(DRAWS, fewest)
    signs = np.where(chance.below(2, ways * blocks).reshape(ways, blocks) == 1, -1.0, 1.0)
    signs[0] = 1.0
    return signs


def _over(above: Floats, below: Floats) -> Floats:
    """Divide; what is divided by nothing is infinite."""
    return np.asarray(np.divide(above, below, out=np.full(np.shape(above), np.inf), where=below > 0))


def _part(amount: Floats) -> Floats:
    return np.asarray(amount / np.maximum(amount.sum(axis=0), np.finfo(float).tiny))
