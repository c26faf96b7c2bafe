"""What if jobs go by virtual finish, and nothing is known of how long they take until they have ended?

Each member's virtual clock at home (`homes`) says when a job starts there, and is corrected as jobs really end. Its virtual
finish is that start and the mean of the member's jobs that have ended so far: of all members' while none of its own has, 0
while nobody's has. It moves with the mean. A job that has not started at home by now comes after all that have, by
submission. Ties go by SHA-256(seed ‖ id). To know a start no end need be foretold: start-time fair queueing (Goyal, Vin and
Cheng, SIGCOMM 1996) orders packets so.

O(live · kinds' search + members) an event.
"""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import FOREVER, RUNNING, Jobs, State, fixed, next_instant, opening, runs
from apportion.simulation.homes import Homes, go_on_at_home, homes_of
from apportion.simulation.preemptive import LIVE, STANDING, Walk, dispatch, happen, restarting, sort, walk
from apportion.simulation.replay import KernelQueue

UNKNOWN = 0  # durations, to the virtual clocks
BEFORE_ALL, NOT_YET = (
    -(2**62),
    2**61,
)  # keys of gangs that keep their places; offset of those that have not started at home
SECONDS, ENDED = 0, 1  # columns of Learned.by_member


class Learned(NamedTuple):
    """What is known of durations from jobs that have ended.

    Attributes
    ----------
    member, tie : (J,) of each job
    by_member : (N + 1, 2) the `SECONDS` of all that `ENDED`, and how many, of each member and, last, of all
    """

    member: Ints
    tie: Ints
    by_member: Ints


def open_queue(trace: Trace, *, preemptive: bool, restart_s: str, churn: int) -> Queue:
    """Start a replay; a gang may stop those behind it if `preemptive`, and what runs is never stopped otherwise.

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    trace = replace(trace, restart_s=restarting(trace, restart_s))
    rows, jobs, state = opening(trace)
    learned = Learned(
        fixed(trace.member[rows]),
        fixed(tie_order(trace.seed, trace.id[rows])),
        np.zeros((len(trace.weight) + 1, 2), dtype=np.int64),
    )
    walks, homes = walk(jobs, state, churn=churn), homes_of(trace, jobs, rows)
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, walks, homes, learned, int(preemptive)))


@compiled
def _advance(
    jobs: Jobs, state: State, walks: Walk, homes: Homes, learned: Learned, preemptive: int, until: int
) -> None:
    while True:
        now = min(next_instant(jobs, state), homes.wake[0])
        if now >= until:
            return
        for i in range(state.counts[RUNNING]):
            if state.ends[i] == now:
                _learn(homes, learned, state.job[i])
        happen(jobs, state, walks, now)
        homes.wake[0] = FOREVER
        for member in range(len(homes.of)):
            go_on_at_home(jobs, state, homes, member, UNKNOWN, now)
        walks.facts[STANDING] = 0
        for i in range(walks.facts[LIVE]):
            job = walks.order[i]
            walks.key[job, 1] = learned.tie[job]
            if not preemptive and runs(state, job):
                walks.facts[STANDING] += 1
                walks.key[job, 0] = BEFORE_ALL
            elif homes.started[job] == NEVER:
                walks.key[job, 0] = NOT_YET + jobs.submit[job]
            else:
                walks.key[job, 0] = homes.started[job] + _mean(learned, learned.member[job])
        sort(walks, 0)
        dispatch(jobs, state, walks, now)


@part
def _learn(homes: Homes, learned: Learned, job: int) -> None:
    """Note how long a job that ends now took, on its fastest class."""
    for row in (learned.member[job], len(learned.by_member) - 1):
        learned.by_member[row, SECONDS] += homes.length[job]
        learned.by_member[row, ENDED] += 1


@part
def _mean(learned: Learned, member: int) -> int:
    """Whole seconds, rounded down."""
    row = member if learned.by_member[member, ENDED] > 0 else len(learned.by_member) - 1
    return int(learned.by_member[row, SECONDS] // max(learned.by_member[row, ENDED], 1))
