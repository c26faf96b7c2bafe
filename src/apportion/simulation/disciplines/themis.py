"""Those with the worst finish-time fairness compete first, for leases.

A gang that starts holds its places for a lease of `lease_s`, its restart included, in any case. At every event, and when a
lease ends, the gangs that wait and those whose lease has ended compete: in the order of ρ = (now − submission + seconds it
would still take) / seconds it takes alone on its fastest class of places, the largest first, equal ones in file order. What
runs is what fits beside all that hold a lease and all that run ahead of it; who keeps or gets places has a new lease. A job
of no length comes before all others. A gang larger than the pool never starts and blocks nobody. One member alone has the
same rule.

ρ is compared exactly for jobs of up to 2³¹ s. O(live) an event. After Mahajan et al., *Themis: Fair and Efficient GPU Cluster
Scheduling*, NSDI 2020: its filter and auction are left out, every gang that may compete bids and says the truth.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import FOREVER, RUNNING, Jobs, State, next_instant, opening, runs
from apportion.simulation.preemptive import (
    LIVE,
    STANDING,
    Walk,
    dispatch,
    happen,
    longer_than_restarts,
    remaining,
    restarting,
    sort,
    walk,
)
from apportion.simulation.replay import KernelQueue

ALONE = ("themis",)
PLANNED = False
BEFORE_ALL = -(2**62)
WORST = -(2**61)


def open_queue(trace: Trace, lease_s: int = 1200, restart_s: str = "0", churn: int = -1) -> Queue:
    """Start a replay.

    Parameters
    ----------
    lease_s : seconds for which a gang keeps its places in any case; more than any restart takes
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, a lease that a restart would use up, or if the last job could end beyond what 64
        bits can tell.
    """
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    longer_than_restarts(trace, lease_s, "lease_s")
    rows, jobs, state = opening(trace)
    ends, wake = np.zeros(len(jobs.submit), dtype=np.int64), np.array([FOREVER])
    step = partial(_advance, jobs, state, walk(jobs, state, churn=churn), ends, wake, lease_s)
    return KernelQueue(trace, rows, jobs, state, step)


@compiled
def _advance(jobs: Jobs, state: State, walks: Walk, ends: Ints, wake: Ints, lease: int, until: int) -> None:
    """Advance; `ends` (J,) is when the lease of a running gang ends, `wake` (1,) when the next does."""
    while True:
        now = min(next_instant(jobs, state), wake[0])
        if now >= until:
            return
        happen(jobs, state, walks, now)
        wake[0] = FOREVER
        if walks.facts[LIVE] == state.counts[RUNNING]:
            continue  # nobody waits: what leases were renewed since is reckoned when somebody does
        walks.facts[STANDING] = 0
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            if runs(state, job) and not _ended(ends, job, lease, now):
                walks.facts[STANDING] += 1
                walks.key[job, 0], walks.key[job, 1] = BEFORE_ALL, 0
            else:
                _rank(jobs, state, walks, job, now)
        sort(walks, 0)
        dispatch(jobs, state, walks, now)
        for i in range(state.counts[RUNNING]):
            job = state.job[i]
            if walks.key[job, 0] != BEFORE_ALL:
                ends[job] = now + lease
            if walks.facts[LIVE] > state.counts[RUNNING]:
                wake[0] = min(wake[0], ends[job])


@part
def _ended(ends: Ints, job: int, lease: int, now: int) -> bool:
    """Tell whether a lease ends now, and renew those that ended before, while nobody waited."""
    if ends[job] < now:
        ends[job] += (now - ends[job] + lease - 1) // lease * lease
    return bool(ends[job] == now)


@part
def _rank(jobs: Jobs, state: State, walks: Walk, job: int, now: int) -> None:
    """Let −ρ be the key of a gang: whole part, then 62 bits, so that distinct fractions of up to 31 bits stay distinct."""
    alone = 0
    for c in range(jobs.lasts.shape[1]):
        if jobs.lasts[job, c] != NEVER and (alone == 0 or jobs.lasts[job, c] < alone):
            alone = jobs.lasts[job, c]
    shared = now - jobs.submit[job] + remaining(jobs, state, job, now)
    if alone == 0:
        walks.key[job, 0], walks.key[job, 1] = WORST, 0
        return
    while alone >= 2**31:
        alone, shared = alone >> 1, shared >> 1
    whole, rest = shared // alone, shared % alone
    high, rest = (rest << 31) // alone, (rest << 31) % alone
    walks.key[job, 0], walks.key[job, 1] = -whole, -(high << 31 | (rest << 31) // alone)
