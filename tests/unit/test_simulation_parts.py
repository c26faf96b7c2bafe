"""Do the parts of the kernels keep their word by themselves?"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.arrays import kinds
from apportion.simulation import first_come, ranked
from apportion.simulation.disciplines import entitled, fair_share, skip_fifo, strict_fifo
from apportion.simulation.disciplines.entitled import entitled_share, parts
from apportion.simulation.disciplines.fair_share import compare, shares
from apportion.simulation.estimates import estimated
from apportion.simulation.events import ARRIVED, RUNNING, begin, complete, opening
from apportion.simulation.replay import replay
from traces import trace_of, traces

many = settings(max_examples=300, deadline=None)
whole = st.one_of(st.integers(0, 9), st.integers(0, 2**62))
positive = st.one_of(st.integers(1, 9), st.integers(1, 2**62))


def test_each_kernel_is_compiled_for_one_type_whatever_arrays_a_trace_has():
    trace = trace_of([(0, 2, (1, 0), 0), (0, 2, (1, 5), 1), (1, 2, (2, 1), 1)], [2, 4])
    writable = {name: value.copy() for name, value in vars(trace).items() if isinstance(value, np.ndarray)}
    for jobs in (trace, replace(trace, **writable), trace.with_capacity(np.array([9, 9])), trace_of([(0, 1, 1, 0)], 1)):
        for discipline in (strict_fifo, skip_fifo, fair_share, entitled):
            queue = discipline.open_queue(jobs)
            queue.follow(np.zeros(len(jobs.weight), dtype=np.int64))
            replay(queue)
    for module in (first_come, ranked, fair_share, entitled):
        assert len(module._advance.signatures) == 1  # noqa: SLF001  # numba counts what it compiled there
    assert len(entitled._replan.signatures) == 1  # noqa: SLF001  # likewise


@many
@given(whole, positive, whole, positive)
def test_fractions_are_compared_exactly(a, b, c, d):
    exact = Fraction(a, b) - Fraction(c, d)
    assert compare(a, b, c, d) == (exact > 0) - (exact < 0)


def test_fractions_that_no_float_tells_apart_are_compared_exactly():
    n = 2**61
    assert compare(n, n + 1, n + 1, n + 2) == -1
    assert compare(n + 1, n + 2, n, n + 1) == 1
    assert compare(n, n + 2, n // 2, n // 2 + 1) == 0


@many
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=3), st.data())
def test_shares_keep_the_proportions_of_needs(capacity, data):
    need = [[data.draw(st.integers(0, c)) for c in capacity] for _ in range(4)]
    share = shares(np.array(need), np.array(capacity))
    exact = [Fraction(n, c) for row in need for n, c in zip(row, capacity, strict=True)]
    found = share.ravel().tolist()
    for i in range(len(exact)):
        assert exact[i] * found[0] == exact[0] * found[i]
    assert all((one > 0) == (other > 0) for one, other in zip(exact, found, strict=True))


def test_shares_without_a_common_denominator_are_rounded_down_to_a_fine_grain():
    capacity = np.array([10**9 + 7, 10**9 + 9, 10**9 + 21])
    share = shares(np.array([[1, 1, 10**9 + 21], [0, 10**9 + 9, 1]]), capacity)
    assert share[0].tolist() == [2**62 // (10**9 + 7), 2**62 // (10**9 + 9), 2**62]
    assert share[1].tolist() == [0, 2**62, 2**62 // (10**9 + 21)]


@many
@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_jobs_complete_in_the_order_of_their_ends(durations):
    trace = trace_of([(0, duration, 1, 0) for duration in durations], len(durations))
    _, jobs, state = opening(trace)
    for job in range(len(durations)):
        begin(jobs, state, job, 0)
    assert state.places.tolist() == [[0, len(durations)]]
    gone = [complete(jobs, state) for _ in durations]
    assert [durations[job] for job in gone] == sorted(durations)
    assert sorted(gone) == list(range(len(durations)))
    assert state.places.tolist() == [[len(durations)] * 2]
    assert state.counts.tolist() == [0, 0, 0]
    assert (ARRIVED, RUNNING) == (0, 1)


@many
@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), max_size=20))
def test_kinds_are_the_same_where_rows_are(rows):
    kind = kinds(np.array(rows, dtype=np.int64).reshape(len(rows), 2)).tolist()
    assert sorted(set(kind)) == list(range(len({tuple(row) for row in rows})))
    assert len(set(zip(kind, map(tuple, rows), strict=True))) == len(set(kind))


def test_an_entitlement_is_its_dominant_part_of_the_pool_and_never_more():
    trace = trace_of([(0, 1, (1, 1), 0)], [4, 10], entitlement=[[1, 5], [8, 0], [0, 0]])
    assert entitled_share(trace).tolist() == [500_000_000, 1_000_000_000, 0]
    assert parts(np.array([3]), 0).tolist() == [0]


def known(durations, estimate, needs=None, members=None):
    needs, members = needs or [1] * len(durations), members or [0] * len(durations)
    rows = [(0, *row) for row in zip(durations, needs, members, strict=True)]
    return estimated(trace_of(rows, 8), estimate).tolist()


def test_what_is_known_of_durations():
    assert known([5, 7], "exact") == [5, 7]
    assert known([1, 2, 10, 0], "member_mean", members=[0, 0, 1, 1]) == [2, 2, 5, 5]
    assert known([1, 2, 6, 9, 9], "class_median", needs=[1, 1, 1, 1, 2]) == [2, 2, 2, 2, 9]


def test_noise_is_lognormal_and_the_job_s_own():
    many_jobs = [1_000_000] * 4000
    logs = np.log(np.array(known(many_jobs, "noise:0.5")) / 1e6)
    assert abs(logs.mean()) < 4 * 0.5 / np.sqrt(len(logs))
    assert abs(logs.std() - 0.5) < 4 * 0.5 / np.sqrt(2 * len(logs))
    assert known([10**6] * 3, "noise:0.5") == known([10**6] * 4, "noise:0.5")[:3]
    assert known([10**6] * 3, "noise:0") == [10**6] * 3


def test_noise_leaves_no_length_alone_and_takes_no_job_s_length_away():
    assert known([0, 1, 1, 1, 1, 1, 1], "noise:3")[0] == 0
    assert min(known([1] * 200, "noise:3")) == 1


@many
@given(traces())
def test_noise_follows_the_seed(trace):
    other = replace(trace, seed=bytes(reversed(trace.seed)))
    if trace.seed != other.seed and len(trace) > 5 and (trace.duration_s > 0).sum() > 5:
        longer = [replace(t, duration_s=t.duration_s * 10**6) for t in (trace, other)]
        assert estimated(longer[0], "noise:1").tolist() != estimated(longer[1], "noise:1").tolist()
