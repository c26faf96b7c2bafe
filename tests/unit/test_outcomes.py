"""Do comparisons of groups keep what their definitions promise?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.concentration import outcomes
from apportion.concentration.outcomes import bands, bootstrap, crossed, fared
from apportion.domain.arrays import text
from apportion.errors import BadInput

rows = st.lists(st.tuples(st.integers(0, 1000), st.sampled_from("abc"), st.integers(1, 5)), min_size=1, max_size=30)


def columns(drawn):
    x, of, weight = zip(*drawn, strict=True)
    return np.array(x, dtype=np.float64), text(of), np.array(weight, dtype=np.float64)


@settings(deadline=None)
@given(rows)
def test_a_weight_is_so_many_rows(drawn):
    x, of, weight = columns(drawn)
    many = weight.astype(int)
    one, written_out = fared(x, of, weight), fared(np.repeat(x, many), np.repeat(of, many))
    assert one.mean == pytest.approx(written_out.mean)
    assert one.overall == pytest.approx(written_out.overall)
    assert one.between_share == pytest.approx(written_out.between_share, nan_ok=True, abs=1e-9)


@settings(deadline=None)
@given(rows)
def test_the_overall_mean_lies_among_the_groups_and_ratios_below_one(drawn):
    found = fared(*columns(drawn))
    assert found.group_min - 1e-9 <= found.overall <= found.group_max + 1e-9
    assert found.difference_to_overall <= found.difference + 1e-9
    for ratio in (found.ratio, found.ratio_to_overall):
        assert math.isnan(ratio) or -1e-9 <= ratio <= 1 + 1e-9


@settings(deadline=None, max_examples=30)
@given(rows, st.integers(0, 5))
def test_intervals_are_seeded_and_within_the_rows(drawn, seed):
    x, of, weight = columns(drawn)
    found, again = bootstrap(x, of, 50, seed, weight), bootstrap(x, of, 50, seed, weight)
    assert np.array_equal(found.mean, again.mean, equal_nan=True)
    several = np.array([list(of).count(group) > 1 for group in sorted(set(of))])
    assert (found.mean[several] >= x.min() - 1e-9).all()
    assert (found.mean[several] <= x.max() + 1e-9).all()
    assert math.isnan(found.difference[0]) == (not several.all())
    assert np.isnan(found.mean[~several]).all()


def test_draws_do_not_depend_on_how_many_fit_at_once(monkeypatch):
    x, of = np.arange(10.0), text(list("aabbbbabab"))
    whole = bootstrap(x, of, 30, 3)
    monkeypatch.setattr(outcomes, "CELLS", 25)
    assert (bootstrap(x, of, 30, 3).mean == whole.mean).all()


def test_negative_outcomes_have_differences_and_no_ratios():
    found = fared(np.array([-1.0, 2.0]), text(["a", "b"]))
    assert found.difference == 3
    assert math.isnan(found.ratio)
    assert math.isnan(found.ratio_to_overall)
    assert math.isnan(found.between_share)


def test_nobody_gets_anything():
    found = fared(np.zeros(3), text(["a", "b", "b"]))
    assert (found.difference, found.overall) == (0, 0)
    assert math.isnan(found.ratio)


def test_one_group_is_at_parity_with_itself():
    found = fared(np.array([3.0, 5.0]), text(["a", "a"]))
    assert (found.difference, found.ratio, found.between_share, found.ratio_to_overall) == (0, 1, 0, 1)


def test_what_cannot_be_compared_is_refused_with_all_faults():
    with pytest.raises(BadInput) as caught:
        fared(np.array([math.nan, 1.0]), text(["a", "b"]), np.array([1.0, 0.0]))
    assert len(caught.value.faults) == 2
    with pytest.raises(BadInput, match="no rows"):
        fared(np.zeros(0), text([]))
    with pytest.raises(BadInput, match="negative"):
        fared(np.ones(2), text(["a", "b"]), np.array([1.0, -1.0]))


def test_bands_hold_equals_together():
    assert bands(np.array([5.0, 5.0, 5.0])).tolist() == ["all"] * 3
    assert bands(np.array([1.0, 1.0, 1.0, 9.0])).tolist() == ["≤ 1"] * 3 + ["> 1"]
    assert crossed([text(["a"]), text(["b"]), text(["c"])]).tolist() == ["a × b × c"]
