"""What if a gang moves behind others once it has held its places for long enough, and those ahead may stop those behind?

Where all is one place of one resource and stops are free. A gang stands by its level, then by the instant at which it came
to it, then in file order; its level counts the limits that its seconds held × its size have reached. Only gangs that run
are demoted, each at a second that is known when it starts, so an alarm is set for it: an event costs O(kinds of need queued
+ gangs displaced + log queue), and a shift of those that run, however many wait.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.simulation.alarms import Alarms, calm, no_alarms, rouse
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    AT,
    CHANGED,
    HELD,
    RUNNING,
    SINCE,
    Jobs,
    Rows,
    State,
    change,
    complete,
    fixed,
    next_instant,
    overfull,
)
from apportion.simulation.overtaking import all_fit, displace, place_of, run
from apportion.simulation.replay import KernelQueue
from apportion.simulation.standing import (
    BEGIN,
    WAITING,
    Queued,
    crowded_out,
    drop,
    first,
    insert,
    leave,
    nobody_waits,
    wait,
    within_reach,
)

LEVEL = 2**48  # of the key: more than there are instants
MOST_LEVELS = 2**14
NOW, NUMBER = 0, 1  # entries of Service.clock


class Service(NamedTuple):
    """What is known of the service that gangs attained.

    Attributes
    ----------
    size : (J,) by which seconds held are multiplied
    limits : (L,) ascending, of size × seconds
    alarms : when gangs that run reach their next limits
    clock : (2,) the last instant, and its number
    """

    size: Ints
    limits: Ints
    alarms: Alarms
    clock: Ints


def open_queue(trace: Trace, rows: Rows, jobs: Jobs, state: State, size: Ints, limits: Ints) -> KernelQueue:
    """Start a replay of jobs that are opened already, on one place of one resource.

    Parameters
    ----------
    size : (J,) by which seconds held are multiplied
    limits : (L,) ascending, of size × seconds, fewer than 2¹⁴
    """
    queued = nobody_waits(jobs, np.zeros(len(jobs.submit), dtype=np.int64), clock=0, blocking=False)
    service = Service(fixed(size), limits, no_alarms(len(size)), np.array([NEVER, 0]))
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued, service))


@compiled
def _advance(jobs: Jobs, state: State, queued: Queued, service: Service, until: int) -> None:
    alarms, clock = service.alarms, service.clock
    while True:
        now = next_instant(jobs, state)
        if alarms.number[0] > 0 and alarms.second[0] < now:
            now = alarms.second[0]
        if now >= until:
            return
        _strike(clock, now)
        quiet = True  # whether those that waited go on waiting
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            job = complete(jobs, state)
            calm(alarms, job)
            drop(state, queued, job)
            quiet = False
        while alarms.number[0] > 0 and alarms.second[0] == now:
            _demote(state, queued, service, alarms.job[0], now)
            quiet = False
        if state.counts[CHANGED] < len(state.changes):
            _change(jobs, state, queued, alarms, now)
            quiet = False
        _arrive(jobs, state, queued, service, now, quiet)


@part
def _arrive(jobs: Jobs, state: State, queued: Queued, service: Service, now: int, quiet: bool) -> None:
    """Let those that arrive now wait or run, and serve where anything may change."""
    still = (quiet or queued.facts[WAITING] == 0) and all_fit(jobs, state, now)
    key = service.clock[NUMBER]
    while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
        job = state.counts[ARRIVED]
        state.counts[ARRIVED] += 1
        if still:
            _run(jobs, state, queued, service, job, key, now)
            continue
        quiet = quiet and not within_reach(jobs, state, queued, job, key)
        wait(queued, job, key)
    if not still and not quiet:
        _serve(jobs, state, queued, service, now)


@part
def _strike(clock: Ints, now: int) -> None:
    """Number the instants; one that comes up again keeps its number."""
    if clock[NUMBER] == 0 or now != clock[NOW]:
        clock[NOW], clock[NUMBER] = now, clock[NUMBER] + 1


@part
def _change(jobs: Jobs, state: State, queued: Queued, alarms: Alarms, now: int) -> None:
    """Let what comes and goes do so, and stop those for whom nothing is left."""
    change(state, now)
    job = overfull(jobs, state)
    while job >= 0:
        calm(alarms, job)
        displace(jobs, state, queued, place_of(state, queued, job), now, 0)
        job = overfull(jobs, state)


@part
def _serve(jobs: Jobs, state: State, queued: Queued, service: Service, now: int) -> None:
    """Start and stop, down the order, until what runs is what fits beside all that run ahead of it."""
    while True:
        at = crowded_out(jobs, state, queued)
        line = first(jobs, state, queued, 0, at)
        if line >= 0:
            key = queued.keys[queued.of[line, BEGIN]]
            _run(jobs, state, queued, service, leave(queued, line), key, now)
        elif at >= 0:
            calm(service.alarms, queued.running[at])
            displace(jobs, state, queued, at, now, 0)
        else:
            return


@part
def _run(jobs: Jobs, state: State, queued: Queued, service: Service, job: int, key: int, now: int) -> None:
    run(jobs, state, queued, job, key, now)
    _rouse(state, queued, service, job)


@part
def _rouse(state: State, queued: Queued, service: Service, job: int) -> None:
    """Set the alarm of a gang that runs for the second in which it reaches its next limit, if it does not end before."""
    level = queued.key[job] // LEVEL
    if level < len(service.limits) and service.size[job] > 0:
        seconds = -(-service.limits[level] // service.size[job])
        second = state.book[job, SINCE] + seconds - state.book[job, HELD]
        if second < state.ends[state.book[job, AT]]:
            rouse(service.alarms, job, second)


@part
def _demote(state: State, queued: Queued, service: Service, job: int, now: int) -> None:
    """Let a gang that runs stand behind those on its new level, and go on running for now."""
    calm(service.alarms, job)
    state.counts[RUNNING] -= 1
    drop(state, queued, job)
    attained = service.size[job] * (state.book[job, HELD] + now - state.book[job, SINCE])
    level = np.searchsorted(service.limits, attained, side="right")
    queued.key[job] = level * LEVEL + service.clock[NUMBER]
    insert(state, queued, job, queued.key[job])
    state.counts[RUNNING] += 1
    _rouse(state, queued, service, job)
