"""Does every discipline put gangs on nodes as it should, in one go and step by step?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.simulation.events import FOREVER
from traces import placed_traces

every = pytest.mark.parametrize("name", registry.names("discipline"))
some = settings(max_examples=60, deadline=None)


def played(name, trace, steps=()):
    queue = registry.discipline(name).open_queue(trace)
    for until in (*np.cumsum(steps).tolist(), FOREVER):
        queue.advance(int(until))
    return queue


@every
@some
@given(trace=placed_traces(), steps=st.lists(st.integers(0, 9), max_size=12))
def test_a_stepped_clock_gives_the_same_starts_on_the_same_nodes(name, trace, steps):
    one, other = (played(name, trace, how) for how in ((), steps))
    for column in ("start_s", "end_s", "preemptions", "held_s"):
        assert np.array_equal(getattr(one.schedule(), column), getattr(other.schedule(), column))
    for column in ("used", "begin", "place", "workers"):
        assert np.array_equal(getattr(one.held(), column), getattr(other.held(), column))


@every
@some
@given(trace=placed_traces())
def test_all_work_is_done_and_all_places_are_free_again(name, trace):
    queue = played(name, trace)
    found, held = queue.schedule(), queue.held()
    assert found.finished.tolist() == trace.possible.tolist()
    done = np.flatnonzero(found.finished)
    assert found.held_s[done].tolist() == trace.duration_s[done].tolist()  # nothing costs a restart here
    asked = (trace.need[done] * trace.duration_s[done, None]).sum(axis=0)
    assert held.used.sum(axis=0).tolist() == asked.tolist()
    workers = [held.workers[a:b].sum() for a, b in zip(held.begin[:-1], held.begin[1:], strict=True)]
    assert [w for w, ended in zip(workers, found.finished, strict=True) if ended] == trace.workers[done].tolist()
    half = trace.need[done].any(axis=0)
    free = queue.state.places[:, : int(half.sum())]
    assert free.tolist() == trace.places.amount[:, half].tolist()
