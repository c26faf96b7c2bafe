"""What if the head of the queue blocks all others?"""

from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    RUNNING,
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
from apportion.simulation.lines import Lines, head, join, leave, lines
from apportion.simulation.replay import KernelQueue


def open_queue(trace: Trace) -> KernelQueue:
    """Start gangs in order of submission, none before the one ahead of it has started.

    Among equal times of submission file order decides. A gang larger than the pool never starts and blocks nobody; one that
    was stopped stands where it stood. Cost: O(log running) a job.

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    rows, jobs, state = opening(trace)
    most = len(jobs.submit) if len(state.changes) else 0  # (nobody is stopped but where something goes)
    stopped = lines(np.zeros(most, dtype=np.int64), 1)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, stopped, np.zeros(1, dtype=np.int64)))


@compiled
def _advance(jobs: Jobs, state: State, stopped: Lines, first: Ints, until: int) -> None:
    """Advance; `first` (1,) is the first job that never started: those that were stopped stand ahead of it."""
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            complete(jobs, state)
        if state.counts[CHANGED] < len(state.changes):
            _change(jobs, state, stopped, now)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            state.counts[ARRIVED] += 1
        while stopped.number[0] > 0 and fits(jobs, state, head(stopped, 0)):
            begin(jobs, state, leave(stopped, 0), now)
        while stopped.number[0] == 0 and first[0] < state.counts[ARRIVED] and fits(jobs, state, first[0]):
            begin(jobs, state, first[0], now)
            first[0] += 1


@part
def _change(jobs: Jobs, state: State, stopped: Lines, now: int) -> None:
    change(state, now)
    job = overfull(jobs, state)
    while job >= 0:
        stop(jobs, state, job, now)
        join(stopped, job)
        job = overfull(jobs, state)
