"""How much did each member hold, borrow, lend and leave idle, added up over time?

Between two instants at which anything begins or ends, everything is constant. So all instants are put in order, what
begins and ends is summed up to each, the parts are told for each stretch between two, and multiplied by its seconds. It goes
through time in blocks, so that memory does not grow with the length of a trace: O(instants · classes · members).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.quantity import exact_products
from apportion.statements.ground import Ground, divided
from apportion.statements.tenures import Tenures

KINDS = 3  # of tenures
CELLS = 2**20  # of a block: stretches · classes · members


class Parts(NamedTuple):
    """Resource-seconds, each of the same shape; the last member is nobody.

    Attributes
    ----------
    own : held, within the entitlement
    borrowed : held, beyond it
    lent, idle : entitled and held by others, or by nobody; what is down is idle, of nobody's
    wanted : of `idle`, while another member's job waited for this class of nodes
    beyond_need : of what is held, replicas that the target of their service does not ask for
    """

    own: Ints
    borrowed: Ints
    lent: Ints
    idle: Ints
    wanted: Ints
    beyond_need: Ints


def swept(tenures: Tenures, on: Ground, cuts: Ints, slot_of: Ints, weights: Ints) -> Parts:
    """Add up the parts over time, in groups of slots and weighted in several ways, exactly.

    Parameters
    ----------
    cuts : (S + 1,) ascending seconds; between each two is a slot; outside them nothing counts
    slot_of : (S,) group of each slot, ascending from 0
    weights : (S, K) by what the seconds of each slot are multiplied

    Returns
    -------
    Parts of shape (G, K, C, N + 1): of 64 bits, or Python integers where these could be too few.
    """
    shape = (int(slot_of[-1]) + 1, weights.shape[1], len(Parts._fields), *on.entitled.shape[1:])
    most = float(on.whole.max(initial=0)) * float(cuts[-1] - cuts[0]) * float(weights.max(initial=1))
    total = np.zeros(shape, dtype=np.int64 if most < 2.0**62 else object)
    for slot, seconds in _blocks(tenures, on, cuts):
        for group in np.unique(slot_of[slot]).tolist():
            own = slot_of[slot] == group
            flat = seconds[own].reshape(int(own.sum()), -1)
            total[group] += exact_products(flat, weights[slot[own]]).T.reshape(shape[1:])
    return Parts(*np.moveaxis(total, 2, 0))


def _blocks(tenures: Tenures, on: Ground, cuts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield slots (B,) and what each part comes to in them, in seconds: (B, parts, C, N + 1), block by block."""
    inside = Tenures(*(column[_overlaps(tenures, cuts)] for column in tenures))
    begin, end = (np.clip(side, cuts[0], cuts[-1]) for side in (inside.begin_s, inside.end_s))
    times = np.unique(np.concatenate([begin, end, cuts, on.moments]))
    epoch = np.searchsorted(on.moments, times[:-1], side="right")
    classes, members = on.entitled.shape[1:]
    cell = (inside.kind * classes + inside.place) * members + inside.member
    at = np.searchsorted(times, np.concatenate([begin, end]))
    cell, change = np.concatenate([cell, cell]), np.concatenate([inside.amount, -inside.amount])
    by_time = np.argsort(at, kind="stable")
    at, cell, change = at[by_time], cell[by_time], change[by_time]
    carried = np.zeros(KINDS * classes * members, dtype=np.int64)
    slot = np.searchsorted(cuts, times[:-1], side="right") - 1
    length = max(CELLS // len(carried), 1)
    for first in range(0, len(times) - 1, length):
        last = min(first + length, len(times) - 1)
        here = slice(*np.searchsorted(at, [first, last]))
        level = np.zeros((last - first, len(carried)), dtype=np.int64)
        np.add.at(level, (at[here] - first, cell[here]), change[here])
        level[0] += carried
        level = level.cumsum(axis=0)
        carried = level[-1]
        now = epoch[first:last]
        parts = _parts(level.reshape(-1, KINDS, classes, members), on.entitled[now], on.down[now])
        found = np.stack(parts, axis=1)
        found *= np.diff(times[first : last + 1])[:, None, None, None]
        starts = np.flatnonzero(np.diff(slot[first:last], prepend=-1))  # (never empty: times has at least two cuts)
        yield slot[first:last][starts], np.add.reduceat(found, starts, axis=0)


def _overlaps(tenures: Tenures, cuts: Ints) -> Ints:
    return np.flatnonzero((tenures.end_s > cuts[0]) & (tenures.begin_s < cuts[-1]) & (tenures.amount > 0))


def _parts(level: Ints, entitled: Ints, down: Ints) -> Parts:
    """Tell the parts of each stretch from what members hold and wait for: (B, kinds, C, N + 1) → (B, C, N + 1) each."""
    held, beyond_need, waiting = level.swapaxes(0, 1)
    own = np.minimum(held, entitled)
    borrowed, spare = held - own, entitled - own
    lent = divided(borrowed.sum(axis=-1), spare)
    idle = spare - lent
    others = waiting.sum(axis=-1, keepdims=True) > waiting
    wanted = np.where(others, idle, 0)
    idle[..., -1] += down
    return Parts(own, borrowed, lent, idle, wanted, beyond_need)
