"""How is a trace carried out, as a charter's queue says?"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.charter import Queueing
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held, Schedule, Stays
from apportion.domain.trace import Trace
from apportion.domain.window import Stream, stream
from apportion.engines import simulated
from apportion.errors import BadInput
from apportion.loop import Rule, charter_rule, rounds
from apportion.ports import Queue
from apportion.replays.bringing import kept_within, smaller
from apportion.simulation.alone import alone
from apportion.simulation.replay import replay


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
