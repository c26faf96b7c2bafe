"""Does what comes and goes in a pool agree with its jobs and its clock?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools
from apportion.domain.over_time import timeline
from apportion.domain.pool import Pool
from apportion.domain.tables import Jobs, Outages
from apportion.errors import Fault
from apportion.sources._odd import may_run, some_odd, too_large


def lint_over_time(pool: Pool) -> Iterator[Fault]:
    """Say what is odd in when nodes are down, and in what members agreed on."""
    jobs = pool.jobs if pool.jobs is not None and len(pool.jobs) else None
    if pool.outages is not None and len(pool.outages):
        yield from _outages(pool, pool.outages, jobs)
    if pool.agreements is not None and len(pool.agreements):
        yield from _agreements(pool, jobs)


def _outages(pool: Pool, outages: Outages, jobs: Jobs | None) -> Iterator[Fault]:
    where, stays_down = "outages.csv", outages.up_s < 0
    if np.unique(outages.node[stays_down]).size == len(pool.nodes):
        what = f"from {int(outages.down_s[stays_down].max()):,} s on every node is down for ever"
        yield Fault(what, where, "what has not ended by then never does; give some node an up_s, if that is not meant")
    if jobs is None:
        return
    first, last = int(jobs.submit_s.min()), int(jobs.submit_s.max()) + int(jobs.duration_s.sum())
    yield from some_odd(
        (~stays_down & (outages.up_s <= first)) | (outages.down_s > last),
        where,
        lambda i: f'"{pool.nodes.id[outages.node[i]]}" from {outages.down_s[i]:,} s',
        f"outages end before the first job ({first:,} s) or begin when all could have ended ({last:,} s)",
        "check that they are in seconds, on the clock of jobs.csv",
    )
    yield from _never(pool, outages, jobs)


def _never(pool: Pool, outages: Outages, jobs: Jobs) -> Iterator[Fault]:
    """Tell which jobs fit the pool, and no longer what stays up of it."""
    gone = outages.up_s < 0
    if not gone.any():
        return
    amount = pool.nodes.amount.copy()
    amount[outages.node[gone]] = 0
    rest = replace(pool, nodes=replace(pool.nodes, amount=amount))
    (gang, worker), (gang_then, worker_then) = _fits(pool, jobs), _fits(rest, jobs)
    lost = (gang & ~gang_then) | (worker & ~worker_then)
    since = int(outages.down_s[gone].max())

    def named(i: int) -> str:
        return f'"{jobs.id[i]}"'

    mend = "give these nodes an up_s, or leave the jobs out"
    late = lost & (jobs.submit_s >= since)
    what = f"jobs fit no longer what stays up from {since:,} s on, and are submitted after that"
    yield from some_odd(
        late, "outages.csv", named, what, f"they can never start, and may block those behind them: {mend}"
    )
    what = f"jobs fit no longer what stays up from {since:,} s on, and are submitted before"
    mend = f"they end only if they do so by then, and may block those behind them: {mend}"
    yield from some_odd(lost & ~late, "outages.csv", named, what, mend)


def _fits(pool: Pool, jobs: Jobs) -> tuple[Bools, Bools]:
    """Tell which gangs fit what there is in all, and whose workers some node as well."""
    may = may_run(pool, jobs)
    gang = may.any(axis=1) & ~np.any(jobs.gang > may.astype(np.int64) @ pool.capacity, axis=1)
    return gang, gang & ~too_large(pool, jobs, may)


def _agreements(pool: Pool, jobs: Jobs | None) -> Iterator[Fault]:
    if jobs is None:
        return
    then = timeline(pool)
    standing = then.first[jobs.member] > 0
    for second, found in then.changes():
        standing = np.where(jobs.submit_s >= second, found.weight[jobs.member] > 0, standing)
    ever = pool.standing.weight[jobs.member] > 0  # (who never has any is told of once, as a member)
    yield from some_odd(
        ~standing & ever,
        "standings.csv",
        lambda i: f'"{jobs.id[i]}"',
        "jobs are submitted while their member has no share",
        "they are served from what the others leave, and have no ρ there; if the member has left, leave them out",
    )
