"""How is one member kept from holding more than a part of what there is?

The part of each resource that a member may hold is a resource of its own, which only that member's gangs use; the kernels
need to know nothing of it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.quantity import fraction
from apportion.domain.trace import COUNTING, Changes, Places, Trace
from apportion.errors import BadInput


def limited(trace: Trace, part: float) -> Trace:
    """Return the same jobs where no member holds more than a part of any resource of a class of places at once.

    Behind the R resources stand R more for each member, so that the order of all members' shares stays what it was. A gang
    larger than the part never starts. Cost: the kernels look at R · (N + 1) resources instead of R.

    Parameters
    ----------
    part : above 0 and at most 1; of what there is when nothing is lost

    Raises
    ------
    BadInput
        if places are single nodes: how much a member holds of all of them is not seen there.
    """
    if trace.placement != COUNTING:
        raise BadInput(
            f'a limit of what one member may hold is not kept by placement "{trace.placement}"',
            "charter.toml, queue.member_limit",
            'write placement = "counting", or remove the limit',
        )
    members = len(trace.weight)
    need = np.zeros((len(trace), members, trace.need.shape[1]), dtype=np.int64)
    need[np.arange(len(trace)), trace.member] = trace.need
    held, exact = trace.held_by, fraction(part)
    most = held.amount * exact.numerator // exact.denominator
    places = Places(np.concatenate([held.amount, np.tile(most, members)], axis=1), held.kind, held.of)
    changes, standings = trace.changes, trace.standings
    return replace(
        trace,
        need=np.concatenate([trace.need, need.reshape(len(trace), members * need.shape[2])], axis=1),
        capacity=places.total,
        places=places,
        entitlement=_own(trace.entitlement, range(members), members),
        homes=None if trace.homes is None else tuple(replace(h, amount=_all(h.amount, members)) for h in trace.homes),
        changes=None if changes is None else _of_resources(changes, members),
        home_changes=None
        if trace.home_changes is None
        else tuple(_of_resources(home, members) for home in trace.home_changes),
        standings=None
        if standings is None
        else replace(standings, entitlement=_own(standings.entitlement, standings.member.tolist(), members)),
    )


def _of_resources(changes: Changes, members: int) -> Changes:
    """Let what comes and goes do so of the resources, and of no limit."""
    return replace(changes, delta=np.pad(changes.delta, ((0, 0), (0, members * changes.delta.shape[1]))))


def _all(amount: Ints, members: int) -> Ints:
    """Let the limit of every member be no limit at home: (C, R) → (C, R · (N + 1))."""
    return np.tile(amount, members + 1)


def _own(amount: Ints, member: Sequence[int], members: int) -> Ints:
    """Say that a member may count on its own limit as on the resource: (H, R) → (H, R · (N + 1))."""
    own = np.zeros((len(amount), members, amount.shape[1]), dtype=np.int64)
    own[np.arange(len(amount)), list(member)] = amount
    return np.concatenate([amount, own.reshape(len(amount), members * amount.shape[1])], axis=1)
