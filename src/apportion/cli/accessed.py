"""Which members could do a piece of AI work, by which right to compute, and how is that shown?"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import typer

from apportion.capability.access import WORKLOADS, Workload, able, needed_s, workload
from apportion.capability.hardware import peaks
from apportion.cli import reading
from apportion.cli.grouped import KINDS, groups_of
from apportion.cli.options import Format
from apportion.cli.output import emit
from apportion.comparison import compare
from apportion.domain.arrays import Floats, Text
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO, MILLI
from apportion.errors import BadInput, Faults, nearest
from apportion.loop import charter_rule

DAY = 86_400.0
GPU = "gpu_milli"


def show(
    path: Path,
    policies: Sequence[str],
    workloads: Sequence[str],
    within: str,
    given: Sequence[str],
    utilisation: float | None,
    by: Sequence[str],
    window: str | None,
    output: Format,
) -> None:
    """Count who can, and write it."""
    faults = Faults()
    for name in set(by) - set(KINDS):
        faults.add(f'members have no "{name}" to be grouped by', "--by", nearest(name, list(KINDS)))
    faults.raise_any()
    asked = [workload(one, within, utilisation) for one in workloads or [one.name for one in WORKLOADS]]
    pool = reading.read_pool(path)
    ways, declined = _ways(pool, _peak(pool, given), policies, window)
    groups = {name: groups_of(pool, name) for name in by}
    whole: dict[str, Any] = {
        "pool": pool.charter.name,
        "members": len(pool.members),
        "peak": {name: float(rate) for name, rate in zip(pool.flavors, _peak(pool, given), strict=True) if rate},
        "declined": declined,
        "workloads": [_one(one, ways, groups, pool) for one in asked],
    }
    if output not in {Format.TABLE, Format.WIDE}:
        emit(output, lambda: whole, [row for found in whole["workloads"] for row in _flat(found)])
        return
    for found in whole["workloads"]:
        emit(Format.WIDE, dict, _rows(found), _title(found))
        typer.echo()
    said = [_sentence(found, len(pool.members)) for found in whole["workloads"]]
    said += [f"{name} declines: {why}." for name, why in declined.items()]
    emit(output, dict, [], "What it means", " ".join(said))
    chips = ", ".join(f"{name} {rate:.3g}" for name, rate in whole["peak"].items())
    typer.echo(f"Peak FLOP/s of a GPU, dense, 16 bit: {chips}. Chips: Epoch AI, CC BY 4.0.")


def _peak(pool: Pool, given: Sequence[str]) -> Floats:
    """Peak FLOP/s of one GPU of each flavor: (F,), 0 where there are none."""
    if GPU not in pool.resources or not pool.capacity[:, pool.resources.index(GPU)].any():
        raise BadInput("no node has a GPU, and no other speed is known", "nodes.csv, column gpu", "give GPUs")
    has = pool.capacity[:, pool.resources.index(GPU)] > 0
    said: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadInput(f'"{one}" is not of the form FLAVOR=CHIP', "--peak", "write for example gpu-node=a100")
        said[name] = value
    found = np.zeros(len(pool.flavors))
    found[has] = peaks([name for name, some in zip(pool.flavors, has, strict=True) if some], said)
    return found


def _ways(
    pool: Pool, peak: Floats, policies: Sequence[str], window: str | None
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Peak FLOP/s of each member by what gives it a right to compute, and why a rule gives none."""
    r, many = pool.resources.index(GPU), len(pool.members)
    total = float(pool.capacity[:, r] @ peak) / MILLI
    found = {
        "owned": np.asarray(pool.owned[:, :, r] @ peak / MILLI),
        "entitled": np.asarray(pool.standing.entitlement[:, :, r] @ peak / MILLI),
        "equal parts": np.full(many, total / many),
    }
    if not pool.owned.any():
        del found["owned"]
    declined: dict[str, str] = {}
    if pool.claims is not None or pool.jobs is not None:
        by: list[Any] = list(policies) or [charter_rule(pool.charter)]
        for outcome in compare(pool, by, reading.window(window)).outcomes:
            if outcome.shares is None:
                declined[outcome.label] = outcome.declined
            else:
                found[f"rule {outcome.label}"] = outcome.shares.granted[:, :, r] @ peak / (MICRO * MILLI)
    elif policies:
        raise BadInput(
            "nothing is asked of this pool, so no rule grants anything", "--policy", "add claims.csv or jobs.csv"
        )
    found["whole pool"] = np.full(many, total)
    return found, declined


def _one(asked: Workload, ways: Mapping[str, Floats], groups: Mapping[str, Text], pool: Pool) -> dict[str, Any]:
    rows = []
    for way, peak in ways.items():
        can = able(peak, asked)
        time = needed_s(peak, asked)
        middle, least = float(np.median(time)), float(time.min(initial=np.inf))
        rows.append(
            {
                "way": way,
                "able": int(can.sum()),
                "share": float(can.mean()),
                "fastest_s": least if np.isfinite(least) else None,
                "median_s": middle if np.isfinite(middle) else None,
                "members": [str(name) for name in pool.members.id[can]],
                "groups": {
                    name: {
                        str(group): {"members": int((of == group).sum()), "able": int(can[of == group].sum())}
                        for group in sorted(set(of))
                    }
                    for name, of in groups.items()
                },
            }
        )
    return {
        "workload": asked.name,
        "flop": asked.flop,
        "within_s": asked.within_s,
        "utilisation": asked.utilisation,
        "needs_peak": asked.rate,
        "ways": rows,
    }


def _title(found: dict[str, Any]) -> str:
    what = "FLOP a second, without end" if found["within_s"] is None else f"FLOP in {found['within_s'] / DAY:g} days"
    return (
        f"{found['workload']}: {found['flop']:.3g} {what}, at {100 * found['utilisation']:g} % of the peak; "
        f"needs {found['needs_peak']:.3g} FLOP/s at peak"
    )


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for way in found["ways"]:
        row: dict[str, Any] = {"compute": way["way"], "members able": way["able"], "%": 100 * way["share"]}
        if found["within_s"] is not None:
            row |= {"fastest, days": _days(way["fastest_s"]), "median, days": _days(way["median_s"])}
        for groups in way["groups"].values():
            row |= {group: f"{cell['able']} of {cell['members']}" for group, cell in groups.items()}
        rows.append(row)
    return rows


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / DAY


def _sentence(found: dict[str, Any], many: int) -> str:
    able_by = {way["way"]: way["able"] for way in found["ways"]}
    if not any(able_by.values()):
        return f"Nobody can do {found['workload']}, not even with the whole pool."
    words = ", ".join(f"{way} {count}" for way, count in able_by.items() if way != "whole pool")
    return f"Members of {many:,} who could do {found['workload']}: {words}."


def _flat(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"workload": found["workload"], **{key: way[key] for key in ("way", "able", "share", "fastest_s", "median_s")}}
        for way in found["ways"]
    ]
