"""Is a discipline in plain Python, which another package brings, found, played and tested without a change here?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DISCIPLINE = '''"""The last submitted that fits; with `patient`, nobody before that second."""

from apportion.simulation import hooked

ALONE = ("skip_fifo",)
PLANNED = False


def open_queue(trace, patient: int = 0):
    def choose(view):
        if view.now_s < patient:
            return None
        return next((row for row in reversed(view.queued) if view.fits(row)), None)

    return hooked.open_queue(trace, choose)
'''
MAIN = "from apportion.cli import main; main()"
NODES = "id,owner,flavor,gpu\nn1,a,f,4\n"
JOBS = "id,member,submit_s,duration_s,workers,gpu\nj0,a,0,10,1,4\nj1,a,1,10,1,4\nj2,a,2,10,1,4\nj3,a,30,5,1,1\n"


@pytest.fixture
def installed(tmp_path):
    """A package `lifo` beside ours, with the discipline "last_come", and a pool."""
    (tmp_path / "lifo.py").write_text(DISCIPLINE)
    about = tmp_path / "lifo-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lifo\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[apportion.discipline]\nlast_come = lifo\n")
    pool = tmp_path / "pool"
    pool.mkdir()
    for name, text in {
        "charter.toml": 'name = "t"\n',
        "members.csv": "id\na\n",
        "nodes.csv": NODES,
        "jobs.csv": JOBS,
    }.items():
        (pool / name).write_text(text)
    return tmp_path


def ran(where, *command):
    path = os.pathsep.join([str(where), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *command], env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False
    )


def simulated(where, *more):
    return ran(where, "-c", MAIN, "-q", "simulate", str(where / "pool"), "--discipline", *more)


def starts(where, *more):
    done = simulated(where, *more, "--jobs-out", str(where / "jobs-out.csv"))
    assert done.returncode == 0, done.stderr
    head, *rows = (where / "jobs-out.csv").read_text().splitlines()
    return [int(row.split(",")[head.split(",").index("start_s")]) for row in rows]


def test_the_command_line_plays_it_with_its_parameters(installed):
    assert starts(installed, "last_come") == [0, 20, 10, 30]
    assert starts(installed, "last_come", "--set", "patient=2") == [22, 12, 2, 32]


def test_it_is_swept_beside_the_compiled_ones(installed):
    done = simulated(installed, "last_come", "--discipline", "strict_fifo", "-o", "json")
    assert done.returncode == 0, done.stderr
    pooled = [row for row in json.loads(done.stdout) if row["member"] == ""]
    assert [(row["discipline"], row["finished"]) for row in pooled] == [("last_come", 4), ("strict_fifo", 4)]


def test_it_goes_through_the_conformance_suite(installed):
    suite = str(TESTS / "conformance" / "test_disciplines.py")
    report = ran(installed, "-m", "pytest", suite, "-k", "last_come", "-vv", "-p", "no:cacheprovider")
    assert report.returncode == 0, report.stdout + report.stderr
    passed = [line for line in report.stdout.splitlines() if "PASSED" in line]
    assert len(passed) >= 10
    assert all("last_come" in line for line in passed)


def test_a_choice_that_cannot_be_is_told_as_a_fault_of_the_choice(installed):
    text = (installed / "lifo.py").read_text()
    (installed / "lifo.py").write_text(text.replace(" if view.fits(row)", ""))
    done = simulated(installed, "last_come")
    assert done.returncode == 1
    assert "at 1 s it named row 1, which does not fit what is free" in done.stderr
    assert "lifo.open_queue" in done.stderr
    assert "Traceback" not in done.stderr
