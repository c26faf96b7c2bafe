"""Do the compiled kernels start the same jobs at the same times as the rules, read slowly and by hand?

What follows is written from the definitions of the disciplines: plain lists that are searched anew at every event,
fractions for shares, deficits that move second by second. It shares no code with the kernels.
"""

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.schedule import NEVER
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import entitled, fair_share, skip_fifo, strict_fifo, virtual_finish
from apportion.simulation.replay import replay
from on_kernels import tried
from traces import audit, traces

BILLION = 10**9
many = tried(400)


@dataclass
class Pool:
    """A pool as a person would keep it on paper."""

    capacity: list[int]
    now: int = 0
    queue: list[int] = field(default_factory=list)
    running: dict[int, int] = field(default_factory=dict)  # job → end
    start: dict[int, int] = field(default_factory=dict)


def nothing(pool):
    """A second passes."""


def play(jobs, need, duration, submit, capacity, choose, tick=nothing):
    """Play `jobs` on a pool; `choose(pool, fits)` names the queued job to start, or None; `tick` passes a second."""
    pool = Pool(capacity)
    to_come = [j for j in jobs if all(n <= c for n, c in zip(need[j], capacity, strict=True))]

    def fits(job):
        free = [c - sum(need[k][r] for k in pool.running) for r, c in enumerate(capacity)]
        return all(n <= f for n, f in zip(need[job], free, strict=True))

    pool.now = min((submit[j] for j in jobs), default=0)
    while to_come or pool.running:
        following = min([submit[j] for j in to_come] + list(pool.running.values()))
        while pool.now < following:
            tick(pool)
            pool.now += 1
        pool.running = {j: end for j, end in pool.running.items() if end != pool.now}
        pool.queue += [j for j in to_come if submit[j] == pool.now]
        to_come = [j for j in to_come if submit[j] != pool.now]
        while (job := choose(pool, fits)) is not None:
            pool.queue.remove(job)
            pool.running[job] = pool.now + duration[job]
            pool.start[job] = pool.now
    return pool.start


def on_paper(trace, choose, tick=nothing):
    """Start of every job of a trace."""
    jobs = range(len(trace))
    start = play(jobs, *columns(trace), trace.capacity.tolist(), choose, tick)
    return [start.get(j, NEVER) for j in jobs]


def columns(trace):
    return trace.need.tolist(), trace.duration_s.tolist(), trace.submit_s.tolist()


def head_only(pool, fits):
    return pool.queue[0] if pool.queue and fits(pool.queue[0]) else None


def first_that_fits(pool, fits):
    return next((job for job in pool.queue if fits(job)), None)


def least_share(trace):
    need, capacity, member = trace.need.tolist(), trace.capacity.tolist(), trace.member.tolist()
    weight, order = trace.weight.tolist(), trace.member_order.tolist()

    def would_hold(pool, job):
        mine = [k for k in pool.running if member[k] == member[job]] + [job]
        return max(Fraction(sum(need[k][r] for k in mine), c) for r, c in enumerate(capacity) if c)

    def choose(pool, fits):
        heads = {}
        for job in pool.queue:
            heads.setdefault(member[job], job)
        able = [(m, job) for m, job in heads.items() if fits(job)]
        keys = [(weight[m] == 0, would_hold(pool, job) / (weight[m] or 1), order[m], job) for m, job in able]
        return min(keys)[-1] if keys else None

    return choose


class Deficits:
    """The books of `entitled`, second by second."""

    def __init__(self, trace, window_s, plans):
        self.trace, self.plans = trace, plans
        total = int(trace.weight.sum())
        self.planned = [int(w) * BILLION // total if total else 0 for w in trace.weight]
        self.bound = [
            window_s * min(BILLION, max(BILLION * int(e) // int(c) for e, c in zip(row, trace.capacity, strict=True)))
            for row in trace.entitlement
        ]
        self.deficit = [0] * len(trace.weight)

    def tick(self, pool):
        self.look(pool.now)
        for m, bound in enumerate(self.bound):
            moved = self.deficit[m] + max(self.planned[m], 0) - self.holds(pool, m)
            self.deficit[m] = max(-bound, min(bound, moved))

    def look(self, now):
        past = [start for start in self.plans if start <= now]
        if past:
            self.planned = self.plans[max(past)]

    def holds(self, pool, m):
        running = [k for k in pool.running if self.trace.member[k] == m]
        return max(
            BILLION * sum(int(self.trace.need[k, r]) for k in running) // int(c)
            for r, c in enumerate(self.trace.capacity)
        )

    def choose(self, pool, fits):
        self.look(pool.now)
        able = [job for job in pool.queue if fits(job)]
        member, order = self.trace.member.tolist(), self.trace.member_order.tolist()
        keys = [
            (self.planned[member[j]] == -1, -self.deficit[member[j]], order[member[j]], place, j)
            for place, j in enumerate(able)
        ]
        return min(keys)[-1] if keys else None


def test_a_reader_of_the_rules_can_see_one_case_through():
    """The hand player itself, on a case small enough to check in the head."""
    need, duration, submit = [[2], [2], [1]], [3, 1, 1], [0, 0, 0]
    assert play(range(3), need, duration, submit, [3], head_only) == {0: 0, 1: 3, 2: 3}
    assert play(range(3), need, duration, submit, [3], first_that_fits) == {0: 0, 2: 0, 1: 3}


@many
@given(traces())
def test_strict_fifo(trace):
    found = replay(strict_fifo.open_queue(trace))
    assert found.start_s.tolist() == on_paper(trace, head_only)
    assert not audit(trace, found)


@many
@given(traces())
def test_skip_fifo(trace):
    found = replay(skip_fifo.open_queue(trace))
    assert found.start_s.tolist() == on_paper(trace, first_that_fits)
    assert not audit(trace, found)


@many
@given(traces())
def test_fair_share(trace):
    found = replay(fair_share.open_queue(trace))
    assert found.start_s.tolist() == on_paper(trace, least_share(trace))
    assert not audit(trace, found)


@st.composite
def planned(draw):
    trace = draw(traces())
    window = draw(st.integers(1, 6))
    begin = int(trace.submit_s[0]) if len(trace) else 0
    shares = st.lists(
        st.sampled_from((-1, -1, 0, BILLION // 3, BILLION // 2, BILLION)),
        min_size=len(trace.weight),
        max_size=len(trace.weight),
    )
    plans = draw(st.lists(shares, max_size=6))
    return trace, window, {begin + k * window: plan for k, plan in enumerate(plans)}


@many
@given(planned())
def test_entitled(case):
    trace, window, plans = case
    queue = entitled.open_queue(trace, window_s=window)
    for begin, plan in plans.items():
        queue.follow(np.array(plan))
        queue.advance(begin + window)
    found = replay(queue)
    books = Deficits(trace, window, plans)
    assert found.start_s.tolist() == on_paper(trace, books.choose, books.tick)
    assert not audit(trace, found)


@pytest.mark.parametrize(("home", "rule"), [("strict_fifo", head_only), ("skip_fifo", first_that_fits)])
@many
@given(trace=traces())
def test_virtual_finish(home, rule, trace):
    need, duration, submit = columns(trace)
    virtual = {}
    for m, entitlement in enumerate(trace.entitlement.tolist()):
        own = [j for j in range(len(trace)) if trace.member[j] == m]
        start = play(own, need, duration, submit, entitlement, rule)
        virtual |= {j: (0, start[j] + duration[j]) if j in start else (1, submit[j]) for j in own}

    def smallest(pool, fits):
        keys = [
            (virtual[j], hashlib.sha256(trace.seed + trace.id[j].encode()).digest(), j) for j in pool.queue if fits(j)
        ]
        return min(keys)[-1] if keys else None

    found = replay(virtual_finish.open_queue(trace, alone=home))
    assert found.start_s.tolist() == on_paper(trace, smallest)
    assert not audit(trace, found)


@pytest.mark.parametrize(("discipline", "rule"), [(strict_fifo, head_only), (skip_fifo, first_that_fits)])
@many
@given(trace=traces())
def test_each_member_alone(discipline, rule, trace):
    found = alone(trace, discipline.open_queue)
    for m, entitlement in enumerate(trace.entitlement.tolist()):
        own = [j for j in range(len(trace)) if trace.member[j] == m]
        start = play(own, *columns(trace), entitlement, rule)
        assert found.start_s[own].tolist() == [start.get(j, NEVER) for j in own]
        assert found.end_s[own].tolist() == [start[j] + trace.duration_s[j] if j in start else NEVER for j in own]
