"""Does a member's page tell it its own, and nothing about the others?"""

import json

import pytest

import report_runs
from apportion.cli.report import _apart, _file_name, _member_pages
from apportion.report.member import member_page, members


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_member_reads_of_itself_alone(language):
    run = report_runs.ADVISED["change, safer"]()
    assert members(run) == ["big", "small", "tiny"]
    page = member_page(run, "small", language)
    assert "<h1>small</h1>" in page
    assert ">big<" not in page
    assert ">tiny<" not in page
    assert " big" not in page.split("<style>")[0] + page.split("</style>")[1]


def test_it_says_what_was_is_and_would_be():
    page = member_page(report_runs.ADVISED["change, safer"](), "small").replace("\u00a0", " ")
    assert "You would have it better." in page
    assert "Your jobs take 9 h 15 min from submission to end now, and would take 19 min 44 s" in page
    page = member_page(report_runs.ADVISED["change, safer"](), "big")
    assert "You would have it worse." in page
    assert "You ask for more than your standing." in page
    assert "What would help:" in page


def test_a_run_without_advice_has_no_pages():
    assert members(report_runs.sample()) == []


def test_the_command_names_a_page_for_each():
    run = json.loads(json.dumps(report_runs.ADVISED["keep, best"]()))
    run["advice"]["members"][0]["member"] = run["advice"]["members"][1]["member"].upper()
    assert [name for name, _ in _member_pages(run, "en")] == ["B.html", "b-2.html"]
    assert _file_name("../x y/成员") == "x-y-成员"
    assert _file_name("..") == "member"
    assert _apart(["a", "A", "a"]) == ["a", "A-2", "a-3"]
