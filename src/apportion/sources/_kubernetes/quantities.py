"""How much is ``500m``, ``1.5Gi`` or ``12e6``, what does a pod ask for altogether, and when was ``…T06:30:00Z``?"""

import re
from datetime import datetime
from fractions import Fraction
from typing import Any

QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([eE][+-]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)")
UNITS = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1), None: Fraction(1)}
UNITS |= {unit: Fraction(1000**power) for power, unit in enumerate("kMGTPE", 1)}
UNITS |= {f"{unit}i": Fraction(1024**power) for power, unit in enumerate("KMGTPE", 1)}
Amounts = dict[str, Fraction]


def quantity(said: Any) -> Fraction:
    """Read a quantity exactly.

    >>> quantity("250m"), quantity("1.5Gi"), quantity("12e6"), quantity(2)
    (Fraction(1, 4), Fraction(1610612736, 1), Fraction(12000000, 1), Fraction(2, 1))

    Raises
    ------
    ValueError
        if it is none, or is negative.
    """
    found = QUANTITY.fullmatch(str(said))
    if not found or found[1].startswith("-"):
        raise ValueError(f'"{said}" is not a quantity')
    return Fraction(found[1]) * (Fraction(f"1{found[2]}") if found[2] else UNITS[found[3]])


def amounts(said: dict[str, Any] | None) -> Amounts:
    """Read quantities by resource."""
    return {str(name): quantity(value) for name, value in (said or {}).items()}


def effective_request(spec: dict[str, Any]) -> Amounts:
    """Say what a pod's node must have free for it: Kubernetes' effective request, with the overhead of its runtime.

    For each resource the larger of what runs together in the end (containers and sidecars) and of what any moment of
    the start needs (an init container, with the sidecars that were started before it). Requests of the pod as a whole
    go before both. What has a limit and no request asks for its limit.

    Source: Kubernetes' pages *Effective Pod requests and limits* and *Pod Overhead*.
    """
    running: Amounts = {}
    for container in spec.get("containers") or ():
        _add(running, _request(container.get("resources")))
    sidecars: Amounts = {}
    start: Amounts = {}
    for container in spec.get("initContainers") or ():
        asked = _request(container.get("resources"))
        if container.get("restartPolicy") == "Always":
            _add(sidecars, asked)
            moment = dict(sidecars)
        else:
            moment = dict(asked)
            _add(moment, sidecars)
        start |= {name: max(start.get(name, Fraction(0)), amount) for name, amount in moment.items()}
    _add(running, sidecars)
    total = {name: max(running.get(name, Fraction(0)), start.get(name, Fraction(0))) for name in {**running, **start}}
    total |= _request(spec.get("resources"))
    _add(total, amounts(spec.get("overhead")))
    return total


def _request(resources: dict[str, Any] | None) -> Amounts:
    said = resources or {}
    return amounts(said.get("limits")) | amounts(said.get("requests"))


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Fraction(0)) + amount


def moment(said: str | None) -> int | None:
    """Read a moment as seconds since 1970.

    >>> moment("2025-03-01T06:30:00Z")
    1740810600
    """
    return None if not said else int(datetime.fromisoformat(said).timestamp())
