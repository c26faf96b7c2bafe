"""How is a plan written down? As JSON that scripts and strangers read, with its situation beside it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from apportion.domain.arrays import Ints, ints, text
from apportion.domain.canonical import whole_cells
from apportion.domain.certificate import Certificate
from apportion.domain.payments import Payments
from apportion.domain.plan import Plan, Shares, certificate_cells, payment_cells
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.errors import BadInput, Fault, NotFound
from apportion.ledger.files import write_whole
from apportion.ledger.situation_file import situation_bytes

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
LARGE = 100_000  # claims above which a situation is compressed
SHOWN = 20  # faults of one plan that are told


def plan_json(situation: Situation, plan: Plan) -> dict[str, Any]:
    """Show a plan: the signed core (grants, prices) and the derived view that people read."""
    shares = Shares(situation, plan)
    return {
        "policy": plan.policy,
        "parameters": plan.parameters,
        "situation": plan.situation,
        "digest": plan.digest(situation),
        "window": [situation.window.start_s, situation.window.end_s],
        "grants": _grants(situation, plan.tasks_micro),
        "members": [
            {
                "member": name,
                "tasks": int(shares.tasks_micro[m]) / MICRO,
                "rate": float(shares.rate[m]),
                "dominant_share": float(shares.dominant[m]),
                "share": {r: float(shares.fraction[m, k]) for k, r in enumerate(situation.resources)},
            }
            for m, name in enumerate(situation.members.id)
        ],
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "rounding_loss": plan.rounding_loss,
        "prices": {
            "denominator": plan.price_denominator,
            "levels": [] if plan.prices is None else whole_cells(plan.prices),
        },
        "certificate": None if plan.certificate is None else certificate_cells(plan.certificate),
        "payments": None if plan.payments is None else payment_cells(situation, plan.payments),
        "notes": list(plan.notes),
    }


def _grants(situation: Situation, tasks_micro: Ints) -> list[dict[str, Any]]:
    claims = situation.claims
    at, on = np.nonzero(tasks_micro)
    granted = tasks_micro[at, on]
    names = zip(
        claims.id[at].tolist(),
        situation.members.id[claims.member[at]].tolist(),
        text(situation.flavors)[on].tolist(),
        granted.tolist(),
        (claims.bundle[at] * (granted[:, None] / MICRO)).tolist(),
        strict=True,
    )
    return [
        {
            "claim": claim,
            "member": member,
            "flavor": flavor,
            "tasks_micro": micro,
            "tasks": micro / MICRO,
            "resources": {name: amount for name, amount in zip(situation.resources, amounts, strict=True) if amount},
        }
        for claim, member, flavor, micro, amounts in names
    ]


def write_plan(path: Path, situation: Situation, plan: Plan) -> Path:
    """Write a plan, and its situation beside it; return where the situation is."""
    write_whole(path, _lines(plan_json(situation, plan)).encode())
    beside = situation_path(path, compressed=len(situation.claims) > LARGE)
    content = situation_bytes(situation)
    write_whole(beside, gzip.compress(content, 6, mtime=0) if beside.suffix == ".gz" else content)
    return beside


def _lines(raw: dict[str, Any]) -> str:
    """Write one line a field and one line a row of a table: quick to write, and readable where two plans differ."""
    fields = []
    for key, value in raw.items():
        rows = (
            [_encode(row) for row in value]
            if isinstance(value, list) and value and isinstance(value[0], dict)
            else None
        )
        fields.append(f'"{key}": ' + (_encode(value) if rows is None else "[\n  " + ",\n  ".join(rows) + "\n ]"))
    return "{\n " + ",\n ".join(fields) + "\n}\n"


def situation_path(plan_path: Path, *, compressed: bool = False) -> Path:
    """Name the situation file that belongs to a plan file: PLAN.json → SITUATION.json, x.json → x.situation.json."""
    name = "SITUATION.json" if plan_path.name == "PLAN.json" else f"{plan_path.stem}.situation.json"
    return plan_path.with_name(name + (".gz" if compressed else ""))


def read_plan(path: Path, situation: Situation) -> Plan:
    """Read a plan file back against its situation.

    Raises
    ------
    NotFound, BadInput
        if there is no such file, it is not a plan, it names claims or flavors that the situation does not have, or it
        grants one thing twice.
    """
    return plan_in(raw_plan(path), path, situation)


def raw_plan(path: Path) -> dict[str, Any]:
    """Read a plan file as it is."""
    if not path.is_file():
        raise NotFound(f"there is no plan file {path}", mend="write one with: apportion plan POOL --out PLAN.json")
    try:
        raw = json.loads(path.read_bytes(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"this is not JSON: {error}", str(path), "write it again with: apportion plan POOL --out …"
        ) from None
    missing = [key for key in ("policy", "situation", "grants") if not isinstance(raw, dict) or key not in raw]
    if missing:
        raise BadInput(f"no {', '.join(missing)} in it", str(path), "give a file that apportion plan wrote")
    grants = raw["grants"]
    if not isinstance(grants, list) or not all(isinstance(grant, dict) for grant in grants):
        raise BadInput("grants are no list of grants", f"{path}, grants", "give a file that apportion plan wrote")
    return dict(raw)


def plan_in(raw: dict[str, Any], path: Path, situation: Situation) -> Plan:
    """Take the plan out of what was read from `path`; raises as `read_plan` does."""
    tasks, faults = _granted(path, raw["grants"], situation)
    faults += [
        Fault(f"{raw.get(name)!r} is no {kind}", f"{path}, {name}", "plan again")
        for name, kind, right in _PLAIN
        if not right(raw.get(name))
    ]
    if faults:
        raise BadInput(faults[:SHOWN] + _more(faults[SHOWN:], path))
    try:
        prices, denominator = _prices(raw.get("prices") or {})
        certificate = _certificate(raw.get("certificate"))
        payments = _payments(raw.get("payments"), situation)
        notes = tuple(_sentence(note) for note in raw.get("notes") or ())
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        where, mend = f"{path}, prices, certificate, payments and notes", "plan again"
        raise BadInput(f"these are not a plan's: {error}", where, mend) from None
    return Plan(
        raw["policy"],
        dict(raw.get("parameters") or {}),
        raw["situation"],
        tasks,
        raw.get("objective"),
        raw.get("bound"),
        raw.get("gap"),
        raw.get("rounding_loss") or 0.0,
        prices,
        denominator,
        notes,
        certificate,
        payments,
    )


def _number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


_PLAIN: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("policy", "name of a policy", lambda value: isinstance(value, str)),
    ("situation", "digest of a situation", lambda value: isinstance(value, str)),
    ("parameters", "table of parameters", lambda value: value is None or isinstance(value, dict)),
    *((name, "number", _number) for name in ("objective", "bound", "gap", "rounding_loss")),
)


def _granted(path: Path, grants: list[dict[str, Any]], situation: Situation) -> tuple[Ints, list[Fault]]:
    """Read who is granted what, and collect what cannot be meant: each claim has one grant a flavor, as it is shown."""
    claims = situation.claims
    claim_at = {name: i for i, name in enumerate(claims.id)}
    flavor_at = {name: f for f, name in enumerate(situation.flavors)}
    members = situation.members.id[claims.member].tolist()
    tasks = np.zeros((len(claim_at), len(flavor_at)), dtype=np.int64)
    faults, seen = [], set()
    for k, grant in enumerate(grants):
        try:
            i, f, micro = claim_at[grant["claim"]], flavor_at[grant["flavor"]], _whole(grant["tasks_micro"])
        except (KeyError, TypeError, ValueError) as error:
            what = f"no such claim, flavor or whole number: {error}"
        else:
            what = f"{grant['claim']} is granted twice on {grant['flavor']}" if (i, f) in seen else ""
            if not what and grant.get("member", members[i]) != members[i]:
                what = f"{grant['claim']} is a claim of {members[i]}, not of {grant['member']}"
            seen.add((i, f))
            tasks[i, f] = micro
        if what:
            faults.append(Fault(what, f"{path}, grants[{k}]", "plan again"))
    return tasks, faults


def _more(faults: list[Fault], path: Path) -> list[Fault]:
    return [Fault(f"and {len(faults):,} more like these", f"{path}, grants", "plan again")] if faults else []


def _prices(raw: dict[str, Any]) -> tuple[Ints | None, int]:
    levels = raw.get("levels") or None
    denominator = int(raw.get("denominator", 1))
    if denominator <= 0:
        raise ValueError(f"denominator {denominator} of prices")
    return None if levels is None else _integers(levels), denominator


def _certificate(raw: dict[str, Any] | None) -> Certificate | None:
    if raw is None:
        return None
    cells: dict[str, Any] = dict(raw)
    for name in ("stated", "budget", "level_of"):
        if name in cells:
            cells[name] = ints([int(cell) for cell in cells[name]])
    for name in ("ceiling", "per"):
        if name in cells:
            cells[name] = _whole(int(cells[name]))
    return Certificate(**cells)


def _payments(raw: dict[str, Any] | None, situation: Situation) -> Payments | None:
    """Read who pays what; a plan of before there were payments has none."""
    if raw is None:
        return None
    at, denominator = {name: m for m, name in enumerate(situation.members.id)}, int(raw["denominator"])
    paid = np.zeros(len(at), dtype=np.int64)
    for row in raw["members"]:
        if paid[at[row["member"]]] or int(row["paid"]) <= 0:
            raise ValueError(f"{row['member']} pays twice, or {row['paid']}")
        paid[at[row["member"]]] = int(row["paid"])
    if denominator <= 0:
        raise ValueError(f"denominator {denominator}")
    return Payments(paid, denominator)


def _sentence(note: Any) -> str:
    if not isinstance(note, str):
        raise ValueError(f"{note!r} is no note")  # noqa: TRY004  # a fault of the file, as the others are
    return note


def _integers(cells: Any) -> Ints:
    return np.array([[[int(cell) for cell in row] for row in level] for level in cells], dtype=np.int64)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**62:
        raise ValueError(f"tasks_micro {value!r}")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is there twice")
    return result


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
