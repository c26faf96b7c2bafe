"""What is there to hold, who is entitled to it, and what does it cost and draw?

Flavors that no job tells apart are one class of nodes. A class is told by one resource: its GPUs, or its cores where it has
none, or else the first resource that it has. What a class costs and draws is spread evenly over that.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.over_time import at, stays, timeline
from apportion.domain.pool import Pool
from apportion.domain.tables import NOBODY
from apportion.domain.trace import Places
from apportion.errors import BadInput

FIRST = ("gpu_milli", "cpu_milli")


@dataclass(frozen=True, eq=False)
class Ground:
    """The classes of nodes.

    Attributes
    ----------
    flavors : of each of C classes, the names of its flavors
    resource : (C,) by which it is told
    whole : (C,) how much of that there is
    moments : (E,) ascending seconds from which on something is otherwise: nodes go or come back, or members agree
    entitled : (E + 1, C, N + 1) who is entitled to how much of the nodes that are up, before the first moment and from each
        on; the last to what nobody is
    down : (E + 1, C) what is down; with what all are entitled to it is `whole`
    nodes : (C,) how many nodes
    node : (K,) class of each of the pool's nodes, −1 for one that is not there
    part : of each class, which part of its nodes' resource is there
    """

    flavors: tuple[tuple[str, ...], ...]
    resource: Ints
    whole: Ints
    moments: Ints
    entitled: Ints
    down: Ints
    nodes: Ints
    node: Ints
    part: tuple[Fraction, ...]

    def __len__(self) -> int:
        return len(self.whole)


def ground(pool: Pool, places: Places, start_s: int, end_s: int) -> Ground:
    """Bring a pool's nodes into the classes of a replay, from one second to before another.

    Entitlements shrink and grow with what there is of a class.

    Raises
    ------
    BadInput
        for a part of a pool of which nodes go down: which they are is not known.
    """
    classes = len(places.bounds) - 1
    node = np.where(places.of >= 0, places.kind[places.of], NOBODY)
    total = np.zeros((classes, len(pool.resources)), dtype=np.int64)
    np.add.at(total, places.kind, places.amount)
    resource = np.array([_told_by(row, pool.resources) for row in total], dtype=np.int64)
    whole = total[np.arange(classes), resource]
    there = node >= 0
    full = np.zeros(classes, dtype=np.int64)
    np.add.at(full, node[there], pool.nodes.amount[there, resource[node[there]]])
    flavors = [np.unique(pool.nodes.flavor[node == c]) for c in range(classes)]
    moments = timeline(pool).moments if not stays(pool) else np.zeros(0, dtype=np.int64)
    moments = moments[(moments > start_s) & (moments < end_s)]
    if len(moments) and (full != whole).any():
        raise BadInput(
            "nodes of this pool go down, and which of a part of it do is not known", "--percent", "leave it out"
        )
    entitled = np.stack([_entitled(at(pool, t), flavors, resource) for t in [start_s, *moments.tolist()]])
    if (full != whole).any():
        entitled = divided(whole, entitled)
    return Ground(
        tuple(tuple(str(pool.flavors[f]) for f in own) for own in flavors),
        resource,
        whole,
        moments,
        entitled,
        whole - entitled.sum(axis=-1),
        np.bincount(node[there], minlength=classes),
        node,
        tuple(Fraction(int(a), int(b)) if b else Fraction(1) for a, b in zip(whole, full, strict=True)),
    )


def _entitled(now: Pool, flavors: list[Ints], resource: Ints) -> Ints:
    """Who is entitled to how much of what is up, in each class: (C, N + 1)."""
    found = np.zeros((len(flavors), len(now.members) + 1), dtype=np.int64)
    for c, own in enumerate(flavors):
        found[c, :-1] = now.standing.entitlement[:, own, resource[c]].sum(axis=1)
        found[c, -1] = now.capacity[own, resource[c]].sum() - found[c].sum()
    return found


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
