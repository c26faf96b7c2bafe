"""What must every queueing discipline do, whoever wrote it?"""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.domain.schedule import NEVER
from apportion.simulation.replay import replay
from traces import audit, trace_of, traces

NAMES = registry.names("discipline")
every = pytest.mark.parametrize("name", NAMES)
many = settings(max_examples=100, deadline=None)
equal_shares = 10**9 // 4


def opened(name):
    return registry.discipline(name).open_queue


def played(name, trace):
    return replay(registry.discipline(name).open_queue(trace))


def same(one, other):
    return all(
        np.array_equal(getattr(one, column), getattr(other, column)) for column in ("start_s", "end_s", "preemptions")
    )


@every
def test_it_declares_itself(name):
    discipline = registry.discipline(name)
    assert isinstance(discipline.PLANNED, bool)
    assert discipline.ALONE
    assert set(discipline.ALONE) <= set(NAMES)
    first, *rest = inspect.signature(discipline.open_queue).parameters.values()
    assert first.name == "trace"
    assert all(parameter.default is not parameter.empty for parameter in rest)
    assert len(inspect.getdoc(discipline).splitlines()[0]) < 110


@every
@many
@given(trace=traces())
def test_its_schedule_could_have_happened(name, trace):
    assert not audit(trace, played(name, trace))


@every
@many
@given(trace=traces(), steps=st.lists(st.integers(-1, 40), max_size=12))
def test_many_small_steps_are_one_large_one(name, trace, steps):
    queue = registry.discipline(name).open_queue(trace)
    for until in np.cumsum(np.maximum(steps, 0)):
        queue.advance(int(until))
        queue.advance(int(until) - 1)
        queue.schedule()
    assert same(replay(queue), played(name, trace))


@every
@many
@given(trace=traces(), until=st.integers(0, 40))
def test_a_schedule_tells_no_more_than_is_known(name, trace, until):
    queue = registry.discipline(name).open_queue(trace)
    queue.advance(until)
    known, full = queue.schedule(), played(name, trace)
    assert same(known, queue.schedule())
    assert known.start_s.tolist() == [start if start < until else NEVER for start in full.start_s]
    ended = (full.end_s <= until) & (known.start_s != NEVER)
    assert known.end_s.tolist() == np.where(ended, full.end_s, NEVER).tolist()


@every
def test_a_schedule_is_a_copy(name):
    queue = registry.discipline(name).open_queue(trace_of([(0, 5, 1, 0)], 1))
    queue.schedule().start_s[:] = 99
    assert replay(queue).start_s.tolist() == [0]


@every
@many
@given(trace=traces(), cut=st.integers(0, 12))
def test_what_is_submitted_later_changes_nothing_before(name, trace, cut):
    known = int(np.searchsorted(trace.submit_s, cut, side="right"))
    rows = np.arange(known)
    columns = ("id", "member", "submit_s", "duration_s", "need", "position")
    past = replace(trace, **{column: getattr(trace, column)[rows] for column in columns})
    queues = [registry.discipline(name).open_queue(jobs) for jobs in (trace, past)]
    for queue in queues:
        queue.advance(cut + 1)
    full, half = (queue.schedule() for queue in queues)
    assert full.start_s[:known].tolist() == half.start_s.tolist()
    assert full.end_s[:known].tolist() == half.end_s.tolist()


@pytest.mark.parametrize("name", [name for name in NAMES if "limits" not in registry.parameters(opened(name))])
@many
@given(trace=traces(), factor=st.sampled_from((2, 1000, 10**6)))
def test_the_unit_of_a_resource_does_not_matter(name, trace, factor):
    """Where a parameter is a limit in units of a resource, the unit is part of the rule."""
    grown = replace(
        trace, need=trace.need * factor, capacity=trace.capacity * factor, entitlement=trace.entitlement * factor
    )
    assert same(played(name, trace), played(name, grown))


@every
@many
@given(trace=traces())
def test_a_resource_nobody_needs_does_not_matter(name, trace):
    def wider(column):
        return np.insert(column, 0, 0, axis=-1)

    padded = replace(
        trace, need=wider(trace.need), capacity=wider(trace.capacity), entitlement=wider(trace.entitlement)
    )
    assert same(played(name, trace), played(name, padded))


@every
def test_an_empty_trace_is_no_trouble(name):
    queue = registry.discipline(name).open_queue(trace_of([], 4))
    queue.follow(np.array([10**9]))
    assert len(replay(queue).start_s) == 0


@every
def test_a_gang_larger_than_the_pool_never_starts_and_blocks_nobody(name):
    trace = trace_of([(0, 5, 9, 0), (0, 5, 4, 0), (1, 5, 4, 1)], 4)
    found = played(name, trace)
    assert found.start_s.tolist() == [NEVER, 0, 5]
    assert found.end_s.tolist() == [NEVER, 5, 10]


@every
def test_completions_come_before_arrivals_and_jobs_of_no_length_make_room_at_once(name):
    trace = trace_of([(0, 4, 2, 0), (4, 0, 2, 0), (4, 0, 2, 1), (4, 0, 2, 0), (5, 3, 2, 0)], 2)
    assert played(name, trace).start_s.tolist() == [0, 4, 4, 4, 5]


@every
def test_following_any_plan_leaves_nothing_unfinished(name):
    trace = trace_of([(t % 7, 1 + t % 5, 1 + t % 3, t % 4) for t in range(40)], 4)
    queue = registry.discipline(name).open_queue(trace)
    for hour in range(1, 6):
        queue.follow(np.array([-1, 0, 10**9, 3 * 10**8]))
        queue.advance(4 * hour)
    assert not audit(trace, replay(queue))
