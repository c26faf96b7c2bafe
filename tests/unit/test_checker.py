"""Does the checker read what Apportion writes, work out what is true, and refuse what is not?"""

import ast
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import checker
from apportion.domain.arrays import ints
from apportion.domain.canonical import leaf, merkle_root
from apportion.domain.certificate import Certificate
from apportion.domain.payments import Payments
from apportion.domain.plan import Plan
from apportion.ledger.plan_file import plan_json, write_plan
from apportion.ledger.situation_file import situation_bytes
from apportion.solver.plans.certified import certified, question, whole_prices
from certifying import Slowly, finished, random_case, utilitarian_plan
from making import cases, plan_of, situation_of

MICRO = 10**6


@pytest.fixture
def files(tmp_path):
    """A plan that is right, as files."""
    situation = random_case(4).situation()
    plan = utilitarian_plan(situation)
    write_plan(tmp_path / "PLAN.json", situation, plan)
    return tmp_path


def statuses(out):
    return {line.split()[0]: line.split()[1] for line in out.splitlines()}


def test_it_imports_the_standard_library_only():
    tree = ast.parse(Path(checker.__file__).read_text("utf-8"))
    names = {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names <= sys.stdlib_module_names


def test_a_copy_of_it_works_alone(files):
    alone = shutil.copy(checker.__file__, files / "copied.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", alone, files / "PLAN.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert statuses(done.stdout) == dict.fromkeys(["situation", "plan", "feasible", "optimal"], "holds")


def test_a_plan_without_a_certificate_is_feasible_and_no_more(tmp_path, capsys):
    situation = situation_of((4,), [(1,)])
    write_plan(tmp_path / "PLAN.json", situation, plan_of(situation, [4]))
    assert checker.main([str(tmp_path / "PLAN.json")]) == 0
    assert statuses(capsys.readouterr().out)["optimal"] == "not_shown"


def test_compressed_files_are_read(files, capsys):
    for name in ("PLAN.json", "SITUATION.json"):
        (files / f"{name}.gz").write_bytes(gzip.compress((files / name).read_bytes()))
        (files / name).unlink()
    assert checker.main([str(files / "PLAN.json.gz")]) == 0
    assert statuses(capsys.readouterr().out)["optimal"] == "holds"


def edited(path, change):
    raw = json.loads(path.read_text("utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), "utf-8")


def shown_member(plan):
    plan["grants"][0]["member"] = "somebody else"


def shown_tasks(plan):
    plan["grants"][0]["tasks"] += 1


def shown_gap(plan):
    plan["gap"] = 0.0


def granted_twice(plan):
    plan["grants"].append(plan["grants"][0])


def granted_to_nobody(plan):
    plan["grants"][0]["claim"] = "nobody"


def granted_in_parts(plan):
    plan["grants"][0]["tasks_micro"] += 0.5


def another_policy(plan):
    plan["policy"] = "another"


def a_number_that_is_none(plan):
    plan["certificate"]["gap"] = "--1"
    plan["gap"] = None


def a_number_too_good(plan):
    plan["certificate"]["gap"] = "NaN"


@pytest.mark.parametrize(
    "change",
    [
        shown_member,
        shown_tasks,
        shown_gap,
        granted_twice,
        granted_to_nobody,
        granted_in_parts,
        another_policy,
        a_number_that_is_none,
        a_number_too_good,
    ],
)
def test_a_plan_that_shows_what_it_does_not_hold_is_refuted(files, capsys, change):
    edited(files / "PLAN.json", change)
    assert checker.main([str(files / "PLAN.json")]) == 6
    assert "refuted" in statuses(capsys.readouterr().out).values()


def sold(plan):
    plan["payments"] = {"denominator": 1_000_000, "members": [{"member": "m0", "paid": "9007199254740993"}]}


def test_payments_are_part_of_what_is_digested(files, capsys):
    situation = random_case(4).situation()
    paid = Payments(np.array([2**53 + 1, *[0] * (len(situation.members) - 1)]), MICRO)
    write_plan(files / "PLAN.json", situation, replace(utilitarian_plan(situation), payments=paid))
    for change, code in ((sold, 0), (lambda plan: plan.pop("payments"), 6), (sold, 0), (paid_less, 6)):
        edited(files / "PLAN.json", change)
        assert checker.main([str(files / "PLAN.json")]) == code
        assert statuses(capsys.readouterr().out)["plan"] == ("refuted" if code else "holds")


def paid_less(plan):
    plan["payments"]["members"][0]["paid"] = 1


def test_a_situation_changed_after_it_was_digested_is_refuted(files, capsys):
    edited(files / "SITUATION.json", lambda raw: raw["capacity"][0].__setitem__(0, 10**6))
    assert checker.main([str(files / "PLAN.json")]) == 6
    assert statuses(capsys.readouterr().out) == {"situation": "refuted"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{} x", '{"grants": []}', '{"a": 1, "a": 1}', '{"gap": NaN}', '{"grants": [1 2]}', "\0", "1"],
)
def test_what_is_no_plan_is_bad_input_and_never_a_traceback(files, capsys, text):
    (files / "PLAN.json").write_text(text, "utf-8")
    assert checker.main([str(files / "PLAN.json")]) == 2
    (files / "SITUATION.json").write_text(text, "utf-8")
    assert checker.main([str(files / "PLAN.json")]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["--help"], ["nowhere.json"]])
def test_wrong_use_is_told(capsys, arguments):
    assert checker.main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("text", ["[1 2]", "[1,]", "[,1]", "[1", "[", "{}", "1"])
def test_large_files_are_read_as_strictly(text):
    with pytest.raises(checker.UNREADABLE):
        list(checker.one_by_one(text, 0))


def test_large_files_are_read_as_small_ones(monkeypatch, files):
    plan, situation = (checker.document(files / name) for name in ("PLAN.json", "SITUATION.json"))
    small = checker.check(plan, situation)
    monkeypatch.setattr(checker, "LARGE", 0)
    assert checker.check(plan.replace(",", " ,\n "), situation.replace(",", " , ")) == small


@settings(deadline=None, max_examples=60)
@given(case=cases())
def test_it_finds_the_digests_that_apportion_writes(case):
    situation = case.situation()
    plan = plan_of(situation, np.zeros(situation.runs_on.shape))
    text = checker.encode(plan_json(situation, plan))
    found = {each.proof: each for each in checker.check(text, situation_bytes(situation).decode())}
    assert found["situation"].meaning == f"digest {situation.digest}"
    assert found["plan"].meaning == f"digest {plan.digest(situation)}"


def test_numbers_beyond_two_to_the_53_and_foreign_letters_are_read():
    many = situation_of((10**10,), [(0.001,), (1,)], tasks=[10**11, 3], members=["物理", "β"])
    plan = plan_of(many, [10**10, 0.5])
    text = checker.encode(plan_json(many, plan))
    found = checker.check(text, situation_bytes(many).decode())
    assert [each.status for each in found] == ["holds", "holds", "holds", "not_shown"]


@given(st.lists(st.integers(), max_size=40))
def test_the_tree_grows_to_the_root_of_rfc_6962(rows):
    tree = checker.Tree()
    for row in [0, *rows]:
        tree.add(row)
    assert tree.root() == merkle_root([leaf(str(row).encode()) for row in [0, *rows]]).hex()


def test_the_tree_of_one_row_is_its_leaf():
    tree = checker.Tree()
    tree.add(["a"])
    assert tree.root() == hashlib.sha256(b'\x00["a"]').hexdigest()


positive = st.integers(1, 10**40)


@given(positive, positive)
def test_a_logarithm_is_as_near_as_it_says(n, d):
    near, doubt = checker.logarithm(n, d)
    with localcontext(Context(90)):
        true = (Decimal(n) / Decimal(d)).ln() * checker.FINE
        assert near - doubt < true < near + doubt


@given(st.integers(-(300 << 128), 300 << 128))
def test_a_power_of_e_is_as_near_as_a_hair(x):
    with localcontext(Context(90)):
        true = (Decimal(x) / checker.FINE).exp()
        assert abs(checker.exponential(x) - true) < true * checker.HAIR / 1000


@given(st.fractions(), st.sampled_from([checker.ROUND_FLOOR, checker.ROUND_CEILING]))
def test_a_number_is_written_with_15_digits_on_the_right_side(number, way):
    written = Fraction(checker.text(number.numerator, number.denominator, way))
    apart = (number - written) * (1 if way == checker.ROUND_FLOOR else -1)
    assert 0 <= apart <= abs(number) / 10**14


@pytest.mark.parametrize(
    ("cells", "row"),
    [(("0.25", "3"), (100, [25, 300])), (("1E+2", "0.5"), (10, [1000, 5])), (("1E-7",), (10**7, [1])), ((), (1, []))],
)
def test_decimals_are_read_exactly(cells, row):
    assert checker.decimals(cells) == row


@pytest.mark.parametrize("cell", ["", "-1", "1_0", " 1", "nan", "1e5", "٣", ".5"])
def test_other_spellings_of_numbers_are_refused(cell):
    with pytest.raises(ValueError, match="decimals"):
        checker.decimals((cell,))


def chance_plan(seed: int) -> tuple:
    """A feasible plan by chance with prices by chance, and some claims outside or with minima; far from the best."""
    situation = random_case(seed, minima=True).situation()
    chance = np.random.default_rng(seed)
    x = chance.random(situation.runs_on.shape) * situation.possible
    use = np.einsum("if,ir->fr", x, situation.claims.bundle)
    x *= (situation.capacity / np.maximum(use, 1)).min(initial=1.0) / situation.claims.bundle.max() * 100
    prices = chance.random(situation.capacity.shape) * (chance.random(situation.capacity.shape) < 0.8) / 10**4
    return situation, x, prices[None], chance


WEIGHINGS = ("standing", "member", "priority", "stated", "budget", "value")


@pytest.mark.parametrize("weighing", WEIGHINGS)
@pytest.mark.parametrize("program", ["linear", "nash", "alpha_fair", "leximin"])
@pytest.mark.parametrize("seed", range(5))
def test_objective_bound_and_gap_are_those_worked_out_slowly(seed, program, weighing):
    situation, x, prices, chance = chance_plan(seed)
    situation = replace(situation, guardrails={"largest_share": 0.4})
    many, leximin = len(situation.claims), program == "leximin"
    certificate = Certificate(
        program,
        gain=("speed", "runs", "dominant")[seed % 3],
        weighing=weighing,
        alpha=("0.25", "2", "3.5")[seed % 3] if program == "alpha_fair" else "",
        stated=ints(chance.integers(0, 4, many) * MICRO) if weighing == "stated" else None,
        budget=ints(chance.integers(0, 4, len(situation.members))) if weighing == "budget" else None,
        level_of=ints(chance.integers(-1, 2, many)) if leximin else None,
        ceiling=int(chance.integers(0, 2)) * int(chance.integers(10**8, 10**9)),
    )
    prices = np.concatenate([prices, prices[:, ::-1] * 2 + 1e-5]) if leximin else prices
    plan = finished(situation, x, prices, "by chance", certificate)
    assert Slowly(situation, plan).agrees()


def test_a_leximin_plan_without_prices_has_everybody_at_its_cap():
    situation = situation_of((9,), [(1,), (1,)], tasks=[2, 3])
    plan = replace(plan_of(situation, [2, 3]), prices=np.zeros((0, 1, 1), dtype=np.int64))
    of = Certificate("leximin", weighing="stated", stated=ints([MICRO, MICRO]), level_of=ints([-1, -1]))
    stated = certified(situation, replace(plan, certificate=of)).certificate
    assert (stated.objective, stated.bound, stated.gap) == ("2", "2", "0")
    lower = replace(plan, tasks_micro=plan.tasks_micro // 2, certificate=of)
    assert float(certified(situation, lower).certificate.gap) == 1.0


def test_it_knows_the_hull_of_a_claim_with_minima():
    claim = checker.Term(0, 1, 1, 1, [1, 3, 2], (0, 1, 2), 1, 10, 0)
    assert list(checker.vertices(claim, [1, 9, 2])) == [(1, 1), (20, 20), (30, 90)]


def test_prices_keep_52_bits():
    prices = np.array([[[1e-300, 3e-301]]])
    whole, denominator = whole_prices(prices)
    assert abs(Fraction(int(whole[0, 0, 1]), denominator) - Fraction(3e-301)) <= Fraction(1e-300) / 2**50
    assert whole_prices(np.zeros((1, 1, 1)))[1] == 1


def test_the_columns_are_those_of_the_files():
    situation = random_case(3, minima=True).situation()
    plan = Plan("x", {}, situation.digest, np.zeros(situation.runs_on.shape, dtype=np.int64))
    read = checker.read_situation(situation_bytes(situation).decode()).question
    own = question(situation, plan)
    assert [Fraction(n, per) for per, row in read.speed for n in row] == [
        Fraction(n, per) for per, row in own.speed for n in row
    ]
    assert read._replace(grants=[], speed=[], value=[]) == own._replace(grants=[], speed=[], value=[])
