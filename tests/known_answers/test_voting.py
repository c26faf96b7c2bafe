"""Voting power that the literature prints, and weighted votes against all coalitions."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.alliances import voting
from apportion.alliances.voting import majority, power
from apportion.errors import BadInput

F = Fraction


def test_three_two_one_with_a_quota_of_four():
    """Straffin, *Game Theory and Strategy*, 1993: [4; 3, 2, 1] has the winning coalitions of [3; 2, 1, 1]."""
    vote = power([3, 2, 1], 4)
    assert vote.shapley_shubik == [F(2, 3), F(1, 6), F(1, 6)]
    assert vote.banzhaf == [F(3, 5), F(1, 5), F(1, 5)]
    assert vote.veto == [True, False, False]


def test_the_council_of_the_european_economic_community_of_1958():
    """Brams and Affuso 1976, table 1: Luxembourg had one of seventeen votes and no power."""
    vote = power([4, 4, 4, 2, 2, 1], 12)
    assert vote.shapley_shubik == [F(7, 30)] * 3 + [F(3, 20)] * 2 + [0]
    assert vote.banzhaf == [F(5, 21)] * 3 + [F(1, 7)] * 2 + [0]
    assert vote.powerless == [False] * 5 + [True]


def test_the_security_council_of_the_united_nations():
    """Shapley and Shubik's method on the council of fifteen: 421/2145 to a permanent member, 4/2145 to another.

    Banzhaf, e.g. Straffin 1993: 848 swings of a permanent member, 84 of another.
    """
    vote = power([7] * 5 + [1] * 10, 39)
    assert vote.shapley_shubik == [F(421, 2145)] * 5 + [F(4, 2145)] * 10
    assert [sum(row) for row in vote.swings] == [848] * 5 + [84] * 10
    assert vote.veto == [True] * 5 + [False] * 10


def test_a_dictator_has_all_power():
    assert power([5, 2, 1], 5).shapley_shubik == [1, 0, 0]


def test_hundreds_of_equal_members_share_power_equally():
    vote = power([3] * 301, majority([3] * 301))
    assert set(vote.shapley_shubik) == {F(1, 301)} == set(vote.banzhaf)


def test_hundreds_of_unequal_members_have_all_power_together():
    weights = np.random.default_rng(1).integers(1, 40, 150).tolist()
    vote = power(weights, majority(weights))
    assert sum(vote.shapley_shubik) == 1 == sum(vote.banzhaf)
    by_weight = sorted(zip(weights, vote.shapley_shubik, strict=True))
    assert [part for _, part in by_weight] == sorted(vote.shapley_shubik)


def orders(weights, quota):
    """Shapley–Shubik by its definition."""
    found = [0] * len(weights)
    for order in permutations(range(len(weights))):
        votes = 0
        for m in order:
            if votes < quota <= votes + weights[m]:
                found[m] += 1
            votes += weights[m]
    return [F(count, sum(found)) for count in found]


votes = st.lists(st.integers(0, 12), min_size=1, max_size=6).filter(any)


@given(votes, st.data())
@settings(deadline=None)
def test_indices_are_those_of_all_orders_and_coalitions(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    vote = power(weights, quota)
    assert vote.shapley_shubik == orders(weights, quota)
    assert [list(row) for row in vote.swings] == voting._by_coalitions(weights, quota)  # noqa: SLF001  # the other way


def test_large_weights_of_few_members_are_counted_by_coalitions():
    weights = [3_000_000_019, 2_000_000_011, 1_000_000_007]
    assert power(weights, 4_000_000_000).shapley_shubik == [F(2, 3), F(1, 6), F(1, 6)]


def test_what_cannot_be_counted_or_is_no_vote_is_refused():
    with pytest.raises(BadInput, match="too many to count exactly"):
        power([10**9 + m for m in range(40)], 2 * 10**10)
    with pytest.raises(BadInput, match="negative or not whole"):
        power([1, -1, 1.5], 1)
    with pytest.raises(BadInput, match="nobody has a vote"):
        power([0, 0], 1)
    with pytest.raises(BadInput, match="7 of 6 votes"):
        power([3, 2, 1], 7)
