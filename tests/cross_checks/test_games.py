"""Cooperative games against their definitions: all coalitions, all orders, and what leximin of excesses means."""

from fractions import Fraction

import numpy as np
import pytest

from apportion.alliances import bidding, core, least_core, nucleolus, owen, shapley
from apportion.alliances.coalitions import sums
from apportion.alliances.leaving import losses, would_leave
from apportion.alliances.program import PAIRS, program, table, with_centre, worths
from apportion.alliances.voting import power
from apportion.errors import BadInput
from gaming import by_orders, game, largest_excess, random_game, random_program


@pytest.mark.parametrize("many", [1, 2, 3, 5, 7])
def test_shapley_is_the_mean_over_all_orders(many):
    v = random_game(np.random.default_rng(many), many)
    np.testing.assert_allclose(shapley.exact(v), by_orders(v), rtol=0, atol=1e-12 * many)


@pytest.mark.parametrize("seed", range(6))
def test_shapley_of_a_vote_is_shapley_shubik(seed):
    random = np.random.default_rng(seed)
    weights = random.integers(1, 9, 12)
    quota = int(weights.sum() * 0.6)
    v = (sums(weights.astype(float)) >= quota).astype(float)
    exact = [float(part) for part in power(weights.tolist(), quota).shapley_shubik]
    np.testing.assert_allclose(shapley.exact(v), exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("many", [2, 3, 4, 6, 9, 12])
def test_blocking_and_least_core_against_all_coalitions(many):
    random = np.random.default_rng(many)
    for _ in range(4):
        v = random_game(random, many)
        x = random.dirichlet(np.ones(many)) * v[-1]
        worst = largest_excess(v, x)
        found = core.blocking(v, x)
        assert (found.gain if found else min(worst, 0)) == pytest.approx(worst)
        least = least_core.least_core(v)
        assert least.division.sum() == pytest.approx(v[-1])
        assert largest_excess(v, least.division) == pytest.approx(least.epsilon, abs=1e-7)
        for _ in range(30):  # no other division has a smaller largest excess
            other = least.division + random.normal(0, 0.05, many) * v[-1]
            other += (v[-1] - other.sum()) / many
            assert largest_excess(v, other) >= least.epsilon - 1e-7


def sorted_excesses(v, x):
    return np.sort(core.excesses(v, x)[1:-1])[::-1]


@pytest.mark.parametrize("many", [2, 3, 4, 5, 6, 8])
def test_no_division_has_smaller_excesses_in_order_than_the_nucleolus(many):
    random = np.random.default_rng(10 + many)
    for round_ in range(6):
        v = random_game(random, many)
        if round_ % 2:  # whole worths: full of ties
            v = np.round(v * 3)
        x = nucleolus.nucleolus(v)
        assert x.sum() == pytest.approx(v[-1])
        single = v[1 << np.arange(many)]
        bounded = single.sum() <= v[-1]
        mine = sorted_excesses(v, x)
        for size in (1.0, 0.1, 0.001) * 20:
            other = x + random.normal(0, size, many)
            other += (v[-1] - other.sum()) / many
            if bounded and (other < single).any():
                continue
            theirs = sorted_excesses(v, other)
            apart = np.flatnonzero(np.abs(mine - theirs) > 1e-9)
            assert not len(apart) or mine[apart[0]] < theirs[apart[0]]


def kohlberg(v, x):
    """Whether at each level the tight coalitions, in all, can be balanced: then no direction makes all of them better off."""
    from scipy.optimize import linprog

    many = len(x)
    rows = np.array([[s >> m & 1 for m in range(many)] for s in range(1, len(v) - 1)], dtype=float)
    excess = core.excesses(v, x)[1:-1]
    for level in np.unique(np.round(excess, 7)):
        taken = rows[excess >= level - 1e-6]
        # a direction d with d(N) = 0, d(S) ≥ 0 for those taken, and Σ d(S) > 0, would better the division
        found = linprog(
            -taken.sum(axis=0),
            A_ub=-taken,
            b_ub=np.zeros(len(taken)),
            A_eq=np.ones((1, many)),
            b_eq=[0],
            bounds=(-1, 1),
        )
        if -found.fun > 1e-6:
            return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_the_nucleolus_of_a_superadditive_game_passes_kohlbergs_criterion(seed):
    """Kohlberg, SIAM Journal on Applied Mathematics 20, 1971, for games in which no member's least binds."""
    v = table(random_program(np.random.default_rng(seed), many=5))
    x = nucleolus.nucleolus(v)
    assert kohlberg(v, x)
    assert not kohlberg(v, x + 0.01 * v[-1] * np.array([1, -1, 0, 0, 0]))


SHARE = 12  # of the thousand games of benchmarks/alliances.py


@pytest.mark.parametrize("least", [0.0, 0.05])
def test_the_owen_point_is_in_the_core_of_pools_with_caps(least):
    random = np.random.default_rng(7)
    for _ in range(SHARE):
        given = random_program(random, least=least)
        v = table(given)
        found = owen.owen(given)
        assert found.worth == pytest.approx(v[-1], rel=1e-9)
        assert found.credit.sum() == pytest.approx(v[-1], rel=1e-9)
        assert largest_excess(v, found.credit) <= 1e-9 * v[-1]
        assert would_leave(given, found.credit, found.worth).blocking is None


def test_without_the_prices_of_caps_it_would_divide_less_than_there_is():
    given = random_program(np.random.default_rng(3))
    found = owen.owen(given)
    assert np.tensordot(given.brought, found.prices, 2).sum() < 0.99 * found.worth


def test_who_would_leave_is_whom_all_coalitions_show():
    random = np.random.default_rng(5)
    outside = 0
    for _ in range(SHARE):
        given = random_program(random, many=7)
        v = table(given)
        x = shapley.exact(v)
        worst = largest_excess(v, x)
        found = would_leave(given, x, v[-1])
        assert found.shown
        assert (found.blocking is not None) == (worst > 1e-7 * v[-1])
        if found.blocking is not None:
            outside += 1
            assert found.blocking.gain == pytest.approx(worst, abs=1e-6 * v[-1])
    assert outside > SHARE / 2


def test_worths_do_not_depend_on_how_many_are_solved_at_once(monkeypatch):
    given = random_program(np.random.default_rng(4), many=6, least=0.05)
    together = table(given)
    assert PAIRS > 1
    monkeypatch.setattr("apportion.alliances.program.PAIRS", 1)
    np.testing.assert_allclose(table(given), together, rtol=1e-9, atol=1e-9)


def test_joining_never_hurts_and_worths_match_one_resource_by_hand():
    """One flavor and resource: the dearest claims first, as far as it goes."""
    random = np.random.default_rng(6)
    given = random_program(random, many=6, flavors=1, resources=1)
    v = table(given)
    for m in range(6):
        pairs = v.reshape(-1, 2, 1 << m)
        assert (pairs[:, 1] >= pairs[:, 0] - 1e-9).all()
    density = given.value * given.speed[:, 0] / given.bundle[:, 0]
    for mask in (5, 22, 63):
        room = sum(Fraction(float(given.brought[m, 0, 0])) for m in range(6) if mask >> m & 1)
        total = Fraction(0)
        for i in np.argsort(-density):
            if mask >> int(given.member[i]) & 1 and density[i] > 0:
                use = min(room, Fraction(float(given.most[i] * given.bundle[i, 0])))
                total, room = total + use * Fraction(float(density[i])), room - use
        assert v[mask] == pytest.approx(float(total))


def airport(many):
    """Costs of a runway, and their exact division (Littlechild and Owen 1973)."""
    cost = np.sort(np.random.default_rng(2).uniform(1, 10, many))
    return lambda who: (who * cost).max(axis=1), np.cumsum(np.diff(cost, prepend=0.0) / np.arange(many, 0, -1)), cost


def test_sampled_shapley_is_within_its_bound():
    worth, exact, cost = airport(60)
    for span in (None, cost):
        found = shapley.sampled(worth, 60, 40, seed=1, span=span)
        assert (np.abs(found.value - exact) <= found.bound).all()
        assert found.value.sum() == pytest.approx(cost.max())
        assert found.proven == (span is not None)
        assert found.worths == 40 * 2 * shapley.ROTATIONS * 60
    again = shapley.sampled(worth, 60, 40, seed=1)
    np.testing.assert_array_equal(again.value, shapley.sampled(worth, 60, 40, seed=1).value)


def test_a_proven_bound_holds_where_swings_are_rare():
    """Of 60 weighted votes a light one may never decide in any draw; only a given span tells how little that shows."""
    weights = np.random.default_rng(0).integers(1, 30, 60)
    quota = int(weights.sum()) // 2 + 1
    exact = np.array([float(part) for part in power(weights.tolist(), quota).shapley_shubik])
    found = shapley.sampled(lambda who: (who @ weights >= quota) * 1.0, 60, 40, seed=1, span=np.ones(60))
    assert (np.abs(found.value - exact) <= found.bound).all()


def test_turned_and_reversed_orders_lessen_the_error_of_as_many_orders():
    worth, exact, _ = airport(20)
    random = np.random.default_rng(0)

    def plain(orders):
        return np.mean([shapley._draw(worth, random.permutation(20), 1) for _ in range(orders)], axis=0)  # noqa: SLF001

    turned = [shapley.sampled(worth, 20, 2, seed, rotations=10).value - exact for seed in range(40)]
    drawn = [plain(40) - exact for _ in range(40)]
    assert np.square(turned).mean() < 0.5 * np.square(drawn).mean()


def test_a_bid_is_best_against_the_bids_of_the_others():
    value = np.array([3.0, 2.0, 2.0, 0.4, 0.0])
    found = bidding.equilibrium(value)
    assert found.share.sum() == pytest.approx(1)
    for m, a in enumerate(value):
        others = found.bid.sum() - found.bid[m]
        mine = a * found.bid[m] / (found.bid[m] + others) - found.bid[m]
        tried = np.linspace(0, 3, 3001)
        assert (a * tried / (tried + others) - tried).max() <= mine + 1e-6


def test_one_member_and_worth_nothing():
    one = np.array([0.0, 5.0])
    for division in (shapley.exact(one), nucleolus.nucleolus(one), least_core.least_core(one).division):
        assert division.tolist() == [5.0]
    assert core.in_core(one, np.array([5.0]))
    nothing = np.zeros(8)
    for division in (shapley.exact(nothing), nucleolus.nucleolus(nothing), least_core.least_core(nothing).division):
        assert division.tolist() == [0, 0, 0]
    assert core.in_core(nothing, np.zeros(3))


def test_negative_worths_are_games_too():
    v = game(3, lambda who: -float(len(who) ** 2))
    assert shapley.exact(v).tolist() == pytest.approx([-3] * 3)
    np.testing.assert_allclose(nucleolus.nucleolus(v), -3, atol=1e-9)
    assert least_core.least_core(v).epsilon == pytest.approx(2)


def test_what_is_no_game_is_refused():
    for v in (np.zeros(3), np.array([1.0, 2.0]), np.array([0.0, np.inf]), np.zeros((2, 2)), np.zeros(1)):
        with pytest.raises(BadInput):
            shapley.exact(v)
    with pytest.raises(BadInput, match="too many for a nucleolus"):
        nucleolus.nucleolus(np.zeros(2**15))
    with pytest.raises(BadInput, match="tell no error"):
        shapley.sampled(lambda who: who.sum(axis=1), 3, 1, 0)
    with pytest.raises(BadInput, match="no equilibrium"):
        bidding.equilibrium(np.array([1.0, 0.0]))
    with pytest.raises(BadInput, match="too many coalitions"):
        table(random_program(np.random.default_rng(0), many=15))


def test_members_without_nodes_or_claims_and_an_empty_pool():
    given = random_program(np.random.default_rng(8), many=4)
    given.brought[0] = 0.0
    given.value[given.member == 1] = 0.0
    v = table(given)
    assert v[1] == 0 == v[2]
    found = owen.owen(given)
    assert core.in_core(v, found.credit)
    assert (found.credit >= -1e-12).all()
    given.brought[:] = 0.0
    assert owen.owen(given).worth == 0.0
    assert not table(given).any()
    assert would_leave(given, np.zeros(4), 0.0).blocking is None


def test_what_is_lost_with_a_member():
    given = random_program(np.random.default_rng(9), many=5)
    v = table(given)
    found = losses(given, np.arange(5))
    for m in range(5):
        assert found.alone[m] == pytest.approx(v[1 << m])
        assert found.rest[m] == pytest.approx(v[31 ^ 1 << m])
    assert (found.failed >= found.rest - 1e-9).all()  # its claims may use what others leave
    assert (found.failed <= v[-1] + 1e-9).all()


def test_a_centre_that_owns_all_is_needed_by_all():
    given = random_program(np.random.default_rng(9), many=4)
    centre = with_centre(given)
    v = table(centre)
    assert not v[:16].any()
    assert v[-1] == pytest.approx(table(given)[-1])
    credit = owen.owen(centre).credit
    assert core.in_core(v, credit)
    assert credit[-1] == pytest.approx(np.tensordot(given.brought.sum(axis=0), owen.owen(centre).prices, 2))


def test_least_tasks_that_do_not_fit_at_home_are_left_out_and_named():
    from making import Case, Claim

    claims = (
        Claim("a", "poor", 4_000_000, (1000,), (1.0,), 1_000_000),
        Claim("b", "rich", 2_000_000, (1000,), (1.0,), 1_000_000),
    )
    case = Case({"poor": 1.0, "rich": 1.0}, {}, claims, {("gpu", "rich"): (3000,)}, "contribution")
    given = program(case.situation())
    assert [given.names[m] for m in given.without_least] == ["poor"]
    assert table(given).tolist() == pytest.approx([0, 0, 2, 3])
    assert worths(given, np.ones((1, 2), dtype=bool)).tolist() == pytest.approx([3])
