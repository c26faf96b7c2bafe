"""What kind of work is asked of this pool?

Each trait is told with the figures that show it, whether it holds or not, so that a reader can disagree.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO
from apportion.domain.schedule import Schedule
from apportion.measures._stages import scarcest
from apportion.measures._timeline import timeline
from apportion.simulation.services import serve

HOUR_S = 3600
KINDS = {"cpu_milli": "compute", "gpu_milli": "compute", "memory_milli_gib": "memory"}
IO = ("storage_milli_gib", "network_milli_gbps")
BURST = 3.0  # times the mean load, in the busiest hour of a hundred
IDLE = 0.25  # part of what a member may count on
AHEAD = 1.2  # times its standing
FELT = 0.3  # part of the pool that is asked for, below which nobody is in anybody's way
LARGE = 0.1  # part of the pool that one gang asks for


@dataclass(frozen=True)
class Trait:
    """One thing that may be said of the work, whether it holds, and the figures that show it."""

    key: str
    holds: bool
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Workload:
    """What kind of work there is.

    Attributes
    ----------
    resource : position of the resource that is asked for most
    load : (R,) mean demand of jobs and services, or what the claims ask for, as a part of what there is
    demand : (N,) part of the scarcest resource that each member asks for; sums to 1, or all 0
    """

    resource: int
    load: Floats
    demand: Floats
    traits: tuple[Trait, ...]

    def shows(self, key: str) -> bool:
        """Whether a trait holds."""
        return any(trait.key == key and trait.holds for trait in self.traits)

    def value(self, key: str, name: str) -> Any:
        """A figure of a trait."""
        return next(trait.values[name] for trait in self.traits if trait.key == key)


def workload(pool: Pool, alone: Schedule | None = None) -> Workload:
    """Classify the work of a pool; `alone` is how its jobs go at home, if there are jobs."""
    r = scarcest(History(pool))
    load = offered(pool)
    if pool.jobs is None and pool.services is not None and load.any():
        r = int(load.argmax())
    demand = _demand(pool, r)
    traits = [_bound(pool, r, load), _flood(pool, demand, float(load[r]))]
    if pool.services is not None:
        traits.append(_services(pool, r))
    if pool.jobs is not None and len(pool.jobs):
        traits += [_bursts(pool, r), _gangs(pool, r)]
        if alone is not None:
            traits.append(_idle(pool, r, alone))
    return Workload(r, load, demand, tuple(traits))


def offered(pool: Pool) -> Floats:
    """Mean demand as a part of what there is: (R,)."""
    total = np.zeros(len(pool.resources))
    jobs, services, claims = pool.jobs, pool.services, pool.claims
    if jobs is not None and len(jobs):
        span = max(int(np.ptp(jobs.submit_s)), 1)
        total += (jobs.gang * jobs.duration_s[:, None].astype(np.float64)).sum(axis=0) / span
    elif claims is not None:
        total += (claims.bundle * claims.tasks_micro[:, None].astype(np.float64)).sum(axis=0) / MICRO
    if services is not None:
        total += np.maximum(services.load.mean(axis=0), services.replicas_min) @ services.bundle
    return np.asarray(total / np.maximum(pool.capacity.sum(axis=0), 1))


def _demand(pool: Pool, r: int) -> Floats:
    asked = np.zeros(len(pool.members))
    if pool.jobs is not None and len(pool.jobs):
        np.add.at(asked, pool.jobs.member, pool.jobs.gang[:, r] * pool.jobs.duration_s.astype(np.float64))
    elif pool.claims is not None:
        np.add.at(asked, pool.claims.member, pool.claims.bundle[:, r] * pool.claims.tasks_micro.astype(np.float64))
    return np.asarray(asked / max(asked.sum(), 1.0))


def _bound(pool: Pool, r: int, load: Floats) -> Trait:
    name = pool.resources[r]
    kind = KINDS.get(name, "io" if name in IO else "other")
    return Trait(kind, holds=True, values={"resource": name, "load": float(load[r])})


def _flood(pool: Pool, demand: Floats, load: float) -> Trait:
    """Does one member ask for much more than its standing, where that is felt?"""
    share = pool.standing.share
    m = int((demand - share).argmax())
    values = {"member": str(pool.members.id[m]), "asks": float(demand[m]), "standing": float(share[m])}
    return Trait("flood", bool(demand[m] > AHEAD * share[m] and demand[m] > FELT and load > FELT), values)


def _services(pool: Pool, r: int) -> Trait:
    """How much do replicas hold in the quietest and the busiest hour?"""
    services = pool.services
    assert services is not None, "asked for only where there are some"  # noqa: S101  # for the type checker
    served = serve(pool)
    held = served.on_node[:, :, r].sum(axis=1) / max(int(pool.capacity[:, r].sum()), 1)
    values = {"services": len(services), "least": float(held.min()), "most": float(held.max())}
    return Trait("services", holds=True, values=values)


def hourly(pool: Pool, r: int) -> Floats:
    """Load of each hour if every job started when it was submitted, as a part of what there is: (H,)."""
    jobs = pool.jobs
    assert jobs is not None, "asked for only where there are some"  # noqa: S101  # for the type checker
    at_once = Schedule(jobs.submit_s, jobs.submit_s + jobs.duration_s, np.zeros_like(jobs.submit_s), jobs.duration_s)
    line = timeline(jobs, at_once, r, len(pool.members), HOUR_S)
    last = (int(jobs.submit_s.max()) - line.start_s) // HOUR_S + 1
    return np.asarray(line.used[:last].sum(axis=1) / (HOUR_S * max(int(pool.capacity[:, r].sum()), 1)))


def _bursts(pool: Pool, r: int) -> Trait:
    load = hourly(pool, r)
    mean, peak = float(load.mean()), float(np.quantile(load, 0.99))
    return Trait("bursts", bool(peak > BURST * mean and peak > 1), {"mean": mean, "peak": peak})


def _gangs(pool: Pool, r: int) -> Trait:
    jobs = pool.jobs
    assert jobs is not None, "asked for only where there are some"  # noqa: S101  # for the type checker
    largest = float(jobs.gang[:, r].max() / max(int(pool.capacity[:, r].sum()), 1))
    return Trait("gangs", largest >= LARGE, {"largest": largest})


def _idle(pool: Pool, r: int, alone: Schedule) -> Trait:
    """How much of what members may count on stands idle at home while another member's jobs wait there?"""
    idle, waited = idle_at_home(pool, r, alone)
    own = pool.standing.entitlement[:, :, r].sum(axis=1).astype(np.float64)
    part = float((idle * waited[:, None] * own).sum() / max(float(waited.sum() * own.sum()), 1.0))
    m = int((idle.mean(axis=0) * own).argmax()) if len(idle) else 0
    values = {
        "part": part,
        "waiting": float(waited.mean()) if len(waited) else 0.0,
        "member": str(pool.members.id[m]),
        "own": float(idle[:, m].mean()) if len(idle) else 0.0,
    }
    return Trait("idle", part >= IDLE, values)


def idle_at_home(pool: Pool, r: int, alone: Schedule) -> tuple[Floats, Ints]:
    """Say hour by hour which part of its own each member leaves idle, (H, N), and whether anybody waits, (H,)."""
    jobs = pool.jobs
    assert jobs is not None, "asked for only where there are some"  # noqa: S101  # for the type checker
    line = timeline(jobs, alone, r, len(pool.members), HOUR_S)
    last = (int(jobs.submit_s.max()) - line.start_s) // HOUR_S + 1
    own = pool.standing.entitlement[:, :, r].sum(axis=1) * float(HOUR_S)
    idle = 1 - line.used[:last] / np.maximum(own, 1.0)
    return np.where(own > 0, np.maximum(idle, 0.0), 0.0), (line.queued[:last].sum(axis=1) > 0).astype(np.int64)
