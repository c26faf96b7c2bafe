"""What would a trace be on so much of its places?"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.quantity import MILLI
from apportion.domain.trace import COUNTING, Changes, Places, Trace
from apportion.errors import BadInput


def at_percent(trace: Trace, percent: int) -> Trace:
    """Return the same jobs on so much of the places: whole units of each as one, or the first nodes of each class.

    What comes and goes does so in the same proportion, or with its node; at home, members have what they had.

    Raises
    ------
    BadInput
        for more nodes than there are.
    """
    held, changes = trace.held_by, trace.changes
    if trace.placement == COUNTING:
        places = replace(held, amount=_part(held.amount, percent))
        changes = changes and _part_of_changes(held.amount, changes, percent)
    elif percent > 100:
        what = f"{percent} % of the nodes are more nodes than there are"
        raise BadInput(
            what, "option percent", "add nodes to nodes.csv, or count them as one number: --placement counting"
        )
    else:
        each = [np.arange(a, a + (b - a) * percent // 100) for a, b in pairwise(held.bounds.tolist())]
        keep = np.concatenate(each).astype(np.int64)
        now = np.full(len(held.amount) + 1, -1, dtype=np.int64)
        now[keep] = np.arange(len(keep))
        places = Places(held.amount[keep], held.kind[keep], now[held.of])
        if changes is not None:
            there = now[changes.place] >= 0
            changes = Changes(changes.at_s[there], now[changes.place[there]], changes.delta[there])
    return replace(trace, capacity=places.total, places=places, changes=changes)


def _part(amount: Ints, percent: int) -> Ints:
    """Take so much of each amount, in whole units: nobody buys half a GPU."""
    return amount * percent // 100 // MILLI * MILLI


def _part_of_changes(amount: Ints, changes: Changes, percent: int) -> Changes:
    """Change parts of places (P, R) as the whole ones do, in whole units at any time."""
    there, delta = amount.copy(), np.empty_like(changes.delta)
    for k, p in enumerate(changes.place.tolist()):
        before = _part(there[p], percent)
        there[p] += changes.delta[k]
        delta[k] = _part(there[p], percent) - before
    return replace(changes, delta=delta)
