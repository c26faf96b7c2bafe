"""`import` as somebody meets it who has a cluster: owners, a cluster that is asked itself, and what is refused.

The tools of a cluster are stood in for by scripts that print what a real one printed; no cluster is asked here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SLURM = Path(__file__).parents[1] / "data" / "slurm"
KUBERNETES = SLURM.parent / "kubernetes" / "objects.json"
APPORTION = [sys.executable, "-c", "from apportion.cli import main; main()"]


def run(*arguments, **environment):
    return subprocess.run(
        [*APPORTION, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "140", **environment},
    )


def stand_in(place, name, body):
    """Write a script that answers in the place of a tool."""
    place.mkdir(exist_ok=True)
    (place / name).write_text(f"#!/bin/sh\n{body}\n")
    (place / name).chmod(0o755)


@pytest.fixture
def tools(tmp_path):
    """Stand-ins of Slurm's three tools."""
    place = tmp_path / "tools"
    for name, printed in (("sacct", "jobs"), ("scontrol", "nodes"), ("sacctmgr", "accounts")):
        stand_in(place, name, f'echo "{name} $* zone=$SLURM_TIME_FORMAT" >> {place}/asked; cat {SLURM}/{printed}.txt')
    return place


def test_real_records_go_through_import_assess_plan_and_simulate(tmp_path):
    pool = tmp_path / "pool"
    done = run("import", "slurm", *SLURM.iterdir(), "--out", pool, "--set", "down=keep")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{pool}: 5 members, 5 nodes, 285 jobs\n")
    for verb in ("assess", "plan", "simulate"):
        told = run(verb, pool, "-o", "json", "-q")
        assert told.returncode == 0, told.stderr
        assert "physics" in told.stdout
    assert json.loads(told.stdout)["finished"] == 285


def test_owners_by_flag_go_before_owners_by_file(tmp_path):
    (tmp_path / "owners.csv").write_text("pattern,member\na-n*,by-file\nb-n*,by-file\n")
    words = ("--owner", "a-n1=by-flag", "--owners", tmp_path / "owners.csv", "--set", "down=keep")
    done = run("import", "slurm", SLURM, "--out", tmp_path / "pool", *words)
    assert done.returncode == 0, done.stderr
    nodes = [line.split(",")[:2] for line in (tmp_path / "pool" / "nodes.csv").read_text().splitlines()[1:4]]
    assert nodes == [["a-n1", "by-flag"], ["a-n2", "by-file"], ["b-n1", "by-file"]]


def test_lines_of_owners_that_map_nothing_are_all_told(tmp_path):
    (tmp_path / "owners.csv").write_text("pattern,member,kind\na,,\nb,m,queue\n")
    (tmp_path / "headless.csv").write_text("a-n*,m\n")
    words = (
        "--owner",
        "a-n1",
        "--owner",
        "=m",
        "--owners",
        tmp_path / "owners.csv",
        "--owners",
        tmp_path / "headless.csv",
    )
    done = run("import", "slurm", SLURM, "--out", tmp_path / "pool", *words)
    assert done.returncode == 2
    for place in (
        '"a-n1" is not PATTERN=MEMBER',
        '"=m" is not',
        "owners.csv:2: ",
        "owners.csv:3: ",
        "headless.csv:1: no columns",
    ):
        assert place in done.stderr
    assert not (tmp_path / "pool").exists()


def test_a_source_without_owners_says_so(tmp_path):
    done = run("import", "itp", SLURM.parent / "itp", "--out", tmp_path / "pool", "--owner", "a=b")
    assert done.returncode == 2
    assert 'source "itp" has no parameter "owners"' in done.stderr
    done = run("import", "slurm", SLURM, "--out", tmp_path / "pool", "--set", "owners=ab")
    assert done.returncode == 2
    assert "write --owner PATTERN=MEMBER" in done.stderr


def test_live_asks_the_three_tools_and_reads_what_they_say(tmp_path, tools):
    done = run("import", "slurm", "--live", "--out", tmp_path / "pool", PATH=f"{tools}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert "2 nodes, 285 jobs" in done.stdout
    asked = (tools / "asked").read_text()
    assert "sacct --allusers --allocations" in asked
    assert "--starttime=now-90days" in asked
    assert "zone=%s" in asked
    assert "scontrol show node" in asked
    assert "sacctmgr show assoc --parsable2 format=Cluster,Account,ParentName,User,Share" in asked


def test_live_without_the_tools_is_not_reachable_and_shows_what_to_run(tmp_path):
    done = run("import", "slurm", "--live", "--out", tmp_path / "pool", PATH=str(tmp_path))
    assert done.returncode == 5
    assert "not installed here: sacct, sacctmgr, scontrol" in done.stderr
    assert "sacct --allusers --allocations" in done.stderr


def test_live_with_a_tool_that_fails_says_what_it_said(tmp_path, tools):
    stand_in(tools, "scontrol", "echo 'Unable to contact slurm controller' >&2; exit 1")
    done = run("import", "slurm", "--live", "--out", tmp_path / "pool", PATH=f"{tools}:{os.environ['PATH']}")
    assert done.returncode == 5
    assert "scontrol show node: Unable to contact slurm controller" in done.stderr


def test_pods_go_through_import_assess_plan_and_simulate(tmp_path):
    pool = tmp_path / "pool"
    done = run("import", "kubernetes", KUBERNETES, "--out", pool, "--owner", "gpu-*=vision", "--owner", "cpu-*=speech")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{pool}: 2 members, 3 nodes, 7 jobs\n")
    for verb in ("assess", "plan", "simulate"):
        told = run(verb, pool, "-o", "json", "-q")
        assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["finished"] == 7


def test_live_asks_kubectl_or_says_that_it_is_missing(tmp_path):
    place = tmp_path / "tools"
    stand_in(place, "kubectl", f'echo "$*" > {place}/asked; cat {KUBERNETES}')
    done = run("import", "kubernetes", "--live", "--out", tmp_path / "pool", PATH=f"{place}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert (place / "asked").read_text() == "get nodes,pods --all-namespaces -o json\n"
    done = run("import", "kubernetes", "--live", "--out", tmp_path / "other", PATH=str(tmp_path))
    assert done.returncode == 5
    assert "not installed here: kubectl" in done.stderr


def test_live_is_refused_by_formats_of_files_and_no_source_at_all_is_an_error(tmp_path):
    done = run("import", "itp", "--live", "--out", tmp_path / "pool")
    assert done.returncode == 2
    assert 'the format "itp" is of files only' in done.stderr
    done = run("import", "slurm", "--out", tmp_path / "pool")
    assert done.returncode == 2
    assert "no SRC is named" in done.stderr
    done = run("import", "slurm", tmp_path / "nothing", "--out", tmp_path / "pool")
    assert done.returncode == 3
