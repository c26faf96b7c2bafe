"""Published divisions of one scarce resource, and of the links of a line."""

import pytest

from apportion.policies import demand_priority, drf, equal, max_min, proportional
from making import granted, situation_of

DEMANDS = situation_of([10], [(1,)] * 4, tasks=[2, 2.6, 4, 5], rule="equal")
WEIGHTED = situation_of([16], [(1,)] * 4, tasks=[4, 2, 10, 4], weights={"m0": 2.5, "m1": 4, "m2": 0.5, "m3": 1})


@pytest.mark.parametrize("policy", [equal, proportional, drf, max_min])
def test_keshav_max_min_fair_share(policy):
    """S. Keshav, An Engineering Approach to Computer Networking, 1997, pages 215–217, the example of max-min fair shares."""
    assert granted(policy.divide(DEMANDS)) == [2, 2.6, 2.7, 2.7]


@pytest.mark.parametrize("policy", [proportional, drf])
def test_keshav_weighted_max_min_fair_share(policy):
    """The same book's weighted example: weights 2.5, 4, 0.5 and 1."""
    assert granted(policy.divide(WEIGHTED)) == [4, 2, 6, 4]


def test_proportional_to_demand_gives_equal_fractions():
    """Two thirds of every demand where demands are one and a half times the capacity."""
    situation = situation_of([10], [(1,)] * 3, tasks=[3, 4.5, 7.5])
    for plan in (proportional.divide(situation, to="demand"), demand_priority.divide(situation)):
        assert granted(plan) == [2, 3, 5]


@pytest.mark.parametrize("policy", [equal, drf, max_min])
def test_a_long_flow_and_short_ones_on_a_line_of_two_links(policy):
    """Bertsekas and Gallager, Data Networks, 2nd ed., 1992: where two flows share a link each gets half of it."""
    situation = situation_of((3, 3), [(1, 1), (1, 0), (0, 1)], tasks=[3, 3, 3], rule="equal")
    assert granted(policy.divide(situation)) == [1.5, 1.5, 1.5]


@pytest.mark.parametrize("policy", [proportional, drf])
def test_weights_5_1_1_on_two_gpus(policy):
    """Water filling as in Gavel (Narayanan et al., OSDI 2020): who has its whole GPU leaves ½ to each other.

    Gavel's own code without a mixed-integer solver stops at (1, 0.4037, 0.4037), which leaves a part of a GPU idle.
    """
    situation = situation_of([2], [(1,)] * 3, tasks=[1, 1, 1], weights={"m0": 5, "m1": 1, "m2": 1})
    assert granted(policy.divide(situation)) == [1, 0.5, 0.5]


def test_a_minimum_is_a_floor_of_the_water_level():
    """Weighted filling with floors, max(min, t): 6 among floors 0, 0, 3 is 1.5, 1.5, 3."""
    situation = situation_of([6], [(1,)] * 3, tasks=[9, 9, 9], least=[0, 0, 3])
    assert granted(equal.divide(situation)) == [1.5, 1.5, 3]
