"""Does the solver refuse what is no amount, with the rows, and everything at once?"""

import numpy as np
import pytest

from apportion.errors import BadInput
from apportion.solver import solve

GOOD = {"speed": [[1.0, 2.0], [2.0, 1.0]], "bundle": [[1.0], [1.0]], "capacity": [[4.0], [4.0]], "tasks": [3.0, 3.0]}


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, -1.0])
@pytest.mark.parametrize("name", ["speed", "bundle", "capacity", "weight", "minimum"])
def test_what_is_no_amount_is_refused_with_its_row(name, wrong):
    given = {**GOOD, "weight": [1.0, 1.0], "minimum": [0.0, 0.0]}
    array = np.array(given[name])
    array.reshape(len(array), -1)[1, 0] = wrong
    with pytest.raises(BadInput, match=f"{name}, row 1"):
        solve("nash", **{**given, name: array})


@pytest.mark.parametrize("weight", [0.0, -2.0])
def test_a_weight_that_is_not_positive_is_refused(weight):
    with pytest.raises(BadInput, match=r"weight, row 0"):
        solve("nash", **GOOD, weight=[weight, 1.0])


@pytest.mark.parametrize(
    ("name", "shape"), [("bundle", (3, 1)), ("capacity", (3, 1)), ("tasks", (3,)), ("weight", (1,)), ("minimum", (5,))]
)
def test_shapes_that_do_not_match_are_told_together(name, shape):
    with pytest.raises(BadInput, match=name):
        solve("nash", **{**GOOD, name: np.ones(shape)})


def test_all_faults_come_at_once():
    with pytest.raises(BadInput) as refusal:
        solve(
            "nash", speed=[[np.nan], [1.0]], capacity=[[-1.0]], tasks=[1.0, 1.0], weight=[1.0, 0.0], minimum=[2.0, 0.0]
        )
    assert {fault.where.split(",")[0] for fault in refusal.value.faults} == {"speed", "capacity", "weight", "minimum"}


def test_claims_without_any_limit_are_refused():
    with pytest.raises(BadInput, match="without limit"):
        solve("nash", speed=[[1.0]], bundle=[[0.0]], capacity=[[1.0]])


@pytest.mark.parametrize("objective", ["nash", "utilitarian", "max_min", "drf"])
def test_minima_that_do_not_fit_name_a_smallest_set(objective):
    """Claims 1 and 3 ask for 3 of 5 each on the only flavor where they run; 0 and 2 have no part in it."""
    speed = [[1, 1], [1, 0], [0, 1], [1, 0]]
    with pytest.raises(BadInput, match=r"minimum, rows 1, 3") as refusal:
        solve(objective, speed=speed, capacity=[5, 5], tasks=[9.0] * 4, minimum=[1.0, 3.0, 4.0, 3.0])
    assert "together" in refusal.value.faults[0].what


def test_a_minimum_that_can_run_nowhere_is_named_alone():
    with pytest.raises(BadInput, match=r"minimum, row 1:?"):
        solve("nash", speed=[[1.0], [0.0]], capacity=[5], tasks=[9.0, 9.0], minimum=[1.0, 1.0])


def test_numbers_near_the_end_of_floats_are_no_crash():
    answer = solve(
        "nash", speed=[[2.0**63], [1e-5]], bundle=[[2.0**62], [1e-9]], capacity=[[2.0**63]], tasks=[1e18, 1e18]
    )
    assert np.isfinite(answer.x).all()
    assert (answer.x.T @ np.array([[2.0**62], [1e-9]]) <= 2.0**63).all()


@pytest.mark.parametrize("objective", ["nash", "utilitarian", "max_min", "drf"])
@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"start": [1.0, 2.0, 3.0]}, "start: has shape"),
        ({"start": "x"}, "start: this is not"),
        *(({"start": [[1.0], [wrong]]}, "start, row 1: is no price") for wrong in (np.nan, np.inf, -1.0)),
        *(({"tolerance": wrong}, "tolerance: ") for wrong in (np.nan, np.inf, -1.0, "x", None)),
        ({"speed": np.ones((2, 2, 2))}, "speed: has shape"),
        ({"speed": np.ones((2, 0)), "capacity": np.ones((0, 1))}, "speed: has shape"),
        ({"speed": np.ones((2, 2)) * 1j}, "speed: this is not an array of numbers"),
        ({"speed": np.array([["2020", "2021"]] * 2, dtype="datetime64[D]")}, "speed: this is not an array of numbers"),
        ({"speed": [["1", "2"], ["2", "1"]]}, "speed: this is not an array of numbers"),
        ({"speed": [[10**400, 1], [1, 1]]}, "speed: this is not an array of numbers"),
        ({"speed": None}, "speed"),
        *(({name: [[1e101], [1.0]]}, f"{name}, row 0: is above 1e\\+100") for name in ("bundle", "capacity")),
        ({"weight": [1e101, 1.0]}, "weight, row 0: is above"),
        ({"weight": [1.0, 5e-324]}, "weight, row 1: is below 1e-100"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_every_objective(objective, changed, where):
    with pytest.raises(BadInput, match=where):
        solve(objective, **GOOD | changed)


@pytest.mark.parametrize("alpha", [np.nan, np.inf, -1.0, "2", [1, 2]])
def test_an_alpha_that_is_no_number_is_refused(alpha):
    with pytest.raises(BadInput, match="alpha"):
        solve("alpha_fair", **GOOD, alpha=alpha)


@pytest.mark.parametrize("objective", [None, 3, ["nash"]])
def test_what_names_no_objective_is_refused(objective):
    with pytest.raises(BadInput, match="no objective"):
        solve(objective, **GOOD)


def test_an_unknown_objective_names_the_nearest_and_alpha_belongs_to_alpha_fair():
    with pytest.raises(BadInput, match="nash"):
        solve("nsh", **GOOD)
    with pytest.raises(BadInput, match="alpha"):
        solve("nash", **GOOD, alpha=2.0)
    with pytest.raises(BadInput, match="alpha"):
        solve("alpha_fair", **GOOD)


def test_the_same_arrays_give_the_same_bits():
    draw = np.random.default_rng(4)
    given = {"speed": draw.random((900, 4)) + 0.1, "capacity": draw.random(4) * 90, "tasks": draw.random(900)}
    one, other = solve("nash", **given), solve("nash", **given)
    assert one.x.tobytes() == other.x.tobytes()
    assert one.prices.tobytes() == other.prices.tobytes()


@pytest.mark.parametrize("alpha", [1e3, 1e9])
def test_an_alpha_whose_powers_no_float_holds_is_refused(alpha):
    with pytest.raises(BadInput, match=r"(?s)powers of rates.*max_min"):
        solve("alpha_fair", speed=[[1, 2], [2, 1]], capacity=[1, 1], alpha=alpha)


def test_an_alpha_too_large_for_these_rates_is_refused():
    with pytest.raises(BadInput, match="with alpha 300 powers of these rates"):
        solve("alpha_fair", speed=[[1e-6], [2e-6]], capacity=[1], alpha=300)


@pytest.mark.parametrize("objective", ["nash", "max_min", "drf", "utilitarian"])
def test_minima_that_are_a_hair_too_much_are_refused_by_every_objective(objective):
    fits = solve(objective, speed=[[1, 1], [1, 1]], capacity=[4, 4], minimum=[4, 4])
    assert fits.reached
    with pytest.raises(BadInput, match="do not fit into the capacity together"):
        solve(objective, speed=[[1, 1], [1, 1]], capacity=[4, 4], minimum=[4, 4.0000001])
