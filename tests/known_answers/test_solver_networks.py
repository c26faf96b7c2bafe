"""Published divisions of links, air time and one resource: a claim is a flow, a resource is a link that it crosses."""

import itertools
import math

import numpy as np
import pytest

from apportion.solver import solve


def flows(links_of, links):
    """Each flow needs one unit of every link on its way: (flows, links)."""
    need = np.zeros((len(links_of), links))
    for flow, crossed in enumerate(links_of):
        need[flow, crossed] = 1
    return need


def rates(objective, need, capacity, **given):
    """Rates of flows: one flavor, speed one."""
    return solve(objective, speed=np.ones((len(need), 1)), bundle=need, capacity=[capacity], **given).x[:, 0]


def line(links):
    """One long flow over all links, and one short flow on each."""
    return flows([list(range(links)), *([link] for link in range(links))], links)


@pytest.mark.parametrize("links", [1, 2, 3, 8])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0, 4.0])
def test_mo_and_walrand_on_a_line(links, alpha):
    """Mo and Walrand, *Fair end-to-end window-based congestion control*, ToN 2000, their α on a line.

    By hand: short flows are equal, y = 1 − x; x^−α = L·y^−α, so x = 1 / (1 + L^(1/α)).
    """
    objective, given = ("nash", {}) if alpha == 1 else ("alpha_fair", {"alpha": alpha})
    long = 1 / (1 + links ** (1 / alpha))
    assert rates(objective, line(links), [1] * links, **given) == pytest.approx([long] + [1 - long] * links, rel=1e-6)


@pytest.mark.parametrize("links", [2, 3, 8])
def test_massoulie_and_roberts_table_of_a_line(links):
    """*Bandwidth sharing: objectives and algorithms*, INFOCOM 1999, the linear network with one flow a route.

    Max-min gives each a half; most throughput starves the long flow; proportional fairness gives it 1 / (L + 1); least
    potential delay (α = 2) 1 / (1 + √L).
    """
    need, room = line(links), [1] * links
    assert rates("max_min", need, room) == pytest.approx([1 / 2] * (links + 1), rel=1e-9)
    assert rates("utilitarian", need, room) == pytest.approx([0] + [1] * links, abs=1e-6)
    assert rates("nash", need, room)[0] == pytest.approx(1 / (links + 1), rel=1e-6)
    assert rates("alpha_fair", need, room, alpha=2)[0] == pytest.approx(1 / (1 + math.sqrt(links)), rel=1e-6)


def test_massoulie_and_roberts_several_flows_on_a_route():
    """The same network with n_0 = 2 long flows and n = (1, 4) short ones: x_0 = 1 / (n_0 + Σ n_l), 1 = n_0·x_0 + n_l·x_l.

    By hand: x_0 = 1/7; then 5/7 for the one short flow on link 1, and 5/28 for each of the four on link 2.
    """
    need = flows([[0, 1]] * 2 + [[0]] + [[1]] * 4, 2)
    assert rates("nash", need, [1, 1]) == pytest.approx([1 / 7] * 2 + [5 / 7] + [5 / 28] * 4, rel=1e-6)


def test_kelly_a_user_who_pays_w_is_w_users():
    """Kelly, Maulloo and Tan, *Rate control for communication networks*, JORS 1998: rates per unit charge.

    Weights 2, 1, 4 on the routes of the last test give each route what its flows had together: 2/7, 5/7, 5/7.
    """
    need = flows([[0, 1], [0], [1]], 2)
    assert rates("nash", need, [1, 1], weight=[2, 1, 4]) == pytest.approx([2 / 7, 5 / 7, 5 / 7], rel=1e-6)


def test_kelly_prices_are_charges_per_unit_flow():
    """The same: x_r = w_r / Σ of prices on the route. By hand: 1 / (5/7) and 4 / (5/7); 2 / (7/5 + 28/5) = 2/7 as above."""
    need = flows([[0, 1], [0], [1]], 2)
    found = solve("nash", speed=np.ones((3, 1)), bundle=need, capacity=[[1, 1]], weight=[2, 1, 4])
    assert found.prices == pytest.approx(np.array([[7 / 5, 28 / 5]]), rel=1e-5)


@pytest.mark.parametrize("objective", ["max_min", "drf"])
def test_bertsekas_and_gallager_max_min_of_five_sessions(objective):
    """*Data Networks*, 2nd ed., section 6.5.2, the example of max-min flow control: rates 2/3, 1/3, 1/3, 1, 1/3.

    By hand: sessions 2, 3, 5 fill link (2,3) at 1/3; session 1 shares link (3,5) with session 3 and rises to 2/3; session 4
    has the last link to itself.
    """
    need = flows([[1], [0], [0, 1], [2], [0]], 3)
    assert rates(objective, need, [1, 1, 1]) == pytest.approx([2 / 3, 1 / 3, 1 / 3, 1, 1 / 3], rel=1e-9)


BONAVENTURE = flows([[0], [0, 1], [1]], 2), [10, 20]


@pytest.mark.parametrize("objective", ["max_min", "drf"])
def test_bonaventure_max_min_of_three_flows(objective):
    """*Computer Networking: Principles, Protocols and Practice*, "Sharing bandwidth", note on fairness: 5, 5 and 15 Mbps.

    A and B share a link of 10, B and C one of 20. The text: A and B grow to 5, where the first link is full, then C to 15.
    """
    assert rates(objective, *BONAVENTURE) == pytest.approx([5, 5, 15], rel=1e-9)


def test_bonaventure_most_throughput_starves_the_flow_on_both_links():
    """The same note: 10 to A, 20 to C and nothing to B, "clearly unfair". By hand: 30 is all that both links carry."""
    found = rates("utilitarian", *BONAVENTURE)
    assert found == pytest.approx([10, 0, 20], abs=1e-5)


def test_hildebrand_max_min_of_three_teams_and_three_projects():
    """*Mathematical Programming and Operations Research* (open book), "Assignment Problem", the exercise on max-min: 7.5.

    By hand: weigh the teams ¼, ¼ and ½. Of the six assignments none weighs more than 7.5, (8 + 8)/4 + 7/2, so no mixture
    leaves all three above it; and the book's mixture gives 7.5 to each. Without mixtures the least is 7, the most in all 23.
    """
    scores = np.array([[8, 6, 5], [7, 8, 4], [6, 9, 7]])
    alone = [scores[range(3), who] for who in itertools.permutations(range(3))]
    assert max(each.min() for each in alone) == 7
    assert max(each @ [1 / 4, 1 / 4, 1 / 2] for each in alone) == 7.5
    found = solve("max_min", speed=scores, capacity=np.ones((3, 1)), tasks=[1, 1, 1])
    assert found.rate == pytest.approx([7.5, 7.5, 7.5], rel=1e-7)
    best = solve("utilitarian", speed=scores, capacity=np.ones((3, 1)), tasks=[1, 1, 1])
    assert best.value == pytest.approx(23, rel=1e-6)
    assert best.x == pytest.approx(np.eye(3), abs=1e-5)


@pytest.mark.parametrize(
    ("objective", "given"),
    [("nash", {}), ("alpha_fair", {"alpha": 0.5}), ("alpha_fair", {"alpha": 3}), ("max_min", {}), ("drf", {})],
)
def test_on_one_link_every_fairness_is_keshavs_max_min_share(objective, given):
    """Keshav, *An Engineering Approach to Computer Networking*, 1997, pages 215–217: 10 among 2, 2.6, 4, 5.

    Every α above 0 gives the same on one link (Mo and Walrand 2000; equal slopes are equal rates).
    """
    found = rates(objective, np.ones((4, 1)), [10], tasks=[2, 2.6, 4, 5], **given)
    assert found == pytest.approx([2, 2.6, 2.7, 2.7], rel=1e-6)


@pytest.mark.parametrize("objective", ["max_min", "nash"])
def test_keshavs_weighted_share(objective):
    """The same book's weighted example: 16 among 4, 2, 10, 4 with weights 2.5, 4, 0.5, 1 is 4, 2, 6, 4."""
    found = rates(objective, np.ones((4, 1)), [16], tasks=[4, 2, 10, 4], weight=[2.5, 4, 0.5, 1])
    assert found == pytest.approx([4, 2, 6, 4], rel=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 2.0, 5.0])
def test_mo_and_walrand_weights_on_one_link(alpha):
    """The paper's (p, α)-proportional fairness. By hand: p·x^−α equal for all, so x ∝ p^(1/α)."""
    weight = np.array([1.0, 3.0, 10.0])
    wanted = 12 * weight ** (1 / alpha) / (weight ** (1 / alpha)).sum()
    assert rates("alpha_fair", np.ones((3, 1)), [12], weight=weight, alpha=alpha) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    ("objective", "wanted"),
    [("max_min", [11 / 12, 11 / 12]), ("nash", [11 / 2, 1 / 2]), ("utilitarian", [11, 0])],
)
def test_the_anomaly_of_a_slow_station(objective, wanted):
    """Heusse et al., *Performance anomaly of 802.11b*, INFOCOM 2003: 11 and 1 Mb/s share the time of a channel.

    Equal rates pull the fast station down to the slow one, 1 / (1/11 + 1/1) without overheads; equal time (proportional
    fairness, Jiang and Liew 2005) gives 5.5 and 0.5.
    """
    found = solve(objective, speed=[[11], [1]], capacity=[[1]])
    assert found.rate == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_weights_5_1_1_on_two_gpus():
    """Gavel (Narayanan et al., OSDI 2020), water filling: who has a GPU leaves ½ to each other."""
    found = solve("max_min", speed=np.ones((3, 1)), capacity=[[2]], tasks=[1, 1, 1], weight=[5, 1, 1])
    assert found.rate == pytest.approx([1, 1 / 2, 1 / 2], rel=1e-9)
