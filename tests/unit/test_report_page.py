"""Is the page whole, safe, and readable without anything else?"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

import report_runs
from apportion.errors import BadInput
from apportion.report.charts.sizing_lines import Line, sizing_lines
from apportion.report.page import page
from apportion.report.telling import LANGUAGES, telling

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Balanced(HTMLParser):
    """Follow tags; collect ids, links and words."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.words, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def parsed(html):
    tree = Balanced()
    tree.feed(html)
    tree.close()
    assert tree.open == []
    return tree


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", report_runs.ALL)
def test_the_page_is_well_formed_in_every_case(name, language):
    html = page(report_runs.ALL[name](), language)
    tree = parsed(html)
    assert len(set(tree.ids)) == len(tree.ids)
    assert {link[1:] for link in tree.links if link.startswith("#")} <= set(tree.ids)
    for picture in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        drawn = ET.fromstring(picture)  # noqa: S314  # our own output
        assert drawn.find("title").text
        assert drawn.find("desc").text
    text = " ".join(tree.words)
    assert not re.search(r"\b(None|nan|inf|Undefined)\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_who_pays_what_and_what_was_noted(language):
    words = parsed(page(report_runs.with_payments(), language)).words
    assert {"12.50", "3.00", "15.50"} <= set(words)
    (note,) = report_runs.with_payments()["plan"]["notes"]
    assert note in words
    assert note not in parsed(page(report_runs.sample(), language)).words


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched_and_nothing_runs(language):
    html = page(report_runs.sample(), language)
    tree = parsed(html)
    assert all(link.startswith(("#", "data:")) for link in tree.links)
    assert not {"script", "iframe", "object", "embed", "img"}.intersection(tree.tags)
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_names_cannot_become_markup():
    for language in LANGUAGES:
        html = page(report_runs.with_hostile_names(), language)
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_the_language_is_declared():
    assert '<html lang="en">' in page(report_runs.sample(), "en")
    assert '<html lang="zh-CN">' in page(report_runs.sample(), "zh")


def test_words_of_the_run_are_marked_as_english_on_the_chinese_page():
    assert '<dd lang="en">' in page(report_runs.sample(), "zh")
    assert '<dd lang="en">' not in page(report_runs.sample(), "en")


def test_a_broken_promise_is_the_first_thing_on_the_page_and_its_witness_is_there():
    html = page(report_runs.with_broken_promise())
    assert html.index("A promise was broken") < html.index("Every member is better off")
    assert "could gain: 0.5" in html


def test_charts_carry_a_table_after_them():
    html = page(report_runs.sample())
    for part in html.split('<figure class="picture">')[1:]:
        assert '<figure class="table' in part


PICTURES = {"bars", "dumbbell", "ratios", "cumulative", "ranges", "fewest", "lorenz", "stacked", "queue", "gantt"}


def captions(run, language):
    return set(re.findall(r'<svg class="[a-z ]*" [^>]*aria-label="([^"]*)"', page(run, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_of_a_replay_is_there(language):
    tell = telling(language)
    titles = {tell.text(f"charts.{name}_title", resource=tell.resource("gpu_milli")) for name in PICTURES}
    assert titles <= captions(report_runs.sample(), language)
    left_out = captions(report_runs.sample(), language) - captions(report_runs.of_an_earlier_version(), language)
    assert left_out == {
        tell.text(f"charts.{name}_title", resource=tell.resource("gpu_milli"))
        for name in ("queue", "gantt", "cumulative", "ranges")
    }


def test_pictures_say_what_the_numbers_say():
    run = report_runs.sample()
    html = page(run).replace("\u00a0", " ")
    used = [sum(row) for row in run["timeline"]["used"]]
    assert f"On average {sum(used) / len(used):,.0f} of 1,504 are in use" in html
    assert "In 11 % of the steps nobody waits." in html, "one of nine"
    assert "Less time in the pool than alone, whichever the queue at home: 10 of 10 members" in html
    assert "home: 6 of 10 members; more than under some queue at home: 4." in page(report_runs.with_losers()).replace(
        "\u00a0", " "
    )
    assert "No job ever waited." in page(report_runs.with_nobody_waiting())


def test_a_member_has_one_colour_in_every_picture_over_time():
    run = report_runs.sample()
    areas = re.findall(r'class="band (f\d|rest)"><title>([^<]*)</title>', page(run))
    bars = re.findall(r'text-anchor="end">(cluster\d\d)</text>', page(run).split('id="busiest"')[1])
    assert len(areas) == 2 * 7
    assert len({name for _, name in areas}) == 7
    assert len(set(areas)) == 7
    assert len(bars) == len({job["member"] for job in run["timeline"]["busiest"]["jobs"]})


def test_long_tables_say_how_much_they_leave_out():
    html = page(report_runs.with_many_members(450))
    assert "350 further rows are in run.json." in html
    assert "The 30 members who ask for most." in html


def test_every_member_and_every_input_is_on_the_page():
    run = report_runs.sample()
    html = page(run)
    for owner in run["pool"]["owners"]:
        assert owner["member"] in html
    for one in run["inputs"]:
        assert one["sha256"] in html
    assert "apportion run examples/itp --engine simulated --out out/run" in html


def test_an_unknown_language_is_refused():
    with pytest.raises(BadInput):
        page(report_runs.sample(), "de")


def test_the_same_run_gives_the_same_bytes_in_another_process_with_another_hash_seed():
    script = "import report_runs, hashlib; from apportion.report.page import page; run = report_runs.sample()\n"
    script += "print(hashlib.sha256((page(run, 'en') + page(run, 'zh')).encode()).hexdigest())"
    folder = str(report_runs.SAMPLE.parent.parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed, "PYTHONPATH": folder}, capture_output=True,
            check=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_a_line_that_leaves_the_picture_and_comes_back_is_drawn_in_pieces():
    wavy = Line("wavy", "s0", ((100, 1.0), (90, 4.0), (80, 4.0), (70, 1.0)), None, None)
    lost = Line("lost", "s1", ((100, 3.0), (70, 5.0)), None, None)
    svg = str(sizing_lines([wavy, lost], "home", {100: 10, 90: 9, 80: 8, 70: 7}, "GPUs", telling("en")))
    curves = re.findall(r'<path d="M([^"]*)" class="curve (s\d)"', svg)
    assert [style for _, style in curves] == ["s0", "s0"], "two pieces of one line, and none of the other"
    corners = [[float(corner.split()[0]) for corner in points.split("L")] for points, _ in curves]
    assert corners[0] == sorted(corners[0])
    assert corners[0][-1] < corners[1][0]
    assert "lost: 5.00 at 70\u00a0%" in svg, "named above, with where it ends"
    assert "wavy:" not in svg
