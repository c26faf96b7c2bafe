"""What sets each discipline apart?"""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.schedule import NEVER
from apportion.errors import BadInput
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import entitled, fair_share, skip_fifo, strict_fifo, virtual_finish
from apportion.simulation.replay import replay
from traces import trace_of, traces

HALF = 5 * 10**8
many = settings(max_examples=200, deadline=None)


def starts(discipline, trace, **parameters):
    return replay(discipline.open_queue(trace, **parameters)).start_s.tolist()


def test_a_head_that_does_not_fit_blocks_or_is_passed_over():
    trace = trace_of([(0, 10, 3, 0), (1, 10, 4, 0), (2, 10, 1, 0)], 4)
    assert starts(strict_fifo, trace) == [0, 10, 20]
    assert starts(skip_fifo, trace) == [0, 12, 2]


def test_fair_share_serves_who_holds_least_for_its_weight():
    trace = trace_of([(0, 9, 2, 0), (0, 5, 2, 1), (1, 5, 1, 0), (1, 5, 1, 1), (1, 5, 1, 1)], 4, weight=[1, 3])
    assert starts(fair_share, trace) == [0, 0, 9, 5, 5]
    assert starts(fair_share, replace(trace, weight=np.array([3, 1]))) == [0, 0, 5, 5, 9]


def test_fair_share_counts_the_dominant_resource():
    """Member 0 holds 1 of 2 GPUs, member 1 holds 4 of 12 cores: member 1 holds less, though more units."""
    rows = [(0, 20, (1, 1), 0), (0, 20, (0, 4), 1), (1, 20, (1, 7), 2), (1, 5, (1, 0), 0), (1, 5, (1, 0), 1)]
    found = starts(fair_share, trace_of(rows, [3, 12]))
    assert found[3:] == [6, 1]


def test_fair_share_serves_members_without_weight_last():
    trace = trace_of([(0, 5, 4, 0), (1, 5, 4, 1), (2, 5, 4, 0)], 4, weight=[1, 0])
    assert starts(fair_share, trace) == [0, 10, 5]


@many
@given(traces(members=1))
def test_fair_share_with_one_member_is_strict_fifo(trace):
    assert starts(fair_share, trace) == starts(strict_fifo, trace)


@many
@given(traces(members=1))
def test_entitled_with_one_member_is_skip_fifo(trace):
    assert starts(entitled, trace) == starts(skip_fifo, trace)


def two_members():
    """Both submit four whole-pool jobs at once; order of arrival favours member 0."""
    return trace_of([(0, 10, 4, 0)] * 4 + [(0, 10, 4, 1)] * 4, 4, entitlement=[[2], [2]])


def followed(trace, shares, window=10):
    queue = entitled.open_queue(trace, window_s=window)
    for hour in range(1, 20):
        queue.follow(np.array(shares))
        queue.advance(hour * window)
    return queue.schedule().start_s


def test_two_plans_give_two_replays():
    favoured, other = (followed(two_members(), shares) for shares in ([HALF, 0], [0, HALF]))
    assert not np.array_equal(favoured, other)
    assert favoured[:4].mean() < other[:4].mean()
    assert favoured[4:].mean() > other[4:].mean()


def test_a_member_granted_nothing_waits_while_others_queue():
    for shares, waits in (([-1, HALF], slice(0, 4)), ([HALF, -1], slice(4, 8))):
        start = followed(two_members(), shares)
        assert sorted(start[waits]) == [40, 50, 60, 70]


def test_a_member_granted_nothing_may_use_what_nobody_else_can():
    trace = trace_of([(0, 10, 3, 0), (0, 10, 1, 1), (0, 10, 3, 0)], 4)
    assert followed(trace, [HALF, -1]).tolist() == [0, 0, 10]


def test_equal_plans_alternate_between_equal_members():
    start = followed(two_members(), [HALF, HALF])
    turns = np.argsort(start) // 4
    assert set(turns[:2]) == set(turns[2:4]) == {0, 1}


def test_a_debt_is_carried_into_the_next_window_and_kept_within_one_window_of_entitlement():
    """Member 0 held the whole pool for 40 s of windows of 10 s: it owes 10 s of half a pool, and no more."""
    trace = trace_of([(0, 40, 4, 0), (39, 5, 4, 0), (39, 5, 4, 1)], 4, entitlement=[[2], [2]])
    assert followed(trace, [HALF, HALF]).tolist() == [0, 45, 40]
    late = trace_of(
        [(0, 40, 4, 0), (59, 5, 4, 1), (59, 5, 4, 0), (61, 5, 4, 0), (61, 5, 4, 1)], 4, entitlement=[[2]] * 2
    )
    forgiven = followed(late, [10**9, 0])
    assert forgiven[2] < forgiven[1]


def test_windows_that_cannot_be_counted_are_refused():
    for window in (0, -5, 2**40):
        with pytest.raises(BadInput, match="window_s"):
            entitled.open_queue(two_members(), window_s=window)


def test_amounts_that_cannot_be_counted_are_refused():
    with pytest.raises(BadInput, match="larger unit"):
        entitled.open_queue(trace_of([(0, 1, 2**60, 0)], 2**61))
    with pytest.raises(BadInput, match="clock"):
        strict_fifo.open_queue(trace_of([(0, 2**61, 1, 0), (2**61, 2**61, 1, 0)], 2))


def test_virtual_finish_serves_who_would_have_ended_first_at_home():
    """Alone on 2 of 4 units each, member 0's long job delays its short one; member 1's would have ended at 8."""
    trace = trace_of([(0, 3, 4, 2), (1, 9, 2, 0), (1, 2, 2, 0), (2, 6, 2, 1)], 4, entitlement=[[2], [2], [4]])
    assert alone(trace, strict_fifo.open_queue).end_s.tolist() == [3, 10, 12, 8]
    assert starts(virtual_finish, trace) == [0, 3, 9, 3]


def test_virtual_finish_puts_gangs_that_are_only_possible_in_the_pool_last():
    trace = trace_of([(0, 5, 4, 0), (1, 5, 4, 1), (2, 5, 4, 0)], 4, entitlement=[[4], [3]])
    assert alone(trace, strict_fifo.open_queue).start_s.tolist() == [0, NEVER, 5]
    assert starts(virtual_finish, trace) == [0, 10, 5]


def test_equal_virtual_finishes_go_in_the_tie_order_of_the_seed():
    orders = set()
    for k in range(20):
        seed = bytes([k]) * 32
        trace = trace_of([(0, 5, 1, 0), (0, 5, 1, 1), (0, 5, 1, 2)], 1, entitlement=[[1]] * 3, seed=seed)
        digests = [hashlib.sha256(seed + name.encode()).digest() for name in trace.id]
        found = starts(virtual_finish, trace)
        assert np.argsort(found).tolist() == sorted(range(3), key=digests.__getitem__)
        orders.add(tuple(found))
    assert len(orders) > 3


@many
@given(traces(), st.randoms(use_true_random=False))
def test_only_the_estimate_looks_at_durations(trace, chance):
    """Durations dealt out anew within each member keep every mean, and so the whole order."""
    dealt = trace.duration_s.copy()
    for m in range(len(trace.weight)):
        own = np.flatnonzero(trace.member == m)
        dealt[own] = trace.duration_s[chance.sample(own.tolist(), len(own))]
    orders = [
        virtual_finish.order(jobs, "strict_fifo", "member_mean") for jobs in (trace, replace(trace, duration_s=dealt))
    ]
    assert orders[0].tolist() == orders[1].tolist()


@pytest.mark.parametrize("discipline", [strict_fifo, skip_fifo, fair_share, entitled])
@many
@given(trace=traces(), data=st.data())
def test_nobody_knows_a_duration_before_the_job_ends(discipline, trace, data):
    if not len(trace):
        return
    job = data.draw(st.integers(0, len(trace) - 1))
    longer = trace.duration_s.copy()
    longer[job] += data.draw(st.integers(1, 9))
    one, other = (replay(discipline.open_queue(jobs)) for jobs in (trace, replace(trace, duration_s=longer)))
    ended = one.end_s[job]
    before = (one.start_s < ended) | (other.start_s < ended)
    assert one.start_s[before].tolist() == other.start_s[before].tolist()


def test_what_is_not_known_is_refused_with_what_is():
    trace = two_members()
    with pytest.raises(BadInput, match="skip_fifo"):
        virtual_finish.open_queue(trace, alone="skip_fif")
    with pytest.raises(BadInput, match="member_mean"):
        virtual_finish.open_queue(trace, estimate="member_men")
    for noise in ("noise", "noise:", "noise:-1", "noise:nan", "noise:99", "noise:x"):
        with pytest.raises(BadInput, match="spread of noise"):
            virtual_finish.open_queue(trace, estimate=noise)
