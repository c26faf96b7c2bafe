"""Games whose divisions are in print."""

import numpy as np
import pytest

from apportion.alliances import bidding, core, least_core, nucleolus, shapley
from gaming import game

GLOVES = game(3, lambda who: min(0 in who, len(who & {1, 2})))  # one left glove, two right ones
MAJORITY = game(3, lambda who: len(who) >= 2)
NEAR = {"rtol": 0, "atol": 1e-9}


def test_gloves():
    """Shapley 1953, with one left glove: 2/3, 1/6, 1/6. The core is one point, and the nucleolus is it."""
    np.testing.assert_allclose(shapley.exact(GLOVES), [2 / 3, 1 / 6, 1 / 6], **NEAR)
    np.testing.assert_allclose(nucleolus.nucleolus(GLOVES), [1, 0, 0], **NEAR)
    np.testing.assert_allclose(
        least_core.least_core(GLOVES).division, [1, 0, 0], rtol=0, atol=1e-8
    )  # its evenness takes 1e-9 a coalition
    found = core.blocking(GLOVES, np.array([4, 1, 1]) / 6)
    assert found is not None
    assert sorted(found.members.tolist()) in ([0, 1], [0, 2])
    assert found.gain == pytest.approx(1 / 6)
    assert found.part == pytest.approx(1 / 5)


def test_a_majority_of_three_has_an_empty_core():
    found = least_core.least_core(MAJORITY)
    assert found.epsilon == pytest.approx(1 / 3)
    assert found.core_is_empty
    np.testing.assert_allclose(found.division, 1 / 3, rtol=0, atol=1e-8)
    np.testing.assert_allclose(nucleolus.nucleolus(MAJORITY), 1 / 3, **NEAR)
    assert core.blocking(MAJORITY, np.full(3, 1 / 3)) is not None


def test_an_airport_for_three():
    """Littlechild and Owen, Management Science 20, 1973; Littlechild, IJGT 3, 1974: costs 10, 20, 30 of one runway."""
    costs = game(3, lambda who: max([(10, 20, 30)[m] for m in who], default=0))
    np.testing.assert_allclose(shapley.exact(costs), [10 / 3, 25 / 3, 55 / 3], **NEAR)
    np.testing.assert_allclose(-nucleolus.nucleolus(-costs), [5, 7.5, 17.5], **NEAR)
    assert core.in_core(-costs, -shapley.exact(costs))
    assert least_core.least_core(-costs).epsilon == pytest.approx(-5)


@pytest.mark.parametrize(
    ("estate", "awards"),
    [(100, (100 / 3, 100 / 3, 100 / 3)), (200, (50, 75, 75)), (300, (50, 100, 150))],
)
def test_the_bankruptcies_of_the_talmud(estate, awards):
    """Aumann and Maschler, Journal of Economic Theory 36, 1985: the Talmud's awards are nucleoli."""
    claims = (100, 200, 300)
    v = game(3, lambda who: max(estate - sum(claims[m] for m in {0, 1, 2} - who), 0))
    np.testing.assert_allclose(nucleolus.nucleolus(v), awards, **NEAR)


def test_a_production_game_of_owen():
    """Two alike who each own what the other lacks: Owen's point is in the core; prices decide where."""
    v = game(2, lambda who: len(who) == 2)
    for division in ([0.5, 0.5], [1, 0], [0.2, 0.8]):
        assert core.in_core(v, np.array(division))
    np.testing.assert_allclose(nucleolus.nucleolus(v), 0.5, **NEAR)


def test_the_security_council_as_a_game():
    """Five of whom all are needed, and two of four others: 2^9 coalitions; those with a veto have most of the power."""
    v = game(9, lambda who: who >= set(range(5)) and len(who) >= 7)
    found = shapley.exact(v)
    assert found.sum() == pytest.approx(1)
    assert found[:5].min() > 10 * found[5:].max()
    np.testing.assert_allclose(
        nucleolus.nucleolus(v), [0.2] * 5 + [0] * 4, **NEAR
    )  # the core: all to those with a veto


def test_bids_for_proportional_shares():
    """Hajek and Gopalakrishnan 2002: N alike bid (N−1)/N² each. Johari and Tsitsiklis 2004: never below three quarters."""
    found = bidding.equilibrium(np.ones(5))
    np.testing.assert_allclose(found.bid, 0.16, **NEAR)
    np.testing.assert_allclose(found.share, 0.2, **NEAR)
    assert found.efficiency == pytest.approx(1)
    many = bidding.equilibrium(np.append(1.0, np.full(100_000, 0.5)))  # the worst case: many at half the value
    assert 0.75 <= many.efficiency < 0.7501
