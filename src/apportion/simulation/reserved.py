"""What if those that do not fit are passed over, but nobody may make the head of the queue later?

The first queued gang that does not fit is the *head*. Its reservation is the earliest time at which it would fit if running
gangs ended as estimated and nothing else started, and its places then. A gang behind it starts if it fits now and, by its
estimate, ends by that time, or leaves the head its places at that time. A gang that runs longer than estimated is taken to
end at once. This is EASY backfilling: Lifka, *The ANL/IBM SP Scheduling System*, JSSPP 1995.

A start costs O(kinds queued · (search + log jobs) + running); the reservation, made at an instant only if a gang behind the
head fits, at most a search for each running gang.
"""

from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.simulation.backlog import (
    LEAVES_OF_KINDS,
    LEAVES_OF_QUEUE,
    Backlog,
    backlog_of,
    first_within,
    forget,
    join,
    start,
    takes_on,
)
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    FOREVER,
    RUNNING,
    SLOTS,
    Jobs,
    State,
    change,
    complete,
    fits,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.ordered import following
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import CLASS, COUNT, FIRST, WORKERS, give, hold

LONGEST = FOREVER - 1


def open_queue(trace: Trace, takes: Ints) -> KernelQueue:
    """Start gangs in order of arrival, and later ones where that makes the head of the queue no later.

    A gang larger than the pool never starts and blocks nobody.

    Parameters
    ----------
    takes : (J, C) estimated seconds on each class of places

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    rows, jobs, state = opening(trace)
    backlog = backlog_of(jobs, np.where(jobs.lasts == NEVER, FOREVER, takes[rows]), len(state.places))
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, backlog))


@compiled
def _advance(jobs: Jobs, state: State, backlog: Backlog, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            forget(backlog, state.job[0], state.counts[RUNNING])
            complete(jobs, state)
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            job = overfull(jobs, state)
            while job >= 0:
                forget(backlog, job, state.counts[RUNNING])
                stop(jobs, state, job, now)
                join(jobs, state, backlog, job)
                job = overfull(jobs, state)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            join(jobs, state, backlog, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        job = following(backlog.queue, backlog.leaves[LEAVES_OF_QUEUE], 0)
        while job >= 0 and fits(jobs, state, job):
            start(jobs, state, backlog, job, now)
            job = following(backlog.queue, backlog.leaves[LEAVES_OF_QUEUE], job + 1)
        if job >= 0:
            _pass(jobs, state, backlog, job, now)


@part
def _pass(jobs: Jobs, state: State, backlog: Backlog, head: int, now: int) -> None:
    """Start those behind the head that make it no later, in their order."""
    when, reserved, last = FOREVER, False, head
    while True:
        best = FOREVER
        kind = following(backlog.kinds, backlog.leaves[LEAVES_OF_KINDS], 0)
        while kind >= 0:
            sample = backlog.job[backlog.bounds[kind]]
            if fits(jobs, state, sample):
                if not reserved:
                    when, reserved = _reserve(jobs, state, backlog, head, now), True
                    fits(jobs, state, sample)  # the reservation was made with the same books
                c = _class(state)
                most = LONGEST if when == FOREVER or _leaves(jobs, state, backlog, sample, 0) else when - now
                best = min(best, first_within(backlog, kind, last, c, most))
            kind = following(backlog.kinds, backlog.leaves[LEAVES_OF_KINDS], kind + 1)
        if best == FOREVER:
            break
        fits(jobs, state, best)
        if when != FOREVER and now + takes_on(jobs, state, backlog, best, _class(state)) > when:
            _leaves(jobs, state, backlog, best, 1)
        start(jobs, state, backlog, best, now)
        last = best
    if when != FOREVER:
        for p in range(len(state.places)):
            backlog.spare[p, jobs.need.shape[1]] = 0


@part
def _class(state: State) -> int:
    """The class on which the last search found places."""
    return 0 if len(state.places) == 1 else int(state.room.last[CLASS])


@part
def _reserve(jobs: Jobs, state: State, backlog: Backlog, head: int, now: int) -> int:
    """Find when the head would fit and keep its places; `FOREVER` if what runs is not what it waits for.

    Running gangs are taken off their places in the order of their ends, and put back.
    """
    gone, running, when = 0, state.counts[RUNNING], FOREVER
    while gone < running and when == FOREVER:
        end = max(backlog.until[backlog.by_end[gone]], now)
        while gone < running and max(backlog.until[backlog.by_end[gone]], now) == end:
            _move(jobs, state, backlog.by_end[gone], 1)
            gone += 1
        if fits(jobs, state, head):
            when = end
            _keep(jobs, state, backlog, head)
    for i in range(gone - 1, -1, -1):
        _move(jobs, state, backlog.by_end[i], -1)
    return when


@part
def _move(jobs: Jobs, state: State, job: int, way: int) -> None:
    """Take a running gang off its places in thought (1), or put it back (−1)."""
    if len(state.places) == 1:
        for r in range(jobs.need.shape[1]):
            state.places[0, r] += way * jobs.need[job, r]
    elif way > 0:
        first, count, workers = jobs.facts[job, FIRST], state.book[job, SLOTS], jobs.facts[job, WORKERS]
        give(first, count, jobs.need[job], workers, state.places, state.room)
    else:
        first, count, workers = jobs.facts[job, FIRST], state.book[job, SLOTS], jobs.facts[job, WORKERS]
        hold(first, count, jobs.need[job], workers, state.places, state.room)


@part
def _keep(jobs: Jobs, state: State, backlog: Backlog, head: int) -> None:
    """Note what the head, for which places were just found, leaves there."""
    width, several = jobs.need.shape[1], len(state.places) > 1
    for i in range(state.room.last[COUNT] if several else 1):
        p = state.room.picked[i, 0] if several else 0
        backlog.spare[p, width] = 1
        for r in range(width):
            part = jobs.need[head, r] // jobs.facts[head, WORKERS] * state.room.picked[i, 1] if several else 0
            backlog.spare[p, r] = state.places[p, r] - (part if several else jobs.need[head, r])


@part
def _leaves(jobs: Jobs, state: State, backlog: Backlog, job: int, times: int) -> bool:
    """Tell whether a gang, for which places were just found, leaves the head its own; book it there so many times."""
    width, several = jobs.need.shape[1], len(state.places) > 1
    for i in range(state.room.last[COUNT] if several else 1):
        p = state.room.picked[i, 0] if several else 0
        for r in range(width):
            part = jobs.need[job, r] // jobs.facts[job, WORKERS] * state.room.picked[i, 1] if several else 0
            part = part if several else jobs.need[job, r]
            if backlog.spare[p, width] and part > backlog.spare[p, r]:
                return False
            backlog.spare[p, r] -= times * part
    return True
