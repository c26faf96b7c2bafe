"""capability measure of a pool, before and after a plan, as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest

from apportion.concentration.indices import gini, hhi

JOBS = """id,member,submit_s,duration_s,gpu,cpu
j1,biology,0,3600,8,8
j2,physics,0,3600,8,8
j3,startup,0,7200,2,2
j4,physics,1800,1800,4,4
"""


@pytest.fixture
def pool(run):
    assert run("init", "pool")[0] == 0
    return Path("pool")


@pytest.fixture
def rich(pool):
    """The same pool, whose members also hold data and people."""
    path = pool / "members.csv"
    header, *rows = path.read_text().split()
    held = ["5,20", "5,20", "9,2"]
    path.write_text(
        "\n".join([f"{header},asset:data,asset:talent", *map(",".join, zip(rows, held, strict=True))]) + "\n"
    )
    return pool


def measured(run, *arguments):
    code, said, error = run("capability", "measure", *arguments, "-o", "json")
    assert code == 0, error
    return json.loads(said)


def test_owned_and_granted_are_those_of_the_plan(run, pool):
    plan = json.loads(run("plan", pool, "--out", "PLAN.json", "-o", "json")[1])
    found = measured(run, pool, "--plan", "PLAN.json")
    granted = [float(row["share"]["gpu_milli"]) for row in plan["members"]]
    for stage, amounts in (("owned", [8, 16, 4]), ("granted", granted)):
        x = np.array(amounts, dtype=float)
        assert found["stages"][stage]["indices"]["hhi"] == pytest.approx(hhi(x)), stage
        assert [row[stage] for row in found["shares"]] == pytest.approx(x / x.sum()), stage
    assert (found["resource"], found["stages"]["owned"]["total"]) == ("gpu_milli", 28)


def test_capability_by_every_curve_with_the_charters_own(run, pool):
    charter = pool / "charter.toml"
    charter.write_text(charter.read_text() + '\n[capability]\ncurve = "log"\nhalf = 4\n')
    rows = {row["curve"]: row for row in measured(run, pool)["capability"]["rows"]}
    x = np.array([8.0, 16.0, 4.0])
    expected = {"linear": x, "power_law 0.5": np.sqrt(x), "log": np.log1p(x / x.mean()), "charter": np.log1p(x / 4)}
    expected["hill 2"] = x**2 / (x**2 + x.mean() ** 2)
    for name, capability in expected.items():
        assert rows[name]["gini"] == pytest.approx(gini(capability)), name
        assert rows[name]["hhi"] == pytest.approx(hhi(capability)), name
    assert rows["linear"]["total"] == pytest.approx(3)
    assert rows["power_law 0.5"]["flatters"]
    assert not rows["hill 2"]["flatters"]


def test_assets_apart_and_together_with_the_range_of_other_weights(run, rich):
    found = measured(run, rich, "--weights", "compute=2,data=1,talent=1")
    s = np.array([[8, 16, 4], [5, 5, 9], [20, 20, 2]]) / np.array([[28], [19], [42]])
    together = np.array([0.5, 0.25, 0.25]) @ s
    assert found["assets"]["talent"]["indices"]["hhi"] == pytest.approx(1e4 * (s[2] ** 2).sum())
    assert [row["composite"] for row in found["shares"]] == pytest.approx(together)
    composite = found["composite"]
    assert composite["indices"]["hhi"] == pytest.approx(1e4 * (together**2).sum())
    assert composite["hhi_range"][0] <= composite["indices"]["hhi"] <= composite["hhi_range"][1]
    assert composite["hhi_range"][1] == pytest.approx(max(1e4 * (row**2).sum() for row in s))
    ranks = {row["member"]: (row["best_rank"], row["rank"], row["worst_rank"]) for row in composite["members"]}
    assert ranks == {"biology": (1, 2, 3), "physics": (1, 1, 2), "startup": (1, 3, 3)}
    again = measured(run, rich, "--weights", "compute=2,data=1,talent=1", "--seed", "1")["composite"]
    assert again["hhi_drawn"] != composite["hhi_drawn"]


def test_votes_are_not_power(run, pool):
    rows = {row["member"]: row for row in measured(run, pool)["shares"]}
    assert rows["physics"]["standing"] == pytest.approx(4 / 7)
    assert [rows[name]["banzhaf"] for name in ("biology", "physics", "startup")] == [0, 1, 0]
    assert [rows[name]["shapley_shubik"] for name in ("biology", "physics", "startup")] == [0, 1, 0]
    assert "physics has 57.1 % of the votes and 100.0 % of the power" in " ".join(
        run("capability", "measure", pool)[1].split()
    )


def test_power_of_many_members_is_counted_in_thousandths(run, pool):
    (pool / "jobs.csv").unlink()
    (pool / "members.csv").write_text("id\n" + "".join(f"m{i:02}\n" for i in range(30)))
    (pool / "nodes.csv").write_text("id,owner,flavor,gpu\n" + "".join(f"n{i},m{i:02},a,{i + 1}\n" for i in range(30)))
    (pool / "claims.csv").write_text("id,member,tasks,gpu\nc,m01,2,1\n")
    rows = measured(run, pool)["shares"]
    assert sum(row["banzhaf"] for row in rows) == pytest.approx(1)
    assert rows[-1]["banzhaf"] == pytest.approx(30 / 465, rel=0.05)


def test_what_was_used_comes_from_a_run(run, pool):
    (pool / "jobs.csv").write_text(JOBS)
    (pool / "claims.csv").unlink()
    assert run("run", pool, "--no-sizing", "--out", "RUN")[0] == 0
    found = measured(run, pool, "--run", "RUN", "--resource", "gpu")
    seconds = np.array([8 * 3600, 8 * 3600 + 4 * 1800, 2 * 7200.0])
    assert [row["used"] for row in found["shares"]] == pytest.approx(seconds / seconds.sum())
    assert {"owned", "granted", "used"} == found["stages"].keys()
    assert {row["stage"] for row in found["capability"]["rows"]} == {"owned", "granted", "used"}
    members = pool / "members.csv"
    members.write_text(members.read_text().replace("120", "121"))
    code, _, error = run("capability", "measure", pool, "--run", "RUN")
    assert (code, "the pool has changed since it was run: members.csv" in error) == (0, True)
    members.write_text(members.read_text() + "late,1,south,company\n")
    code, _, error = run("capability", "measure", pool, "--run", "RUN")
    assert (code, "divides among other members" in error) == (2, True)


def test_a_pool_of_which_nobody_owns_anything(run, pool):
    (pool / "nodes.csv").write_text("id,flavor,gpu\nn1,a,8\n")
    (pool / "charter.toml").write_text('[entitlements]\nrule = "equal"\n')
    (pool / "claims.csv").write_text("id,member,tasks,gpu\nc,physics,2,1\n")
    code, said, _ = run("capability", "measure", pool)
    assert code == 0
    assert "Nobody owns" in said


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("--resource", "gppu"), 2, 'the pool has no resource "gppu"'),
        (("--weights", "data"), 2, "is not of the form asset=number"),
        (("--weights", "dta=1"), 2, 'did you mean "data"'),
        (("--weights", "data=-1"), 2, "are no weights"),
        (("--run", "NOWHERE"), 3, "there is no run in NOWHERE"),
    ],
)
def test_wrong_use_is_told(run, rich, arguments, code, expected):
    found, said, error = run("capability", "measure", rich, *arguments)
    assert (found, said) == (code, "")
    assert expected in error


def test_assets_that_are_not_said_are_told_at_once(run, rich):
    path = rich / "members.csv"
    path.write_text(path.read_text().replace(",5,20", ",,0").replace(",9,2", ",9,0"))
    code, _, error = run("capability", "measure", rich)
    assert code == 2
    assert "it is not said what biology, physics has" in error
    assert "nobody has any" in error


def test_tables_fit_what_they_show(run, rich):
    assert run("plan", rich, "--out", "PLAN.json")[0] == 0
    code, said, _ = run("capability", "measure", rich, "--plan", "PLAN.json")
    assert code == 0
    for piece in (
        "Three laboratories: GPU of 3 members",
        "What GPU buys, by curve",
        "All assets together",
        "Shapley–Shubik",
    ):
        assert piece in said
    code, said, _ = run("capability", "measure", rich, "-o", "csv")
    assert said.splitlines()[:2] == ["of,curve,index,value", "owned,,hhi,4285.714285714285"]
