"""Vickrey 1961; Krishna, Auction Theory; Ausubel and Milgrom, The lovely but lonely Vickrey auction, 2006."""

from dataclasses import replace

import numpy as np
import pytest

from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.policies import auction
from apportion.proofs import feasible, non_wasteful
from making import granted, situation_of

A, B, AB = (1, 0), (0, 1), (1, 1)


def bids(capacity, bundles, values, tasks=None, members=None, **rest):
    """One claim a bid: its value is for a task."""
    tasks = [1] * len(values) if tasks is None else tasks
    situation = situation_of(capacity, bundles, tasks=tasks, members=members, rule="equal", **rest)
    value = np.array([values[int(name[1:])] for name in situation.claims.id], dtype=float)
    return replace(situation, claims=replace(situation.claims, value=value))


def vcg(*args, reserve=0.0, **rest):
    situation = bids(*args, **rest)
    plan = auction.divide(situation, "vcg", reserve)
    assert feasible.check(situation, plan).status == Status.HOLDS
    return plan


def payments(plan):
    """Who pays what, by the number of the member."""
    return {f"m{m}": paid for m, paid in enumerate(plan.payments.amounts.tolist()) if paid}


def outside(plan):
    """Who could do better with the pool alone, out of the plan's notes."""
    return [note.split(" could ")[0] for note in plan.notes if note.startswith("outside the core: ")]


def test_a_package_against_two_single_bids():
    """Bids 12 for A and B, 8 for A, 7 for B: the single bids win, pay 12 − 7 and 12 − 8, and 9 is less than 12."""
    plan = vcg([1, 1], [AB, A, B], [12, 8, 7])
    assert granted(plan) == [0, 1, 1]
    assert payments(plan) == {"m1": 5, "m2": 4}
    assert outside(plan) == ["outside the core: m0"]
    assert "could pay 3 more than is paid now" in plan.notes[-1]


def test_ausubel_milgrom_two_licences_are_sold_for_nothing():
    """Bidder 1 would pay 2 for both, bidders 2 and 3 would pay 2 for either: they win and pay nothing."""
    plan = vcg([2], [(2,), (1,), (1,)], [2, 2, 2])
    assert granted(plan) == [0, 1, 1]
    assert payments(plan) == {}
    assert outside(plan) == ["outside the core: m0"]


def test_ausubel_milgrom_with_one_bidder_less_the_pool_gets_more():
    """Revenue is not monotone: without bidder 3, bidder 2 ties with bidder 1 and whoever wins pays 2."""
    plan = vcg([2], [(2,), (1,)], [2, 2])
    assert sum(payments(plan).values()) == 2
    assert outside(plan) == []


def test_ausubel_milgrom_losing_bidders_can_win_together_by_raising_their_bids():
    """Worth ½ each, two bidders lose to 2; bidding 2 each they win for nothing."""
    assert granted(vcg([2], [(2,), (1,), (1,)], [2, 0.5, 0.5])) == [1, 0, 0]
    raised = vcg([2], [(2,), (1,), (1,)], [2, 2, 2])
    assert granted(raised) == [0, 1, 1]
    assert payments(raised) == {}


def test_bhamidipaty_three_bids_per_click_for_two_positions():
    """Bhamidipaty, *Market Design*, after Milgrom's course, "Sponsored Search Auctions", questions: 600 and 200 a day.

    Positions of 200 and 100 clicks; 10, 4 and 2 a click. By hand: without the first the others have 800 + 200, with him
    400; without the second 2000 + 200, with him 2000.
    """
    clicks = {"top": (1,), "second": (1,)}
    plan = vcg(clicks, [(1,)] * 3, [10, 4, 2], speed=[(200, 100)] * 3)
    assert plan.tasks_micro.tolist() == [[1_000_000, 0], [0, 1_000_000], [0, 0]]
    assert payments(plan) == pytest.approx({"m0": 600, "m1": 200})
    assert outside(plan) == []


def test_bhamidipaty_three_people_and_two_items():
    """The same book, "Multi-Unit Auctions with Matching", example 1: a takes y and b takes x.

    Values [[30, 60], [20, 40], [10, 20]] of x and y. Payments by hand: without a, b takes y and c takes x, 40 + 10, and b has
    20 now; without b, a has y as before and c takes x for 10.
    """
    plan = vcg({"x": (1,), "y": (1,)}, [(1,)] * 3, [1, 1, 1], speed=[(30, 60), (20, 40), (10, 20)])
    assert plan.tasks_micro.tolist() == [[0, 1_000_000], [1_000_000, 0], [0, 0]]
    assert payments(plan) == pytest.approx({"m0": 30, "m1": 10})


@pytest.mark.parametrize("kind", ["uniform", "vcg"])
@pytest.mark.parametrize(("reserve", "paid"), [(0.0, {"m0": 7}), (8.0, {"m0": 8}), (11.0, {})])
def test_vickrey_one_object_goes_to_the_highest_bid_at_the_second(kind, reserve, paid):
    """With a reserve, at that if it is higher, and to nobody below it."""
    plan = auction.divide(bids([1], [(1,)] * 3, [7, 10, 3], members=["m1", "m0", "m2"]), kind, reserve)
    assert payments(plan) == pytest.approx(paid, abs=1e-4)
    assert granted(plan) == pytest.approx([0, len(paid), 0], abs=1e-6)


MARGINAL = {"m1": (50, 47, 40, 32, 15, 5), "m2": (42, 28, 20, 12, 7, 3), "m3": (45, 35, 24, 14, 9, 6)}


@pytest.mark.parametrize(
    ("kind", "paid"),
    [("uniform", {"m1": 3 * 32, "m2": 32, "m3": 2 * 32}), ("vcg", {"m1": 72, "m2": 32, "m3": 60})],
)
def test_krishna_six_units_and_what_each_would_pay_for_one_more(kind, paid):
    """The six highest bids win 3, 1 and 2 units; the highest that loses is 32; Vickrey's payments are those displaced."""
    who = [name for name, each in MARGINAL.items() for _ in each]
    values = [value for each in MARGINAL.values() for value in each]
    situation = bids([6], [(1,)] * 18, values, members=who)
    plan = auction.divide(situation, kind)
    units = np.bincount(situation.claims.member, plan.tasks_micro.ravel()) / 1e6
    assert units == pytest.approx([3, 1, 2], abs=1e-4)
    assert dict(zip(situation.members.id, plan.payments.amounts, strict=True)) == pytest.approx(paid, abs=1e-3)


def test_the_uniform_price_is_the_bid_that_is_served_in_part():
    """Ten units; 6 at 9 and 8 at 5: the second is served half, and all pay 5."""
    plan = auction.divide(bids([10], [(1,)] * 3, [9, 5, 2], tasks=[6, 8, 4]))
    assert granted(plan) == pytest.approx([6, 4, 0], abs=1e-5)
    assert payments(plan) == pytest.approx({"m0": 30, "m1": 20}, abs=1e-3)


def test_where_there_is_enough_the_price_is_the_reserve():
    """A reserve of 20 for a pool of ten units is 2 a unit."""
    situation = bids([10], [(1,)] * 3, [9, 2, 1], tasks=[3, 3, 3])
    assert payments(auction.divide(situation)) == {}
    sold = auction.divide(situation, "uniform", 20.0)
    assert granted(sold) == [3, 3, 0]
    assert payments(sold) == pytest.approx({"m0": 6, "m1": 6})
    assert auction.promises(situation, "uniform", 20.0) == ("feasible",)
    assert non_wasteful.check(situation, sold).status == Status.REFUTED


def test_each_flavor_has_its_own_price():
    """One unit of each flavor; m0 bids 8 for f and 4 for g, m1 3 for either. Nobody goes unserved, so nobody pays."""
    situation = bids({"f": (1,), "g": (1,)}, [(1,)] * 2, [4, 3], speed=[(2, 1), (1, 1)])
    plan = auction.divide(situation)
    assert plan.tasks_micro.tolist() == [[1_000_000, 0], [0, 1_000_000]]
    assert payments(plan) == {}


def test_flavors_that_are_wanted_by_more_than_fit_cost_what_the_last_would_pay():
    """Bids 8 and 4 (m0), 3 and 3 (m1), 2 and 2 (m2): whoever is served pays what m2 offers, wherever he runs."""
    situation = bids({"f": (1,), "g": (1,)}, [(1,)] * 3, [4, 3, 2], speed=[(2, 1), (1, 1), (1, 1)])
    plan = auction.divide(situation)
    assert payments(plan) == pytest.approx({"m0": 2, "m1": 2}, abs=1e-3)


def test_a_member_with_several_bids_pays_for_what_it_keeps_from_others():
    """The pivot mechanism: m0's two bids win both goods; m1 alone would have had 6 for A."""
    plan = vcg([1, 1], [A, B, A], [7, 4, 6], members=["m0", "m0", "m1"])
    assert payments(plan) == {"m0": 6}
    assert outside(plan) == []


def test_equal_bids_are_served_alike_and_pay_all_that_they_are_worth():
    plan = vcg([3], [(1,)] * 2, [5, 5], tasks=[3, 3])
    assert sorted(granted(plan)) == [1, 2]
    assert sum(payments(plan).values()) == 15


def test_vcg_sells_whole_tasks_and_leaves_the_rest():
    plan = vcg([2.5], [(1,)], [5], tasks=[9])
    assert granted(plan) == [2]
    assert auction.promises(bids([2.5], [(1,)], [5]), "vcg") == ("feasible",)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "vgc"}, 'did you mean "vcg"'),
        ({"reserve": -1.0}, "a reserve of -1 is no price"),
        ({"reserve": float("nan")}, "a reserve of nan is no price"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(given, told):
    with pytest.raises(BadInput, match=told):
        auction.divide(bids([1], [(1,)], [1]), **given)


def test_a_vcg_auction_too_large_to_search_is_declined_with_a_way_out(monkeypatch):
    monkeypatch.setattr(auction, "EXACT", 2)
    with pytest.raises(BadInput, match=r'(?s)up to 2 kinds .* here are 3.*kind = "uniform"'):
        auction.divide(bids([3], [(1,)] * 3, [1, 2, 3]), "vcg")
