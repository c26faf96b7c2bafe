"""Members catch up with what the plan granted them.

Each member has a deficit, in parts per billion of the pool × seconds. It grows by its planned share and falls by the
dominant share it holds, floor(10⁹ · max_r held_r / capacity_r), as time passes; it is carried from window to window and kept
within ± one window of the member's entitlement (its dominant share of the pool, at most all of it). After all events
of an instant, repeat: among the queued gangs that fit, start the first submitted of the member with the largest deficit;
equal members go in the tie order of the seed. Nothing that fits is left waiting. A member whose planned share is −1 (it
asked, and the plan granted it nothing) starts only if no other member's queued gang fits.

Until a first plan is given, planned shares are W_m / Σ W. Deficits begin at 0 with the first submission. Standing may change
over time (`Trace.standings`): bounds, and shares without a plan, are from each moment on those of the new standing.

Deficits move between bounds at a constant rate while a member holds the same, so each is brought up to date only when
it is looked at: that cannot change it. O(member and need pairs queued) a start. Ancestor: deficit round robin (Shreedhar
and Varghese, SIGCOMM 1995), with time in place of rounds.
"""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints, kinds
from apportion.domain.charter import DEFAULT_WINDOW_S
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    FOREVER,
    RUNNING,
    Jobs,
    Rows,
    State,
    begin,
    change,
    complete,
    fits,
    fixed,
    held_in_all,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.lines import Lines, head, join, leave, lines
from apportion.simulation.replay import KernelQueue
from apportion.simulation.room import KIND

ALONE = ("strict_fifo", "skip_fifo")
PLANNED = True
PER_BILLION = 10**9
MUST_WAIT = -1
PAST, FOLLOWS = 0, 1  # entries of Books.facts
LONGEST_WINDOW_S = 2**31
LARGEST_CAPACITY = 2**53


class Books(NamedTuple):
    """What each member is owed and holds.

    Attributes
    ----------
    member : (J,) member of each job
    capacity : (R,)
    held : (N, R) what members hold
    share : (N,) floor(10⁹ · dominant share) of what they hold
    planned : (N,) parts per billion, or `MUST_WAIT`
    deficit : (N,) parts per billion × seconds, as of
    since : (N,) seconds
    bound : (N,) most and, negated, least deficit
    order : (N,) tie order
    moments : (H + 1,) seconds from which on bounds and shares by weight are those of the next row, `FOREVER` at the end
    bounds, by_weight : (H, N) those rows
    facts : (2,) how many moments are past; whether a plan is followed, so that weights no longer matter
    """

    member: Ints
    capacity: Ints
    held: Ints
    share: Ints
    planned: Ints
    deficit: Ints
    since: Ints
    bound: Ints
    order: Ints
    moments: Ints
    bounds: Ints
    by_weight: Ints
    facts: Ints


def open_queue(trace: Trace, window_s: int = DEFAULT_WINDOW_S) -> Queue:
    """Start a replay.

    Parameters
    ----------
    window_s : how many seconds of its entitlement a member can be owed, or owe

    Raises
    ------
    BadInput
        if the window is no whole number of seconds from 1 to 2³¹, or amounts are too large to count exactly.
    """
    if not 1 <= window_s <= LONGEST_WINDOW_S:
        raise BadInput(f"window_s is {window_s}", "discipline entitled", f"give 1 to {LONGEST_WINDOW_S} seconds")
    rows, jobs, state = opening(trace)
    books = _books(trace, rows, held_in_all(state), window_s)
    pairs = kinds(np.column_stack([books.member, jobs.facts[:, KIND]]))
    queued = lines(pairs, int(pairs.max(initial=-1)) + 1)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued, books), partial(_follow, books))


def _books(trace: Trace, rows: Rows, capacity: Ints, window_s: int) -> Books:
    if (capacity > LARGEST_CAPACITY).any():
        raise BadInput(
            f"the pool holds {capacity.max()} thousandths of one resource, more than {LARGEST_CAPACITY}",
            "nodes.csv",
            "count this resource in a larger unit",
        )
    members = len(trace.weight)
    nothing = np.zeros(members, dtype=np.int64)
    begin_s = int(trace.submit_s[0]) if len(trace) else 0
    return Books(
        fixed(trace.member[rows]),
        capacity,
        np.zeros((members, len(capacity)), dtype=np.int64),
        nothing,
        parts(trace.weight, int(trace.weight.sum())),
        nothing.copy(),
        np.full(members, begin_s),
        entitled_share(trace) * window_s,
        fixed(trace.member_order),
        *_over_time(trace, window_s),
        np.zeros(2, dtype=np.int64),
    )


def _over_time(trace: Trace, window_s: int) -> tuple[Ints, Ints, Ints]:
    """Write how standing changes as Books.moments, bounds and by_weight."""
    members = len(trace.weight)
    if trace.standings is None:
        nothing = np.zeros((0, members), dtype=np.int64)
        return fixed(np.array([FOREVER])), fixed(nothing), fixed(nothing)
    standings, weight, entitlement = trace.standings, trace.weight.copy(), trace.entitlement.copy()
    bounds, by_weight = (np.zeros((len(standings.at_s), members), dtype=np.int64) for _ in range(2))
    for h, member in enumerate(standings.member.tolist()):
        weight[member], entitlement[member] = standings.weight[h], standings.entitlement[h]
        bounds[h] = entitled_share(replace(trace, entitlement=entitlement)) * window_s
        by_weight[h] = parts(weight, int(weight.sum()))
    begin_s = int(trace.submit_s[0]) if len(trace) else 0  # (before, nobody is owed anything)
    return fixed(np.append(np.maximum(standings.at_s, begin_s), FOREVER)), fixed(bounds), fixed(by_weight)


def parts(amounts: Ints, whole: int) -> Ints:
    """Write amounts as parts per billion of a whole, rounded down and at most all of it; of nothing they are nothing.

    >>> parts(np.array([1, 2, 9]), 3)
    array([ 333333333,  666666666, 1000000000])
    """
    exact = [min(amount * PER_BILLION // max(whole, 1), PER_BILLION) for amount in amounts.tolist()]
    return np.array(exact, dtype=np.int64) * (whole > 0)


def entitled_share(trace: Trace) -> Ints:
    """Dominant share of each member's entitlement in the pool: (N,) parts per billion, at most all of it."""
    share = np.zeros(len(trace.weight), dtype=np.int64)
    for entitlement, whole in zip(trace.entitlement.T, trace.capacity.tolist(), strict=True):
        share = np.maximum(share, parts(entitlement, whole))
    return share


def _follow(books: Books, shares: Ints, now_s: int) -> None:
    _replan(books, fixed(shares.astype(np.int64)), now_s)


@compiled
def _replan(books: Books, shares: Ints, now: int) -> None:
    _restand(books, now)
    books.facts[FOLLOWS] = 1
    for member in range(len(shares)):
        _settle(books, member, now)
        books.planned[member] = shares[member]


@part
def _restand(books: Books, now: int) -> None:
    """Let everybody's bound, and without a plan the share as well, be what it is by now, each from its moment on."""
    while books.moments[books.facts[PAST]] <= now:
        h, bound = books.facts[PAST], books.bound
        for member in range(len(bound)):
            _settle(books, member, books.moments[h])
            bound[member] = books.bounds[h, member]
            books.deficit[member] = max(-bound[member], min(bound[member], books.deficit[member]))
            if not books.facts[FOLLOWS]:
                books.planned[member] = books.by_weight[h, member]
        books.facts[PAST] += 1


@part
def _settle(books: Books, member: int, now: int) -> None:
    """Bring a deficit up to date; it stays within its bounds, and no product exceeds 64 bits."""
    rate = max(books.planned[member], 0) - books.share[member]
    elapsed, bound = now - books.since[member], books.bound[member]
    books.since[member] = now
    if rate > 0:
        late = elapsed > (bound - books.deficit[member]) // rate
        books.deficit[member] = bound if late else books.deficit[member] + rate * elapsed
    elif rate < 0:
        late = elapsed > (bound + books.deficit[member]) // -rate
        books.deficit[member] = -bound if late else books.deficit[member] + rate * elapsed


@compiled
def _advance(jobs: Jobs, state: State, queued: Lines, books: Books, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        _restand(books, now)
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            _hold(jobs, books, complete(jobs, state), -1, now)
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            job = overfull(jobs, state)
            while job >= 0:
                stop(jobs, state, job, now)
                _hold(jobs, books, job, -1, now)
                join(queued, job)
                job = overfull(jobs, state)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            join(queued, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        line = _first(jobs, state, queued, books, now)
        while line >= 0:
            job = leave(queued, line)
            begin(jobs, state, job, now)
            _hold(jobs, books, job, 1, now)
            line = _first(jobs, state, queued, books, now)


@part
def _hold(jobs: Jobs, books: Books, job: int, times: int, now: int) -> None:
    """Book what a member holds from now on, and its dominant share of the pool."""
    member = books.member[job]
    _settle(books, member, now)
    books.share[member] = 0
    for r in range(len(books.capacity)):
        books.held[member, r] += times * jobs.need[job, r]
        share, rest = 0, books.held[member, r]
        for _ in range(3):  # three digits at a time, so that nothing exceeds 64 bits
            share = share * 1000 + rest * 1000 // books.capacity[r]
            rest = rest * 1000 % books.capacity[r]
        books.share[member] = max(books.share[member], share)


@part
def _first(jobs: Jobs, state: State, queued: Lines, books: Books, now: int) -> int:
    """Find the line whose first gang starts next; −1 if none fits."""
    first, least = -1, (0, 0, 0, 0)
    for i in range(queued.number[0]):
        job = head(queued, queued.waiting[i])
        if fits(jobs, state, job):
            member = books.member[job]
            _settle(books, member, now)
            waits = 1 if books.planned[member] < 0 else 0
            key = (waits, -books.deficit[member], books.order[member], job)
            if first < 0 or key < least:
                first, least = queued.waiting[i], key
    return first
