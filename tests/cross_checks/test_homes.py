"""Do the virtual clocks of members go as a person would set them, also where what they may count on changes?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.arrays import ints
from apportion.domain.trace import Standings
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import entitled, fair_share, never_later, strict_fifo, virtual_finish
from apportion.simulation.replay import replay
from on_kernels import MEMBERS, SEED, by_hand, played, settled, trace_of_world, tried
from reference.deficits import Entitled, dominant
from reference.shares import FairShare, tie
from reference.walk import dispatch
from reference.world import Place
from reference.worlds import gang, worlds

NAMES = [f"member {m}" for m in range(MEMBERS)]


@st.composite
def cases(draw, *, whole=False):
    """One number, what each member has of it, and how that changes: (world, homes, changes of standing)."""
    jobs, places, _ = settled(draw(worlds(classes=1, losses=False, restarts=(0,), most=20)))
    there = [sum(amounts) for amounts in zip(*(place.whole for place in places), strict=True)]
    count = draw(st.integers(0, 5))
    times = sorted(draw(st.lists(st.integers(0, 25), min_size=count, max_size=count)))

    def part(sixths):
        return tuple(amount * sixths // 6 for amount in there)

    if not whole:
        homes = [part(draw(st.sampled_from((0, 2, 3, 6)))) for _ in range(MEMBERS)]
        member = [draw(st.integers(0, MEMBERS - 1)) for _ in times]
        return (
            (jobs, [Place(tuple(there))], []),
            homes,
            [(t, m, part(draw(st.integers(0, 6)))) for t, m in zip(times, member, strict=True)],
        )
    has, rows = [2, 2, 2], []
    homes = [part(2)] * MEMBERS
    for t in times:  # one lends another a sixth: both change at one second
        a, b = draw(st.permutations(range(MEMBERS)))[:2]
        if has[a]:
            has[a], has[b] = has[a] - 1, has[b] + 1
            rows += [(t, a, part(has[a])), (t, b, part(has[b]))]
    return (jobs, [Place(tuple(there))], []), homes, rows


def trace_of(world, homes, rows, weights=None):
    width = len(world[1][0].whole)
    standings = Standings(
        ints([t for t, *_ in rows]),
        ints([m for _, m, _ in rows]),
        ints(np.array([has for *_, has in rows], dtype=np.int64).reshape(len(rows), width)),
        ints(weights or [1] * len(rows)),
    )
    return replace(trace_of_world(world), entitlement=ints(homes), standings=standings)


class Home:
    """One member's jobs at home under strict FIFO, on lists; a job lasts there until `length` of it is known and past."""

    def __init__(self, jobs, has, changes, length):
        self.jobs, self.has, self.changes, self.length = jobs, has, list(changes), length
        self.last, self.queue, self.holding, self.started, self.since, self.got = 0, [], [], {}, {}, {}

    def free(self, r):
        return self.has[r] - sum(self.jobs[j].workers * self.jobs[j].need[r] for j in self.holding)

    def ends(self):
        return sorted((self.started[j] + self.length[j], i, j) for i, j in enumerate(self.holding) if j in self.length)

    def end_one(self):
        end, _, job = self.ends()[0]
        self.last = max(self.last, end)
        self.holding.remove(job)

    def go_on(self, arrived, now):
        self.queue += [j for j in arrived if j not in self.queue and j not in self.started and j not in self.got]
        due = [change for change in self.changes if change[0] <= now]
        if due:
            while self.ends() and self.ends()[0][0] <= now:
                self.end_one()
            self.has, self.last = due[-1][1], max(self.last, due[-1][0])
            self.changes = self.changes[len(due) :]
            for r in range(len(self.has)):
                while self.free(r) < 0:
                    able = [j for j in self.holding if self.jobs[j].need[r]]
                    job = max(able, key=lambda j: (self.since[j], j))
                    self.got[job] = now - self.started.pop(job)
                    self.holding.remove(job)
                    self.queue.append(job)
        self.queue.sort()
        while self.queue:
            job = self.queue[0]
            if all(self.jobs[job].workers * n <= self.free(r) for r, n in enumerate(self.jobs[job].need)):
                self.last = max(self.last, self.jobs[job].submit)
                self.since[job], self.started[job] = self.last, self.last - self.got.pop(job, 0)
                self.holding.append(job)
                self.queue.pop(0)
            elif self.ends() and self.ends()[0][0] <= now:
                self.end_one()
            else:
                return

    def wakes(self):
        yield from (change[0] for change in self.changes)
        yield from (end for end, *_ in self.ends() if self.queue)


class Online:
    """Virtual finish without durations: by start at home and the mean of what has ended."""

    def __init__(self, jobs, homes, rows, *, preemptive):
        self.preemptive, self.homes, self.length = preemptive, [], {}
        for m, has in enumerate(homes):
            most = np.max([has, *(h for _, k, h in rows if k == m)], axis=0)
            own = [j for j, job in enumerate(jobs) if job.member == NAMES[m]]
            fit = [j for j in own if all(jobs[j].workers * n <= c for n, c in zip(jobs[j].need, most, strict=True))]
            self.homes.append((fit, Home(jobs, has, [(t, h) for t, k, h in rows if k == m], self.length)))

    def mean(self, world, m):
        ended = [(j, world.jobs[j].member) for j in world.ended]
        mine = [j for j, member in ended if member == NAMES[m]] or [j for j, _ in ended]
        return sum(world.jobs[j].lasts[0] for j in mine) // max(len(mine), 1)

    def key(self, world, j):
        m = NAMES.index(world.jobs[j].member)
        started, lot = self.homes[m][1].started, tie(SEED, world.jobs[j].id)
        if j not in started:
            return 1, world.jobs[j].submit, lot
        return 0, started[j] + self.mean(world, m), lot

    def dispatch(self, world):
        self.length.update({j: world.jobs[j].lasts[0] for j in world.ended})
        there = {*world.running, *world.waiting, *world.ended}
        for own, home in self.homes:
            home.go_on([j for j in own if j in there], world.now)
        fixed = () if self.preemptive else tuple(world.running)
        rest = [j for j in [*world.running, *world.waiting] if j not in fixed]
        dispatch(world, [*fixed, *sorted(rest, key=lambda j: self.key(world, j))], fixed=fixed)

    def wakes(self, _world):
        for _, home in self.homes:
            yield from home.wakes()


@pytest.mark.parametrize("preemptive", [False, True])
@tried(300)
@given(case=cases())
def test_virtual_finish_online(preemptive, case):
    world, homes, rows = case
    trace = trace_of(world, homes, rows)
    queue = virtual_finish.open_queue(trace, estimate="online", preemptive=preemptive)
    hand = Online(world[0], homes, rows, preemptive=preemptive)
    assert played(queue, world[0]) == by_hand(hand, world, "counting")


@tried(150)
@given(case=cases(), until=st.integers(0, 30), data=st.data())
def test_online_no_duration_matters_before_its_job_has_ended(case, until, data):
    world, homes, rows = case
    trace = trace_of(world, homes, rows)
    queue = virtual_finish.open_queue(trace, estimate="online")
    queue.advance(until)
    known = queue.schedule()
    longer = np.where(known.end_s < 0, trace.duration_s * data.draw(st.integers(2, 9)), trace.duration_s)
    other = virtual_finish.open_queue(replace(trace, duration_s=longer), estimate="online")
    other.advance(until)
    assert other.schedule().start_s.tolist() == known.start_s.tolist()


@pytest.mark.parametrize("order", ["work", "attained"])
@tried(300)
@given(case=cases(whole=True))
def test_no_job_is_later_than_at_home_while_members_lend(order, case):
    world, homes, rows = case
    trace = trace_of(world, homes, rows)
    at_home = alone(replace(trace, speed=None, duration_s=trace.lasts[:, 0]), strict_fifo.open_queue)
    found = replay(never_later.open_queue(trace, order=order))
    assert (found.end_s <= at_home.end_s)[at_home.finished].all()


@tried(200)
@given(case=cases(), weights=st.lists(st.integers(0, 3), min_size=5, max_size=5), data=st.data())
def test_fair_share_goes_by_the_weights_of_the_day(case, weights, data):
    world, homes, rows = case
    trace = trace_of(world, homes, rows, weights[: len(rows)])

    class Changing(FairShare):
        def dispatch(self, played_world):
            due = [(m, w) for (t, m, _), w in zip(rows, weights, strict=False) if t <= played_world.now]
            self.weights = dict.fromkeys(NAMES, 1) | {NAMES[m]: w for m, w in due}
            super().dispatch(played_world)

    level = data.draw(st.sampled_from(("member", "tree")))
    if level == "tree":  # without parents, users below members
        trace = replace(trace, user=ints(np.zeros(len(trace))))
    hand = Changing(dict.fromkeys(NAMES, 1))
    assert played(fair_share.open_queue(trace, level=level), world[0]) == by_hand(hand, world, "counting")


@tried(100)
@given(case=cases(), weights=st.lists(st.integers(0, 3), min_size=5, max_size=5), window=st.integers(1, 6))
def test_entitled_goes_by_the_standing_of_the_day(case, weights, window):
    world, homes, rows = case
    trace = trace_of(world, homes, rows, weights[: len(rows)])
    plans, now = {}, dict.fromkeys(NAMES, 1)
    for (t, m, _), w in zip(rows, weights, strict=False):
        now = now | {NAMES[m]: w}
        total = sum(now.values())
        plans[t] = {name: w * 10**9 // total if total else 0 for name, w in now.items()}

    class Changing(Entitled):
        def pass_time(self, played_world):
            now = played_world.now
            while self.clock is not None and self.clock < now:
                self.have_by(self.clock)
                played_world.now = self.clock + 1
                super().pass_time(played_world)
            self.clock = played_world.now = now
            self.have_by(now)
            for m, deficit in self.deficit.items():  # a smaller bound holds at once
                bound = window * min(10**9, dominant(played_world, self.entitlements[m]))
                self.deficit[m] = max(-bound, min(bound, deficit))

        def have_by(self, moment):
            self.entitlements = dict(zip(NAMES, homes, strict=True))
            self.entitlements |= {NAMES[m]: has for t, m, has in rows if t <= moment}

    hand = Changing(dict.fromkeys(NAMES, 1), dict(zip(NAMES, homes, strict=True)), window_s=window, plans=plans)
    hand.held = dict.fromkeys(NAMES, 0)
    hand.clock = min((job.submit for job in world[0]), default=None)  # deficits begin with the first submission
    assert played(entitled.open_queue(trace, window_s=window), world[0]) == by_hand(hand, world, "counting")


def test_who_lends_stops_at_home_what_no_longer_fits_and_goes_on_when_it_is_back():
    """Two units; the member has 2, lends 1 from 3 to 6: the job that started last stops at 3 and goes on at 6."""
    jobs = [gang(f"job {k}", k, 1, 8, member="member 0", user="user 0.0") for k in range(2)]
    rows = [(3, 0, (1,)), (3, 1, (1,)), (6, 0, (2,)), (6, 1, (0,))]
    trace = trace_of((jobs, [Place((2,))], []), [(2,), (0,), (0,)], rows)
    found = alone(trace, strict_fifo.open_queue)
    assert (found.start_s.tolist(), found.end_s.tolist(), found.preemptions.tolist()) == ([0, 1], [8, 12], [0, 1])
    assert found.held_s.tolist() == [8, 8]
