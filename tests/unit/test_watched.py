"""Does watching a queue change nothing, and say of every second who held what then?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.errors import BadInput
from apportion.simulation.replay import replay
from apportion.simulation.watched import Watched
from traces import placed_traces, trace_of

RUN_ON = [
    "strict_fifo",
    "skip_fifo",
    "fair_share",
    "virtual_finish",
    "sjf",
]  # what runs is stopped only where a place goes


def second_by_second(trace, name):
    """Look at the same queue after every second: which jobs ran in it, and where they then were."""
    queue = registry.discipline(name).open_queue(trace)
    rows, seen = np.flatnonzero(trace.possible), set()
    before = np.zeros(len(rows), dtype=np.int64)
    for second in range(-1, 400):
        queue.advance(second + 1)
        held, _ = queue.progress(rows)
        where = queue.held()
        for job in rows[held > before].tolist():
            own = slice(where.begin[job], where.begin[job + 1])
            seen.add((job, second, *sorted(zip(where.place[own].tolist(), where.workers[own].tolist(), strict=True))))
        before = held
    return seen


def told(stays):
    """The same of stays."""
    found = {}
    for job, begin, end, place, workers in zip(*(column.tolist() for column in vars(stays).values()), strict=True):
        for second in range(begin, end):
            found.setdefault((job, second), []).append((place, workers))
    return {(*key, *sorted(where)) for key, where in found.items()}


@settings(deadline=None, max_examples=150)
@given(placed_traces(), st.sampled_from(RUN_ON))
def test_stays_are_what_the_queue_shows_second_by_second(trace, name):
    watched = Watched(registry.discipline(name).open_queue(trace), trace)
    schedule = replay(watched)
    alone = replay(registry.discipline(name).open_queue(trace))
    for column, own in zip(vars(schedule).values(), vars(alone).values(), strict=True):
        assert (column == own).all()
    assert schedule.end_s.max(initial=0) < 400
    assert told(watched.stays()) == second_by_second(trace, name)


def test_a_queue_that_stops_jobs_by_itself_is_not_guessed_at():
    trace = trace_of([(0, 9, 2, 0), (1, 2, 2, 0)], 2)
    watched = Watched(registry.discipline("srtf").open_queue(trace), trace)
    replay(watched)
    with pytest.raises(BadInput, match="stops jobs"):
        watched.stays()
