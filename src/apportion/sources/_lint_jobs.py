"""What in a trace is odd, though it can be meant? Sizes, the clock, durations, and the load they make."""

from collections.abc import Callable, Iterator

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.pool import STANDARD_RESOURCES, Pool
from apportion.domain.quantity import amount_text
from apportion.domain.tables import Jobs
from apportion.errors import Fault
from apportion.sources._files import Table
from apportion.sources._odd import Say, may_run, repeated, some_odd, too_large

CROWD = 1_000  # jobs in one second
MILLISECONDS = 20  # durations, all whole thousands: one in 10⁶⁰ by chance
At = Callable[[str], Say]  # where a column is, in each row


def lint_jobs(pool: Pool, jobs: Jobs, table: Table) -> Iterator[Fault]:
    """Say what is odd in the jobs that were read from a table, in its order."""

    def row(i: int) -> str:
        return str(table.rows[i])

    def at(column: str) -> Callable[[int], str]:
        return lambda i: table.place(column, i)

    yield from _load(pool, jobs, table.name)
    yield from _sizes(pool, jobs, row, at)
    yield from _clock(jobs, row, at)
    yield from _durations(jobs, row, at)
    twins = repeated(jobs, ("id", "command"))
    what, mend = "jobs repeat another in everything but the id", "leave them out if the log was written twice"
    yield from some_odd(twins, at("id"), row, what, mend)


def _sizes(pool: Pool, jobs: Jobs, row: Say, at: At) -> Iterator[Fault]:
    """Tell which jobs do not fit: nowhere at all, the pool, any node, what their member may count on."""
    may = may_run(pool, jobs)
    nowhere = ~np.any(may, axis=1)
    gang = ~nowhere & np.any(jobs.gang > may.astype(np.int64) @ pool.capacity, axis=1)
    worker = ~nowhere & ~gang & too_large(pool, jobs, may)
    entitled = pool.standing.entitlement.sum(axis=1)[jobs.member]
    alone = ~nowhere & ~gang & entitled.any(axis=1) & np.any(jobs.gang > entitled, axis=1)
    yield from some_odd(
        nowhere,
        at("speed, gpu_memory_gib, runtime"),
        row,
        "jobs fit no flavor, by speed, GPU memory or runtime",
        "they can never start: mend these columns, or add nodes of a flavor that fits",
    )
    yield from some_odd(
        gang,
        at("workers"),
        row,
        "jobs are larger than all they may run on",
        "they can never start: check workers and what one worker asks for, add nodes, or leave these rows out",
    )
    yield from some_odd(
        worker,
        at(_named(pool, jobs, worker)),
        row,
        "jobs have workers larger than any node",
        f"{_contradiction(pool, jobs, worker)}on real nodes they can never start: check the node list against the job log, "
        "or cut these workers",
    )
    yield from some_odd(
        alone,
        at("workers"),
        row,
        "jobs are larger than what their member may count on",
        "they run only in the pool, and have no ρ; if that is not meant, check workers, and the owners of nodes",
    )


def _named(pool: Pool, jobs: Jobs, worker: Bools) -> str:
    """Name the columns in which workers exceed every node; all that are asked for, where none does by itself."""
    asked, held = _largest(pool, jobs, worker)
    exceeds = asked > held if (asked > held).any() else asked > 0
    return ", ".join(_column(pool.resources[r]) for r in np.flatnonzero(exceeds).tolist())


def _column(resource: str) -> str:
    return (
        resource.replace("_milli", "") if resource in STANDARD_RESOURCES else f"res:{resource.removesuffix('_milli')}"
    )


def _contradiction(pool: Pool, jobs: Jobs, worker: Bools) -> str:
    """Say both sides: what the largest worker asks for, and what the largest node holds."""
    asked, held = _largest(pool, jobs, worker)
    sides = [
        f"the largest worker asks for {amount_text(int(asked[r]))} {_column(pool.resources[r])}, "
        f"the largest node holds {amount_text(int(held[r]))}; "
        for r in np.flatnonzero(asked > held).tolist()
    ]
    return "".join(sides)


def _largest(pool: Pool, jobs: Jobs, worker: Bools) -> tuple[Ints, Ints]:
    """Return the most that one of these workers asks for, and that one node holds, of each resource: (R,), (R,)."""
    return jobs.bundle[worker].max(axis=0, initial=0), pool.nodes.amount.max(axis=0)


def _clock(jobs: Jobs, row: Say, at: At) -> Iterator[Fault]:
    back = np.append(False, np.diff(jobs.submit_s) < 0)
    farthest = -int(np.diff(jobs.submit_s).min(initial=0))
    yield from some_odd(
        back,
        at("submit_s"),
        row,
        "jobs were submitted before the row above them",
        f"sort the file, or a clock was set back, by up to {farthest:,} s",
    )
    second, of, count = np.unique(jobs.submit_s, return_inverse=True, return_counts=True)
    most = int(np.argmax(count))
    yield from some_odd(
        count[of.reshape(-1)] >= CROWD,
        at("submit_s"),
        row,
        f"jobs were submitted by the thousand in one second ({count[most]:,} at {second[most]:,} s)",
        "check that times were not rounded, or filled in where they were missing: such jobs start in the order of the file",
    )


def _durations(jobs: Jobs, row: Say, at: At) -> Iterator[Fault]:
    yield from some_odd(
        jobs.duration_s == 0,
        at("duration_s"),
        row,
        "jobs take no time",
        "leave them out if they never ran: they wait like others and count in every mean",
    )
    lasting = jobs.duration_s > 0
    if np.count_nonzero(lasting) >= MILLISECONDS and not (jobs.duration_s % 1000).any():
        what = "jobs take whole thousands of seconds, every one that takes any"
        yield from some_odd(
            lasting, at("duration_s"), row, what, "if these are milliseconds, divide duration_s by 1,000"
        )


def _load(pool: Pool, jobs: Jobs, where: str) -> Iterator[Fault]:
    """Compare the work asked for with what the pool can do between first and last submission, for each resource.

    Where half of the jobs outlast the submissions there is no steady load to speak of.
    """
    span = int(jobs.submit_s.max() - jobs.submit_s.min())
    steady = span > 0 and span >= float(np.median(jobs.duration_s))
    work = (jobs.gang * jobs.duration_s[:, None].astype(np.float64)).sum(axis=0)
    for resource, asked, held in zip(pool.resources, work, pool.capacity.sum(axis=0), strict=True):
        name = resource.split("_milli")[0]
        if asked and not held:
            yield Fault(f"jobs ask for {name}, and no node holds any", where, f"add {name} to nodes.csv")
        elif steady and asked > held * float(span):
            load = asked / (held * float(span))
            unit = "check that durations are in seconds, not milliseconds" if load > 10 else "add nodes"
            yield Fault(
                f"jobs ask for {load:.0%} of the {name} there is ({amount_text(int(held))}) over the {span:,} s of their "
                "submission: queues grow until the end",
                where,
                f"{unit}, or take the figures of waiting for those of an overload",
            )
