"""Does no member hold more than its part, and does nothing else change?"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.schedule import NEVER
from apportion.errors import BadInput
from apportion.simulation.disciplines import fair_share, las, round_robin, skip_fifo, srtf, strict_fifo, virtual_finish
from apportion.simulation.limited import limited
from apportion.simulation.replay import replay
from traces import placed_traces, trace_of, traces

PARTS = st.sampled_from((0.1, 0.25, 0.5, 0.6, 0.9, 1.0))


def by_hand(trace, part):
    """Skip FIFO, second by second: what fits the pool and its member's part starts, first come first."""
    most = [int(whole * Fraction(repr(part))) for whole in trace.capacity.tolist()]
    ends, started = {}, {}
    waiting, now = list(range(len(trace))), 0
    possible = {j for j in waiting if (trace.need[j] <= np.minimum(most, trace.capacity)).all()}
    while any(j in possible for j in waiting):
        again = True
        while again:  # what takes no time ends at once and makes room at once
            again = False
            for j in [j for j, end in ends.items() if end == now]:
                del ends[j]
            for j in [j for j in waiting if j in possible and trace.submit_s[j] <= now]:
                held = sum((trace.need[k] for k in ends), np.zeros_like(trace.capacity))
                own = sum((trace.need[k] for k in ends if trace.member[k] == trace.member[j]), 0 * held)
                if (held + trace.need[j] <= trace.capacity).all() and (own + trace.need[j] <= most).all():
                    started[j], ends[j] = now, now + int(trace.duration_s[j])
                    waiting.remove(j)
                    again = again or trace.duration_s[j] == 0
        now += 1
    return [started.get(j, NEVER) for j in range(len(trace))]


@given(trace=traces(), part=PARTS)
@settings(max_examples=150, deadline=None)
def test_skip_fifo_within_a_part_is_the_same_by_hand(trace, part):
    assert replay(skip_fifo.open_queue(limited(trace, part))).start_s.tolist() == by_hand(trace, part)


@pytest.mark.parametrize("module", [strict_fifo, skip_fifo, fair_share, las, srtf, round_robin, virtual_finish])
@given(trace=traces())
@settings(max_examples=40, deadline=None)
def test_the_whole_is_no_limit(module, trace):
    with_limit, without = (replay(module.open_queue(one)) for one in (limited(trace, 1.0), trace))
    assert with_limit.start_s.tolist() == without.start_s.tolist()
    assert with_limit.end_s.tolist() == without.end_s.tolist()


def test_a_limit_leaves_room_for_those_who_come_later():
    rows = [(0, 100, 3, 0), (0, 100, 3, 0), (0, 100, 3, 0), (5, 10, 3, 1)]
    trace = trace_of(rows, 9)
    assert replay(skip_fifo.open_queue(trace)).start_s.tolist() == [0, 0, 0, 100]
    assert replay(skip_fifo.open_queue(limited(trace, 0.67))).start_s.tolist() == [0, 0, 100, 5]


@given(trace=placed_traces())
@settings(max_examples=5, deadline=None)
def test_single_nodes_are_refused(trace):
    with pytest.raises(BadInput, match="not kept by placement"):
        limited(trace, 0.5)
