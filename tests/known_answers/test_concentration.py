"""Do the indices of concentration give the numbers that others printed?"""

import math

import numpy as np
import pytest

from apportion.concentration import doubt
from apportion.concentration.groups import split
from apportion.concentration.indices import (
    atkinson,
    concentration_ratio,
    effective_number,
    entropy,
    generalized_entropy,
    gini,
    gini_corrected,
    hhi,
    hoover,
    jain,
    lorenz,
    palma,
    theil_l,
    theil_t,
)
from apportion.concentration.mergers import delta_hhi, merger
from apportion.domain.arrays import text

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


@pytest.mark.parametrize(
    ("x", "t", "mean_log", "given_up"),
    [
        ([1, 1, 1, 1], 0, 0, 0),
        ([0, 0, 0, 1], 1.386294, math.inf, 1),
        ([1, 2, 3, 4], 0.106440, 0.121777, 0.114654),
        (NINE_AND_91, 1.802297, 1.851499, 0.842998),
    ],
)
def test_entropies_of_the_same_vectors(x, t, mean_log, given_up):
    x = amounts(*x)
    assert theil_t(x) == pytest.approx(t, abs=5e-7)
    assert theil_l(x) == pytest.approx(mean_log, abs=5e-7)
    assert atkinson(x) == pytest.approx(given_up, abs=5e-7)


def test_theil_between_and_within_two_pairs():
    """Shorrocks (1980): T splits exactly; (1, 2) and (3, 4) by hand."""
    found = split(amounts(1, 2, 3, 4), text(["a", "a", "b", "b"]))
    assert found.between == pytest.approx(0.082283, abs=5e-7)
    assert found.within == pytest.approx(0.024157, abs=5e-7)


def test_both_theils_of_a_lognormal_are_half_its_variance():
    """Closed form, as in Cowell, Measuring Inequality, appendix A.3: for σ = 1 both are 0.5."""
    from scipy.stats import norm

    n = 400_000
    x = np.exp(norm.ppf((np.arange(n) + 0.5) / n))
    assert theil_t(x) == pytest.approx(0.5, abs=2e-3)
    assert theil_l(x) == pytest.approx(0.5, abs=2e-3)
    assert atkinson(x, 2.0) == pytest.approx(1 - math.exp(-1.0), abs=2e-3)
    assert generalized_entropy(x, 2.0) == pytest.approx((math.e - 1) / 2, abs=0.02)


def test_libraries_that_correct_gini_say_a_third():
    assert gini_corrected(amounts(1, 2, 3, 4)) == pytest.approx(1 / 3)
    assert math.isnan(gini_corrected(amounts(5)))


def test_palma_of_ten_alike_is_a_quarter_and_counts_parts_of_entries():
    assert palma(amounts(*[1] * 10)) == pytest.approx(0.25)
    assert palma(amounts(1, 2, 3, 4)) == pytest.approx(0.4 * 4 / (1 + 0.6 * 2))
    assert palma(amounts(0, 0, 0, 1)) == math.inf


def test_entropy_of_a_half_a_quarter_and_two_eighths_is_seven_quarters_of_a_bit():
    """Shannon (1948): H = 7/4 bits."""
    assert entropy(amounts(4, 2, 1, 1)) / math.log(2) == pytest.approx(1.75)


def test_mergers_as_the_guidelines_count_them():
    """US Merger Guidelines (2023), section 2.1, note: shares of 30 and 10 % change HHI by 2 · 30 · 10 = 600."""
    assert delta_hhi(0.3, 0.1) == pytest.approx(600)
    found = merger(amounts(30, 10, 20, 40), [0, 1])
    assert (found.before, found.after) == pytest.approx((3000, 3600))
    assert found.change == pytest.approx(600)
    assert found.presumed
    assert not merger(amounts(*[1] * 100), [0, 1]).presumed


def test_others_are_one_owner_or_a_crowd():
    """60 and 40 with nobody else make 5,200; with 100 more held by one, 3,800, by a crowd 1,300."""
    low, high = doubt.other(hhi, amounts(60, 40, 100), np.array([False, False, True]))
    assert low == pytest.approx(3800)
    assert high == pytest.approx(1300, abs=1e-4)


def test_draws_have_the_percentiles_that_were_given():
    low, middle, high = amounts(1, 5, 0), amounts(2, 5, 0), amounts(8, 5, 0)
    draws = doubt.drawn(low, middle, high, 100_000, seed=1)
    assert np.quantile(draws[:, 0], doubt.QUANTILES) == pytest.approx([1, 2, 8], rel=0.03)
    assert (draws[:, 1:] == [5, 0]).all()
    assert (doubt.drawn(low, middle, high, 10, seed=1) == draws[:10]).all()


# PySAL's inequality 1.1.2: Gini(x).g, Theil(x).T, Atkinson(x, e).A for e of 0.5, 1 and 2.
PYSAL = [
    ([1, 2, 3, 4], 0.25, 0.10644013528622318, 0.05558585736954513, 0.11465446423974279, 0.232),
    (NINE_AND_91, 0.81, 1.802297057936288, 0.6562909437449498, 0.8429983779788607, 0.8890243902439025),
    (PHILLY, 0.5729045203724114, 0.6059601805845429, 0.37278937625504127, 0.9026107863771525, 0.9996328650820187),
    ([1, 1, 1, 1], 0, 0, 0, 0, 0),
]


@pytest.mark.parametrize(("x", "unequal", "t", "half", "one", "two"), PYSAL)
def test_pysal_says_the_same(x, unequal, t, half, one, two):
    x = amounts(*x)
    found = [gini(x), theil_t(x), atkinson(x, 0.5), atkinson(x, 1.0), atkinson(x, 2.0)]
    assert found == pytest.approx([unequal, t, half, one, two], rel=1e-12, abs=1e-12)


def test_pysal_splits_theil_the_same():
    """PySAL's inequality 1.1.2, TheilD(x, partition): bg 0.03346473, wg 0.57249545 of the Philly clusters in three groups."""
    found = split(amounts(*PHILLY), text(list("abc" * 5)))
    assert (found.between, found.within) == pytest.approx((0.03346473, 0.57249545), abs=5e-9)


@pytest.mark.parametrize(
    ("x", "top_four"), [([1, 1, 1, 1], 1), ([0, 0, 0, 1], 1), ([1, 2, 3, 4], 1), (NINE_AND_91, 0.94)]
)
def test_the_four_largest(x, top_four):
    assert concentration_ratio(amounts(*x), 4) == pytest.approx(top_four)


@pytest.mark.parametrize("x", [[1, 1, 1, 1], [0, 0, 0, 1], [1, 2, 3, 4], NINE_AND_91, PHILLY])
def test_identities_between_indices(x):
    """h = (1 + CV²)/n, Jain = 1/(n·h), GE(2) = CV²/2, T = ln n − H, N₂ = 1/h."""
    x = amounts(*x)
    n, h, variation = len(x), hhi(x) / 10_000, x.std() / x.mean()
    assert h == pytest.approx((1 + variation**2) / n)
    assert jain(x) == pytest.approx(1 / (n * h))
    assert effective_number(x) == pytest.approx(1 / h)
    assert generalized_entropy(x, 2.0) == pytest.approx(variation**2 / 2, abs=1e-12)
    assert theil_t(x) == pytest.approx(math.log(n) - entropy(x), abs=1e-12)


def test_weighted_gini_is_that_of_the_population_written_out():
    """Weights 4, 3, 2, 1 of 1, 2, 3, 4: ten people, of whom four hold 1."""
    written_out = amounts(1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
    weight = amounts(4, 3, 2, 1)
    assert gini(written_out) == pytest.approx(0.27)
    assert hhi(amounts(1, 2, 3, 4), weight) == pytest.approx(hhi(written_out))
    assert concentration_ratio(amounts(1, 2, 3, 4), 4, weight) == pytest.approx(12 / 20)


def test_an_interval_of_a_gini_of_ten_members_would_hold_the_truth_half_of_the_time():
    """Why a census of ten is not resampled: of a lognormal with σ = 1 (Gini 0.5205), 300 samples of ten, 200 draws each."""
    chance = np.random.default_rng(1)
    samples = np.exp(chance.standard_normal((300, 10)))
    held = 0
    for x in samples:
        drawn = [gini(x[rows]) for rows in chance.integers(0, 10, (200, 10))]
        low, high = np.quantile(drawn, [0.025, 0.975])
        held += low <= 0.5205 <= high
    assert held / 300 == pytest.approx(0.55, abs=0.09)  # 0.548 of 3,000 samples; three standard errors of 300
