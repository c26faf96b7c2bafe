"""Who runs, and where, when those ahead in an order may take the places of those behind?

All live gangs, running and queued, stand in a discipline's order. One walk down it settles each: a running gang stays where
it is if nobody ahead has taken anything it holds. A queued gang, or one that lost its places, goes where there is room beside
all others; if there is none, where there would be if all running gangs behind it were gone. Who lost its places and found no
others is stopped.

The walk is made on two copies of the places: what is free beside those that are settled and those behind that run
(`beside`), and what is free beside those that are settled alone (`settled`); then it is carried out. A walk costs O(live ·
search + places), `overtaking` does the same where all is one place of one resource for a little per event.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    AT,
    CHANGED,
    END,
    RUNNING,
    SLOTS,
    STOPS,
    Jobs,
    State,
    begin_there,
    change,
    complete,
    left_on,
    overfull,
    runs,
    stop,
)
from apportion.simulation.room import Room
from apportion.simulation.sides import (
    NOWHERE,
    Side,
    become,
    find,
    give_listed,
    has_room,
    hold_listed,
    list_too,
    take_found,
)

HOUR_S = 3600
NO_BOUND = -1
LONGEST_TURN_S = 2**40
LIVE, STANDING, BLOCKING, STOPPED = 0, 1, 2, 3  # entries of Walk.facts
CLASS, COUNT = 0, 1  # columns of Walk.plan
STAYS = -2  # what CLASS is for a gang that keeps its places; `NOWHERE` for one that gets none


class Walk(NamedTuple):
    """What walks need.

    Attributes
    ----------
    order : (J,) the live gangs, `facts[LIVE]` of them, the first to be served in front
    key : (J, 2) by which they stand; equal ones by job
    plan : (J, 2) for each gang the `CLASS` of the places it goes to, or `STAYS` or `NOWHERE`, and their `COUNT`
    facts : (4,) how many are `LIVE`; how many in front of the order keep their places in any case (`STANDING`); whether a
        queued gang that finds no places holds up all queued ones behind it (`BLOCKING`); how many gangs were `STOPPED` ever
    ring : (churn,) seconds of the last stops; (1,) with what is no second if there is no bound
    beside, settled : copies of the places
    """

    order: Ints
    key: Ints
    plan: Ints
    facts: Ints
    ring: Ints
    beside: Side
    settled: Side


def walk(jobs: Jobs, state: State, *, churn: int = NO_BOUND, blocking: bool = False) -> Walk:
    """Prepare walks.

    Parameters
    ----------
    churn : most stops an hour; when a walk would need more, it displaces nobody and fills only what is free; −1 for no bound

    Raises
    ------
    BadInput
        for a churn below −1.
    """
    if churn < NO_BOUND:
        raise BadInput(f"churn is {churn}", "parameter churn", "the most stops an hour; -1 for no bound")
    size = len(jobs.submit)
    return Walk(
        np.empty(size, dtype=np.int64),
        np.zeros((size, 2), dtype=np.int64),
        np.empty((size, 2), dtype=np.int64),
        np.array([0, 0, blocking, 0], dtype=np.int64),
        np.full(1, NO_BOUND) if churn == NO_BOUND else np.full(churn, -HOUR_S - 1),
        *(Side(state.places.copy(), Room(*(part.copy() for part in state.room))) for _ in range(2)),
    )


def restarting(trace: Trace, restart_s: str) -> Ints | None:
    """Read what it costs a gang that was stopped to go on: seconds of each job (J,).

    Parameters
    ----------
    restart_s : one number for all, or three for gangs of one GPU, of up to eight, and of more, as "7/30/60"; "0" for what the
        trace says

    Raises
    ------
    BadInput
        if it is neither.
    """
    if restart_s == "0":
        return trace.restart_s
    parts = restart_s.split("/")
    if len(parts) not in (1, 3) or not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts):
        raise BadInput(f'"{restart_s}" is no cost of restarts', "parameter restart_s", "seconds: 30, or 7/30/60")
    seconds = np.array([int(part) for part in parts], dtype=np.int64)
    size = np.searchsorted([1000, 8000], sizes(trace)) if len(parts) > 1 else np.zeros(len(trace), dtype=np.int64)
    return np.asarray(seconds[size])


def longer_than_restarts(trace: Trace, seconds: int, name: str) -> None:
    """Refuse a turn that a restart would use up: nothing would ever be done. Raises BadInput."""
    longest = 0 if trace.restart_s is None else int(trace.restart_s.max(initial=0))
    if not longest < seconds < LONGEST_TURN_S:
        raise BadInput(
            f"{name} is {seconds}", f"parameter {name}", f"more than {longest} s, the longest restart, and below 2^40"
        )


def sizes(trace: Trace) -> Ints:
    """Size of each gang: the amount of the resource of which it asks most for what there is, whole thousandths (J,)."""
    if trace.need.shape[1] == 1:
        return trace.need[:, 0]
    share = trace.need / np.maximum(trace.held_by.total, 1)
    return np.asarray(np.take_along_axis(trace.need, share.argmax(axis=1)[:, None], axis=1)[:, 0])


@part
def happen(jobs: Jobs, state: State, walk: Walk, now: int) -> None:
    """Handle everything that happens at an instant but the dispatch."""
    ended = 0
    while state.counts[RUNNING] > 0 and state.ends[0] == now:
        complete(jobs, state)
        ended += 1
    if state.counts[CHANGED] < len(state.changes):
        change(state, now)
        job = overfull(jobs, state)
        while job >= 0:
            stop(jobs, state, job, now)
            job = overfull(jobs, state)
    if ended > 0:
        live = 0
        for i in range(walk.facts[LIVE]):
            if state.book[walk.order[i], END] == NEVER:
                walk.order[live] = walk.order[i]
                live += 1
        walk.facts[LIVE] = live
    while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
        walk.order[walk.facts[LIVE]] = state.counts[ARRIVED]
        walk.facts[LIVE] += 1
        state.counts[ARRIVED] += 1


@part
def sort(walk: Walk, first: int) -> None:
    """Sort the live gangs from the first-th on by key, equal ones by job; quick where little has changed."""
    order, key = walk.order, walk.key
    for i in range(first + 1, walk.facts[LIVE]):
        job, at = order[i], i
        a, b = key[job, 0], key[job, 1]
        while at > first:
            other = order[at - 1]
            if (key[other, 0], key[other, 1], other) <= (a, b, job):
                break
            order[at] = other
            at -= 1
        order[at] = job


@compiled
def remaining(jobs: Jobs, state: State, job: int, now: int) -> int:
    """Seconds that a live gang would still take: until its end if it runs, else what is left on its fastest class."""
    if runs(state, job):
        return int(state.ends[state.book[job, AT]] - now)
    least = -1
    for c in range(jobs.lasts.shape[1]):
        if jobs.lasts[job, c] != NEVER:
            seconds = left_on(jobs, state, job, c) if state.book[job, STOPS] > 0 else jobs.lasts[job, c]
            if least < 0 or seconds < least:
                least = seconds
    return int(least)


@part
def dispatch(jobs: Jobs, state: State, walk: Walk, now: int) -> None:
    """Walk down the order, and let it be so."""
    for displace in range(1, -1, -1):  # (a loop, so that the walk is in the machine code once)
        moved = _settle(jobs, state, walk, displace)
        if moved == 0 or _allowed(walk, moved, now):
            break
    for i in range(walk.facts[LIVE]):
        job = walk.order[i]
        if walk.plan[job, CLASS] != STAYS and runs(state, job):
            stop(jobs, state, job, now)
            walk.ring[walk.facts[STOPPED] % len(walk.ring)] = now if walk.ring[0] != NO_BOUND else NO_BOUND
            walk.facts[STOPPED] += 1
    for i in range(walk.facts[LIVE]):
        job = walk.order[i]
        c = walk.plan[job, CLASS]
        if c >= 0:
            state.book[job, SLOTS] = walk.plan[job, COUNT]
            list_too(jobs, job, walk.plan[job, COUNT], walk.settled.room, state.room)
            hold_listed(jobs, job, walk.plan[job, COUNT], state.places, state.room)
            begin_there(jobs, state, job, c, now)


@part
def _allowed(walk: Walk, moved: int, now: int) -> bool:
    """Tell whether so many more stops keep to the bound: whether those whose seconds they would overwrite are past."""
    if len(walk.ring) == 1 and walk.ring[0] == NO_BOUND:
        return True
    if moved > len(walk.ring):
        return False
    return bool(walk.ring[(walk.facts[STOPPED] + moved - 1) % len(walk.ring)] <= now - HOUR_S)


@part
def _settle(jobs: Jobs, state: State, walk: Walk, displace: int) -> int:
    """Settle gang after gang; how many that run lose their places."""
    width = state.places.shape[1] // 2
    become(walk.beside, state.places, 0)
    become(walk.settled, state.places, width)
    behind = 0
    for i in range(walk.facts[STANDING], walk.facts[LIVE]):
        behind += runs(state, walk.order[i])
    moved, blocked = 0, False
    for i in range(walk.facts[LIVE]):
        job = walk.order[i]
        count = state.book[job, SLOTS]
        if runs(state, job):
            behind -= i >= walk.facts[STANDING]
            if i < walk.facts[STANDING] or has_room(jobs, state, job, walk.settled.places):
                list_too(jobs, job, count, state.room, walk.settled.room)
                hold_listed(jobs, job, count, walk.settled.places, walk.settled.room)
                walk.plan[job, CLASS] = STAYS
                continue
            moved += 1
            list_too(jobs, job, count, state.room, walk.beside.room)
            give_listed(jobs, job, count, walk.beside.places, walk.beside.room)
        c = NOWHERE
        if not blocked:
            c = find(jobs, job, walk.beside.places, walk.beside.room)
            if c >= 0:
                count = take_found(jobs, job, walk.beside.places, walk.beside.room)
                list_too(jobs, job, count, walk.beside.room, walk.settled.room)
                hold_listed(jobs, job, count, walk.settled.places, walk.settled.room)
            elif displace and behind > 0:
                c = find(jobs, job, walk.settled.places, walk.settled.room)
                if c >= 0:
                    count = take_found(jobs, job, walk.settled.places, walk.settled.room)
                    list_too(jobs, job, count, walk.settled.room, walk.beside.room)
                    hold_listed(jobs, job, count, walk.beside.places, walk.beside.room)
        walk.plan[job, CLASS], walk.plan[job, COUNT] = c, count
        if c < 0 and walk.facts[BLOCKING]:
            blocked = True
    return moved
