"""Which plug-ins are there?

Names come from the files in a kind's folder and from the entry points of installed packages, without importing either;
a plug-in is imported when it is asked for. A name that both define belongs to the folder, and the other is a fault.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from apportion.errors import BadInput, NotFound, nearest
from apportion.ports import Discipline, Engine, Export, Holding, Measure, Policy, Probe, Proof, Source

FOLDERS = {
    "policy": "policies",
    "proof": "proofs",
    "measure": "measures",
    "source": "sources",
    "holding": "holdings/published",
    "discipline": "simulation/disciplines",
    "engine": "engines",
    "export": "exports",
}
HERE = Path(__file__).parent


@cache
def names(kind: str) -> tuple[str, ...]:
    """Name every plug-in of a kind, sorted. Files whose name begins with an underscore are parts, not plug-ins.

    Raises
    ------
    BadInput
        if an installed package takes a name that exists.
    """
    folder = FOLDERS[kind]
    own = {part.name for part in pkgutil.iter_modules([str(HERE / folder)]) if not part.name.startswith("_")}
    foreign = [point.name for point in entry_points(group=f"apportion.{kind}")]
    twice = sorted(own.intersection(foreign) | {name for name in foreign if foreign.count(name) > 1})
    if twice:
        raise BadInput(
            f"an installed package brings {kind} {', '.join(twice)}, which exists already",
            where=f"entry points of apportion.{kind}",
            mend="rename the plug-in in that package, or uninstall it",
        )
    return tuple(sorted(own.union(foreign)))


@cache
def _load(kind: str, name: str) -> ModuleType:
    if name not in names(kind):
        raise NotFound(f'no {kind} is called "{name}"', mend=nearest(name, names(kind)))
    for point in entry_points(group=f"apportion.{kind}"):
        if point.name == name:
            return cast("ModuleType", point.load())
    return importlib.import_module(f"apportion.{FOLDERS[kind].replace('/', '.')}.{name}")


def policy(name: str) -> Policy:
    """Load a policy by name."""
    return cast("Policy", _load("policy", name))


def proof(name: str) -> Proof:
    """Load a proof by name."""
    return cast("Proof", _load("proof", name))


def probe(name: str) -> Probe:
    """Load a probe by name; proofs and probes share a folder, and `checks` and `probes` tell them apart."""
    return cast("Probe", _load("proof", name))


@cache
def checks() -> tuple[str, ...]:
    """Name the proofs that look at a plan: those that expose `check`."""
    return tuple(name for name in names("proof") if hasattr(_load("proof", name), "check"))


@cache
def probes() -> tuple[str, ...]:
    """Name the proofs that look at the rule behind a plan: those that expose `probe` instead."""
    return tuple(name for name in names("proof") if name not in checks())


def measure(name: str) -> Measure:
    """Load a measure by name."""
    return cast("Measure", _load("measure", name))


def source(name: str) -> Source:
    """Load a source by name."""
    return cast("Source", _load("source", name))


def holding(name: str) -> Holding:
    """Load a reader of tables of holders by name."""
    return cast("Holding", _load("holding", name))


def discipline(name: str) -> Discipline:
    """Load a queueing discipline by name."""
    return cast("Discipline", _load("discipline", name))


def engine(name: str) -> Engine:
    """Load an engine by name."""
    return cast("Engine", _load("engine", name))


def export(name: str) -> Export:
    """Load an export target by name."""
    return cast("Export", _load("export", name))


def summary(kind: str, name: str) -> str:
    """Return the first line of a plug-in's docstring."""
    return (inspect.getdoc(_load(kind, name)) or "").splitlines()[0]


def parameters(function: Any) -> dict[str, Any]:
    """Return the keyword parameters of a plug-in's function with their defaults."""
    return {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }


def checked(kind: str, name: str, function: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Bring parameters into the types of their defaults.

    Raises
    ------
    BadInput
        for a parameter the plug-in does not have, or a value that does not fit.
    """
    known = parameters(function)
    result = {}
    for key, value in given.items():
        if key not in known:
            raise BadInput(
                f'{kind} "{name}" has no parameter "{key}"', mend=nearest(key, list(known)) if known else "it has none"
            )
        result[key] = _fitted(f"{kind} {name}, parameter {key}", value, known[key])
    return result


def _fitted(where: str, value: Any, default: Any) -> Any:
    kind = type(default)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    try:
        if kind is bool:
            return {"true": True, "false": False}[str(value).lower()]
        return kind(value)
    except (KeyError, TypeError, ValueError):
        raise BadInput(f"{value!r} is not {kind.__name__}", where, f"the default is {default!r}") from None
