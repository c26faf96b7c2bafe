"""How far would each job have come at home by now?

Each member's jobs are followed by a virtual clock on its entitlement, counted as one place, under strict FIFO. What a member
has may change (`Trace.standings`): where it no longer suffices, the job that started last at home stops there, keeps what it
got, and stands where it stood. Where durations are not known, a job that has started at home goes on there until it has ended
in the pool, and ends there after the seconds it took, at once if these are past.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Standings, Trace
from apportion.simulation.compiled import part
from apportion.simulation.events import ARRIVED, END, FOREVER, Jobs, Rows, State, fixed
from apportion.simulation.preemptive import sizes

BEGIN, END_OF, NEXT, LAST, HOLDING, HALTED, CHANGED = 0, 1, 2, 3, 4, 5, 6  # columns of Homes.of


class Homes(NamedTuple):
    """The virtual clock of each member.

    Attributes
    ----------
    own : (J,) jobs that could ever fit their member's entitlement, by member, in order of arrival
    of : (N, 7) of each member: where its jobs `BEGIN` and end (`END_OF`), the `NEXT` to start at home, when the `LAST`
        started there; how many are `HOLDING` something there, and how many were `HALTED`; the next that is `CHANGED` of
        what it has
    holding : (J,) in the segments of `own` those that hold something in front, those that were halted at the back
    free : (N, R) what is free at home
    started, since : (J,) second of the start at home, `NEVER` before and while halted, as if it had never been halted; and of
        its last start there
    got : (J,) seconds that a halted job got at home
    length, size : (J,) seconds of each job on its fastest class, and its size
    changes : (H, 1 + R) second, and how much more its member has from then on; by member
    wake : (1,) when to look again
    """

    own: Ints
    of: Ints
    holding: Ints
    free: Ints
    started: Ints
    since: Ints
    got: Ints
    length: Ints
    size: Ints
    changes: Ints
    wake: Ints


def homes_of(trace: Trace, jobs: Jobs, rows: Rows) -> Homes:
    """Open the homes of all members."""
    member, used = trace.member[rows], trace.need[rows].any(axis=0)
    most, changes, bounds = _over_time(trace)
    fit = np.flatnonzero((trace.need[rows] <= most[member]).all(axis=1))
    own = fit[np.argsort(member[fit], kind="stable")]
    of = np.zeros((len(trace.weight), 7), dtype=np.int64)
    of[:, BEGIN] = of[:, NEXT] = np.searchsorted(member[own], np.arange(len(of)))
    of[:, END_OF] = np.searchsorted(member[own], np.arange(len(of)), side="right")
    of[:, CHANGED] = bounds
    lasts = np.where(jobs.lasts == NEVER, FOREVER, jobs.lasts).min(axis=1, initial=FOREVER)
    return Homes(
        fixed(own),
        of,
        np.empty(len(own), dtype=np.int64),
        np.ascontiguousarray(trace.entitlement[:, used]),
        np.full(len(member), NEVER),
        np.zeros(len(member), dtype=np.int64),
        np.zeros(len(member), dtype=np.int64),
        fixed(lasts),
        fixed(sizes(trace)[rows]),
        fixed(np.column_stack([changes[:, 0], changes[:, 1:][:, used]])),
        np.array([FOREVER]),
    )


def _over_time(trace: Trace) -> tuple[Ints, Ints, Ints]:
    """The most that each member ever has (N, R); Homes.changes, behind each member's a row that is never reached."""
    width, most = trace.need.shape[1], trace.entitlement.copy()
    nothing = np.zeros(0, dtype=np.int64)
    none = Standings(nothing, nothing, np.zeros((0, width), dtype=np.int64), nothing)
    has = trace.standings or none
    parts: list[Ints] = []
    bounds = np.arange(len(trace.weight)) + np.searchsorted(np.sort(has.member), np.arange(len(trace.weight)))
    for member in range(len(bounds)):
        own = np.flatnonzero(has.member == member)
        amounts = np.concatenate([trace.entitlement[member][None], has.entitlement[own]])
        most[member] = amounts.max(axis=0)
        parts.append(np.column_stack([has.at_s[own], np.diff(amounts, axis=0)]))
        parts.append(np.array([[FOREVER, *[0] * width]], dtype=np.int64))
    return most, np.concatenate([np.zeros((0, 1 + width), dtype=np.int64), *parts]), bounds.astype(np.int64)


@part
def go_on_at_home(jobs: Jobs, state: State, homes: Homes, member: int, known: int, now: int) -> None:
    """Start at home all jobs that start there by now; wake when more may. Durations are `known`, or not.

    It must be called at every instant, and at `wake`.
    """
    of = homes.of[member]
    if homes.changes[of[CHANGED], 0] <= now:
        _change(jobs, state, homes, member, known, now)
    homes.wake[0] = min(homes.wake[0], homes.changes[of[CHANGED], 0])
    while of[HALTED] > 0 or (of[NEXT] < of[END_OF] and homes.own[of[NEXT]] < state.counts[ARRIVED]):
        job, halted = _head(homes, of)
        fits = True
        for r in range(jobs.need.shape[1]):
            fits = fits and jobs.need[job, r] <= homes.free[member, r]
        if fits:
            of[LAST] = max(of[LAST], jobs.submit[job])
            homes.since[job], homes.started[job] = of[LAST], of[LAST] - homes.got[job]
            if halted >= 0:
                of[HALTED] -= 1
                for i in range(halted, of[END_OF] - 1 - of[HALTED], -1):
                    homes.holding[i] = homes.holding[i - 1]
            else:
                of[NEXT] += 1
            homes.holding[of[BEGIN] + of[HOLDING]] = job
            of[HOLDING] += 1
            _free(jobs, homes, member, job, -1)
            continue
        first, end = _next_end(state, homes, of, known)
        if end > now:
            homes.wake[0] = min(homes.wake[0], end)
            return
        of[LAST] = max(of[LAST], end)
        _leave(jobs, homes, member, first)


@part
def _head(homes: Homes, of: Ints) -> tuple[int, int]:
    """The job that starts next at home, and where it stands among the halted ones; −1 if it was not halted."""
    job, at = -1, -1
    for i in range(of[END_OF] - of[HALTED], of[END_OF]):
        if job < 0 or homes.holding[i] < job:
            job, at = homes.holding[i], i
    return (job, at) if job >= 0 else (homes.own[of[NEXT]], -1)


@part
def _next_end(state: State, homes: Homes, of: Ints, known: int) -> tuple[int, int]:
    """Where the job stands that ends next at home of those whose end is known, and when."""
    first, end = -1, FOREVER
    for i in range(of[BEGIN], of[BEGIN] + of[HOLDING]):
        job = homes.holding[i]
        its = homes.started[job] + homes.length[job]
        if its < end and (known or state.book[job, END] != NEVER):
            first, end = i, its
    return first, end


@part
def _change(jobs: Jobs, state: State, homes: Homes, member: int, known: int, now: int) -> None:
    """Let all end at home that has ended there, then let the member have what it has now, and halt what does not fit."""
    of = homes.of[member]
    first, end = _next_end(state, homes, of, known)
    while end <= now:
        of[LAST] = max(of[LAST], end)
        _leave(jobs, homes, member, first)
        first, end = _next_end(state, homes, of, known)
    while homes.changes[of[CHANGED], 0] <= now:
        of[LAST] = max(of[LAST], homes.changes[of[CHANGED], 0])
        for r in range(jobs.need.shape[1]):
            homes.free[member, r] += homes.changes[of[CHANGED], 1 + r]
        of[CHANGED] += 1
    for r in range(jobs.need.shape[1]):
        while homes.free[member, r] < 0:
            last = -1
            for i in range(of[BEGIN], of[BEGIN] + of[HOLDING]):
                job = homes.holding[i]
                if jobs.need[job, r] > 0:
                    other = homes.holding[last] if last >= 0 else -1
                    if last < 0 or (homes.since[job], job) > (homes.since[other], other):
                        last = i
            job = homes.holding[last]
            homes.got[job], homes.started[job] = now - homes.started[job], NEVER
            _leave(jobs, homes, member, last)
            of[HALTED] += 1
            homes.holding[of[END_OF] - of[HALTED]] = job


@part
def _leave(jobs: Jobs, homes: Homes, member: int, at: int) -> None:
    of = homes.of[member]
    _free(jobs, homes, member, homes.holding[at], 1)
    of[HOLDING] -= 1
    homes.holding[at] = homes.holding[of[BEGIN] + of[HOLDING]]


@part
def _free(jobs: Jobs, homes: Homes, member: int, job: int, times: int) -> None:
    for r in range(jobs.need.shape[1]):
        homes.free[member, r] += times * jobs.need[job, r]
