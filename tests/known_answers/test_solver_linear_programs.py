"""Textbook linear programs as divisions that maximise the sum: optimum, vertex and shadow prices."""

import numpy as np
import pytest

from apportion.solver import solve


def test_hillier_and_lieberman_wyndor_glass():
    """*Introduction to Operations Research*, Wyndor Glass Co.: 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: (2, 6) and 36.

    Shadow prices 0, 3/2 and 1; by hand 12·3/2 + 18·1 = 36.
    """
    found = solve("utilitarian", speed=[[3], [5]], bundle=[[1, 0, 3], [0, 2, 2]], capacity=[[4, 12, 18]])
    assert found.value == pytest.approx(36, rel=1e-6)
    assert found.x.ravel() == pytest.approx([2, 6], rel=1e-5)
    assert found.prices.ravel() == pytest.approx([0, 3 / 2, 1], abs=1e-5)


def test_klee_and_minty_cube():
    """*How good is the simplex algorithm?*, 1972, as in Chvátal, *Linear Programming*, n = 3: (0, 0, 10,000)."""
    need = np.array([[1, 20, 200], [0, 1, 20], [0, 0, 1]])
    found = solve("utilitarian", speed=[[100], [10], [1]], bundle=need, capacity=[[1, 100, 10_000]])
    assert found.value == pytest.approx(10_000, rel=1e-6)
    assert found.bound >= 10_000


def test_dantzig_fractional_knapsack():
    """Dantzig, *Discrete-variable extremum problems*, 1957; numbers of Cormen et al.: 60 + 100 + 80 = 240.

    Items of 10, 20, 30 pounds worth 60, 100, 120, a knapsack of 50: the last is cut. The price of a pound is 120/30.
    """
    found = solve("utilitarian", speed=[[60], [100], [120]], bundle=[10, 20, 30], capacity=[[50]], tasks=[1, 1, 1])
    assert found.value == pytest.approx(240, rel=1e-7)
    assert found.x.ravel() == pytest.approx([1, 1, 2 / 3], rel=1e-6)
    assert found.prices.item() == pytest.approx(4, rel=1e-6)


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
