"""How do services fare from one second on to another, also while nodes are down?

Services are placed anew at every full hour, and whenever a node goes down or comes back, each time on the nodes that are up
then. A replica on a node that goes down stands elsewhere from that very second on, if there is room; else it is missing until
there is.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.over_time import up
from apportion.domain.pool import Pool
from apportion.domain.services import HOUR_S, Course, Served, Services
from apportion.simulation.services.scaling import serve, services_of


def course(pool: Pool, start_s: int, still_s: int, zero_s: int = 0) -> Course:
    """Say which replicas stand where from a second on.

    Parameters
    ----------
    still_s : from this second on the hours stand still; nodes still go and come back
    zero_s : second of the pool's clock at which hour 0 of a cycle begins

    Raises
    ------
    BadInput
        as `serve` does.

    Cost: that of `serve` for an hour, for every hour of the cycle and set of nodes that are up at once.
    """
    services, still = services_of(pool), max(still_s, start_s + 1)
    full = zero_s + HOUR_S * np.arange((start_s - zero_s) // HOUR_S + 1, -(-(still - zero_s) // HOUR_S))
    lost = _losses(pool)
    at_s = np.unique(np.concatenate([[start_s], full, lost[lost > start_s]])).astype(np.int64)
    hour = (np.minimum(at_s, still - 1) - zero_s) // HOUR_S % services.hours
    case = np.searchsorted(lost, at_s, side="right")
    there = [up(pool.outages, len(pool.nodes), int(lost[k - 1]) if k else start_s) for k in range(len(lost) + 1)]
    number = {key: n for n, key in enumerate(dict.fromkeys(there[k].tobytes() for k in case.tolist()))}
    which = np.array([number[there[k].tobytes()] for k in case.tolist()], dtype=np.int64)
    met, row = np.unique(np.column_stack([which, hour]), axis=0, return_inverse=True)
    first = {n: there[k] for n, k in zip(which.tolist()[::-1], case.tolist()[::-1], strict=True)}
    parts = [
        serve(
            replace(
                pool,
                nodes=replace(pool.nodes, amount=np.where(first[n][:, None], pool.nodes.amount, 0)),
                services=_at(services, met[met[:, 0] == n, 1]),
            )
        )
        for n in range(len(number))
    ]
    return Course(_together(services, met[:, 1], parts), at_s, row.reshape(-1))


def _losses(pool: Pool) -> Ints:
    """Seconds at which a node goes down or comes back: (L,) ascending."""
    outages = pool.outages
    if outages is None:
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([outages.down_s, outages.up_s[outages.up_s >= 0]]))


def _at(services: Services, hours: Ints) -> Services:
    """Return the same services in some hours of their cycle, one after the other."""
    return replace(services, rate_milli=np.ascontiguousarray(services.rate_milli[:, hours]))


def _together(services: Services, hours: Ints, parts: list[Served]) -> Served:
    columns = ("wished", "placed", "kept", "on_node", "p99_s", "attainment")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    return Served(_at(services, hours), **joined)
