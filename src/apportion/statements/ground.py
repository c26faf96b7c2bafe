"""What is there to hold, who is entitled to it, and what does it cost and draw?

Flavors that no job tells apart are one class of nodes. A class is told by one resource: its GPUs, or its cores where it has
none, or else the first resource that it has. What a class costs and draws is spread evenly over that.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.pool import Pool
from apportion.domain.tables import NOBODY
from apportion.domain.trace import Places

FIRST = ("gpu_milli", "cpu_milli")


@dataclass(frozen=True, eq=False)
class Ground:
    """The classes of nodes.

    Attributes
    ----------
    flavors : of each of C classes, the names of its flavors
    resource : (C,) by which it is told
    whole : (C,) how much of that there is
    entitled : (C, N + 1) who is entitled to it, the last to what nobody is; sums over members to `whole`
    nodes : (C,) how many nodes
    node : (K,) class of each of the pool's nodes, −1 for one that is not there
    part : of each class, which part of its nodes' resource is there
    """

    flavors: tuple[tuple[str, ...], ...]
    resource: Ints
    whole: Ints
    entitled: Ints
    nodes: Ints
    node: Ints
    part: tuple[Fraction, ...]

    def __len__(self) -> int:
        return len(self.whole)


def ground(pool: Pool, places: Places) -> Ground:
    """Bring a pool's nodes into the classes of a replay; entitlements shrink and grow with what there is of a class."""
    classes = len(places.bounds) - 1
    node = np.where(places.of >= 0, places.kind[places.of], NOBODY)
    total = np.zeros((classes, len(pool.resources)), dtype=np.int64)
    np.add.at(total, places.kind, places.amount)
    resource = np.array([_told_by(row, pool.resources) for row in total], dtype=np.int64)
    whole = total[np.arange(classes), resource]
    there = node >= 0
    full = np.zeros(classes, dtype=np.int64)
    np.add.at(full, node[there], pool.nodes.amount[there, resource[node[there]]])
    entitled = np.zeros((classes, len(pool.members) + 1), dtype=np.int64)
    flavors: list[tuple[str, ...]] = []
    for c in range(classes):
        own = np.unique(pool.nodes.flavor[node == c])
        flavors.append(tuple(str(pool.flavors[f]) for f in own))
        entitled[c, :-1] = pool.standing.entitlement[:, own, resource[c]].sum(axis=1)
        entitled[c, -1] = pool.capacity[own, resource[c]].sum() - entitled[c].sum()
    return Ground(
        tuple(flavors),
        resource,
        whole,
        np.where((entitled.sum(axis=1) == whole)[:, None], entitled, divided(whole, entitled)),
        np.bincount(node[there], minlength=classes),
        node,
        tuple(Fraction(int(a), int(b)) if b else Fraction(1) for a, b in zip(whole, full, strict=True)),
    )


def _told_by(amount: Ints, resources: tuple[str, ...]) -> int:
    first = [resources.index(name) for name in FIRST if name in resources]
    return next((r for r in [*first, *range(len(resources))] if amount[r] > 0), 0)


def divided(total: Ints, parts: Ints) -> Ints:
    """Divide totals over parts, in proportion and in whole units: (…), (…, N) → (…, N).

    Each gets what the proportion of all up to it, rounded down, has more than that of all before: nobody is more than a unit
    off, and none gets more than its part where the total is not above their sum. Zeros where all parts are.

    >>> divided(np.array([10]), np.array([[1, 1, 1]])).tolist()
    [[3, 3, 4]]
    """
    running, total = parts.cumsum(axis=-1), np.asarray(total)[..., None]
    if float(running.max(initial=0)) * float(total.max(initial=0)) >= 2.0**62:
        running, total = running.astype(object), total.astype(object)  # right, if slower
    until = running * total // np.maximum(running[..., -1:], 1)
    return np.asarray(np.diff(until, axis=-1, prepend=0), dtype=np.int64)
