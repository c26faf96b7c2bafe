"""Do leximin on arrays and a textbook's sequence of linear programs agree, and DRF on one flavor and progressive filling?

The textbook: raise all that can still rise together as far as possible; then ask of each, by a program of its own, whether it
can rise at all while nobody falls below what it has; hold those that cannot; go on. Ogryczak and Śliwiński, EJOR 2003.
"""

import numpy as np
import pytest
from large import large
from scipy.optimize import linprog
from small import KINDS, small

from apportion.solver.filling.fill import fill
from apportion.solver.levels.dominant import dominant
from apportion.solver.levels.leximin import leximin
from apportion.solver.problem import problem

KIND = [kind for kind in KINDS if kind != "wide"]  # a general program has no digits for speeds of ten orders
SEEDS = range(40)


def by_programs(given):
    """Rates over weights (M,), level by level."""
    many, flavors = given.speed.shape
    may = given.usable.ravel()
    ratio = (given.speed / given.weight[:, None]).ravel() * may
    cap = given.tasks * np.where(given.usable, given.speed, 0).max(axis=1, initial=0) / given.weight
    owner = np.repeat(np.arange(many), flavors)
    mine = (owner == np.arange(many)[:, None]).astype(float)
    use = np.einsum("ir,fg->frig", given.bundle, np.eye(flavors)).reshape(-1, many * flavors)
    finite = np.isfinite(given.tasks)
    limits = np.concatenate([mine[finite], -mine, use])
    right = np.concatenate([given.tasks[finite], -given.minimum, given.capacity.ravel()])
    bounds = [(0, None if one else 0) for one in may]

    def most(goal, floor):
        """Maximise t over x with ratio · x ≥ floor + t · goal."""
        rows = np.column_stack([np.concatenate([limits, -mine * ratio]), np.concatenate([np.zeros(len(right)), goal])])
        found = linprog(
            np.append(np.zeros(many * flavors), -1.0), rows, np.concatenate([right, -floor]), bounds=[*bounds, (0, None)],
            method="highs",
        )  # fmt: skip
        return float(found.x[-1])

    held, rising = np.zeros(many), cap > 0
    while rising.any():
        level = most(rising.astype(float), np.where(rising, 0.0, held * (1 - 1e-9)))
        floor = np.where(rising, level, held) * (1 - 1e-9)
        for i in np.flatnonzero(rising):
            if most((np.arange(many) == i).astype(float), floor) < 1e-6 * max(level, 1e-9):
                held[i], rising[i] = level, False
    return held


@pytest.mark.parametrize("kind", KIND)
def test_rates_are_those_of_a_sequence_of_programs(kind):
    wrong = []
    for seed in SEEDS:
        case = small(kind, "max_min", seed)
        given = problem(case.speed, case.bundle, case.capacity, case.tasks, case.weight, case.minimum)
        answer = leximin(given)
        if not answer.reached:
            continue
        ratio, reference = answer.rate / given.weight, by_programs(given)
        seen = ~given.minimum.astype(bool)
        if not np.allclose(ratio[seen], reference[seen], rtol=1e-5, atol=1e-7):
            wrong.append(seed)
    assert not wrong


def test_nearly_all_small_problems_reach_the_gap_that_is_asked_for():
    answers = [
        leximin(problem(case.speed, case.bundle, case.capacity, case.tasks, case.weight, case.minimum))
        for case in (small(kind, "max_min", seed) for kind in KINDS for seed in range(12))
    ]
    assert sum(answer.reached for answer in answers) >= 0.95 * len(answers)


def test_dominant_shares_on_one_flavor_are_those_of_progressive_filling():
    """A hundred problems of whole thousandths with zeros, ties, caps and least tasks."""
    draw = np.random.default_rng(11)
    for _ in range(100):
        many, width = draw.integers(1, 30), draw.integers(1, 5)
        bundle = draw.integers(0, 4, (many, width)) * 1000
        bundle[:, 0] += 1000 * ~bundle.any(axis=1)
        capacity = draw.integers(1, 40, (1, width)) * 1000
        most, weight = draw.integers(1, 9, many) * 1_000_000, draw.integers(1, 4, many).astype(float)
        share = (bundle / capacity).max(axis=1)
        filled = fill((weight / share)[:, None], most, bundle, capacity).tasks / 1e6
        ours = dominant(problem(np.ones((many, 1)), bundle, capacity, most / 1e6, weight, None))
        assert ours.x == pytest.approx(filled, rel=1e-9, abs=1e-9)
        assert ((ours.x.T @ bundle) <= capacity * (1 + 1e-15)).all()


def test_many_claims_end_at_the_level_that_one_program_for_all_finds():
    """Six thousand claims are thinned out and settled; a general solver takes them all at once for the first level."""
    case = large("max_min", 6000, 4)
    given = problem(case.speed, case.bundle, case.capacity, case.tasks, case.weight, None)
    answer = leximin(given)
    assert answer.reached
    assert ((answer.x.T @ given.bundle) <= given.capacity).all()
    assert (answer.x.sum(axis=1) <= given.tasks).all()
    assert answer.rate.min() > 0
    assert answer.levels[0] == pytest.approx(_level_of_all(given, answer.levels[0]), rel=1e-7)


def _level_of_all(given, level):
    """The level at which the part of every demand that can be met is one, from one program at about that level."""
    from scipy.sparse import coo_array, vstack

    many, flavors = given.speed.shape
    need = np.minimum(level * given.weight, given.tasks * given.speed.max(axis=1))
    row, column = np.repeat(np.arange(many), flavors), np.arange(many * flavors)
    last = np.full(many, many * flavors)
    asked = coo_array(
        (np.append(-given.speed.ravel(), need), (np.append(row, np.arange(many)), np.append(column, last))),
        shape=(many, many * flavors + 1),
    )
    caps = coo_array((np.ones(len(row)), (row, column)), shape=asked.shape)
    used = coo_array((np.ones(len(row)), (column % flavors, column)), shape=(flavors, asked.shape[1]))
    right = np.concatenate([np.zeros(many), given.tasks, given.capacity.ravel()])
    goal = np.append(np.zeros(many * flavors), -1.0)
    found = linprog(goal, vstack([asked, caps, used]), right, method="highs-ipm")
    return level * found.x[-1]
