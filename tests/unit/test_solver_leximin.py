"""Do leximin and dominant resource fairness on arrays give known answers, and stand on the edges of what they are given?"""

import math

import numpy as np
import pytest
from large import large

from apportion.solver.levels.dominant import dominant
from apportion.solver.levels.leximin import leximin
from apportion.solver.problem import problem


def made(speed, bundle, capacity, tasks=None, weight=None, minimum=None):
    return problem(speed, bundle, capacity, tasks, weight, minimum)


def test_a_flow_over_two_links_and_one_on_each_have_a_half():
    """Bertsekas and Gallager, Data Networks, 6.5.2: max-min fair flow control on a line."""
    answer = leximin(made([[1], [1], [1]], [[1, 1], [1, 0], [0, 1]], [[1, 1]]))
    assert answer.rate == pytest.approx([0.5, 0.5, 0.5], abs=1e-9)
    assert answer.level_of.tolist() == [0, 0, 0]
    assert answer.reached


def test_who_is_not_held_by_the_first_link_goes_on_to_the_second():
    """The same line, the second link twice as wide: ½, ½ and 3/2; two levels."""
    answer = leximin(made([[1], [1], [1]], [[1, 1], [1, 0], [0, 1]], [[1, 2]]))
    assert answer.rate == pytest.approx([0.5, 0.5, 1.5], abs=1e-9)
    assert answer.levels == pytest.approx([0.5, 1.5], abs=1e-9)
    assert answer.level_of.tolist() == [0, 0, 1]


def test_a_claim_that_goes_on_to_its_cap_on_a_slower_flavor_has_a_level_of_its_own():
    """One runs on the first flavor only and has all of it; one with 3/2 tasks, all on the second; the last has the rest."""
    answer = leximin(made([[1, 0], [2, 1], [0, 1]], None, [1, 10], [9, 1.5, 99]))
    assert answer.rate == pytest.approx([1, 1.5, 8.5], abs=1e-9)
    assert answer.level_of.tolist() == [0, 1, 2]
    assert answer.levels == pytest.approx([1, 1.5, 8.5], abs=1e-9)
    assert answer.level_bounds == pytest.approx([1, 1.5, 8.5], abs=1e-8)


def test_two_levels_of_one_height_are_proven_one_after_the_other():
    """A task each, the first held on one flavor, the second on another; at the prices of both it would turn to the first."""
    answer = leximin(made([[1, 0], [1, 1]], [[2, 1], [1, 3]], [[2, 9], [9, 3]]))
    assert answer.rate == pytest.approx([1, 1], abs=1e-9)
    assert answer.level_bounds == pytest.approx([1, 1], abs=1e-8)


def test_a_claim_for_next_to_nothing_takes_nothing_from_those_held_before_it():
    """Two share 220 as their weights say; the third needs a hundred-millionth of something else, and goes on to its cap."""
    bundle, weight = [[1, 0], [0, 1], [0, 80]], [9.128630622e-9, 4.149377555e-3, 0.9958506133]
    answer = dominant(made([[0, 1], [1, 1], [1, 1]], bundle, [[0, 1], [100, 219]], [1e-6, 1, 3], weight))
    assert answer.reached
    assert answer.x.sum(axis=1) @ [0, 1, 80] == pytest.approx(220, rel=1e-9)
    assert answer.rate[1] / weight[1] == pytest.approx(answer.rate[2] / weight[2], rel=1e-9)


def test_gavels_example_of_water_filling():
    """Weights 5, 1, 1 on two devices, one each at most: one whole, two halves (Gavel, OSDI 2020)."""
    answer = leximin(made([[1], [1], [1]], None, [2], [1, 1, 1], [5, 1, 1]))
    assert answer.rate == pytest.approx([1, 0.5, 0.5], abs=1e-9)
    assert answer.level_of.tolist() == [-1, 0, 0]


def test_keshavs_example_of_max_min_fairness():
    """Keshav, An Engineering Approach to Computer Networking, 9.2: 10 among 2, 2.6, 4, 5; weighted, 16 among 4, 2, 10, 4."""
    plain = leximin(made(np.ones((4, 1)), None, [10], [2, 2.6, 4, 5]))
    assert plain.rate == pytest.approx([2, 2.6, 2.7, 2.7], abs=1e-9)
    weighed = leximin(made(np.ones((4, 1)), None, [16], [4, 2, 10, 4], [2.5, 4, 0.5, 1]))
    assert weighed.rate == pytest.approx([4, 2, 6, 4], abs=1e-9)


def test_a_claim_that_runs_fast_on_what_others_need_yields_it():
    """Speeds 4, 1 and 2, 1, a unit of each flavor, a of the first to one: 4a + (1 − a) = 2(1 − a) + a at a = ¼."""
    answer = leximin(made([[4, 1], [2, 1]], None, [1, 1], [1, 1]))
    assert answer.rate == pytest.approx([7 / 4, 7 / 4], abs=1e-9)
    assert answer.level_bounds == pytest.approx([7 / 4], abs=1e-9)


def test_loose_capacity_gives_everybody_its_cap_on_its_fastest_flavor_and_has_no_level():
    answer = leximin(made([[1, 2], [3, 1]], None, [9, 9], [1, 2]))
    assert answer.x.tolist() == [[0, 1], [2, 0]]
    assert (answer.levels.size, answer.level_of.tolist(), answer.reached) == (0, [-1, -1], True)


def test_nothing_is_divided_among_nobody_and_nothing_where_nothing_is():
    assert leximin(made(np.zeros((0, 2)), None, [1, 1])).x.shape == (0, 2)
    answer = leximin(made([[1, 0], [1, 1], [0, 0]], None, [0, 1], [1, 0, 1]))
    assert not answer.x.any()
    assert answer.excluded.tolist() == [0, 1, 2]


def test_a_claim_that_needs_nothing_scarce_has_its_cap():
    answer = leximin(made([[1], [1]], [[0], [1]], [1], [7, 2]))
    assert answer.rate == pytest.approx([7, 1], abs=1e-9)


def test_least_tasks_are_kept_though_the_level_is_lower():
    answer = leximin(made([[1], [1], [1]], None, [3], None, None, [2, 0, 0]))
    assert answer.rate == pytest.approx([2, 0.5, 0.5], abs=1e-9)


def test_speeds_over_ten_orders_of_magnitude():
    """One device, equal weights: times are shared as 1/v, so z = 1 / Σ 1/v."""
    speed = 10.0 ** np.arange(-5, 6)
    answer = leximin(made(speed[:, None], None, [1]))
    assert answer.rate == pytest.approx(1 / (1 / speed).sum(), rel=1e-8)


def test_a_thousand_equal_claims_are_treated_alike():
    answer = leximin(made(np.tile([[1.0, 2.0]], (1000, 1)), None, [1, 1]))
    assert answer.rate == pytest.approx(3 / 1000, rel=1e-8)


def test_the_paper_on_dominant_resource_fairness():
    """Ghodsi et al., NSDI 2011, section 4.1: 3 and 2 tasks, dominant shares of two thirds."""
    answer = dominant(made([[1], [1]], [[1, 4], [3, 1]], [[9, 18]]))
    assert answer.x.ravel() == pytest.approx([3, 2], abs=1e-12)
    assert answer.rate == pytest.approx(2 / 3, abs=1e-12)
    assert answer.level_bounds == pytest.approx(answer.levels, rel=1e-12)


def test_dominant_shares_under_caps_weights_and_least_tasks():
    """One processor type of 10: weights 1 and 3 would have 2.5 and 7.5; the cap of 4 and the minimum of 3 leave 4 and 6."""
    assert dominant(made([[1], [1]], None, [10], None, [1, 3])).x.ravel() == pytest.approx([2.5, 7.5], abs=1e-12)
    assert dominant(made([[1], [1]], None, [10], [9, 4], [1, 3])).x.ravel() == pytest.approx([6, 4], abs=1e-12)
    assert dominant(made([[1], [1]], None, [10], None, [1, 3], [3, 0])).x.ravel() == pytest.approx([3, 7], abs=1e-12)


def test_two_halves_of_a_flavor_are_as_good_as_the_whole_to_dominant_shares():
    one = dominant(made([[1], [1]], [[1, 4], [3, 1]], [[9, 18]]))
    two = dominant(made([[1, 1], [1, 1]], [[1, 4], [3, 1]], [[4.5, 9], [4.5, 9]]))
    assert two.rate == pytest.approx(one.rate, abs=1e-9)


@pytest.mark.parametrize("solve", [leximin, dominant])
def test_the_same_arrays_give_the_same_bytes_and_are_left_as_they_were(solve):
    draw = np.random.default_rng(4)
    given = made(
        draw.lognormal(size=(60, 3)), draw.lognormal(size=(60, 2)), draw.uniform(3, 9, (3, 2)), draw.lognormal(size=60)
    )
    before = given.speed.tobytes() + given.bundle.tobytes()
    assert solve(given).x.tobytes() == solve(given).x.tobytes()
    assert given.speed.tobytes() + given.bundle.tobytes() == before


def test_ever_so_many_claims_end_at_the_level_that_few_do():
    """A problem copied 200 times with 200 times the capacity has the same levels."""
    draw = np.random.default_rng(5)
    speed, tasks, weight = draw.lognormal(size=(40, 3)), draw.lognormal(size=40), draw.uniform(0.5, 2, 40)
    few = leximin(made(speed, None, [3, 4, 5], tasks, weight))
    many = leximin(made(np.tile(speed, (50, 1)), None, [150, 200, 250], np.tile(tasks, 50), np.tile(weight, 50)))
    assert many.rate.reshape(50, 40) == pytest.approx(np.tile(few.rate, (50, 1)), rel=1e-6)


@pytest.mark.parametrize("seed", [3, 5, 8, 13])
def test_every_level_of_many_claims_is_proven_by_prices_that_beat_what_is_left(seed):
    """Weak duality by another way: the cheapest way to a rate as the best of its dual's vertices, summed without rounding."""
    case = large("max_min", 3000, seed)
    given = made(case.speed, case.bundle, case.capacity, case.tasks, case.weight)
    answer = leximin(given)
    assert answer.reached
    for k, (bound, prices) in enumerate(zip(answer.level_bounds, answer.level_prices, strict=True)):
        before = (answer.level_of >= 0) & (answer.level_of < k)
        goal = np.minimum(bound * (1 + 1e-9) * given.weight, given.tasks * given.speed.max(axis=1))
        paid = math.fsum(_least_cost(given, prices[:, 0], np.where(before, answer.rate, goal)))
        assert paid > float((prices * given.capacity).sum())


def _least_cost(given, price, goal):
    """Maximise y · goal − tasks · max_f (y v_f − price_f)⁺ over y ≥ 0, where another flavor takes over: (M,)."""
    v, (one, two) = given.speed, np.triu_indices(given.speed.shape[1], 1)
    slopes = np.maximum(np.hstack([price / v, (price[two] - price[one]) / (v[:, two] - v[:, one])]), 0.0)
    rent = np.maximum((slopes[:, :, None] * v[:, None, :] - price).max(axis=2), 0.0)
    return np.maximum((slopes * goal[:, None] - given.tasks[:, None] * rent).max(axis=1), 0.0)


def test_no_level_is_below_the_one_before_it_where_two_supports_are_close():
    """Scarcity of one flavor alone and of all eight give levels of 0.490 and 0.481 here; neither is it, one between is."""
    case = large("max_min", 3000, 1)
    answer = leximin(made(case.speed, case.bundle, case.capacity, case.tasks, case.weight))
    assert (np.diff(answer.levels) > 0).all()
    assert answer.reached


def test_a_second_level_is_proven_as_sharply_as_the_first():
    """Who is held by the first level would need ever so little less of what is used up; its proof must not rest on that."""
    case = large("max_min", 20_000, 5)
    answer = leximin(made(case.speed, case.bundle, case.capacity, case.tasks, case.weight))
    assert len(answer.levels) > 1
    assert (answer.level_bounds <= answer.levels * (1 + 1e-8)).all()


@pytest.mark.parametrize("seed", [24, 50, 62])
def test_levels_are_found_where_a_sample_is_wrong_about_what_binds(seed):
    """Samples of these say that one flavor ends the level, or none of some; of all, two or eight do, or others."""
    case = large("max_min", 50_000, seed)
    answer = leximin(made(case.speed, case.bundle, case.capacity, case.tasks, case.weight))
    assert (np.diff(answer.levels) > 0).all()
    assert answer.reached
