"""What in a pool is odd, though it can be meant? One notice a kind, with how many and the first of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Ints, Text
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO, amount_text
from apportion.domain.tables import Claims, Jobs, fits
from apportion.errors import Fault

LISTED = 5
LIKE_A_NUMBER = r"^(?:[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+|0[0-9]+|[0-9]+\.[0-9]+)$"


def lint(pool: Pool, rows: Ints | None = None) -> tuple[Fault, ...]:
    """Say what in a pool is odd.

    Parameters
    ----------
    rows : (J,) the row of each job in its file; by default those of a file without empty rows

    Each kind of oddity gives one notice, however many rows it concerns. Cost: linear in members, claims and jobs, times the
    number of different nodes.
    """
    found = [*_ids(pool), *_members(pool)]
    if pool.claims is not None:
        found += _claims(pool, pool.claims)
    if pool.jobs is not None and len(pool.jobs):
        found += _jobs(pool, pool.jobs, np.arange(2, len(pool.jobs) + 2) if rows is None else rows)
    return tuple(found)


def _ids(pool: Pool) -> Iterator[Fault]:
    tables = {"members.csv": pool.members.id, "nodes.csv": pool.nodes.id}
    tables |= {"claims.csv": pool.claims.id} if pool.claims else {}
    tables |= {"jobs.csv": pool.jobs.id} if pool.jobs else {}
    for name, ids in tables.items():
        looks = pl.Series(ids.tolist(), dtype=pl.String).str.contains(LIKE_A_NUMBER).to_numpy()
        yield from _some(
            looks,
            f"{name}, column id",
            _quoting(ids),
            "ids that look like numbers, kept as the text they are",
            "check that no spreadsheet has rewritten them",
        )


def _members(pool: Pool) -> Iterator[Fault]:
    ids = pool.members.id
    none = pool.standing.weight == 0
    yield from _some(
        none,
        "members.csv",
        _quoting(ids),
        "members have no standing: they are served from what the others leave",
        f'give them nodes, or another rule than "{pool.charter.entitlements.rule}"',
    )
    owns = np.isin(np.arange(len(ids)), pool.nodes.owner)
    if owns.any():
        yield from _some(~owns & ~none, "nodes.csv, column owner", _quoting(ids), "members own no node")


def _claims(pool: Pool, claims: Claims) -> Iterator[Fault]:
    named, table = _quoting(claims.id), "claims.csv"
    may = _may_run(pool, claims)
    nowhere = ~np.any(may, axis=1)
    total = pool.capacity.sum(axis=0)
    wish = claims.bundle.astype(np.float64) * (claims.tasks_micro / MICRO)[:, None]
    yield from _some(nowhere, table, named, "claims fit no flavor, by speed, GPU memory or runtime")
    yield from _some(~np.any(claims.bundle, axis=1), table, named, "claims use nothing up, so they get all their tasks")
    yield from _some(~nowhere & _too_large(pool, claims, may), table, named, "claims have tasks larger than any node")
    yield from _some(np.any(wish > total, axis=1), table, named, "claims ask, each alone, for more than the pool holds")
    alike = _repeated(claims, ("id",))
    yield from _some(alike, table, named, "claims repeat another in everything but the id")


def _jobs(pool: Pool, jobs: Jobs, rows: Ints) -> Iterator[Fault]:
    def row(i: int) -> str:
        return str(rows[i])

    table = "jobs.csv"
    may = _may_run(pool, jobs)
    nowhere = ~np.any(may, axis=1)
    gang = np.any(jobs.gang > may.astype(np.int64) @ pool.capacity, axis=1)
    worker = _too_large(pool, jobs, may)
    back = np.append(False, np.diff(jobs.submit_s) < 0)
    yield from _load(pool, jobs)
    yield from _some(nowhere, table, row, "jobs fit no flavor, by speed, GPU memory or runtime", "they can never start")
    yield from _some(~nowhere & gang, table, row, "jobs are larger than all they may run on", "they can never start")
    yield from _some(
        ~nowhere & ~gang & worker,
        table,
        row,
        "jobs have workers larger than any node",
        "check the node list against the job log: on real nodes they can never start",
    )
    yield from _some(jobs.duration_s == 0, table, row, "jobs take no time")
    yield from _some(
        back, table, row, "jobs were submitted before the row above them", "sort the file, or a clock was set back"
    )
    yield from _some(_repeated(jobs, ("id", "command")), table, row, "jobs repeat another in everything but the id")


def _load(pool: Pool, jobs: Jobs) -> Iterator[Fault]:
    """Compare the work asked for with what the pool can do between first and last submission, for each resource.

    Where half of the jobs outlast the submissions there is no steady load to speak of.
    """
    span = int(jobs.submit_s.max() - jobs.submit_s.min())
    steady = span > 0 and span >= float(np.median(jobs.duration_s))
    work = (jobs.gang * jobs.duration_s[:, None].astype(np.float64)).sum(axis=0)
    for resource, asked, held in zip(pool.resources, work, pool.capacity.sum(axis=0), strict=True):
        name = resource.split("_milli")[0]
        if asked and not held:
            yield Fault(f"jobs ask for {name}, and no node holds any", "jobs.csv", f"add {name} to nodes.csv")
        elif steady and asked > held * float(span):
            load = asked / (held * float(span))
            unit = "check that durations are in seconds, not milliseconds" if load > 10 else "add nodes"
            yield Fault(
                f"jobs ask for {load:.0%} of the {name} there is ({amount_text(int(held))}) over the {span:,} s of their "
                "submission: queues grow until the end",
                "jobs.csv",
                f"{unit}, or take the figures of waiting for those of an overload",
            )


def _may_run(pool: Pool, asked: Claims | Jobs) -> Bools:
    """Tell where each row may run, by speed and conditions: (rows, F)."""
    at = pool.resources.index("gpu_milli") if "gpu_milli" in pool.resources else None
    gpu = np.zeros(len(asked), dtype=bool) if at is None else asked.bundle[:, at] > 0
    fit = fits(pool.flavor_gpu_memory, pool.flavor_runtime, asked.gpu_memory_milli_gib, asked.runtime, gpu)
    return np.asarray(fit & (asked.speed > 0))


def _too_large(pool: Pool, asked: Claims | Jobs, may: Bools) -> Bools:
    """Tell which rows ask, for one worker, for more than any node that they may run on holds."""
    fit = np.zeros(len(asked), dtype=bool)
    shapes = np.unique(np.column_stack([pool.nodes.flavor, pool.nodes.amount]), axis=0)
    for flavor, *amount in shapes.tolist():
        fit |= may[:, flavor] & (asked.bundle <= np.array(amount)).all(axis=1)
    return ~fit


def _repeated(table: Claims | Jobs, but: Sequence[str]) -> Bools:
    """Tell which rows equal an earlier one in all columns except `but`."""
    columns: dict[str, Text | Ints | Floats] = {}
    for field in fields(table):
        column = getattr(table, field.name)
        if field.name not in but:
            columns |= {f"{field.name}{k}": part for k, part in enumerate(np.atleast_2d(column.T))}
    changing = {name: _series(column) for name, column in columns.items() if (column != column[:1]).any()}
    if not changing:
        return np.arange(len(table)) > 0
    return ~pl.DataFrame(changing).select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()


def _quoting(ids: Text) -> Callable[[int], str]:
    return lambda i: f'"{ids[i]}"'


def _series(column: Text | Ints | Floats) -> pl.Series:
    return pl.Series(column.tolist() if column.dtype == object else column)


def _some(odd: Bools, where: str, say: Callable[[int], str], what: str, mend: str = "") -> Iterator[Fault]:
    """Make one notice of all odd rows: how many, and the first few by name."""
    count = int(np.count_nonzero(odd))
    if count:
        first = ", ".join(say(i) for i in np.flatnonzero(odd)[:LISTED].tolist())
        rest = " …" if count > LISTED else ""
        yield Fault(f"{what}: {count:,} ({first}{rest})", where, mend)
