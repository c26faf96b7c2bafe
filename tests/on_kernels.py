"""How does a kernel play a small world of the reference, and do the two agree?

Every test tries a share of worlds; `make worlds` tries a thousand for each rule and placement (``APPORTION_WORLDS=1000``).
"""

import os
from dataclasses import replace
from functools import reduce
from math import lcm

import numpy as np
from hypothesis import settings

from apportion.domain.arrays import floats, ints, text
from apportion.domain.schedule import NEVER
from apportion.domain.ties import tie_order
from apportion.domain.trace import COUNTING, Changes, Places, Trace
from apportion.simulation.replay import replay
from auditing import Told, audit
from reference.world import play

MEMBERS, SEED = 3, bytes(32)


def tried(share):
    """How many worlds a test tries: half of its share, so that all tests together take minutes."""
    return settings(max_examples=int(os.environ.get("APPORTION_WORLDS", share // 2)), deadline=None)


def settled(world):
    """The same world with jobs in order of arrival and places in order of their classes, as a trace has them."""
    jobs, places, changes = world
    order = sorted(range(len(places)), key=lambda p: places[p].kind)
    now = {p: k for k, p in enumerate(order)}
    return (
        sorted(jobs, key=lambda job: job.submit),
        [places[p] for p in order],
        [(time, now[p], up) for time, p, up in changes],
    )


def levelled(world, placement):
    """The same world with equal places by every resource that no gang needs which can run: a kernel leaves such out."""
    jobs, places, changes = world
    trace = trace_of_world(world, placement)
    least = [min(amounts) for amounts in zip(*(place.whole for place in places), strict=True)]
    used = trace.need[trace.possible].any(axis=0).tolist()
    whole = [tuple(w if u else m for w, u, m in zip(place.whole, used, least, strict=True)) for place in places]
    return jobs, [replace(place, whole=amounts) for place, amounts in zip(places, whole, strict=True)], changes


def trace_of_world(world, placement=COUNTING, weight=None, parent=None):
    """Write a settled world as a trace; how long a job lasts on each class becomes a duration and speeds."""
    jobs, places, changes = world
    width, classes = len(places[0].whole), 1 + max(place.kind for place in places)
    lasts = np.array([job.lasts for job in jobs], dtype=np.int64).reshape(len(jobs), classes)
    duration = reduce(lcm, {int(seconds) for seconds in lasts.ravel() if seconds > 0}, 1)
    some = (lasts > 0).any(axis=1)
    speed = np.where(lasts > 0, duration / np.maximum(lasts, 1), np.where(lasts == 0, 1.0, 0.0))
    workers = np.array([job.workers for job in jobs], dtype=np.int64)
    need = np.array([job.need for job in jobs], dtype=np.int64).reshape(len(jobs), width) * workers[:, None]
    members = MEMBERS if weight is None else len(weight)
    return Trace(
        text([job.id for job in jobs]),
        ints([int(job.member.split()[-1]) for job in jobs]),
        ints([job.submit for job in jobs]),
        ints(np.where(some, duration, 0)),
        ints(need),
        ints(np.sum([place.whole for place in places], axis=0)),
        ints(np.zeros((members, width))),
        ints(np.ones(members) if weight is None else weight),
        tie_order(SEED, [f"member {m}" for m in range(members)]),
        SEED,
        ints(np.arange(len(jobs))),
        workers=ints(workers),
        user=ints([int(job.user.replace("user ", "").replace(".", "")) for job in jobs]),
        priority=ints([job.priority for job in jobs]),
        restart_s=ints([job.restart for job in jobs]),
        speed=floats(speed),
        placement=placement,
        parent=parent,
        **_world(places, changes, placement),
    )


def _world(places, changes, placement):
    kind = np.array([place.kind for place in places])
    amount = np.array([place.whole for place in places], dtype=np.int64)
    at = np.array([p for _, p, _ in changes], dtype=np.int64)
    delta = np.array([[w if up else -w for w in places[p].whole] for _, p, up in changes], dtype=np.int64)
    if placement == COUNTING:
        total = np.zeros((kind.max() + 1, amount.shape[1]), dtype=np.int64)
        np.add.at(total, kind, amount)
        held = Places(ints(total), ints(np.arange(len(total))), ints(kind))
        at = kind[at]
    else:
        held = Places(ints(amount), ints(kind), ints(np.arange(len(kind))))
    times = ints([time for time, _, _ in changes])
    return {"places": held, "changes": Changes(times, ints(at), ints(delta.reshape(len(changes), amount.shape[1])))}


def played(queue, jobs):
    """What a kernel makes of each job: first start, end, stops, seconds held, and the places where it ran last."""
    found, held = replay(queue), queue.held()
    told = []
    for j in range(len(jobs)):
        start, end = (None if when == NEVER else int(when) for when in (found.start_s[j], found.end_s[j]))
        rows = slice(held.begin[j], held.begin[j + 1])
        at = dict(zip(held.place[rows].tolist(), held.workers[rows].tolist(), strict=True))
        told.append((start, end, int(found.preemptions[j]), int(found.held_s[j]), at))
    return told


def by_hand(discipline, world, placement):
    """The same by the reference, whose schedule could have happened."""
    jobs, places, changes = world
    runs = play(discipline, jobs, places, placement=placement, changes=changes)
    told = [Told(run.start, run.end, run.preemptions, run.held) for run in runs]
    assert not audit(jobs, places, [r.spells for r in runs], told, changes=changes, counting=placement == COUNTING)
    return [(run.start, run.end, run.preemptions, run.held, run.spells[-1][2] if run.spells else {}) for run in runs]


def agree(module, discipline, world, placement, **parameters):
    """Compare a discipline's kernel with the reference on a world, job by job."""
    world = levelled(settled(world), placement)
    trace = trace_of_world(world, placement)
    found = played(module.open_queue(trace, **parameters), world[0])
    assert found == by_hand(discipline, world, placement)
    return trace


def plain(trace):
    """The same trace where it says nothing of classes, as most do."""
    return replace(trace, speed=None, duration_s=trace.lasts[:, 0])
