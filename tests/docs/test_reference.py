"""Do the generated pages still say what the code says, and the ITP page what its run says?"""

import json
import subprocess
import sys

import pytest

from docs.pages import ROOT

GENERATE = ROOT / "docs" / "generate.py"


def test_generated_pages_equal_the_code():
    done = subprocess.run([sys.executable, GENERATE, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["cli.md", "plugins.md", "errors.md", "python.md"])
def test_a_page_that_differs_is_named(name, tmp_path):
    copy = tmp_path / "docs"
    (copy / "reference").mkdir(parents=True)
    (copy / "generate.py").write_bytes(GENERATE.read_bytes())
    for page in (ROOT / "docs" / "reference").glob("*.md"):
        (copy / "reference" / page.name).write_bytes(page.read_bytes())
    changed = copy / "reference" / name
    changed.write_text(changed.read_text("utf-8").replace("`", "'", 1) + "one line more\n", "utf-8")
    done = subprocess.run(
        [sys.executable, copy / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"{name} differs" in done.stderr


def test_figures_are_taken_from_a_run(tmp_path):
    page = tmp_path / "docs" / "explanation" / "itp-honestly.md"
    page.parent.mkdir(parents=True)
    page.write_text((ROOT / "docs" / "explanation" / "itp-honestly.md").read_text("utf-8"), "utf-8")
    (tmp_path / "docs" / "figures.py").write_bytes((ROOT / "docs" / "figures.py").read_bytes())
    for words in (["init", "pool"], ["-q", "run", "pool", "--out", "run"]):
        subprocess.run([sys.executable, "-c", "from apportion.cli import main; main()", *words], cwd=tmp_path, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    subprocess.run([sys.executable, "docs/figures.py", "run"], cwd=tmp_path, check=True)
    said, sizing = page.read_text("utf-8"), json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["sizing"]
    assert "cluster01 |" not in said
    for row in sizing["rows"]:
        if row["discipline"] == "strict_fifo" and row["percent"] in {100, 70}:
            assert f"{row['worst_rho']:.3f}" in said
            assert f"| {row['percent']} | {row['gpus']} |" in said
    assert said.startswith("# The ITP figures, honestly")
    assert "## How to read this" in said
