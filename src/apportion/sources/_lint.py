"""What in a pool is odd, though it can be meant? One notice a kind, with how many and the first of them."""

from collections.abc import Iterator
from math import log

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Text
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO
from apportion.domain.services import Services
from apportion.domain.tables import Claims
from apportion.errors import Fault
from apportion.sources._files import Table
from apportion.sources._lint_jobs import lint_jobs
from apportion.sources._lint_over_time import lint_over_time
from apportion.sources._odd import Say, may_run, repeated, some_odd, too_large

ALONE = log(100)  # mean service times within which 99 % of the requests are answered where nobody waits
LIKE_A_NUMBER = r"^(?:[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+|0[0-9]+|[0-9]+\.[0-9]+)$"


def lint(pool: Pool, jobs: Table | None = None) -> tuple[Fault, ...]:
    """Say what in a pool is odd.

    Parameters
    ----------
    jobs : what the pool's jobs were read from, which says where one is

    Each kind of oddity gives one notice, however many rows it concerns. Cost: linear in members, claims and jobs, times the
    number of different nodes.
    """
    found = [*_ids(pool), *_members(pool)]
    if pool.claims is not None:
        found += _claims(pool, pool.claims)
    if pool.jobs is not None and jobs is not None and len(pool.jobs):
        found += lint_jobs(pool, pool.jobs, jobs)
    if pool.services is not None:
        found += _services(pool, pool.services)
    found += lint_over_time(pool)
    return tuple(found)


def _ids(pool: Pool) -> Iterator[Fault]:
    tables = {"members.csv": pool.members.id, "nodes.csv": pool.nodes.id}
    tables |= {"claims.csv": pool.claims.id} if pool.claims else {}
    tables |= {"jobs.csv": pool.jobs.id} if pool.jobs else {}
    tables |= {"services.csv": pool.services.id} if pool.services else {}
    for name, ids in tables.items():
        looks = pl.Series(ids.tolist(), dtype=pl.String).str.contains(LIKE_A_NUMBER).to_numpy()
        yield from some_odd(
            looks,
            f"{name}, column id",
            _quoting(ids),
            "ids that look like numbers, kept as the text they are",
            "check that no spreadsheet has rewritten them",
        )


def _members(pool: Pool) -> Iterator[Fault]:
    ids = pool.members.id
    none = pool.standing.weight == 0
    yield from some_odd(
        none,
        "members.csv",
        _quoting(ids),
        "members have no standing: they are served from what the others leave",
        f'give them nodes, or another rule than "{pool.charter.entitlements.rule}"',
    )
    owns = np.isin(np.arange(len(ids)), pool.nodes.owner)
    if owns.any():
        what, mend = "members own no node", "name them in the column owner, if they brought some"
        yield from some_odd(~owns & ~none, "nodes.csv, column owner", _quoting(ids), what, mend)
    if pool.jobs is not None and len(pool.jobs):
        asking = [table.member for table in (pool.claims, pool.jobs, pool.services) if table is not None]
        yield from some_odd(
            ~np.isin(np.arange(len(ids)), np.concatenate(asking)),
            "members.csv",
            _quoting(ids),
            "members ask for nothing: no job is theirs",
            "remove them, or check how jobs.csv spells its members, if that is not meant",
        )


def _claims(pool: Pool, claims: Claims) -> Iterator[Fault]:
    named, table = _quoting(claims.id), "claims.csv"
    may = may_run(pool, claims)
    nowhere = ~np.any(may, axis=1)
    total = pool.capacity.sum(axis=0)
    wish = claims.bundle.astype(np.float64) * (claims.tasks_micro / MICRO)[:, None]
    odd = {
        "claims fit no flavor, by speed, GPU memory or runtime": (nowhere, "mend these columns, or add nodes that fit"),
        "claims use nothing up, so they get all their tasks": (
            ~np.any(claims.bundle, axis=1),
            "fill in what one task uses, or leave them out",
        ),
        "claims have tasks larger than any node": (
            ~nowhere & too_large(pool, claims, may),
            "check the node list, and what one task asks for",
        ),
        "claims ask, each alone, for more than the pool holds": (
            np.any(wish > total, axis=1),
            "check tasks, if that is not meant",
        ),
        "claims repeat another in everything but the id": (
            repeated(claims, ("id",)),
            "add their tasks up in one claim",
        ),
    }
    for what, (rows, mend) in odd.items():
        yield from some_odd(rows, table, named, what, mend)


def _services(pool: Pool, services: Services) -> Iterator[Fault]:
    named, table = _quoting(services.id), "services.csv"
    nearest = np.take_along_axis(services.delay_micro_s, services.preference[:, :1], axis=1)[:, 0]
    yield from some_odd(
        services.p99_micro_s < nearest + ALONE * services.service_micro_s,
        f"{table}, column p99_s",
        named,
        "services miss their target with any number of replicas: where nobody waits, 99 % of the requests still take 4.61 "
        "times service_s, and the way there",
        "raise p99_s, or make the service faster",
    )
    yield from some_odd(
        np.any(services.load >= services.replicas_max, axis=0),
        f"{table}, column replicas_max",
        named,
        "services get more requests in some hour than all their replicas can answer",
        "raise replicas_max: in such an hour the queue grows without end",
    )
    yield from some_odd(
        _too_large_there(pool, services),
        table,
        named,
        "services have replicas larger than any node in their regions",
        "check the node list, the regions, and what one replica asks for",
    )


def _too_large_there(pool: Pool, services: Services) -> Bools:
    """Tell which services ask, for one replica, for more than any node in the regions that they may use holds."""
    at = np.searchsorted(list(services.regions), pool.nodes.region.astype(str))
    allowed = (services.preference[:, None, :] == np.arange(len(services.regions))[:, None]).any(axis=2)
    fit = np.zeros(len(services), dtype=bool)
    for region, *amount in np.unique(np.column_stack([at, pool.nodes.amount]), axis=0).tolist():
        fit |= allowed[:, region] & (services.bundle <= np.array(amount)).all(axis=1)
    return ~fit


def _quoting(ids: Text) -> Say:
    return lambda i: f'"{ids[i]}"'
