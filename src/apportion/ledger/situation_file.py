"""How is a situation written down? Columns in canonical JSON, so that a checker needs nothing but this file and the plan."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from apportion.domain.arrays import floats, ints, text
from apportion.domain.canonical import trusted_bytes, whole_cells
from apportion.domain.entitlement import Standing
from apportion.domain.quantity import decimal_text
from apportion.domain.situation import Situation, Window
from apportion.domain.tables import Claims, Members, Nodes
from apportion.errors import BadInput


def situation_bytes(situation: Situation) -> bytes:
    """Write a situation as canonical JSON; decimals are strings, amounts whole thousandths, tasks whole millionths."""
    members, nodes, claims = situation.members, situation.nodes, situation.claims
    return trusted_bytes(
        {
            "digest": situation.digest,
            "resources": list(situation.resources),
            "flavors": list(situation.flavors),
            "capacity": whole_cells(situation.capacity),
            "window": [situation.window.start_s, situation.window.end_s],
            "seed": situation.seed.hex(),
            "guardrails": {name: decimal_text(value) for name, value in situation.guardrails.items()},
            "used": whole_cells(situation.used),
            "standing": {
                "entitlement": whole_cells(situation.standing.entitlement),
                "weight": whole_cells(situation.standing.weight),
            },
            "members": {name: _column(getattr(members, name)) for name in _MEMBER},
            "assets": {name: _column(column) for name, column in members.assets.items()},
            "nodes": {name: _column(getattr(nodes, name)) for name in _NODE},
            "claims": {name: _column(getattr(claims, name)) for name in _CLAIM},
        }
    )


def read_situation(path: Path) -> Situation:
    """Read a situation file back.

    Raises
    ------
    BadInput
        if it is not one, or its content does not give the digest it states.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        raw = json.loads(content)
        situation = _situation(raw)
        stated = raw["digest"]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"this is not a situation file: {error!r}", str(path), "plan again, which writes it") from None
    if stated != situation.digest:
        raise BadInput(
            f"it states the digest {stated[:12]}…, its content gives {situation.digest[:12]}…",
            str(path),
            "the file was changed after it was written; plan again",
        )
    return situation


_MEMBER = {
    "id": text,
    "parent": ints,
    "size": floats,
    "contribution": floats,
    "weight": floats,
    "region": text,
    "group": text,
}
_NODE = {
    "id": text,
    "owner": ints,
    "flavor": ints,
    "amount": ints,
    "gpu_memory_milli_gib": ints,
    "runtime": text,
    "idle_milli_watts": ints,
    "max_milli_watts": ints,
    "price_milli_per_hour": ints,
    "region": text,
}
_CLAIM = {
    "id": text,
    "member": ints,
    "user": text,
    "tasks_micro": ints,
    "min_tasks_micro": ints,
    "bundle": ints,
    "gpu_memory_milli_gib": ints,
    "runtime": text,
    "priority": ints,
    "value": floats,
    "speed": floats,
}


def _column(values: Any) -> list[Any]:
    if values.dtype == np.float64:
        known = {value: "" if np.isnan(value) else decimal_text(value) for value in np.unique(values).tolist()}
        return list(_named(values.tolist(), known))
    return whole_cells(values) if values.dtype == np.int64 else list(values)


def _named(values: Any, known: dict[float, str]) -> Any:
    if isinstance(values, list):
        return [_named(value, known) for value in values]
    return known.get(values, "")


def _situation(raw: dict[str, Any]) -> Situation:
    flavors, resources = len(raw["flavors"]), len(raw["resources"])
    members = Members(
        **_read(raw["members"], _MEMBER, 0, 0), assets={k: floats(_numbers(v)) for k, v in raw["assets"].items()}
    )
    return Situation(
        tuple(raw["resources"]),
        tuple(raw["flavors"]),
        members,
        Nodes(**_read(raw["nodes"], _NODE, resources, flavors)),
        ints(_integers(raw["capacity"])).reshape(flavors, resources),
        Standing(
            ints(_integers(raw["standing"]["entitlement"])).reshape(len(members), flavors, resources),
            ints(_integers(raw["standing"]["weight"])),
        ),
        Claims(**_read(raw["claims"], _CLAIM, resources, flavors)),
        Window(*raw["window"]),
        bytes.fromhex(raw["seed"]),
        ints(_integers(raw["used"])).reshape(len(members), resources),
        {name: float(value) for name, value in raw["guardrails"].items()},
    )


def _read(raw: dict[str, Any], kinds: dict[str, Any], resources: int, flavors: int) -> dict[str, Any]:
    wide = {"amount": resources, "bundle": resources, "speed": flavors}
    columns = {}
    for name, kind in kinds.items():
        values = raw[name] if kind is text else _integers(raw[name]) if kind is ints else _numbers(raw[name])
        column = kind(values)
        columns[name] = column.reshape(len(values), wide[name]) if name in wide else column
    return columns


def _integers(values: Any) -> Any:
    """Turn strings that stand for integers beyond 2⁵³ back; anything else must be an integer already."""
    if isinstance(values, list):
        return [_integers(value) for value in values]
    if isinstance(values, bool) or not isinstance(values, int | str):
        raise TypeError(f"{values!r} is not a whole number")
    return int(values)


def _numbers(values: Any) -> Any:
    if isinstance(values, list):
        return [_numbers(value) for value in values]
    return float(values) if values != "" else float("nan")
