"""How many requests were answered in time, and for whom?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints, Text
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.services import Served

HOURS = (
    "over one cycle of hours, or where nodes go down over the time of the replay, from the queueing formula at each hour's "
    "rate; an hour in overload counts as none in time"
)


def measure(history: History) -> Sequence[Figure]:
    """Give the attainment of the services' targets by member and by service, and how many hours were in overload."""
    pool, served = history.pool, history.served
    members: dict[str, float | None] = dict.fromkeys(pool.members.id)
    services: dict[str, float | None] = {}
    overload: dict[str, float | None] = {}
    whole = worst = hours = None
    if served is not None:
        asked, in_time = _requests(served)
        whole = _part(in_time.sum(), asked.sum())
        members = _by(served.services.member, pool.members.id, asked, in_time)
        services = _by(np.arange(len(asked)), served.services.id, asked, in_time)
        worst = min((part for part in services.values() if part is not None), default=None)
        overload_h = served.lasted_h @ served.overload
        overload = dict(zip(served.services.id, overload_h.tolist(), strict=True))
        hours = float(overload_h.sum())
    return [
        Figure(
            "slo_attainment",
            whole,
            "share of 1",
            Better.HIGH,
            f"Requests answered within their service's p99_s over all requests, {HOURS}.",
            members,
        ),
        Figure(
            "slo_attainment.worst_service",
            worst,
            "share of 1",
            Better.HIGH,
            f"The same by service, the value that of the worst, {HOURS}.",
            services,
        ),
        Figure(
            "service_overload",
            hours,
            "hours",
            Better.LOW,
            "Hours of the cycle, summed over services, in which requests come at least as fast as the replicas can answer.",
            overload,
        ),
    ]


def _requests(served: Served) -> tuple[Floats, Floats]:
    """Sum each service's rate over the hours of its cycle, and the part of it that is answered in time: (S,), (S,)."""
    rate = served.services.rate_milli.T * served.lasted_h[:, None]
    return rate.sum(axis=0), (rate * served.attainment).sum(axis=0)


def _by(group: Ints, names: Text, asked: Floats, in_time: Floats) -> dict[str, float | None]:
    sums = (np.bincount(group, count, len(names)).tolist() for count in (in_time, asked))
    return {name: _part(part, whole) for name, part, whole in zip(names, *sums, strict=True)}


def _part(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None
