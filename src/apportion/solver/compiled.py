"""How do kernels become machine code?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy.typing as npt
from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function when it is first called, and keep the machine code on disk for the next process.

    Where no folder can be written, nothing is kept and each process compiles anew. Sums keep the order of the source, so
    every machine gets the same bits. Dividing a float by zero gives infinity, as in numpy.
    """
    how: dict[str, Any] = {
        "error_model": "numpy",
        "no_cfunc_wrapper": True,
    }  # (a way in from C would be compiled for nobody)
    try:
        return cast("F", njit(cache=True, **how)(function))
    except RuntimeError:  # no writable place for the cache
        return cast("F", njit(**how)(function))


def unbounded(kernel: F, amounts: npt.NDArray[Any]) -> F:
    """Choose the lines as they are, over Python's integers, where `amounts` are such; else the machine code."""
    return cast("F", getattr(kernel, "py_func", kernel)) if amounts.dtype == object else kernel
