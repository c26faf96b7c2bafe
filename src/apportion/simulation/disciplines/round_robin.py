"""In turn: whoever has held its places for a quantum while others wait goes to the back of the ring.

Live gangs stand in a ring in order of arrival; what runs is what fits beside all that run ahead of it, so a gang may stop
those behind it. When a gang has held its places for `quantum_s` since it started, its restart included, and somebody waits,
it goes to the back; all whose quanta end at one instant go in the order in which they stand. If nobody waits, its quantum
begins anew. A gang larger than the pool never starts and blocks nobody. One member alone has the same rule.

O(live) an event. Ancestor: the round robin of time sharing (Kleinrock, Naval Research Logistics Quarterly 11, 1964).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import FOREVER, RUNNING, SINCE, Jobs, State, next_instant, opening, runs
from apportion.simulation.preemptive import LIVE, Walk, dispatch, happen, longer_than_restarts, restarting, sort, walk
from apportion.simulation.replay import KernelQueue

ALONE = ("round_robin",)
PLANNED = False
WAKE, BACK = 0, 1  # entries of the clock: when the next quantum ends; how many places in the ring were given out


def open_queue(trace: Trace, quantum_s: int = 60, restart_s: str = "0", churn: int = -1) -> Queue:
    """Start a replay.

    Parameters
    ----------
    quantum_s : seconds for which a gang may hold its places while others wait; more than any restart takes
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, a quantum that a restart would use up, or if the last job could end beyond what 64
        bits can tell.
    """
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    longer_than_restarts(trace, quantum_s, "quantum_s")
    rows, jobs, state = opening(trace)
    began, clock = np.zeros(len(jobs.submit), dtype=np.int64), np.array([FOREVER, 0])
    step = partial(_advance, jobs, state, walk(jobs, state, churn=churn), began, clock, quantum_s)
    return KernelQueue(trace, rows, jobs, state, step)


@compiled
def _advance(jobs: Jobs, state: State, walks: Walk, began: Ints, clock: Ints, quantum: int, until: int) -> None:
    """Advance; `began` (J,) is when the quantum of a gang began anew, if that was after it started."""
    while True:
        now = min(next_instant(jobs, state), clock[WAKE])
        if now >= until:
            return
        happen(jobs, state, walks, now)
        for i in range(walks.facts[LIVE]):
            if walks.key[walks.order[i], 0] == 0:
                _to_the_back(walks, clock, walks.order[i])
        clock[WAKE] = FOREVER
        if walks.facts[LIVE] == state.counts[RUNNING]:
            continue  # nobody waits: what has run for some quanta since is reckoned when somebody does
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            if runs(state, job) and _expired(state, began, job, quantum, now):
                _to_the_back(walks, clock, job)
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        if walks.facts[LIVE] > state.counts[RUNNING]:
            for i in range(state.counts[RUNNING]):
                job = state.job[i]
                clock[WAKE] = min(clock[WAKE], max(began[job], state.book[job, SINCE]) + quantum)


@part
def _expired(state: State, began: Ints, job: int, quantum: int, now: int) -> bool:
    """Tell whether a quantum ends now, and let the one that goes on begin where it did."""
    since = max(began[job], state.book[job, SINCE])
    began[job] = since + (now - since) // quantum * quantum
    return bool(began[job] == now > since)


@part
def _to_the_back(walks: Walk, clock: Ints, job: int) -> None:
    clock[BACK] += 1
    walks.key[job, 0] = clock[BACK]
