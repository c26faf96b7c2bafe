"""The least attained service first, in a few queues; nothing need be known of durations.

The attained service of a gang is the seconds for which it held its places × its GPUs (where no single resource is shared: ×
the amount of the one of which it asks most for what there is). It stands in queue 0 while that is below the first of
`limits`, in queue 1 while below the second, and so on; queues go in order. What runs is what fits beside all that run ahead
of it.

- ``mode=2d``: a gang is demoted at the second in which it reaches a limit; inside a queue by (arrival in it, file order).
- ``mode=tiresias``: as the simulator of Tiresias has it. A gang that runs is looked at for demotion, by one queue to its end,
  at every event and ceil((limit − seconds held) / GPUs) after it; inside a queue gangs that run stand before those that
  wait, and who is stopped goes behind those that run.

A gang larger than the pool never starts and blocks nobody. One member alone has the same rule. O(live) an event. Source: Gu
et al., *Tiresias*, NSDI 2019 (discretised two-dimensional least attained service; here without promotion).
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.quantity import MILLI
from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest
from apportion.ports import Queue
from apportion.simulation import demoted
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import FOREVER, HELD, RUNNING, SINCE, Jobs, State, fixed, next_instant, opening, runs
from apportion.simulation.overtaking import one_number
from apportion.simulation.preemptive import LIVE, Walk, dispatch, happen, restarting, sizes, sort, walk
from apportion.simulation.replay import KernelQueue

ALONE = ("las",)
PLANNED = False
MODES = ("2d", "tiresias")
LARGEST_LIMIT = 2**50
WAKE, BACK = 0, 1  # entries of the clock: when a gang is next looked at for demotion; a place behind all in a queue
NEW = -1


def open_queue(
    trace: Trace, mode: str = "2d", limits: str = "3250,7200", restart_s: str = "0", churn: int = -1
) -> Queue:
    """Start a replay.

    Parameters
    ----------
    mode : ``2d`` or ``tiresias``
    limits : ascending GPU-seconds at which a gang is demoted
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    if mode not in MODES:
        raise BadInput(f'las has no mode "{mode}"', "parameter mode", nearest(mode, MODES))
    bounds = _limits(limits)
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    if mode == "2d" and one_number(jobs, state, churn) and len(bounds) < demoted.MOST_LEVELS:
        return demoted.open_queue(trace, rows, jobs, state, sizes(trace)[rows], bounds)
    walks = walk(jobs, state, churn=churn)
    walks.key[:] = NEW
    clock, size = np.array([FOREVER, 0]), fixed(sizes(trace)[rows])
    step = _advance if mode == "2d" else _advance_as_tiresias
    return KernelQueue(trace, rows, jobs, state, partial(step, jobs, state, walks, size, bounds, clock))


def _limits(text: str) -> Ints:
    """Read limits of service: ascending, thousandths of a GPU × seconds."""
    parts = [part.strip() for part in text.split(",")]
    found = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 16]
    ascending = all(a < b for a, b in pairwise([0, *found]))
    if len(found) < len(parts) or not ascending or found[-1] * MILLI > LARGEST_LIMIT:
        raise BadInput(f'"{text}" are no limits', "parameter limits", "ascending GPU-seconds: 3250,7200")
    return fixed(np.array(found, dtype=np.int64) * MILLI)


@compiled
def _advance(jobs: Jobs, state: State, walks: Walk, size: Ints, limits: Ints, clock: Ints, until: int) -> None:
    while True:
        now = min(next_instant(jobs, state), clock[WAKE])
        if now >= until:
            return
        happen(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            level = np.searchsorted(limits, size[job] * _held(state, job, now), side="right")
            if level != walks.key[job, 0]:
                walks.key[job, 0], walks.key[job, 1] = level, now
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        clock[WAKE] = FOREVER
        for i in range(state.counts[RUNNING]):
            job = state.job[i]
            level = walks.key[job, 0]
            if level < len(limits) and size[job] > 0:
                short = limits[level] - size[job] * _held(state, job, now)
                clock[WAKE] = min(clock[WAKE], now - (-short // size[job]))


@compiled
def _advance_as_tiresias(
    jobs: Jobs, state: State, walks: Walk, size: Ints, limits: Ints, clock: Ints, until: int
) -> None:
    while True:
        now = min(next_instant(jobs, state), clock[WAKE])
        if now >= until:
            return
        happen(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            level = walks.key[job, 0]
            if level == NEW:
                walks.key[job, 0], walks.key[job, 1] = 0, clock[BACK]
            elif level < len(limits) and runs(state, job) and size[job] * _held(state, job, now) >= limits[level]:
                walks.key[job, 0], walks.key[job, 1] = level + 1, clock[BACK]
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        _those_that_run_first(state, walks, clock)
        clock[WAKE] = FOREVER
        for i in range(state.counts[RUNNING]):
            job = state.job[i]
            level = walks.key[job, 0]
            if level < len(limits) and size[job] > 0:
                wake = now - (_held(state, job, now) * MILLI - limits[level]) // size[job]
                if wake > now:
                    clock[WAKE] = min(clock[WAKE], wake)


@part
def _held(state: State, job: int, now: int) -> int:
    """Seconds for which a live gang has held its places."""
    return int(state.book[job, HELD] + (now - state.book[job, SINCE] if runs(state, job) else 0))


@part
def _those_that_run_first(state: State, walks: Walk, clock: Ints) -> None:
    """Let gangs that run stand before those that wait, each in the order in which they stand."""
    clock[BACK] = 0
    for run in (True, False):
        for i in range(walks.facts[LIVE]):
            if runs(state, walks.order[i]) == run:
                walks.key[walks.order[i], 1] = clock[BACK]
                clock[BACK] += 1
