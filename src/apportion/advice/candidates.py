"""Which charters suit this work?

Only what can be carried out with what a pool knows when jobs are submitted: no discipline here looks at how long a job will
run, and none stops a running job unless the present charter does so already. Who wants those can name them in a charter and
`apportion trial` it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apportion.advice.outcome import Candidate
from apportion.advice.workload import Workload
from apportion.domain.charter import FIRST, OWN, Charter, Queueing
from apportion.domain.pool import Pool
from apportion.domain.tables import NOBODY
from apportion.domain.trace import COUNTING

LIMITS = (0.5, 0.6, 0.7, 0.8)
MOST_LIMITED = 40  # members; each is one more resource to look at
RULES = ("max_min", "nash", "drf", "proportional")  # that every pool can carry out, and that are fair in some sense


def home_discipline(charter: Charter) -> str:
    """Say in what order a member's jobs would start at home: strictly first come if so in the pool, else passing by."""
    return "strict_fifo" if charter.queue.discipline == "strict_fifo" else "skip_fifo"


def queues(pool: Pool, work: Workload) -> Iterator[Candidate]:
    """Give the present charter first, then those that suit a stream of jobs."""
    now = pool.charter
    yield Candidate("now", now)
    seen = {_same(now.queue)}
    for key, queue in _queues(pool, work):
        if _same(queue) not in seen:
            seen.add(_same(queue))
            yield Candidate(key, replace(now, queue=queue), tuple(_values(queue, now.queue)))


def _same(queue: Queueing) -> str:
    return repr(replace(queue, parameters=dict(sorted(queue.parameters.items()))))


def _values(queue: Queueing, now: Queueing) -> Iterator[tuple[str, Any]]:
    """Say what a sentence about it has to add."""
    if queue.member_limit is not None:
        yield "limit", queue.member_limit
    if queue.services != now.services:
        yield "services", queue.services


def _queues(pool: Pool, work: Workload) -> Iterator[tuple[str, Queueing]]:
    now, home = pool.charter.queue, home_discipline(pool.charter)
    shared = [
        ("first_come", Queueing("strict_fifo", placement=now.placement)),
        ("passing", Queueing("skip_fifo", placement=now.placement)),
        ("fair_share", Queueing("fair_share", placement=now.placement)),
        ("as_at_home", Queueing("virtual_finish", {"estimate": "online"}, now.placement)),
    ]
    grounds = _grounds(pool)
    if pool.services is None and len(pool.members) > 1 and (pool.standing.weight > 0).sum() > 1:
        yield "apart", Queueing(home, placement=now.placement, pooled=False)
    for services in grounds:
        if services != now.services:
            yield "same_queue", replace(now, services=services)
        for key, queue in shared:
            yield key, replace(queue, services=services)
    if now.placement == COUNTING and 1 < len(pool.members) <= MOST_LIMITED and work.shows("flood"):
        for limit in LIMITS:
            for key, queue in shared[1:3]:
                yield key, replace(queue, services=now.services, member_limit=limit)


def _grounds(pool: Pool) -> tuple[str, ...]:
    """Where services may run: anywhere first, or on their members' nodes, if nodes have owners."""
    if pool.services is None or (pool.nodes.owner == NOBODY).all():
        return (pool.charter.queue.services,)
    return (FIRST, OWN)


def rules(pool: Pool, work: Workload) -> Iterator[Candidate]:
    """Give the present charter first, then those that suit claims, which are divided once."""
    now = pool.charter
    yield Candidate("now", now)
    for name in RULES:
        if name != now.policy:
            yield Candidate(f"rule_{name}", replace(now, policy=name, parameters={}))
    if work.shows("flood") and "largest_share" not in now.guardrails:
        for limit in LIMITS:
            if limit * len(pool.members) >= 1:
                for name in ("max_min", "nash"):
                    limited = replace(
                        now, policy=name, parameters={}, guardrails={**now.guardrails, "largest_share": limit}
                    )
                    yield Candidate(f"rule_{name}", limited, (("limit", limit),))
