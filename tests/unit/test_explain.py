"""Why a grant is what it is, and what would have helped: each answer is checked by another way to the same number."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import loop, registry
from apportion.domain.arrays import ints, text
from apportion.errors import BadInput, NotFound
from apportion.explanation import explain, words
from apportion.explanation.changes import HELPS
from apportion.explanation.limits import Kind, limit
from making import MICRO, Case, Claim, plan_of, situation_of

DRF = {"capacity": (9, 18), "bundles": [(1, 4), (3, 1)]}  # Ghodsi et al., NSDI 2011, figure 3
GPUS = ("a100", "h100")


def decided(situation, policy="drf", **parameters):
    by = loop.rule(policy, parameters)
    return loop.decide(situation, by), by


def told(situation, name, policy="drf", viewer=None):
    plan, by = decided(situation, policy)
    return explain(situation, plan, by, name, viewer)


def case(**members):
    """Two flavors, of which the second is faster; members with weights, each with claims c<member>."""
    claims = [
        Claim("cu", "u", 4 * MICRO, (2000,), (1.0, 2.0)),
        Claim("cv", "v", 8 * MICRO, (1000,), (1.0, 0.0)),
        Claim("cw", "w", 3 * MICRO, (4000,), (1.0, 3.0)),
    ]
    return Case({"u": 2.0, "v": 1.0, "w": 1.0} | members, {"a100": (8000,), "h100": (4000,)}, tuple(claims))


def with_claim(before, name, **changes):
    claims = tuple(replace(claim, **changes) if claim.id == name else claim for claim in before.claims)
    return replace(before, claims=claims)


def test_the_binding_resource_is_named_and_one_more_of_it_is_worth_what_drf_says():
    found = told(situation_of(**DRF), "c0")
    (one,) = found.claims
    (scarce,) = one.limit.scarce
    assert (one.granted, one.limit.kind) == (3.0, Kind.RESOURCE)
    assert (scarce.resource, scarce.capacity, scarce.used) == ("cpu_milli", 9.0, 9.0)
    assert scarce.one_more == pytest.approx(90 / 29 - 3, abs=1e-5)  # 10 CPU: 4x/18 = 3y/10 and x + 3y = 10


def test_a_claim_that_got_all_is_held_back_by_nothing_and_may_ask_for_more():
    found = told(situation_of(**DRF, tasks=[1, 100]), "c0")
    assert found.claims[0].limit.kind is Kind.CAP
    assert [change.kind for change in found.changes] == ["tasks"]
    assert found.changes[0].tasks_after == 2.0


def test_a_claim_that_fits_nowhere_is_told_why_on_each_flavor():
    situation = situation_of({"a": (4, 0), "b": (4, 4)}, [(1, 1)], tasks=[9], speed=[(1, 0)])
    found = told(situation, "c0", "proportional")
    assert found.claims[0].limit.kind is Kind.NOWHERE
    reasons = {barred.flavor: barred.why for barred in found.claims[0].limit.barred}
    assert "memory_milli_gib" in reasons["a"]
    assert "no speed" in reasons["b"]
    assert [(c.kind, c.what, c.tasks_after) for c in found.changes] == [("flavor", "b", 4.0)]


def test_gpu_memory_and_runtime_that_do_not_fit_are_told_with_both_sides():
    situation = situation_of({"a": (0, 0, 4)}, [(0, 0, 1)], speed=[(0.0,)])
    nodes = replace(situation.nodes, gpu_memory_milli_gib=ints([40_000]), runtime=text(["cuda"]))
    for columns, said in (
        ({"gpu_memory_milli_gib": ints([80_000])}, "needs 80 GiB of memory on each GPU, there are 40"),
        ({"runtime": text(["rocm"])}, 'needs runtime "rocm", there is "cuda"'),
    ):
        changed = replace(situation, nodes=nodes, claims=replace(situation.claims, **columns))
        plan, _ = decided(changed, "proportional")
        assert said in limit(changed, plan, 0).barred[0].why


def test_room_that_the_plan_leaves_is_the_rules_doing():
    situation = situation_of(**DRF)
    plan, by = decided(situation)
    idle = replace(plan, tasks_micro=plan.tasks_micro // 2)
    found = explain(situation, idle, by, "c0")
    assert found.claims[0].limit.kind is Kind.RULE
    assert any("another plan" in note for note in found.notes)


def test_all_tasks_on_slower_nodes_is_told_as_such():
    situation = situation_of({"fast": (1,), "slow": (9,)}, [(1,)], tasks=[3], speed=[(2, 1)])
    found = limit(situation, plan_of(situation, [[1, 2]]), 0)
    assert found.kind is Kind.SLOWER
    assert [scarce.flavor for scarce in found.scarce] == ["fast"]


def test_prices_of_the_plan_are_given_for_a_whole_unit():
    situation = situation_of(**DRF)
    plan, by = decided(situation)
    priced = replace(plan, prices=np.array([[[3, 0]]]), price_denominator=1000)
    (scarce,) = explain(situation, priced, by, "c0").claims[0].limit.scarce
    assert scarce.price == 3.0  # 3/1000 for a thousandth of a CPU


@pytest.mark.parametrize(
    ("policy", "looks"), [("equal", set()), ("proportional", {"weight"}), ("demand_priority", {"priority"})]
)
def test_what_a_rule_looks_at_is_found_from_what_it_does(policy, looks):
    situation = situation_of(
        (10,), [(1,), (1,)], tasks=[20, 20], members=["a", "b"], weights={"a": 3, "b": 1}, priority=[0, 1]
    )
    assert set(told(situation, "a", policy).looks_at) == looks


def test_whoever_is_ahead_is_named_with_the_reason():
    situation = situation_of(
        (10,), [(1,), (1,)], tasks=[20, 20], members=["a", "b"], weights={"a": 1, "b": 1}, priority=[0, 1]
    )
    found = told(situation, "a", "demand_priority")
    assert [(one.member, one.level) for one in found.ahead] == [("b", 2.0)]
    assert any("higher priority" in why for why in found.ahead[0].why)
    assert told(situation, "b", "demand_priority").ahead == ()


def test_fewer_gpus_a_task_helps_by_what_deciding_again_gives():
    found = told(case().situation(), "w", "proportional")
    change = next(change for change in found.changes if change.kind == "smaller")
    assert (change.before, change.after) == (
        4.0,
        3.0,
    )  # one GPU less brings a third more tasks: no smaller change is whole
    again = with_claim(case(), "cw", bundle=(int(change.after * 1000),)).situation()
    plan, _ = decided(again, "proportional")
    row = again.claims.id.tolist().index("cw")
    assert int(plan.tasks_micro[row].sum()) / MICRO == change.tasks_after
    assert change.rate_after == pytest.approx(float(again.claims.speed[row] @ plan.tasks_micro[row]) / MICRO)


def test_the_weight_found_helps_and_one_percent_less_does_not():
    found = told(case().situation(), "w", "proportional")
    change = next(change for change in found.changes if change.kind == "weight")
    goal = found.rate + HELPS * 3.0  # less than one task on the fastest flavor is granted

    def rate(weight):
        situation = case(w=weight).situation()
        plan, _ = decided(situation, "proportional")
        row = situation.claims.id.tolist().index("cw")
        return float(situation.claims.speed[row] @ plan.tasks_micro[row]) / MICRO

    assert rate(change.after / 100) == pytest.approx(change.rate_after, abs=1e-5)
    assert rate(change.after / 100) >= goal > rate((change.after - 1) / 100)


def test_another_flavor_and_nodes_of_ones_own_are_tried():
    found = told(case().situation(), "cv", "proportional")
    assert {change.kind for change in found.changes} >= {"flavor", "bring", "weight"}
    flavor = next(change for change in found.changes if change.kind == "flavor")
    plan, _ = decided(with_claim(case(), "cv", speed=(1.0, 1.0)).situation(), "proportional")
    assert flavor.tasks_after == int(plan.tasks_micro[1].sum()) / MICRO
    assert [change.size for change in found.changes] == sorted(change.size for change in found.changes)


def test_more_priority_is_the_least_that_helps():
    situation = situation_of((10,), [(1,), (1,)], tasks=[20, 20], members=["a", "b"], priority=[0, 5])
    changes = told(situation, "c0", "demand_priority").changes
    assert [(c.before, c.after) for c in changes if c.kind == "priority"] == [(0, 5)]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 40), min_size=3, max_size=5), st.integers(1, 30), st.sampled_from(["equal", "drf"]))
def test_every_change_told_does_help(asks, capacity, policy):
    situation = situation_of((capacity,), [(1 + n % 3,) for n in asks], tasks=asks)
    found = told(situation, "m0", policy)
    for change in found.changes:
        assert change.rate_after > change.rate_before
        assert change.rate_before == found.rate


SECRET = {"zq-secret-one": 7.654321, "zq-secret-two": 5.432189, "zq-secret-three": 3.219876, "zq-secret-four": 9.87123}


def crowd(others, policy_weights=None):
    claims = [Claim("mine", "me", 20 * MICRO, (1000, 2000), (1.0,))]
    claims += [
        Claim(f"{name}-claim", name, round(tasks * MICRO), (1000, 1000 + k), (1.0,), priority=40 + k)
        for k, (name, tasks) in enumerate(others.items())
    ]
    members = {"me": 1.0} | dict.fromkeys(others, 1.7)
    return Case(members | (policy_weights or {}), {"node": (11_000, 90_000)}, tuple(claims))


def everything(found):
    tables = [words.claim_rows(found), words.ahead_rows(found), words.change_rows(found)]
    lines = [words.title(found), words.summary(found), words.ahead_sentence(found), words.change_sentence(found)]
    return json.dumps([found.to_dict(), tables, lines], ensure_ascii=False)


@pytest.mark.parametrize("policy", ["equal", "proportional", "drf", "demand_priority", "max_min"])
def test_a_member_learns_no_id_and_no_number_of_another(policy):
    situation = crowd(SECRET).situation()
    plan, by = decided(situation, policy)
    for asked in ("me", "mine"):
        said = everything(explain(situation, plan, by, asked, "me"))
        assert "zq-secret" not in said
        own = int(plan.tasks_micro[situation.claims.id.tolist().index("mine")].sum())
        for k, (name, tasks) in enumerate(SECRET.items()):
            assert str(tasks) not in said
            assert f" {40 + k}" not in said
            granted = int(plan.tasks_micro[situation.claims.id.tolist().index(f"{name}-claim")].sum())
            assert granted in {0, own} or str(granted / MICRO) not in said


def test_the_operator_sees_more_than_a_member():
    situation = crowd(SECRET).situation()
    assert "zq-secret" in everything(told(situation, "me", "demand_priority"))
    assert told(situation, "me", "demand_priority", "me").ahead_count == 2


@pytest.mark.parametrize("policy", ["equal", "proportional", "drf"])
def test_what_a_member_sees_does_not_depend_on_which_other_has_which_name(policy):
    names = list(SECRET)
    swapped = dict(zip([names[1], names[0], *names[2:]], SECRET.values(), strict=True))
    one, other = (told(crowd(of).situation(), "me", policy, "me") for of in (SECRET, swapped))
    assert (one.granted, one.looks_at, one.others) == (other.granted, other.looks_at, other.others)
    assert [(c.kind, c.after) for c in one.changes] == [(c.kind, c.after) for c in other.changes]


def test_parameters_that_name_members_are_not_shown_to_one():
    situation = crowd(SECRET).situation()
    plan, by = decided(situation, "drf")
    named = replace(plan, parameters={"scales": "zq-secret-one=2"})
    assert "zq-secret" in everything(explain(situation, named, by, "me"))
    assert "zq-secret" not in everything(explain(situation, named, by, "me", "me"))


def test_among_few_not_even_the_number_ahead_is_told():
    few = dict(list(SECRET.items())[:2])
    found = told(crowd(few).situation(), "me", "demand_priority", "me")
    assert (found.ahead_count, found.others) == (None, None)
    assert words.ahead_sentence(found) == ""


def test_somebody_elses_name_is_to_a_member_as_if_it_were_nobodys():
    situation = crowd(SECRET).situation()
    plan, by = decided(situation, "drf")
    said = []
    for name in ("zq-secret-one", "zq-secret-one-claim", "zq-nobody-at-all"):
        with pytest.raises(NotFound) as raised:
            explain(situation, plan, by, name, "me")
        said.append(str(raised.value).replace(name, "NAME"))
    assert len(set(said)) == 1
    assert "secret" not in said[0]


def test_names_that_are_not_there_or_mean_two_things_are_refused():
    situation = situation_of((4,), [(1,)], members=["c0"])
    plan, by = decided(situation)
    with pytest.raises(BadInput, match="claim:c0"):
        explain(situation, plan, by, "c0")
    assert explain(situation, plan, by, "member:c0").kind == "member"
    assert explain(situation, plan, by, "claim:c0").kind == "claim"
    with pytest.raises(NotFound, match="did you mean"):
        explain(situation, plan, by, "c00")
    with pytest.raises(NotFound, match="--as"):
        explain(situation, plan, by, "claim:c0", "stranger")


def test_a_member_without_claims_is_told_so():
    found = told(
        replace(case(), members={"u": 1.0, "v": 1.0, "w": 1.0, "idle": 1.0}).situation(), "idle", "proportional"
    )
    assert (found.asked, found.granted, found.claims) == (0.0, 0.0, ())
    assert words.summary(found).startswith("idle asked for 0 tasks")


def test_explaining_twice_gives_the_same():
    assert everything(told(case().situation(), "w", "proportional")) == everything(
        told(case().situation(), "w", "proportional")
    )


@pytest.mark.parametrize("policy", registry.names("policy"))
def test_every_rule_can_be_explained(policy):
    situation = crowd(SECRET).situation()
    try:
        plan, by = decided(situation, policy)
    except BadInput:
        return  # a rule may decline, and then there is no plan to explain
    found, seen = (explain(situation, plan, by, "me", viewer) for viewer in (None, "me"))
    mine = situation.claims.id.tolist().index("mine")
    assert found.granted == seen.granted == int(plan.tasks_micro[mine].sum()) / MICRO
    assert all(change.rate_after > change.rate_before for change in found.changes)
    assert "zq-secret" not in everything(seen)
