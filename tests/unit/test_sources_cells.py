"""Are numbers read exactly?"""

from decimal import Context, Decimal, InvalidOperation

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.sources._cells import NUMBER, Odd, decimals, exact, exact_decimal, whole_units, written

WIDE = Context(prec=2_000, Emax=10_000, Emin=-10_000)  # nothing that these tests write is rounded
INT64 = 2**63 - 1

plain = st.from_regex(r"[+-]?[0-9]{1,22}(\.[0-9]{0,8})?", fullmatch=True)
scientific = st.from_regex(r"[+-]?[0-9]{0,4}\.?[0-9]{1,4}[eE][+-]?[0-9]{1,3}", fullmatch=True)
anything = st.text(st.characters(codec="utf-8", exclude_characters=" \t\n\r"), min_size=1, max_size=8)
cells = st.one_of(plain, scientific, anything)


def number(text: str) -> Decimal | None:
    """What Python's own decimal reader says, where the text is an ASCII number."""
    if not NUMBER.fullmatch(text):
        return None
    try:
        return WIDE.create_decimal(text)
    except InvalidOperation:
        return None


@given(st.lists(st.none() | cells, max_size=8), st.sampled_from([0, 3, 6]), st.sampled_from([None, 0, 1]))
@settings(deadline=None, max_examples=300)
def test_whole_units_agree_with_decimal(texts, places, least):
    values, wrong = whole_units(pl.Series(texts, dtype=pl.String), places, least)
    for text, value, bad in zip(texts, values.tolist(), wrong.tolist(), strict=True):
        there = number(text) if text is not None else Decimal(0)
        units = there * 10**places if there is not None else Decimal("NaN")
        right = there is not None and units == units.to_integral_value() and abs(units) <= INT64
        if right and text is not None:
            right = least is None or units >= least
        assert bad == (not right)
        assert value == (int(units) if right else 0)


@given(st.lists(st.none() | cells, max_size=8))
@settings(deadline=None, max_examples=300)
def test_decimals_are_the_floats_that_give_the_decimal_back(texts):
    values, wrong = decimals(pl.Series(texts, dtype=pl.String))
    for text, value, bad in zip(texts, values.tolist(), wrong.tolist(), strict=True):
        there = number(text) if text is not None else None
        if bad:
            digits = there.normalize(WIDE).as_tuple().digits if there is not None else ()
            assert there is None or there < 0 or len(digits) > 15 or not -100 < there.adjusted() < 100
        elif text is None:
            assert np.isnan(value)
        else:
            assert Decimal(repr(value)) == there


@given(st.lists(st.integers(-INT64, INT64), max_size=8), st.sampled_from([0, 3, 6]))
@settings(deadline=None)
def test_what_is_written_is_read_back(values, places):
    texts = written(np.array(values, dtype=np.int64), places)
    again, wrong = whole_units(pl.Series(texts.tolist(), dtype=pl.String), places, least=None)
    assert again.tolist() == values
    assert not wrong.any()


@given(cells, st.sampled_from([0, 3, 6]))
@settings(deadline=None)
def test_one_cell_and_a_column_agree(text, places):
    alone = exact(text, places)
    values, wrong = whole_units(pl.Series([text]), places)
    assert wrong[0] == isinstance(alone, Odd)
    assert isinstance(alone, Odd) or values[0] == alone


@pytest.mark.parametrize(
    ("text", "places", "units"),
    [
        ("2.5", 3, 2500),
        ("007", 0, 7),
        ("1e3", 3, 1_000_000),
        ("0.1", 3, 100),
        ("1.2500000", 3, 1250),
        ("9223372036854775.807", 3, INT64),
        ("9223372036854775807", 0, INT64),
        ("0.000001", 6, 1),
        ("-0", 3, 0),
        (".5", 3, 500),
        ("5.", 3, 5000),
    ],
)
def test_numbers_that_can_be_meant(text, places, units):
    assert exact(text, places) == units
    assert whole_units(pl.Series([text]), places)[0].tolist() == [units]


@pytest.mark.parametrize(
    ("text", "places", "why"),
    [
        ("NaN", 3, "is not a number"),
        ("inf", 3, "is not a number"),
        ("-Infinity", 3, "is not a number"),
        ("1e400", 3, "more than 64 bits"),
        ("1e999999999999", 3, "out of range"),
        ("1e-999999999999", 3, "out of range"),
        ("9223372036854775808", 0, "more than 64 bits"),
        ("9223372036854775.808", 3, "more than 64 bits"),
        ("-1", 3, "is negative"),
        ("0.0001", 3, "more than 3 decimals"),
        ("0.0000001", 6, "more than 6 decimals"),
        ("1.5", 0, "not a whole number"),
        ("1,000", 3, "is not a number"),
        ("1_000", 3, "is not a number"),
        ("０.５", 3, "is not a number"),
        ("٣", 3, "is not a number"),
        ("0x10", 3, "is not a number"),
        ("8 GPUs", 3, "is not a number"),
        ("9" * 5000, 3, "more than 64 bits"),
    ],
)
def test_numbers_that_cannot(text, places, why):
    odd = exact(text, places)
    assert isinstance(odd, Odd)
    assert why in odd.what
    assert odd.mend
    assert whole_units(pl.Series([text]), places)[1].all()


@pytest.mark.parametrize("text", ["1e100", "1e-100", "1234567890123456", "0.12345678901234567", "-0.5", "nan", "1e400"])
def test_decimals_that_cannot_be_meant(text):
    assert isinstance(exact_decimal(text), Odd)
    assert decimals(pl.Series([text]))[1].all()


def test_a_float_that_came_from_a_binary_file_is_its_shortest_decimal():
    column = pl.Series([0.1, 1e20, 16777217.0, 2.5e-3]).cast(pl.String)
    assert decimals(column)[0].tolist() == [0.1, 1e20, 16777217.0, 0.0025]
    values, wrong = whole_units(column, 3)
    assert values.tolist() == [100, 0, 16_777_217_000, 0]
    assert wrong.tolist() == [False, True, False, True]
