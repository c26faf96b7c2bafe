"""Do the proofs about certificates confirm what is known to be right, and refute what is not?"""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.arrays import ints
from apportion.domain.certificate import Certificate
from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.ledger.plan_file import plan_json, read_plan, write_plan
from apportion.policies import drf, max_min, proportional
from apportion.proofs import core, leximin_levels, market_clearing, optimal, sharing_incentive
from apportion.solver.plans.certified import certified, whole_prices
from certifying import HIGHS, concave_plan, finished, leximin_plan, packed_plan, random_case, utilitarian_plan
from making import cases, plan_of, situation_of

MICRO = 10**6
NETWORK = situation_of((1, 1), [(1, 1), (1, 0), (0, 1)])  # one long flow and two short ones, over two links
EVEN = {"weighing": "stated", "stated": ints([MICRO] * 3)}
LEVEL = ints([0, 0, 0])

KNOWN = {  # name: situation, tasks, prices of a unit, certificate, objective over the sum of weights
    "linear network, utilitarian": (NETWORK, [0, 1, 1], [(1, 1)], Certificate("linear", **EVEN), 2.0),
    "linear network, max-min": (
        NETWORK,
        [1 / 2] * 3,
        [(1, 1)],
        Certificate("leximin", level_of=LEVEL, **EVEN),
        0.5,
    ),
    "linear network, nash": (
        NETWORK,
        [1 / 3, 2 / 3, 2 / 3],
        [(3 / 2, 3 / 2)],
        Certificate("nash", **EVEN),
        np.log(4 / 27),
    ),
    "two jobs on two flavors, nash": (
        situation_of({"a": (1,), "b": (1,)}, [(1,), (1,)], speed=[(4, 1), (2, 1)], tasks=[1, 1]),
        [(5 / 6, 1 / 6), (1 / 6, 5 / 6)],
        [(3 / 7,), (0,)],
        Certificate("nash"),
        np.log(7 / 2 * 7 / 6) / 2,
    ),
    "Fisher market, mirrored tastes": (
        situation_of({"a": (1,), "b": (1,)}, [(1,), (1,)], speed=[(2, 1), (1, 2)]),
        [(1, 0), (0, 1)],
        [(0.5,), (0.5,)],
        Certificate("nash", weighing="budget", budget=ints([1, 1])),
        np.log(2),
    ),
    "Fisher market, unequal budgets": (
        situation_of({"a": (1,), "b": (1,)}, [(1,), (1,)], speed=[(1, 0), (1, 1)]),
        [(1, 0), (0, 1)],
        [(2 / 3,), (1 / 3,)],
        Certificate("nash", weighing="budget", budget=ints([2, 1])),
        0.0,
    ),
    "nine cores and 18 GB, nash": (
        situation_of((9, 18), [(1, 4), (3, 1)]),
        [45 / 11, 18 / 11],
        [(1 / 10, 1 / 180)],
        Certificate("nash", weighing="member"),
        np.log(45 / 11 * 18 / 11) / 2,
    ),
}


def made(name):
    situation, tasks, prices, certificate, objective = KNOWN[name]
    x = np.array(tasks, dtype=float).reshape(situation.runs_on.shape)
    return situation, finished(situation, x, [np.array(prices) / 1000], "by hand", certificate), objective


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers_are_optimal(name):
    situation, plan, objective = made(name)
    verdict = optimal.check(situation, plan)
    assert (verdict.status, verdict.exact) == (Status.HOLDS, True)
    assert plan.objective == pytest.approx(objective, abs=1e-5)
    assert plan.objective <= objective + 1e-12 <= plan.bound + 2e-12


@pytest.mark.parametrize("name", [name for name, known in KNOWN.items() if known[3].program == "nash"])
def test_known_prices_clear_the_market(name):
    situation, plan, _ = made(name)
    verdict = market_clearing.check(situation, plan)
    assert verdict.status == Status.HOLDS
    assert ("no equilibrium" in verdict.meaning) == (name == "two jobs on two flavors, nash")


def test_prices_that_leave_money_out_of_place_are_refuted():
    situation, plan, _ = made("Fisher market, unequal budgets")
    other, denominator = whole_prices(np.array([[[0.5e-3], [0.5e-3]]]))
    verdict = market_clearing.check(
        situation, certified(situation, replace(plan, prices=other, price_denominator=denominator))
    )
    assert verdict.status == Status.REFUTED


@pytest.mark.parametrize("proof", [optimal, leximin_levels, market_clearing])
def test_a_plan_that_claims_nothing_is_not_shown_to_be_anything(proof):
    assert proof.check(NETWORK, plan_of(NETWORK, [0, 1, 1])).status == Status.NOT_SHOWN


@pytest.mark.parametrize(("proof", "name"), [(leximin_levels, "nash"), (market_clearing, "max-min")])
def test_a_proof_about_another_program_is_not_shown(proof, name):
    situation, plan, _ = made(f"linear network, {name}")
    assert proof.check(situation, plan).status == Status.NOT_SHOWN


def test_a_policy_cannot_claim_another_program_than_its_own():
    situation, plan, _ = made("linear network, utilitarian")
    verdict = optimal.check(situation, replace(plan, policy="nash"))
    assert verdict.status == Status.REFUTED
    assert "another program" in verdict.meaning


def test_a_claim_with_nothing_leaves_the_gap_unbounded_and_is_named():
    certificate = Certificate("nash", **EVEN)
    plan = finished(NETWORK, np.array([[0.5], [0.5], [0]]), [[(1e-3, 1e-3)]], "by hand", certificate)
    assert (plan.objective, plan.bound, plan.gap) == (None, None, None)
    verdict = optimal.check(NETWORK, plan)
    assert (verdict.status, verdict.witness) == (Status.NOT_SHOWN, {"claim": "c2"})


def test_a_gap_that_is_wider_than_promised_is_refuted_though_it_is_stated_rightly():
    plan = finished(
        NETWORK, np.array([[0.4], [0.6], [0.6]]), [[(1.5e-3, 1.5e-3)]], "by hand", Certificate("nash", **EVEN)
    )
    verdict = optimal.check(NETWORK, plan)
    assert verdict.status == Status.REFUTED
    assert "wider than" in verdict.meaning


def test_certifying_needs_a_certificate_that_can_be_meant():
    with pytest.raises(ValueError, match="claims no optimum"):
        certified(NETWORK, plan_of(NETWORK, [0, 1, 1]))
    with pytest.raises(ValueError, match="one level"):
        certified(NETWORK, replace(plan_of(NETWORK, [0, 1, 1]), certificate=Certificate("nash")))


@pytest.mark.parametrize("seed", range(6))
def test_other_optimal_vertices_are_as_good(seed):
    situation = random_case(seed, minima=True).situation()
    for setting in HIGHS:
        for make in (utilitarian_plan, packed_plan):
            assert optimal.check(situation, make(situation, setting)).status == Status.HOLDS


def test_vertices_do_differ_and_equal_claims_can_be_exchanged():
    situation = situation_of((3,), [(1,)] * 4, tasks=[1] * 4)
    of = Certificate("linear", gain="runs", weighing="member")
    plans = [
        finished(situation, np.array(x)[:, None], [[[0.25e-3]]], "by hand", of)
        for x in ([1, 1, 1, 0], [0, 1, 1, 1], [0.75] * 4)
    ]
    assert [optimal.check(situation, plan).status for plan in plans] == [Status.HOLDS] * 3
    assert plans[0].certificate.gap == plans[1].certificate.gap


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("alpha", ["1", "0.5", "2"])
def test_interior_point_answers_are_certified(seed, alpha):
    situation = random_case(seed).situation()
    plan = concave_plan(situation, alpha)
    assert optimal.check(situation, plan).status == Status.HOLDS
    if alpha == "1":
        assert market_clearing.check(situation, plan).status == Status.HOLDS


@pytest.mark.parametrize("seed", range(10))
def test_levels_of_sequential_programs_are_certified(seed):
    situation = random_case(seed).situation()
    plan = leximin_plan(situation, [MICRO * (1 + i % 3) for i in range(len(situation.claims))])
    assert optimal.check(situation, plan).status == Status.HOLDS


def three_claims_two_levels(tasks, level_of):
    """c0 alone on a small flavor; c1 and c2 share a larger one, where 1 each is right."""
    situation = situation_of({"a": (0.5,), "b": (2,)}, [(1,)] * 3, speed=[(1, 0), (0, 1), (0, 1)])
    prices = np.array([[[1.0], [0.0]], [[0.0], [0.5]]]) / 1000
    of = Certificate("leximin", level_of=ints(level_of), **EVEN)
    x = np.array([(tasks[0], 0), (0, tasks[1]), (0, tasks[2])], dtype=float)
    return situation, finished(situation, x, prices, "by hand", of)


def test_two_levels_hold():
    assert optimal.check(*three_claims_two_levels((0.5, 1, 1), (0, 1, 1))).status == Status.HOLDS


def test_a_claim_above_its_level_cannot_be_called_held_by_it():
    assert optimal.check(*three_claims_two_levels((0.5, 1.5, 0.5), (0, 0, 1))).status == Status.REFUTED


def test_a_claim_below_its_level_cannot_be_called_held_by_a_later_one():
    assert optimal.check(*three_claims_two_levels((0.3, 1, 1), (1, 0, 0))).status != Status.HOLDS


def test_a_claim_below_its_cap_cannot_be_called_held_by_it():
    assert optimal.check(*three_claims_two_levels((0.5, 1, 1), (0, 1, -1))).status == Status.REFUTED


def beside_a_tiny_claim(tasks, level_of):
    """Who rounding leaves one millionth of 2.1 shares flavor `a` with c0; c1 and c2 share `b`, where 0.75 each is right."""
    situation = situation_of({"a": (0.5,), "b": (1.5,)}, [(1,)] * 4, speed=[(1, 0), (0, 1), (0, 1), (1, 0)])
    prices = np.array([[[1.0], [0.0]], [[0.0], [0.5]]]) / 1000
    stated = {"weighing": "stated", "stated": ints([10 * MICRO] * 3 + [21]), "per": 10 * MICRO}
    of = Certificate("leximin", level_of=ints(level_of), **stated)
    x = np.array([(tasks[0], 0), (0, tasks[1]), (0, tasks[2]), (1e-6, 0)], dtype=float) * (1 + 1e-11)
    return situation, finished(situation, x, prices, "by hand", of)


def test_rounding_of_a_tiny_claim_is_allowed():
    assert optimal.check(*beside_a_tiny_claim((0.499999, 0.75, 0.75), (0, 1, 1, 0))).status == Status.HOLDS


def test_rounding_of_a_tiny_claim_is_no_excuse_for_a_large_one():
    kept_too_much = beside_a_tiny_claim((0.499999, 0.9, 0.6), (0, 0, 1, 0))
    too_little_in_all = beside_a_tiny_claim((0.48, 0.75, 0.75), (0, 1, 1, 0))
    assert optimal.check(*kept_too_much).status == Status.REFUTED
    assert optimal.check(*too_little_in_all).status == Status.REFUTED


@pytest.mark.parametrize("seed", range(40))
def test_references_are_the_own_plans_that_max_min_takes(seed):
    situation = random_case(seed).situation()
    if len(situation.flavors) == 1:
        own = [float(n) for n in leximin_levels.own_plan(situation)]
        assert own == pytest.approx(max_min.own_plan(situation).tolist(), rel=1e-9)


def test_stated_references_must_be_the_own_plans():
    situation = random_case(11).situation()
    speed = [Fraction(repr(v)) for v in situation.claims.speed[:, 0].tolist()]
    own = [int(n * v) for n, v in zip(leximin_levels.own_plan(situation), speed, strict=True)]
    assert leximin_levels.check(situation, leximin_plan(situation, own)).status == Status.HOLDS
    other = leximin_plan(situation, [n + 10 for n in own])
    assert optimal.check(situation, other).status == Status.HOLDS
    assert leximin_levels.check(situation, other).status == Status.REFUTED


def test_references_on_several_flavors_are_not_shown():
    situation = random_case(0).situation()
    plan = leximin_plan(situation, [MICRO] * len(situation.claims))
    verdict = leximin_levels.check(situation, plan)
    assert verdict.status == Status.NOT_SHOWN
    assert "as they are" in verdict.meaning


HOME = situation_of(
    {"a": (0,), "b": (0,)},
    [(1,), (1,)],
    members=["x", "y"],
    tasks=[9, 9],
    speed=[(1, 2), (2, 1)],
    owned={("a", "x"): (4,), ("b", "y"): (4,)},
)


def test_two_owners_who_would_rather_exchange_block_staying_at_home():
    at_home = core.check(HOME, plan_of(HOME, [(4, 0), (0, 4)]))
    assert at_home.status == Status.REFUTED
    assert at_home.witness["coalition"] == ["x", "y"]
    assert sharing_incentive.check(HOME, plan_of(HOME, [(4, 0), (0, 4)])).status == Status.HOLDS
    assert core.check(HOME, plan_of(HOME, [(0, 4), (4, 0)])).status == Status.HOLDS


def test_a_member_that_has_nothing_blocks_with_whom_it_can():
    division = plan_of(HOME, [(4, 0), (0, 0)])
    witness = core.check(HOME, division).witness
    assert "y" in witness["coalition"]


def test_prices_settle_any_number_of_members():
    many = situation_of((40,), [(1,)] * 40, tasks=[9] * 40)
    assert core.check(many, plan_of(many, [1] * 40)).status == Status.HOLDS
    unequal = plan_of(many, [0.5, 1.5] + [1] * 38)
    assert core.check(many, unequal).status == Status.NOT_SHOWN


def test_drf_on_equal_shares_is_in_the_core():
    situation = situation_of((9, 18), [(1, 4), (3, 1)])
    assert core.check(situation, drf.divide(situation)).status == Status.HOLDS


@settings(deadline=None, max_examples=60)
@given(case=cases(flavors=(1, 2), most_claims=5), seed=st.integers(0, 99))
def test_what_one_member_can_do_alone_is_a_coalition(case, seed):
    situation = case.situation()
    plan = proportional.divide(situation)
    part = np.random.default_rng(seed).choice([0.0, 0.5, 1.0], plan.tasks_micro.shape)
    plan = replace(plan, tasks_micro=np.floor(plan.tasks_micro * part).astype(np.int64))
    alone = sharing_incentive.check(situation, plan)
    together = core.check(situation, plan)
    if alone.status == Status.REFUTED and alone.exact:
        assert together.status != Status.HOLDS
    if together.status == Status.REFUTED:
        names = together.witness["coalition"]
        entitled = situation.standing.entitlement[np.isin(situation.members.id.astype(str), names)].sum(axis=0)
        use = np.zeros(entitled.shape)
        for claim, grants in together.witness["could_have"].items():
            i = situation.claims.id.tolist().index(claim)
            for flavor, tasks in grants.items():
                use[situation.flavors.index(flavor)] += float(tasks) * situation.claims.bundle[i]
        assert (use <= entitled * (1 + 1e-12) + 1e-9).all()


def test_a_wide_gap_of_whole_tasks_is_confirmed_and_no_optimum():
    situation = situation_of((3,), [(2,), (2,)], tasks=[1, 1], priority=[1, 1])
    of = Certificate("linear", gain="runs", weighing="priority")
    plan = finished(situation, np.array([[1.0], [0.0]]), [[[0.5e-3]]], "priority_packing", of)
    verdict = optimal.check(situation, plan)
    assert verdict.status == Status.NOT_SHOWN
    assert "whole ones" in verdict.meaning
    assert plan.gap == pytest.approx(0.5, abs=1e-5)
    assert optimal.check(situation, replace(plan, policy="by hand")).status == Status.REFUTED


def test_a_ceiling_needs_a_guardrail():
    situation, plan, _ = made("linear network, nash")
    lowered = replace(plan, certificate=replace(plan.certificate, ceiling=10**8))
    assert "guardrail" in optimal.check(situation, lowered).meaning


def test_a_parameter_of_the_plan_must_be_that_of_its_certificate():
    situation = random_case(3).situation()
    plan = replace(concave_plan(situation, "2"), policy="alpha_fair", parameters={"alpha": 2.0})
    assert optimal.check(situation, plan).status == Status.HOLDS
    assert optimal.check(situation, replace(plan, parameters={"alpha": 3.0})).status == Status.REFUTED


def test_a_certified_plan_is_read_back_as_it_was(tmp_path):
    situation, plan, _ = made("linear network, max-min")
    write_plan(tmp_path / "PLAN.json", situation, plan)
    read = read_plan(tmp_path / "PLAN.json", situation)
    assert read.digest(situation) == plan.digest(situation)
    assert optimal.check(situation, read).status == Status.HOLDS


BROKEN = {
    "a field nobody knows": lambda raw: raw["certificate"].update(colour="red"),
    "no program": lambda raw: raw["certificate"].pop("program"),
    "a column of words": lambda raw: raw["certificate"].update(level_of=["a", "b", "c"]),
    "a certificate that is a word": lambda raw: raw.update(certificate="optimal"),
    "ragged prices": lambda raw: raw["prices"].update(levels=[[[1], [1, 2]]]),
    "prices beyond 64 bits": lambda raw: raw["prices"].update(levels=[[[10**30, 1]]]),
    "a denominator of zero": lambda raw: raw["prices"].update(denominator=0),
    "parts that are a word": lambda raw: raw["certificate"].update(per="many"),
    "no grants": lambda raw: raw.update(grants=None),
    "a denominator that is none": lambda raw: raw["prices"].update(denominator="many"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_certificate_is_bad_input(tmp_path, what):
    situation, plan, _ = made("linear network, max-min")
    raw = plan_json(situation, plan)
    BROKEN[what](raw)
    (tmp_path / "PLAN.json").write_text(json.dumps(raw), "utf-8")
    with pytest.raises(BadInput):
        read_plan(tmp_path / "PLAN.json", situation)
