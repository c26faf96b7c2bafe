"""In which order do a pool's jobs come before a scheduler, and on which places may they run?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, ints
from apportion.domain.over_time import stays, timeline
from apportion.domain.pool import Pool
from apportion.domain.tables import NOBODY
from apportion.domain.trace import COUNTING, PLACEMENTS, Changes, Places, Standings, Trace, no_changes
from apportion.errors import BadInput, nearest


def arrivals(pool: Pool, member_order: Ints, placement: str = COUNTING) -> Trace:
    """Bring a pool's jobs into order of arrival.

    Flavors on which every job runs alike are one class. ``counting`` takes all nodes of a class for one place, the other
    placements every node for itself; alone, a member has its entitlement counted, or the nodes it owns. Nodes that are down
    are lost in the pool and at home, and members have at home what they agreed on just then. Which nodes an agreed part is
    made of is not known, so who ever agrees on one has its home counted, class by class, under every placement.

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
    settled = _counted(pool, made, kind) if placement == COUNTING else _placed(pool, made, kind)
    return settled if stays(pool) else _changing(pool, settled, kind)


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


def _changing(pool: Pool, made: Trace, kind: Ints) -> Trace:
    """Let nodes go and come back, and members have what they have just then."""
    then = timeline(pool)
    moments = list(then.changes())
    given = replace(made, weight=then.first, changes=_losses(pool, made.held_by.of))
    totals = [(second, found.entitlement.sum(axis=1), found.weight) for second, found in moments]
    given = replace(given, standings=_standings(given, totals))
    if made.homes is None:
        return given
    first = min([int(made.submit_s.min(initial=0)), *(second for second, _ in moments)])
    seconds = ints([first, *(second for second, _ in moments)])
    has = np.array([pool.standing.entitlement, *(found.entitlement for _, found in moments)])
    by_class = np.stack([has[:, :, kind == c].sum(axis=2) for c in range(int(kind.max(initial=0)) + 1)], axis=2)
    agreed = set() if pool.agreements is None else set(pool.agreements.member.tolist())
    homes, goes = [], []
    for m, home in enumerate(made.homes):
        if made.placement == COUNTING or m in agreed:
            most, changes = _home(seconds, by_class[:, m])
            homes.append(Places(most, np.arange(len(most)), kind[pool.nodes.flavor]))
        else:
            changes = _losses(pool, home.of)
            homes.append(home)
        goes.append(changes)
    return replace(given, homes=tuple(homes), home_changes=tuple(goes))


def _losses(pool: Pool, place: Ints) -> Changes:
    """Say what places lose when nodes go down, and get back; `place` of each node, −1 for those of no interest: (K,)."""
    outages, amount = pool.outages, pool.nodes.amount
    if outages is None:
        return no_changes(amount.shape[1])
    back = outages.up_s >= 0
    at_s = np.concatenate([outages.down_s, outages.up_s[back]])
    delta = np.concatenate([-amount[outages.node], amount[outages.node[back]]])
    on = place[np.concatenate([outages.node, outages.node[back]])]
    when, of = np.unique(np.column_stack([at_s, on])[on >= 0], axis=0, return_inverse=True)
    total = np.zeros((len(when), amount.shape[1]), dtype=np.int64)
    np.add.at(total, of.reshape(-1), delta[on >= 0])
    some = total.any(axis=1)
    return Changes(ints(when[some, 0]), ints(when[some, 1]), ints(total[some]))


def _standings(made: Trace, moments: list[tuple[int, Ints, Ints]]) -> Standings:
    """Write down whose entitlement (N, R) or weight (N,) becomes another at which second."""
    rows = []
    entitlement, weight = made.entitlement, made.weight
    for second, has, weighs in moments:
        other = (has != entitlement).any(axis=1) | (weighs != weight)
        rows += [(second, m, has[m], int(weighs[m])) for m in np.flatnonzero(other).tolist()]
        entitlement, weight = has, weighs
    width = made.need.shape[1]
    return Standings(
        ints([row[0] for row in rows]),
        ints([row[1] for row in rows]),
        ints(np.array([row[2] for row in rows], dtype=np.int64).reshape(len(rows), width)),
        ints([row[3] for row in rows]),
    )


def _home(seconds: Ints, has: Ints) -> tuple[Ints, Changes]:
    """Say what one member's home holds at most (C, R), and what of it is there from each second on: (H,), (H, C, R)."""
    most = has.max(axis=0)
    delta = np.diff(np.concatenate([most[None], has]), axis=0)
    when, place = np.nonzero(delta.any(axis=2))
    return most, Changes(seconds[when], ints(place), ints(delta[when, place]))
