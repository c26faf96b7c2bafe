"""Ghodsi, Zaharia, Hindman, Konwinski, Shenker, Stoica: Dominant Resource Fairness, NSDI 2011."""

import numpy as np
import pytest

from apportion.domain.plan import Shares
from apportion.domain.verdict import Status
from apportion.policies import drf, equal, proportional
from apportion.proofs import envy_free, pareto, sharing_incentive
from making import MICRO, granted, plan_of, situation_of

EXAMPLE = situation_of((9, 18), [(1, 4), (3, 1)])


@pytest.mark.parametrize("policy", [drf, equal, proportional])
def test_section_4_1_nine_cpus_and_eighteen_gb(policy):
    """User A ⟨1 CPU, 4 GB⟩ gets 3 tasks, user B ⟨3 CPU, 1 GB⟩ gets 2: both a dominant share of 2/3."""
    plan = policy.divide(EXAMPLE)
    assert granted(plan) == [3, 2]
    assert Shares(EXAMPLE, plan).dominant == pytest.approx([2 / 3, 2 / 3])


def test_section_4_1_totals():
    """A holds ⟨3 CPU, 12 GB⟩ and B ⟨6 CPU, 2 GB⟩."""
    held = Shares(EXAMPLE, drf.divide(EXAMPLE)).granted[:, 0] / 1e9
    assert held.tolist() == [[3, 12], [6, 2]]


def test_section_4_1_the_level_is_the_dominant_share_over_the_weight():
    assert drf.divide(EXAMPLE).objective == pytest.approx((2 / 3) / (1 / 2))


@pytest.mark.parametrize(
    ("tasks", "holds"),
    [((2.52, 2.16), True), ((45 / 11, 18 / 11), True), ((3, 2), True)],
    ids=["asset fairness, 5.1", "competitive equilibrium, 5.2", "dominant resource fairness, 4.1"],
)
def test_section_5_on_this_data_all_three_rules_give_each_user_half_at_least(tasks, holds):
    verdict = sharing_incentive.check(EXAMPLE, plan_of(EXAMPLE, tasks))
    assert (verdict.status == Status.HOLDS) is holds


def test_section_6_1_1_asset_fairness_violates_sharing_incentive():
    """⟨30, 30⟩, demands ⟨1, 3⟩ and ⟨1, 1⟩. 6 and 12 tasks give the second user ⟨12, 12⟩, less than half of both."""
    situation = situation_of((30, 30), [(1, 3), (1, 1)])
    verdict = sharing_incentive.check(situation, plan_of(situation, [6, 12]))
    assert verdict.status == Status.REFUTED
    assert verdict.witness["granted"] == {"cpu": "12", "memory_gib": "12"}
    assert verdict.witness["entitled_to"] == {"cpu": "15", "memory_gib": "15"}
    fair = drf.divide(situation)
    assert granted(fair) == [5, 15]
    assert sharing_incentive.check(situation, fair).status == Status.HOLDS


def test_section_6_1_3_more_of_one_resource_can_leave_a_user_with_less():
    """Symmetric demands ⟨2, 1⟩ and ⟨1, 2⟩ on equal amounts; then four times as much of the first resource.

    By hand: 2 tasks each; then shares are equal where x_A = 2·x_B and the second resource is used up, x_A + 2·x_B = 6.
    """
    demands = [(2, 1), (1, 2)]
    assert granted(drf.divide(situation_of((6, 6), demands))) == [2, 2]
    assert granted(drf.divide(situation_of((24, 6), demands))) == [3, 1.5]


def test_section_6_properties_of_drf_on_random_data():
    """Sharing incentive, envy-freeness and Pareto efficiency, for users with equal shares of everything."""
    chance = np.random.default_rng(2011)
    for _ in range(50):
        users, kinds = chance.integers(2, 6), chance.integers(1, 4)
        demands = chance.integers(1, 20, (users, kinds))
        situation = situation_of(chance.integers(1, 50, kinds) * users, demands, rule="equal")
        plan = drf.divide(situation)
        assert {"sharing_incentive", "envy_free", "pareto"} <= set(drf.promises(situation))
        for proof in (sharing_incentive, envy_free, pareto):
            assert proof.check(situation, plan).status == Status.HOLDS


def test_micro_tasks_are_the_finest_grain():
    assert drf.divide(EXAMPLE).tasks_micro.ravel().tolist() == [3 * MICRO, 2 * MICRO]
