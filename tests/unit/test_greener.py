"""Is each job held back until the second at which its run emits least, and does its wait count from the submission?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion import loop, replays, sweeps
from apportion.domain import trace as traces
from apportion.domain.arrays import ints, text
from apportion.domain.intensity import HOUR_S, Intensity
from apportion.domain.tables import Nodes
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.simulation.greener import held_back, release_s

DAY = ints([5, 4, 1, 1, 3, 5])


def a_trace(submit, duration, deadline=None):
    jobs = len(submit)
    one = np.ones(jobs, dtype=np.int64)
    return Trace(
        text([f"j{i}" for i in range(jobs)]), 0 * one, ints(submit), ints(duration), one[:, None] * 1000,
        ints([8000]), ints([[8000]]), ints([1]), ints([0]), bytes(32), np.arange(jobs),
        deadline_s=-one if deadline is None else ints(deadline),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("submit", "duration", "slack", "release"),
    [
        (0, 3600, 0, 0),
        (0, 3600, 3600, 3600),  # 4 an hour is better than 5, and better than any part of both
        (0, 3600, 5400, 5400),  # half of 4 and half of 1
        (0, 3600, 7200, 7200),
        (0, 3600, 99_999, 7200),  # 2:00 and 3:00 are equal: the earlier
        (0, 7200, 99_999, 7200),  # 1 + 1
        (1800, 9000, 99_999, 7200),  # 1 + 1 and half of 3, not half of 4 and 1 + 1
        (10_800, 7200, 99_999, 28_800),  # 1 + 3 now; tomorrow's 2:00 and 3:00 cost 1 + 1
        (10_800, 7200, 7200, 10_800),
        (0, 21_600, 99_999, 0),  # a whole cycle costs the same whenever it begins
        (0, 0, 99_999, 0),
    ],
)
def test_hours_that_can_be_followed_by_hand(submit, duration, slack, release):
    assert release_s(a_trace([submit], [duration]), DAY, slack).tolist() == [release]


def test_who_has_a_deadline_waits_no_longer_than_it_allows():
    jobs = a_trace([0] * 4, [3600] * 4, [-1, 9000, 3600, 100])
    assert release_s(jobs, DAY, 99_999).tolist() == [7200, 5400, 0, 0]


some = st.integers(0, 60)


@settings(deadline=None, max_examples=80)
@given(
    jobs=st.lists(st.tuples(some, some, st.integers(-1, 90)), min_size=1, max_size=4),
    hourly=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    slack=st.integers(0, 80),
)
def test_every_second_was_tried(jobs, hourly, slack):
    """Time in tenths of an hour: all breakpoints are multiples of them, so the best of those is the best of all."""
    unit = HOUR_S // 10
    submit, duration, deadline = (ints(column) for column in zip(*jobs, strict=True))
    trace = a_trace(submit * unit, duration * unit, np.where(deadline < 0, -1, deadline * unit))
    found = release_s(trace, ints(hourly), slack * unit)
    for s, d, until, at in zip(submit, duration, deadline, found, strict=True):
        last = s + slack if until < 0 else max(s, min(s + slack, until - d))
        emits = {t: sum(hourly[u // 10 % len(hourly)] for u in range(t, t + d)) for t in range(s, last + 1)}
        assert at == min(emits, key=lambda t: (emits[t], t)) * unit


def test_jobs_come_in_the_order_of_their_release_and_else_as_they_were():
    jobs = held_back(a_trace([0, 1, 7200, 7200], [3600, 0, 3600, 60]), DAY, 99_999)
    assert jobs.position.tolist() == [1, 0, 2, 3]
    assert jobs.submit_s.tolist() == [1, 7200, 7200, 7200]


def test_the_faster_class_of_places_says_how_long_a_run_is():
    places = traces.Places(ints([[8000], [8000]]), ints([0, 1]), ints([]))
    slow = replace(a_trace([0], [7200]), speed=np.array([[2.0, 1.0]]), places=places)
    assert release_s(slow, ints([5, 4, 1, 5, 1, 1]), 99_999).tolist() == [7200]


@pytest.fixture
def pool(tmp_path):
    (tmp_path / "charter.toml").write_text('name = "One"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "equal"\n')
    (tmp_path / "members.csv").write_text("id\na\n")
    (tmp_path / "nodes.csv").write_text("id,owner,flavor,gpu,idle_watts,max_watts\nn1,a,gpu,4,0,1000\n")
    (tmp_path / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\nj0,a,0,3600,4\nj1,a,60,60,4\n")
    return ap.read(tmp_path)


@pytest.mark.parametrize("discipline", ["strict_fifo", "skip_fifo", "srtf", "entitled", "virtual_finish"])
def test_waiting_counts_from_the_submission_and_nobody_waits_at_home(pool, discipline):
    """From 1:00 the hour is better, from 2:00 best; both are released at 2:00 and one waits for the other there."""
    table = Intensity(("",), DAY[:, None] * 1000)
    replay = ap.simulate(pool, discipline, carbon=table, greener_s=20_000)
    assert replay.pooled.start_s.min() == 7200
    assert sorted(replay.pooled.end_s - replay.pooled.start_s) == [60, 3600]
    told = replays.told(pool, replay)
    assert told["mean_jct_s"] == np.mean(replay.pooled.end_s - pool.jobs.submit_s)
    assert told["mean_wait_s"] == np.mean(replay.pooled.start_s - pool.jobs.submit_s)
    assert next(iter(replay.alone.values())).start_s.min() == 0


def test_what_slack_saves_and_costs_is_told_beside_no_slack(pool):
    table = Intensity(("",), DAY[:, None] * 1000)
    found = list(
        sweeps.sweep(pool, loop.rule("equal", {}), sweeps.grid(["skip_fifo"], greener=[0, 20_000]), carbon=table)
    )
    none, slack = sweeps.slack_priced(found, 3.0)
    assert (none["saved_g.direct"], none["later_s"], none["waiting_worth"]) == (0, 0, 0)
    grams = [told["carbon_g"]["direct"] for _, told in found]
    assert slack["saved_g.direct"] == pytest.approx(grams[0] - grams[1])
    assert slack["saved_g.direct"] > 0
    later = found[1][1]["mean_jct_s"] - found[0][1]["mean_jct_s"]
    assert slack["later_s"] == later
    assert slack["waiting_worth"] == pytest.approx(3 * 2 * later / 3600)
    assert slack["cost_more"] is None
    assert slack["saved_g.lifecycle"] is None
    assert set(sweeps.slack_priced(found[1:])[0].values()) == {None}


def test_greener_hours_are_refused_without_a_table(pool):
    with pytest.raises(BadInput, match="--carbon"):
        ap.simulate(pool, "skip_fifo", greener_s=3600)


def nodes(watts):
    count, nothing = len(watts), np.zeros(len(watts), dtype=np.int64)
    return Nodes(
        text([f"n{i}" for i in range(count)]), nothing, nothing, nothing[:, None], nothing, text([""] * count),
        nothing, ints(watts) * 1000, nothing, text(["north", "south", "south"][:count]),
    )  # fmt: skip


@pytest.mark.parametrize(("watts", "hour"), [([300, 50, 50], 200), ([0, 0, 0], 233), ([7, 0, 0], 150)])
def test_over_regions_the_mean_is_by_what_nodes_draw_when_full(watts, hour):
    """North 150 and south 350 (and 275 if all three nodes count alike: a third of 150 + 2 · 275 is 233)."""
    south = 275 if not any(watts) else 350
    assert Intensity(("north", "south"), ints([[150, south]])).seen_by(nodes(watts)).tolist() == [hour]


def test_of_two_tables_the_life_cycle_decides():
    table = Intensity(("",), ints([[1], [2]]), ints([[4], [3]]))
    assert table.seen_by(nodes([1])).tolist() == [4, 3]
