"""Are waiting, ρ and utilisation what their definitions say, on a replay small enough to follow by hand?

Two members own one node of 8 GPUs each. In the pool of 16, submitted → started → ended:

    job  member  GPUs  submit  duration  pooled      alone
    0    a       8     0       100       0–100       0–100
    1    a       8     0       100       100–200     100–200
    2    b       4     50      10        100–110     50–60
    3    b       16    60      40        200–240     never (larger than home)
    4    b       8     300     0         300–300     300–300
"""

import numpy as np
import pytest

from apportion.domain.arrays import ints, text
from apportion.domain.charter import Charter
from apportion.domain.history import History, Replay, Usage
from apportion.domain.plan import Plan
from apportion.domain.pool import pool
from apportion.domain.schedule import NEVER, Schedule, empty_schedule
from apportion.domain.situation import Window
from apportion.domain.tables import NOBODY, Jobs, Members, Nodes
from apportion.domain.window import stream
from apportion.measures import (
    concentration_ratio,
    effective_number,
    gini,
    hhi,
    jain,
    lorenz,
    rho,
    unfair_fraction,
    utilisation,
    waiting,
)

RESOURCES = ("cpu_milli", "gpu_milli")
GPUS = [8, 8, 4, 16, 8]
SUBMIT = [0, 0, 50, 60, 300]
DURATION = [100, 100, 10, 40, 0]


def plain(starts, ends):
    held = np.where(ints(ends) == NEVER, 0, ints(ends) - ints(starts))
    return Schedule(ints(starts), ints(ends), np.zeros(len(starts), dtype=np.int64), held)


def a_pool():
    zero2, zero5 = np.zeros(2, dtype=np.int64), np.zeros(5, dtype=np.int64)
    nan2, empty2, empty5 = np.full(2, np.nan), text(["", ""]), text([""] * 5)
    members = Members(text(["a", "b"]), np.full(2, NOBODY), nan2, nan2, nan2, empty2, empty2, {})
    amount = ints([[64_000, 8_000], [64_000, 8_000]])
    nodes = Nodes(text(["n1", "n2"]), ints([0, 1]), zero2, amount, zero2, empty2, zero2, zero2, zero2, empty2)
    bundle = ints([[1000, gpus * 1000] for gpus in GPUS])
    jobs = Jobs(
        text(list("01234")), ints([0, 0, 1, 1, 1]), empty5, ints(SUBMIT), ints(DURATION), zero5 + 1, zero5 + 1, bundle,
        zero5, empty5, zero5, zero5 - 1, np.ones((5, 1)), empty5, empty5,
    )  # fmt: skip
    return pool(Charter(window_s=100), RESOURCES, ("gpu",), members, nodes, jobs=jobs)


POOLED = plain([0, 100, 100, 200, 300], [100, 200, 110, 240, 300])
ALONE = plain([0, 100, 50, NEVER, 300], [100, 200, 60, NEVER, 300])


def told(measure, history):
    return {figure.name: figure for figure in measure.measure(history)}


@pytest.fixture
def history():
    made = a_pool()
    return History(made, replay=Replay("strict_fifo", "counting", made.capacity.sum(axis=0), POOLED, {"home": ALONE}))


def test_waiting(history):
    found = told(waiting, history)
    assert found["mean_jct"].value == (100 + 200 + 60 + 180 + 0) / 5
    assert found["mean_jct"].rows == {"a": 150.0, "b": 80.0}
    assert found["mean_wait"].rows == {"a": 50.0, "b": (50 + 140 + 0) / 3}
    assert [found[f"jct_percentile.{p}"].value for p in (50, 95, 99)] == [100, 200, 200]
    assert found["makespan"].value == 300
    assert found["unfinished"].value == 0


def test_rho_compares_the_same_jobs_and_counts_the_one_that_home_cannot_run(history):
    found = told(rho, history)
    assert found["rho.home"].rows == {"a": 1.0, "b": (60 + 0) / (10 + 0)}
    assert found["rho.home"].value == 6.0
    assert found["only_in_pool.home"].rows == {"a": 0.0, "b": 1.0}


def test_later_jobs_are_counted_among_those_that_can_run_alone(history):
    found = told(unfair_fraction, history)
    assert found["unfair_fraction.home"].value == 1 / 4
    assert found["unfair_fraction.home"].rows == {"a": 0.0, "b": 1 / 2}
    assert found["no_ratio.home"].value == 0


def test_a_job_that_takes_no_time_alone_and_some_in_the_pool_has_no_ratio(history):
    late = plain([0, 100, 100, 200, 301], [100, 200, 110, 240, 301])
    made = History(history.pool, replay=Replay("x", "counting", history.replay.capacity, late, {"home": ALONE}))
    found = told(unfair_fraction, made)
    assert found["no_ratio.home"].value == 1
    assert found["unfair_fraction.home"].rows == {"a": 0.0, "b": 1.0}
    assert told(rho, made)["rho.home"].rows["b"] == 61 / 10


def test_jain_is_over_one_over_rho(history):
    assert told(jain, history)["jain.home"].value == pytest.approx((1 + 1 / 6) ** 2 / (2 * (1 + 1 / 36)))


def test_utilisation_counts_from_first_submission_to_last_end(history):
    found = told(utilisation, history)["utilisation"]
    busy = 8 * 100 + 8 * 100 + 4 * 10 + 16 * 40
    assert found.rows["gpu_milli"] == pytest.approx(busy / (16 * 300))
    assert found.value == found.rows["gpu_milli"], "GPUs are scarcer than cores here"


def test_a_preempted_job_holds_its_gang_for_its_duration_only(history):
    later = POOLED.end_s + ints([50, 0, 0, 0, 0])
    stopped = Schedule(POOLED.start_s, later, ints([1, 0, 0, 0, 0]), POOLED.held_s)
    made = History(history.pool, replay=Replay("x", "counting", history.replay.capacity, stopped))
    assert told(waiting, made)["mean_wait"].rows["a"] == (50 + 100) / 2
    assert told(utilisation, made)["utilisation"].value == told(utilisation, history)["utilisation"].value


def test_jobs_that_never_ran_are_counted_and_left_out(history):
    made = History(
        history.pool, replay=Replay("x", "counting", history.replay.capacity, empty_schedule(5), {"h": ALONE})
    )
    assert told(waiting, made)["unfinished"].value == 5
    assert told(waiting, made)["mean_jct"].value is None
    assert told(waiting, made)["makespan"].value is None
    assert told(utilisation, made)["utilisation"].value is None
    assert told(rho, made)["rho.h"].value is None
    assert told(unfair_fraction, made)["unfair_fraction.h"].value is None
    assert told(jain, made)["jain.h"].value is None


def test_nobody_can_run_alone(history):
    nowhere = {"home": empty_schedule(5)}
    made = History(history.pool, replay=Replay("x", "counting", history.replay.capacity, POOLED, nowhere))
    found = told(rho, made)
    assert found["rho.home"].value is None
    assert found["only_in_pool.home"].value == 5


def test_use_comes_from_the_replay_and_grants_are_the_mean_over_windows(history):
    situations = tuple(stream(history.pool).offered(window) for window in (Window(0, 100), Window(100, 400)))
    plans = tuple(
        Plan("all", {}, one.digest, one.claims.tasks_micro[:, None] * (k == 0)) for k, one in enumerate(situations)
    )
    made = History(history.pool, situations, plans, (), history.replay)
    asked = np.array([16, 4 * 0.1 + 16 * 0.4])  # a: two gangs of 8 all the time; b: 10 of 100 s and 40 of 100 s
    used = np.array([1600, 40 + 640])
    assert told(hhi, made)["hhi"].rows == pytest.approx(
        {"owned": 5000, "granted": hhi.hhi(asked * 100 / 400), "used": hhi.hhi(used)}
    )
    assert told(gini, made)["gini"].rows["used"] == pytest.approx(gini.gini(used))
    assert told(effective_number, made)["effective_number"].value == effective_number.effective_number(used)
    assert told(concentration_ratio, made)["concentration_ratio.1"].value == pytest.approx(1600 / 2280)
    assert told(lorenz, made)["hoover"].rows["owned"] == 0
    assert {stage: share.tolist() for stage, (_, share) in lorenz.curves(made).items()} == {
        "owned": [0, 0.5, 1],
        "granted": pytest.approx([0, 6.8 / 22.8, 1]),
        "used": pytest.approx([0, 680 / 2280, 1]),
    }


def test_what_the_meters_say_goes_before_the_replay(history):
    metered = Usage(0, 100, ints([[0, 3000], [0, 1000]]))
    made = History(history.pool, usage=(metered, metered), replay=history.replay)
    assert told(concentration_ratio, made)["concentration_ratio.1"].value == 0.75
