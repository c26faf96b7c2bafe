"""How do kernels become machine code?"""

from collections.abc import Callable
from types import FunctionType
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
    return _compiled(function, inside=True, from_python=True)


def part(function: F) -> F:
    """Compile what only kernels call. It has no way in from Python, which would be a quarter of what compiling takes."""
    return _closed(_compiled(function, inside=True, from_python=False))


def apart(function: F) -> F:
    """Compile a large part by itself: it is called and not put into its callers, which halves the time to compile these."""
    return _closed(_compiled(function, inside=False, from_python=False))


def _compiled(function: F, *, inside: bool, from_python: bool) -> F:
    how: dict[str, Any] = {"_nrt": False, "forceinline": inside, "no_cfunc_wrapper": True}
    how["no_cpython_wrapper"] = not from_python
    try:
        return cast("F", njit(cache=True, **how)(function))
    except RuntimeError:  # no writable place for the cache
        return cast("F", njit(**how)(function))


class _Closed:
    """Refuse to be called from Python, where there would be no code to go to."""

    __slots__ = ()

    def __call__(self, *_: Any, **__: Any) -> Any:
        name = getattr(self, "__name__", "this")
        raise TypeError(f"{name} is a part of kernels and has no way in from Python: make it @compiled")


def _closed(made: F) -> F:
    if not isinstance(made, FunctionType):  # (which it is where nothing is compiled at all: NUMBA_DISABLE_JIT)
        made.__class__ = type("Part", (_Closed, type(made)), {})
    return made
