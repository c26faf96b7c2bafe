"""Is the advice right where everybody can see what is right?"""

from dataclasses import replace

import numpy as np
import pytest

from apportion.advice import advise, apart_today
from apportion.advice.outcome import Candidate
from apportion.advice.replayed import Ground
from apportion.advice.told import told
from apportion.domain.arrays import take
from apportion.domain.charter import Queueing
from apportion.errors import BadInput
from apportion.report.advising import advising
from apportion.report.telling import telling
from planted import (
    busy_service,
    by_turns,
    flooded,
    full_queues,
    quiet,
    short_of_memory,
    unequal_claims,
    wide_beside_small,
)


def test_first_come_is_kept_where_nobody_waits(tmp_path):
    found = advise(quiet(tmp_path))
    assert (found.kind, found.chosen.candidate.key) == ("keep", "now")
    assert found.fewest.spare > 0


def test_members_who_are_busy_by_turns_are_told_to_pool(tmp_path):
    found = advise(by_turns(tmp_path))
    assert (found.kind, found.reason) == ("change", "sooner")
    assert found.chosen.candidate.charter.queue.pooled
    assert found.gains == ("a", "b")
    assert found.work.shows("idle")


def test_members_with_full_queues_are_told_not_to_pool(tmp_path):
    found = advise(full_queues(tmp_path))
    assert found.kind == "keep"
    said = [telling("en").text(f"findings.{one.key}.lead", **one.values) for one in advising(told(found))]
    assert said[0] == "Do not pool: keep every member by itself."


def test_the_largest_is_held_to_a_limit_where_it_floods_the_pool(tmp_path):
    found = advise(flooded(tmp_path))
    assert (found.kind, found.reason) == ("change", "safer")
    assert found.chosen.candidate.charter.queue.member_limit is not None
    assert found.work.value("flood", "member") == "big"
    assert set(found.gains) == {"small", "tiny"}


def test_no_charter_is_advised_or_named_under_which_jobs_would_never_start(tmp_path):
    found = advise(wide_beside_small(tmp_path))
    stopped = [one for one in found.tried if (one.end_s < 0).any()]
    assert {dict(one.candidate.values)["limit"] for one in stopped} == {0.5}
    assert min(one.mean for one in stopped) < found.now.mean  # over what is left: shorter jobs
    assert all((one.end_s >= 0).all() for one in (found.best, found.chosen, *found.others))


def test_means_are_over_jobs_that_end_today(tmp_path):
    """At home wide jobs never start; in one pool they do, and take longer than others: the others' mean is compared."""
    pool = wide_beside_small(tmp_path, second="small")
    ground = Ground(apart_today(pool), 0)
    together = Candidate("passing", replace(pool.charter, queue=Queueing("skip_fifo")))
    today, there = ground.outcome(Candidate("now", ground.pool.charter)), ground.outcome(together)
    ends = today.end_s >= 0
    assert 0 < ends.sum() < len(ends)
    took = there.end_s - pool.jobs.submit_s
    assert (there.end_s >= 0).all()
    assert there.mean == pytest.approx(took[ends].mean())


def test_memory_is_to_be_bought_where_memory_is_short(tmp_path):
    found = advise(short_of_memory(tmp_path))
    assert found.work.shows("memory")
    assert found.buy.resource == "memory_milli_gib"
    by_name = {one.resource: one.change for one in found.more}
    assert by_name["gpu_milli"] == 0
    assert by_name["memory_milli_gib"] < -0.02


def test_services_go_first_where_they_answer_late(tmp_path):
    found = advise(busy_service(tmp_path))
    assert (found.kind, found.reason) == ("change", "services")
    assert found.chosen.candidate.charter.queue.services == "first"
    assert found.chosen.answered > found.now.answered + 0.2


def test_the_charter_says_whether_members_share_today(tmp_path):
    pool = quiet(tmp_path)
    assert not apart_today(pool).charter.queue.pooled
    assert apart_today(pool).charter.queue.discipline == "strict_fifo"


def test_a_pool_of_which_nothing_is_asked_is_refused(tmp_path):
    pool = replace(quiet(tmp_path), jobs=None)
    with pytest.raises(BadInput, match="nothing is asked"):
        advise(pool)


def test_claims_are_advised_on_by_what_they_are_granted(tmp_path):
    found = advise(unequal_claims(tmp_path))
    assert (found.kind, found.reason) == ("change", "safer")
    assert not found.streams
    assert found.now.candidate.charter.policy == "demand_priority"
    assert found.gains == ("low",)
    assert found.loses == ("high",)
    assert {one.flavor for one in found.priced} == {"x", "y"}


def test_nothing_is_advised_under_which_a_job_would_never_run(tmp_path):
    pool = flooded(tmp_path)
    wide = replace(pool.jobs, workers=np.where(np.arange(len(pool.jobs)) == 5, 12, 1))
    found = advise(replace(pool, jobs=wide))
    assert (found.chosen.end_s >= 0).sum() == (found.now.end_s >= 0).sum() == len(wide)
    assert found.chosen.candidate.charter.queue.member_limit is None


def test_too_few_jobs_say_nothing(tmp_path):
    pool = by_turns(tmp_path)
    few = take(pool.jobs, np.arange(6))
    found = advise(replace(pool, jobs=few))
    assert (found.kind, found.reason) == ("keep", "short")
    assert found.trial.blocks < 10
    assert advising(told(found))[0].key == "keep_short_apart"
