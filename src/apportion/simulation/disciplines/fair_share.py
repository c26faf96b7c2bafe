"""The member that would hold the least for its weight goes first.

After all events of an instant, repeat: among members whose *first* queued gang fits, start that of the member with the
least (held + asked) / W, where held + asked is the dominant share max_r (held + asked)_r / capacity_r of the pool that the
member would then hold (with one resource: the amount itself). Equal members go in the tie order of the seed. Members of
weight 0 come after all others, and are equals among themselves.

Shares are compared exactly: as integers over a common multiple of the capacities, and fractions by Euclid's algorithm. If
that multiple exceeds 2⁶², shares are counted in parts per 2⁶² of the pool, each gang's rounded down.

One member alone has no other to be fair to: that is `strict_fifo`. O(members queued) a start. Dominant shares are those of
Ghodsi et al., Dominant Resource Fairness (NSDI 2011), section 4.2, weighted as in 4.3 with one weight a member.
"""

import math
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    RUNNING,
    Jobs,
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

ALONE = ("strict_fifo",)
PLANNED = False
FINEST = 2**62


class Held(NamedTuple):
    """What members hold and what gangs ask for, as parts of the pool over one denominator: (N, R), (J, R); weights, ties."""

    held: Ints
    share: Ints
    weight: Ints
    order: Ints


def open_queue(trace: Trace) -> Queue:
    """Start a replay. Raises BadInput if the last job could end beyond what 64 bits can tell."""
    rows, jobs, state = opening(trace)
    members = len(trace.weight)
    share = shares(jobs.need, held_in_all(state))
    held = Held(
        np.zeros((members, share.shape[1]), dtype=np.int64), share, fixed(trace.weight), fixed(trace.member_order)
    )
    queued = lines(trace.member[rows], members)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued, held))


def shares(need: Ints, capacity: Ints) -> Ints:
    """Write needs as parts of the pool over one denominator for all resources: (J, R), (R,) → (J, R).

    >>> shares(np.array([[2, 3], [4, 0]]), np.array([4, 6]))
    array([[1, 1],
           [2, 0]])
    """
    divisors = [
        math.gcd(int(whole), int(np.gcd.reduce(column))) for whole, column in zip(capacity, need.T, strict=True)
    ]
    common = min(math.lcm(*(int(whole) // d for whole, d in zip(capacity, divisors, strict=True))), FINEST)
    share = np.empty_like(need)
    for r, whole in enumerate(capacity.tolist()):
        amounts, at = np.unique(need[:, r], return_inverse=True)
        share[:, r] = np.array([amount * common // whole for amount in amounts.tolist()], dtype=np.int64)[at]
    return share


@compiled
def _advance(jobs: Jobs, state: State, queued: Lines, held: Held, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            job = overfull(jobs, state)
            while job >= 0:
                stop(jobs, state, job, now)
                _hold(held, queued.line[job], job, -1)
                join(queued, job)
                job = overfull(jobs, state)
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            job = complete(jobs, state)
            _hold(held, queued.line[job], job, -1)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            join(queued, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        member = _first(jobs, state, queued, held)
        while member >= 0:
            job = leave(queued, member)
            _hold(held, member, job, 1)
            begin(jobs, state, job, now)
            member = _first(jobs, state, queued, held)


@compiled
def _hold(held: Held, member: int, job: int, times: int) -> None:
    for r in range(held.share.shape[1]):
        held.held[member, r] += times * held.share[job, r]


@compiled
def _first(jobs: Jobs, state: State, queued: Lines, held: Held) -> int:
    """Find the member that would hold least for its weight with its first gang, which must fit; −1 if none does."""
    first, least, its_weight, its_order = -1, 0, 0, 0
    for i in range(queued.number[0]):
        member = queued.waiting[i]
        job = head(queued, member)
        if not fits(jobs, state, job):
            continue
        would = 0
        for r in range(held.share.shape[1]):
            would = max(would, held.held[member, r] + held.share[job, r])
        weight, order = held.weight[member], held.order[member]
        if first < 0 or _before(would, weight, order, least, its_weight, its_order):
            first, least, its_weight, its_order = member, would, weight, order
    return first


@compiled
def _before(would: int, weight: int, order: int, least: int, its_weight: int, its_order: int) -> bool:
    if (weight == 0) != (its_weight == 0):
        return its_weight == 0
    sign = compare(would, max(weight, 1), least, max(its_weight, 1))
    return sign < 0 or (sign == 0 and order < its_order)


@compiled
def compare(a: int, b: int, c: int, d: int) -> int:
    """Sign of a/b − c/d for a, c ≥ 0 and b, d > 0, without overflow: by whole parts, then by the inverse of what remains.

    O(log min(b, d)), and one step where whole parts differ.
    """
    while True:
        whole, other = a // b, c // d
        if whole != other:
            return 1 if whole > other else -1
        a, c = a - whole * b, c - other * d
        if a == 0 or c == 0:
            return (a > 0) - (c > 0)
        a, b, c, d = d, c, b, a
