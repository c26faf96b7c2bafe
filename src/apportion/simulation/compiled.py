"""How do kernels become machine code?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function when it is first called, and keep the machine code on disk for the next process.

    A caller's code contains that of the kernels it calls, and the kept code is dropped only when the caller's own file
    changes: after an edit of a shared part, remove ``simulation/__pycache__``. Where no folder can be written, nothing is
    kept and each process compiles anew.
    """
    try:
        return cast("F", njit(cache=True)(function))
    except RuntimeError:  # no writable place for the cache
        return cast("F", njit(function))
