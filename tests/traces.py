"""How are small traces made for tests, and could a schedule have happened?

`trace_of` is the short way from rows to a trace, `traces` the hypothesis strategy. `audit` judges a schedule from the trace
alone, by sweeping over time: it knows nothing of kernels or disciplines.
"""

from dataclasses import replace
from itertools import groupby

import numpy as np
from hypothesis import strategies as st

from apportion.domain.arrays import ints, text
from apportion.domain.schedule import NEVER, Schedule
from apportion.domain.ties import tie_order
from apportion.domain.trace import Changes, Places, Trace, one_place

PRIMES = (999_983, 524_287, 99_991)


def trace_of(rows, capacity, entitlement=None, weight=None, seed=bytes(32)):
    """Make a trace of rows (submit_s, duration_s, need, member), `need` a number or one number a resource."""
    capacity = np.atleast_1d(capacity)
    width = len(capacity)
    members = 1 + max((row[3] for row in rows), default=0)
    members = max([members] + [len(given) for given in (entitlement, weight) if given is not None])
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    columns = list(zip(*(rows[i] for i in order), strict=True)) or [(), (), (), ()]
    need = np.array([np.atleast_1d(value) for value in columns[2]], dtype=np.int64).reshape(len(rows), width)
    alone = np.tile(capacity // members, (members, 1)) if entitlement is None else np.array(entitlement)
    return Trace(
        text([f"job {i}" for i in order]),
        ints(columns[3]),
        ints(columns[0]),
        ints(columns[1]),
        ints(need),
        ints(capacity),
        ints(alone.reshape(members, width)),
        ints(np.ones(members) if weight is None else weight),
        tie_order(seed, [f"member {m}" for m in range(members)]),
        seed,
        ints(order),
    )


@st.composite
def traces(draw, members=4, most=24):
    """Traces full of ties: equal times, no length, gangs as large as the pool and larger, members without standing."""
    width = draw(st.integers(1, 3))
    capacity = [draw(st.one_of(st.integers(1, 8), st.just(PRIMES[r]))) for r in range(width)]
    count = draw(st.integers(1, members))

    def part_of(whole):
        sixths = draw(st.sampled_from((0, 1, 1, 2, 2, 3, 4, 6)))
        return whole * sixths // 6 + draw(st.sampled_from((0, 0, 0, 1)))

    rows = [
        (
            draw(st.integers(0, 12)),
            draw(st.integers(0, 8)),
            [part_of(whole) for whole in capacity],
            draw(st.integers(0, count - 1)),
        )
        for _ in range(draw(st.integers(0, most)))
    ]
    entitlement = [[part_of(whole) for whole in capacity] for _ in range(count)]
    weight = [draw(st.integers(0, 3)) for _ in range(count)]
    return trace_of(rows, capacity, entitlement, weight, draw(st.binary(min_size=32, max_size=32)))


@st.composite
def placed_traces(draw, members=3, most=16):
    """The same on nodes, of several workers a gang, where a node may be lost and come back."""
    width, nodes = draw(st.integers(1, 2)), draw(st.integers(1, 5))
    size = [draw(st.integers(1, 8)) for _ in range(width)]
    rows, workers = [], []
    for _ in range(draw(st.integers(0, most))):
        worker = [draw(st.integers(0, s)) for s in size]
        workers.append(draw(st.integers(1, 6)))
        need = [w * workers[-1] for w in worker]
        rows.append((draw(st.integers(0, 12)), draw(st.integers(0, 8)), need, draw(st.integers(0, members - 1))))
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    made = trace_of(rows, [s * nodes for s in size])
    lost = sorted(
        draw(st.lists(st.tuples(st.integers(0, 20), st.integers(0, nodes - 1)), max_size=2, unique_by=lambda x: x[1]))
    )
    changes = sorted([(at, p, -1) for at, p in lost] + [(at + draw(st.integers(1, 9)), p, 1) for at, p in lost])
    amount = np.array([size] * nodes, dtype=np.int64)
    return replace(
        made,
        workers=np.array(workers, dtype=np.int64)[order] if rows else np.zeros(0, dtype=np.int64),
        places=Places(amount, np.zeros(nodes, dtype=np.int64), np.arange(nodes)),
        homes=tuple(one_place(np.array(size)) for _ in range(max(members, len(made.weight)))),
        placement=draw(st.sampled_from(("consolidated", "any", "fragmentation"))),
        changes=Changes(
            np.array([c[0] for c in changes], dtype=np.int64),
            np.array([c[1] for c in changes], dtype=np.int64),
            np.array([[c[2] * s for s in size] for c in changes], dtype=np.int64).reshape(len(changes), width),
        ),
    )


def audit(trace: Trace, schedule: Schedule) -> list[str]:
    """Say everything about a finished schedule that could not have happened."""
    start, end, preempted = schedule.start_s, schedule.end_s, schedule.preemptions
    faults = []
    for j, name in enumerate(trace.id):
        possible = all(trace.need[j] <= trace.capacity)
        if possible != (start[j] != NEVER) or possible != (end[j] != NEVER):
            faults.append(f"{name}: fits the pool is {possible}, but it ran from {start[j]} to {end[j]}")
        elif possible and start[j] < trace.submit_s[j]:
            faults.append(f"{name}: started before it was submitted")
        elif possible and preempted[j] == 0 and end[j] != start[j] + trace.duration_s[j]:
            faults.append(f"{name}: ended at {end[j]}, started at {start[j]}")
        elif possible and not trace.duration_s[j] <= schedule.held_s[j] <= end[j] - start[j]:
            faults.append(f"{name}: held its places for {schedule.held_s[j]} s between {start[j]} and {end[j]}")
    return faults + _overfull(trace, schedule)


def _overfull(trace, schedule):
    """Moments at which more is held than there is; what ends at a moment is free for what starts then.

    Gangs that were stopped are left out: a schedule does not say when they held their places.
    """
    ran = np.flatnonzero((schedule.end_s > schedule.start_s) & (schedule.preemptions == 0))
    changes = [(int(schedule.end_s[j]), 0, -trace.need[j]) for j in ran]
    changes += [(int(schedule.start_s[j]), 1, trace.need[j]) for j in ran]
    held, faults = np.zeros_like(trace.capacity), []
    for moment, group in groupby(sorted(changes, key=lambda c: c[:2]), key=lambda c: c[0]):
        held = held + sum(change for _, _, change in group)
        if (held > trace.capacity).any():
            faults.append(f"at {moment}: {held} held of {trace.capacity}")
    return faults
