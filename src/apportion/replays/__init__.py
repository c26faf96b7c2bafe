"""What would happen to the jobs under this discipline, in the pool and alone?

`bringing` brings a pool's jobs before a queue, `carrying` carries them out as a charter says, `telling` says how it went.
"""

from collections.abc import Callable
from typing import Any

from apportion import registry
from apportion.domain.history import Replay
from apportion.domain.intensity import Intensity
from apportion.domain.pool import Pool
from apportion.domain.trace import Trace
from apportion.loop import Rule
from apportion.ports import Queue
from apportion.replays.bringing import arriving, at_home, queueing, released
from apportion.replays.carrying import carried, pooled, runs
from apportion.replays.telling import fared, figures, told
from apportion.simulation.services import beside_services, still_from_s
from apportion.simulation.watched import Watched

__all__ = [
    "arriving",
    "at_home",
    "carried",
    "fared",
    "figures",
    "pooled",
    "queueing",
    "simulate",
    "told",
]


def simulate(
    pool: Pool,
    discipline: str | None = None,
    *,
    placement: str | None = None,
    parameters: dict[str, Any] | None = None,
    by: Rule | None = None,
    percent: int = 100,
    tick: Callable[[int], None] | None = None,
    carbon: Intensity | None = None,
    greener_s: int = 0,
    watch: bool = False,
) -> Replay:
    """Replay a pool's jobs as its charter says, and alone by the disciplines that is compared with.

    Parameters
    ----------
    discipline, placement, parameters : instead of the charter's; parameters are the charter's where it names the discipline
    by : the rule whose plans a planned discipline follows; by default the charter's
    percent : how much of the pool there is; alone, every member keeps its whole entitlement
    tick : called with the clock, in seconds, after each window of a planned discipline
    carbon : carbon intensity of the electricity
    greener_s : for how long a job may be held back in the pool so that its run would emit less; nobody waits for that alone
    watch : whether to keep from when to when who held what

    Raises
    ------
    NotFound, BadInput
        for an unknown discipline, placement or parameter, a pool without jobs, regions of nodes that `carbon` lacks,
        or greener hours without it; for `watch` if the discipline stops jobs by itself.
    """
    how = queueing(pool, discipline, placement, parameters)
    submitted = arriving(pool, how.placement, percent)
    free = released(pool, submitted, carbon, greener_s)
    jobs = beside_services(pool, free)
    homes = {home: at_home(submitted, home) for home in registry.discipline(how.discipline).ALONE}
    seen: list[Watched] = []

    def watched(within: Trace, queue: Queue) -> Queue:
        seen.append(Watched(queue, within))
        return seen[0]

    schedule, held = carried(pool, jobs, how, by, percent, tick, watched if watch else None)
    stays = seen[0].stays().renumbered(jobs.position) if seen else runs(schedule, held) if watch else None
    still = still_from_s(free) if pool.services is not None and len(free) else None
    return Replay(
        how.discipline,
        how.placement,
        jobs.capacity,
        schedule,
        homes,
        jobs.held_by,
        held,
        carbon,
        stays,
        still,
        submitted.changes,
    )
