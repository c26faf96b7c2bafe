"""Which number is written in a cell, exactly?

Cells are decimal text and never pass through a binary float on their way to whole units. Plain columns are read by
vectorised casts; only what is left over is read cell by cell with `decimal.Decimal`.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Ints, Text, text
from apportion.domain.quantity import INT64_MAX

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
DIGITS = 15
LARGEST_EXPONENT = (
    99  # beyond it no weight, speed or value means anything, and products would leave the range of floats
)
UNITS = {0: "whole numbers", 3: "thousandths", 6: "millionths"}


class Odd(NamedTuple):
    """Why a cell is not the number that its column takes."""

    what: str
    mend: str


def whole_units(cells: pl.Series, places: int, least: int | None = 0) -> tuple[Ints, Bools]:
    """Read decimal text as whole units of 10^−places.

    Parameters
    ----------
    cells : (J,) strings, null where empty
    places : decimals that a number may have
    least : smallest unit allowed; None for any

    Returns
    -------
    (J,) int64, 0 where empty or wrong, and (J,) where it is wrong; `exact` says why.

    >>> values, wrong = whole_units(pl.Series(["2.5", "1e3", None, "0.0001"]), places=3)
    >>> values.tolist(), wrong.tolist()
    ([2500, 1000000, 0, 0], [False, False, False, True])
    """
    most = INT64_MAX // 10**places
    whole = cells.cast(pl.Int64, strict=False)
    values = pl.select(pl.when(whole.is_between(-most, most)).then(whole * 10**places)).to_series()
    rest = cells.is_not_null() & values.is_null()
    if rest.any():
        values = values.scatter(rest.arg_true(), _not_whole(cells.filter(rest), places))
    low = values < least if least is not None else pl.zeros(len(cells), dtype=pl.Boolean, eager=True)
    wrong = (cells.is_not_null() & values.is_null()) | low.fill_null(value=False)
    return np.where(wrong.to_numpy(), 0, values.fill_null(0).to_numpy()), wrong.to_numpy()


def _not_whole(cells: pl.Series, places: int) -> pl.Series:
    """Read cells with a decimal point; null where there is no such number."""
    cell = pl.lit(cells)
    plain = rf"^([0-9]{{1,12}})\.([0-9]{{0,{places}}})$"
    digits = cell.str.extract(plain, 1) + cell.str.extract(plain, 2).str.pad_end(places, "0")
    values = pl.select(digits.cast(pl.Int64)).to_series()
    rest = values.is_null()
    odd = {text: exact(text, places, least=None) for text in cells.filter(rest).unique()}
    known = {text: value for text, value in odd.items() if isinstance(value, int)}
    if not known:
        return values
    return values.scatter(
        rest.arg_true(),
        cells.filter(rest).replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64),
    )


def exact(text: str, places: int, least: int | None = 0) -> int | Odd:
    """Read one number as whole units of 10^−places, or say why it is none.

    >>> exact("12.50", 3), exact("1e400", 3).what, exact("0.0005", 3).what
    (12500, '"1e400" is more than 64 bits hold in thousandths', '"0.0005" has more than 3 decimals')
    """
    number = _number(text)
    if isinstance(number, Odd):
        return number
    negative, digits, exponent = number
    exponent += places
    if exponent < 0:
        return _too_fine(text, places)
    if len(digits) + exponent > 19 or int(digits) * 10**exponent > INT64_MAX:
        return Odd(f"{_shown(text)} is more than 64 bits hold in {UNITS[places]}", "check the number and its unit")
    value: int = int(digits) * 10**exponent * (-1 if negative else 1)
    if least is not None and value < least:
        return _too_small(text, negative, places)
    return value


def written(values: Ints, places: int) -> Text:
    """Write whole units of 10^−places as the shortest decimals: what `whole_units` reads back.

    >>> written(np.array([2500, 8000, -1]), 3).tolist()
    ['2.5', '8', '-0.001']
    """

    def say(value: int) -> str:
        whole, part = divmod(abs(value), 10**places)
        decimals = f".{part:0{places}d}".rstrip("0") if part else ""
        return f"{'-' if value < 0 else ''}{whole}{decimals}"

    return each(values, say)


def thousandths(amount: pl.Expr) -> pl.Expr:
    """Write whole thousandths as decimal text, vectorised: what `whole_units` reads back.

    >>> pl.select(thousandths(pl.Series([2500, 8000, 5]))).to_series().to_list()
    ['2.500', '8', '0.005']
    """
    whole = (amount // 1000).cast(pl.String)
    part = (amount % 1000).cast(pl.String).str.pad_start(3, "0")
    return pl.when(amount % 1000 == 0).then(whole).otherwise(pl.concat_str(whole, pl.lit("."), part))


def each(values: Ints | Floats, say: Callable[[Any], str]) -> Text:
    """Write each different value once: most columns have few."""
    different, at = np.unique(values, return_inverse=True)
    return text([say(value) for value in different.tolist()])[at.reshape(-1)]


def decimals(cells: pl.Series) -> tuple[Floats, Bools]:
    """Read decimals of at most 15 digits, zero or more, as the floats that stand for them.

    (J,) strings → (J,) floats, NaN where empty or wrong, and (J,) where it is wrong; `exact_decimal` says why.

    >>> values, wrong = decimals(pl.Series(["0.1", "1e20", None, "-1"]))
    >>> values.tolist(), wrong.tolist()
    ([0.1, 1e+20, nan, nan], [False, False, False, True])
    """
    cell = pl.lit(cells)
    plain = cell.str.contains(r"^[0-9]+(\.[0-9]+)?$") & (cell.str.len_bytes() <= DIGITS)
    values = pl.select(pl.when(plain).then(cell).cast(pl.Float64)).to_series()
    rest = cells.is_not_null() & values.is_null()
    odd = {text: exact_decimal(text) for text in cells.filter(rest).unique()}
    known = {text: value for text, value in odd.items() if isinstance(value, float)}
    if known:
        found = cells.filter(rest).replace_strict(
            list(known), list(known.values()), default=None, return_dtype=pl.Float64
        )
        values = values.scatter(rest.arg_true(), found)
    wrong = cells.is_not_null() & values.is_null()
    return values.fill_null(float("nan")).to_numpy(), wrong.to_numpy()


def exact_decimal(text: str) -> float | Odd:
    """Read one decimal of at most 15 digits, or say why it is none.

    >>> exact_decimal("2.50"), exact_decimal("0.1234567890123456").what
    (2.5, '"0.1234567890123456" has 16 digits, and a decimal has at most 15')
    """
    number = _number(text)
    if isinstance(number, Odd):
        return number
    negative, digits, exponent = number
    if negative and digits != "0":
        return _too_small(text, negative)
    if len(digits) > DIGITS:
        return Odd(
            f"{_shown(text)} has {len(digits)} digits, and a decimal has at most {DIGITS}",
            f"round it to {DIGITS} digits",
        )
    if abs(exponent + len(digits) - 1) > LARGEST_EXPONENT:
        return Odd(
            f"{_shown(text)} is not between 1e-{LARGEST_EXPONENT} and 1e{LARGEST_EXPONENT}",
            "check the number and its unit",
        )
    return float(f"{digits}e{exponent}")


def _number(text: str) -> tuple[bool, str, int] | Odd:
    """Take decimal text apart: sign, digits without zeros at either end, exponent of the last digit."""
    if not NUMBER.fullmatch(text):
        return Odd(f"{_shown(text)} is not a number", "write digits with a decimal point, such as 2.5")
    mantissa, _, power = text.lower().partition("e")
    if len(power) > 9:  # Decimal would refuse or take for ever; no number that can be meant is so large or so small
        return Odd(f"{_shown(text)} is out of range", "check the number and its unit")
    sign, figures, exponent = Decimal(mantissa).as_tuple()
    digits = "".join(map(str, figures)).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return False, "0", 0
    return bool(sign), significant, int(exponent) + int(power or 0) + len(digits) - len(significant)


def _too_fine(text: str, places: int) -> Odd:
    if places == 0:
        return Odd(f"{_shown(text)} is not a whole number", "round it: this column takes whole numbers")
    return Odd(f"{_shown(text)} has more than {places} decimals", f"round it to {places} decimals")


def _too_small(text: str, negative: bool, places: int = 0) -> Odd:
    if negative:
        return Odd(f"{_shown(text)} is negative", "this column takes zero or more")
    return Odd(f"{_shown(text)} is too small", f"this column takes {1 / 10**places:.{places}f} or more")


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 40 else f'"{text[:37]}…"'
