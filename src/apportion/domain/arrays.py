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
