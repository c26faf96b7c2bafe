"""What is there of a pool at some second, and who may count on what then?

A node that is down holds nothing. What the charter's rule gives is given of the nodes that are up, and weights stay: who owns
a node that is lost does without it, and has the same say. Who agreed on a part s of the pool has the weight s · Σ W, and
s · capacity as long as the nodes that are up hold it beside what the rule gives all others; else all who agreed have of what
is left in proportion.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.entitlement import Standing, entitlement
from apportion.domain.pool import Pool
from apportion.domain.quantity import fraction, whole_weights
from apportion.domain.tables import Outages
from apportion.domain.ties import tie_order


def stays(pool: Pool) -> bool:
    """Tell whether a pool is the same at every second."""
    return pool.outages is None and pool.agreements is None


def at(pool: Pool, second: int) -> Pool:
    """Return the pool as it is at one second, on its clock."""
    if stays(pool):
        return pool
    then = timeline(pool)
    there = then.up(second)
    nodes = pool.nodes if there.all() else replace(pool.nodes, amount=np.where(there[:, None], pool.nodes.amount, 0))
    return replace(pool, nodes=nodes, outages=None, agreements=None, stands=then.plain(second))


def up(outages: Outages | None, nodes: int, second: int) -> Bools:
    """Tell which nodes are up at a second: (K,)."""
    found = np.ones(nodes, dtype=bool)
    if outages is not None:
        down = (outages.down_s <= second) & ((second < outages.up_s) | (outages.up_s < 0))
        found[outages.node[down]] = False
    return found


@lru_cache(maxsize=4)
def timeline(pool: Pool) -> "Timeline":
    """Keep what was worked out for the next question about the same pool."""
    return Timeline(pool)


class Timeline:
    """A pool's standing over time, with weights that may be compared between seconds."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.order = tie_order(pool.seed, pool.members.id)
        self.first, self.weight = self._weights()
        self._known: dict[bytes, Ints] = {}

    def up(self, second: int) -> Bools:
        """Tell which nodes are up: (K,)."""
        return up(self.pool.outages, len(self.pool.nodes), second)

    @property
    def moments(self) -> Ints:
        """Seconds from which on something is otherwise: (H,) ascending."""
        outages, agreements = self.pool.outages, self.pool.agreements
        lost = [] if outages is None else [outages.down_s, outages.up_s[outages.up_s >= 0]]
        agreed = [] if agreements is None else [agreements.from_s]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *lost, *agreed]))

    def changes(self) -> Iterator[tuple[int, Standing]]:
        """Give each moment, and the standing from then on."""
        for second in self.moments.tolist():
            yield second, self.standing(second)

    def plain(self, second: int) -> Standing:
        """Return the standing at a second by itself: weights have no common divisor."""
        found = self.standing(second)
        return Standing(found.entitlement, whole_weights([Fraction(w) for w in found.weight.tolist()]))

    def standing(self, second: int) -> Standing:
        """Return the standing at a second."""
        row = self.in_force(second)
        agreed = row >= 0
        weight = np.where(agreed, self.weight[row], self.first) if len(self.weight) else self.first
        there = self.up(second)
        key = there.tobytes() + row.tobytes()
        if key not in self._known:
            self._known[key] = self._entitled(there, row, agreed)
        return Standing(self._known[key], weight)

    def _weights(self) -> tuple[Ints, Ints]:
        """Weights by the charter (N,), and of each agreement (H,), on one scale."""
        by_rule, agreements = self.pool.standing.weight, self.pool.agreements
        if agreements is None:
            return by_rule, np.zeros(0, dtype=np.int64)
        total = max(int(by_rule.sum()), 1)
        shares = [fraction(s) * total for s in np.nan_to_num(agreements.share).tolist()]
        whole = whole_weights([*map(Fraction, by_rule.tolist()), *shares])
        return whole[: len(by_rule)], whole[len(by_rule) :]

    def in_force(self, second: int) -> Ints:
        """Name the agreement of each member that holds at a second: (N,), −1 where the charter's rule does."""
        row, agreements = np.full(len(self.pool.members), -1), self.pool.agreements
        if agreements is not None:
            past = np.flatnonzero(agreements.from_s <= second)
            row[agreements.member[past]] = np.where(np.isnan(agreements.share[past]), -1, past)
        return row

    def _entitled(self, there: Bools, row: Ints, agreed: Bools) -> Ints:
        """Say what each member may count on of the nodes that are up: (N, F, R)."""
        pool = self.pool
        now = replace(pool, nodes=replace(pool.nodes, amount=np.where(there[:, None], pool.nodes.amount, 0)))
        rule, weight = pool.charter.entitlements, pool.standing.weight
        found = entitlement(rule, weight, pool.nodes, now.owned, now.capacity, self.order)
        if not agreed.any() or pool.agreements is None:
            return found
        found[agreed] = 0
        wish = wished(pool, row)
        left = now.capacity - found.sum(axis=0)
        for f, r in zip(*np.nonzero(pool.capacity), strict=True):
            asked = sum(one[f][r] for one in wish.values())
            part = min(Fraction(int(left[f, r]), asked), Fraction(1)) if asked else Fraction(0)
            for member, one in wish.items():
                found[member, f, r] = int(one[f][r] * part)
        return found


def wished(pool: Pool, row: Ints) -> dict[int, list[list[int]]]:
    """Say how much of the whole pool those count on who agreed: member → (F, R) whole thousandths, rounded down."""
    if pool.agreements is None:
        return {}
    share = {member: fraction(pool.agreements.share[k]) for member, k in enumerate(row.tolist()) if k >= 0}
    return {m: [[int(s * amount) for amount in held] for held in pool.capacity.tolist()] for m, s in share.items()}
