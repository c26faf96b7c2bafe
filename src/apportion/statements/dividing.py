"""How is what nodes cost, draw and emit divided over what was held and what lay idle?

The price of all nodes of a class over a period, rounded once to a whole millionth, is divided by resource-seconds, in whole
millionths by largest remainder: so the parts sum to it exactly. A class draws idle + (max − idle) · u watts, u the held part
of it: its idle power is divided like the price, the rest over what was held, in whole millijoules. A node that is down draws
nothing, and nobody is billed for what it would have drawn; its price is owed. Grams are these watts
times the intensity of the hour, by region of the nodes, in whole milligrams. Energy and grams are estimated, not metered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.intensity import HOUR_S, Intensity
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI, whole_shares
from apportion.domain.ties import tie_order
from apportion.statements.downtime import Downtime
from apportion.statements.ground import Ground
from apportion.statements.sweep import Parts

KWH_MJ = 3_600_000_000  # millijoules of a kilowatt-hour
Rows = tuple[list[int], ...]  # whole units of each member, nobody last


@dataclass(frozen=True, eq=False)
class Bill:
    """What there is to divide.

    Parameters
    ----------
    found : parts of shape (periods, 1 + kinds · G, C, N + 1): plain, and weighted by the intensity of each kind and region
    spans : (periods, 1 + kinds · G) seconds of each period, weighted likewise
    off : what was down, weighted likewise
    kinds : of intensity that are told
    """

    pool: Pool
    on: Ground
    found: Parts
    spans: Any
    off: Downtime
    kinds: Sequence[str]
    intensity: Intensity | None

    def costs(self, k: int, c: int) -> Rows | None:
        """Divide the price of one period and class: owed for own, borrowed and idle, and worth of lent; None if unknown."""
        if not self._known(self.pool.nodes.price_milli_per_hour):
            return None
        total = self._price[c] * int(self.spans[k, 0]) * MILLI / HOUR_S
        own, borrowed, lent, idle = (part[k, 0, c] for part in self.found[:4])
        owed = self._shared(total, own, borrowed, idle)
        return *owed, self._shared(Fraction(sum(owed[1])), lent)[0]

    def energy(self, k: int, c: int) -> Rows | None:
        """Divide what one class drew in a period: for what was held, and what lay idle; None if unknown."""
        if not self._known(self.pool.nodes.max_milli_watts):
            return None
        return self._drawn(k, c, [0], [self._idle[c].sum()], [self._beyond[c].sum()])

    def grams(self, k: int, c: int) -> dict[str, Rows]:
        """Divide what one class emitted in a period, by kind of intensity; empty if unknown."""
        if self.intensity is None or not self._known(self.pool.nodes.max_milli_watts):
            return {}
        regions = len(self.intensity.regions)
        columns = {kind: [1 + i * regions + g for g in range(regions)] for i, kind in enumerate(self.kinds)}
        return {kind: self._drawn(k, c, at, self._idle[c], self._beyond[c], KWH_MJ) for kind, at in columns.items()}

    def _drawn(self, k: int, c: int, columns: list[int], idle: Any, beyond: Any, unit: int = 1) -> Rows:
        """Divide Σ watts · seconds over some columns, `idle` and `beyond` in milliwatts for each of them, by `unit`."""
        held = [(self.found.own[k, w, c] + self.found.borrowed[k, w, c]).astype(object) for w in columns]
        rest = [self.found.idle[k, w, c].astype(object) for w in columns]
        for left_idle, w in zip(rest, columns, strict=True):
            left_idle[-1] -= self.off.amount[k, w, c]  # (what is down is idle, of nobody's, and draws nothing)
        part, whole = self.on.part[c], max(int(self.on.whole[c]), 1)
        drawn = (int(watts) * int(self.spans[k, w]) for watts, w in zip(idle, columns, strict=True))
        total = sum(drawn) - sum(self.off.idle[k, w, c] for w in columns)
        kept, left = self._shared(total * part / unit, _weighted(idle, held), _weighted(idle, rest))
        more = _weighted(beyond, held)
        (above,) = self._shared(sum(more.tolist()) * part / whole / unit, more)
        return [a + b for a, b in zip(kept, above, strict=True)], left

    def _shared(self, total: Fraction, *weights: Any) -> Rows:
        """Divide a total, rounded to a whole unit, over several rows of weights; nobody's last entry has it if all are 0."""
        flat = np.concatenate(weights).astype(object)
        whole = round(total)
        shares = whole_shares(whole, flat, self._order[: len(flat)]).tolist()
        shares[-1] += whole - sum(shares)
        size = len(weights[0])
        return tuple(shares[first : first + size] for first in range(0, len(shares), size))

    @cached_property
    def _order(self) -> Ints:
        """Ties go in the order of the pool's seed, nobody last, first held, then idle."""
        members = tie_order(self.pool.seed, self.pool.members.id)
        row = np.append(members, len(members))
        return np.concatenate([row + i * len(row) for i in range(3)])

    def _known(self, column: Ints) -> bool:
        """Tell whether every node that is there says it: a part of the price of a pool is no price."""
        return bool((column[self.on.node >= 0] > 0).all())

    @cached_property
    def _price(self) -> list[Fraction]:
        """Thousandths an hour of each class."""
        price = self.pool.nodes.price_milli_per_hour
        return [int(price[self.on.node == c].sum()) * part for c, part in enumerate(self.on.part)]

    @cached_property
    def _idle(self) -> Any:
        return self._watts(self.pool.nodes.idle_milli_watts)

    @cached_property
    def _beyond(self) -> Any:
        return self._watts(self.pool.nodes.max_milli_watts - self.pool.nodes.idle_milli_watts)

    def _watts(self, each: Ints) -> Any:
        """Milliwatts of all nodes of a class in each region: (C, G)."""
        nodes, regions = self.pool.nodes, 1 if self.intensity is None else len(self.intensity.regions)
        column = np.zeros(len(nodes), dtype=np.int64) if self.intensity is None else self.intensity.column(nodes.region)
        total, there = np.zeros((len(self.on), regions), dtype=np.int64), self.on.node >= 0
        np.add.at(total, (self.on.node[there], column[there]), each[there])
        return total


def _weighted(watts: Any, amounts: Sequence[Any]) -> Any:
    """Sum amounts times watts, in Python's integers."""
    return sum(amount * int(each) for each, amount in zip(watts, amounts, strict=True))
