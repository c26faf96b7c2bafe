"""What holds for every way of writing a plan for another scheduler, whichever it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import loop, registry
from making import cases, plan_of, situation_of

EXPORTS = registry.names("export")


@pytest.mark.parametrize("name", EXPORTS)
@settings(deadline=None, max_examples=20)
@given(case=cases(), seed=st.integers(0, 9))
def test_the_same_plan_gives_the_same_bytes_whatever_the_order_of_rows(name, case, seed):
    by = loop.rule("proportional")
    one, other = (made.situation() for made in (case, case.shuffled(seed)))
    write = registry.export(name).write
    assert write(one, loop.decide(one, by)) == write(other, loop.decide(other, by))


@pytest.mark.parametrize("name", EXPORTS)
def test_a_plan_that_grants_nothing_is_written(name):
    situation = situation_of((8, 8, 8), [(1, 1, 1)])
    assert registry.export(name).write(situation, plan_of(situation, [0])).text


@pytest.mark.parametrize("name", EXPORTS)
def test_losses_are_told_with_a_way_out_and_in_the_file(name):
    situation = situation_of({"a": (8, 8, 2), "b": (8, 8, 2)}, [(1, 1, 1), (1, 1, 1)])
    written = registry.export(name).write(situation, plan_of(situation, [[0.5, 0.1], [0.5, 0.1]]))
    for fault in written.losses:
        assert fault.mend
        assert fault.what in written.text


@pytest.mark.parametrize("name", EXPORTS)
def test_the_file_has_a_plain_name(name):
    situation = situation_of((8, 8, 8), [(1, 1, 1)])
    written = registry.export(name).write(situation, plan_of(situation, [1]))
    assert re.fullmatch(r"[a-z]+\.[a-z]+", written.name)
