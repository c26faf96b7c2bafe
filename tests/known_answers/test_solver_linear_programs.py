"""Textbook linear programs as divisions that maximise the sum: optimum, vertex and shadow prices."""

import numpy as np
import pytest

from apportion.solver import solve


def test_hillier_and_lieberman_wyndor_glass():
    """*Introduction to Operations Research*, section 3.1, Wyndor Glass: 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: (2, 6), 36.

    Shadow prices 0, 3/2 and 1; by hand 12·3/2 + 18·1 = 36.
    """
    found = solve("utilitarian", speed=[[3], [5]], bundle=[[1, 0, 3], [0, 2, 2]], capacity=[[4, 12, 18]])
    assert found.value == pytest.approx(36, rel=1e-6)
    assert found.x.ravel() == pytest.approx([2, 6], rel=1e-5)
    assert found.prices.ravel() == pytest.approx([0, 3 / 2, 1], abs=1e-5)


def divided(profits, need, room, tasks=None):
    """Amounts of products (rows of `need`) that make most of the resources (columns), with the prices of the resources."""
    found = solve("utilitarian", speed=np.array(profits)[:, None], bundle=need, capacity=[room], tasks=tasks)
    return found, found.x.ravel(), found.prices.ravel()


@pytest.mark.parametrize(
    ("profit", "frames", "amounts", "value"),
    [
        (60, 6, (6, 1.5), 405),
        (40, 6, (6, 1.5), 285),
        (20, 6, (8 / 3, 4), 520 / 3),
        (60, 5, (5, 2.25), 367.5),
    ],
    ids=["c", "d, 40", "d, 20", "e"],
)
def test_hillier_and_lieberman_whitt_window(profit, frames, amounts, value):
    """The same, 8th ed., problem 3.1-6: wood and aluminium windows, 6x + 8y ≤ 48 square feet of glass.

    By hand: a foot of glass earns 10 in wood and 30/8 in aluminium, so wood comes first and the rest is aluminium; at 20 a
    window wood earns 20/6 and comes second.
    """
    found, made, _ = divided([profit, 30], [[1, 0, 6], [0, 1, 8]], [frames, 4, 48])
    assert found.value == pytest.approx(value, rel=1e-6)
    assert made == pytest.approx(amounts, rel=1e-5)


def test_hillier_and_lieberman_weenies_and_buns():
    """The same, problem 3.1-9: 3200 hot dogs and 1200 buns, 760 a week.

    By hand: 800 pounds of pork are 3200 hot dogs, 9600 minutes; the other 2400 minutes are 1200 buns.
    """
    found, made, _ = divided([0.2, 0.1], [[0.25, 0, 3], [0, 0.1, 2]], [800, 200, 12_000])
    assert found.value == pytest.approx(760, rel=1e-6)
    assert made == pytest.approx([3200, 1200], rel=1e-5)


@pytest.mark.parametrize("tasks", [None, [10] * 3])
def test_hillier_and_lieberman_prices_of_two_resources(tasks):
    """The same, problem 6.1-5: 2x + 6y + 9z, x + z ≤ 3, y + 2z ≤ 5: (3, 5, 0), 36, shadow prices 2 and 6.

    By hand: 3·2 + 5·6 = 36, and z would cost 2 + 2·6 for 9. Ten of each is more than fits, and as good as no limit.
    """
    found, made, prices = divided([2, 6, 9], [[1, 0], [0, 1], [1, 2]], [3, 5], tasks)
    assert found.value == pytest.approx(36, rel=1e-6)
    assert made == pytest.approx([3, 5, 0], abs=1e-5)
    assert prices == pytest.approx([2, 6], rel=1e-5)


def test_winston_giapetto():
    """*Operations Research: Applications and Algorithms*, section 3.1, example 1: soldiers and trains, 180 a week.

    By hand: 2x + y = 100 hours of finishing and x + y = 80 of carpentry, so 20 and 60; 100·1 + 80·1 = 180.
    """
    found, made, prices = divided([3, 2], [[2, 1, 1], [1, 1, 0]], [100, 80, 40])
    assert found.value == pytest.approx(180, rel=1e-6)
    assert made == pytest.approx([20, 60], rel=1e-5)
    assert prices == pytest.approx([1, 1, 0], abs=1e-5)


def test_dantzig_production_mix():
    """Dantzig, *Linear Programming and Extensions*, section 3.5, by way of the GAMS model "prodmix": four desks, 18,666⅔.

    By hand: 4x + 10w = 6000 and x + 40w = 4000, so 4000/3 and 200/3; prices 44/15 and 4/15, at which desks 2 and 3 cost
    400/15 and 320/15, more than 20 and 18.
    """
    found, made, prices = divided([12, 20, 18, 40], [[4, 1], [9, 1], [7, 3], [10, 40]], [6000, 4000])
    assert found.value == pytest.approx(56_000 / 3, rel=1e-6)
    assert made == pytest.approx([4000 / 3, 0, 0, 200 / 3], abs=1e-2)
    assert prices == pytest.approx([44 / 15, 4 / 15], rel=1e-5)


def test_postek_and_others_two_versions_of_a_product():
    """*Hands-On Mathematical Optimization with Python*, 2025, sections 1.1 and 1.2: 20 and 60 units, 2600 a week.

    Margins by hand: 270 − 100 − 50 − 80 = 40 and 210 − 90 − 50 − 40 = 30.
    """
    found, made, _ = divided([40, 30], [[1, 2, 1], [1, 1, 0]], [80, 100, 40])
    assert found.value == pytest.approx(2600, rel=1e-6)
    assert made == pytest.approx([20, 60], rel=1e-5)


def test_postek_and_others_microchips():
    """The same, sections 2.1 and 2.6: 650 and 1100 chips for 17,700; silicon and germanium 0, plastic 6, copper 1.5."""
    found, made, prices = divided([12, 9], [[1, 0, 1, 4], [0, 1, 1, 2]], [1000, 1500, 1750, 4800])
    assert found.value == pytest.approx(17_700, rel=1e-6)
    assert made == pytest.approx([650, 1100], rel=1e-5)
    assert prices == pytest.approx([0, 0, 6, 1.5], abs=1e-4)


def test_williams_product_mix():
    """*Model Building in Mathematical Programming*, 5th ed., section 1.1: 12 of product 1, 7.2 of product 2, 10,920.

    Prices of grinding, drilling and manpower: 6.25, 0 and 23.75; by hand 288·6.25 + 384·23.75 = 10,920.
    """
    need = [[12, 10, 20], [20, 8, 20], [0, 16, 20], [25, 0, 20], [15, 0, 20]]
    found, made, prices = divided([550, 600, 350, 400, 200], need, [288, 192, 384])
    assert found.value == pytest.approx(10_920, rel=1e-6)
    assert made == pytest.approx([12, 7.2, 0, 0, 0], abs=1e-4)
    assert prices == pytest.approx([6.25, 0, 23.75], abs=1e-4)


def test_williams_two_factories_are_worth_more_when_they_share_the_raw_material():
    """The same, section 4.1: 225 and 168.75 apart, with 75 and 45 of the material, and 404.17 where 120 are shared.

    By hand: together B makes 12.5 de luxe (75/6), which leaves 120 − 50 for A, 17.5 units; 2x + 5y = 60 there gives 55/6 and
    25/3, and 10·55/6 + 15·(25/3 + 12.5) = 4850/12.
    """
    first, made, _ = divided([10, 15], [[4, 2, 4], [2, 5, 4]], [80, 60, 75])
    second, other, _ = divided([10, 15], [[5, 5, 4], [3, 6, 4]], [60, 75, 45])
    assert (first.value, second.value) == pytest.approx((225, 168.75), rel=1e-6)
    assert made == pytest.approx([11.25, 7.5], rel=1e-5)
    assert other == pytest.approx([0, 11.25], abs=1e-4)
    need = [[4, 2, 0, 0, 4], [2, 5, 0, 0, 4], [0, 0, 5, 5, 4], [0, 0, 3, 6, 4]]
    both, together, _ = divided([10, 15, 10, 15], need, [80, 60, 60, 75, 120])
    assert both.value == pytest.approx(4850 / 12, rel=1e-6)
    assert together == pytest.approx([55 / 6, 25 / 3, 0, 12.5], abs=1e-4)


def test_klee_and_minty_cube():
    """*How good is the simplex algorithm?*, 1972, as in Chvátal, *Linear Programming*, n = 3: (0, 0, 10,000)."""
    need = np.array([[1, 20, 200], [0, 1, 20], [0, 0, 1]])
    found = solve("utilitarian", speed=[[100], [10], [1]], bundle=need, capacity=[[1, 100, 10_000]])
    assert found.value == pytest.approx(10_000, rel=1e-6)
    assert found.bound >= 10_000


def test_dantzig_fractional_knapsack():
    """Dantzig, *Discrete-variable extremum problems*, 1957; numbers of Cormen et al., section 16.2: 60 + 100 + 80 = 240.

    Items of 10, 20, 30 pounds worth 60, 100, 120, a knapsack of 50: the last is cut. The price of a pound is 120/30.
    """
    found = solve("utilitarian", speed=[[60], [100], [120]], bundle=[10, 20, 30], capacity=[[50]], tasks=[1, 1, 1])
    assert found.value == pytest.approx(240, rel=1e-7)
    assert found.x.ravel() == pytest.approx([1, 1, 2 / 3], rel=1e-6)
    assert found.prices.item() == pytest.approx(4, rel=1e-6)


def test_hello_algo_fractional_knapsack():
    """*Hello Algo* (open book), section 15.2: items of 10, 20, 30, 40, 50 worth 50, 120, 150, 210, 240, a knapsack of 50.

    By hand: the most worth a unit are item 2, 6, and item 4, 5.25; 120 + 30·5.25 = 277.5.
    """
    value, weight = [50, 120, 150, 210, 240], [10, 20, 30, 40, 50]
    found = solve("utilitarian", speed=np.array(value)[:, None], bundle=weight, capacity=[[50]], tasks=[1] * 5)
    assert found.value == pytest.approx(277.5, rel=1e-7)
    assert found.x.ravel() == pytest.approx([0, 1, 0, 3 / 4, 0], abs=1e-6)
    assert found.prices.item() == pytest.approx(5.25, rel=1e-6)


def transport(cost, supply, demand):
    """Least cost of meeting all demand, as most worth of what is sent at a price that makes sending always worthwhile."""
    dear = 10 * np.max(cost)
    found = solve("utilitarian", speed=dear - np.array(cost), capacity=np.array(demand)[:, None], tasks=supply)
    assert found.x.sum() == pytest.approx(sum(demand), rel=1e-6)
    return dear * sum(demand) - found.value


def test_dantzig_canneries():
    """Dantzig, *Linear Programming and Extensions*, section 3.3, with the distances of the GAMS model "trnsport": 153.675.

    By hand: Seattle sends 50 (or 0) to New York and 300 to Chicago, San Diego the rest; 90 $ a case and thousand miles.
    """
    cost = 0.09 * np.array([[2.5, 1.7, 1.8], [2.5, 1.8, 1.4]])
    assert transport(cost, [350, 600], [325, 300, 275]) == pytest.approx(153.675, rel=1e-5)


def test_hitchcock_distribution():
    """*The distribution of a product from several sources to numerous localities*, 1941: the least cost is 535.

    By hand: 25·7 + 15·8 + 10·6 + 20·3 + 30·4.
    """
    cost = [[10, 5, 6, 7], [8, 2, 7, 6], [9, 3, 4, 8]]
    assert transport(cost, [25, 25, 50], [15, 20, 30, 35]) == pytest.approx(535, rel=1e-5)
