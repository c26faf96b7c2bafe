"""What is written for other schedulers: a Slurm that is played here takes it and gives it back, Kueue's rules hold."""

import csv
import io
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import loop
from apportion.errors import BadInput
from apportion.exports import csv as table
from apportion.exports import kueue, slurm
from apportion.exports._grants import ONE, granted
from apportion.exports._names import plain_names
from making import MICRO, Case, Claim, cases, plan_of, situation_of

# A little of sacctmgr: accounts in a JSON file, names in lower case, refusing what it does not know.
SACCTMGR = """
import json, os, sys
store = os.environ["STORE"]
accounts = json.load(open(store))
words = [word for word in sys.argv[1:] if word not in ("-i", "-nP")]
verb, kind, *rest = words
cut = rest.index("set") if "set" in rest else len(rest)
pairs = dict(word.split("=", 1) for word in rest[:cut] if "=" in word)
named = [name.lower() for name in (pairs.get("name") or pairs.get("account", "")).split(",")]
def limits(old, new):
    both = {**dict(p.split("=") for p in old.split(",") if p), **dict(p.split("=") for p in new.split(",") if p)}
    return ",".join(f"{k}={v}" for k, v in sorted(both.items()) if v != "-1")
if verb == "show":
    for name in named:
        if name in accounts:
            print("|".join([name, "", accounts[name]["Share"], accounts[name]["GrpTRES"]]))
            print("|".join([name, "somebody", "7", ""]))
elif verb == "add":
    assert named[0] not in accounts
    accounts[named[0]] = {"Share": "1", "GrpTRES": "", "about": pairs["description"]}
elif verb == "delete":
    del accounts[named[0]]
elif verb == "modify":
    for word in rest[cut + 1:]:
        key, value = word.split("=", 1)
        if key == "fairshare":
            accounts[named[0]]["Share"] = value
        elif key == "GrpTRES":
            accounts[named[0]]["GrpTRES"] = limits(accounts[named[0]]["GrpTRES"], value)
        else:
            sys.exit(f"unknown {key}")
else:
    sys.exit(f"unknown {verb}")
json.dump(accounts, open(store, "w"))
"""
NASTY = [
    "physics",
    "Physics",
    "物理 所",
    "a'b\"c",
    "$(touch x)",
    "`touch x`",
    "-rf",
    "a;touch x",
    "two\nlines",
    "root",
    "x=y,z",
]


@pytest.fixture
def cluster(tmp_path):
    """A directory with a `sacctmgr` to play with; gives a function that runs the script and one that reads the accounts."""
    tool = tmp_path / "bin" / "sacctmgr"
    tool.parent.mkdir()
    tool.write_text(f"#!{sys.executable}\n{SACCTMGR}")
    tool.chmod(0o755)
    store = tmp_path / "accounts.json"
    store.write_text(json.dumps({"physics": {"Share": "13", "GrpTRES": "gres/gpu=99,node=4", "about": ""}}))

    def go(*arguments):
        path = f"{tool.parent}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "STORE": str(store)}
        return subprocess.run(
            ["sh", "slurm.sh", *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    return tmp_path, go, lambda: json.loads(store.read_text())


def nasty():
    return situation_of(
        (64, 512, 24),
        [(4, 32, 2)] * len(NASTY),
        tasks=[1] * len(NASTY),
        members=NASTY,
        weights=dict.fromkeys(NASTY, 1.0),
    )


def test_a_slurm_takes_the_script_and_the_undo_brings_back_what_was(cluster):
    directory, go, accounts = cluster
    before = accounts()
    situation = nasty()
    written = slurm.write(situation, plan_of(situation, [1] * len(NASTY)))
    (directory / written.name).write_text(written.text)
    done = go()
    assert done.returncode == 0, done.stderr
    after = accounts()
    assert len(after) == len(NASTY)
    assert after["physics"] == {"Share": "1", "GrpTRES": "cpu=4,gres/gpu=2,mem=32768,node=4", "about": ""}
    assert {one["GrpTRES"] for name, one in after.items() if name != "physics"} == {"cpu=4,gres/gpu=2,mem=32768"}
    assert "root" not in after
    assert any("物理 所" in one["about"] for one in after.values())
    again = go()
    assert again.returncode == 1
    assert "undo first" in again.stderr
    assert go("undo").returncode == 0
    assert accounts() == before
    assert {path.name for path in directory.iterdir()} == {"bin", "slurm.sh", "accounts.json"}


def test_slurm_counts_whole_gpus_down_and_says_what_is_lost():
    situation = situation_of((9, 9, 2), [(1, 1, 1)] * 3)
    written = slurm.write(situation, plan_of(situation, [0.7, 0.7, 0.6]))
    assert written.text.count("gres/gpu=0") == 3
    assert any("2.000 of 2.000 gpu" in fault.what for fault in written.losses)
    assert "2.000 of 2.000 gpu" in written.text


def test_slurm_limits_a_flavor_whose_type_is_named_and_tells_of_the_others():
    situation = situation_of({"a100": (0, 0, 8), "h100": (0, 0, 4)}, [(0, 0, 1)], tasks=[12])
    plan = plan_of(situation, [[5, 3]])
    typed = slurm.write(situation, plan, types="a100=a100,h100=hopper", cluster="big one")
    assert "gres/gpu=8,gres/gpu:a100=5,gres/gpu:hopper=3" in typed.text
    assert "cluster='big one'" in typed.text
    assert typed.losses == ()
    assert any("h100" in fault.what for fault in slurm.write(situation, plan).losses)
    with pytest.raises(BadInput, match="a100"):
        slurm.write(situation, plan, types="a10=a100")


def documents(situation, plan, **parameters):
    written = kueue.write(situation, plan, **parameters)
    return written, list(yaml.safe_load_all(written.text))


def whole(quantity):
    return int(re.match(r"\d+", str(quantity))[0])


@settings(deadline=None, max_examples=40)
@given(cases(), st.sampled_from(["proportional", "equal"]))
def test_kueues_quotas_are_what_is_granted_and_add_up_to_the_pool(case, policy):
    situation = case.situation()
    plan = loop.decide(situation, loop.rule(policy))
    _, made = documents(situation, plan)
    queues = [one for one in made if one["kind"] == "ClusterQueue"]
    (cohort,) = [one for one in made if one["kind"] == "Cohort"]
    held = granted(situation, plan)
    groups = [one["spec"]["resourceGroups"][0] for one in [*queues, cohort]]
    for group in groups:  # Kueue's own validation of a resource group
        for flavor in group["flavors"]:
            assert [one["name"] for one in flavor["resources"]] == group["coveredResources"]
    steps = {"cpu": 1000, "memory": 1024, "nvidia.com/gpu": 1}
    for f in range(len(situation.flavors)):
        for r, name in enumerate(groups[0]["coveredResources"]):
            quota = [whole(group["flavors"][f]["resources"][r]["nominalQuota"]) for group in groups]
            exact = [int(amount) * steps[name] / ONE for amount in held[:, f, r]]
            assert all(q <= e + 0.05 for q, e in zip(quota, exact, strict=False))
            assert all(e - q < 1.0 for q, e in zip(quota, exact, strict=False))
            assert sum(quota) == int(situation.capacity[f, r]) * steps[name] // 1000


def test_kueue_names_are_lawful_and_the_ids_are_kept():
    situation = nasty()
    _, made = documents(situation, plan_of(situation, [1] * len(NASTY)))
    queues = [one for one in made if one["kind"] == "ClusterQueue"]
    assert all(re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", one["metadata"]["name"]) for one in made)
    assert len({one["metadata"]["name"] for one in queues}) == len(NASTY)
    kept = {one["metadata"].get("annotations", {}).get("apportion-member", one["metadata"]["name"]) for one in queues}
    assert kept == set(NASTY)


def test_kueue_labels_versions_namespaces_and_no_borrowing():
    situation = situation_of({"a100": (0, 0, 8), "h100": (0, 0, 4)}, [(0, 0, 1)], tasks=[12])
    plan = plan_of(situation, [[5, 3]])
    written, made = documents(situation, plan)
    assert any("no node label" in fault.what for fault in written.losses)
    assert "cohortName" in made[3]["spec"]
    options = {"label": "gpu-kind", "api": "v1beta1", "namespace": "shared", "borrow": False, "gpu": "amd.com/gpu"}
    written, made = documents(situation, plan, **options)
    assert written.losses == ()
    assert [one["kind"] for one in made] == ["ResourceFlavor", "ResourceFlavor", "ClusterQueue", "LocalQueue"]
    assert made[1]["spec"] == {"nodeLabels": {"gpu-kind": "h100"}}
    assert made[2]["apiVersion"] == "kueue.x-k8s.io/v1beta1"
    assert made[2]["spec"]["cohort"] == "apportion"
    first = made[2]["spec"]["resourceGroups"][0]["flavors"][0]["resources"]
    assert {"name": "amd.com/gpu", "nominalQuota": "5", "borrowingLimit": "0"} in first
    assert made[3]["metadata"]["namespace"] == "shared"
    with pytest.raises(BadInput, match="v1beta2"):
        kueue.write(situation, plan, api="v1")


def test_an_amount_a_hair_below_a_whole_counts_as_whole():
    situation = situation_of((0, 0, 3), [(0, 0, 1)] * 3)
    plan = plan_of(situation, [0.999999, 1.000001, 1])
    assert slurm.write(situation, plan).text.count("gres/gpu=1") == 3


def test_the_table_has_exact_decimals_and_runs_no_formula():
    case = Case(
        {"=cmd()": 1.0},
        {"@flavor": (1_000_000, 7)},
        (Claim("+claim", "=cmd()", 3 * MICRO, (1, 7), (1.0,)),),
    )
    situation = case.situation()
    written = table.write(situation, plan_of(situation, [1.000001]))
    (row,) = csv.DictReader(io.StringIO(written.text))
    assert row == {
        "member": "'=cmd()",
        "claim": "'+claim",
        "user": "",
        "flavor": "'@flavor",
        "tasks": "1.000001",
        "cpu": "0.001000001",
        "memory_gib": "0.007000007",
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(min_size=1), unique=True, max_size=12))
def test_every_text_gets_a_lawful_name_of_its_own(ids):
    for allowed in (slurm.ACCOUNT, kueue.NAME):
        names = plain_names(ids, allowed)
        assert all(re.fullmatch(allowed, name) for name in names.values())
        assert len(set(names.values())) == len(ids)


def test_sums_of_grants_are_exact_beyond_64_bits():
    situation = situation_of((4e12,), [(2e12,), (2e12,)], tasks=[1, 1], members=["a", "a"])
    plan = plan_of(situation, [1, 1])
    assert int(granted(situation, plan)[0, 0, 0]) == 4 * 10**12 * ONE
    assert not np.array_equal(granted(situation, plan), granted(situation, plan_of(situation, [1, 0.999999])))
