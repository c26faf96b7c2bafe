"""Are least tasks kept, and those that cannot be kept told with both sides?"""

import numpy as np
import pytest

from apportion.errors import BadInput
from apportion.policies import equal, max_min
from apportion.solver.integers.minima import place_minima
from making import MICRO, granted, situation_of


def test_a_minimum_is_kept_and_the_rest_is_shared():
    situation = situation_of([10], [(1,)] * 3, tasks=[9, 9, 9], least=[6, 0, 0])
    assert granted(equal.divide(situation)) == [6, 2, 2]


def test_a_minimum_below_the_level_changes_nothing():
    situation = situation_of([9], [(1,)] * 3, tasks=[9, 9, 9], least=[2, 1, 0])
    assert granted(equal.divide(situation)) == [3, 3, 3]


def test_max_min_with_a_minimum_no_longer_promises_the_entitlement():
    situation = situation_of([10], [(1,)] * 2, tasks=[9, 9], least=[9, 0])
    assert granted(max_min.divide(situation)) == [9, 1]
    assert "sharing_incentive" not in max_min.promises(situation)


def faults(situation):
    with pytest.raises(BadInput) as raised:
        place_minima(situation)
    return str(raised.value)


def test_too_much_in_all_names_the_claims_the_resource_and_both_sides():
    told = faults(situation_of((10, 99), [(2, 1), (3, 1)], tasks=[9, 9], least=[2, 3]))
    assert "claims c1, c0 need 13 cpu, and the pool has 10" in told
    assert "min_tasks" in told


def test_all_scarce_resources_are_told_at_once():
    told = faults(situation_of((1, 1), [(2, 1), (3, 1)], tasks=[9, 9], least=[2, 3]))
    assert "cpu" in told
    assert "memory_gib" in told


def test_a_minimum_above_the_most_and_one_that_runs_nowhere_are_told_together():
    told = faults(situation_of([9], [(1,)] * 2, tasks=[1, 2], least=[2, 1], speed=[(1,), (0,)]))
    assert "claim c0 wants at least 2 tasks and at most 1" in told
    assert "claim c1 wants at least 1 tasks, and no flavor has" in told


FLAVORS = {"a": (4, 9), "b": (8, 1), "c": (2, 9)}


def test_on_several_flavors_minima_are_placed_where_they_fit_together():
    """Only one placement works: c1 needs the memory of a, so c0 must leave a."""
    situation = situation_of(FLAVORS, [(1, 0), (1, 2)], tasks=[9, 9], least=[9, 5], speed=[(1, 1, 1), (1, 0, 1)])
    placed = place_minima(situation)
    assert placed.sum(axis=1).tolist() == [9 * MICRO, 5 * MICRO]
    assert (placed.T @ situation.claims.bundle <= situation.capacity * MICRO).all()
    assert placed[1, 1] == 0
    plan = equal.divide(situation)
    assert (plan.tasks_micro >= placed).all()


def test_on_several_flavors_too_much_is_told_by_how_much_and_where():
    told = faults(situation_of(FLAVORS, [(1, 2)], tasks=[99], least=[19], speed=[(1, 1, 1)]))
    assert "claim c0 need" in told
    assert "times what there is of" in told
    assert "memory_gib of b" in told or "cpu of" in told


def test_only_claims_that_have_a_part_in_the_conflict_are_named():
    """On one flavor the largest until it is used up; on several none that could be left out: c2 runs apart."""
    told = faults(situation_of([10], [(1,)] * 4, tasks=[9] * 4, least=[1, 7, 2, 6]))
    assert "claims c1, c3 need 13 cpu, and the pool has 10" in told
    speed = [(1, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1), (0, 0, 1)]
    told = faults(situation_of(FLAVORS, [(1, 0)] * 5, tasks=[9] * 5, least=[3, 3, 7, 1, 1], speed=speed))
    assert "claims c0, c1 need 1.5 times what there is of cpu of a" in told


def test_equal_claims_are_placed_in_proportion_to_their_minima():
    situation = situation_of(FLAVORS, [(1, 1)] * 2, tasks=[9, 9], least=[1, 3], speed=[(1, 1, 1)] * 2)
    placed = place_minima(situation)
    assert np.abs(placed[0] * 3 - placed[1]).max() <= 3
