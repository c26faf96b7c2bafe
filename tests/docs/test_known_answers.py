"""Does every known answer of the page name a test that exists, and does the page count them rightly?"""

import re

from docs.pages import ROOT

PAGE = (ROOT / "docs/explanation/known-answers.md").read_text("utf-8")
ROW = re.compile(
    r"^\| (?P<number>\d+) \|.*\| (?P<checked>[a-z, ]+) \| `(?P<file>[\w/]+\.py)::(?P<test>\w+)` \|$", re.MULTILINE
)


def test_every_answer_names_a_test_that_exists():
    rows = list(ROW.finditer(PAGE))
    assert [int(row["number"]) for row in rows] == list(range(1, PAGE.count("::") + 1))
    for row in rows:
        assert f"def {row['test']}(" in (ROOT / "tests" / row["file"]).read_text("utf-8")


def test_the_page_counts_how_each_answer_was_checked():
    checked = [row["checked"].split(", ") for row in ROW.finditer(PAGE)]
    places = sum("place" in each for each in checked)
    numbers = sum("numbers" in each and "place" not in each for each in checked)
    alone = sum(each == ["arithmetic"] for each in checked)
    said = f"Of the {len(checked)}, the section of {places} was found, numbers of {numbers} more stand in"
    assert said in PAGE
    assert f", and {alone} rest on arithmetic alone." in PAGE
