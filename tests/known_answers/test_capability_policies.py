"""Published and closed-form answers of the policies that look at what compute buys."""

from dataclasses import replace

import numpy as np
import pytest

from apportion.capability.curves import curve
from apportion.capability.frontier import frontier
from apportion.capability.holding import holding
from apportion.capability.spread import Program, least_compute, most_capable
from apportion.domain.arrays import ints
from apportion.policies import equality_power, least_cost, max_capability
from making import MICRO, granted, situation_of

TEN = situation_of([100], [(1,)] * 10, tasks=[100] * 10)


def program(shape, scale, total, high=None):
    scale = np.asarray(scale, dtype=float)
    high = np.full(len(scale), 1e6) if high is None else np.asarray(high, dtype=float)
    return Program(shape, scale, np.zeros(len(scale)), high, total, np.arange(len(scale)))


def test_kaplan_ten_times_the_compute_takes_a_ninth_off_the_loss():
    """Kaplan et al. 2020: L = (C_c / C)^0.050 with C_c = 3.1e8 PF-days."""
    law = curve("power_floor", scale=3.1e8**0.05, exponent=0.05, least=1e-6)
    loss = -law.value(np.array([1e-5, 1.0, 10.0]))
    assert loss[2] / loss[1] == pytest.approx(10**-0.05)
    assert loss[1] == pytest.approx(2.66, abs=0.01)
    assert float(law.inverse(np.array(-1.0))) == pytest.approx(3.1e8)


def test_hill_and_michaelis_menten_are_half_way_at_their_constant():
    """Michaelis and Menten 1913: v = V·S / (K + S), so V/2 at S = K, ¾V at 3K; Hill 1910: y = K·x^n / (1 + K·x^n)."""
    assert curve("michaelis_menten", scale=8.0, half=3.0).value(np.array([3.0, 9.0])).tolist() == [4, 6]
    assert curve("hill", exponent=2.0, half=3.0).value(np.array([3.0, 9.0])) == pytest.approx([0.5, 0.9])


def test_water_filling_of_boyd_and_vandenberghe():
    """Convex Optimization, example 5.2: x_n = (1/ν − α_n)⁺; scaled logs a·log(1 + C) take C = (a/λ − 1)⁺, with λ = 1 here."""
    best = most_capable(program(curve("log"), [3.0, 2.0, 0.1], 3.0))
    assert best.compute == pytest.approx([2, 1, 0], abs=1e-12)
    assert best.price == pytest.approx(1)
    assert best.objective == pytest.approx(3 * np.log(3) + 2 * np.log(2))
    assert best.bound == pytest.approx(best.objective, rel=1e-12)


def test_with_a_square_root_shares_are_as_the_squares_of_the_scales():
    """a/(2√C) = λ for all: C in proportion to a²."""
    scales = ", ".join(f"m{i}={i + 1}" for i in range(4))
    situation = situation_of([60], [(1,)] * 4, tasks=[60] * 4)
    plan = max_capability.divide(situation, scales=scales)
    assert granted(plan) == [2, 8, 18, 32]
    assert plan.objective == pytest.approx(30**0.5 * 60**0.5)
    assert plan.gap == pytest.approx(0, abs=1e-9)


def test_ten_firms_with_linear_gains_give_all_to_the_steepest():
    """max Σ P_i under Σ C_i ≤ C_total: a proposed remedy of concentration that concentrates."""
    plan = max_capability.divide(TEN, curve="linear", scales="m3=1.01")
    assert granted(plan) == [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]
    assert plan.objective == pytest.approx(101)


@pytest.mark.parametrize("name", ["power_law", "log", "michaelis_menten", "linear"])
def test_ten_firms_with_one_concave_curve_get_the_same(name):
    assert granted(max_capability.divide(TEN, curve=name)) == [10] * 10
    assert granted(equality_power.divide(TEN, curve=name, mu=7.0)) == [10] * 10


def test_equality_against_linear_capability_has_a_closed_form():
    """2(C_i − C̄) − μ a_i = ν gives C_i = C̄ + μ (a_i − ā)/2, where C̄ of 10, 20 and 5 is 35/3."""
    situation = situation_of([35], [(1,)] * 3, tasks=[35] * 3)
    a = np.array([0.2, 0.3, 0.1])
    for mu in (0.0, 1.0, 40.0):
        plan = equality_power.divide(situation, mu=mu, curve="linear", scales="m0=0.2 m1=0.3 m2=0.1")
        assert granted(plan) == pytest.approx(35 / 3 + mu * (a - a.mean()) / 2, abs=2e-6)
        assert plan.gap == pytest.approx(0, abs=1e-4)


def test_the_first_data_with_each_member_on_its_own_curve():
    """C = (10, 20, 5), A = (0.2, 0.3, 0.1), f_i = A_i·(C/C_i)^½: all compute by capability alone is as a_i² = A_i²/C_i."""
    C, A = np.array([10.0, 20, 5]), np.array([0.2, 0.3, 0.1])
    a = A / np.sqrt(C)
    best = most_capable(program(curve("power_law"), a, 35.0))
    assert best.compute == pytest.approx(35 * a**2 / (a**2).sum())
    points = frontier(program(curve("power_law"), a, 35.0), [0.0, 1e9])
    assert points.compute[0] == pytest.approx([35 / 3] * 3)
    assert points.compute[1] == pytest.approx(best.compute, rel=1e-5)


def test_one_over_compute_falls_and_is_bounded_only_by_its_least_compute():
    """f = 1/C from C_min = ½ on: nobody can do better than (½, ½, 8), 2 + 2 + 1/8 in all; the plan says it falls."""
    situation = situation_of([9], [(1,)] * 3, tasks=[9] * 3)
    plan = max_capability.divide(situation, curve="inverse", least=0.5)
    assert sum(granted(plan)) == 9
    assert any("falls" in note for note in plan.notes)
    assert plan.objective <= 2 + 2 + 1 / 8 + 1e-9 <= plan.bound + 2e-9


@pytest.mark.parametrize(("n", "least", "cost"), [(1, 2.7257, 12_725.68), (2, 4.3267, 14_326.75)])
def test_least_cost_of_the_second_model(n, least, cost):
    """min 10000 + 1000·R with 0.2·R^½·R/n ≥ 0.9: R = (4.5·n)^(2/3)."""
    situation = situation_of([50], [(1,)], tasks=[50])
    plan = least_cost.divide(situation, target=0.9, exponent=1.5, scale=0.2 / n)
    assert granted(plan)[0] == pytest.approx(least, abs=1e-4)
    assert granted(plan)[0] == pytest.approx((4.5 * n) ** (2 / 3), abs=2e-6)
    assert 10_000 - 1000 * plan.objective == pytest.approx(cost, abs=0.01)
    assert -plan.objective >= -plan.bound - 1e-9


def test_least_cost_of_the_second_model_with_as_many_nodes_as_resources():
    """n = R leaves 0.2·R^½ ≥ 0.9: R = 20.25 and a cost of 30,250."""
    plan = least_cost.divide(situation_of([50], [(1,)], tasks=[50]), target=0.9, scale=0.2)
    assert granted(plan) == [20.25]
    assert 10_000 - 1000 * plan.objective == 30_250
    assert plan.gap == pytest.approx(0, abs=1e-9)


def test_least_cost_for_several_is_in_the_same_proportions_as_most_capability():
    """Σ a√C ≥ P at least Σ C: C = a²·(P/Σa²)²."""
    found = least_compute(program(curve("power_law"), [1.0, 2.0, 3.0], 1e6), 28.0)
    assert found.compute == pytest.approx([4, 16, 36])
    assert found.objective == pytest.approx(56)
    assert found.bound == pytest.approx(56)


def test_least_cost_takes_the_cheaper_flavor_first():
    situation = situation_of({"dear": (10,), "plain": (4,)}, [(1,)] * 2, tasks=[20, 20], speed=[(1, 1), (1, 1)])
    price = ints([30_000 if str(name).startswith("dear") else 4_000 for name in situation.nodes.id])
    situation = replace(situation, nodes=replace(situation.nodes, price_milli_per_hour=price))
    plan = least_cost.divide(situation, target=6.0, curve="linear")
    assert plan.tasks_micro.sum(axis=0).tolist() == [2 * MICRO, 4 * MICRO]
    assert plan.objective == pytest.approx(-(4 * 1 + 2 * 3))
    assert plan.gap == pytest.approx(0, abs=1e-5)
    assert holding(situation).held(plan.tasks_micro).sum() == pytest.approx(6)
