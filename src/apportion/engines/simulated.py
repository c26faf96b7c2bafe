"""Carry plans out on a virtual clock: the queueing kernels of the simulator, driven window by window.

The discipline is the charter's, by default ``entitled``: each member's jobs start as its planned share of the pool comes
free. Jobs run beside the pool's services, which take what they hold hour by hour. What is simulated is what is run: these are
the same compiled functions that `apportion simulate` calls.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.arrivals import arrivals
from apportion.domain.history import Usage
from apportion.domain.over_time import stays
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.schedule import Schedule
from apportion.domain.situation import Situation, Window
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.ports import Queue
from apportion.simulation.disciplines import entitled
from apportion.simulation.limited import limited
from apportion.simulation.services import beside_services


def open_engine(
    pool: Pool, capacity: Ints | None = None, open_queue: Callable[[Trace], Queue] | None = None
) -> "Simulated":
    """Take hold of a pool's jobs; `capacity` (R,) if the pool shall be smaller or larger than it is.

    Raises
    ------
    BadInput
        for another capacity of a pool that changes over time, or has services: which part of it these have is not known.
    """
    jobs = arrivals(pool, tie_order(pool.seed, pool.members.id), pool.charter.queue.placement)
    if capacity is not None and not stays(pool):
        raise BadInput("another capacity is asked for, and this pool's changes over time", "outages.csv, standings.csv")
    if capacity is not None and pool.services is not None:
        raise BadInput("another capacity is asked for, and services have parts of this pool's nodes", "services.csv")
    return Simulated(
        pool, beside_services(pool, jobs if capacity is None else jobs.with_capacity(capacity)), open_queue
    )


class Simulated:
    """The engine at work on one pool."""

    def __init__(self, pool: Pool, jobs: Trace, open_queue: Callable[[Trace], Queue] | None = None) -> None:
        self.pool = pool
        self.trace = jobs
        opened = open_queue or partial(entitled.open_queue, window_s=pool.charter.window_s)
        limit = pool.charter.queue.member_limit
        self.queue = opened(jobs if limit is None else limited(jobs, limit))
        self._known = 0  # jobs of the trace submitted so far
        self._open = np.zeros(0, dtype=np.int64)  # those of them not finished, as rows of the trace
        self._held = np.zeros(len(jobs), dtype=np.int64)  # seconds for which each has been metered

    def windows(self) -> Iterator[Window]:
        """Go on until every job that fits the pool has ended, or fits no more since nodes are down for ever."""
        if not len(self.trace):
            return
        length = self.pool.charter.window_s
        start, last = int(self.trace.submit_s[0]), int(self.trace.submit_s[-1])
        settled = last if self.trace.changes is None else int(self.trace.changes.at_s.max(initial=last))
        self._open = self._unfinished(start)
        idle = False
        while start <= last or (len(self._open) and not idle):
            held = self._held.sum()
            yield Window(start, start + length)
            idle = start > settled and self._held.sum() == held  # (nobody comes, nothing changes, nobody runs)
            start += length
            self._open = self._unfinished(start)

    def observe(self, window: Window) -> Ints:  # noqa: ARG002  # `windows` stands at this window already
        """Positions, in the pool's jobs, of those submitted by the start of the window and not finished then."""
        return self.trace.position[self._open]

    def apply(self, situation: Situation, plan: Plan, shares: Ints) -> Usage:  # noqa: ARG002  # shares say what the plan means here
        """Let the queue follow the plan for its window, then read back what was used."""
        window = situation.window
        self.queue.follow(shares)
        self.queue.advance(window.end_s)
        return Usage(window.start_s, window.end_s, self._used(window))

    def schedule(self) -> Schedule:
        """What became of each job, in the order of the pool's jobs."""
        return self.trace.in_table_order(self.queue.schedule())

    def _unfinished(self, at_s: int) -> Ints:
        known = int(np.searchsorted(self.trace.submit_s, at_s, side="right"))
        rows = np.concatenate([self._open, self._arriving(self._known, known)])
        self._known = known
        return np.asarray(rows[~self.queue.progress(rows)[1]])

    def _arriving(self, first: int, last: int) -> Ints:
        """Rows of the trace from `first` to before `last` whose gang fits the pool at all."""
        return first + np.flatnonzero(self.trace.possible[first:last])

    def _used(self, window: Window) -> Ints:
        """Resource-seconds by member: only jobs open at the start or arriving within the window can have held anything."""
        to = int(np.searchsorted(self.trace.submit_s, window.end_s, side="left"))
        rows = np.concatenate([self._open, self._arriving(self._known, to)])
        held, _ = self.queue.progress(rows)
        seconds, self._held[rows] = held - self._held[rows], held
        used = np.zeros((len(self.pool.members), self.trace.need.shape[1]), dtype=np.int64)
        np.add.at(used, self.trace.member[rows], self.trace.need[rows] * seconds[:, None])
        return used
