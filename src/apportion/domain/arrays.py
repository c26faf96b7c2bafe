"""Which array types does the domain speak?"""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Text = npt.NDArray[np.object_]
T = TypeVar("T")


def frozen(array: Any, dtype: Any) -> Any:
    """Return `array` as a contiguous array of `dtype` that nobody can write to."""
    result = np.ascontiguousarray(array, dtype=dtype)
    if result is array or result.base is not None:
        result = result.copy() if result.flags.writeable else result
    result.setflags(write=False)
    return result


def ints(array: Any) -> Ints:
    """Freeze as int64."""
    return frozen(array, np.int64)  # type: ignore[no-any-return]  # `frozen` is generic in its dtype


def floats(array: Any) -> Floats:
    """Freeze as float64."""
    return frozen(array, np.float64)  # type: ignore[no-any-return]  # likewise


def text(values: Any) -> Text:
    """Freeze strings as a one-dimensional object array."""
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    column.setflags(write=False)
    return column


def take(table: T, order: Any) -> T:
    """Return the same table with its rows in `order` (indices or a mask); every array field has one row an entry."""
    columns = {field.name: getattr(table, field.name) for field in fields(table)}  # type: ignore[arg-type]  # any dataclass
    return replace(
        table,  # type: ignore[type-var]  # likewise
        **{
            name: frozen(column[order], column.dtype)
            for name, column in columns.items()
            if isinstance(column, np.ndarray)
        },
    )


def kinds(rows: Ints) -> Ints:
    """Number the distinct rows: (J, K) → (J,) from 0. O(J · K) where values are small, else O(J log J · K).

    >>> kinds(np.array([[4, 1], [2, 1], [4, 1]]))
    array([1, 0, 1])
    """
    kind, many = np.zeros(len(rows), dtype=np.int64), 1
    for column in rows.T:
        values, code = _coded(column)
        if many == 1:
            many, kind = values, code
        elif values > 1:
            many, kind = _coded(kind * values + code)
    return kind


def distinct(rows: Ints) -> tuple[Ints, Ints]:
    """The distinct rows, and which of them each row is: (J, K) → (D, K), (J,)."""
    kind = kinds(rows)
    one = np.zeros(int(kind.max(initial=-1)) + 1, dtype=np.int64)
    one[kind] = np.arange(len(kind))
    return rows[one], kind


def _coded(column: Ints) -> tuple[int, Ints]:
    """How many values there are, and which of them in ascending order each entry is."""
    if not len(column):
        return 1, np.zeros(0, dtype=np.int64)
    least, most = int(column.min()), int(column.max())
    if least == most:
        return 1, np.zeros(len(column), dtype=np.int64)
    if most - least > 8 * len(column) + 1024:
        values, code = np.unique(column, return_inverse=True)
        return len(values), code
    there = np.zeros(most - least + 1, dtype=bool)
    there[column - least] = True
    return int(there.sum()), (there.cumsum() - 1)[column - least]
