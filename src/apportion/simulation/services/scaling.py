"""How many replicas does every hour ask for, how many find room, and how fast do they answer?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.charter import FIRST
from apportion.domain.pool import Pool
from apportion.domain.services import Served, Services
from apportion.domain.tables import NOBODY
from apportion.domain.ties import tie_order
from apportion.errors import BadInput
from apportion.simulation.services.erlang import erlang_c, fewest, quantile, tail
from apportion.simulation.services.placing import place

PART = 0.99  # the column is called p99_s


def serve(pool: Pool) -> Served:
    """Scale a pool's services hour by hour, before anything else runs on its nodes, or on those of their members only.

    An hour is looked at as if its rate had held for long: a queue that one hour leaves to the next is not seen. Replicas are
    there from the first second of the hour.

    Raises
    ------
    BadInput
        if the pool has no services, or they are to run on their members' nodes and no node has an owner.
    """
    services = services_of(pool)
    wished = wishes(services)
    parts = [_placed(pool, services, wished, *mine) for mine in _grounds(pool, services)]
    placed, kept = (np.stack(part).sum(axis=0) for part in zip(*parts, strict=True))
    return Served(services, wished, placed, kept, kept @ services.bundle, *answered(services, placed))


def services_of(pool: Pool) -> Services:
    """Return a pool's services. Raises BadInput if it has none."""
    if pool.services is None:
        raise BadInput("this pool has no services", "services.csv", "add services.csv")
    return pool.services


def _grounds(pool: Pool, services: Services) -> Iterator[tuple[Bools, Bools]]:
    """Say which services run on which nodes: (S,), (K,), one pair after the other."""
    if pool.charter.queue.services == FIRST or not len(services):
        yield np.ones(len(services), dtype=bool), np.ones(len(pool.nodes), dtype=bool)
        return
    if (pool.nodes.owner == NOBODY).all():
        raise BadInput(
            "services run on their members' own nodes, and no node has an owner",
            "charter.toml, queue.services",
            'fill in owner in nodes.csv, or write services = "first"',
        )
    for member in np.unique(services.member).tolist():
        yield services.member == member, pool.nodes.owner == member


def _placed(pool: Pool, services: Services, wished: Ints, mine: Bools, here: Bools) -> tuple[Ints, Ints]:
    return place(
        np.where(here[:, None], pool.nodes.amount, 0),
        np.searchsorted(list(services.regions), pool.nodes.region.astype(str)),
        np.where(mine, wished, 0),
        services.replicas_min,
        services.bundle,
        services.preference,
        tie_order(pool.seed, services.id),
    )


def wishes(services: Services) -> Ints:
    """Return the fewest replicas that answer 99 % in time, between least and most, if all are in the first region: (H, S).

    Where no number does, it is the most.
    """
    return np.clip(needs(services), services.replicas_min, services.replicas_max)


def needs(services: Services) -> Ints:
    """Return the fewest replicas that answer 99 % in time, if all are in the first region, whatever the least is: (H, S).

    Where no number up to the most does, it is the most.
    """
    nearest = np.take_along_axis(services.delay_micro_s, services.preference[:, :1], axis=1)[:, 0]
    time = (services.p99_micro_s - nearest) / services.service_micro_s
    return fewest(services.load, time, services.replicas_max, PART)


def reserving(services: Services, percent: int) -> Services:
    """Let each service hold at least so many percent, rounded up, of the replicas that it wishes for in its busiest hour."""
    kept = -(-wishes(services).max(axis=0, initial=0) * percent // 100)
    return replace(services, replicas_min=np.maximum(services.replicas_min, kept))


def answered(services: Services, placed: Ints) -> tuple[Floats, Floats]:
    """Return the 99th percentile of the time to the answer, in seconds, and the part answered within the target: (H, S) each.

    All replicas of a service take their requests from one queue, and a request may go to any of them that is idle, by equal
    chance; so the part of the answers that come from a region is its part of the replicas, whatever the wait was, and
    P(T > t) = Σ_g (replicas in g / replicas) · P(wait + service > t − delay_g).
    """
    replicas = placed.sum(axis=2)
    share = placed / np.maximum(replicas, 1)[:, :, None]
    delay = services.delay_micro_s / services.service_micro_s[:, None]
    waiting, spare = erlang_c(services.load, replicas), np.maximum(replicas - services.load, 0.0)

    def late(time: Floats) -> Floats:
        by_region = tail(waiting[:, :, None], spare[:, :, None], time[:, :, None] - delay)
        return np.asarray((share * by_region).sum(axis=2))

    nobody, steady = services.load == 0, services.load < replicas
    target = np.broadcast_to(services.p99_micro_s / services.service_micro_s, services.load.shape)
    p99 = quantile(late, steady, PART) * services.service_micro_s / 1e6
    in_time = np.where(steady, 1 - late(target), 0.0)
    return np.where(nobody, 0.0, p99), np.where(nobody, 1.0, in_time)
