"""Published equilibria of Fisher markets: a claim is a buyer, its weight the budget; prices of capacity clear the market."""

import numpy as np
import pytest

from apportion.solver import solve


def leontief(demands, capacity, objective="nash"):
    """Tasks of buyers who need goods in fixed proportions."""
    return solve(objective, speed=np.ones((len(demands), 1)), bundle=demands, capacity=[capacity]).x[:, 0]


def linear(values, budgets=None):
    """The equilibrium of buyers with linear utilities over one unit of each good."""
    return solve("nash", speed=values, capacity=np.ones((len(values[0]), 1)), weight=budgets)


def test_ghodsi_competitive_equilibrium_of_the_running_example():
    """DRF paper, NSDI 2011, section 5.2: 45/11 and 18/11. By hand: x + 3y = 9 and 4x + y = 18."""
    assert leontief([(1, 4), (3, 1)], (9, 18)) == pytest.approx([45 / 11, 18 / 11], rel=1e-7)


def test_ghodsi_equilibrium_before_the_lie():
    """Section 6, strategy-proofness: ⟨16, 1⟩ and ⟨1, 2⟩ of 100 each. By hand: 16x + y = 100 = x + 2y, so 100/31, 1500/31."""
    assert leontief([(16, 1), (1, 2)], (100, 100)) == pytest.approx([100 / 31, 1500 / 31], rel=1e-7)


def test_ghodsi_the_lie_pays():
    """The same: user 1 asks ⟨16, 8⟩ and gets 25/6 tasks, not 100/31. By hand: 16x + y = 100 = 8x + 2y, so 24x = 100."""
    found = leontief([(16, 8), (1, 2)], (100, 100))
    assert found == pytest.approx([25 / 6, 100 / 3], rel=1e-7)
    assert found[0] > 100 / 31


def test_ghodsi_under_drf_the_same_lie_does_not_pay():
    """Section 4 on the same data. By hand: dominant shares are equal where y = 8x.

    Told the truth, resource 1 is used up at 16x + 8x = 100; told ⟨16, 8⟩, both resources are, at the same x = 25/6.
    """
    honest, lying = (leontief([(16, need), (1, 2)], (100, 100), "drf")[0] for need in (1, 8))
    assert honest == pytest.approx(25 / 6, rel=1e-12)
    assert lying <= honest * (1 + 1e-12)


def test_ghodsi_equilibrium_of_three():
    """Section 6, population monotonicity: ⟨4, 1⟩, ⟨1, 16⟩, ⟨16, 1⟩ of 100: 11.3, 5.4 and 3.1 tasks as printed."""
    assert np.round(leontief([(4, 1), (1, 16), (16, 1)], (100, 100)), 1).tolist() == [11.3, 5.4, 3.1]


def test_ghodsi_when_the_third_leaves_the_second_loses():
    """The same: 23.8 and 4.8. By hand: 4x + y = 100 = x + 16y, so 500/21 and 100/21 < 5.4."""
    assert leontief([(4, 1), (1, 16)], (100, 100)) == pytest.approx([500 / 21, 100 / 21], rel=1e-7)


def test_ghodsi_drf_on_the_data_of_asset_fairness():
    """Section 6.1.1: ⟨1, 3⟩ and ⟨1, 1⟩ of 30 each. By hand: 3x = y, 3x + y = 30: 5 and 15 tasks."""
    assert leontief([(1, 3), (1, 1)], (30, 30), "drf") == pytest.approx([5, 15], rel=1e-12)


def test_zahedi_and_lee_memory_bandwidth_and_cache():
    """*REF: Resource elasticity fairness*, ASPLOS 2014, the running example: x^0.6·y^0.4 and x^0.2·y^0.8, 24 GB/s and 12 MB.

    A buyer of Cobb–Douglas utility is one buyer for each good with the exponent as its budget. By hand: 24·0.6/0.8 = 18 and
    6; 12·0.4/1.2 = 4 and 8.
    """
    found = solve("nash", speed=[[1, 0], [0, 1]] * 2, capacity=[[24], [12]], weight=[0.6, 0.4, 0.2, 0.8])
    assert found.rate == pytest.approx([18, 4, 6, 8], rel=1e-7)


def test_adsul_and_others_true_equilibrium():
    """*Nash equilibria in Fisher market*, SAGT 2010, opening example: [[10, 3], [3, 10]], budgets 10: prices 10."""
    found = linear([[10, 3], [3, 10]], [10, 10])
    assert found.prices.ravel() == pytest.approx([10, 10], rel=1e-6)
    assert found.rate == pytest.approx([10, 10], rel=1e-6)


def test_adsul_and_others_a_buyer_who_poses():
    """The same: buyer 1 poses ⟨5, 15⟩; prices 5 and 15, and true utilities 11 and 20/3.

    By hand: buyer 1 is indifferent, buyer 2 spends 10 on good 2 and gets 2/3 of it; 10 + 3/3 = 11 and 10·2/3.
    """
    found = linear([[5, 15], [3, 10]], [10, 10])
    assert found.prices.ravel() == pytest.approx([5, 15], rel=1e-6)
    assert (np.array([[10, 3], [3, 10]]) * found.x).sum(axis=1) == pytest.approx([11, 20 / 3], rel=1e-6)


def test_eisenberg_and_gale_prices_sum_to_the_budgets():
    """*Consensus of subjective probabilities*, 1959: prices of horses at which every bettor bets only where it pays best.

    Their theorem on two horses, numbers of our own: beliefs (1/2, 1/2) and (1/5, 4/5), stakes 1/2. By hand: at (1/2, 1/2) the
    first is indifferent and the second bets all on horse 2, so the first bets all on horse 1.
    """
    found = linear([[1 / 2, 1 / 2], [1 / 5, 4 / 5]], [1 / 2, 1 / 2])
    assert found.prices.ravel() == pytest.approx([1 / 2, 1 / 2], rel=1e-6)
    assert found.x[1] == pytest.approx([0, 1], abs=1e-6)


@pytest.mark.parametrize("start", [None, np.array([[2.0], [1.0]])])
def test_vazirani_prices_of_two_buyers_and_two_goods(start):
    """Nisan et al., *Algorithmic Game Theory*, 2007, Vazirani on Fisher's linear case: every buyer's best goods sell out.

    Buyer 1 wants good 1 only; buyer 2 both alike; budgets 2 and 1. By hand: at prices (2, 1) buyer 1 takes good 1, buyer 2
    good 2, and the other way costs him twice as much. An earlier price is only a start.
    """
    found = solve("nash", speed=[[1, 0], [1, 1]], capacity=[[1], [1]], weight=[2, 1], start=start)
    assert found.prices.ravel() == pytest.approx([2, 1], rel=1e-6)
    assert found.x == pytest.approx(np.eye(2), abs=1e-6)


def test_wang_li_liang_drf_on_unlike_servers():
    """*Dominant resource fairness in cloud computing systems with heterogeneous servers*, INFOCOM 2014, first example.

    Servers ⟨2 CPU, 12 GB⟩ and ⟨12, 2⟩, tasks ⟨0.2, 1⟩ and ⟨1, 0.2⟩: 10 tasks each, a share of 5/7. By hand: with price
    1 on CPU of server 1 and memory of server 2 a task costs 0.2 at least, so there are at most (2 + 2)/0.2 = 20 together.
    """
    found = solve("drf", speed=np.ones((2, 2)), bundle=[[0.2, 1], [1, 0.2]], capacity=[[2, 12], [12, 2]])
    assert found.x.sum(axis=1) == pytest.approx([10, 10], rel=1e-9)
    assert found.levels == pytest.approx([5 / 7], rel=1e-9)


def test_chowdhury_and_others_optimal_isolation_guarantee():
    """*HUG: Multi-resource fairness for correlated and elastic demands*, NSDI 2016, figure 1: A ⟨1/2, 1⟩, B ⟨1, 1/6⟩: 2/3.

    By hand: 1 / max over links of the sum of demands, 1 / (1/2 + 1); link 2 is then left at 7/9. Figure 1c has A at 1/3 and
    2/3 of the links and B at 2/3 and 1/9.
    """
    demands = np.array([[1 / 2, 1], [1, 1 / 6]])
    found = leontief(demands, (1, 1), "drf")
    assert found == pytest.approx([2 / 3, 2 / 3], rel=1e-12)
    assert found @ demands == pytest.approx([1, 7 / 9], rel=1e-12)
    assert found[:, None] * demands == pytest.approx(np.array([[1 / 3, 2 / 3], [2 / 3, 1 / 9]]), rel=1e-12)
