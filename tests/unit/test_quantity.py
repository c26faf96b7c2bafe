"""Exact amounts."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.quantity import (
    amount_text,
    decimal_text,
    exact_products,
    fraction,
    whole_shares,
    whole_weights,
)

decimals = st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False)


@given(decimals)
def test_a_float_stands_for_the_decimal_it_was_read_from(number):
    assert fraction(float(number)) == Fraction(number)
    assert Decimal(decimal_text(float(number))) == number


@given(st.integers(-(10**15), 10**15))
def test_amounts_are_written_exactly(thousandths):
    assert Decimal(amount_text(thousandths)) * 1000 == thousandths


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_whole_shares_add_up_and_stay_within_one_unit(total, weights):
    shares = whole_shares(total, np.array(weights), np.arange(len(weights)))
    scale = sum(weights)
    assert shares.sum() == (total if scale else 0)
    assert all(
        abs(Fraction(int(s)) - Fraction(total * w, max(scale, 1))) < 1 for s, w in zip(shares, weights, strict=True)
    )


@given(st.lists(st.fractions(0, 1000, max_denominator=20), min_size=1, max_size=8))
def test_whole_weights_keep_proportion(weights):
    whole = whole_weights(weights, largest=2**62)
    assert all(whole[i] * weights[j] == whole[j] * weights[i] for i in range(len(weights)) for j in range(len(weights)))
    assert np.gcd.reduce(whole) in {0, 1}


def test_whole_weights_beyond_the_limit_stay_positive():
    assert whole_weights([Fraction(10**15), Fraction(1)]).tolist() == [10**9, 1]


@given(st.lists(st.integers(0, 2**61), min_size=1, max_size=6))
def test_products_do_not_overflow(tasks):
    bundle = np.full((len(tasks), 1), 2**40)
    result = exact_products(np.array(tasks).reshape(-1, 1), bundle)
    assert int(result[0, 0]) == sum(tasks) * 2**40
