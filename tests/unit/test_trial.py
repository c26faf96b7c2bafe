"""Is a difference called real where it is one, and not where it is chance?"""

from dataclasses import replace

import numpy as np
import pytest

from apportion import replays
from apportion.domain.charter import Charter, Queueing
from apportion.errors import BadInput
from apportion.sources import directory
from apportion.trial import compared, differences, trial
from apportion.trial.intervals import DAY_S, block_length, bounds, in_blocks

NAMES = ["a", "b", "c"]


def spans(days=60, jobs=1500, seed=1):
    """Submissions over some days by three members, and how long their jobs take: long tails, and busy days."""
    random = np.random.default_rng(seed)
    submit = np.sort(random.integers(0, days * DAY_S, jobs))
    busy = np.exp(random.normal(0, 1, days + 1))[submit // DAY_S]
    return submit, random.integers(0, 3, jobs), (random.lognormal(8, 1, jobs) * busy).astype(np.int64), random


def chance_only(seed):
    """Completion times that differ by chance, by whole days together."""
    submit, member, first, random = spans(seed=seed)
    day = random.normal(0, 0.1, 61)[submit // DAY_S]
    return (
        submit,
        member,
        first,
        (first * np.exp(day - 0.005 + random.normal(0, 0.1, len(first)) - 0.005)).astype(np.int64),
    )


def test_chance_is_called_real_in_at_most_one_of_twenty():
    found = [differences(NAMES, *chance_only(seed), draws=400)[:2] for seed in range(200)]
    assert sum(whole.verdict != "not shown" for whole, _ in found) <= 10
    assert sum(any(row.verdict != "not shown" for row in rows) for _, rows in found) <= 10


def test_a_tenth_is_found_in_nine_of_ten():
    verdicts = []
    for seed in range(100):
        submit, member, first, second = chance_only(seed)
        later = np.random.default_rng(seed).exponential(0.1 * first.mean(), len(first)).astype(np.int64)
        verdicts.append(differences(NAMES, submit, member, first, second + later, draws=400)[0].verdict)
    assert verdicts.count("later") >= 90


def test_members_who_are_ahead_by_chance_for_days_are_not_named():
    """For two days at a stretch; what one gains another loses, so that the times of all together show nothing of it."""
    named = 0
    for seed in range(200):
        submit, member, first, random = spans(seed=seed, jobs=600)
        ahead = random.normal(0, 0.15, (31, 3))
        ahead -= ahead.mean(axis=1, keepdims=True)
        second = (first * np.exp(ahead[submit // (2 * DAY_S), member] + random.normal(0, 0.05, len(first)))).astype(
            np.int64
        )
        named += any(
            row.verdict != "not shown" for row in differences(NAMES, submit, member, first, second, draws=400)[1]
        )
    assert named <= 10


def test_the_bounds_are_those_of_a_ratio_where_jobs_are_apart():
    """A job a block: the interval is about θ ± 2.326 · s, with s by the delta method."""
    random = np.random.default_rng(3)
    first = random.lognormal(3, 0.3, 600)
    second = first * random.lognormal(0.05, 0.2, 600)
    found = bounds(in_blocks(first, second, np.arange(600) * 10, np.zeros(600, dtype=np.int64), 1, 10), draws=4000)
    ratio = second.sum() / first.sum()
    error = (second - ratio * first).std(ddof=1) / np.sqrt(600) / second.mean()
    assert np.log1p(found.high[-1]) == pytest.approx(np.log(ratio) + 2.326 * error, abs=0.06 * error * 2.326)
    assert np.log1p(found.low[-1]) == pytest.approx(np.log(ratio) - 2.326 * error, abs=0.06 * error * 2.326)


def test_what_rests_on_one_day_is_not_shown():
    submit, member, first, _ = spans()
    second = first.copy()
    second[submit // DAY_S == 30] += 10**6
    whole, rows, length, count = differences(NAMES, submit, member, first, second)
    assert (length, count) == (DAY_S, 60)
    assert {row.verdict for row in (whole, *rows)} == {"not shown"}
    assert whole.low == 0


def test_equal_schedules_differ_by_nothing():
    submit, member, first, _ = spans()
    whole, rows, _, _ = differences(NAMES, submit, member, first, first.copy())
    assert (whole.low, whole.high, whole.verdict) == (0.0, 0.0, "not shown")
    assert all((row.low, row.high) == (0.0, 0.0) for row in rows)


def test_intervals_overlap_exactly_where_no_difference_is_shown():
    for seed in range(30):
        submit, member, first, second = chance_only(seed)
        for extra in (0.0, 0.02, 0.1):
            moved = second + int(extra * first.mean())
            whole, rows, _, _ = differences(NAMES, submit, member, first, moved, draws=200)
            for row in (whole, *rows):
                (low, high), (other_low, other_high) = row.intervals
                overlap = low <= other_high and other_low <= high
                assert overlap == (row.verdict == "not shown")


def test_blocks_are_longer_where_neighbours_are_alike():
    submit = np.arange(60 * 24) * 3600
    ones = np.ones(len(submit))
    apart = np.random.default_rng(1).lognormal(0, 1, len(submit))
    alike = np.repeat(np.random.default_rng(1).lognormal(0, 1, 12), 5 * 24)
    assert block_length(ones, apart, submit) == DAY_S
    assert block_length(ones, alike, submit) > DAY_S


def test_too_short_a_trace_says_nothing():
    whole, rows, _, _ = differences(
        NAMES, np.arange(8), np.zeros(8, dtype=np.int64), np.ones(8, dtype=np.int64), np.full(8, 9)
    )
    assert whole.low is None
    assert whole.verdict == rows[0].verdict == "not shown"


def test_nobody_who_finishes_under_both_is_no_error():
    nothing = np.zeros(0, dtype=np.int64)
    assert differences(NAMES, nothing, nothing, nothing, nothing)[0].jobs == 0


def pool_of(where, jobs=600):
    where.mkdir(exist_ok=True)
    random = np.random.default_rng(5)
    submit = np.sort(random.integers(0, 40 * DAY_S, jobs))
    rows = [
        f"j{i},{random.choice(['a', 'b'])},{submit[i]},{int(random.lognormal(9, 1.2))},{random.choice([1, 1, 2, 8])}"
        for i in range(jobs)
    ]
    (where / "charter.toml").write_text('[queue]\ndiscipline = "strict_fifo"\n', "utf-8")
    (where / "members.csv").write_text("id\na\nb\n", "utf-8")
    (where / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,a,x,6\nn2,b,x,6\n", "utf-8")
    (where / "jobs.csv").write_text("\n".join(["id,member,submit_s,duration_s,gpu", *rows]) + "\n", "utf-8")
    return directory.read(where)


def test_a_trial_compares_each_job_with_itself(tmp_path):
    pool = pool_of(tmp_path)
    other = replace(pool.charter, name="other", queue=Queueing("sjf"))
    found = trial(pool, pool.charter, other)
    ends = [replays.simulate(pool, name).pooled.end_s - pool.jobs.submit_s for name in ("strict_fifo", "sjf")]
    assert found.whole.jobs == len(pool.jobs)
    assert found.whole.first_s == pytest.approx(ends[0].mean())
    assert found.whole.change == pytest.approx(ends[1].mean() / ends[0].mean() - 1)
    assert found.figures["worst_rho"][0] == replays.told(pool, replays.simulate(pool))["worst_rho"]
    assert trial(pool, pool.charter, other) == found


def test_jobs_that_end_under_one_only_are_counted_and_left_out(tmp_path):
    pool = pool_of(tmp_path)
    apart = replace(pool.charter, queue=Queueing("strict_fifo", pooled=False))
    found = trial(pool, pool.charter, apart)
    never = int((pool.jobs.gang[:, 0] > 6000).sum())
    assert found.only == (never, 0)
    assert found.whole.jobs == len(pool.jobs) - never


def test_a_pool_without_jobs_is_told_what_to_do_instead(tmp_path):
    pool = replace(pool_of(tmp_path), jobs=None)
    with pytest.raises(BadInput, match="no jobs to replay"):
        trial(pool, Charter(), Charter())


def test_one_replay_against_itself_is_no_difference(tmp_path):
    pool = pool_of(tmp_path)
    replay = replays.simulate(pool)
    found = compared(pool, ("one", "one"), (replay, replay))
    assert found.names == ("one (1)", "one (2)")
    assert found.gainers == found.losers == []
