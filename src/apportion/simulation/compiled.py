"""How do kernels become machine code?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function when it is first called, and keep the machine code on disk for the next process.

    A kernel allocates nothing, so references to its arrays need not be counted: with `nrt` they are, atomically, at every
    call of a part, which made kernels eight times slower. To allocate inside is refused when compiling.

    A caller's code contains that of the kernels it calls, and the kept code is dropped only when the caller's own file
    changes: after an edit of a shared part, remove ``simulation/__pycache__``. Where no folder can be written, nothing is
    kept and each process compiles anew.
    """
    uncounted: dict[str, Any] = {"_nrt": False}
    try:
        return cast("F", njit(cache=True, **uncounted)(function))
    except RuntimeError:  # no writable place for the cache
        return cast("F", njit(**uncounted)(function))
