"""What does a merger, or an alliance that acts as one, do to concentration?

Merging holders with shares s_a and s_b raises HHI by 2 · s_a · s_b · 10⁴; merging a set S by ((Σ_S s)² − Σ_S s²) · 10⁴.

The thresholds are those of the US *Merger Guidelines* of 18 December 2023, section 2.1 (Guideline 1): a merger is presumed to
lessen competition if HHI afterwards is above 1,800 and rises by more than 100, or if the merged share is above 30 % and HHI
rises by more than 100. They were made for markets in which firms sell. For a pool of compute they are a yardstick that people
know, not a finding of law.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apportion.concentration.indices import POINTS, hhi, shares
from apportion.domain.arrays import Floats, Ints

HIGH = 1_800.0  # HHI of a highly concentrated market
CHANGE = 100.0  # change that counts
LARGE = 0.30  # share of the merged holder that counts with such a change
SOURCE = "US Merger Guidelines (2023), section 2.1"


@dataclass(frozen=True)
class Merger:
    """What becomes of concentration if some holders act as one.

    Attributes
    ----------
    share : of the merged holder
    before, after : HHI
    presumed : whether the guidelines would presume harm, by either threshold
    """

    share: float
    before: float
    after: float

    @property
    def change(self) -> float:
        """ΔHHI."""
        return self.after - self.before

    @property
    def presumed(self) -> bool:
        return self.change > CHANGE and (self.after > HIGH or self.share > LARGE)


def delta_hhi(a: float, b: float) -> float:
    """ΔHHI of merging holders with shares a and b.

    >>> round(delta_hhi(0.2, 0.3))
    1200
    """
    return 2.0 * a * b * POINTS


def merger(x: Floats, joined: Sequence[int]) -> Merger:
    """Let the holders at `joined` act as one among amounts (N,); NaN where nobody holds anything."""
    s = shares(x)
    together = np.zeros(len(s), dtype=bool)
    together[list(joined)] = True
    one = float(s[together].sum())
    return Merger(one, hhi(x), hhi(np.append(np.asarray(x)[~together], np.asarray(x)[together].sum())))


def joining(x: Floats) -> tuple[Ints, list[Merger]]:
    """Let the largest of amounts (N,) act as one, one more at a time: who joins, in this order, and each step as a merger.

    The first step is the largest by itself, which changes nothing; each later one begins where the one before ended. Equal
    amounts join in the order of the table; who holds nothing does not join.

    >>> order, steps = joining(np.array([2.0, 4.0, 1.0, 0.0]))
    >>> order.tolist(), [round(step.after) for step in steps], [round(step.change) for step in steps]
    ([1, 0, 2], [4286, 7551, 10000], [0, 3265, 2449])
    """
    amounts = np.asarray(x, dtype=np.float64)
    order = np.argsort(-amounts, kind="stable")
    order = order[amounts[order] > 0]
    alone = [merger(amounts, order[: many + 1].tolist()) for many in range(len(order))]
    before = [step.after for step in (alone[:1] + alone)[: len(alone)]]
    return order, [Merger(step.share, start, step.after) for step, start in zip(alone, before, strict=True)]
