"""What do the parameters, classes and phases of the policies decide?"""

from dataclasses import replace

import numpy as np
import pytest

from apportion.domain.ties import tie_order
from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.policies import demand_priority, drf, equal, max_min, proportional
from apportion.proofs import envy_free, sharing_incentive
from making import MICRO, Case, Claim, granted, situation_of


def test_equal_looks_at_members_and_not_at_standing_or_claims():
    situation = situation_of(
        [12], [(1,)] * 4, tasks=[9, 9, 9, 9], members=["a", "a", "a", "b"], weights={"a": 100, "b": 1}
    )
    assert granted(equal.divide(situation)) == [2, 2, 2, 6]


def test_equal_on_several_flavors_gives_shares_of_each():
    situation = situation_of({"f": (8,), "g": (2,)}, [(1,)] * 2, tasks=[9, 9], speed=[(1, 1), (1, 1)])
    assert equal.divide(situation).tasks_micro.tolist() == [[4 * MICRO, MICRO]] * 2


def test_what_a_claim_cannot_use_on_one_flavor_flows_on():
    situation = situation_of({"f": (8,), "g": (4,)}, [(1,)] * 2, tasks=[9, 9], speed=[(1, 0), (1, 1)])
    assert equal.divide(situation).tasks_micro.tolist() == [[4 * MICRO, 0], [4 * MICRO, 4 * MICRO]]


PARTS = Case(
    {"a": 1.0, "b": 2.0, "c": 3.0},
    {"f": (12_000,)},
    tuple(Claim(f"c{name}", name, 24 * MICRO, (1000,), (1.0,)) for name in "abc"),
    used={"a": 6, "b": 3, "c": 3},
)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("entitlement", [2, 4, 6]),
        ("weight", [2, 4, 6]),
        ("usage", [6, 3, 3]),
        ("demand", [4, 4, 4]),
    ],
)
def test_proportional_to_each_number(to, expected):
    plan = proportional.divide(PARTS.situation(), to=to)
    assert granted(plan) == expected
    assert plan.parameters == {"to": to}


def test_proportional_to_contribution_counts_the_nodes():
    owned = {("f", "a"): (9,), ("f", "b"): (3,)}
    situation = situation_of({}, [(1,)] * 2, tasks=[99, 99], members=["a", "b"], weights={"a": 1, "b": 1}, owned=owned)
    assert granted(proportional.divide(situation, to="contribution")) == [9, 3]


def test_proportional_to_past_use_where_nobody_used_anything_is_by_demand():
    situation = situation_of([6], [(1,)] * 2, tasks=[3, 9])
    assert granted(proportional.divide(situation, to="usage")) == [1.5, 4.5]


def test_proportional_to_an_empty_column_says_what_is_missing():
    situation = PARTS.situation()
    blank = replace(situation, members=replace(situation.members, size=np.full(3, np.nan)))
    with pytest.raises(BadInput, match="no size for a, b, c"):
        proportional.divide(blank, to="size")


def test_proportional_to_something_unknown_suggests_the_nearest():
    with pytest.raises(BadInput, match=r'(?s)"weigth".*did you mean "weight"'):
        proportional.divide(PARTS.situation(), to="weigth")


def test_the_larger_priority_comes_first_and_equals_share_by_demand():
    situation = situation_of([10], [(1,)] * 3, tasks=[4, 6, 12], priority=[5, 0, 0])
    assert granted(demand_priority.divide(situation)) == [4, 2, 4]


def test_members_without_standing_come_last_whatever_their_priority():
    situation = situation_of([10], [(1,)] * 3, tasks=[9, 9, 9], priority=[9, 1, 0], weights={"m0": 0, "m1": 1, "m2": 1})
    assert granted(demand_priority.divide(situation)) == [0, 9, 1]


def test_demand_keeps_one_fraction_when_a_flavor_is_used_up():
    """Flavor f is used up at the fraction 2/3; then c0 goes on at its whole rate on g, beside c2, until g is used up too."""
    situation = situation_of(
        {"f": (4,), "g": (12,)}, [(1,)] * 3, tasks=[8, 4, 6], speed=[(1, 1), (1, 0), (0, 1)], members=["a"] * 3
    )
    assert granted(demand_priority.divide(situation)) == pytest.approx([8 * 20 / 21, 4 * 2 / 3, 6 * 20 / 21], abs=1e-5)


@pytest.mark.parametrize("policy", [drf, proportional])
def test_members_without_standing_get_only_what_is_left(policy):
    situation = situation_of([10], [(1,)] * 3, tasks=[4, 12, 6], weights={"m0": 1, "m1": 0, "m2": 0})
    assert granted(policy.divide(situation)) == [4, 4, 2]


def test_max_min_serves_first_what_an_entitlement_would_serve():
    """m1 brought no GPUs, so alone its claim would get nothing; it shares what m0 and m2 leave."""
    owned = {("f", "m0"): (4, 4), ("f", "m1"): (8, 0), ("f", "m2"): (4, 4)}
    situation = situation_of(
        {}, [(1, 1)] * 3, tasks=[3, 9, 4], owned=owned, weights={"m0": 1, "m1": 1, "m2": 1}, rule="contribution"
    )
    plan = max_min.divide(situation)
    assert granted(plan) == [3, 1, 4]
    assert plan.objective == pytest.approx(1.0)


def test_max_min_multiplies_everybody_s_own_plan_by_one_factor():
    owned = {("f", "m0"): (6, 2), ("f", "m1"): (2, 6)}
    situation = situation_of({}, [(2, 1), (1, 2)], tasks=[99, 99], owned=owned, weights={"m0": 1, "m1": 1})
    plan = max_min.divide(situation)
    assert granted(plan) == pytest.approx([8 / 3, 8 / 3], abs=1e-6)
    assert plan.objective == pytest.approx(4 / 3, abs=1e-6)


@pytest.mark.parametrize("policy", [demand_priority, drf, equal, max_min, proportional])
@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_what_cannot_be_divided_goes_to_the_first_in_the_order_of_ties(policy, seed):
    """Four thousandths hold 1,333,333 micro-tasks of three thousandths each: 333,333 for each of four, and one more."""
    situation = situation_of([0.004], [(0.003,)] * 4, rule="equal", seed=seed)
    extra = policy.divide(situation).tasks_micro.ravel() - 333_333
    assert extra.tolist() == [int(position == 0) for position in tie_order(situation.seed, situation.claims.id)]


def test_drf_where_members_brought_different_resources_promises_no_sharing_incentive():
    """m0 brought all the memory but one, and its weight is the mean of what it brought: alone it serves 9."""
    owned = {("f", "m0"): (9, 9), ("f", "m1"): (9, 1)}
    situation = situation_of({}, [(0, 1)] * 2, tasks=[99, 99], owned=owned, weights={"m0": 1, "m1": 1})
    plan = drf.divide(situation)
    assert granted(plan) == [7, 3]
    assert "envy_free" in drf.promises(situation)
    assert "sharing_incentive" not in drf.promises(situation)
    verdict = sharing_incentive.check(situation, plan)
    assert (verdict.status, verdict.witness["member"], verdict.figure) == (Status.REFUTED, "m0", 9 / 7)
    assert sharing_incentive.check(situation, max_min.divide(situation)).status == Status.HOLDS


def test_drf_with_a_minimum_promises_no_fairness():
    situation = situation_of([10], [(1,)] * 2, tasks=[9, 9], least=[9, 0], rule="equal")
    plan = drf.divide(situation)
    assert granted(plan) == [9, 1]
    assert drf.promises(situation) == ("feasible", "non_wasteful", "pareto")
    assert envy_free.check(situation, plan).status == Status.REFUTED
    assert sharing_incentive.check(situation, plan).status == Status.REFUTED


def test_max_min_on_several_flavors_gives_each_the_same_gain_over_its_own_plan():
    """Each brought the flavor on which the other is twice as fast; by changing places both do twice as much."""
    owned = {("a100", "m0"): (1,), ("h100", "m1"): (1,)}
    situation = situation_of({}, [(1,), (1,)], tasks=[9, 9], speed=[(1, 2), (2, 1)], owned=owned)
    plan = max_min.divide(situation)
    assert plan.tasks_micro.tolist() == [[0, 1_000_000], [1_000_000, 0]]
    assert plan.objective == pytest.approx(2.0)


def test_a_claim_that_cannot_run_takes_no_weight_from_its_member_s_others():
    situation = situation_of(
        [12], [(1,)] * 3, tasks=[9, 9, 9], members=["a", "a", "b"], speed=[(1,), (0,), (1,)], rule="equal"
    )
    assert granted(drf.divide(situation)) == [6, 0, 6]


@pytest.mark.parametrize("flavors", [{"x": (8,), "y": (8,)}, {"x": (8,)}])
def test_speeds_beyond_what_millionths_count_are_counted_more_coarsely(flavors):
    ones = [(1,) * len(flavors)] * 2
    small, large = (
        max_min.divide(situation_of(flavors, [(1,)] * 2, tasks=[9, 9], speed=[[s * at for s in row] for row in ones]))
        for at in (1, 10**14)
    )
    assert small.tasks_micro.sum(axis=1).tolist() == large.tasks_micro.sum(axis=1).tolist()


@pytest.mark.parametrize("flavors", [{"x": (8,), "y": (8,)}, {"x": (8,)}])
def test_speeds_beyond_what_can_be_counted_are_refused(flavors):
    situation = situation_of(flavors, [(1,)] * 2, tasks=[9, 9], speed=[(10**20,) * len(flavors)] * 2)
    with pytest.raises(BadInput, match="larger unit of work"):
        max_min.divide(situation)
