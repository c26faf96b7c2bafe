"""In which order do a pool's jobs come before a scheduler, and on which places may they run?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.pool import Pool
from apportion.domain.tables import NOBODY
from apportion.domain.trace import COUNTING, PLACEMENTS, Places, Trace
from apportion.errors import BadInput, nearest


def arrivals(pool: Pool, member_order: Ints, placement: str = COUNTING) -> Trace:
    """Bring a pool's jobs into order of arrival.

    Flavors on which every job runs alike are one class. ``counting`` takes all nodes of a class for one place, the other
    placements every node for itself; alone, a member has its entitlement counted, or the nodes it owns.

    Raises
    ------
    BadInput
        if there are no jobs, or no such placement.
    """
    jobs = pool.jobs
    if jobs is None:
        raise BadInput("this pool has no jobs", "jobs.csv", "add jobs.csv, or plan on claims.csv")
    if placement not in PLACEMENTS:
        raise BadInput(f'no placement is called "{placement}"', "--placement", nearest(placement, PLACEMENTS))
    order = np.argsort(jobs.submit_s, kind="stable")
    speed, kind = _classes(np.where(pool.may_run(jobs), jobs.speed, 0.0))
    made = Trace(
        jobs.id[order],
        jobs.member[order],
        jobs.submit_s[order],
        jobs.duration_s[order],
        jobs.gang[order],
        pool.capacity.sum(axis=0),
        pool.standing.entitlement.sum(axis=1),
        pool.standing.weight,
        member_order,
        pool.seed,
        order.astype(np.int64),
        workers=jobs.workers[order],
        user=np.unique(jobs.user.astype(str), return_inverse=True)[1].astype(np.int64)[order],
        priority=jobs.priority[order],
        deadline_s=jobs.deadline_s[order],
        speed=None if (speed == 1.0).all() else speed[order],
        parent=pool.members.parent,
        placement=placement,
    )
    return _counted(pool, made, kind) if placement == COUNTING else _placed(pool, made, kind)


def _classes(speed: Floats) -> tuple[Floats, Ints]:
    """Put flavors that no job tells apart into one class: (J, F) → speeds (J, C) and the class of each flavor (F,)."""
    _, first, kind = np.unique(speed, axis=1, return_index=True, return_inverse=True)
    by_first = np.argsort(np.argsort(first))  # classes in the order of their first flavors
    return speed[:, np.sort(first)], by_first[kind.reshape(-1)].astype(np.int64)


def _counted(pool: Pool, made: Trace, kind: Ints) -> Trace:
    classes = int(kind.max(initial=0)) + 1

    def summed(amount: Ints) -> Places:
        total = np.zeros((classes, amount.shape[1]), dtype=np.int64)
        np.add.at(total, kind, amount)
        return Places(total, np.arange(classes), kind[pool.nodes.flavor])

    homes = None if made.speed is None else tuple(summed(own) for own in pool.standing.entitlement)
    return replace(made, places=summed(pool.capacity), homes=homes)


def _placed(pool: Pool, made: Trace, kind: Ints) -> Trace:
    nodes = pool.nodes
    by_class = np.argsort(kind[nodes.flavor], kind="stable")

    def these(which: Bools) -> Places:
        rows = by_class[which[by_class]]
        place = np.full(len(nodes), NOBODY, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        return Places(nodes.amount[rows], kind[nodes.flavor[rows]], place)

    homes = tuple(these(nodes.owner == member) for member in range(len(pool.members)))
    return replace(made, places=these(np.ones(len(nodes), dtype=bool)), homes=homes)
