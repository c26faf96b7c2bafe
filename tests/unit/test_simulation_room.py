"""Does the ordered set of places keep its word, and is a gang put where a look at every place would put it?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.trace import Changes, Places
from apportion.simulation.disciplines import skip_fifo
from apportion.simulation.events import begin, fits, opening
from apportion.simulation.ordered import drop, following, no_numbers, put
from apportion.simulation.replay import replay
from on_kernels import agree, settled, trace_of_world
from reference import first_come as by_hand
from reference.worlds import worlds
from traces import trace_of

many = settings(max_examples=200, deadline=None)


@many
@given(st.sampled_from((1, 2, 63, 64, 65, 4096, 4097, 300_000)), st.data())
def test_an_ordered_set_knows_its_members(size, data):
    words, leaves = no_numbers(size)
    some = st.integers(0, size - 1)
    members = set(data.draw(st.lists(some, max_size=30)))
    gone = data.draw(st.sets(st.sampled_from(sorted(members)))) if members else set()
    for number in members:
        put(words, leaves, number)
        put(words, leaves, number)
    for number in gone:
        drop(words, leaves, number)
        drop(words, leaves, number)
    for number in [0, size - 1, *members, *data.draw(st.lists(some, max_size=9))]:
        assert following(words, leaves, number) == min((n for n in members - gone if n >= number), default=-1)


def on_nodes(rows, workers, amount, **more):
    """Gangs on nodes of these amounts, all of one class."""
    amount = np.array(amount, dtype=np.int64).reshape(len(amount), -1)
    trace = trace_of(rows, amount.sum(axis=0))
    places = Places(amount, np.zeros(len(amount), dtype=np.int64), np.arange(len(amount)))
    return replace(trace, workers=np.array(workers), places=places, placement="consolidated", **more)


def where(trace):
    """The nodes of each gang if all start in file order and none ends."""
    _, jobs, state = opening(trace)
    found = []
    for job in range(len(trace)):
        if fits(jobs, state, job):
            begin(jobs, state, job, 0)
            first = jobs.facts[job, 2]
            rows = state.room.slots[first : first + state.book[job, 8]]
            found.append({int(p): int(k) for p, k in rows})
        else:
            found.append(None)
    return found


def test_amounts_that_differ_by_less_than_a_millionth_are_equal_and_go_by_index():
    large, half = 4 * 10**9, 2 * 10**9
    rows = [(0, 9, half - 1, 0)]
    assert where(on_nodes(rows, [1], [large, half + 3999, half])) == [{1: 1}]
    assert where(on_nodes(rows, [1], [large, half + 4000, half])) == [{2: 1}]


def test_of_several_places_on_one_level_the_fullest_is_found():
    """Two resources: levels span several scores, and a place that is low by one resource may be full by the other."""
    rows = [(0, 9, (5, 100), 0), (0, 9, (90, 3), 0), (0, 9, (2, 1), 0), (0, 9, (50, 1), 0)]
    assert where(on_nodes(rows, [1] * 4, [(100, 100)] * 3)) == [{0: 1}, {1: 1}, {1: 1}, {2: 1}]


def test_a_gang_is_cut_up_only_over_empty_places_and_one_more():
    rows = [(0, 9, 3, 0), (0, 9, 20, 0), (0, 9, 20, 0)]
    assert where(on_nodes(rows, [1, 20, 20], [8] * 4)) == [{0: 1}, {1: 8, 2: 8, 0: 4}, None]


def test_a_gang_that_did_not_fit_is_looked_for_again_once_something_is_freed():
    changes = Changes(np.array([0, 4]), np.array([0, 0]), np.array([[-8], [8]]))
    trace = on_nodes([(0, 2, 8, 0), (0, 3, 8, 0), (1, 1, 8, 0)], [1, 1, 1], [8, 8], changes=changes)
    assert replay(skip_fifo.open_queue(trace)).start_s.tolist() == [0, 2, 4]


@pytest.mark.parametrize("rule", ["consolidated", "any", "counting"])
@settings(max_examples=150, deadline=None)
@given(world=worlds(most=40, latest=6, losses=False))
def test_crowded_places_are_filled_as_by_hand(rule, world):
    agree(skip_fifo, by_hand.skip_fifo(), world, rule)


@many
@given(world=worlds(most=24, latest=6))
def test_fragmentation_is_as_by_hand(world):
    """The mix is that of the gangs that fit the empty pool."""
    jobs, places, changes = settled(world)
    possible = trace_of_world((jobs, places, changes), "fragmentation").possible
    able = [job for job, fits_at_all in zip(jobs, possible, strict=True) if fits_at_all]
    agree(skip_fifo, by_hand.skip_fifo(), (able, places, changes), "fragmentation")
