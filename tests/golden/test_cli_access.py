"""capability access, as a user meets it: what is printed, and with which exit code."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def pool(run):
    """Three laboratories with 8, 16 and 4 GPUs."""
    assert run("init", "pool")[0] == 0
    nodes = Path("pool/nodes.csv")
    nodes.write_text(nodes.read_text().replace("gpu-node", "a100-80g"))
    return Path("pool")


def counted(run, *arguments):
    code, said, error = run("capability", "access", *arguments, "-o", "json")
    assert code == 0, error
    return json.loads(said)


def by_way(found):
    return {way["way"]: way for way in found["ways"]}


def test_ten_chips_for_ten_hours(run, pool):
    """100 hours of an A100 within 10 hours take ten A100s at any one utilisation."""
    for part in ("0.4", "0.05"):
        asked = ("--workload", "100h@a100", "--within", "10h", "--utilisation", part)
        (found,) = counted(run, pool, *asked)["workloads"]
        assert found["needs_peak"] == pytest.approx(10 * 3.12e14)
        ways = by_way(found)
        assert ways["owned"]["members"] == ways["entitled"]["members"] == ["physics"]
        assert (ways["equal parts"]["able"], ways["whole pool"]["able"]) == (0, 3)
        assert ways["owned"]["fastest_s"] == pytest.approx(100 / 16 * 3600)
        assert ways["owned"]["median_s"] == pytest.approx(100 / 8 * 3600)


def test_exactly_enough_is_enough(run, pool):
    (found,) = counted(run, pool, "--workload", "40h@a100", "--within", "5h")["workloads"]
    assert by_way(found)["owned"]["members"] == ["biology", "physics"]


def test_each_rule_gives_what_it_grants(run, pool):
    asked = ("--policy", "proportional", "--policy", "max_min", "--workload", "110h@a100", "--within", "10h")
    (found,) = counted(run, pool, *asked)["workloads"]
    for rule in ("proportional", "max_min"):
        assert run("plan", pool, "--policy", rule, "--out", f"{rule}.json")[0] == 0
        plan = json.loads(Path(f"{rule}.json").read_text())
        gpus = {row["member"]: row["share"]["gpu_milli"] * 28 for row in plan["members"]}
        assert by_way(found)[f"rule {rule}"]["members"] == [name for name, held in gpus.items() if held >= 11]


def test_named_workloads_by_group(run, pool):
    found = counted(run, pool, "--by", "region", "--by", "size")
    assert [one["workload"] for one in found["workloads"]] == ["finetune-7b", "train-1e24", "serve-100rps"]
    assert found["workloads"][0]["needs_peak"] == pytest.approx(4.2e19 / (7 * 86_400 * 0.4))
    assert found["workloads"][2]["within_s"] is None
    assert found["workloads"][2]["needs_peak"] == pytest.approx(1.4e16)
    owned = by_way(found["workloads"][0])["owned"]
    assert owned["groups"]["region"] == {"north": {"members": 2, "able": 2}, "south": {"members": 1, "able": 1}}
    assert by_way(found["workloads"][1])["whole pool"]["able"] == 0


def test_what_is_printed(run, pool):
    code, said, _ = run("capability", "access", pool, "--by", "region", "--workload", "100h@a100", "--within", "10h")
    assert code == 0
    words = " ".join(said.split())
    for piece in (
        "100h@a100: 4.49e+19 FLOP in 0.416667 days, at 40 % of the peak; needs 3.12e+15 FLOP/s at peak",
        "Members of 3 who could do 100h@a100: owned 1, entitled 1, equal parts 0, rule max_min",
        "Peak FLOP/s of a GPU, dense, 16 bit: a100-80g 3.12e+14. Chips: Epoch AI, CC BY 4.0.",
    ):
        assert piece in words, piece
    code, said, _ = run("capability", "access", pool, "--workload", "1e30")
    assert "Nobody can do 1e30, not even with the whole pool." in " ".join(said.split())


def test_a_flavor_by_chip_or_number(run, pool):
    nodes = pool / "nodes.csv"
    nodes.write_text(nodes.read_text().replace("a100-80g", "gpu-node"))
    assert counted(run, pool, "--peak", "gpu-node=H100")["peak"] == {"gpu-node": 9.894e14}
    assert counted(run, pool, "--peak", "gpu-node=2e14")["peak"] == {"gpu-node": 2e14}
    code, _, error = run("capability", "access", pool)
    assert (code, 'how fast is a GPU of flavor "gpu-node"?' in error) == (2, True)


def test_a_rule_that_declines_is_named(run, pool):
    found = counted(run, pool, "--policy", "talmud", "--policy", "least_cost")
    assert set(found["declined"]) <= {"talmud", "least_cost"}
    assert len(found["declined"]) + sum(way["way"].startswith("rule") for way in found["workloads"][0]["ways"]) == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--workload", "finetune-8b"), 'did you mean "finetune-7b"'),
        (("--workload", "5h@abacus"), 'there is no workload "5h@abacus"'),
        (("--workload", "0"), 'there is no workload "0"'),
        (("--within", "soon"), '"soon" is no time'),
        (("--utilisation", "1.5"), "is no part of a peak"),
        (("--peak", "b=a100", "--peak", "a100-80g=abacus"), '"abacus" is no chip'),
        (("--peak", "a100"), "is not of the form FLAVOR=CHIP"),
        (("--by", "colour"), 'members have no "colour"'),
    ],
)
def test_wrong_use_is_told(run, pool, arguments, expected):
    code, said, error = run("capability", "access", pool, *arguments)
    assert (code, said) == (2, "")
    assert expected in error


def test_a_pool_without_gpus(run, pool):
    (pool / "nodes.csv").write_text("id,owner,flavor,cpu\nn,biology,cpu,64\n")
    (pool / "claims.csv").write_text("id,member,tasks,cpu\nc,physics,2,1\n")
    (pool / "jobs.csv").unlink()
    code, _, error = run("capability", "access", pool)
    assert (code, "no node has a GPU" in error) == (2, True)
