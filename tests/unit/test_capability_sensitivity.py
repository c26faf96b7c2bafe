"""What of the picture of capability comes from the curve, and what from compute?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.capability.curves import curve
from apportion.capability.sensitivity import plausible_curves, sensitivity, sensitivity_sentence
from apportion.concentration.indices import gini, hhi
from apportion.errors import BadInput

usual = settings(deadline=None, max_examples=80)
amounts = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=12).map(np.array)
exponents = st.floats(0.02, 3.0)


@usual
@given(amounts, st.sampled_from(["power_law", "log", "michaelis_menten", "hill"]), exponents, st.floats(0.01, 1e4))
def test_an_elasticity_between_0_and_1_makes_capability_look_more_equal_and_one_above_1_less(C, family, k, half):
    made = curve(family, exponent=k, half=half)
    (row,) = sensitivity(C, {family: made})
    least, most = row.elasticity
    if row.flatters:
        assert row.gini <= gini(C) + 1e-12
        assert row.hhi <= hhi(C) * (1 + 1e-12)
    if least >= 1:
        assert row.gini >= gini(C) - 1e-12
        assert row.hhi >= hhi(C) * (1 - 1e-12)
    assert family != "power_law" or (least, most) == pytest.approx((k, k))


@usual
@given(amounts, st.floats(1e-3, 1e3))
def test_shares_depend_neither_on_the_scale_of_a_curve_nor_plausible_curves_on_the_unit_of_compute(C, unit):
    for one, other in zip(sensitivity(C), sensitivity(C * unit), strict=True):
        assert (one.total, one.hhi, one.gini) == pytest.approx((other.total, other.hhi, other.gini), rel=1e-6)


def test_compute_itself_comes_first_and_every_curve_is_1_at_mean_compute():
    C = np.array([1.0, 2.0, 9.0])
    first = sensitivity(C)[0]
    assert (first.curve, first.total, first.hhi, first.gini) == ("linear", 3.0, pytest.approx(hhi(C)), gini(C))
    assert [float(made.value(np.array(4.0))) for made in plausible_curves(C).values()] == pytest.approx([1.0] * 8)


def test_what_a_concave_curve_buys_is_less_than_equal_parts_would_buy():
    rows = {row.curve: row for row in sensitivity(np.array([1.0, 9.0]))}
    assert rows["power_law 0.5"].part_of_equal == pytest.approx((1 + 3) / (2 * math.sqrt(5)))
    assert rows["power_law 1.5"].part_of_equal > 1
    assert rows["linear"].part_of_equal == pytest.approx(1)


def test_of_a_loss_the_gain_over_no_compute_is_shared_out():
    loss = curve("power_floor", scale=1.0, exponent=1.0, floor=2.0, least=1.0)
    (row,) = sensitivity(np.array([2.0, 4.0]), {"loss": loss})
    assert row.above == -3
    assert row.total == pytest.approx(-2.5 - 2.25)
    assert row.hhi == pytest.approx(hhi(np.array([0.5, 0.75])))
    assert row.elasticity == pytest.approx((4 * (1 / 16) / 0.75, 2 * (1 / 4) / 0.5))


def test_a_falling_curve_below_zero_has_a_level_and_no_shares():
    (row,) = sensitivity(np.array([2.0, 4.0]), {"falling": curve("table", points="0:0, 8:-8")})
    assert row.total == -6
    assert math.isnan(row.gini)
    assert math.isnan(row.hhi)
    assert not row.flatters


def test_a_member_that_stands_for_several_counts_for_several():
    curves = {"root": curve("power_law")}
    (one,) = sensitivity(np.array([1.0, 4.0]), curves, np.array([2.0, 1.0]))
    (many,) = sensitivity(np.array([1.0, 1.0, 4.0]), curves)
    assert (one.total, one.gini, one.part_of_equal) == pytest.approx((many.total, many.gini, many.part_of_equal))


@pytest.mark.parametrize("C", [[], [0.0, 0.0]])
def test_where_nobody_holds_anything_there_is_nothing_to_compare(C):
    rows = sensitivity(np.array(C))
    assert all(row.total == 0 and math.isnan(row.gini) for row in rows)
    assert not sensitivity_sentence(rows)


def test_zeros_are_members_too_and_negative_or_missing_compute_is_refused():
    (row,) = sensitivity(np.array([0.0, 4.0]), {"root": curve("power_law")})
    assert (row.hhi, row.gini) == (10_000, 0.5)
    with pytest.raises(BadInput, match="row 1: -1"):
        sensitivity(np.array([1.0, -1.0]))
    with pytest.raises(BadInput, match="row 0: nan"):
        sensitivity(np.array([math.nan, 1.0]))
