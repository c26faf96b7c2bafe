"""Published equilibria of markets with budgets, as whole plans by the policy ``market``: grants and prices."""

import numpy as np
import pytest

from apportion import registry
from making import situation_of

MICRO = 1e-6  # a plan counts in millionths of a task


def market(values, budgets, supply=1):
    """Grants (M, F) in tasks, and what each whole flavor costs as a part of all budgets (F,)."""
    flavors = {f"f{good}": (supply,) for good in range(len(values[0]))}
    situation = situation_of(flavors, [(1,)] * len(values), speed=values, rule="equal")
    plan = registry.policy("market").divide(situation, budgets=budgets)
    prices = plan.prices[0, :, 0] / plan.price_denominator * situation.capacity[:, 0]
    return plan.tasks_micro * MICRO, prices


def test_adsul_and_others_true_equilibrium():
    """*Nash equilibria in Fisher market*, SAGT 2010, opening example: [[10, 3], [3, 10]], budgets 10 each: prices 10 each."""
    grants, prices = market([(10, 3), (3, 10)], "m0=10, m1=10")
    assert grants == pytest.approx(np.eye(2), abs=2 * MICRO)
    assert 20 * prices == pytest.approx([10, 10], rel=1e-6)


def test_adsul_and_others_a_buyer_who_poses():
    """The same with ⟨5, 15⟩ posed by buyer 1: prices 5 and 15, true utilities 11 and 20/3.

    By hand: buyer 1 is indifferent, buyer 2 spends 10 on good 2 and gets 2/3 of it; 10 + 3/3 = 11 and 10·2/3.
    """
    grants, prices = market([(5, 15), (3, 10)], "m0=10, m1=10")
    assert 20 * prices == pytest.approx([5, 15], rel=1e-6)
    assert (grants * [(10, 3), (3, 10)]).sum(axis=1) == pytest.approx([11, 20 / 3], rel=1e-4)


def test_eisenberg_and_gale_prices_of_two_horses():
    """*Consensus of subjective probabilities*, 1959: at the prices every bettor bets only where it pays best.

    Numbers of our own: beliefs (1/2, 1/2) and (1/5, 4/5), equal stakes. By hand: (1/2, 1/2), each bets on one horse.
    """
    grants, prices = market([(0.5, 0.5), (0.2, 0.8)], "equal")
    assert prices == pytest.approx([1 / 2, 1 / 2], rel=1e-6)
    assert grants == pytest.approx(np.eye(2), abs=2 * MICRO)


def test_unequal_budgets_buy_in_proportion():
    """Kelly, *Charging and rate control for elastic traffic*, 1997, one resource: x_r = C · w_r / Σ w, at the price Σ w / C.

    By hand: 12 among budgets 1, 2 and 3.
    """
    grants, prices = market([(1,), (1,), (1,)], "m0=1, m1=2, m2=3", supply=12)
    assert grants[:, 0] == pytest.approx([2, 4, 6], abs=2 * MICRO)
    assert prices == pytest.approx([1], rel=1e-6)
