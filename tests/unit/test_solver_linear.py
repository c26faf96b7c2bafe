"""Is the best sum of many claims proven whatever they are like: tied, alike, heavy, or over ten orders of magnitude?"""

from functools import partial

import numpy as np
import pytest
from large import large

from apportion.errors import BadInput
from apportion.solver import solve
from apportion.solver.prices.program import How, program
from apportion.solver.problem import problem

MANY = 1500


def plain(draw, flavors=8, resources=1):
    spread = draw.lognormal(0, 1, (MANY, 1)) * draw.lognormal(0, 0.5, (MANY, flavors))
    return {
        "speed": spread * draw.uniform(0.5, 2, flavors),
        "bundle": np.ones((MANY, 1)) if resources == 1 else draw.lognormal(0, 0.7, (MANY, resources)),
        "capacity": draw.uniform(0.5, 1.5, (flavors, resources)) * (0.55 * MANY / flavors),
        "tasks": draw.lognormal(0, 0.8, MANY),
        "weight": draw.uniform(0.5, 2.0, MANY),
    }


def with_(change, draw):
    made = plain(draw)
    return {**made, **change(made, draw)}


def whole_numbers(made, draw):
    return {"speed": draw.integers(1, 4, made["speed"].shape).astype(float), "weight": draw.integers(1, 3, MANY) * 1.0}


def heavy(made, draw):  # noqa: ARG001  # as all of them
    tasks = made["tasks"].copy()
    tasks[7], tasks[11] = 0.6 * made["capacity"].sum(), 1e9
    return {"tasks": tasks}


KINDS = {
    "plain": plain,
    "three resources": partial(plain, resources=3),
    "one flavor, eight resources": partial(plain, flavors=1, resources=8),
    "loose": partial(with_, lambda made, _: {"capacity": made["capacity"] * 100}),
    "alike": partial(with_, lambda made, _: {"speed": made["speed"][[0] * MANY], "weight": np.ones(MANY)}),
    "hardly alike": partial(
        with_, lambda made, draw: {"speed": made["speed"][[0] * MANY], "weight": 1 + 1e-13 * draw.random(MANY)}
    ),
    "proportional": partial(
        with_,
        lambda made, _: {
            "speed": made["speed"][:1] * made["tasks"][:, None], "bundle": made["tasks"][:, None], "weight": np.ones(MANY)
        },
    ),
    "two flavors alike": partial(
        with_, lambda made, _: {"speed": np.hstack([made["speed"][:, :7], made["speed"][:, :1]])}
    ),
    "whole numbers": partial(with_, whole_numbers),
    "one flavor each": partial(
        with_,
        lambda made, draw: {"speed": made["speed"] * (np.arange(8) == draw.integers(0, 7, MANY)[:, None])},
    ),
    "an unwanted flavor": partial(
        with_, lambda made, _: {"speed": made["speed"] * np.where(np.arange(8) == 7, 1e-6, 1)}
    ),
    "an absent flavor": partial(
        with_, lambda made, _: {"capacity": made["capacity"] * (np.arange(8) != 3)[:, None]}
    ),
    "ten orders of magnitude": partial(
        with_, lambda made, draw: {"speed": made["speed"] * 10 ** draw.uniform(-5, 5, (MANY, 1))}
    ),
    "flavors over ten orders": partial(
        with_, lambda made, draw: {"speed": made["speed"] * 10 ** draw.uniform(-5, 5, 8)}
    ),
    "minima": partial(
        with_, lambda made, draw: {"minimum": made["tasks"] * np.where(draw.random(MANY) < 0.3, 0.25, 0)}
    ),
    "no caps": partial(with_, lambda *_: {"tasks": np.full(MANY, np.inf)}),
    "heavy claims": partial(with_, heavy),
    "many want nothing": partial(with_, lambda made, draw: {"tasks": made["tasks"] * (draw.random(MANY) < 0.2)}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_many_claims_reach_what_one_program_of_all_of_them_does(kind):
    given = KINDS[kind](np.random.default_rng([3, *kind.encode()]))
    found = solve("utilitarian", **given)
    assert found.reached
    assert proven(given, found) <= 1e-8
    made = problem(**{"minimum": None, **given})
    x = program(made, made.usable, made.capacity, How())[0]
    assert found.value == pytest.approx(float(given["weight"] @ (x * made.speed).sum(axis=1)), rel=2e-8)


def proven(given, found):
    """The gap by weak duality, from the prices alone, in another order of sums; the division is within all limits."""
    speed, bundle, tasks, weight = (given[name] for name in ("speed", "bundle", "tasks", "weight"))
    least, room = given.get("minimum", np.zeros(MANY)), given["capacity"]
    assert (found.x >= 0).all()
    assert (found.x.T @ bundle <= room * (1 + 1e-12)).all()
    granted = found.x.sum(axis=1)
    assert (granted <= tasks * (1 + 1e-12)).all()
    assert (granted >= least * (1 - 1e-12)).all()
    if not np.isfinite(tasks).all():
        tasks = np.minimum(tasks, (room[None] / bundle[:, None]).min(axis=2).sum(axis=1))
    runs = (speed > 0) & (room > 0).all(axis=1)
    net = np.where(runs, weight[:, None] * speed - bundle @ found.prices.T, -np.inf).max(axis=1)
    net = np.where(runs.any(axis=1), net, 0)
    bound = (found.prices * room).sum() + (tasks * np.maximum(net, 0) + least * np.minimum(net, 0)).sum()
    return np.log(bound / (weight @ (found.x * speed).sum(axis=1)))


def test_every_number_of_claims_has_its_proof():
    for many in (501, 700, 3_000, 10_000, 60_000):
        found = solve("utilitarian", **large("utilitarian", many, 9).given())
        assert found.reached
        assert 0 <= found.gap <= 1e-10


@pytest.mark.parametrize("factor", [1.0, 1.001, 10.0, 0.0])
def test_earlier_prices_good_or_bad_lead_to_the_same_value(factor):
    given = plain(np.random.default_rng(8))
    fresh = solve("utilitarian", **given)
    start = fresh.prices * np.where(np.arange(8) == 2, factor, 1.0)[:, None]
    again = solve("utilitarian", **given, start=start)
    assert again.reached
    assert again.value == pytest.approx(fresh.value, rel=1e-9)


def test_more_flavors_than_bits_and_nothing_to_divide():
    draw = np.random.default_rng(2)
    found = solve("utilitarian", speed=draw.random((600, 70)), capacity=draw.random(70) * 5, tasks=np.ones(600))
    assert found.reached
    idle = solve("utilitarian", speed=np.zeros((900, 2)), capacity=[1, 1], tasks=np.ones(900))
    assert (idle.value, idle.reached, len(idle.excluded)) == (0.0, True, 900)


def test_minima_of_many_claims_that_do_not_fit_are_refused():
    given = plain(np.random.default_rng(8))
    with pytest.raises(BadInput, match="do not fit into the capacity together"):
        solve("utilitarian", **{**given, "minimum": given["tasks"]})
