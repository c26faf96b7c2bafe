"""Do the indices of concentration give the numbers that others printed?"""

import math

import numpy as np
import pytest

from apportion.measures.concentration_ratio import concentration_ratio
from apportion.measures.effective_number import effective_number
from apportion.measures.gini import gini
from apportion.measures.hhi import hhi
from apportion.measures.jain import jain
from apportion.measures.lorenz import hoover, lorenz

NINE_AND_91 = [1] * 9 + [91]

# GPU-seconds by virtual cluster, 2017-09-04 to 12-22: "Microsoft Philly traces" (Jeon et al., Analysis of Large-Scale
# Multi-Tenant GPU Clusters for DNN Training Workloads, USENIX ATC 2019), CC-BY-4.0; added up from a filtered copy.
PHILLY = [
    279202703, 154368921, 101175463, 563626, 290502518, 43769, 349865361, 295931726, 18326, 593750354, 10551, 452662200,
    48808287, 32174855, 922003842,
]  # fmt: skip


def amounts(*x):
    return np.array(x, dtype=np.float64)


@pytest.mark.parametrize(
    ("x", "points", "unequal", "moved", "even"),
    [
        ([1, 1, 1, 1], 2500, 0, 0, 1),
        ([0, 0, 0, 1], 10000, 0.75, 0.75, 0.25),
        ([1, 2, 3, 4], 3000, 0.25, 0.2, 0.833333),
        (NINE_AND_91, 8290, 0.81, 0.81, 0.120627),
    ],
)
def test_vectors_small_enough_for_pencil_and_paper(x, points, unequal, moved, even):
    x = amounts(*x)
    assert hhi(x) == pytest.approx(points, rel=1e-12)
    assert gini(x) == pytest.approx(unequal, abs=1e-12)
    assert hoover(x) == pytest.approx(moved, abs=1e-12)
    assert jain(x) == pytest.approx(even, abs=5e-7)


def test_four_firms_of_the_department_of_justice():
    """US Department of Justice, "Herfindahl-Hirschman Index": shares of 30, 30, 20 and 20 % make 2,600."""
    assert hhi(amounts(30, 30, 20, 20)) == pytest.approx(2600)


def test_jain_is_the_fraction_of_users_served_equally():
    """Jain, Chiu and Hawe (1984): if k of n users get equal amounts and the others nothing, the index is k/n."""
    assert jain(amounts(5, 5, 0, 0, 0, 0, 0, 0, 0, 0)) == pytest.approx(0.2)


def test_weighted_gini():
    assert gini(amounts(1, 2, 3, 4), amounts(4, 3, 2, 1)) == pytest.approx(0.27)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5])
def test_gini_of_a_lognormal_is_erf_of_half_sigma(sigma):
    """Closed form, as in Aitchison and Brown, The Lognormal Distribution (1957); 0.5205 for σ = 1."""
    from scipy.stats import norm

    n = 400_000
    x = np.exp(sigma * norm.ppf((np.arange(n) + 0.5) / n))
    assert gini(x) == pytest.approx(math.erf(sigma / 2), abs=1e-4)


def test_gini_of_a_pareto_is_one_over_twice_alpha_less_one():
    """Closed form, as in Arnold, Pareto Distributions: G = 1 / (2α − 1)."""
    n, alpha = 400_000, 3.0
    x = (1 - (np.arange(n) + 0.5) / n) ** (-1 / alpha)
    assert gini(x) == pytest.approx(1 / (2 * alpha - 1), abs=1e-4)


def test_philly_virtual_clusters():
    x = amounts(*PHILLY)
    assert round(hhi(x)) == 1466
    assert round(100 * concentration_ratio(x, 4), 1) == 65.8
    assert effective_number(x) == pytest.approx(10_000 / 1465.83, rel=1e-5)


def test_lorenz_curve_of_the_first_four_numbers():
    population, share = lorenz(amounts(3, 1, 4, 2))
    assert population.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert share == pytest.approx([0, 0.1, 0.3, 0.6, 1])


def test_nobody_holds_anything():
    nothing = np.zeros(3)
    assert all(math.isnan(index(nothing)) for index in (hhi, effective_number, gini, hoover, jain))
    assert math.isnan(concentration_ratio(nothing, 4))
    population, share = lorenz(nothing)
    assert share.tolist() == population.tolist()
