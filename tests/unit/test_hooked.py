"""Does a discipline written as a function in Python meet the same world as the compiled ones?"""

import numpy as np
import pytest
from hypothesis import given, settings

from apportion.errors import Failed
from apportion.simulation import hooked
from apportion.simulation.disciplines import skip_fifo, strict_fifo
from apportion.simulation.replay import replay
from traces import placed_traces, trace_of, traces

many = settings(max_examples=150, deadline=None)


def first_that_fits(view):
    return next((row for row in view.queued if view.fits(row)), None)


def head_blocks(view):
    return view.queued[0] if view.fits(view.queued[0]) else None


def same(trace, choose, discipline):
    ours, theirs = hooked.open_queue(trace, choose), discipline.open_queue(trace)
    one, other = replay(ours), replay(theirs)
    for column in ("start_s", "end_s", "preemptions", "held_s"):
        assert np.array_equal(getattr(one, column), getattr(other, column))
    assert np.array_equal(ours.held().place, theirs.held().place)


@many
@given(traces())
def test_the_two_fifos_on_one_number(trace):
    same(trace, first_that_fits, skip_fifo)
    same(trace, head_blocks, strict_fifo)


@many
@given(placed_traces())
def test_the_two_fifos_on_nodes_that_come_and_go(trace):
    same(trace, first_that_fits, skip_fifo)
    same(trace, head_blocks, strict_fifo)


def test_a_view_tells_what_runs_and_who_holds_what():
    seen = []

    def watch(view):
        seen.append((view.now_s, view.running.tolist(), view.held.tolist(), view.free.tolist()))
        return first_that_fits(view)

    replay(hooked.open_queue(trace_of([(0, 9, 3, 0), (4, 2, 2, 1)], 4), watch))
    assert seen == [(0, [], [[0], [0]], [[4]]), (4, [0], [[3], [0]], [[1]]), (9, [], [[0], [0]], [[4]])]


@pytest.mark.parametrize("named", [0, 7])
def test_a_gang_that_does_not_wait_or_does_not_fit_is_refused(named):
    trace = trace_of([(0, 5, 4, 0), (1, 5, 4, 0)], 4)

    def wrong(view):
        return first_that_fits(view) if view.now_s == 0 else named

    with pytest.raises(Failed, match=f"row {named}"):
        replay(hooked.open_queue(trace, wrong))
