"""How is a trace played from its beginning to its end?"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.schedule import NEVER, Held, Schedule, empty_schedule
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.events import AT, END, FOREVER, HELD, RUNNING, SINCE, SLOTS, START, STOPS, Jobs, Rows, State
from apportion.simulation.room import FIRST, WORKERS


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
    jobs, state : those gangs, and where the replay stands
    step : handle every event before a time
    plan : take the shares that hold from a time on
    now_s : up to where every event has been handled
    """

    trace: Trace
    rows: Rows
    jobs: Jobs
    state: State
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

    def progress(self, rows: Ints) -> tuple[Ints, Bools]:
        at = rows if isinstance(self.rows, slice) else np.searchsorted(self.rows, rows)
        state, own = self.state, self.state.book[at]
        runs = (own[:, END] == NEVER) & (own[:, AT] < state.counts[RUNNING]) & (state.job[own[:, AT]] == at)
        until = state.ends[own[:, AT]]
        held = own[:, HELD] + np.where(runs, np.minimum(until, self.now_s) - own[:, SINCE], 0)
        return held, (own[:, END] != NEVER) | (runs & (until <= self.now_s))

    def schedule(self) -> Schedule:
        """What became of each job so far, in the trace's order; a job that goes on beyond now has no end yet."""
        state, rows = self.state, self.rows
        running, until = state.job[: state.counts[RUNNING]], state.ends[: state.counts[RUNNING]]
        start, end, stops, held = (state.book[:, column].copy() for column in (START, END, STOPS, HELD))
        held[running] += np.minimum(until, self.now_s) - state.book[running, SINCE]
        end[running] = np.where(until <= self.now_s, until, NEVER)
        if isinstance(rows, slice):  # all of them: what was copied once need not be copied again
            return Schedule(start, end, stops, held)
        known = empty_schedule(len(self.trace))
        known.start_s[rows], known.end_s[rows], known.preemptions[rows], known.held_s[rows] = start, end, stops, held
        return known

    def held(self) -> Held:
        """What was held where so far, in the trace's order."""
        jobs, state, trace = self.jobs, self.state, self.trace
        used = np.zeros((len(state.places), trace.need.shape[1]), dtype=np.int64)
        needed = trace.need[self.rows].any(axis=0)
        used[:, needed] = state.used
        ran = state.book[:, START] != NEVER
        several = len(state.places) > 1
        length = np.zeros(len(trace), dtype=np.int64)
        length[self.rows] = np.where(ran, state.book[:, SLOTS], 0) if several else ran
        begin = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        if not several:
            return Held(used, begin, np.zeros(begin[-1], dtype=np.int64), jobs.facts[ran, WORKERS])
        count = state.book[ran, SLOTS]
        first = jobs.facts[ran, FIRST]
        at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        return Held(used, begin, state.room.slots[at, 0], state.room.slots[at, 1])
