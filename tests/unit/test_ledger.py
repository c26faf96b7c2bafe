"""Plans, situations and runs as files: there and back, and nothing by halves."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import apportion as ap
from apportion import loop
from apportion.domain.payments import Payments, rounded
from apportion.domain.plan import remarks
from apportion.errors import BadInput, NotFound
from apportion.ledger.files import whole_directory, write_whole
from apportion.ledger.plan_file import plan_json, read_plan, situation_path, write_plan
from apportion.ledger.situation_file import read_situation, situation_bytes


@pytest.fixture
def decided(tmp_path):
    directory = tmp_path / "pool"
    directory.mkdir()
    (directory / "charter.toml").write_text('name = "t"\n')
    (directory / "members.csv").write_text("id,size,region,group,asset:talent\n甲,1,n,g,3\nb,2.5,,,\n")
    (directory / "nodes.csv").write_text(
        "id,owner,flavor,gpu,gpu_memory_gib,runtime\n1,甲,f,8,80,cuda\n2,b,f,8,80,cuda\n"
    )
    (directory / "claims.csv").write_text(
        "id,member,tasks,min_tasks,gpu,priority,speed:f\nc,甲,9,1,1,2,0.1\nd,b,30.5,0,0.5,0,1\n"
    )
    read = ap.read(directory)
    situation = loop.assess(read)
    return situation, loop.decide(situation, loop.charter_rule(read.charter))


def test_a_situation_comes_back_with_its_digest(decided, tmp_path):
    situation, _ = decided
    file = tmp_path / "SITUATION.json"
    file.write_bytes(situation_bytes(situation))
    assert read_situation(file).digest == situation.digest
    assert situation_bytes(read_situation(file)) == situation_bytes(situation)


def test_a_changed_situation_is_noticed(decided, tmp_path):
    situation, _ = decided
    raw = json.loads(situation_bytes(situation))
    raw["claims"]["tasks_micro"][0] += 1
    file = tmp_path / "SITUATION.json"
    file.write_text(json.dumps(raw))
    with pytest.raises(BadInput, match="changed after it was written"):
        read_situation(file)


def sold(plan):
    return replace(plan, notes=("outside the core: b",), payments=Payments(np.array([2**60, 0]), 10**16))


def test_payments_and_notes_come_back(decided, tmp_path):
    situation, plan = decided
    file = tmp_path / "PLAN.json"
    write_plan(file, situation, sold(plan))
    again = read_plan(file, situation)
    assert again.digest(situation) == sold(plan).digest(situation) != plan.digest(situation)
    assert plan_json(situation, again) == plan_json(situation, sold(plan))
    assert remarks(situation, again) == (
        "payments a second, in the unit of value: b 115.2921504606846976; in all 115.2921504606846976",
        "outside the core: b",
    )


def test_a_plan_of_before_there_were_payments_is_read(decided, tmp_path):
    situation, plan = decided
    file = tmp_path / "PLAN.json"
    raw = plan_json(situation, plan)
    for key in ("payments", "notes"):
        raw.pop(key)
    file.write_text(json.dumps(raw))
    again = read_plan(file, situation)
    assert (again.payments, again.notes) == (None, ())
    assert again.digest(situation) == plan.digest(situation) == raw["digest"]


@pytest.mark.parametrize(
    "payments",
    [
        {"denominator": 0, "members": []},
        {"denominator": 1, "members": [{"member": "nobody", "paid": 1}]},
        {"denominator": 1, "members": [{"member": "b", "paid": -1}]},
        {"denominator": 1, "members": [{"member": "b", "paid": 1}] * 2},
        {"denominator": 1, "members": [{"member": "b", "paid": 2**63}]},
        [],
        3,
    ],
)
def test_payments_that_cannot_be_are_refused(decided, tmp_path, payments):
    situation, plan = decided
    file = tmp_path / "PLAN.json"
    file.write_text(json.dumps(plan_json(situation, plan) | {"payments": payments}))
    with pytest.raises(BadInput, match="these are not a plan's"):
        read_plan(file, situation)


@given(st.lists(st.floats(0, 9e16), min_size=1, max_size=5))
def test_payments_are_rounded_to_six_digits_of_the_largest_or_millionths(paid):
    found = rounded(np.array(paid))
    near = max(min(10**-6, max(paid) * 10**-5), max(paid) * 1e-15, 10**-17)
    assert all(abs(Fraction(one) - Fraction(int(n), found.denominator)) <= Fraction(near) for one, n in
               zip(paid, found.paid, strict=True))  # fmt: skip
    assert Fraction(found.total) == Fraction(sum(found.paid.tolist()), found.denominator)


def test_a_payment_beyond_all_digits_is_refused():
    with pytest.raises(OverflowError):
        rounded(np.array([1e17]))


def test_a_plan_comes_back(decided, tmp_path):
    situation, plan = decided
    file = tmp_path / "PLAN.json"
    write_plan(file, situation, plan)
    assert situation_path(file).name == "SITUATION.json"
    again = read_plan(file, situation)
    assert again.digest(situation) == plan.digest(situation)
    assert plan_json(situation, again) == plan_json(situation, plan)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("{", "not JSON"),
        ('{"policy": "equal"}', "no situation, grants"),
        ('{"policy": "a", "policy": "b"}', "twice"),
        ('{"policy": NaN}', "not a number"),
        ("[]", "no policy"),
    ],
)
def test_a_file_that_is_no_plan_is_told(decided, tmp_path, content, match):
    file = tmp_path / "PLAN.json"
    file.write_text(content)
    with pytest.raises(BadInput, match=match):
        read_plan(file, decided[0])


def test_grants_that_cannot_be_meant_are_all_told(decided, tmp_path):
    situation, plan = decided
    raw = plan_json(situation, plan)
    raw["grants"] = [
        {"claim": "nobody", "flavor": "f", "tasks_micro": 1},
        {"claim": "c", "flavor": "f", "tasks_micro": 1.5},
        {"claim": "c", "flavor": "f", "tasks_micro": 2**63},
    ]
    file = tmp_path / "PLAN.json"
    file.write_text(json.dumps(raw))
    with pytest.raises(BadInput) as raised:
        read_plan(file, situation)
    assert len(raised.value.faults) == 3


def test_no_plan_file(decided, tmp_path):
    with pytest.raises(NotFound):
        read_plan(tmp_path / "none.json", decided[0])


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a"
    write_whole(file, b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert file.read_bytes() == b"old"


def test_an_interrupted_directory_leaves_nothing(tmp_path):
    def interrupted():
        with whole_directory(tmp_path / "run", "run.json") as part:
            (part / "run.json").write_text("{}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_replaced_only_if_it_is_an_earlier_result(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "thesis.txt").write_text("precious")
    with pytest.raises(BadInput, match="not an earlier result"), whole_directory(run, "run.json"):
        pass
    assert (run / "thesis.txt").read_text() == "precious"
    (run / "thesis.txt").rename(run / "run.json")
    with whole_directory(run, "run.json") as part:
        (part / "run.json").write_text("new")
    assert (run / "run.json").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
