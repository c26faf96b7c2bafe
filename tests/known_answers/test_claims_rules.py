"""The classical claims rules: Aumann & Maschler 1985, O'Neill 1982, Thomson 2003."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.policies import constrained_equal_awards, constrained_equal_losses, talmud
from making import granted, situation_of

RULES = (constrained_equal_awards, constrained_equal_losses, talmud)
usual = settings(deadline=None, max_examples=60)


def awards(rule, estate, claims):
    """What a rule awards to claims on an estate of one resource: one claim a member, a task a unit."""
    return granted(rule.divide(situation_of([estate], [(1,)] * len(claims), tasks=claims, rule="equal")))


@pytest.mark.parametrize(
    ("estate", "expected"),
    [
        (100, (100 / 3, 100 / 3, 100 / 3)),
        (200, (50, 75, 75)),
        (300, (50, 100, 150)),
    ],
)
def test_aumann_maschler_three_wives(estate, expected):
    """Mishna Ketubot 10:4 (Kethubot 93a): marriage contracts of 100, 200, 300; "three of gold" are 75, "six of gold" 150."""
    assert awards(talmud, estate, (100, 200, 300)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(400, (50, 125, 225)), (500, (200 / 3, 500 / 3, 800 / 3)), (600, (100, 200, 300))],
)
def test_aumann_maschler_beyond_half_the_losses_are_divided_alike(estate, expected):
    """The same contracts: what is lost of 600 is divided as that much was awarded (self-duality)."""
    assert awards(talmud, estate, (100, 200, 300)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [((1, 0.5), (0.75, 0.25)), ((1, 1), (0.5, 0.5)), ((1, 1 / 3), (5 / 6, 1 / 6))],
    ids=["all and half, Mishna", "all and all, Mishna", "all and a third, Tosefta"],
)
def test_aumann_maschler_the_contested_garment(claims, expected):
    """Mishna Bava Metzia 1:1 (Baba Metzia 2a): who says all of it takes three quarters, who says half of it a quarter."""
    assert awards(talmud, 1, claims) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(
    ("estate", "expected"),
    [
        (240, (80, 80, 80)),
        (300, (100, 100, 100)),
        (500, (100, 200, 200)),
        (600, (100, 200, 300)),
    ],
)
def test_maimonides_three_creditors(estate, expected):
    """Mishneh Torah, *Creditor and Debtor* 20:4: debts of 100, 200 and 300.

    The text: of 300 each takes 100, and of less they take alike (240 is ours); of 500 they divide 300 alike, the first
    withdraws, and two divide 200; of 600 the third takes the last hundred.
    """
    assert awards(constrained_equal_awards, estate, (100, 200, 300)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (constrained_equal_awards, (30, 30, 30, 30)),
        (constrained_equal_losses, (0, 20 / 3, 80 / 3, 260 / 3)),
        (talmud, (15, 20, 30, 55)),
    ],
)
def test_o_neill_jacob_s_four_sons(rule, expected):
    """Ibn Ezra's problem: an estate of 120, and deeds for all of it, a half, a third and a quarter. Awards by hand."""
    assert awards(rule, 120, (30, 40, 60, 120)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("rule", "estate", "expected"),
    [
        (constrained_equal_awards, 200, (200 / 3, 200 / 3, 200 / 3)),
        (constrained_equal_awards, 400, (100, 150, 150)),
        (constrained_equal_losses, 100, (0, 0, 100)),
        (constrained_equal_losses, 200, (0, 50, 150)),
        (constrained_equal_losses, 300, (0, 100, 200)),
        (constrained_equal_losses, 400, (100 / 3, 400 / 3, 700 / 3)),
    ],
)
def test_thomson_the_same_contracts_by_the_other_rules(rule, estate, expected):
    """min(c, λ) and max(c − λ, 0) for claims of 100, 200 and 300, solved for λ by hand."""
    assert awards(rule, estate, (100, 200, 300)) == pytest.approx(expected, abs=1e-6)


problems = st.tuples(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.integers(1, 99))


@usual
@given(problems)
def test_aumann_maschler_every_pair_divides_like_a_garment(problem):
    """The rule is the only one that is consistent with the contested garment."""
    claims, percent = problem
    estate = sum(claims) * percent / 100
    found = awards(talmud, estate, claims)
    for i in range(len(claims)):
        for j in range(i):
            both = found[i] + found[j]
            conceded = max(both - claims[j], 0), max(both - claims[i], 0)
            assert found[i] == pytest.approx((both + conceded[0] - conceded[1]) / 2, abs=1e-5)


@usual
@given(problems)
def test_thomson_duality(problem):
    """What one rule awards of the estate, its dual takes from the claims; the Talmud's rule is its own dual."""
    claims, percent = problem
    estate = sum(claims) * percent / 100
    for rule, dual in ((constrained_equal_awards, constrained_equal_losses), (talmud, talmud)):
        lost = [c - a for c, a in zip(claims, awards(dual, sum(claims) - estate, claims), strict=True)]
        assert awards(rule, estate, claims) == pytest.approx(lost, abs=1e-5)


@usual
@given(problems)
def test_thomson_closed_forms_in_fractions(problem):
    claims, percent = problem
    estate = Fraction(sum(claims) * percent, 100)
    equal = _level(claims, estate)
    losses = _level(claims, sum(claims) - estate)
    assert awards(constrained_equal_awards, float(estate), claims) == pytest.approx(
        [float(min(c, equal)) for c in claims], abs=1e-5
    )
    assert awards(constrained_equal_losses, float(estate), claims) == pytest.approx(
        [float(max(c - losses, 0)) for c in claims], abs=1e-5
    )


def _level(claims, estate):
    """λ with Σ min(c, λ) = estate: take the smallest claims out one by one while they are below an equal part."""
    rest = sorted(claims)
    while rest and rest[0] <= estate / len(rest):
        estate -= rest.pop(0)
    return estate / len(rest) if rest else max(claims)


@pytest.mark.parametrize("rule", RULES)
def test_an_agent_is_a_member_whatever_its_claims(rule):
    one = situation_of([200], [(1,)] * 3, tasks=[100, 200, 300], rule="equal")
    cut = situation_of([200], [(1,)] * 4, tasks=[100, 200, 80, 220], members=["a", "b", "c", "c"], rule="equal")
    parts = granted(rule.divide(cut))
    assert [*parts[:2], sum(parts[2:])] == pytest.approx(granted(rule.divide(one)), abs=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_flavors_on_which_all_can_run_are_one_estate(rule):
    split = situation_of({"f": (80,), "g": (120,)}, [(1,)] * 3, tasks=[100, 200, 300], speed=[(1, 1)] * 3, rule="equal")
    assert granted(rule.divide(split)) == pytest.approx(awards(rule, 200, (100, 200, 300)), abs=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_members_without_standing_get_what_the_others_leave(rule):
    situation = situation_of([100], [(1,)] * 2, tasks=[60, 90], weights={"m0": 1, "m1": 0})
    assert granted(rule.divide(situation)) == [60, 40]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (constrained_equal_awards, (4, 2)),
        (constrained_equal_losses, (2, 4)),
        (talmud, (3, 3)),
    ],
)
def test_two_resources_are_one_path_in_dominant_shares(rule, expected):
    """Pool ⟨12, 12⟩; c0 asks 6 tasks of ⟨1, 0.5⟩, share ½; c1 asks 6 of ⟨1, 2⟩, share 1; c2 takes 6 of the first away.

    Of the first resource c0 and c1 have 6 between them; a level is worth 12 tasks to c0 and 6 to c1. Awards alike: 4 and 2.
    Losses alike: c1 rises alone to 3 tasks, a loss of ½; the other 3 go 2 : 1. Talmud: at level ¼ both have half of c0's
    claim, 3 tasks and 1.5, and c1 goes on alone to its half, where the first resource is used up.
    """
    situation = situation_of([12, 12], [(1, 0.5), (1, 2), (1, 0)], tasks=[6, 6, 6], least=[0, 0, 6], rule="equal")
    assert granted(rule.divide(situation))[:2] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_a_minimum_is_kept_and_waited_for(rule):
    situation = situation_of([200], [(1,)] * 3, tasks=[100, 200, 300], least=[90, 0, 0], rule="equal")
    rest = granted(rule.divide(situation_of([110], [(1,)] * 2, tasks=[200, 300], rule="equal")))
    assert granted(rule.divide(situation)) == pytest.approx([90, *rest], abs=1e-5)
