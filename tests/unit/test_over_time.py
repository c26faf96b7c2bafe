"""Do the series that pictures are drawn from add up to the measures, second by second?

The replay of two members that is followed by hand, in GPUs and seconds:

    job  member  GPUs  submit  pooled      alone
    0    a       8     0       0–100       0–100
    1    a       8     0       100–200     100–200
    2    b       4     50      100–110     50–60
    3    b       16    60      200–240     never (larger than home)
    4    b       8     300     300–300     300–300
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import pictured
from apportion.domain.arrays import ints, text
from apportion.domain.charter import Charter
from apportion.domain.history import History, Replay
from apportion.domain.pool import pool
from apportion.domain.schedule import NEVER, Schedule
from apportion.domain.tables import NOBODY, Jobs, Members, Nodes
from apportion.measures import utilisation
from apportion.measures._busiest_time import busiest, largest
from apportion.measures._timeline import timeline

ROWS = [(0, 8, 0, 100), (0, 8, 0, 100), (1, 4, 50, 10), (1, 16, 60, 40), (1, 8, 300, 0)]


def jobs_of(rows):
    """Make jobs of (member, GPUs, submit_s, duration_s)."""
    member, gpus, submit, duration = (ints(column) for column in zip(*rows, strict=True))
    zero, blank = np.zeros(len(rows), dtype=np.int64), text([""] * len(rows))
    ids, bundle, speed = text([f"job {j}" for j in range(len(rows))]), gpus[:, None] * 1000, np.ones((len(rows), 1))
    return Jobs(
        ids, member, blank, submit, duration, zero + 1, zero + 1, bundle, zero, blank, zero, zero - 1, speed, blank, blank
    )  # fmt: skip


def schedule_of(start, end, held=None):
    start, end = ints(start), ints(end)
    never = end == NEVER
    return Schedule(start, end, np.zeros_like(start), np.where(never, 0, end - start) if held is None else ints(held))


POOLED = schedule_of([0, 100, 100, 200, 300], [100, 200, 110, 240, 300])
ALONE = schedule_of([0, 100, 50, NEVER, 300], [100, 200, 60, NEVER, 300])


@pytest.fixture
def history():
    zero, nan, blank = np.zeros(2, dtype=np.int64), np.full(2, np.nan), text(["", ""])
    members = Members(text(["a", "b"]), np.full(2, NOBODY), nan, nan, nan, blank, blank, {})
    amount = ints([[8000], [8000]])
    nodes = Nodes(text(["n1", "n2"]), ints([0, 1]), zero, amount, zero, blank, zero, zero, zero, blank)
    made = pool(Charter(window_s=100), ("gpu_milli",), ("gpu",), members, nodes, jobs=jobs_of(ROWS))
    return History(made, replay=Replay("strict_fifo", "counting", made.capacity.sum(axis=0), POOLED, {"home": ALONE}))


def test_use_and_queue_by_hand():
    line = timeline(jobs_of(ROWS), POOLED, 0, 2, 100)
    assert (line.start_s, line.step_s) == (0, 100)
    assert line.used.tolist() == [[800_000, 0], [800_000, 40_000], [0, 640_000]]
    assert line.queued.tolist() == [[800_000, 4 * 50_000 + 16 * 40_000], [0, 1_600_000], [0, 0]]


def test_the_area_is_the_time_that_utilisation_counts(history):
    line = timeline(history.pool.jobs, POOLED, 0, 2, 60)
    (share,) = utilisation.utilisation(history.pool.jobs, POOLED, history.replay.capacity)
    assert line.used.sum() == round(share * 16_000 * 300)


@st.composite
def replays(draw):
    """Draw jobs and a schedule in which some were stopped, some never ended, and clocks do not begin at 0."""
    rows, start, end, held = [], [], [], []
    for _ in range(draw(st.integers(1, 8))):
        submit = draw(st.integers(100, 160))
        wait, span = draw(st.integers(0, 40)), draw(st.integers(0, 60))
        ended = draw(st.booleans()) or not rows
        rows.append((draw(st.integers(0, 2)), draw(st.integers(1, 9)), submit, span))
        start.append(submit + wait if ended else NEVER)
        end.append(submit + wait + span if ended else NEVER)
        held.append(draw(st.integers(0, span)) if ended else 0)
    return jobs_of(rows), schedule_of(start, end, held), draw(st.integers(1, 70))


@settings(deadline=None)
@given(replays())
def test_every_second_is_counted_once_and_none_below_zero(made):
    jobs, schedule, step = made
    line = timeline(jobs, schedule, 0, 3, step)
    assert (line.used >= 0).all()
    assert (line.queued >= 0).all()
    for m in range(3):
        of = (jobs.member == m) & schedule.finished
        gang = jobs.gang[of, 0]
        assert line.used[:, m].sum() == (gang * schedule.held_s[of]).sum()
        waited = schedule.end_s[of] - jobs.submit_s[of] - schedule.held_s[of]
        assert line.queued[:, m].sum() == (gang * waited).sum()


@settings(deadline=None)
@given(replays())
def test_jobs_that_were_never_stopped_are_counted_second_by_second(made):
    jobs, stopped, step = made
    schedule = schedule_of(stopped.start_s, stopped.end_s)
    line = timeline(jobs, schedule, 0, 3, step)
    used, queued = np.zeros_like(line.used), np.zeros_like(line.queued)
    for j in np.flatnonzero(schedule.finished):
        for second in range(jobs.submit_s[j], schedule.end_s[j]):
            into = used if second >= schedule.start_s[j] else queued
            into[(second - line.start_s) // step, jobs.member[j]] += jobs.gang[j, 0]
    assert line.used.tolist() == used.tolist()
    assert line.queued.tolist() == queued.tolist()


def test_what_a_stopped_job_held_is_spread_from_start_to_end():
    line = timeline(jobs_of([(0, 1, 0, 30)]), schedule_of([0], [90], [30]), 0, 1, 30)
    assert line.used[:, 0].tolist() == [10_000, 10_000, 10_000]
    assert line.queued[:, 0].tolist() == [20_000, 20_000, 20_000]


def test_the_busiest_time_is_a_whole_length_the_first_of_equals_or_all_there_is():
    demand = ints([1, 9, 5, 5, 0, 0, 8])
    assert busiest(demand, 50, 10, 20) == (50, 70)
    assert busiest(demand, 50, 10, 5) == (60, 70)
    assert busiest(demand, 50, 10, 60) == (50, 120)
    assert busiest(ints([0, 0, 0, 0, 0, 0, 8]), 50, 10, 30) == (110, 120), "the last length may be cut short"


def test_the_largest_jobs_are_those_that_held_most_of_those_that_started():
    found = largest(jobs_of(ROWS), POOLED, 0, (100, 220), 2)
    assert found.rows.tolist() == [1, 3], "job 0 had ended, job 2 held 40 GPU-seconds, job 3 held 320 until 220"
    assert (found.started, found.shown, found.whole) == (3, 800_000 + 320_000, 800_000 + 320_000 + 40_000)
    assert largest(jobs_of(ROWS), POOLED, 0, (50, 100), 9).rows.tolist() == [], "job 0 was running before"


def test_the_series_of_a_run(history):
    told = pictured.over_time(history)
    assert (told["step_s"], told["start_s"], told["capacity"], told["members"]) == (60, 0, 16.0, ["a", "b"])
    assert np.array(told["used"]).sum(axis=0) * 60 == pytest.approx([1600, 680], abs=0.1)
    assert [job["job"] for job in told["busiest"]["jobs"]] == ["job 0", "job 1", "job 2", "job 3"]
    assert told["busiest"]["part"] == 1.0


def test_a_moment_of_waiting_is_not_rounded_away(history):
    long = schedule_of([0, 100, 51, 60, 300], [100, 200, 110, 240, 30 * 86_400])
    told = pictured.over_time(History(history.pool, replay=Replay("x", "counting", history.replay.capacity, long)))
    assert told["step_s"] == 3 * 3600
    assert told["queued"][0] == [round(8 * 100 / (3 * 3600), 3), 0.001], "b waits for 4 GPUs, one second"
    assert told["queued"][1] == [0.0, 0.0]


def test_completion_is_compared_on_the_same_jobs(history):
    told = pictured.completion(history)
    spread = dict(zip(told["percents"], told["all"]["pooled"], strict=True))
    assert told["jobs"] == 4, "job 3 can run in the pool only"
    assert [spread[p] for p in (0, 25, 26, 50, 75, 76, 100)] == [0, 0, 60, 60, 100, 200, 200]
    assert dict(zip(told["percents"], told["all"]["alone"]["home"], strict=True))[50] == 10
    assert [(row["member"], row["jobs"], row["pooled"][2]) for row in told["members"]] == [("a", 2, 100), ("b", 2, 0)]


def test_without_jobs_there_is_nothing_to_draw(history):
    nothing = History(history.pool)
    assert pictured.over_time(nothing) is None
    assert pictured.completion(nothing) is None
