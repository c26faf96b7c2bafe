"""What has happened so far? The only input of a measure."""

from dataclasses import dataclass, field

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.intensity import Intensity
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held, Schedule, Stays
from apportion.domain.services import Served
from apportion.domain.situation import Situation
from apportion.domain.trace import Changes, Places


@dataclass(frozen=True, eq=False)
class Usage:
    """What was used in one window: (N, R) resource-seconds in whole thousandths, with how it was obtained."""

    start_s: int
    end_s: int
    used: Ints
    method: str = "simulated"


@dataclass(frozen=True, eq=False)
class Replay:
    """One way a stream of jobs went, and how each member's jobs go alone by the same discipline.

    Attributes
    ----------
    discipline, placement : how it was replayed
    capacity : (R,) whole thousandths that were shared, all nodes being up
    pooled : every job in the one pool
    alone : by name of the discipline at home, every job on its own member's entitlement
    places, held : what held the jobs, and which held what; None where nobody kept it
    intensity : carbon intensity of the electricity meanwhile; None where it is not known
    stays : from when to when who held what; None where nobody watched
    still_s : from which second on the hours of services stand still; None where there are none
    changes : what nodes that go down take from places, and give back; None where none ever does
    """

    discipline: str
    placement: str
    capacity: Ints
    pooled: Schedule
    alone: dict[str, Schedule] = field(default_factory=dict)
    places: Places | None = None
    held: Held | None = None
    intensity: Intensity | None = None
    stays: Stays | None = None
    still_s: int | None = None
    changes: Changes | None = None


@dataclass(frozen=True, eq=False)
class History:
    """All that measures may look at; any part may be missing, and then a measure says None.

    `situations` and `plans` have one entry a window, `usage` too; `replay` is the whole stream, `served` a cycle of hours, or
    the time of the replay.
    """

    pool: Pool
    situations: tuple[Situation, ...] = ()
    plans: tuple[Plan, ...] = ()
    usage: tuple[Usage, ...] = ()
    replay: Replay | None = None
    served: Served | None = None


def compared(pooled: Schedule, alone: Schedule) -> Bools:
    """Tell which jobs finished both in the pool and alone: the ones that waiting may be compared on."""
    return np.asarray(pooled.finished & alone.finished)
