"""Textbook linear programs and the fairness of α, as whole plans by ``utilitarian`` and ``alpha_fair``."""

import math

import numpy as np
import pytest

from apportion import registry
from making import granted, situation_of

MICRO = 1e-6  # a plan counts in millionths of a task


def worth(plan, speed):
    """Σ speed · tasks."""
    return float((np.array(speed) * plan.tasks_micro).sum() * MICRO)


def test_hillier_and_lieberman_wyndor_glass():
    """*Introduction to Operations Research*, Wyndor Glass Co.: 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: (2, 6) and 36."""
    situation = situation_of((4, 12, 18), [(1, 0, 3), (0, 2, 2)], speed=[(3,), (5,)])
    plan = registry.policy("utilitarian").divide(situation)
    assert granted(plan) == pytest.approx([2, 6], abs=4 * MICRO)


def test_dantzig_canneries():
    """*Linear Programming and Extensions*, section 3.3, distances of the GAMS model "trnsport": cost 153.675.

    A case sent is worth 1 less its cost. By hand: 900 cases less 153.675.
    """
    speed = 1 - 0.09 * np.array([[2.5, 1.7, 1.8], [2.5, 1.8, 1.4]])
    markets = {"f0": (325,), "f1": (300,), "f2": (275,)}
    plan = registry.policy("utilitarian").divide(situation_of(markets, [(1,), (1,)], tasks=[350, 600], speed=speed))
    assert plan.tasks_micro.sum() * MICRO == pytest.approx(900, abs=10 * MICRO)
    assert 900 - worth(plan, speed) == pytest.approx(153.675, abs=1e-4)


def test_heusse_and_others_most_throughput_starves_the_slow_station():
    """*Performance anomaly of 802.11b*, INFOCOM 2003: 11 and 1 Mb/s on one channel; by hand all time goes to the fast one."""
    plan = registry.policy("utilitarian").divide(situation_of((1,), [(1,), (1,)], speed=[(11,), (1,)]))
    assert granted(plan) == [1, 0]


@pytest.mark.parametrize("links", [2, 4])
def test_massoulie_and_roberts_least_potential_delay(links):
    """*Bandwidth sharing: objectives and algorithms*, INFOCOM 1999: α = 2 gives the long flow 1 / (1 + √L)."""
    short = [tuple(int(link == own) for link in range(links)) for own in range(links)]
    situation = situation_of((1,) * links, [(1,) * links, *short], rule="equal")
    plan = registry.policy("alpha_fair").divide(situation, alpha=2.0)
    long = 1 / (1 + math.sqrt(links))
    assert granted(plan) == pytest.approx([long] + [1 - long] * links, rel=1e-4)
