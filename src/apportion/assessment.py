"""What is there, who asks for what, and what is scarce?"""

from typing import Any

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO, MILLI, amount_text
from apportion.domain.situation import Situation
from apportion.registry import measure


def assessment(pool: Pool, situation: Situation) -> dict[str, Any]:
    """Assess a pool in one situation: inventory, demand matrix D(member, resource), scarcity, concentration of ownership.

    Amounts are decimal text in whole units (GPUs, cores, GiB); what is asked for is a mean over the window.
    """
    figures = {f.name: f for name in ("hhi", "effective_number", "gini") for f in measure(name).measure(History(pool))}
    return {
        "name": pool.charter.name,
        "pool": inventory(pool),
        "stream": stream_facts(pool),
        "demand": demand(situation),
        "concentration": {name: figures[name].rows["owned"] for name in ("hhi", "effective_number", "gini")},
    }


def inventory(pool: Pool) -> dict[str, Any]:
    """Show what the pool holds, by flavor and by owner, and what each member may count on."""
    owned = pool.owned.sum(axis=1)
    entitled = pool.standing.entitlement.sum(axis=1)
    count = np.bincount(pool.nodes.owner[pool.nodes.owner >= 0], minlength=len(pool.members))
    total = np.maximum(pool.capacity.sum(axis=0), 1)
    weight = pool.standing.share
    return {
        "members": len(pool.members),
        "nodes": len(pool.nodes),
        "flavors": list(pool.flavors),
        "resources": [{"name": name, "label": label(name)} for name in pool.resources],
        "capacity": [
            {"flavor": flavor, "resource": name, "amount": amount_text(int(pool.capacity[f, r]))}
            for f, flavor in enumerate(pool.flavors)
            for r, name in enumerate(pool.resources)
        ],
        "owners": [
            {
                "member": name,
                "nodes": int(count[m]),
                "amount": _amounts(pool, owned[m]),
                "share": float((owned[m] / total).max(initial=0.0)),
                "entitlement": _amounts(pool, entitled[m]),
                "weight": float(weight[m]),
            }
            for m, name in enumerate(pool.members.id)
        ],
    }


def label(resource: str) -> str:
    """Name a resource for people: ``gpu_milli`` is GPU, ``memory_milli_gib`` memory GiB."""
    stem, _, unit = resource.partition("_milli")
    word = stem.upper() if stem in {"cpu", "gpu"} else stem.removeprefix("res:")
    units = {"_gib": " GiB", "_gbps": " Gbit/s"}
    return word + units.get(unit, "")


def demand(situation: Situation) -> dict[str, Any]:
    """Show the demand matrix of a situation, and each resource's demand beside what there is."""
    claims = situation.claims
    asked = np.zeros((len(situation.members), len(situation.resources)))
    np.add.at(asked, claims.member, claims.bundle * claims.tasks_micro[:, None].astype(np.float64))
    asked /= MICRO * MILLI
    total = situation.capacity.sum(axis=0)
    return {
        "window": [situation.window.start_s, situation.window.end_s],
        "rows": [
            {"member": name, "asked": dict(zip(situation.resources, row, strict=True))}
            for name, row in zip(situation.members.id, asked.tolist(), strict=True)
        ],
        "scarcity": [
            {
                "resource": name,
                "asked": float(asked[:, r].sum()),
                "capacity": amount_text(int(total[r])),
                "ratio": float(asked[:, r].sum() * MILLI / total[r]) if total[r] else 0.0,
            }
            for r, name in enumerate(situation.resources)
        ],
    }


def matrix(situation: Situation) -> list[dict[str, Any]]:
    """Show the demand matrix D(t, r) itself: a row for each kind of task t, what one task needs of each resource r."""
    claims = situation.claims
    return [
        {
            "claim": name,
            "member": situation.members.id[member],
            "tasks": micro / MICRO,
            "needs": dict(zip(situation.resources, map(amount_text, bundle), strict=True)),
        }
        for name, member, micro, bundle in zip(
            claims.id, claims.member, claims.tasks_micro.tolist(), claims.bundle.tolist(), strict=True
        )
    ]


def stream_facts(pool: Pool) -> dict[str, Any] | None:
    """Describe the jobs of a pool; None if it has none."""
    jobs = pool.jobs
    if jobs is None:
        return None
    work = (jobs.gang * jobs.duration_s[:, None].astype(np.float64)).sum(axis=0)
    first, last = (int(jobs.submit_s.min()), int(jobs.submit_s.max())) if len(jobs) else (0, 0)
    full = np.maximum(pool.capacity.sum(axis=0), 1) * float(max(last - first, 1))
    gpu = pool.resources.index("gpu_milli") if "gpu_milli" in pool.resources else None
    return {
        "jobs": len(jobs),
        "first_s": first,
        "last_s": last,
        "span_s": last - first,
        "gpu_hours": None if gpu is None else float(work[gpu]) / MILLI / 3600,
        "load": dict(zip(pool.resources, (work / full).tolist(), strict=True)),
        "largest_gang": None if gpu is None else int(jobs.gang[:, gpu].max(initial=0)) / MILLI,
        "impossible": int((jobs.gang > pool.capacity.sum(axis=0)).any(axis=1).sum()),
    }


def _amounts(pool: Pool, row: Ints) -> dict[str, str]:
    return {name: amount_text(int(amount)) for name, amount in zip(pool.resources, row, strict=True)}
