"""Knapsacks with published optima, and what whole tasks cost against divided ones."""

from fractions import Fraction

import numpy as np
import pytest

from apportion.domain.verdict import Status
from apportion.policies import demand_priority, priority_packing
from apportion.proofs import optimal
from making import granted, situation_of


def packed(capacity, bundles, priorities, **rest):
    situation = situation_of(capacity, bundles, priority=priorities, **rest)
    return situation, priority_packing.divide(situation)


def test_martello_toth_worked_example():
    """*Knapsack Problems*, 1990, a worked example: the optimum is 280 with items 1, 2, 3, 4 and 6; Dantzig's bound is 295."""
    profits, weights = (15, 100, 90, 60, 40, 15, 10, 1), (2, 20, 20, 30, 40, 30, 60, 10)
    situation, plan = packed([102], [(w,) for w in weights], profits, tasks=[1] * 8)
    assert granted(plan) == [1, 1, 1, 1, 0, 1, 0, 0]
    assert (plan.objective, plan.bound) == pytest.approx((280, 295), rel=1e-12)
    assert plan.gap == pytest.approx(295 / 280 - 1)
    verdict = optimal.check(situation, plan)
    assert verdict.status == Status.NOT_SHOWN  # divisible tasks would reach more, which refutes nothing
    assert "optimal" not in priority_packing.promises(situation)


def test_the_greedy_rule_can_be_as_bad_as_one_likes_and_packing_is_not():
    """Kellerer, Pferschy, Pisinger, 2004: priority 2 for 1 unit, M for M units, room for M: greedy gets 2, not M."""
    _, plan = packed([50], [(1,), (50,)], [2, 50], tasks=[1, 1])
    assert granted(plan) == [0, 1]


def test_whole_tasks_in_two_resources_and_the_rest_by_priority():
    """Room ⟨5, 5⟩; c0 ⟨2, 1⟩ 5, c1 ⟨1, 2⟩ 4. By hand: n = (1, 2) uses ⟨4, 5⟩ for 13, (2, 1) ⟨5, 4⟩ for 14. One of memory is
    left, and nobody can use it without cpu."""
    _, plan = packed([5, 5], [(2, 1), (1, 2)], [5, 4], tasks=[9, 9])
    assert granted(plan) == [2, 1]


def test_what_whole_tasks_leave_goes_to_parts_of_tasks_of_the_largest_priority():
    _, plan = packed([7], [(3,), (3,)], [2, 1], tasks=[2.5, 9])
    assert granted(plan) == pytest.approx([7 / 3, 0], abs=1e-6)
    assert plan.gap == pytest.approx(0, abs=1e-6)


def test_a_larger_task_of_less_priority_can_win_where_priorities_come_first_it_cannot():
    """Two of priority 3 against one of 4 on ten units: packing sums, `demand_priority` ranks."""
    situation, plan = packed([10], [(5,), (6,)], [3, 4], tasks=[2, 1])
    assert granted(plan) == [2, 0]
    assert granted(demand_priority.divide(situation)) == pytest.approx([4 / 5, 1], abs=1e-6)


def test_members_who_ask_for_the_same_get_whole_tasks_in_proportion():
    _, plan = packed([6], [(1,)] * 3, [1, 1, 1], tasks=[3, 6, 9])
    assert granted(plan) == [1, 2, 3]
    _, odd = packed([6], [(2,)] * 2, [1, 1], tasks=[9, 9])
    assert sorted(granted(odd)) == [1, 2]


def test_a_line_is_a_member_s_however_many_claims_it_is_written_in():
    _, plan = packed([5.5], [(2,)] * 3, [5, 5, 9], tasks=[0.5, 1.5, 1], members=["a", "a", "b"])
    assert granted(plan)[2] == 1
    assert granted(plan)[:2] == pytest.approx([1.75 / 4, 3 * 1.75 / 4], abs=1e-5)


def test_members_without_standing_and_claims_without_priority_take_what_is_left():
    _, plan = packed([10], [(4,), (4,), (1,)], [9, 1, 0], tasks=[9, 9, 9], weights={"m0": 0, "m1": 1, "m2": 1})
    assert granted(plan) == [0, 2.5, 0]


def test_minima_come_first():
    situation, plan = packed([10], [(4,), (3,)], [9, 1], tasks=[9, 9], least=[0, 1.5])
    assert granted(plan) == pytest.approx([5.5 / 4, 1.5], abs=1e-6)
    assert optimal.check(situation, plan).status == Status.HOLDS


def test_priorities_below_zero_are_not_worth_anything():
    _, plan = packed([4], [(1,), (1,)], [-5, 1], tasks=[9, 3])
    assert granted(plan) == [1, 3]


def test_the_gap_is_what_whole_tasks_cost_on_random_pools():
    """Against the bound in fractions for one resource: Dantzig's, by falling priority for a unit of room."""
    chance = np.random.default_rng(11)
    for _ in range(20):
        many = 6
        weights, profits = chance.integers(1, 20, many), chance.integers(1, 20, many)
        most, room = chance.integers(1, 4, many), int(chance.integers(10, 60))
        _, plan = packed([room], [(int(w),) for w in weights], profits.tolist(), tasks=most.tolist())
        bound, left = Fraction(0), Fraction(room)
        for i in sorted(range(many), key=lambda i: -Fraction(int(profits[i]), int(weights[i]))):
            n = min(Fraction(int(most[i])), left / int(weights[i]))
            bound, left = bound + n * int(profits[i]), left - n * int(weights[i])
        assert plan.bound == pytest.approx(float(bound), rel=1e-9)
        whole = sum(float(p) * n for p, n in zip(profits, np.floor(np.array(granted(plan)) + 1e-9), strict=True))
        assert plan.objective is not None
        assert whole - 1e-6 <= plan.objective <= plan.bound
