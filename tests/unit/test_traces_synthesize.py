"""Does a trace that is drawn from a fit resemble the one that was fitted? Judged by tests of statistics, seeds fixed.

Seeds are fixed, and each test would reject a right sample once in a million seeds: it fails if the distribution is wrong.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from apportion.errors import BadInput
from apportion.sources import directory
from apportion.traces.fit import WEEK_H, fit, hours
from apportion.traces.synthesize import synthesize

ITP = Path(__file__).parents[2] / "examples" / "itp"
DAY, WEEK = 86_400, 604_800
RARE = 1e-6


@pytest.fixture(scope="module")
def real():
    return directory.read(ITP)


@pytest.fixture(scope="module", params=["1", "2"])
def drawn(real, request):
    return synthesize(real, seed=request.param)


def gang(jobs):
    return jobs.gang[:, 0] // 1000


def counted(values, kinds):
    return np.array([np.count_nonzero(values == kind) for kind in kinds])


def homogeneous(first, second):
    """The chance that two rows of counts come from one distribution; kinds too rare for the test are put together."""
    rare = (first + second) < 20
    table = np.array([[*row[~rare], row[rare].sum()] for row in (first, second)])
    return stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue


def test_it_has_as_many_jobs_over_the_same_time(real, drawn):
    assert len(drawn.jobs) == len(real.jobs)
    assert drawn.jobs.submit_s.min() >= real.jobs.submit_s.min()
    assert drawn.jobs.submit_s.max() <= real.jobs.submit_s.max()
    assert (np.diff(drawn.jobs.submit_s) >= 0).all()
    assert len(set(drawn.jobs.id)) == len(drawn.jobs)


def test_members_submit_as_often(real, drawn):
    members = range(len(real.members))
    assert homogeneous(counted(real.jobs.member, members), counted(drawn.jobs.member, members)) > RARE


def test_every_member_has_the_same_mix_of_gangs(real, drawn):
    for m in range(len(real.members)):
        before, after = (gang(pool.jobs)[pool.jobs.member == m] for pool in (real, drawn))
        kinds = np.unique(before)
        assert set(after.tolist()) <= set(kinds.tolist())
        if len(kinds) > 1:
            assert homogeneous(counted(before, kinds), counted(after, kinds)) > RARE


def test_every_member_and_gang_has_the_same_durations(real, drawn):
    for m in range(len(real.members)):
        for size in (1, 8, 16):
            before, after = (
                pool.jobs.duration_s[(pool.jobs.member == m) & (gang(pool.jobs) == size)] for pool in (real, drawn)
            )
            if len(before) < 50:
                continue
            assert stats.ks_2samp(before, after).pvalue > RARE
            assert before.min() <= after.min()
            assert after.max() <= before.max()


def test_the_load_is_the_same_up_to_the_luck_of_the_draw(real, drawn):
    before, after = ((gang(pool.jobs) * pool.jobs.duration_s).astype(float) for pool in (real, drawn))
    deviation = before.std() * len(after) ** 0.5  # of a sum of independent draws
    assert abs(after.sum() - before.sum()) < 5 * deviation


def test_the_hours_of_the_week_are_as_busy(real, drawn):
    for pool_hours in (24, WEEK_H):
        before, after = (counted(pool.jobs.submit_s // 3600 % pool_hours, range(pool_hours)) for pool in (real, drawn))
        expected = before / before.sum() * after.sum()
        assert stats.chisquare(after, expected).pvalue > RARE


def test_another_seed_draws_another_trace(real, drawn):
    other = synthesize(real, seed="another")
    assert other.jobs.submit_s.tolist() != drawn.jobs.submit_s.tolist()
    assert other.jobs.duration_s.tolist() != drawn.jobs.duration_s.tolist()


def test_more_jobs_take_more_time_at_the_same_rate_and_a_span_can_be_asked_for(real):
    span = int(np.ptp(real.jobs.submit_s)) + 1
    twice = synthesize(real, jobs=2 * len(real.jobs))
    assert abs(int(np.ptp(twice.jobs.submit_s)) - 2 * span) < DAY
    dense = synthesize(real, jobs=1000, span_s=3600)
    assert np.ptp(dense.jobs.submit_s) < 3600


def test_the_fitted_rates_are_counts_over_seconds_and_the_means_of_durations_are_kept_exactly(real):
    known, jobs = fit(real), real.jobs
    inside, seconds = hours(known.first_s, known.span_s)
    seen = np.bincount(inside % WEEK_H, weights=seconds, minlength=WEEK_H)
    assert seconds.sum() == known.span_s
    expected = (known.rate * seen).sum(axis=1)
    assert np.allclose(expected, np.bincount(jobs.member, minlength=len(real.members)))
    for m in range(len(real.members)):
        for size in np.unique(gang(jobs)):
            own = (jobs.member == m) & (gang(jobs) == size)
            ends = (known.low[own] + known.high[own]).sum()  # in half seconds, two of each interval
            assert ends == 4 * jobs.duration_s[own].sum()


def test_durations_that_many_jobs_share_stay_shared(tmp_path):
    pool = small(tmp_path, [(i * 60, 3600 if i % 2 else 10 + i) for i in range(400)])
    found = synthesize(pool).jobs.duration_s
    assert 140 < np.count_nonzero(found == 3600) < 260  # six deviations around a half


def test_a_trace_of_minutes_is_drawn_too(tmp_path):
    found = synthesize(small(tmp_path, [(5, 10)]), jobs=50).jobs
    assert set(found.duration_s.tolist()) == {10}
    assert found.submit_s.min() >= 5
    assert found.submit_s.max() < 5 + 50


@pytest.mark.parametrize(("what", "amount"), [("jobs", -1), ("jobs", 10**9), ("span_s", -1), ("span_s", 10**12)])
def test_numbers_that_cannot_be_are_refused(tmp_path, what, amount):
    with pytest.raises(BadInput, match=f"option {what}"):
        synthesize(small(tmp_path, [(0, 1)]), **{what: amount})


def small(where, jobs):
    (where / "charter.toml").write_text('name = "a trace"\n')
    (where / "members.csv").write_text("id\na\n")
    (where / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,a,x,8\n")
    lines = "".join(f"j{i},a,{submit},{duration},1\n" for i, (submit, duration) in enumerate(jobs))
    (where / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\n" + lines)
    return directory.read(where)
