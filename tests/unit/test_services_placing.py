"""Do replicas find room in the order that is promised, and does nobody go without who has room?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.simulation.services.placing import place


def one_hour(amount, wished, least=None, bundle=None, preference=None, ties=None, region=None):
    """Place replicas of one hour; by default of one unit each, anywhere, on nodes of one region. (S, G)."""
    wished = np.array([wished])
    many = wished.shape[1]
    placed, kept = place(
        np.array(amount).reshape(len(amount), -1),
        np.zeros(len(amount), dtype=np.int64) if region is None else np.array(region),
        wished,
        np.zeros(many, dtype=np.int64) if least is None else np.array(least),
        np.ones((many, 1), dtype=np.int64) if bundle is None else np.array(bundle),
        np.zeros((many, 1), dtype=np.int64) if preference is None else np.array(preference),
        np.arange(many) if ties is None else np.array(ties),
    )
    each = np.ones((many, 1), dtype=np.int64) if bundle is None else np.array(bundle)
    assert (kept[0].sum(axis=0) == placed[0].sum(axis=1)).all()
    assert (kept[0] @ each <= np.array(amount).reshape(len(amount), -1)).all()
    return placed[0]


def test_least_comes_first():
    assert one_hour([5], [4, 9], least=[4, 1]).sum(axis=1).tolist() == [4, 1]
    assert one_hour([7], [4, 9], least=[2, 1]).sum(axis=1).tolist() == [3, 4]  # 2 + 1, then 4 for wishes of 2 and 8


def test_least_that_does_not_fit_is_shared_in_proportion():
    assert one_hour([6], [8, 4], least=[8, 4]).sum(axis=1).tolist() == [4, 2]


def test_what_is_scarce_is_divided_as_seats_are():
    """Electowiki, "Sainte-Laguë method": votes 503, 304 and 193 for 35 seats give 17, 11 and 7."""
    assert one_hour([35], [503, 304, 193]).sum(axis=1).tolist() == [17, 11, 7]


@pytest.mark.parametrize("ties", [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
def test_equals_go_by_the_tie_order(ties):
    placed = one_hour([4], [3, 3, 3], ties=ties).sum(axis=1)
    assert placed.tolist() == [2 if tie == 0 else 1 for tie in ties]


def test_a_replica_is_never_split_over_nodes():
    assert one_hour([[3], [3]], [4], bundle=[[2]]).sum() == 2


amounts = st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=2), min_size=3, max_size=3)
wishes = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=4, max_size=4)
bundles = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=4, max_size=4)
orders = st.lists(st.permutations([0, 1, 2]), min_size=4, max_size=4)


@given(amounts, wishes, bundles, orders, st.permutations([0, 1, 2, 3]))
@settings(deadline=None, max_examples=300)
def test_nothing_is_taken_twice_and_nobody_is_left_out_who_has_room(amount, asked, bundle, order, ties):
    """One node a region, so that what is placed there tells what is free."""
    wished, least = [wish for wish, _ in asked], [least for _, least in asked]
    preference = [[*regions[:2], -1] for regions in order]
    placed = one_hour(amount, wished, least, bundle, preference, ties, region=[0, 1, 2])
    free = np.array(amount) - placed.T @ np.array(bundle)
    got = placed.sum(axis=1)
    assert (free >= 0).all()
    assert (got <= wished).all()
    for s in range(4):
        allowed = preference[s][:2]
        assert placed[s].sum() == placed[s, allowed].sum()
        assert got[s] == wished[s] or not (np.array(bundle[s]) <= free[allowed]).all(axis=1).any()
        room_in_first = (np.array(bundle[s]) <= free[allowed[0]]).all()
        assert not (placed[s, allowed[1]] and room_in_first)


@given(amounts, wishes, bundles, orders, st.permutations([0, 1, 2, 3]))
@settings(deadline=None, max_examples=100)
def test_the_order_of_services_does_not_matter(amount, asked, bundle, order, rows):
    wished, least = [wish for wish, _ in asked], [least for _, least in asked]
    placed = one_hour(amount, wished, least, bundle, order, [0, 1, 2, 3], region=[0, 1, 2])
    moved = one_hour(
        amount,
        [wished[i] for i in rows],
        [least[i] for i in rows],
        [bundle[i] for i in rows],
        [order[i] for i in rows],
        rows,
        region=[0, 1, 2],
    )
    assert moved.tolist() == placed[rows].tolist()
