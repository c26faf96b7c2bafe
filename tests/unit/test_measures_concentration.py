"""Do the indices of concentration agree with each other and with their definitions?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.concentration import doubt
from apportion.concentration.composite import composite
from apportion.concentration.groups import split
from apportion.concentration.indices import (
    atkinson,
    concentration_ratio,
    effective_number,
    entropy,
    generalized_entropy,
    gini,
    hhi,
    hoover,
    jain,
    lorenz,
    palma,
    theil_l,
    theil_t,
)
from apportion.concentration.mergers import delta_hhi, merger
from apportion.concentration.summary import SUMMARY, summary
from apportion.domain.arrays import text
from apportion.errors import BadInput

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


@settings(deadline=None)
@given(some, st.data(), st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]))
def test_groups_split_generalized_entropy_exactly(x, data, a):
    if a <= 0:
        x = x + 1
    of = text(data.draw(st.lists(st.sampled_from("abc"), min_size=len(x), max_size=len(x))))
    weight = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(x), max_size=len(x))), dtype=np.float64)
    found = split(x, of, a, weight)
    assert found.total == near(generalized_entropy(x, a, weight))


@settings(deadline=None)
@given(some)
def test_theil_is_the_entropy_that_is_missing_and_ge_2_half_the_squared_variation(x):
    assert theil_t(x) == near(math.log(len(x)) - entropy(x))
    assert generalized_entropy(x, 2.0) == near((x.std() / x.mean()) ** 2 / 2)


@settings(deadline=None)
@given(some)
def test_a_small_step_of_the_parameter_changes_little(x):
    x = x + 1
    for a in (0.0, 1.0):
        assert generalized_entropy(x, a + 1e-6) == pytest.approx(generalized_entropy(x, a), rel=1e-3, abs=1e-6)
    assert atkinson(x, 1 + 1e-6) == pytest.approx(atkinson(x, 1.0), rel=1e-3, abs=1e-6)


@settings(deadline=None)
@given(some, st.data())
def test_merging_a_set_adds_what_merging_pairs_adds(x, data):
    joined = sorted(data.draw(st.sets(st.integers(0, len(x) - 1), min_size=1)))
    s = x / x.sum()
    pairs = sum(delta_hhi(s[a], s[b]) for i, a in enumerate(joined) for b in joined[i + 1 :])
    assert merger(x, joined).change == pytest.approx(pairs, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_amounts_that_are_none_are_refused_by_row(wrong):
    for index in (hhi, gini, theil_t, atkinson, palma, entropy):
        with pytest.raises(BadInput, match=r"row 2: "):
            index(np.array([1.0, 2.0, wrong]))


def test_weights_that_are_none_are_refused():
    for weight in ([1.0, -1.0], [0.0, 0.0], [1.0]):
        with pytest.raises(BadInput):
            gini(np.array([1.0, 2.0]), np.array(weight))


def test_one_member_is_as_of_equals():
    one = np.array([7.0])
    assert (gini(one), theil_t(one), theil_l(one), atkinson(one), hoover(one), jain(one), hhi(one)) == (
        0,
        0,
        0,
        0,
        0,
        1,
        1e4,
    )


def test_bounds_that_are_none_are_refused():
    with pytest.raises(BadInput, match="row 0 is 3 to 4 about 2"):
        doubt.drawn(np.array([3.0]), np.array([2.0]), np.array([4.0]), 5, seed=0)


@settings(deadline=None)
@given(some, st.data())
def test_a_weight_is_so_many_holders(x, data):
    many = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(x), max_size=len(x)).filter(any)))
    written_out = np.repeat(x, many)
    for name, value in summary(x, many.astype(np.float64)).items():
        assert value == pytest.approx(summary(written_out)[name], rel=1e-9, abs=1e-9, nan_ok=True), name


def test_amounts_that_only_count_for_nobody_are_nothing():
    x, weight = np.array([0.0, 5.0]), np.array([1.0, 0.0])
    assert all(math.isnan(value) for value in summary(x, weight).values())


@pytest.mark.parametrize("unit", [1e-300, 1e-170, 1.0, 1e170, 1e300])
def test_no_unit_is_too_large_or_too_small(unit):
    x = np.array([1.0, 2.0, 3.0, 4.0]) * unit
    for name, value in summary(x).items():
        assert value == near(summary(np.array([1.0, 2.0, 3.0, 4.0]))[name]), name


def test_a_sum_that_is_no_number_is_refused():
    with pytest.raises(BadInput, match="larger unit"):
        hhi(np.array([1e308, 1e308, 1e308]))


def test_draws_added_up_by_holder_are_the_sums_of_draws():
    low, middle, high = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 9.0]), np.array([4.0, 5.0, 9.5])
    holder = np.array([1, 0, 1])
    for together in (False, True):
        rows = doubt.drawn(low, middle, high, 50, 7, together=together)
        sums = doubt.drawn(low, middle, high, 50, 7, together=together, holder=holder)
        assert sums == near(np.column_stack([rows[:, 1], rows[:, 0] + rows[:, 2]]))


def test_draws_do_not_depend_on_how_many_fit_at_once(monkeypatch):
    bounds = np.array([1.0, 2.0]), np.array([2.0, 3.0]), np.array([4.0, 5.0])
    whole = doubt.drawn(*bounds, 20, 3)
    monkeypatch.setattr(doubt, "CELLS", 6)
    assert (doubt.drawn(*bounds, 20, 3) == whole).all()


def test_others_are_bounded_for_every_index_between_one_owner_and_ever_larger_crowds():
    x, is_other = np.array([6.0, 3.0, 4.0, 2.0]), np.array([False, False, True, True])
    for index in SUMMARY:
        one, crowd = doubt.other(index.of, x, is_other)
        assert one == near(index.of(np.array([6.0, 3.0, 6.0]), None))
        written_out = index.of(np.append(x[:2], np.full(100_000, 6e-5)), None)
        if not index.grows:
            assert crowd == pytest.approx(written_out, rel=2e-3, abs=2e-3)


some_assets = st.integers(1, 4).flatmap(
    lambda k: (
        st.lists(st.lists(st.integers(0, 100), min_size=k, max_size=k), min_size=1, max_size=8)
        .map(lambda rows: np.array(rows, dtype=np.float64))
        .filter(lambda x: bool(x.sum(axis=0).all()))
    )
)


@settings(deadline=None)
@given(some_assets, st.data())
def test_a_composite_is_a_share_and_no_more_concentrated_than_its_most_concentrated_asset(x, data):
    weight = np.array(data.draw(st.lists(st.integers(0, 5), min_size=x.shape[1], max_size=x.shape[1]).filter(any)))
    found = composite(x, weight.astype(np.float64), 50, 0)
    assert found.share.sum() == near(1)
    assert hhi(found.share) <= max(hhi(column) for column in x.T) + 1e-6
    assert found.hhi_range[1] == near(max(hhi(column) for column in x.T))
    assert (found.best <= found.rank).all()
    assert (found.rank <= found.worst).all()


def test_a_composite_of_nothing_is_refused():
    with pytest.raises(BadInput) as caught:
        composite(np.array([[0.0, 1.0]]), np.array([-1.0, 1.0]), 10, 0)
    assert len(caught.value.faults) == 2
