"""Who holds what in a pool, before a plan and after it? Compute, what it buys, other assets, and votes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from apportion.capability.curve import Curve
from apportion.capability.curves import agreed_curve
from apportion.capability.holding import FIRST, holding
from apportion.capability.sensitivity import Reading, plausible_curves, sensitivity
from apportion.concentration.composite import composite
from apportion.concentration.indices import shares
from apportion.concentration.summary import summary
from apportion.domain.arrays import Floats
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.errors import BadInput, Faults, nearest
from apportion.holdings.measured import told
from apportion.measures._stages import scarcest, stages

Votes = Callable[[Sequence[int]], tuple[Sequence[float], Sequence[float]] | None]
COMPUTE = "compute"  # what the pool's own resource is called among assets


@dataclass(frozen=True)
class Asked:
    """What beside the stages is asked for.

    Attributes
    ----------
    resource : its name, or empty for the scarcest
    weights : of assets in the composite; empty for equal ones
    draws, seed : of other weights
    votes : weights of the charter → Banzhaf and Shapley–Shubik shares, or None; None where they are not asked for
    """

    resource: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    draws: int = 1000
    seed: int = 0
    votes: Votes | None = None


def pool_measured(history: History, asked: Asked) -> dict[str, Any]:
    """Measure a pool: what JSON shows; indices without a value are None, those without bound ``"infinite"``.

    Raises
    ------
    BadInput
        for a resource, asset or weight that is not there, and assets that are not given for every member.
    """
    pool = history.pool
    r = scarcest(history) if not asked.resource else _resource(pool, asked.resource)
    held = {stage: amount for stage, amount in stages(history, r).items() if amount is not None and amount.any()}
    assets = _assets(pool)
    whole: dict[str, Any] = {
        "pool": pool.charter.name,
        "resource": pool.resources[r],
        "members": len(pool.members),
        "stages": {stage: _indices(amount / MILLI) for stage, amount in held.items()},
        "capability": _capability(history),
        "assets": {name: _indices(amount) for name, amount in assets.items()},
    }
    columns: dict[str, Floats] = {stage: shares(amount) for stage, amount in held.items()}
    columns |= {f"asset:{name}": shares(amount) for name, amount in assets.items()}
    if assets:
        first = next(iter(held.values()), None)
        together = assets if first is None else {COMPUTE: first, **assets}
        whole["composite"], columns["composite"] = _composite(pool, together, asked)
    columns["standing"] = pool.standing.share
    votes = None if asked.votes is None else asked.votes(pool.standing.weight.tolist())
    if votes is not None:
        columns["banzhaf"], columns["shapley_shubik"] = map(np.asarray, votes)
    whole["shares"] = [
        {"member": str(name)} | {column: told(float(share[m])) for column, share in columns.items()}
        for m, name in enumerate(pool.members.id)
    ]
    return whole


def _indices(amount: Floats) -> dict[str, Any]:
    return {"total": float(amount.sum()), "indices": {name: told(value) for name, value in summary(amount).items()}}


def _resource(pool: Pool, name: str) -> int:
    for one in (name, f"{name}_milli", f"{name.removesuffix('_gib')}_milli_gib"):
        if one in pool.resources:
            return pool.resources.index(one)
    raise BadInput(f'the pool has no resource "{name}"', "--resource", nearest(name, list(pool.resources)))


def _assets(pool: Pool) -> dict[str, Floats]:
    faults = Faults()
    for name, amount in pool.members.assets.items():
        empty = [str(pool.members.id[m]) for m in np.flatnonzero(np.isnan(amount))]
        if empty:
            who = ", ".join(empty[:5]) + (f" and {len(empty) - 5} more" if len(empty) > 5 else "")
            mend = "write 0 where a member has none, or remove the column"
            faults.add(f"it is not said what {who} has", f"members.csv, column asset:{name}", mend)
        elif not amount.any():
            faults.add("nobody has any", f"members.csv, column asset:{name}", "fill it in, or remove the column")
    faults.raise_any()
    return dict(pool.members.assets)


def _composite(pool: Pool, assets: dict[str, Floats], asked: Asked) -> tuple[dict[str, Any], Floats]:
    """Put assets together, by equal weights or those asked for, and try others."""
    faults = Faults()
    for name in set(asked.weights) - set(assets):
        faults.add(f'there is no asset "{name}"', "--weights", nearest(name, list(assets)))
    faults.raise_any()
    weight = np.array([asked.weights.get(name, 0.0) if asked.weights else 1.0 for name in assets])
    found = composite(np.column_stack(list(assets.values())), weight, asked.draws, asked.seed)
    rows = zip(
        pool.members.id,
        found.share.tolist(),
        found.rank.tolist(),
        found.best.tolist(),
        found.worst.tolist(),
        strict=True,
    )
    said = _indices(found.share) | {
        "weights": dict(zip(assets, found.weight.tolist(), strict=True)),
        "draws": asked.draws,
        "seed": asked.seed,
        "hhi_drawn": list(found.hhi_quantiles),
        "hhi_range": list(found.hhi_range),
        "members": [
            {"member": str(name), "share": share, "rank": rank, "best_rank": best, "worst_rank": worst}
            for name, share, rank, best, worst in rows
        ],
    }
    return said, found.share


def _capability(history: History) -> dict[str, Any]:
    """Read the compute of each stage by several curves, scaled to the pool's mean; with the charter's own, if it has one."""
    pool, agreed = history.pool, history.pool.charter.capability
    compute, name = _compute(history, str(agreed.get("resource", "")))
    mean = sum(amount.sum() for amount in compute.values()) / max(len(compute), 1) / max(len(pool.members), 1)
    curves: dict[str, Curve] = plausible_curves(np.full(1, mean)) if mean > 0 else {}
    if agreed:
        curves["charter"] = agreed_curve(agreed)
    rows: list[dict[str, Any]] = []
    for stage, amount in compute.items():
        rows += [_read(stage, reading) for reading in sensitivity(amount, curves)]
    return {"resource": name, "scaled_at": float(mean), "rows": rows}


def _compute(history: History, resource: str) -> tuple[dict[str, Floats], str]:
    """Units of compute by stage, each flavor as fast as tasks run there; used ones only where all flavors are as fast."""
    pool = history.pool
    speed = np.ones(len(pool.flavors))
    if history.situations:
        holds = holding(history.situations[-1], resource)
        speed, r = holds.speed, holds.resource
    elif resource:
        r = _resource(pool, resource)
    else:
        r = next((pool.resources.index(one) for one in FIRST if one in pool.resources), 0)
    found: dict[str, Floats] = {"owned": np.asarray((pool.owned[:, :, r] * speed).sum(axis=1) / MILLI)}
    if history.plans:
        claims, plan = history.situations[-1].claims, history.plans[-1]
        each = (plan.tasks_micro @ speed) * claims.bundle[:, r] / (1e6 * MILLI)
        found["granted"] = np.asarray(np.bincount(claims.member, each, len(pool.members)))
    if history.usage and (speed[pool.capacity[:, r] > 0] == 1).all():
        length = sum(one.end_s - one.start_s for one in history.usage)
        found["used"] = np.asarray(sum(one.used[:, r] for one in history.usage) / (MILLI * max(length, 1)))
    return {stage: amount for stage, amount in found.items() if amount.any()}, pool.resources[r]


def _read(stage: str, reading: Reading) -> dict[str, Any]:
    least, most = reading.elasticity
    return {
        "stage": stage,
        "curve": reading.curve,
        "total": told(reading.total),
        "part_of_equal": told(reading.part_of_equal),
        "hhi": told(reading.hhi),
        "gini": told(reading.gini),
        "elasticity": [told(least), told(most)],
        "flatters": reading.flatters,
    }


def pool_sentence(whole: dict[str, Any], resource: str) -> str:
    """Say in words what the figures mean; `resource` as people call it."""
    said = []
    values = {stage: found["indices"]["hhi"] for stage, found in whole["stages"].items()}
    if not values:
        return "Nobody owns, is granted or has used anything, so no index has a value."
    steps = ", ".join(f"{stage} {value:,.0f}" for stage, value in values.items())
    said.append(f"HHI of {resource}: {steps}.")
    if {"owned", "granted"} <= values.keys():
        change = values["granted"] - values["owned"]
        way = "less" if change < 0 else "more"
        said.append(
            f"The plan makes it {way} concentrated by {abs(change):,.0f} points."
            if abs(change) >= 0.5
            else "The plan leaves it as concentrated as it was."
        )
    said += _curves_said(whole)
    if "composite" in whole:
        low, high = whole["composite"]["hhi_range"]
        said.append(f"HHI of all assets together is {low:,.0f} to {high:,.0f}, whatever their weights.")
    voters = [row for row in whole["shares"] if row.get("banzhaf") is not None]
    if voters:
        first = max(voters, key=lambda row: row["banzhaf"])
        said.append(
            f"If more than half of the votes decide, {first['member']} has {100 * first['standing']:.1f} % of the votes and "
            f"{100 * first['banzhaf']:.1f} % of the power (Banzhaf)."
        )
    return " ".join(said)


def _curves_said(whole: dict[str, Any]) -> list[str]:
    last = [row["stage"] for row in whole["capability"]["rows"]][-1:]
    rows = [row for row in whole["capability"]["rows"] if [row["stage"]] == last and isinstance(row["gini"], float)]
    if not rows:
        return []
    low, high = min(rows, key=lambda row: row["gini"]), max(rows, key=lambda row: row["gini"])
    if math.isclose(low["gini"], high["gini"], abs_tol=5e-4):
        return []
    said = (
        f"Gini of capability {last[0]} is {low['gini']:.3f} by {low['curve']} and {high['gini']:.3f} by {high['curve']}"
    )
    return [f"What it buys is a matter of the curve: {said}."]
