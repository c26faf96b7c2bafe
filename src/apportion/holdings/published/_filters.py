"""Which rows are counted, and why? Filters have names, so that each can be taken off and what it does be seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput, Fault, nearest


@dataclass(frozen=True, eq=False)
class Filter:
    """One reason to leave rows out: in words what is kept, and (N,) where."""

    words: str
    keep: Bools


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Do several things that may each be refused, and tell all faults of all of them.

    Raises
    ------
    BadInput
        with these.
    """
    done, faults = [], list[Fault]()
    for step in steps:
        try:
            done.append(step())
        except BadInput as error:
            faults += error.faults
    if faults:
        raise BadInput(faults)
    return done


def one_of(name: str, known: Sequence[str], option: str) -> str:
    """Return the value of an option.

    Raises
    ------
    BadInput
        if it is not one of those known.
    """
    if name not in known:
        raise BadInput(f'"{name}" is none of its values', f"--set {option}", nearest(name, list(known)))
    return name


def chosen(known: Mapping[str, str], default: Sequence[str], without: str, also: str) -> list[str]:
    """Name the filters in force, in the order of `known`; `without` and `also` are names with commas between.

    Raises
    ------
    BadInput
        for a name that no filter has, and for one to take off that is not in force.
    """
    off, more = (_names(said) for said in (without, also))
    faults = [
        Fault(f'there is no filter "{name}"', where, nearest(name, list(known)))
        for where, said in (("--without-filter", off), ("--with-filter", more))
        for name in said
        if name not in known
    ]
    in_force = [*default, *more]
    faults += [
        Fault(f'the filter "{name}" is not applied', "--without-filter", f"these are: {', '.join(default)}")
        for name in off
        if name in known and name not in in_force
    ]
    if faults:
        raise BadInput(faults)
    return [name for name in known if name in in_force and name not in off]


def kept(filters: Sequence[Filter], count: Floats, of: str) -> tuple[Bools, tuple[str, ...]]:
    """Apply filters one after the other: (N,) what is left, and what each left out, in words.

    Parameters
    ----------
    count : (N,) how many things a row stands for
    of : what these are

    Raises
    ------
    BadInput
        if nothing is left.
    """
    left, said = np.ones(len(count), dtype=bool), []
    for one in filters:
        out, whole = count[left & ~one.keep].sum(), count[left].sum()
        left = left & one.keep
        said.append(f"{one.words} ({out:,.0f} of {whole:,.0f} {of} left out)")
    if not left.any():
        raise BadInput(f"nothing is left: {'; '.join(said)}", "filters", "take one off with --without-filter NAME")
    return left, tuple(said)


def _names(said: str) -> list[str]:
    return [name.strip() for name in said.split(",") if name.strip()]
