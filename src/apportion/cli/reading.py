"""How do words on the command line become a pool, a rule and a window?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from apportion import registry
from apportion.cli.options import notices
from apportion.domain.intensity import Intensity
from apportion.domain.pool import Pool
from apportion.domain.situation import Window
from apportion.errors import BadInput, NotFound
from apportion.loop import Rule, charter_rule, rule
from apportion.sources._carbon import read_intensity


def read_pool(path: Path) -> Pool:
    """Read a pool directory, and tell its notices."""
    if not path.is_dir():
        raise NotFound(f"there is no pool directory {path}", mend=f"make one with: apportion init {path}")
    pool = registry.source("directory").read(path)
    notices(pool.notices)
    return pool


def chosen_rule(pool: Pool, policy: str | None, assignments: list[str] | None) -> tuple[Pool, Rule]:
    """Take the charter's policy, or the one named; parameters given here go before the charter's."""
    given = parameters(assignments)
    if policy is None or policy == pool.charter.policy:
        charter = replace(pool.charter, parameters={**pool.charter.parameters, **given})
        return pool.with_charter(charter), charter_rule(charter)
    by = rule(policy, given)
    return pool.with_charter(replace(pool.charter, policy=policy, parameters=given)), by


def shared(pool: Pool, pooled: bool | None) -> Pool:
    """Let members share or not, whatever the charter says; None for what it says."""
    if pooled is None:
        return pool
    return pool.with_charter(replace(pool.charter, queue=replace(pool.charter.queue, pooled=pooled)))


def parameters(assignments: list[str] | None) -> dict[str, Any]:
    """Read ``--set key=value``.

    >>> parameters(["quantum_s=60", "estimate=exact"])
    {'quantum_s': 60, 'estimate': 'exact'}
    """
    result: dict[str, Any] = {}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise BadInput(f'"{assignment}" is not of the form key=value', "--set", "write for example --set to=size")
        result[key] = _value(value)
    return result


@contextmanager
def typed(**options: str) -> Iterator[None]:
    """Name an option in faults as it was typed: ``typed(factor="--load")`` for what a function calls ``option factor``."""
    try:
        yield
    except BadInput as error:
        told = {f"option {name}": option for name, option in options.items()}
        raise BadInput([replace(fault, where=told.get(fault.where, fault.where)) for fault in error.faults]) from None


def intensity(paths: list[Path] | None, start: str | None) -> Intensity | None:
    """Read ``--carbon`` and ``--carbon-start``; None where no table is given."""
    if not paths:
        if start is not None:
            raise BadInput("there is no table in which to begin", "--carbon-start", "give one with --carbon FILE")
        return None
    read, notes = read_intensity(paths, start)
    notices(notes)
    return read


def _value(word: str) -> Any:
    if re.fullmatch(r"[+-]?\d{1,18}", word):
        return int(word)
    if re.fullmatch(r"[+-]?\d+\.\d+", word):
        return float(word)
    return word


def window(text: str | None) -> Window | None:
    """Read ``START..END``.

    >>> window("0..3600")
    Window(start_s=0, end_s=3600)
    """
    if text is None:
        return None
    match = re.fullmatch(r"(-?\d{1,15})\.\.(-?\d{1,15})", text)
    if not match or int(match[1]) >= int(match[2]):
        raise BadInput(
            f'"{text}" is not a window', "--window", "write START..END in whole seconds, for example 0..3600"
        )
    return Window(int(match[1]), int(match[2]))
