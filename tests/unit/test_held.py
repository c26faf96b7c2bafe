"""Does the chapter on capability say what can be worked out by hand, in both languages, and nothing where nobody knows?"""

import re

import pytest

from apportion import held, loop
from apportion.domain.history import History
from apportion.report.page import page
from making import MICRO, Case, Claim
from report_runs import CHAPTERS, holding, sample


def test_stages_are_in_whole_units_and_capability_is_the_curve_of_them():
    found = holding()
    assert dict(zip(found["members"], found["stages"]["owned"], strict=True)) == {"bio": 8, "phy": 16, "new": 4}
    assert sum(found["stages"]["granted"]) == pytest.approx(28, abs=1e-5)
    mean = 28 / 3
    assert found["capability"]["owned"] == pytest.approx([(x / mean) ** 0.5 for x in found["stages"]["owned"]])
    assert not found["agreed"]
    assert holding(curve="log", half=2.0)["agreed"]


def test_an_alliance_of_the_largest_is_a_chain_of_mergers():
    """Shares 4/7, 2/7, 1/7: HHI 21/49; the first two together 37/49; then all."""
    found = holding()["alliance"]
    assert (found["largest"], found["share"], found["hhi"]) == (
        "phy",
        pytest.approx(4 / 7),
        pytest.approx(1e4 * 21 / 49),
    )
    assert [(step["member"], round(step["hhi"], 3)) for step in found["steps"]] == [("bio", 7551.02), ("new", 10_000.0)]


def test_every_policy_has_a_row_and_none_is_above_the_frontier():
    found = holding(curve="power_law", exponent=0.5, scales="phy=1.5 new=0.8")
    most = max(point["capability"] for point in found["frontier"])
    rows = {row["policy"]: row for row in found["rules"]}
    assert len(rows) >= 18
    assert all(row["capability"] <= most * (1 + 1e-6) for row in rows.values() if row["capability"] is not None)
    assert rows["max_capability"]["capability"] == pytest.approx(most, rel=1e-6)
    heights = [point["capability"] for point in found["frontier"]]
    assert heights == sorted(heights)


def test_with_one_concave_curve_for_all_the_frontier_is_one_point():
    assert len(holding()["frontier"]) == 1


def test_where_nobody_owns_or_is_granted_anything_there_is_nothing_to_tell():
    pool = Case({"a": 1.0}, {"f": (0,)}, (Claim("c", "a", MICRO, (1000,), (1.0,)),)).pool()
    situation = loop.assess(pool)
    plan = loop.decide(situation, loop.charter_rule(pool.charter))
    assert held.held(History(pool, (situation,), (plan,)), situation) is None


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_chapter_is_told_in_both_languages(language, name):
    html = page(CHAPTERS[name](), language)
    chapter = html[html.index('id="held"') :]
    chapter = chapter[: chapter.index("</section>")]
    assert chapter.count("<svg") >= 4
    assert "phy" in chapter
    assert not re.search(r"\{\w+\}", chapter), "a placeholder is left"
    assert "nan" not in chapter.lower()


def test_a_run_that_an_earlier_version_left_has_no_such_chapter():
    assert 'id="held"' not in page(sample() | {"held": None})
    assert 'id="held"' not in page({key: value for key, value in sample().items() if key != "held"})
