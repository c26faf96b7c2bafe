"""The command line, as a new user meets it: what is printed, what is written, and with which exit code."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ITP = Path(__file__).parents[2] / "examples" / "itp"
APPORTION = [sys.executable, "-c", "from apportion.cli import main; main()"]


def run(*arguments, cwd=None, **environment):
    return subprocess.run(
        [*APPORTION, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "140", **environment},
    )


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    directory = tmp_path_factory.mktemp("cli") / "pool"
    done = run("init", directory)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="module")
def decided(pool):
    plan = pool.parent / "PLAN.json"
    done = run("plan", pool, "--out", plan, "-o", "json")
    assert done.returncode == 0, done.stderr
    return plan, json.loads(done.stdout)


def test_help_names_every_verb():
    done = run("--help")
    assert done.returncode == 0
    for verb in ("init", "import", "assess", "plan", "prove", "simulate", "run", "report"):
        assert f"\n  {verb} " in done.stdout


def test_version():
    assert run("--version").stdout.startswith("apportion 0.")


def test_init_does_not_overwrite(pool):
    done = run("init", pool)
    assert done.returncode == 2
    assert "charter.toml" in done.stderr


def test_assess_tells_what_is_scarce(pool):
    done = run("assess", pool)
    assert done.returncode == 0, done.stderr
    assert "scarce" in done.stdout
    whole = json.loads(run("assess", pool, "-o", "json").stdout)
    assert whole["pool"]["members"] == 3
    assert {row["resource"] for row in whole["demand"]["scarcity"]} >= {"gpu_milli", "cpu_milli"}


def test_plan_json_has_the_shape_that_scripts_rely_on(decided):
    _, plan = decided
    assert {
        "policy",
        "parameters",
        "situation",
        "grants",
        "members",
        "objective",
        "bound",
        "gap",
        "rounding_loss",
    } <= set(plan)
    assert {"claim", "member", "flavor", "tasks_micro", "tasks", "resources"} == set(plan["grants"][0])
    assert {"member", "tasks", "rate", "dominant_share", "share"} == set(plan["members"][0])
    assert {"denominator", "levels"} == set(plan["prices"])


@pytest.mark.parametrize("verb", ["assess", "plan", "simulate"])
def test_every_format_can_be_read_back(pool, verb):
    whole = json.loads(run(verb, pool, "-o", "json").stdout)
    assert yaml.safe_load(run(verb, pool, "-o", "yaml").stdout) == whole
    rows = list(csv.DictReader(io.StringIO(run(verb, pool, "-o", "csv").stdout)))
    assert [row["member"] for row in rows] == ["biology", "physics", "startup"]
    assert len(run(verb, pool, "-o", "wide").stdout.splitlines()[1]) >= len(run(verb, pool).stdout.splitlines()[1])


def test_prove_confirms_and_refutes(pool, decided):
    plan, raw = decided
    done = run("prove", pool, plan, "-o", "json")
    assert done.returncode == 0, done.stderr
    verdicts = {v["proof"]: v for v in json.loads(done.stdout)["verdicts"]}
    assert verdicts["feasible"]["status"] == "holds"
    assert verdicts["feasible"]["exact"]
    forged = plan.with_name("forged.json")
    raw = json.loads(json.dumps(raw))
    raw["grants"][0]["tasks_micro"] += 10**9
    forged.write_text(json.dumps(raw))
    done = run("prove", pool, forged, "--proof", "feasible")
    assert done.returncode == 6
    assert "feasible is refuted" in done.stderr


def test_prove_after_the_pool_has_changed_uses_the_situation_beside_the_plan(pool, decided, tmp_path):
    plan, _ = decided
    changed = tmp_path / "pool"
    changed.mkdir()
    for file in pool.iterdir():
        (changed / file.name).write_text(file.read_text().replace("folding,biology,20", "folding,biology,19"))
    done = run("prove", changed, plan)
    assert done.returncode == 0
    assert "kept beside the plan" in done.stderr
    plan.with_name("lonely.json").write_text(plan.read_text())
    done = run("prove", changed, plan.with_name("lonely.json"))
    assert done.returncode == 2
    assert "answers situation" in done.stderr


def test_simulate_json_and_the_rows_of_jobs(pool, tmp_path):
    jobs = tmp_path / "jobs.csv"
    done = run("simulate", pool, "--discipline", "strict_fifo", "--jobs-out", jobs, "-o", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {
        "discipline",
        "placement",
        "jobs",
        "finished",
        "mean_jct_s",
        "p99_jct_s",
        "mean_wait_s",
        "makespan_s",
    } <= set(told)
    assert {"utilisation", "preemptions", "members", "jain_rho", "energy_j"} <= set(told)
    assert {"member", "jobs", "mean_jct_s", "mean_wait_s", "rho", "unfair_fraction"} <= set(told["members"][0])
    rows = list(csv.DictReader(io.StringIO(jobs.read_text())))
    assert list(rows[0]) == ["id", "member", "submit_s", "start_s", "end_s", "wait_s", "preemptions", "nodes"]
    assert [row["id"] for row in rows[:3]] == ["fold-1", "lattice-1", "fold-2"]
    parquet = tmp_path / "jobs.parquet"
    assert run("simulate", pool, "--jobs-out", parquet).returncode == 0
    assert parquet.stat().st_size > 0


def test_two_processes_give_the_same_bytes(pool, tmp_path):
    for seed in ("0", "1"):
        out = tmp_path / seed
        done = run("run", pool, "--out", out, "--no-sizing", cwd=tmp_path, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
    one, other = ({f.name: f.read_bytes() for f in (tmp_path / s).iterdir() if f.name != "run.json"} for s in "01")
    assert one == other
    records = [json.loads((tmp_path / s / "run.json").read_text()) for s in "01"]
    for record in records:
        del record["command"], record["out"]  # these name the directory written to
    assert records[0] == records[1]


def test_run_and_report_in_both_languages(pool, tmp_path):
    done = run("run", pool, "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for language in ("en", "zh"):
        page = tmp_path / f"{language}.html"
        done = run("report", tmp_path / "run", "--lang", language, "--out", page)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(page)
        assert f'<html lang="{language}' in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "match"),
    [
        (["plan", "nowhere"], 3, "no pool directory"),
        (["plan", "POOL", "--policy", "maxmin"], 3, "max_min"),
        (["plan", "POOL", "--set", "oops"], 2, "key=value"),
        (["plan", "POOL", "--set", "speed=3"], 2, "no parameter"),
        (["plan", "POOL", "--window", "9..1"], 2, "START..END"),
        (["simulate", "POOL", "--discipline", "fifo"], 3, "strict_fifo"),
        (["simulate", "POOL", "--placement", "tetris"], 2, "counting"),
        (["simulate", "POOL", "--jobs-out", "jobs.txt"], 2, "csv"),
        (["prove", "POOL", "none.json"], 3, "no plan file"),
        (["import", "csvv", ".", "--out", "x"], 3, "no source"),
        (["import", "itp", "nowhere", "--out", "x"], 3, "there is no"),
        (["report", "nowhere"], 3, "no run"),
        (["run", "POOL", "--engine", "warp"], 3, "simulated"),
        (["fly"], 2, "No such command"),
        (["plan"], 2, "POOL"),
    ],
)
def test_wrong_use_gives_one_message_and_its_exit_code(pool, tmp_path, arguments, code, match):
    done = run(*[pool if word == "POOL" else word for word in arguments], cwd=tmp_path)
    assert done.returncode == code
    assert match in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_run_stopped_from_the_keyboard_leaves_nothing(tmp_path):
    process = subprocess.Popen(
        [*APPORTION, "-q", "run", ITP, "--out", tmp_path / "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=2.5)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == ""
    assert complained == "interrupted: nothing was written\n"
    assert list(tmp_path.iterdir()) == []


def test_what_a_compiled_library_prints_is_not_amid_the_output():
    noisy = "import os, apportion.cli, apportion.cli.app as app\n"
    noisy += "app.run_app = lambda: [os.write(1, b'solver: a line'), print('{}')] and 0\napportion.cli.main()"
    done = subprocess.run([sys.executable, "-c", noisy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "{}\n")
    assert "solver: a line" in done.stderr
