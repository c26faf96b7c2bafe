"""Do cvxpy with Clarabel, and the definition of leximin, come to the solver's answer on small problems of every kind?

The same comparison with a thousand problems, or any number: ``python benchmarks/allocation --agreement 1000``.
"""

from dataclasses import replace

import numpy as np
import pytest
from agreement import by_clarabel, faults, highest, infeasible
from case import Case, distance, worth
from large import LARGE, changed, large
from small import KINDS, OBJECTIVES, small

from apportion.solver import solve
from apportion.solver.problem import Answer

SEEDS = range(4)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_stands_beside_another_solver(kind, objective):
    wrong = {seed: [*faults(small(kind, objective, seed))] for seed in SEEDS}
    assert not {seed: found for seed, found in wrong.items() if found}


@pytest.mark.parametrize("alpha", [20.0, 100.0])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"wide"}))  # there powers leave what floats hold
def test_a_steep_objective_stands_beside_another_solver(kind, alpha):
    """Clarabel is asked for the logarithm of the sum."""
    wrong = {seed: [*faults(replace(small(kind, "alpha_fair", seed), alpha=alpha))] for seed in SEEDS}
    assert not {seed: found for seed, found in wrong.items() if found}


def test_a_level_that_ends_where_caps_do_keeps_the_prices_that_showed_it():
    """The last program can do all that its bound promises, so its own prices say nothing; 10⁻¹³ was believed."""
    assert not [*faults(small("capped", "max_min", 619))]


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_are_what_they_say(kind):
    made = [small(kind, "nash", seed) for seed in range(20)]
    bound = [one.tasks is not None and np.isfinite(one.most).any() for one in made]
    assert all(bound) is (kind not in {"plain", "single"})
    assert any((one.least > 0).any() for one in made) is (kind in {"minima", "mixed"})
    assert any((one.speed == 0).any() for one in made) is (kind in {"zeros", "single", "mixed"})
    spread = [np.log10(one.speed.max() / one.speed.min()) for one in made if (one.speed > 0).all()]
    assert any(orders > 9 for orders in spread) is (kind == "wide")


def test_the_comparison_sees_a_division_that_is_worse_or_infeasible():
    made = small("capped", "nash", 1)
    best = by_clarabel(made)
    assert 0.9e-5 < distance(made, worth(made, best), worth(made, best * (1 - 1e-5))) < 1.1e-5
    assert not [*infeasible(made, answer(best))]
    assert [*infeasible(made, answer(best * (1 + 1e-9)))]


def test_the_highest_level_is_that_of_a_published_example():
    """Keshav's: 10 among demands 2, 2.6, 4, 5 is 2, 2.6, 2.7, 2.7; with 3 held by the third, the fourth has 2.4."""
    one, demands = np.ones((4, 1)), np.array([2, 2.6, 4, 5])
    made = Case("max_min", one, one, np.array([[10.0]]), np.ones(4), demands)
    free = np.array([False, False, True, True])
    assert highest(made, free, demands, demands) == pytest.approx(2.7, rel=1e-9)
    assert highest(made, demands == 5, np.array([2, 2.6, 3, 0]), demands) == pytest.approx(2.4, rel=1e-9)


@pytest.mark.parametrize("name", LARGE)
def test_in_the_large_problems_caps_bind_and_every_flavor_is_wanted(name):
    made = large(name, 2_000, 1)
    found = solve(made.objective, **made.given())
    assert 0.05 < (found.x.sum(axis=1) >= made.tasks * (1 - 1e-9)).mean() < 0.7
    used = (found.x.T @ made.bundle / made.capacity).max(axis=1)
    assert used == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("objective", ["nash", "utilitarian"])
def test_more_flavors_than_a_number_has_bits_are_divided_as_each_half_alone(objective):
    """400 claims run on the first 35 flavors only, 400 on the others: together they get what each half gets by itself."""
    draw = np.random.default_rng(3)
    speed, room = draw.uniform(0.5, 2, (2, 400, 35)), draw.uniform(1, 3, (2, 35))
    tasks, weight = draw.uniform(0.2, 4, (2, 400)), draw.uniform(0.5, 2, (2, 400))
    nothing = np.zeros((400, 35))
    both = solve(
        objective,
        speed=np.block([[speed[0], nothing], [nothing, speed[1]]]),
        capacity=room.ravel(),
        tasks=tasks.ravel(),
        weight=weight.ravel(),
    )
    halves = [solve(objective, speed[k], capacity=room[k], tasks=tasks[k], weight=weight[k]) for k in (0, 1)]
    assert both.reached
    assert both.value == pytest.approx(sum(half.value for half in halves), rel=1e-8)
    assert (both.x.sum(axis=0) <= room.ravel()).all()


def test_one_claim_in_a_hundred_changes():
    made = large("nash", 2_000, 1)
    other = changed(made, 1)
    assert (made.speed != other.speed).any(axis=1).sum() == 20
    assert np.unique(made.speed).size == made.speed.size


def answer(x):
    """An answer of which only the division matters."""
    return Answer(x, x.sum(axis=1), np.zeros((1, 1)), 0.0, 0.0, 0.0)
