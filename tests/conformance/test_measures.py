"""Does every registered measure keep the contract, whatever happened?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.domain.arrays import ints, take, text
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History, Replay, Usage
from apportion.domain.plan import Plan
from apportion.domain.pool import STANDARD_RESOURCES, pool
from apportion.domain.schedule import NEVER, Schedule
from apportion.domain.situation import Window
from apportion.domain.tables import NOBODY, Jobs, Members, Nodes
from apportion.domain.window import stream

R = len(STANDARD_RESOURCES)
MEASURES = registry.names("measure")
EQUAL = Charter(window_s=100, entitlements=Entitlements("equal"))


def a_pool(owners, jobs):
    """Build a pool from the owner of each 8-GPU node (−1: nobody) and jobs (member, submit, duration, GPUs)."""
    n = max([*owners, *(job[0] for job in jobs), 0]) + 1
    nothing = np.full(n, np.nan)
    members = Members(
        text([f"m{i:02}" for i in range(n)]), np.full(n, NOBODY), nothing, nothing, nothing,
        text([""] * n), text([""] * n), {},
    )  # fmt: skip
    k = len(owners)
    zero, empty = np.zeros(k, dtype=np.int64), text([""] * k)
    nodes = Nodes(
        text([f"n{i:02}" for i in range(k)]), ints(owners), zero, of_gpus(np.full(k, 8)), zero, empty,
        zero, zero, zero, empty,
    )  # fmt: skip
    columns = np.array(jobs, dtype=np.int64).reshape(-1, 4).T
    return pool(EQUAL, STANDARD_RESOURCES, ("gpu",), members, nodes, jobs=a_stream(*columns))


def of_gpus(count):
    amount = np.zeros((len(count), R), dtype=np.int64)
    amount[:, STANDARD_RESOURCES.index("gpu_milli")] = count * 1000
    return amount


def a_stream(member, submit, duration, gpus):
    j = len(member)
    zero, empty = np.zeros(j, dtype=np.int64), text([""] * j)
    return Jobs(
        text([f"j{i:03}" for i in range(j)]), member, empty, submit, duration, zero + 1, zero + 1, of_gpus(gpus),
        zero, empty, zero, zero - 1, np.ones((j, 1)), empty, empty,
    )  # fmt: skip


@st.composite
def schedules(draw, jobs):
    """Draw any consistent schedule: jobs start when or after they are submitted, some never."""
    some = st.lists(st.integers(0, 500), min_size=len(jobs), max_size=len(jobs))
    start = jobs.submit_s + np.array(draw(some), dtype=np.int64)
    ran = np.array(draw(st.lists(st.booleans(), min_size=len(jobs), max_size=len(jobs))), dtype=bool)
    end = start + jobs.duration_s
    nothing = np.zeros(len(jobs), dtype=np.int64)
    return Schedule(np.where(ran, start, NEVER), np.where(ran, end, NEVER), nothing, np.where(ran, end - start, 0))


@st.composite
def histories(draw):
    owners = draw(st.lists(st.integers(-1, 3), max_size=5))
    one = st.tuples(st.integers(0, 3), st.integers(0, 300), st.integers(0, 200), st.integers(0, 9))
    jobs = draw(st.lists(one, max_size=8))
    made = a_pool(owners, jobs)
    if made.jobs is None or draw(st.booleans()):
        return History(made)
    homes = draw(st.lists(st.sampled_from(["strict_fifo", "skip_fifo"]), unique=True))
    replay = Replay(
        "skip_fifo",
        "counting",
        made.capacity.sum(axis=0),
        draw(schedules(made.jobs)),
        {home: draw(schedules(made.jobs)) for home in homes},
    )
    return replace(decided(made), replay=replay) if len(made.flavors) else History(made, replay=replay)


def decided(made):
    """Decide two windows by granting every claim half a task, and meter what that would use."""
    situations = tuple(stream(made).offered(window) for window in (Window(0, 100), Window(100, 200)))
    plans = tuple(
        Plan("half", {}, one.digest, np.full((len(one.claims), len(one.flavors)), 500_000, dtype=np.int64))
        for one in situations
    )
    usage = tuple(
        Usage(one.window.start_s, one.window.end_s, np.arange(len(made.members) * R).reshape(-1, R))
        for one in situations
    )
    return History(made, situations, plans, usage)


def test_all_that_were_asked_for_are_there():
    wanted = "hhi effective_number concentration_ratio gini lorenz utilisation waiting rho unfair_fraction jain"
    assert set(wanted.split()) <= set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
@settings(deadline=None, max_examples=60)
@given(history=histories())
def test_figures_are_complete_finite_and_repeatable(name, history):
    figures = registry.measure(name).measure(history)
    for figure in figures:
        assert isinstance(figure, Figure)
        assert figure.name
        assert figure.unit
        assert isinstance(figure.better, Better)
        assert figure.definition.endswith(".")
        assert all(value is None or math.isfinite(value) for value in [figure.value, *figure.rows.values()])
    assert len({figure.name for figure in figures}) == len(figures)
    assert list(registry.measure(name).measure(history)) == list(figures)


@settings(deadline=None, max_examples=30)
@given(history=histories())
def test_no_two_measures_use_one_name(history):
    named = [figure.name for name in MEASURES for figure in registry.measure(name).measure(history)]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("name", MEASURES)
def test_a_pool_in_which_nothing_happened_yet_gives_no_numbers_but_ownership(name):
    for figure in registry.measure(name).measure(History(a_pool([0, 0, 1], []))):
        assert figure.value is None or set(figure.rows) == {"owned", "granted", "used"}


@pytest.mark.parametrize("name", MEASURES)
@settings(deadline=None, max_examples=40)
@given(history=histories(), random=st.randoms(use_true_random=False))
def test_the_order_of_jobs_in_the_file_does_not_matter(name, history, random):
    if history.replay is None:
        return
    rows = len(history.pool.jobs)
    order = np.array(random.sample(range(rows), rows), dtype=np.int64)
    shuffled = replace(
        history,
        pool=replace(history.pool, jobs=take(history.pool.jobs, order)),
        replay=replace(
            history.replay,
            pooled=take(history.replay.pooled, order),
            alone={home: take(alone, order) for home, alone in history.replay.alone.items()},
        ),
    )
    for one, other in zip(
        registry.measure(name).measure(history), registry.measure(name).measure(shuffled), strict=True
    ):
        assert list(other.rows) == list(one.rows)
        for value, again in zip([one.value, *one.rows.values()], [other.value, *other.rows.values()], strict=True):
            assert again == (None if value is None else pytest.approx(value, rel=1e-12))
