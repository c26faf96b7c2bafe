"""Is every example listed, with its question, and are the made-up tables those that are drawn?"""

import re
import subprocess
import sys

import pytest

from docs.pages import ROOT, blocks, commands

EXAMPLES = ROOT / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
ROWS = dict(
    re.findall(
        r"^\| \[([a-z-]+)\]\(\1/README\.md\) \| ([^|]*\?) \|", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE
    )
)
WITH_DATA_OF_OTHERS = ("itp", "enterprise")
SMALL = 200_000


def about(folder):
    return (EXAMPLES / folder / "README.md").read_text("utf-8")


def test_every_example_has_its_row_with_the_question_it_answers():
    assert {folder: about(folder).split("\n", 1)[0].removeprefix("# ") for folder in FOLDERS} == ROWS


@pytest.mark.parametrize("folder", sorted(set(FOLDERS) - {"articles"}))
def test_an_example_is_one_command_what_is_its_own_what_it_means_and_what_to_doubt(folder):
    page = f"examples/{folder}/README.md"
    first = next(block for block in blocks(page) if block.language == "console")
    assert len(commands(first)) == 1
    assert f"examples/{folder}" in commands(first)[0].line
    words = " ".join(about(folder).split())  # as it reads, wherever lines break
    for part in ("**What no other example shows**", "## What it means", "## What to doubt"):
        assert part in words, part
    assert "made up**" in words or "**assumed**" in words or folder == "itp"


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_example_is_small_or_is_the_data_of_others(folder):
    files = [path for path in (EXAMPLES / folder).iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < SMALL or folder in WITH_DATA_OF_OTHERS


def test_made_up_tables_are_those_that_are_drawn(tmp_path):
    subprocess.run([sys.executable, EXAMPLES / "made_up.py", tmp_path], check=True)
    drawn = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")]
    assert len(drawn) == 7
    for path in drawn:
        assert (tmp_path / path).read_bytes() == (EXAMPLES / path).read_bytes(), path
