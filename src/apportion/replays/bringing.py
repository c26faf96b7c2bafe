"""In which order, and on what, do a pool's jobs come before a queue?"""

from dataclasses import replace
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.arrays import Ints
from apportion.domain.arrivals import arrivals
from apportion.domain.charter import Queueing
from apportion.domain.intensity import Intensity
from apportion.domain.pool import Pool
from apportion.domain.schedule import Schedule
from apportion.domain.smaller import at_percent
from apportion.domain.ties import tie_order
from apportion.domain.trace import COUNTING, Trace
from apportion.errors import BadInput, NotFound
from apportion.simulation.alone import alone
from apportion.simulation.greener import held_back
from apportion.simulation.limited import limited


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


def arriving(pool: Pool, placement: str = COUNTING, percent: int = 100) -> Trace:
    """Bring a pool's jobs into order of arrival, on so much of the pool, placed in one way."""
    jobs = arrivals(pool, tie_order(pool.seed, pool.members.id), placement)
    return jobs if percent == 100 else at_percent(jobs, percent)


def at_home(jobs: Trace, discipline: str) -> Schedule:
    """Replay each member's jobs alone on its entitlement, in the order of the pool's jobs."""
    return jobs.in_table_order(alone(jobs, registry.discipline(discipline).open_queue))


def released(pool: Pool, jobs: Trace, carbon: Intensity | None, greener_s: int) -> Trace:
    """Hold jobs back until a greener hour, for so many seconds at most."""
    if carbon is not None:
        hourly = carbon.seen_by(pool.nodes)  # (also says which regions of nodes it lacks)
        return held_back(jobs, hourly, greener_s) if greener_s else jobs
    if greener_s:
        raise BadInput("which hours are greener is not known", "--greener", "give a table of hours with --carbon FILE")
    return jobs


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


def smaller(pool: Pool, total: Ints) -> Ints | None:
    """Spread another total (R,) over the flavors in proportion to what they hold: (F, R); None if it is the pool's own."""
    full = pool.capacity.sum(axis=0)
    return None if (total == full).all() else pool.capacity * total // np.maximum(full, 1)
