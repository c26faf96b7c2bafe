"""Does the end of a run fit a terminal and say what it means?"""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

import report_runs
from apportion.report.telling import LANGUAGES
from apportion.report.terminal import closing


def shown(run, language="en", width=110):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(closing(run, language))
    return console.file.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in report_runs.ALL if name != "many members"])
def test_every_case_is_shown_within_the_width(name, language):
    text = shown(report_runs.ALL[name](), language)
    assert all(cell_len(line) <= 110 for line in text.splitlines())
    assert "None" not in text


def test_it_ends_with_meaning_and_the_next_command():
    lines = shown(report_runs.sample()).rstrip().splitlines()
    assert lines[-1].strip().startswith("apportion simulate examples/itp --discipline entitled --percent")
    assert any(line.startswith("✓ Every member is better off") for line in lines)


def test_members_stand_with_their_figures():
    run = report_runs.sample()
    line = next(line for line in shown(run).splitlines() if line.strip().startswith("cluster04"))
    row = next(row for row in run["waiting"] if row["member"] == "cluster04")
    assert line.split()[1:4] == ["616", "41.0", f"{row['jobs']:,}"]
    assert f"{row['rho']['strict_fifo']:.2f}" in line


def test_a_refuted_promise_is_counted_in_the_line_of_proofs():
    assert "✗ Pareto efficient (refuted 3×)" in shown(report_runs.with_broken_promise(), width=200)


def test_no_colour_where_none_is_wanted():
    assert "\x1b[" not in shown(report_runs.sample())
