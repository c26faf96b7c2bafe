"""Published divisions by shares, as whole plans of pools: rounding, weights of members and micro-tasks included."""

import pytest

from apportion import registry
from apportion.domain.plan import Shares
from making import granted, situation_of

MICRO = 1e-6  # a plan counts in millionths of a task


@pytest.mark.parametrize("policy", ["drf", "max_min", "proportional", "equal"])
def test_bertsekas_and_gallager_five_sessions(policy):
    """*Data Networks*, 2nd ed., the example of max-min flow control: rates 2/3, 1/3, 1/3, 1, 1/3.

    By hand: sessions 2, 3, 5 fill a link at 1/3, session 1 shares another with session 3, session 4 has its own.
    """
    links = [(0, 1, 0), (1, 0, 0), (1, 1, 0), (0, 0, 1), (1, 0, 0)]
    plan = registry.policy(policy).divide(situation_of((1, 1, 1), links, rule="equal"))
    assert granted(plan) == pytest.approx([2 / 3, 1 / 3, 1 / 3, 1, 1 / 3], abs=2 * MICRO)


@pytest.mark.parametrize("policy", ["drf", "proportional"])
def test_chowdhury_and_others_optimal_isolation_guarantee(policy):
    """*HUG*, NSDI 2016, tenants A ⟨1/2, 1⟩ and B ⟨1, 1/6⟩: progress 1 / max_link Σ demands = 2/3 for both.

    By hand, with links of 600 and demands 300, 600 and 600, 100: link 1 is used up at 300t + 600t = 600.
    """
    situation = situation_of((600, 600), [(300, 600), (600, 100)], rule="equal")
    plan = registry.policy(policy).divide(situation)
    assert granted(plan) == pytest.approx([2 / 3, 2 / 3], abs=2 * MICRO)
    assert Shares(situation, plan).dominant == pytest.approx([2 / 3, 2 / 3], abs=2 * MICRO)


@pytest.mark.parametrize("second", [1, 8])
def test_ghodsi_a_lie_that_pays_in_a_market_does_not_pay_under_drf(second):
    """DRF paper, NSDI 2011, section 6, strategy-proofness: ⟨16, 1⟩ and ⟨1, 2⟩ of 100 each; user 1 says ⟨16, 8⟩.

    By hand: shares are equal where y = 8x; 16x + 8x = 100, told the truth or not, so 25/6 and 100/3 tasks. Whole
    micro-tasks: what is too little for one more of user 1, who needs 16, user 2 takes.
    """
    plan = registry.policy("drf").divide(situation_of((100, 100), [(16, second), (1, 2)], rule="equal"))
    assert granted(plan) == pytest.approx([25 / 6, 100 / 3], abs=16 * MICRO)


@pytest.mark.parametrize("links", [1, 3, 5])
@pytest.mark.parametrize("policy", ["drf", "max_min", "proportional"])
def test_massoulie_and_roberts_max_min_on_a_line(policy, links):
    """*Bandwidth sharing: objectives and algorithms*, INFOCOM 1999: a half for every flow, however many links."""
    short = [tuple(int(link == own) for link in range(links)) for own in range(links)]
    situation = situation_of((1,) * links, [(1,) * links, *short], rule="equal")
    assert granted(registry.policy(policy).divide(situation)) == pytest.approx([1 / 2] * (links + 1), abs=2 * MICRO)


def test_wang_li_liang_drf_on_unlike_servers():
    """*Dominant resource fairness in cloud computing systems with heterogeneous servers*, INFOCOM 2014, first example.

    Servers ⟨2 CPU, 12 GB⟩ and ⟨12, 2⟩, tasks ⟨0.2, 1⟩ and ⟨1, 0.2⟩: 10 tasks each, a share of 5/7. By hand: each fills the
    server that suits it; server by server, DRF alone gives 60/11 + 10/11 = 6.4.
    """
    situation = situation_of({"f0": (2, 12), "f1": (12, 2)}, [(0.2, 1), (1, 0.2)], rule="equal")
    plan = registry.policy("drf").divide(situation)
    assert granted(plan) == pytest.approx([10, 10], abs=4 * MICRO)
    assert Shares(situation, plan).dominant == pytest.approx([5 / 7, 5 / 7], abs=MICRO)
