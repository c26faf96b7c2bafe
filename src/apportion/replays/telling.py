"""How did a replay go? Plain numbers, as ``apportion simulate -o json`` shows them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.figure import Figure
from apportion.domain.history import History, Replay
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.services import HOUR_S, Served
from apportion.simulation.services import course, serve

TOLD = (
    *("waiting", "slowdown", "deadlines", "preemptions", "rho", "unfair_fraction", "jain"),
    *("utilisation", "effective_utilisation", "fragmentation", "contention", "hhi", "gini"),
    *("energy", "carbon", "cost", "slo"),
)
EMITTED = ("direct", "lifecycle")


def told(pool: Pool, replay: Replay) -> dict[str, Any]:
    """Say how a replay went, as ``apportion simulate -o json`` shows it; ρ against the first discipline at home."""
    served = fared(pool, replay)
    found = figures(History(pool, replay=replay, served=served), TOLD)
    homes = list(registry.discipline(replay.discipline).ALONE)
    first = homes[0]
    members = [
        {
            "member": name,
            "jobs": int(jobs),
            "mean_jct_s": found["mean_jct"].rows[name],
            "mean_wait_s": found["mean_wait"].rows[name],
            "rho": found[f"rho.{first}"].rows[name],
            "unfair_fraction": found[f"unfair_fraction.{first}"].rows[name],
            "only_in_pool": found[f"only_in_pool.{first}"].rows[name],
            "mean_bounded_slowdown": found["bounded_slowdown"].rows[name],
            "deadlines_met": found["deadlines_met"].rows[name],
            "slo_attainment": found["slo_attainment"].rows[name],
            "rho_against": {home: found[f"rho.{home}"].rows[name] for home in homes[1:]},
            "carbon_held_g": {kind: found[f"carbon_held.{kind}"].rows[name] for kind in EMITTED},
        }
        for name, jobs in zip(pool.members.id, _jobs_of(pool), strict=True)
    ]
    return {
        "discipline": replay.discipline,
        "placement": replay.placement,
        "capacity": dict(zip(pool.resources, replay.capacity.tolist(), strict=True)),
        "node_down_h": down_h(pool, replay),
        "jobs": len(replay.pooled.end_s),
        "finished": int(replay.pooled.finished.sum()),
        "mean_jct_s": found["mean_jct"].value,
        "p50_jct_s": found["jct_percentile.50"].value,
        "p95_jct_s": found["jct_percentile.95"].value,
        "p99_jct_s": found["jct_percentile.99"].value,
        "mean_wait_s": found["mean_wait"].value,
        "makespan_s": found["makespan"].value,
        "utilisation": found["utilisation"].value,
        "effective_utilisation": found["effective_utilisation"].value,
        "fragmentation": found["fragmentation"].value,
        "mean_contention": found["contention.mean"].value,
        "peak_contention": found["contention.peak"].value,
        "preemptions": int(replay.pooled.preemptions.sum()),
        "preemptions_per_job": found["preemptions_per_job"].value,
        "restart_s_per_job": found["restart_s_per_job"].value,
        "alone": homes,
        "worst_rho": found[f"rho.{first}"].value,
        "unfair_fraction": found[f"unfair_fraction.{first}"].value,
        "jain_rho": found[f"jain.{first}"].value,
        "mean_bounded_slowdown": found["bounded_slowdown"].value,
        "deadlines_met": found["deadlines_met"].value,
        "mean_tardiness_s": found["tardiness"].value,
        "slo_attainment": found["slo_attainment"].value,
        "service_overload_h": found["service_overload"].value,
        "energy_j": found["energy"].value,
        "carbon_g": {kind: found[f"carbon.{kind}"].value for kind in EMITTED},
        "carbon_held_g": {kind: found[f"carbon_held.{kind}"].value for kind in EMITTED},
        "cost": found["cost"].value,
        "hhi_used": found["hhi"].rows["used"],
        "gini_used": found["gini"].rows["used"],
        "members": members,
        "services": [] if served is None else _services(pool, served, found),
    }


def fared(pool: Pool, replay: Replay | None) -> Served | None:
    """Say how a pool's services fare: over one cycle of hours, or where nodes go down over the time of a replay."""
    if pool.services is None:
        return None
    if pool.outages is None or pool.jobs is None or replay is None or not replay.pooled.finished.any():
        return serve(pool)
    begin, end = int(pool.jobs.submit_s.min()), int(replay.pooled.end_s.max())
    return course(pool, begin, end if replay.still_s is None else replay.still_s).until(max(end, begin + 1))


def down_h(pool: Pool, replay: Replay) -> float | None:
    """Hours for which nodes are down between the first submission and the last end; None where no node ever is."""
    outages, jobs = pool.outages, pool.jobs
    if outages is None or jobs is None or not replay.pooled.finished.any():
        return None
    begin, end = int(jobs.submit_s.min()), int(replay.pooled.end_s.max())
    until = np.where(outages.up_s < 0, end, np.minimum(outages.up_s, end))
    return float(np.maximum(until - np.maximum(outages.down_s, begin), 0).sum()) / HOUR_S


def _services(pool: Pool, served: Served, found: dict[str, Figure]) -> list[dict[str, Any]]:
    """Say how each service fares over its cycle of hours; `worst_p99_s` is None where an hour is in overload."""
    worst = served.p99_s.max(axis=0)
    return [
        {
            "service": name,
            "member": pool.members.id[served.services.member[s]],
            "slo_attainment": found["slo_attainment.worst_service"].rows[name],
            "overload_h": found["service_overload"].rows[name],
            "p99_s": int(served.services.p99_micro_s[s]) / 1e6,
            "worst_p99_s": float(worst[s]) if np.isfinite(worst[s]) else None,
            "replicas_least": int(served.replicas[:, s].min()),
            "replicas_most": int(served.replicas[:, s].max()),
            "regions": dict(zip(served.services.regions, _answering(served, s), strict=True)),
            "lent_h": dict(zip(pool.resources, (served.lent_by[s] / MILLI).tolist(), strict=True)),
        }
        for s, name in enumerate(served.services.id)
    ]


def _answering(served: Served, s: int) -> list[float]:
    """Say what part of a service's requests each region answers: (G,)."""
    requests = served.services.rate_milli[s] * served.lasted_h
    rate, asked = requests / np.maximum(served.replicas[:, s], 1), max(float(requests.sum()), 1e-3)
    return [float(part) for part in rate @ served.placed[:, s] / asked]


def figures(history: History, measures: Iterable[str]) -> dict[str, Figure]:
    """Compute the figures of some measures, by the figures' names."""
    return {figure.name: figure for name in measures for figure in registry.measure(name).measure(history)}


def _jobs_of(pool: Pool) -> list[int]:
    jobs = pool.jobs
    return [] if jobs is None else np.bincount(jobs.member, minlength=len(pool.members)).tolist()
