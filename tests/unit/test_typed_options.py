"""Does a fault name the option that was typed, before anything is worked out or written?"""

import pytest

from apportion.cli.app import run_app
from apportion.cli.options import settings

ASKED = {
    "simulate pool --load 0": "--load: a load cannot be scaled by 0",
    "simulate pool --load 1 --load 2000": "--load: a load cannot be scaled by 2000",
    "simulate pool --tables taken": "--tables: taken exists and is not an earlier result",
    "simulate pool --jobs-out x.txt": "--jobs-out: cannot tell the format of x.txt",
    "simulate pool --placement any --percent 150": "--percent: 150 % of the nodes are more nodes than there are",
    "trace scale pool --factor 0 --out new": "--factor: a load cannot be scaled by 0",
    "trace scale pool --factor 0.001 --copies --out new": "--factor: no job is left",
    "trace resample pool --block-s 0 --out new": "--block-s: blocks of 0 s hold nothing",
    "trace resample pool --out new": "--block-s: submissions span 2,001 s",
    "trace synthesize pool --jobs 200000000 --out new": "--jobs: 200,000,000 jobs cannot be drawn",
    "trace synthesize pool --span-s 9999999999 --out new": "--span-s: a trace of 9,999,999,999 s cannot be drawn",
    "trace cut pool --window 90000..100000 --out new": "--window: no job was submitted from 90000 to before 100000",
    "import acme pool/jobs.csv --set member=x --out new": '--set member: no column is called "x"',
    "import acme pool/jobs.csv --set nodes=9999999 --out new": "jobs.csv: no column",
}


@pytest.mark.parametrize("line", ASKED)
def test_the_option_that_was_typed_is_named(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    settings.quiet = False
    run_app(["init", "pool"])
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("keep")
    capsys.readouterr()
    assert run_app(line.split()) == 2
    assert f"apportion: {ASKED[line]}" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pool", "taken"]
    assert (tmp_path / "taken" / "mine.txt").read_text() == "keep"
