"""What do places draw, idle and beyond?

A place draws idle + (max − idle) · u watts, u the held part of its GPUs, or of its cores where it has none; a place is one
node, or under ``counting`` all nodes of a class, each then with the same held part. Where only a part of a class is replayed,
each of its nodes counts for that part: so many of its GPUs, or of its cores where it has none.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held
from apportion.domain.tables import Jobs
from apportion.domain.trace import Places

MILLI = 1000.0


class Drawn(NamedTuple):
    """Jobs on places: of each such pair (S,) the job, the place, and the held part of the place."""

    job: Ints
    place: Ints
    part: Floats


def said(pool: Pool, places: Places) -> bool:
    """Tell whether every node that belongs to a place says what it draws."""
    return len(places.of) > 0 and bool((pool.nodes.max_milli_watts[places.of >= 0] > 0).all())


def horizon(history: History) -> tuple[int, int]:
    """From the first submission to the last end; of no length if nothing ran."""
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None or not replay.pooled.finished.any():
        return 0, 0
    return int(jobs.submit_s.min()), int(replay.pooled.end_s.max())


def downtime(pool: Pool, begin: int, end: int) -> tuple[Ints, Ints, Ints]:
    """Which nodes are down within [begin, end), from when on and for how many seconds: (D,), (D,), (D,)."""
    if pool.outages is None:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    since = np.maximum(pool.outages.down_s, begin)
    seconds = np.where(pool.outages.up_s < 0, end, np.minimum(pool.outages.up_s, end)) - since
    lasts = seconds > 0
    return pool.outages.node[lasts], since[lasts], seconds[lasts]


def shared(pool: Pool, places: Places) -> Floats:
    """Which part of each node is replayed: (K,), 0 of one on no place; that of its place, by its GPUs or else cores."""
    on = places.of >= 0
    whole = np.zeros_like(places.amount)
    np.add.at(whole, places.of[on], pool.nodes.amount[on])
    first = [pool.resources.index(name) for name in ("gpu_milli", "cpu_milli") if name in pool.resources]
    ranked = [*first, *(r for r in range(len(pool.resources)) if r not in first)]
    told, each = np.take(ranked, (places.amount[:, ranked] > 0).argmax(axis=1)), np.arange(len(whole))
    part = np.divide(places.amount[each, told], whole[each, told], out=np.ones(len(whole)), where=whole[each, told] > 0)
    found = np.zeros(len(places.of))
    found[on] = part[places.of[on]]
    return found


def summed(of_nodes: Ints, pool: Pool, places: Places) -> Floats:
    """Sum thousandths of nodes, as far as these are replayed, over places, in whole units: (K,) → (P,)."""
    total, on = np.zeros(len(places.amount)), places.of >= 0
    np.add.at(total, places.of[on], (of_nodes / MILLI * shared(pool, places))[on])
    return total


def beyond_idle(pool: Pool, places: Places) -> Floats:
    """Watts that a place draws beyond idle when all of it is held: (P,)."""
    return summed(pool.nodes.max_milli_watts - pool.nodes.idle_milli_watts, pool, places)


def drawing(pool: Pool, places: Places) -> tuple[Ints, Ints]:
    """By which resource the held part of each place is told, and how much of it there is: (P,), (P,)."""
    rank = [pool.resources.index(name) for name in ("gpu_milli", "cpu_milli") if name in pool.resources]
    if not rank:
        return np.zeros(len(places.amount), dtype=np.int64), np.zeros(len(places.amount), dtype=np.int64)
    r = np.where(places.amount[:, rank[0]] > 0, rank[0], rank[-1]).astype(np.int64)
    return r, places.amount[np.arange(len(r)), r]


def joules_beyond_idle(pool: Pool, places: Places, held: Held) -> Floats:
    """What was drawn beyond idle: (P,)."""
    r, whole = drawing(pool, places)
    used = held.used[np.arange(len(r)), r]
    seconds = np.divide(used, whole, out=np.zeros(len(r)), where=whole > 0)
    return np.asarray(beyond_idle(pool, places) * seconds)


def drawn(pool: Pool, jobs: Jobs, places: Places, held: Held) -> Drawn:
    """Say which part of which place each job held when it ran last."""
    job = np.repeat(np.arange(len(jobs)), np.diff(held.begin))
    r, whole = drawing(pool, places)
    amount = held.workers * jobs.bundle[job, r[held.place]]
    there = whole[held.place]
    return Drawn(job, held.place, np.divide(amount, there, out=np.zeros(len(job)), where=there > 0))


def each_jobs_joules(pool: Pool, places: Places, held: Held, on: Drawn, held_s: Ints) -> Floats:
    """What each job drew beyond idle: (J,).

    A job that was stopped and went on elsewhere is told by the places where it ran last; all are then brought to the joules
    of `joules_beyond_idle` by one factor, which is 1 where nobody moved.
    """
    each = beyond_idle(pool, places)[on.place] * on.part * held_s[on.job]
    told, whole = float(each.sum()), float(joules_beyond_idle(pool, places, held).sum())
    return np.asarray(np.bincount(on.job, each, len(held_s)) * (whole / told if told else 1.0))
