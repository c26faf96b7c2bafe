"""What happens next, and who runs then? The parts that every kernel is made of.

All that a replay knows is in arrays, so that a kernel can stop before any instant and go on later, under a virtual clock
and under a real one. The order at one instant is: completions, what comes and goes, arrivals in file order, one dispatch. A
job of no length completes at the instant it starts, which makes that instant come up again.

A gang that is stopped keeps its progress. When it starts again it holds its places for its restart cost before it goes on;
on another class of places what was left is ceil(left · seconds there / seconds here).
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Bools, Ints, kinds
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace, no_changes
from apportion.errors import BadInput
from apportion.simulation.compiled import compiled, part
from apportion.simulation.layout import laid_out
from apportion.simulation.room import FIRST, KIND, RESTART, WORKERS, Room, give, look_anew, on, take
from apportion.simulation.searching import seek

FOREVER = 2**63 - 1
ARRIVED, RUNNING, CHANGED = 0, 1, 2  # the entries of State.counts
START, END, SINCE, HELD, STOPS, LEFT, ON, AT, SLOTS, NOW_ON = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9  # columns of State.book
Rows = Ints | slice


class Jobs(NamedTuple):
    """Gangs that fit the empty pool, in order of arrival.

    Attributes
    ----------
    submit : (J,)
    need : (J, R) of the whole gang
    lasts : (J, C) seconds on each class of places, `NEVER` where it cannot run
    facts : (J, 4) `WORKERS`, `RESTART` in seconds, where the `FIRST` of its places stands in Room.slots, and its `KIND`:
        gangs of one kind fit or do not fit together, and go to the same places
    """

    submit: Ints
    need: Ints
    lasts: Ints
    facts: Ints


class State(NamedTuple):
    """Where a replay stands.

    Attributes
    ----------
    counts : (3,) jobs that have arrived, jobs that run, changes that have happened
    places : (P, 2R) what is free on each place and, in the second half, what there is when nothing runs
    book : (J, 10) of each job: seconds of its first `START` and of its `END`, `NEVER` before; `SINCE`, seconds of its last
        start; `HELD`, seconds for which it held its places until it was last stopped or ended; `STOPS`, how often it was
        stopped; what was then `LEFT`, in seconds `ON` a class of places; `AT` which entry of the heap it stands; on how
        many places it is (`SLOTS`), and of which class (`NOW_ON`)
    ends, job : (J + 4,) heap of the running jobs, of four children a parent, the next to end first; only `counts[RUNNING]`
        entries mean anything, and where it is used as a heap all ends behind them are `FOREVER`
    used : (P, R) resource-seconds for which each place was held by gangs that were stopped or ended since
    changes : (H, 2 + R) second, place, and how much more it holds from then on
    room : how places are searched
    """

    counts: Ints
    places: Ints
    book: Ints
    ends: Ints
    job: Ints
    used: Ints
    changes: Ints
    room: Room


def opening(trace: Trace) -> tuple[Rows, Jobs, State]:
    """Bring a trace before a kernel: which rows are gangs that fit the pool at all, those gangs, and the state at the start.

    Resources that nobody needs are left out, so that most traces are of one resource. Nothing is copied that need not be.

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    longest = trace.lasts.max(axis=1, initial=0).sum(dtype=np.float64) if len(trace) else 0.0
    if len(trace) and float(trace.submit_s.max()) + longest >= 2.0**62:
        raise BadInput("the jobs last longer together than the clock can tell", "jobs.csv, column duration_s")
    rows: Rows = slice(None) if trace.possible.all() else np.flatnonzero(trace.possible)
    need, size = trace.need[rows], len(trace.need[rows])
    used: Bools = np.asarray(need.any(axis=0))
    need = need if used.all() else need[:, used]
    facts = np.zeros((size, 4), dtype=np.int64)
    facts[:, WORKERS] = 1 if trace.workers is None else trace.workers[rows]
    facts[:, RESTART] = 0 if trace.restart_s is None else trace.restart_s[rows]
    facts[:, KIND] = _alike(need, facts[:, WORKERS], trace.lasts[rows])
    places, room, facts[:, FIRST] = laid_out(trace, need, facts[:, WORKERS], facts[:, KIND], used)
    changes = trace.changes or no_changes(len(used))
    book = np.zeros((size, 10), dtype=np.int64)
    book[:, START] = book[:, END] = NEVER
    state = State(
        np.zeros(3, dtype=np.int64),
        places,
        book,
        np.full(size + 4, FOREVER, dtype=np.int64),
        np.zeros(size + 4, dtype=np.int64),
        np.zeros((len(places), need.shape[1]), dtype=np.int64),
        fixed(np.column_stack([changes.at_s, changes.place, changes.delta[:, used]])),
        room,
    )
    return rows, Jobs(fixed(trace.submit_s[rows]), fixed(need), fixed(trace.lasts[rows]), fixed(facts)), state


def _alike(need: Ints, workers: Ints, lasts: Ints) -> Ints:
    """Number the kinds of gangs, of equal need, workers, and order of classes: (J, R), (J,), (J, C) → (J,) from 0."""
    columns = [need, workers[:, None]]
    if lasts.shape[1] > 1:
        columns += [np.argsort(lasts, axis=1, kind="stable"), (lasts < 0).astype(np.int64)]
    return kinds(np.concatenate([column.T for column in columns]).T)  # (column by column, as they are read)


def held_in_all(state: State) -> Ints:
    """What all places hold when nothing runs: (R,)."""
    return np.asarray(state.places[:, state.places.shape[1] // 2 :].sum(axis=0))


def fixed(array: Ints) -> Ints:
    """View an array as one that nobody can write to: so a kernel meets one type, and is compiled once, for every trace."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@compiled
def next_instant(jobs: Jobs, state: State) -> int:
    """Tell when the next change, completion or arrival is; `FOREVER` if there is none."""
    arrived, changed = state.counts[ARRIVED], state.counts[CHANGED]
    now = state.ends[0] if state.counts[RUNNING] > 0 else FOREVER
    if arrived < len(jobs.submit) and jobs.submit[arrived] < now:
        now = jobs.submit[arrived]
    if changed < len(state.changes) and state.changes[changed, 0] < now:
        now = state.changes[changed, 0]
    return now


@compiled
def fits(jobs: Jobs, state: State, job: int) -> bool:
    """Tell whether a gang fits what is free."""
    if len(state.places) == 1:
        for r in range(jobs.need.shape[1]):  # noqa: SIM110  # compiled: a plain loop
            if jobs.need[job, r] > state.places[0, r]:
                return False
        return True
    kind, workers = jobs.facts[job, KIND], jobs.facts[job, WORKERS]
    return seek(kind, jobs.need[job], workers, jobs.lasts[job], state.places, state.room) >= 0


@compiled
def begin(jobs: Jobs, state: State, job: int, now: int) -> None:
    """Start a gang, which must fit, or let it go on. O(log running)."""
    c = 0
    if len(state.places) == 1:
        for r in range(jobs.need.shape[1]):
            state.places[0, r] -= jobs.need[job, r]
    else:
        workers = jobs.facts[job, WORKERS]
        c = seek(jobs.facts[job, KIND], jobs.need[job], workers, jobs.lasts[job], state.places, state.room)
        state.book[job, SLOTS] = take(jobs.facts[job, FIRST], jobs.need[job], workers, state.places, state.room)
    begin_there(jobs, state, job, c, now)


@part
def begin_there(jobs: Jobs, state: State, job: int, c: int, now: int) -> None:
    """Start a gang that holds its places already, on a class of them, or let it go on. O(log running)."""
    book, seconds = state.book, jobs.lasts[job, c]
    if book[job, START] == NEVER:
        book[job, START] = now
    elif book[job, STOPS] > 0:
        seconds = jobs.facts[job, RESTART] + left_on(jobs, state, job, c)
    book[job, NOW_ON], book[job, SINCE] = c, now
    state.counts[RUNNING] += 1
    _rise(state, state.counts[RUNNING] - 1, now + seconds, job)


@part
def runs(state: State, job: int) -> bool:
    """Tell whether a job that has arrived runs."""
    at = state.book[job, AT]
    return bool(at < state.counts[RUNNING] and state.job[at] == job)


@part
def left_on(jobs: Jobs, state: State, job: int, c: int) -> int:
    """Seconds that a gang which was stopped would still take on a class of places."""
    left, here, there = state.book[job, LEFT], jobs.lasts[job, state.book[job, ON]], jobs.lasts[job, c]
    if here == there:
        return int(left)
    # (whole parts first, so that no product is larger than it must be)
    return int(left // here * there + (left % here * there + here - 1) // here)


@compiled
def complete(jobs: Jobs, state: State) -> int:
    """Free what the job that ends next holds, and return that job. O(log running)."""
    gone, now = state.job[0], state.ends[0]
    leave_for_good(jobs, state, gone, now)
    _remove(state, 0)
    return int(gone)


@part
def leave_for_good(jobs: Jobs, state: State, job: int, now: int) -> None:
    """Take a gang that ends off its places; it stays in the heap."""
    state.book[job, END] = now
    _free(jobs, state, job, now - state.book[job, SINCE])


@compiled
def stop(jobs: Jobs, state: State, job: int, now: int) -> None:
    """Take a running gang off its places; it keeps its progress. O(log running)."""
    at = state.book[job, AT]
    put_back(jobs, state, job, state.ends[at], now)
    _remove(state, at)


@part
def put_back(jobs: Jobs, state: State, job: int, end: int, now: int) -> None:
    """Take a gang that would run until some second off its places, and keep its progress; it stays in the heap."""
    book = state.book
    ran = now - book[job, SINCE]
    if book[job, STOPS] == 0 or ran > jobs.facts[job, RESTART]:  # (else it did nothing, and as much is left as before)
        book[job, LEFT], book[job, ON] = end - now, book[job, NOW_ON]
    book[job, STOPS] += 1
    _free(jobs, state, job, ran)


@part
def _free(jobs: Jobs, state: State, job: int, ran: int) -> None:
    """Take a gang off its places after it held them for so many seconds."""
    state.book[job, HELD] += ran
    if len(state.places) == 1:
        for r in range(jobs.need.shape[1]):
            state.places[0, r] += jobs.need[job, r]
            state.used[0, r] += jobs.need[job, r] * ran
    else:
        first, workers, count = jobs.facts[job, FIRST], jobs.facts[job, WORKERS], state.book[job, SLOTS]
        give(first, count, jobs.need[job], workers, state.places, state.room)
        for i in range(first, first + count):
            for r in range(jobs.need.shape[1]):
                many = state.room.slots[i, 1]
                part = jobs.need[job, r] if many == workers else jobs.need[job, r] // workers * many
                state.used[state.room.slots[i, 0], r] += part * ran


@part
def change(state: State, now: int) -> None:
    """Let everything come and go that does so now; what is free may fall below nothing: see `overfull`."""
    width = state.places.shape[1] // 2
    while state.counts[CHANGED] < len(state.changes) and state.changes[state.counts[CHANGED], 0] <= now:
        k = state.counts[CHANGED]
        for r in range(width):
            state.places[state.changes[k, 1], r] += state.changes[k, 2 + r]
            state.places[state.changes[k, 1], width + r] += state.changes[k, 2 + r]
        state.counts[CHANGED] = k + 1
    if len(state.places) > 1:
        look_anew(state.places, state.room)


@part
def overfull(jobs: Jobs, state: State) -> int:
    """Name a gang that must stop because a place holds too much: the one that started there last; −1 if none must."""
    last, book = -1, state.book
    for p in range(len(state.places)):
        for r in range(jobs.need.shape[1]):
            if state.places[p, r] >= 0:
                continue
            for i in range(state.counts[RUNNING]):
                job = state.job[i]
                later = last < 0 or (book[job, SINCE], job) > (book[last, SINCE], last)
                if later and jobs.need[job, r] > 0 and _is_on(jobs, state, job, p):
                    last = job
            if last >= 0:
                return int(last)
    return -1


@part
def _is_on(jobs: Jobs, state: State, job: int, p: int) -> bool:
    return len(state.places) == 1 or on(jobs.facts[job, FIRST], state.book[job, SLOTS], p, state.room)


@part
def _rise(state: State, hole: int, end: int, job: int) -> None:
    """Put a job into the heap at or above a hole."""
    while hole > 0:
        above = (hole - 1) >> 2
        if state.ends[above] <= end:
            break
        state.ends[hole], state.job[hole] = state.ends[above], state.job[above]
        state.book[state.job[hole], AT] = hole
        hole = above
    state.ends[hole], state.job[hole], state.book[job, AT] = end, job, hole


@part
def _remove(state: State, hole: int) -> None:
    """Take what stands at a hole out of the heap."""
    last = state.counts[RUNNING] - 1
    state.counts[RUNNING] = last
    end, job = state.ends[last], state.job[last]
    state.ends[last] = (
        FOREVER  # so that the soonest of four can be taken without a branch, which would be guessed wrong
    )
    if hole == last:
        return
    while True:
        below = 4 * hole + 1
        if below >= last:
            break
        near = below + (state.ends[below + 1] < state.ends[below])
        far = below + 2 + (state.ends[below + 3] < state.ends[below + 2])
        below = far if state.ends[far] < state.ends[near] else near
        if state.ends[below] >= end:
            break
        state.ends[hole], state.job[hole] = state.ends[below], state.job[below]
        state.book[state.job[hole], AT] = hole
        hole = below
    _rise(state, hole, end, job)
