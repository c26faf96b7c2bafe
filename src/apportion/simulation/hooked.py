"""What if a function in Python says which gang starts next, and which stops?

The events, places and books are the compiled ones; the function is asked at every decision point, and sees the replay
through a `View`. That costs some microseconds a question, so such a discipline plays tens of thousands of jobs a second
where a compiled one plays millions: good for trying a rule out. It is asked when something happens and somebody waits, not at
times of its own.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.errors import BadInput, Failed
from apportion.simulation.compiled import compiled
from apportion.simulation.events import (
    ARRIVED,
    AT,
    CHANGED,
    HELD,
    RUNNING,
    SINCE,
    Jobs,
    State,
    begin,
    change,
    complete,
    fits,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.preemptive import HOUR_S, NO_BOUND, remaining, restarting
from apportion.simulation.replay import KernelQueue


class Stop(NamedTuple):
    """The choice to stop a gang that runs: it keeps its progress and waits, and pays for its restart when it goes on."""

    row: int


@dataclass
class View:
    """What a choice may look at.

    Attributes
    ----------
    now_s : the instant
    queued : rows of the trace that wait, in order of arrival
    churn : most stops an hour; −1 for no bound
    round : which round of questions this is: there is one after the events of every instant, and again while gangs of no
        length end. A choice that settles all of a round at once may keep what is left of it until the next
    """

    trace: Trace
    rows: Ints
    jobs: Jobs
    state: State
    now_s: int = 0
    queued: list[int] = field(default_factory=list)
    churn: int = NO_BOUND
    round: int = 0
    _stops: deque[int] = field(default_factory=deque)
    _started: set[int] = field(default_factory=set)

    @property
    def running(self) -> Ints:
        """Rows of the trace that run."""
        return np.sort(self.rows[self.state.job[: self.state.counts[RUNNING]]])

    @property
    def free(self) -> Ints:
        """What is free on each place, of the resources that somebody needs: (P, R)."""
        return self.state.places[:, : self.jobs.need.shape[1]].copy()

    @property
    def there(self) -> Ints:
        """What there is on each place now, free or held, of the same resources: (P, R)."""
        return self.state.places[:, self.jobs.need.shape[1] :].copy()

    def need(self, row: int) -> Ints:
        """What a gang holds when it runs, of the same resources: (R,)."""
        return np.asarray(self.jobs.need[self._job(row)])

    @property
    def held(self) -> Ints:
        """What members hold: (N, R)."""
        total, running = np.zeros_like(self.trace.entitlement), self.running
        np.add.at(total, self.trace.member[running], self.trace.need[running])
        return total

    def fits(self, row: int) -> bool:
        """Tell whether a gang fits what is free now."""
        return bool(fits(self.jobs, self.state, self._job(row)))

    def ran_s(self, row: int) -> int:
        """Seconds since a running gang started, or went on."""
        return self.now_s - int(self.state.book[self._job(row), SINCE])

    def held_s(self, row: int) -> int:
        """Seconds for which a gang that has arrived has held its places so far, restarts included."""
        job = self._job(row)
        return int(self.state.book[job, HELD]) + (self.ran_s(row) if self._runs(job) else 0)

    def left_s(self, row: int) -> int:
        """Seconds that a gang which runs or waits would still take: until its end, or on its fastest class of places.

        What a restart costs one that waits is not in it.
        """
        job = self._job(row)
        if self._runs(job):
            return int(self.state.ends[self.state.book[job, AT]]) - self.now_s
        return int(remaining(self.jobs, self.state, job, self.now_s))

    def may_stop(self, row: int) -> bool:
        """Tell whether a gang may be stopped now: it runs, did not start just now, and no bound on stops is met."""
        job = int(np.searchsorted(self.rows, row))
        known = job < len(self.rows) and bool(self.rows[job] == row and job < self.state.counts[ARRIVED])
        return known and row not in self._started and self._runs(job) and self.stops_left > 0

    @property
    def stops_left(self) -> float:
        """How many gangs may still be stopped now; infinite without a bound."""
        while self._stops and self._stops[0] <= self.now_s - HOUR_S:
            self._stops.popleft()
        return float("inf") if self.churn == NO_BOUND else self.churn - len(self._stops)

    def _job(self, row: int) -> int:
        return row if len(self.rows) == len(self.trace) else int(np.searchsorted(self.rows, row))

    def _runs(self, job: int) -> bool:
        at = self.state.book[job, AT]  # (as `events.runs` does; to call what is compiled costs more than to look here)
        return bool(at < self.state.counts[RUNNING] and self.state.job[at] == job)


Choice = Callable[[View], int | Stop | None]


def open_queue(trace: Trace, choose: Choice, restart_s: str = "0", churn: int = NO_BOUND) -> KernelQueue:
    """Start, after all events of an instant, the queued gang that `choose` names, or stop a running one, until it names none.

    Who was started in the same round of questions is not stopped in it, so every round ends.

    Parameters
    ----------
    choose : names a row of the trace that is queued and fits; or `Stop` of one that runs; or None when it is done. It must
        depend on nothing but its view
    restart_s : what it costs a gang that was stopped to go on: see `preemptive.restarting`
    churn : most stops an hour by `choose`; −1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    Failed
        during the replay, if a gang is named that does not wait, or does not fit; or is to stop and may not.
    """
    if churn < NO_BOUND:
        raise BadInput(f"churn is {churn}", "parameter churn", "the most stops an hour; -1 for no bound")
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    known = np.arange(len(trace)) if isinstance(rows, slice) else rows
    view = View(trace, known, jobs, state, churn=churn)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, view, choose))


def _advance(view: View, choose: Choice, until: int) -> None:
    jobs, state = view.jobs, view.state
    while (now := int(next_instant(jobs, state))) < until:
        view.now_s = now
        first = int(state.counts[ARRIVED])
        stopped = _events(jobs, state, now)
        while stopped >= 0:
            view.queued.append(int(view.rows[stopped]))
            stopped = _events(jobs, state, now)
        view.queued += view.rows[first : int(state.counts[ARRIVED])].tolist()
        view.queued.sort()
        view.round += 1
        view._started.clear()  # noqa: SLF001  # a view is ours; the underscore is for those who look through it
        while view.queued and (named := choose(view)) is not None:
            if isinstance(named, Stop):
                _stop(view, choose, named.row)
            else:
                _start(view, choose, named)


def _start(view: View, choose: Choice, row: int) -> None:
    waits = row in view.queued
    if not (waits and view.fits(row)):
        why = "does not fit what is free" if waits else "does not wait"
        raise _mistaken(
            view,
            choose,
            f"named row {row!r}, which {why}",
            "name a row of view.queued for which view.fits(row) is true, or None",
        )
    view.queued.remove(row)
    view._started.add(row)  # noqa: SLF001  # as above
    begin(view.jobs, view.state, int(np.searchsorted(view.rows, row)), view.now_s)


def _stop(view: View, choose: Choice, row: int) -> None:
    if not view.may_stop(row):
        raise _mistaken(
            view,
            choose,
            f"stopped row {row!r}, which may not be stopped",
            "stop a row of view.running for which view.may_stop(row) is true",
        )
    stop(view.jobs, view.state, int(np.searchsorted(view.rows, row)), view.now_s)
    view._stops.append(view.now_s)  # noqa: SLF001  # as above
    insort(view.queued, int(row))


def _mistaken(view: View, choose: Choice, what: str, mend: str) -> Failed:
    """Say what cannot be, and what could: the mistake is one of `choose`."""
    name = f"{getattr(choose, '__module__', '')}.{getattr(choose, '__qualname__', repr(choose))}"
    return Failed(f"at {view.now_s} s it {what}", f"the choice {name}", mend)


@compiled
def _events(jobs: Jobs, state: State, now: int) -> int:
    """Handle all events of an instant; a gang that is stopped by one is named, and the rest is left for the next call."""
    while state.counts[RUNNING] > 0 and state.ends[0] == now:
        complete(jobs, state)
    change(state, now)
    if state.counts[CHANGED] > 0:
        job = overfull(jobs, state)
        if job >= 0:
            stop(jobs, state, job, now)
            return job
    while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
        state.counts[ARRIVED] += 1
    return -1
