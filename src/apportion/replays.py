"""What would happen to the jobs under this discipline, in the pool and alone?"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.arrays import Ints
from apportion.domain.arrivals import arrivals
from apportion.domain.charter import Queueing
from apportion.domain.figure import Figure
from apportion.domain.history import History, Replay
from apportion.domain.intensity import Intensity
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Held, Schedule, Stays
from apportion.domain.services import HOUR_S, Served
from apportion.domain.smaller import at_percent
from apportion.domain.ties import tie_order
from apportion.domain.trace import COUNTING, Trace
from apportion.domain.window import Stream, stream
from apportion.engines import simulated
from apportion.errors import BadInput, NotFound
from apportion.loop import Rule, charter_rule, rounds
from apportion.ports import Queue
from apportion.simulation.alone import alone
from apportion.simulation.greener import held_back
from apportion.simulation.limited import limited
from apportion.simulation.replay import replay
from apportion.simulation.services import serve
from apportion.simulation.services.beside import beside
from apportion.simulation.watched import Watched


def simulate(
    pool: Pool,
    discipline: str | None = None,
    *,
    placement: str | None = None,
    parameters: dict[str, Any] | None = None,
    by: Rule | None = None,
    percent: int = 100,
    tick: Callable[[int], None] | None = None,
    carbon: Intensity | None = None,
    greener_s: int = 0,
    watch: bool = False,
) -> Replay:
    """Replay a pool's jobs as its charter says, and alone by the disciplines that is compared with.

    Parameters
    ----------
    discipline, placement, parameters : instead of the charter's; parameters are the charter's where it names the discipline
    by : the rule whose plans a planned discipline follows; by default the charter's
    percent : how much of the pool there is; alone, every member keeps its whole entitlement
    tick : called with the clock, in seconds, after each window of a planned discipline
    carbon : carbon intensity of the electricity
    greener_s : for how long a job may be held back in the pool so that its run would emit less; nobody waits for that alone
    watch : whether to keep from when to when who held what

    Raises
    ------
    NotFound, BadInput
        for an unknown discipline, placement or parameter, a pool without jobs, regions of nodes that `carbon` lacks,
        greener hours without it, services on nodes that go down, or agreed parts of the pool where homes are nodes; for
        `watch` if the discipline stops jobs by itself.
    """
    how = queueing(pool, discipline, placement, parameters)
    submitted = arriving(pool, how.placement, percent)
    free = released(pool, submitted, carbon, greener_s)
    jobs = beside_services(pool, free)
    homes = {home: at_home(submitted, home) for home in registry.discipline(how.discipline).ALONE}
    seen: list[Watched] = []

    def watched(within: Trace, queue: Queue) -> Queue:
        seen.append(Watched(queue, within))
        return seen[0]

    schedule, held = carried(pool, jobs, how, by, percent, tick, watched if watch else None)
    stays = seen[0].stays().renumbered(jobs.position) if seen else runs(schedule, held) if watch else None
    still = still_from_s(free) if pool.services is not None and len(free) else None
    return Replay(
        how.discipline, how.placement, jobs.capacity, schedule, homes, jobs.held_by, held, carbon, stays, still
    )


def carried(
    pool: Pool,
    jobs: Trace,
    how: Queueing,
    by: Rule | None = None,
    percent: int = 100,
    tick: Callable[[int], None] | None = None,
    watched: Callable[[Trace, Queue], Queue] | None = None,
) -> tuple[Schedule, Held | None]:
    """Replay a trace as a charter's queue says: when each job ran, in the pool's order of jobs, and what was held where.

    Where members share, `watched` puts somebody between the queue and whoever drives it.
    """
    if not how.pooled:
        return separately(jobs, how, percent, beside=pool.services is not None)
    within = kept_within(jobs, how)
    between = None if watched is None else partial(watched, within)
    queue = played(stream(pool), within, how.discipline, how.parameters, by, tick, between)
    held = queue.held().ordered(np.argsort(jobs.position))
    return jobs.in_table_order(queue.schedule()), replace(held, used=held.used[:, : len(jobs.capacity)])


def queueing(
    pool: Pool, discipline: str | None = None, placement: str | None = None, parameters: dict[str, Any] | None = None
) -> Queueing:
    """Say how a pool's jobs are queued: as its charter says, but for what is given.

    Raises
    ------
    BadInput
        for a discipline or parameter of the charter that does not exist; one that is given is `NotFound` when it is opened.
    """
    agreed = pool.charter.queue
    name = discipline or agreed.discipline
    own = agreed.parameters if name == agreed.discipline else {}
    how = replace(
        agreed, discipline=name, placement=placement or agreed.placement, parameters={**own, **(parameters or {})}
    )
    try:
        module = registry.discipline(how.discipline)
    except NotFound as error:
        if discipline is not None:
            raise
        raise BadInput(error.faults[0].what, "charter.toml, queue.discipline", error.faults[0].mend) from None
    return replace(how, parameters=registry.checked("discipline", how.discipline, module.open_queue, how.parameters))


def separately(jobs: Trace, how: Queueing, percent: int = 100, *, beside: bool = False) -> tuple[Schedule, Held | None]:
    """Replay every member's jobs on its own entitlement, in the order of the pool's jobs: nobody shares.

    What was held where is known only where all is one place.

    Raises
    ------
    BadInput
        for a discipline that is about several members' plans, a part of the pool, or services that take of it.
    """
    module = registry.discipline(how.discipline)
    where = "charter.toml, queue.pooled"
    if module.PLANNED:
        raise BadInput(
            f'discipline "{how.discipline}" follows plans for members who share, and these do not',
            where,
            'name another, for example discipline = "skip_fifo"',
        )
    if percent != 100 or beside:
        raise BadInput(
            "members who do not share keep all they are entitled to: what is left of a part of the pool, or beside services, "
            "is not known of each",
            where,
            "write pooled = true, or leave services and --percent out",
        )
    schedule = alone(jobs, partial(module.open_queue, **how.parameters))
    held = held_on_one(jobs, schedule).ordered(np.argsort(jobs.position)) if len(jobs.held_by.amount) == 1 else None
    return jobs.in_table_order(schedule), held


def runs(schedule: Schedule, held: Held | None) -> Stays:
    """Say from when to when who held what, of jobs that nobody stopped.

    Raises
    ------
    BadInput
        if somebody did, or what was held where is not known.
    """
    if held is None or schedule.preemptions.any():
        raise BadInput(
            "members do not share, and from when to when each job held what is not known: one was stopped, or ran on one of "
            "several nodes or classes of them",
            "charter.toml, queue.pooled",
            "take a discipline that stops no job, and placement counting where all nodes are alike; or let members share",
        )
    job = np.flatnonzero(schedule.finished)
    at, row = held.rows_of(job)
    return Stays(job[at], schedule.start_s[job[at]], schedule.end_s[job[at]], held.place[row], held.workers[row])


def held_on_one(jobs: Trace, schedule: Schedule) -> Held:
    """Say what was held where all is one place."""
    ran = schedule.held_s > 0
    workers = np.ones(len(jobs), dtype=np.int64) if jobs.workers is None else jobs.workers
    begin = np.concatenate([[0], np.cumsum(ran)]).astype(np.int64)
    used = (jobs.need * schedule.held_s[:, None]).sum(axis=0)[None]
    return Held(used, begin, np.zeros(int(begin[-1]), dtype=np.int64), workers[ran])


def kept_within(jobs: Trace, how: Queueing) -> Trace:
    """Keep every member within the charter's limit of what one may hold at once."""
    if how.member_limit is None:
        return jobs
    if registry.discipline(how.discipline).PLANNED:
        raise BadInput(
            f'discipline "{how.discipline}" follows plans, which know no limit of what one member may hold at once',
            "charter.toml, queue.member_limit",
            "write largest_share below [guardrails], which plans keep, or name another discipline",
        )
    return limited(jobs, how.member_limit)


def pooled(
    known: Stream,
    jobs: Trace,
    discipline: str,
    parameters: dict[str, Any] | None = None,
    by: Rule | None = None,
    tick: Callable[[int], None] | None = None,
) -> Schedule:
    """Replay a trace in the one pool; the schedule comes back in the order of the pool's jobs."""
    return jobs.in_table_order(played(known, jobs, discipline, parameters, by, tick).schedule())


def played(
    known: Stream,
    jobs: Trace,
    discipline: str,
    parameters: dict[str, Any] | None = None,
    by: Rule | None = None,
    tick: Callable[[int], None] | None = None,
    watched: Callable[[Queue], Queue] | None = None,
) -> Queue:
    """Replay a trace in the one pool, to its end; `watched` puts somebody between the queue and whoever drives it."""
    module = registry.discipline(discipline)
    given = registry.checked("discipline", discipline, module.open_queue, parameters or {})
    if module.PLANNED:
        return _followed(known, jobs, by or charter_rule(known.pool.charter), tick, watched)
    queue: Queue = module.open_queue(jobs, **given)
    if watched is not None:
        queue = watched(queue)
    replay(queue)
    return queue


def beside_services(pool: Pool, jobs: Trace) -> Trace:
    """Take away, hour by hour, what a pool's services hold; some time after the last job the hours stand still.

    Raises
    ------
    BadInput
        if nodes are down meanwhile: services are placed on nodes that are always up.
    """
    if pool.services is None or not len(jobs):
        return jobs
    if pool.outages is not None:
        raise BadInput(
            "services are placed as if every node were up, and outages say that some are down",
            "outages.csv, services.csv",
            "replay a copy of the pool without one of them",
        )
    return beside(jobs, serve(pool), still_from_s(jobs))


def still_from_s(jobs: Trace) -> int:
    """Say from which second on the hours of services stand still: none of the jobs should run by then."""
    work = float((jobs.load * np.maximum(jobs.submit_s[-1] - jobs.submit_s[0], 1)).max(initial=0.0))
    return int(jobs.submit_s[-1]) + int(2 * work) + int(jobs.lasts.max())


def released(pool: Pool, jobs: Trace, carbon: Intensity | None, greener_s: int) -> Trace:
    """Hold jobs back until a greener hour, for so many seconds at most."""
    if carbon is not None:
        hourly = carbon.seen_by(pool.nodes)  # (also says which regions of nodes it lacks)
        return held_back(jobs, hourly, greener_s) if greener_s else jobs
    if greener_s:
        raise BadInput("which hours are greener is not known", "--greener", "give a table of hours with --carbon FILE")
    return jobs


def at_home(jobs: Trace, discipline: str) -> Schedule:
    """Replay each member's jobs alone on its entitlement, in the order of the pool's jobs."""
    return jobs.in_table_order(alone(jobs, registry.discipline(discipline).open_queue))


def arriving(pool: Pool, placement: str = COUNTING, percent: int = 100) -> Trace:
    """Bring a pool's jobs into order of arrival, on so much of the pool, placed in one way."""
    jobs = arrivals(pool, tie_order(pool.seed, pool.members.id), placement)
    return jobs if percent == 100 else at_percent(jobs, percent)


def _followed(
    known: Stream,
    jobs: Trace,
    by: Rule,
    tick: Callable[[int], None] | None,
    watched: Callable[[Queue], Queue] | None,
) -> Queue:
    engine = simulated.Simulated(known.pool, jobs)
    if watched is not None:
        engine.queue = watched(engine.queue)
    for done in rounds(known.resized(smaller(known.pool, jobs.capacity)), by, engine, proving=False):
        if tick is not None:
            tick(done.window.end_s)
    return engine.queue


def smaller(pool: Pool, total: Ints) -> Ints | None:
    """Spread another total (R,) over the flavors in proportion to what they hold: (F, R); None if it is the pool's own."""
    full = pool.capacity.sum(axis=0)
    return None if (total == full).all() else pool.capacity * total // np.maximum(full, 1)


TOLD = (
    *("waiting", "slowdown", "deadlines", "preemptions", "rho", "unfair_fraction", "jain"),
    *("utilisation", "effective_utilisation", "fragmentation", "contention", "hhi", "gini"),
    *("energy", "carbon", "cost", "slo"),
)
EMITTED = ("direct", "lifecycle")


def told(pool: Pool, replay: Replay) -> dict[str, Any]:
    """Say how a replay went, as ``apportion simulate -o json`` shows it; ρ against the first discipline at home."""
    served = None if pool.services is None else serve(pool)
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
            "overload_h": int(served.overload[:, s].sum()),
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
    rate = served.services.rate_milli[s] / np.maximum(served.replicas[:, s], 1)
    asked = max(int(served.services.rate_milli[s].sum()), 1)
    return [float(part) for part in rate @ served.placed[:, s] / asked]


def figures(history: History, measures: Iterable[str]) -> dict[str, Figure]:
    """Compute the figures of some measures, by the figures' names."""
    return {figure.name: figure for name in measures for figure in registry.measure(name).measure(history)}


def _jobs_of(pool: Pool) -> list[int]:
    jobs = pool.jobs
    return [] if jobs is None else np.bincount(jobs.member, minlength=len(pool.members)).tolist()
