"""capability groups, as a user meets it: what is printed, and with which exit code."""

import json
from pathlib import Path

import numpy as np
import pytest

MODELS = """model,accuracy,region,size,cases
m1,0.9,north,small,100
m2,0.8,north,large,300
m3,0.7,south,small,100
m4,0.95,south,large,100
m5,0.5,south,large,200
"""


@pytest.fixture
def models(tmp_path):
    path = tmp_path / "models.csv"
    path.write_text(MODELS)
    return path


@pytest.fixture
def pool(run):
    assert run("init", "pool")[0] == 0
    return Path("pool")


def compared(run, *arguments):
    code, said, error = run("capability", "groups", *arguments, "-o", "json")
    assert code == 0, error
    return json.loads(said)


def test_each_grouping_alone_and_all_crossed(run, models):
    found = compared(run, models, "--outcome", "accuracy", "--by", "region", "--by", "size")
    assert [one["by"] for one in found["groupings"]] == ["region", "size", "region × size"]
    region = found["groupings"][0]
    assert [row["mean"] for row in region["groups"]] == pytest.approx([0.85, 2.15 / 3])
    assert region["difference"] == pytest.approx(0.85 - 2.15 / 3)
    assert region["ratio"] == pytest.approx(2.15 / 3 / 0.85)
    assert region["worst"] == "south"
    assert "interval" not in region["groups"][0]
    assert [row["n"] for row in found["groupings"][2]["groups"]] == [1, 1, 2, 1]


def test_weights_and_filters(run, models):
    asked = ("--outcome", "accuracy", "--by", "region", "--weight", "cases", "--where", "accuracy>0.6")
    found = compared(run, models, *asked, "--better", "low")
    north, south = found["groupings"][0]["groups"]
    assert (north["mean"], south["mean"]) == pytest.approx((0.825, 0.825))
    assert found["filters"] == ["accuracy>0.6: 4 of 5 rows"]
    assert (found["better"], found["sample"]) == ("low", False)


def test_intervals_are_for_samples_and_not_for_single_rows(run, models):
    found = compared(run, models, "--outcome", "accuracy", "--by", "region", "--by", "size", "--sample", "--seed", "3")
    region, _, both = found["groupings"]
    for row in region["groups"]:
        low, high = row["interval"]
        assert low <= row["mean"] <= high
    assert both["groups"][0]["interval"] == [None, None]
    assert both["difference_interval"] == [None, None]
    code, said, _ = run("capability", "groups", models, "--outcome", "accuracy", "--by", "region", "--sample")
    assert (code, "Intervals: 1,000 draws within each group, seed 0" in said) == (0, True)


def test_every_wrong_row_is_told(run, models):
    models.write_text(MODELS.replace("0.9,", ",").replace("large,100", "large,-1").replace("m5,0.5,south", "m5,0.5,"))
    code, _, error = run("capability", "groups", models, "--outcome", "accuracy", "--by", "region", "--weight", "cases")
    assert code == 2
    for piece in ("models.csv:2, column accuracy: the cell is empty", "no group is named", '"-1" is negative', "!="):
        assert piece in error


def test_outcomes_may_be_negative(run, models):
    models.write_text(MODELS.replace("0.7", "-2"))
    found = compared(run, models, "--outcome", "accuracy", "--by", "region")["groupings"][0]
    assert (found["ratio"], found["between_share"]) == (None, None)
    assert found["group_min"] == pytest.approx(-0.55 / 3)


def test_the_rate_of_a_group_is_its_work_over_what_it_is_entitled_to(run, pool):
    plan = json.loads(run("plan", pool, "--out", "PLAN.json", "-o", "json")[1])
    rate = np.array([row["rate"] for row in plan["members"]])
    found = compared(run, pool, "--outcome", "rate", "--by", "region")["groupings"][0]
    north = (rate[0] + rate[1]) / rate.sum() / (24 / 28)
    assert found["groups"][0]["mean"] == pytest.approx(north, rel=1e-6)
    assert found["overall"] == pytest.approx(1)


def test_wait_and_rho_are_those_of_a_replay(run, pool):
    told = json.loads(run("simulate", pool, "--discipline", "fair_share", "-o", "json")[1])["members"]
    by_name = {row["member"]: row for row in told}
    for outcome, key in (("wait", "mean_wait_s"), ("rho", "rho")):
        asked = ("--outcome", outcome, "--by", "group", "--discipline", "fair_share")
        found = compared(run, pool, *asked)
        company = next(row for row in found["groupings"][0]["groups"] if row["group"] == "company")
        assert company["mean"] == pytest.approx(by_name["startup"][key])
        assert found["better"] == "low"
        assert "replayed by fair_share" in found["how"]


def test_sizes_fall_into_bands(run, pool):
    found = compared(run, pool, "--outcome", "rate", "--by", "size")["groupings"][0]
    assert [row["group"] for row in found["groups"]] == ["15 to 40", "> 40", "≤ 15"]


def test_members_without_an_outcome_are_left_out_and_named(run, pool):
    (pool / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\nj,biology,0,60,1\nk,physics,0,60,1\n")
    found = compared(run, pool, "--outcome", "wait", "--by", "region")
    assert (found["rows"], found["left_out"]) == (2, ["startup"])
    assert (
        "startup: without wait, and left out"
        in run("capability", "groups", "pool", "--outcome", "wait", "--by", "region")[2]
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--outcome", "luck", "--by", "region", "--by", "colour"), 'members have no "colour"'),
        (("--outcome", "rate", "--by", "region", "--sample"), "whose members are all there are"),
        (("--outcome", "rate", "--by", "region", "--policy", "nope"), 'no policy is called "nope"'),
    ],
)
def test_wrong_use_is_told(run, pool, arguments, expected):
    code, said, error = run("capability", "groups", pool, *arguments)
    assert code in {2, 3}
    assert said == ""
    assert expected in error


def test_a_column_that_nobody_filled_in(run, pool):
    (pool / "members.csv").write_text("id,size\nbiology,1\nphysics,\nstartup,\n")
    for by, expected in (("region", "no member has a region"), ("size", "no size for physics, startup")):
        code, _, error = run("capability", "groups", pool, "--outcome", "rate", "--by", by)
        assert (code, expected in error) == (2, True)
