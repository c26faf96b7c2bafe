"""What if a function in Python says which gang starts next?

The events, places and books are the compiled ones; the function is asked at every decision point, and sees the replay
through a `View`. That costs some microseconds a question, so such a discipline plays tens of thousands of jobs a second
where a compiled one plays millions: good for trying a rule out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.errors import Failed
from apportion.simulation.compiled import compiled
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
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
from apportion.simulation.replay import KernelQueue


@dataclass
class View:
    """What a choice may look at.

    Attributes
    ----------
    now_s : the instant
    queued : rows of the trace that wait, in order of arrival
    """

    trace: Trace
    rows: Ints
    jobs: Jobs
    state: State
    now_s: int = 0
    queued: list[int] = field(default_factory=list)

    @property
    def running(self) -> Ints:
        """Rows of the trace that run."""
        return np.sort(self.rows[self.state.job[: self.state.counts[RUNNING]]])

    @property
    def free(self) -> Ints:
        """What is free on each place, of the resources that somebody needs: (P, R)."""
        return self.state.places[:, : self.jobs.need.shape[1]].copy()

    @property
    def held(self) -> Ints:
        """What members hold: (N, R)."""
        total, running = np.zeros_like(self.trace.entitlement), self.running
        np.add.at(total, self.trace.member[running], self.trace.need[running])
        return total

    def fits(self, row: int) -> bool:
        """Tell whether a gang fits what is free now."""
        return bool(fits(self.jobs, self.state, int(np.searchsorted(self.rows, row))))

    def ran_s(self, row: int) -> int:
        """Seconds since a running gang started."""
        return self.now_s - int(self.state.book[np.searchsorted(self.rows, row), SINCE])


Choice = Callable[[View], int | None]


def open_queue(trace: Trace, choose: Choice) -> KernelQueue:
    """Start, after all events of an instant, the queued gang that `choose` names, until it names none.

    Parameters
    ----------
    choose : names a row of the trace that is queued and fits, or None; must depend on nothing but its view

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    Failed
        during the replay, if a gang is named that does not wait, or does not fit.
    """
    rows, jobs, state = opening(trace)
    known = np.arange(len(trace)) if isinstance(rows, slice) else rows
    view = View(trace, known, jobs, state)
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
        while view.queued and (row := choose(view)) is not None:
            _possible(view, choose, row)
            view.queued.remove(row)
            begin(jobs, state, int(np.searchsorted(view.rows, row)), now)


def _possible(view: View, choose: Choice, row: object) -> None:
    """Refuse what cannot start, and say what could: the mistake is one of `choose`."""
    waits = row in view.queued
    if waits and view.fits(row):  # type: ignore[arg-type]  # what waits is a row
        return
    why = "does not fit what is free" if waits else "does not wait"
    raise Failed(
        f"at {view.now_s} s it named row {row!r}, which {why}",
        f"the choice {getattr(choose, '__module__', '')}.{getattr(choose, '__qualname__', repr(choose))}",
        "name a row of view.queued for which view.fits(row) is true, or None",
    )


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
