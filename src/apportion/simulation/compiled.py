"""How do kernels become machine code?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function when it is first called, and keep the machine code on disk for the next process.

    A kernel allocates nothing, so references to its arrays need not be counted: with `nrt` they are, atomically, at every
    call of a part, which made kernels eight times slower. To allocate inside is refused when compiling. Parts are put into
    their callers, as each call would hand on every array of every tuple: two to three times as fast again.

    A caller's code contains that of the kernels it calls, and the kept code is dropped only when the caller's own file
    changes: after an edit of a shared part, remove ``simulation/__pycache__``. Where no folder can be written, nothing is
    kept and each process compiles anew.
    """
    return _compiled(function, inside=True)


def apart(function: F) -> F:
    """Compile a large part by itself: it is called and not put into its callers, which halves the time to compile these."""
    return _compiled(function, inside=False)


def _compiled(function: F, *, inside: bool) -> F:
    how: dict[str, Any] = {"_nrt": False, "forceinline": inside}
    try:
        return cast("F", njit(cache=True, **how)(function))
    except RuntimeError:  # no writable place for the cache
        return cast("F", njit(**how)(function))
