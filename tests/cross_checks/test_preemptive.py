"""Do the kernels that stop gangs to make room play as the reference does, job by job and place by place?"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.arrays import ints
from apportion.errors import BadInput
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import (
    las,
    never_later,
    priority,
    round_robin,
    srtf,
    strict_fifo,
    themis,
    virtual_finish,
)
from apportion.simulation.preemptive import restarting
from apportion.simulation.replay import replay
from on_kernels import agree, played, settled, trace_of_world, tried
from on_kernels import by_hand as played_by_hand
from reference import preemptive as by_hand
from reference.first_come import strict_fifo as strict_fifo_by_hand
from reference.shares import virtual_finish as virtual_finish_by_hand
from reference.walk import dispatch
from reference.world import Place, play
from reference.worlds import worlds
from traces import trace_of

many = tried(300)
every = pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])
bounds = st.sampled_from((-1, -1, 1, 2, 5))
one_number = worlds(classes=1, restarts=(0,), most=24)


def no_bound(churn):
    """The reference says 0 where a parameter says −1."""
    return max(churn, 0)


@every
@many
@given(world=worlds(), churn=bounds)
def test_srtf(placement, world, churn):
    agree(srtf, by_hand.srtf(churn=no_bound(churn)), world, placement, churn=churn)


@tried(600)
@given(world=one_number)
def test_srtf_where_one_number_is_shared(world):
    agree(srtf, by_hand.srtf(), world, "counting")


@tried(700)
@given(world=worlds(classes=1, most=24), blocking=st.booleans())
def test_priority_where_one_number_is_shared(world, blocking):
    rule = by_hand.preemptive_priority(blocking=blocking)
    agree(priority, rule, world, "counting", preemptive=True, blocking=blocking)


@every
@many
@given(world=worlds(), churn=bounds, blocking=st.booleans())
def test_priority(placement, world, churn, blocking):
    rule = by_hand.preemptive_priority(blocking=blocking, churn=no_bound(churn))
    agree(priority, rule, world, placement, preemptive=True, churn=churn, blocking=blocking)


@every
@many
@given(world=worlds(), churn=bounds, quantum=st.integers(4, 7))
def test_round_robin(placement, world, churn, quantum):
    rule = by_hand.RoundRobin(quantum_s=quantum, churn=no_bound(churn))
    agree(round_robin, rule, world, placement, churn=churn, quantum_s=quantum)


@every
@many
@given(world=worlds(), churn=bounds, lease=st.integers(4, 7))
def test_themis(placement, world, churn, lease):
    rule = by_hand.Themis(lease_s=lease, churn=no_bound(churn))
    agree(themis, rule, world, placement, churn=churn, lease_s=lease)


def thousandfold(world):
    """The same world in thousandths."""
    jobs, places, changes = world
    return (
        [replace(job, need=tuple(1000 * amount for amount in job.need)) for job in jobs],
        [Place(tuple(1000 * amount for amount in place.whole), place.kind) for place in places],
        changes,
    )


def most_asked(world, j):
    """GPUs, or the amount of what gang j asks most for what there is."""
    job, whole = world.jobs[j], np.sum([place.whole for place in world.places], axis=0).tolist()
    parts = [Fraction(job.workers * amount, total) for amount, total in zip(job.need, whole, strict=True)]
    return Fraction(job.workers * job.need[parts.index(max(parts))], 1000)


@pytest.mark.parametrize(("mode", "rule"), [("2d", by_hand.Las), ("tiresias", by_hand.LasOfTiresias)])
@every
@many
@given(world=worlds().map(thousandfold), churn=bounds, limits=st.sampled_from(((5,), (1, 2), (8, 30), (12, 13, 40))))
def test_las(mode, rule, placement, world, churn, limits):
    hand = rule(limits=limits, size=most_asked, churn=no_bound(churn))
    text = ",".join(map(str, limits))
    agree(las, hand, world, placement, churn=churn, mode=mode, limits=text)


@tried(600)
@given(
    world=worlds(classes=1, most=24).map(thousandfold),
    limits=st.sampled_from(((5,), (1, 2), (8, 30), (12, 13, 40))),
)
def test_las_where_one_number_is_shared(world, limits):
    hand = by_hand.Las(limits=limits, size=most_asked)
    agree(las, hand, world, "counting", mode="2d", limits=",".join(map(str, limits)))


@tried(300)
@given(world=worlds())
def test_srtf_by_work(world):
    def key(played, j):
        return played.soonest(j) * most_asked(played, j), j

    agree(srtf, by_hand.Ranked(key), world, "counting", by="work")


@st.composite
def worlds_with_homes(draw, *, whole=False):
    """One class of places, and what each of three members has of it: at times nothing, or more together than there is."""
    jobs, places, changes = settled(draw(worlds(classes=1, losses=False, restarts=(0,), most=24)))
    there = [sum(amounts) for amounts in zip(*(place.whole for place in places), strict=True)]
    part = st.sampled_from((0, 1, 2, 3) if whole else (0, 2, 3, 4, 6))
    homes = [tuple(amount * draw(part) // (9 if whole else 6) for amount in there) for _ in range(3)]
    return (jobs, [Place(tuple(there))], changes), homes


def own(homes):
    return {f"member {m}": [Place(home)] for m, home in enumerate(homes)}


def compare(queue_of, discipline, world, homes):
    trace = replace(trace_of_world(world), entitlement=ints(homes))
    assert played(queue_of(trace), world[0]) == played_by_hand(discipline, world, "counting")
    return trace


@tried(500)
@given(case=worlds_with_homes())
def test_virtual_finish(case):
    world, homes = case
    rule = virtual_finish_by_hand(world[0], own(homes), preemptive=True)
    compare(lambda trace: virtual_finish.open_queue(trace, preemptive=True), rule, world, homes)


class NeverLater:
    """Who must run now first; homes are played beforehand, by true durations."""

    def __init__(self, jobs, homes, size, *, by_work):
        self.size, self.by_work = size, by_work
        self.home = [None] * len(jobs)
        for member, places in homes.items():
            mine = [j for j, job in enumerate(jobs) if job.member == member]
            for j, run in zip(mine, play(strict_fifo_by_hand(), [jobs[j] for j in mine], places), strict=True):
                self.home[j] = run.start

    def got(self, world, j):
        return world.jobs[j].lasts[0] - world.soonest(j)

    def latest(self, world, j):
        return None if self.home[j] is None else self.home[j] + self.got(world, j)

    def key(self, world, j):
        if self.latest(world, j) == world.now:
            return -1, world.soonest(j) if self.by_work else self.home[j], j
        if self.by_work:
            return 0, world.soonest(j) * self.size(world, j), j
        return int(self.got(world, j) * self.size(world, j) // 3600).bit_length(), 0, j

    def dispatch(self, world):
        dispatch(world, sorted(by_hand.live(world), key=lambda j: self.key(world, j)))

    def wakes(self, world):
        for j in world.waiting:
            if self.latest(world, j) is not None:
                yield self.latest(world, j)
        for j in world.running:
            got, size = self.got(world, j), self.size(world, j)
            if size:
                hours = 2 ** int(got * size // 3600).bit_length()
                yield world.now - (got * size - 3600 * hours) // size


class LearnedFromTheEnded(NeverLater):
    """As `NeverLater`; what the others are expected to need is asked anew each time of all that have ended."""

    def __init__(self, jobs, homes, size):
        super().__init__(jobs, homes, size, by_work=False)

    def steps(self):
        return [0] + [60 * 2**step for step in range(39)] + [float("inf")]

    def step(self, seconds):
        return max(step for step, begin in enumerate(self.steps()) if begin <= seconds)

    def expected(self, world, member, step):
        took = [world.jobs[j].lasts[0] for j in world.ended if member in (None, world.jobs[j].member)]
        took = [seconds for seconds in took if self.step(seconds) >= step]
        if len(took) < 3:
            return None if member is None else self.expected(world, None, step)
        begin = self.steps()[step]
        ways = [
            (sum(min(seconds, end) - begin for seconds in took), sum(self.step(seconds) <= last for seconds in took))
            for last, end in enumerate(self.steps()[1:])
            if last >= step
        ]
        return min(int(spent) // ended for spent, ended in ways if ended)

    def key(self, world, j):
        if self.latest(world, j) == world.now:
            return -1, self.home[j], j
        step = self.step(self.got(world, j))
        expected = self.expected(world, world.jobs[j].member, step)
        return 0, (60 * 2**step if expected is None else expected) * self.size(world, j), j

    def wakes(self, world):
        for j in world.waiting:
            if self.latest(world, j) is not None:
                yield self.latest(world, j)
        for j in world.running:
            got = self.got(world, j)
            yield world.now + self.steps()[self.step(got) + 1] - got


def in_hours(case):
    """The same in thousandths, where a second is half an hour."""
    (jobs, places, changes), homes = case
    jobs = [
        replace(job, submit=1800 * job.submit, lasts=tuple(1800 * seconds for seconds in job.lasts)) for job in jobs
    ]
    return thousandfold((jobs, places, changes)), [tuple(1000 * amount for amount in home) for home in homes]


@tried(500)
@given(case=worlds_with_homes().map(in_hours))
def test_never_later_by_work(case):
    world, homes = case
    rule = NeverLater(world[0], own(homes), most_asked, by_work=True)
    compare(never_later.open_queue, rule, world, homes)


@tried(500)
@given(case=worlds_with_homes(whole=True).map(in_hours))
def test_never_later_by_what_was_attained_where_homes_fit_the_pool(case):
    world, homes = case
    rule = NeverLater(world[0], own(homes), most_asked, by_work=False)
    compare(lambda trace: never_later.open_queue(trace, order="attained"), rule, world, homes)


@tried(500)
@given(case=worlds_with_homes(whole=True).map(in_hours))
def test_never_later_by_what_was_learned_where_homes_fit_the_pool(case):
    world, homes = case
    rule = LearnedFromTheEnded(world[0], own(homes), most_asked)
    compare(lambda trace: never_later.open_queue(trace, order="learned"), rule, world, homes)


@pytest.mark.parametrize("order", ["work", "attained", "learned"])
@tried(1000)
@given(case=worlds_with_homes(whole=True).map(in_hours))
def test_no_job_is_later_than_at_home(order, case):
    world, homes = case
    trace = replace(trace_of_world(world), entitlement=ints(homes))
    at_home = alone(replace(trace, speed=None, duration_s=trace.lasts[:, 0]), strict_fifo.open_queue)
    found = replay(never_later.open_queue(trace, order=order))
    assert (found.end_s <= at_home.end_s)[at_home.finished].all()


def test_a_restart_costs_by_the_size_of_the_gang():
    trace = trace_of([(0, 9, gpus * 1000, 0) for gpus in (1, 2, 8, 9)], 9000)
    assert restarting(trace, "7/30/60").tolist() == [7, 30, 30, 60]
    assert restarting(trace, "5").tolist() == [5, 5, 5, 5]
    # the second job stops the first at 1 with 8 s left, which goes on at 3 and restarts until 10
    pair = trace_of([(0, 9, 1000, 0), (1, 2, 1000, 0)], 1000)
    found = replay(srtf.open_queue(pair, restart_s="7/30/60"))
    assert (found.end_s.tolist(), found.held_s.tolist()) == ([18, 3], [16, 2])


@pytest.mark.parametrize(
    ("module", "parameters"),
    [
        (srtf, {"restart_s": "7/30"}),
        (srtf, {"restart_s": "-1"}),
        (srtf, {"churn": -2}),
        (srtf, {"by": "size"}),
        (las, {"mode": "3d"}),
        (las, {"limits": "7200,3250"}),
        (las, {"limits": ""}),
        (round_robin, {"quantum_s": 0}),
        (round_robin, {"quantum_s": 30, "restart_s": "30"}),
        (themis, {"lease_s": 5, "restart_s": "7/30/60"}),
        (never_later, {"order": "fifo"}),
        (never_later, {"order": "attained", "quantum_s": 0}),
    ],
)
def test_parameters_that_make_no_sense_are_refused(module, parameters):
    with pytest.raises(BadInput, match="parameter"):
        module.open_queue(trace_of([(0, 5, 1, 0)], 1), **parameters)
