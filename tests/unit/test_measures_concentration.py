"""Do the indices of concentration agree with each other and with their definitions?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.measures.concentration_ratio import concentration_ratio
from apportion.measures.effective_number import effective_number
from apportion.measures.gini import gini
from apportion.measures.hhi import hhi
from apportion.measures.jain import jain
from apportion.measures.lorenz import hoover, lorenz

some = (
    st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any).map(lambda x: np.array(x, dtype=np.float64))
)
INDICES = [hhi, gini, hoover, effective_number, jain]


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(some)
def test_h_is_one_plus_squared_variation_over_n(x):
    variation = x.std() / x.mean()
    assert hhi(x) / 10_000 == near((1 + variation**2) / len(x))


@settings(deadline=None)
@given(some)
def test_jain_and_effective_number_are_two_scales_of_h(x):
    h = hhi(x) / 10_000
    assert jain(x) == near(1 / (len(x) * h))
    assert effective_number(x) == near(1 / h)


@settings(deadline=None)
@given(some, st.data())
def test_sorted_gini_is_the_pairwise_sum(x, data):
    p = np.array(data.draw(st.lists(st.integers(1, 1000), min_size=len(x), max_size=len(x))), dtype=np.float64)
    p /= p.sum()
    pairwise = (p[:, None] * p[None, :] * np.abs(x[:, None] - x[None, :])).sum() / (2 * (p * x).sum())
    assert gini(x, p) == near(pairwise)


@settings(deadline=None)
@given(some, st.integers(2, 5))
def test_copies_of_a_population_are_as_unequal(x, copies):
    again = np.tile(x, copies)
    assert gini(again) == near(gini(x))
    assert hoover(again) == near(hoover(x))
    assert jain(again) == near(jain(x))
    assert effective_number(again) == near(copies * effective_number(x))


@settings(deadline=None)
@given(some, st.randoms(use_true_random=False), st.floats(1e-6, 1e6))
def test_neither_order_nor_unit_matters(x, random, unit):
    shuffled = np.array(random.sample(x.tolist(), len(x))) * unit
    for index in INDICES:
        assert index(shuffled) == near(index(x))


@settings(deadline=None)
@given(some)
def test_lorenz_starts_at_nothing_ends_at_all_and_never_bends_up_over_the_diagonal(x):
    population, share = lorenz(x)
    assert (population[0], share[0], population[-1], share[-1]) == (0, 0, 1, 1)
    assert (np.diff(share) >= 0).all()
    assert (np.diff(np.diff(share)) >= -1e-12).all()
    assert (share <= population + 1e-12).all()


@settings(deadline=None)
@given(some)
def test_gini_and_hoover_are_area_and_distance_under_the_lorenz_curve(x):
    population, share = lorenz(x)
    assert gini(x) == near(1 - 2 * np.trapezoid(share, population))
    assert hoover(x) == near((population - share).max())


@settings(deadline=None)
@given(some)
def test_concentration_ratio_grows_to_one(x):
    ratios = [concentration_ratio(x, k) for k in range(1, len(x) + 1)]
    assert ratios == sorted(ratios)
    assert ratios[-1] == near(1)
    assert ratios[0] == near(x.max() / x.sum())


@settings(deadline=None)
@given(some)
def test_a_transfer_from_rich_to_poor_lowers_inequality(x):
    gap = x.max() - x.min()
    fairer = x.copy()
    fairer[x.argmin()] += gap / 4
    fairer[x.argmax()] -= gap / 4
    slack = 1e-9
    assert gini(fairer) <= gini(x) + slack
    assert hhi(fairer) <= hhi(x) * (1 + slack)
    assert not math.isnan(jain(fairer))
