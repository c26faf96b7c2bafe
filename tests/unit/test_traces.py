"""Do the tools change of a trace what they say, and nothing else?"""

from collections import Counter
from dataclasses import fields
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.situation import Window
from apportion.errors import BadInput
from apportion.sources import directory
from apportion.traces.cut import cut
from apportion.traces.resample import resample
from apportion.traces.scale import scale
from apportion.traces.synthesize import synthesize

DAY = 86_400
HEADER = "id,member,submit_s,duration_s,workers,gpu,deadline_s\n"
TEXT = st.sampled_from(["1", "another", "42"])
FACTOR = st.integers(1_000, 20_000_000).map(lambda micro: micro / 1_000_000)


def pool_of(where, rows):
    """A pool of two members with 8 GPUs each, and jobs (id, member, submit, duration, workers, gpu, deadline or '')."""
    where.mkdir(exist_ok=True)
    (where / "charter.toml").write_text('name = "a trace"\n')
    (where / "members.csv").write_text("id\na\nb\n")
    (where / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,a,x,8\nn2,b,x,8\n")
    (where / "jobs.csv").write_text(HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return directory.read(where)


@st.composite
def rows(draw):
    times = draw(st.lists(st.integers(0, 5 * DAY), min_size=1, max_size=30))
    return [
        (
            f"j{i}",
            draw(st.sampled_from("ab")),
            time,
            draw(st.integers(0, 9_000)),
            draw(st.integers(1, 3)),
            draw(st.integers(1, 8)),
            draw(st.sampled_from(["", time + 7])),
        )
        for i, time in enumerate(times)
    ]


def but_times(jobs, order=slice(None)):
    """Everything that a tool shall leave alone, a row a job."""
    kept = [field.name for field in fields(jobs) if field.name not in {"submit_s", "duration_s", "deadline_s"}]
    return list(zip(*(getattr(jobs, name)[order].tolist() for name in kept), strict=True))


def test_cut_keeps_the_jobs_of_the_window_and_counts_from_its_first_second(tmp_path):
    pool = pool_of(tmp_path, [(f"j{t}", "a", t, 5, 1, 1, t + 9) for t in (9, 10, 15, 19, 20)])
    found = cut(pool, Window(10, 20))
    assert found.jobs.id.tolist() == ["j10", "j15", "j19"]
    assert found.jobs.submit_s.tolist() == [0, 5, 9]
    assert found.jobs.deadline_s.tolist() == [9, 14, 18]
    kept = cut(pool, Window(10, 20), keep_clock=True)
    assert kept.jobs.submit_s.tolist() == [10, 15, 19]
    assert kept.jobs.deadline_s.tolist() == [19, 24, 28]
    assert found.charter.assumptions["cut"].startswith("3 of 5 jobs, those submitted in 10..20")


def test_a_window_without_jobs_says_where_there_are_some(tmp_path):
    with pytest.raises(BadInput, match=r"no job was submitted from 30 to before 40(.|\n)*between 9 and 20"):
        cut(pool_of(tmp_path, [("x", "a", 9, 5, 1, 1, ""), ("y", "a", 19, 5, 1, 1, "")]), Window(30, 40))


@given(rows(), FACTOR)
@settings(deadline=None, max_examples=50)
def test_scaled_arrivals_are_the_exact_quotients_and_keep_their_order(tmp_path_factory, jobs, factor):
    pool = pool_of(tmp_path_factory.mktemp("pool"), jobs)
    found = scale(pool, factor).jobs
    first, k = min(row[2] for row in jobs), Fraction(round(factor * 10**6), 10**6)
    assert found.submit_s.tolist() == [first + floor((row[2] - first) / k) for row in jobs]
    assert found.duration_s.tolist() == pool.jobs.duration_s.tolist()
    assert but_times(found) == but_times(pool.jobs)
    late = [d - s for d, s in zip(found.deadline_s.tolist(), found.submit_s.tolist(), strict=True) if d >= 0]
    assert late == [7] * sum(row[6] != "" for row in jobs)


@given(rows(), FACTOR)
@settings(deadline=None, max_examples=50)
def test_scaled_durations_are_the_nearest_seconds(tmp_path_factory, jobs, factor):
    found = scale(pool_of(tmp_path_factory.mktemp("pool"), jobs), factor, "durations").jobs
    k = Fraction(round(factor * 10**6), 10**6)
    for row, duration in zip(jobs, found.duration_s.tolist(), strict=True):
        exact = row[3] * k
        assert abs(duration - exact) <= Fraction(1, 2) or (duration == 1 and 0 < exact < 1)
        assert (duration == 0) == (row[3] == 0)
    assert found.submit_s.tolist() == [row[2] for row in jobs]


@given(rows(), TEXT, st.sampled_from([(0.25, 0.5), (0.5, 1.5), (1.2, 2.7)]))
@settings(deadline=None, max_examples=50)
def test_of_one_seed_a_larger_factor_copies_what_a_smaller_one_does_and_more(tmp_path_factory, jobs, seed, factors):
    pool = pool_of(tmp_path_factory.mktemp("pool"), jobs)
    times = []
    for factor in factors:
        try:
            found = scale(pool, factor, "copies", seed).jobs
        except BadInput:  # thinned to nothing
            times.append(Counter())
            continue
        assert len(set(found.id)) == len(found)
        times.append(Counter(name.split("~")[0] for name in found.id))
        assert set(times[-1].values()) <= {int(factor), int(factor) + 1}
    assert not times[0] - times[1]


def test_thinning_keeps_the_part_that_is_asked_for(tmp_path):
    jobs = [(f"j{i}", "ab"[i % 2], i, 5, 1, 1, "") for i in range(10_000)]
    found = scale(pool_of(tmp_path, jobs), 0.3, "copies").jobs
    assert abs(len(found) - 3_000) < 5 * (10_000 * 0.3 * 0.7) ** 0.5  # five deviations of a binomial number


@pytest.mark.parametrize("factor", [0, -1, 0.0001, 1001, float("nan"), float("inf"), 1.2345678])
def test_a_factor_that_cannot_be_is_refused(tmp_path, factor):
    with pytest.raises(BadInput, match="option factor"):
        scale(pool_of(tmp_path, [("x", "a", 9, 5, 1, 1, "")]), factor)


def test_names_stay_different_when_copies_are_copied(tmp_path):
    pool = pool_of(tmp_path, [("x", "a", 0, 5, 1, 1, ""), ("x~2", "a", 0, 5, 1, 1, "")])
    twice = scale(scale(pool, 2, "copies"), 2, "copies")
    assert sorted(twice.jobs.id) == sorted({*twice.jobs.id})
    assert len(twice.jobs) == 8
    assert twice.charter.assumptions["scale"].count("load times 2 by copies") == 2


@given(rows(), TEXT, st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_resampled_trace_is_made_of_whole_days_in_their_places(tmp_path_factory, jobs, seed, jointly):
    pool = pool_of(tmp_path_factory.mktemp("pool"), jobs)
    first = min(row[2] for row in jobs)
    days = (max(row[2] for row in jobs) - first + 1) // DAY
    try:
        found = resample(pool, seed, jointly=jointly).jobs
    except BadInput:
        return  # fewer than two days, or empty ones
    assert days >= 2
    assert len(set(found.id)) == len(found)
    assert (np.diff(found.submit_s) >= 0).all()
    assert found.submit_s.max() < first + days * DAY

    def content(day, member):
        """What a member submitted on a day, by the time of day, in the order of the table at equal times."""
        own = [row for row in jobs if (row[2] - first) // DAY == day and row[1] in member]
        return sorted(((row[2] - first) % DAY, int(row[0][1:])) for row in own)

    for member in ["ab"] if jointly else ["a", "b"]:
        whole = [content(day, member) for day in range(days)]
        at = {pool.members.id.tolist().index(name) for name in member}
        for day in range(days):
            mine = [i for i in range(len(found)) if found.member[i] in at and (found.submit_s[i] - first) // DAY == day]
            name = [int(found.id[i].split("~")[0][1:]) for i in mine]
            drawn = [((found.submit_s[i] - first) % DAY, k) for i, k in zip(mine, name, strict=True)]
            assert drawn in whole


def test_a_member_who_draws_for_itself_is_not_changed_by_another(tmp_path):
    own = [(f"a{i}", "a", 5_000 * i, 60, 1, 1, "") for i in range(100)]
    other = [(f"b{i}", "b", 9_000 * i, 60, 1, 1, "") for i in range(50)]
    alone = resample(pool_of(tmp_path / "alone", own), jointly=False).jobs
    both = resample(pool_of(tmp_path / "both", own + other), jointly=False).jobs
    mine = [(name, t) for name, t in zip(both.id, both.submit_s.tolist(), strict=True) if name.startswith("a")]
    assert mine == list(zip(alone.id, alone.submit_s.tolist(), strict=True))


def test_members_draw_the_same_days_jointly_and_different_ones_each_for_itself(tmp_path):
    """Two members who submit alike: drawn jointly they stay alike."""
    jobs = [(f"{name}{i}", name, 40_000 * i, 60, 1, 1, "") for i in range(60) for name in "ab"]
    pool = pool_of(tmp_path, jobs)
    for jointly in (True, False):
        found = resample(pool, jointly=jointly).jobs
        a, b = (found.submit_s[found.member == m].tolist() for m in (0, 1))
        drawn = [[name[1:].split("~")[0] for name in found.id[found.member == m]] for m in (0, 1)]
        assert ((a, drawn[0]) == (b, drawn[1])) == jointly


@pytest.mark.parametrize("block_s", [0, -5, 51, 10**9])
def test_fewer_than_two_blocks_are_refused(tmp_path, block_s):
    pool = pool_of(tmp_path, [("x", "a", 0, 5, 1, 1, ""), ("y", "a", 100, 5, 1, 1, "")])
    with pytest.raises(BadInput, match="option block_s"):
        resample(pool, block_s=block_s)


CHANGES = {
    "cut": lambda pool: cut(pool, Window(0, 3 * DAY)),
    "arrivals": lambda pool: scale(pool, 1.5),
    "durations": lambda pool: scale(pool, 0.7, "durations"),
    "copies": lambda pool: scale(pool, 1.3, "copies", "seed"),
    "resample": lambda pool: resample(pool, "seed"),
    "by member": lambda pool: resample(pool, "seed", jointly=False),
    "synthesize": lambda pool: synthesize(pool, 500, "seed"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_pool_and_seed_give_the_same_bytes_which_read_back_the_same(name, tmp_path):
    jobs = [(f"j{i}", "ab"[i % 2], 997 * i, i % 400, 1 + i % 2, 1 + i % 8, "") for i in range(600)]
    pool = pool_of(tmp_path / "pool", jobs)
    for copy in ("first", "second"):
        directory.write(CHANGES[name](pool), tmp_path / copy)
    for file in sorted((tmp_path / "first").iterdir()):
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()
    again, made = directory.read(tmp_path / "first"), CHANGES[name](pool)
    for field in fields(made.jobs):
        assert getattr(again.jobs, field.name).tolist() == getattr(made.jobs, field.name).tolist()
    assert again.charter == made.charter
    assert again.nodes.id.tolist() == pool.nodes.id.tolist()


@pytest.mark.parametrize("name", CHANGES)
def test_a_pool_without_jobs_has_nothing_to_change(name, tmp_path):
    with pytest.raises(BadInput, match="no jobs"):
        CHANGES[name](pool_of(tmp_path, []))


def test_what_64_bits_or_a_century_do_not_hold_is_refused_and_not_computed(tmp_path):
    far = pool_of(tmp_path / "far", [("x", "a", 0, 5, 1, 1, ""), ("y", "a", 2 * 10**18, 5, 1, 1, "")])
    with pytest.raises(BadInput, match="more than a century"):
        synthesize(far)
    with pytest.raises(BadInput, match="choose longer blocks"):
        resample(far)
    assert cut(far, Window(0, DAY)).jobs.id.tolist() == ["x"]
    long = pool_of(tmp_path / "long", [("x", "a", 0, 2**49, 1, 8, ""), ("y", "a", 9, 5, 1, 1, "")])
    with pytest.raises(BadInput, match="64 bits"):
        scale(long, 1000, "durations")
    many = pool_of(tmp_path / "many", [(f"j{i}", "a", 10**7 * i, 5, 1, 1, "") for i in range(3)])
    with pytest.raises(BadInput, match="choose longer blocks"):
        resample(many, block_s=1, jointly=True)
    with pytest.raises(BadInput, match="choose a smaller one"):
        scale(pool_of(tmp_path / "more", [(f"j{i}", "a", i, 5, 1, 1, "") for i in range(100_001)]), 1000, "copies")
