"""How is a trace played from its beginning to its end?"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER, Schedule, empty_schedule
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.events import FOREVER, Rows


def replay(queue: Queue) -> Schedule:
    """Handle every event there is, and say what became of each job, in the trace's order."""
    queue.advance(FOREVER)
    return queue.schedule()


def _unplanned(shares: Ints, now_s: int) -> None:
    """Follow no plan."""


@dataclass
class KernelQueue:
    """A replay under way: a kernel bound to its state.

    Parameters
    ----------
    trace : what is replayed
    rows : rows of the trace that the kernel knows: the gangs that fit the pool
    start : seconds at which each of them starts, written by the kernel
    step : handle every event before a time
    plan : take the shares that hold from a time on
    now_s : up to where every event has been handled
    """

    trace: Trace
    rows: Rows
    start: Ints
    step: Callable[[int], None]
    plan: Callable[[Ints, int], None] = _unplanned
    now_s: int = field(init=False)

    def __post_init__(self) -> None:
        self.now_s = int(self.trace.submit_s[0]) if len(self.trace) else 0

    def follow(self, shares: Ints) -> None:
        self.plan(shares, self.now_s)

    def advance(self, until_s: int) -> None:
        self.now_s = max(self.now_s, until_s)
        self.step(self.now_s)

    def started(self, rows: Ints) -> Ints:
        known = rows if isinstance(self.rows, slice) else np.searchsorted(self.rows, rows)
        return np.asarray(self.start[known])

    def schedule(self) -> Schedule:
        """What became of each job, in the trace's order; a job that goes on beyond now has no end yet."""
        known = empty_schedule(len(self.trace))
        end = self.start + self.trace.duration_s[self.rows]
        known.start_s[self.rows] = self.start
        known.end_s[self.rows] = np.where((self.start != NEVER) & (end <= self.now_s), end, NEVER)
        return known
