"""What happens next, and what is free then? The parts that every kernel is made of.

All that a replay knows is in arrays, so that a kernel can stop before any instant and go on later, under a virtual clock
and under a real one. The order at one instant is: completions, arrivals in file order, one dispatch. A job of no length
completes at the instant it starts, which makes that instant come up again.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.simulation.compiled import compiled

FOREVER = 2**63 - 1
ARRIVED, RUNNING = 0, 1  # the entries of State.counts
Rows = Ints | slice


class Jobs(NamedTuple):
    """Gangs that fit the empty pool, in order of arrival: (J,), (J,), (J, R)."""

    submit: Ints
    duration: Ints
    need: Ints


class State(NamedTuple):
    """Where a replay stands.

    Attributes
    ----------
    counts : (2,) jobs that have arrived, jobs that run
    free : (R,) what nobody holds
    start : (J,) seconds, `NEVER` before the job starts
    ends, job : (J,) binary heap of the running jobs, the next to end first; only `counts[RUNNING]` entries mean anything
    """

    counts: Ints
    free: Ints
    start: Ints
    ends: Ints
    job: Ints


def opening(trace: Trace) -> tuple[Rows, Jobs, State]:
    """Bring a trace before a kernel: which rows are gangs that fit the pool at all, those gangs, and the state at the start.

    Resources that nobody needs are left out, so that most traces are of one resource. Nothing is copied that need not be.

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    if len(trace) and float(trace.submit_s.max()) + trace.duration_s.sum(dtype=np.float64) >= 2.0**62:
        raise BadInput("the jobs last longer together than the clock can tell", "jobs.csv, column duration_s")
    rows: Rows = slice(None) if trace.possible.all() else np.flatnonzero(trace.possible)
    need = trace.need[rows]
    used = need.any(axis=0)
    jobs = Jobs(
        fixed(trace.submit_s[rows]), fixed(trace.duration_s[rows]), fixed(need if used.all() else need[:, used])
    )
    free = trace.capacity[used].astype(np.int64)
    size = len(need)
    state = State(
        np.zeros(2, dtype=np.int64),
        free,
        np.full(size, NEVER, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
    )
    return rows, jobs, state


def fixed(array: Ints) -> Ints:
    """View an array as one that nobody can write to: so a kernel meets one type, and is compiled once, for every trace."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@compiled
def next_instant(jobs: Jobs, state: State) -> int:
    """Tell when the next completion or arrival is; `FOREVER` if there is none."""
    arrived, running = state.counts[ARRIVED], state.counts[RUNNING]
    now = state.ends[0] if running > 0 else FOREVER
    if arrived < len(jobs.submit) and jobs.submit[arrived] < now:
        now = jobs.submit[arrived]
    return now


@compiled
def fits(need: Ints, free: Ints) -> bool:
    """Tell whether a gang fits what is free: (R,), (R,)."""
    for r in range(len(free)):  # noqa: SIM110  # compiled: a plain loop
        if need[r] > free[r]:
            return False
    return True


@compiled
def begin(jobs: Jobs, state: State, job: int, now: int) -> None:
    """Start a gang, which must fit. O(log running)."""
    for r in range(len(state.free)):
        state.free[r] -= jobs.need[job, r]
    state.start[job] = now
    end = now + jobs.duration[job]
    hole = state.counts[RUNNING]
    state.counts[RUNNING] = hole + 1
    while hole > 0:
        above = (hole - 1) >> 1
        if state.ends[above] <= end:
            break
        state.ends[hole], state.job[hole] = state.ends[above], state.job[above]
        hole = above
    state.ends[hole], state.job[hole] = end, job


@compiled
def complete(jobs: Jobs, state: State) -> int:
    """Free what the job that ends next holds, and return that job. O(log running)."""
    gone = state.job[0]
    for r in range(len(state.free)):
        state.free[r] += jobs.need[gone, r]
    last = state.counts[RUNNING] - 1
    state.counts[RUNNING] = last
    end, job = state.ends[last], state.job[last]
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        if below + 1 < last and state.ends[below + 1] < state.ends[below]:
            below += 1
        if state.ends[below] >= end:
            break
        state.ends[hole], state.job[hole] = state.ends[below], state.job[below]
        hole = below
    state.ends[hole], state.job[hole] = end, job
    return int(gone)
