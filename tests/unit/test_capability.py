"""Do the response curves keep to their formulas, and is a member's compute what it is said to be?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.capability.curves import FAMILIES, agreed_curve, curve
from apportion.capability.holding import holding
from apportion.errors import BadInput
from apportion.policies import equality_power, least_cost, max_capability
from making import MICRO, granted, situation_of

usual = settings(deadline=None, max_examples=60)
WAVY = "0:0, 2:1, 5:9, 9:10, 14:18, 20:19"
FALLING = "1:5, 4:6, 9:3, 12:4, 20:1"


def around(low, high):
    return st.floats(low, high, allow_nan=False)


@st.composite
def some_curves(draw, names=tuple(FAMILIES)):
    """A curve of any family, with any parameters, and its name."""
    name = draw(st.sampled_from(names))
    made = curve(
        name,
        scale=draw(around(0.1, 50)),
        exponent=draw(st.one_of(around(0.1, 4), st.sampled_from([0.5, 1.0, 2.0]))),
        half=draw(around(0.3, 20)),
        floor=draw(around(-3, 3)),
        least=draw(around(0.2, 5)),
        points=draw(st.sampled_from([WAVY, FALLING, "0:0, 5:4, 20:6"])),
    )
    return name, made


AT = np.linspace(0.003, 29.997, 701)


@usual
@given(some_curves())
def test_the_slope_is_the_limit_of_the_chords(made):
    _, f = made
    step = 1e-7
    before, after = (f.value(AT + step) - f.value(AT)) / step, f.slope(AT)
    smooth = np.abs(f.slope(AT + 2 * step) - after) <= 1e-3 * (np.abs(after) + 1e-6)  # no kink in between
    assert smooth.mean() > 0.98
    assert before[smooth] == pytest.approx(after[smooth], rel=2e-3, abs=1e-5 * np.abs(f.value(AT)).max())


@usual
@given(some_curves())
def test_the_inverse_gives_back_an_amount_of_the_same_capability(made):
    _, f = made
    value = f.value(AT)
    back = f.inverse(value)
    assert not np.isnan(back).any()
    assert f.value(back) == pytest.approx(value, rel=1e-9, abs=1e-9)
    if f.rising:
        assert (back <= AT * (1 + 1e-6)).all()


@usual
@given(some_curves())
def test_what_a_curve_says_of_its_shape_is_true(made):
    _, f = made
    value = f.value(AT)
    bend = np.diff(value, 2).max()
    noise = 1e-12 * np.abs(value).max()
    assert not f.rising or np.diff(value).min() >= -noise
    assert not f.concave or bend <= noise


@pytest.mark.parametrize(
    ("name", "exponent", "concave", "rising"),
    [
        ("linear", 2, True, True),
        ("power_law", 0.5, True, True),
        ("power_law", 1, True, True),
        ("power_law", 1.5, False, True),
        ("power_floor", 0.5, False, True),
        ("log", 2, True, True),
        ("hill", 1, True, True),
        ("hill", 2, False, True),
        ("michaelis_menten", 2, True, True),
        ("inverse", 1, False, False),
    ],
)
def test_which_families_are_concave_and_which_rise(name, exponent, concave, rising):
    made = curve(name, exponent=float(exponent))
    assert (made.concave, made.rising) == (concave, rising)


@usual
@given(some_curves(), around(0, 6), around(0.5, 20))
def test_the_envelope_is_the_hull_of_a_fine_drawing(made, low, width):
    """Against the upper hull of 4,001 points of the curve, which lies below the envelope by at most what one step changes."""
    _, f = made
    at = np.linspace(low, low + width, 4001)
    drawn = f.value(at)
    hull = [0]
    for k in range(1, len(at)):
        while len(hull) > 1 and (drawn[hull[-1]] - drawn[hull[-2]]) * (at[k] - at[hull[-2]]) <= (
            drawn[k] - drawn[hull[-2]]
        ) * (at[hull[-1]] - at[hull[-2]]):
            hull.pop()
        hull.append(k)
    expected = np.interp(at, at[hull], drawn[hull])
    envelope = f.envelope(np.full(len(at), low), np.full(len(at), low + width))
    found, size = envelope.value(at), np.abs(drawn).max()
    assert (found >= drawn - 1e-9 * size).all()
    assert found == pytest.approx(expected, abs=np.abs(np.diff(drawn)).max() + 1e-9 * size)
    assert np.diff(envelope.slope(at)[np.isfinite(envelope.slope(at))]).max(initial=0) <= 1e-6 * size


@pytest.mark.parametrize("k", [1.5, 2.0, 5.0])
def test_a_hill_curve_is_touched_from_nothing_where_its_slope_is_its_mean(k):
    """f′(t)·t = f(t) solves to t = h·(k − 1)^(1/k)."""
    f, touch = curve("hill", exponent=k, half=3.0), 3.0 * (k - 1) ** (1 / k)
    at = np.array([touch * 0.4, touch * 0.999, touch * 1.001, 40.0])
    chord = at * f.value(np.array(touch)) / touch
    found = f.envelope(np.zeros(4), np.full(4, 50.0)).value(at)
    assert found == pytest.approx(np.where(at < touch, chord, f.value(at)), rel=1e-12)


def test_capability_that_no_compute_buys_has_no_inverse():
    asked = np.array([-1.0, 0.0, 1.0, 2.0])
    assert np.isnan(curve("hill").inverse(asked)).tolist() == [True, False, True, True]
    assert np.isnan(curve("inverse").inverse(asked)).tolist() == [True, True, False, True]
    assert np.isnan(curve("table", points="0:0, 4:1").inverse(asked)).tolist() == [True, False, False, True]
    assert np.isnan(curve("power_law").inverse(asked)).tolist() == [True, False, False, False]


def faults(make, *arguments, **settings_):
    with pytest.raises(BadInput) as raised:
        make(*arguments, **settings_)
    return str(raised.value)


def test_all_faults_of_a_curve_are_told_at_once():
    told = faults(curve, "hill", scale=-1.0, half=0.0, exponent=float("nan"), least=-5.0)
    assert all(f"capability.{name}" in told for name in ("scale", "half", "exponent"))
    assert "least" not in told
    assert 'did you mean "power_law"?' in faults(curve, "powerlaw")


def test_a_charter_names_only_what_its_curve_reads():
    assert float(agreed_curve({}).value(np.array(9.0))) == 3
    assert float(agreed_curve({"curve": "linear", "scale": 2}).value(np.array(9.0))) == 18
    assert float(agreed_curve({"curve": "table", "points": [[0, 0], [10, 4]]}).value(np.array(5.0))) == 2
    told = faults(agreed_curve, {"curve": "michaelis_menten", "exponent": 2, "hlaf": 3})
    assert "capability.exponent" in told
    assert 'did you mean "half"?' in told
    assert "no curve" in faults(agreed_curve, {"curve": "chinchila", "exponent": 2})


@pytest.mark.parametrize(
    "points", ["", "3", "0:0", "0:0, 1", "0:0, 0:1", "5:1, 4:2", "-1:0, 2:3", "0:a, 2:3", "0:0, 1:inf"]
)
def test_points_that_are_no_curve_are_refused(points):
    assert "0:0, 10:3, 20:4" in faults(curve, "table", points=points)


def test_compute_is_the_gpu_if_there_is_one_and_else_the_cpu():
    with_gpu = situation_of((8, 64, 4), [(1, 2, 1), (3, 0, 0)], tasks=[2, 1])
    assert holding(with_gpu).resource == 2
    assert holding(with_gpu).asked.tolist() == [2, 0]
    assert holding(with_gpu).part.tolist() == [0]
    assert holding(situation_of((8, 64, 0), [(1, 2, 0)], tasks=[2])).resource == 0
    assert holding(with_gpu, "memory_milli_gib").asked.tolist() == [4, 0]
    assert "no resource" in faults(holding, with_gpu, "tpu")


def test_flavors_count_by_the_mean_speed_of_those_who_ask():
    """Speeds 1 and 2 are halves and wholes to the first, the second runs on f only: v_f = (6·½ + 2·1)/8, v_g = 1."""
    situation = situation_of({"f": (8,), "g": (4,)}, [(1,), (1,)], tasks=[6, 2], speed=[(1, 2), (9, 0)])
    asked = holding(situation)
    assert asked.speed.tolist() == [0.625, 1]
    assert asked.total == 8 * 0.625 + 4
    assert asked.asked.tolist() == [6, 1.25]
    tasks = np.array([[2, 3], [1, 0]]) * MICRO
    assert asked.held(tasks).tolist() == [2 * 0.625 + 3, 0.625]


def test_members_without_standing_take_no_part_and_their_minima_are_taken_off():
    situation = situation_of([10], [(1,)] * 2, tasks=[9, 9], least=[0, 3], weights={"m0": 1, "m1": 0})
    asked = holding(situation)
    assert asked.part.tolist() == [0]
    assert asked.total == 7
    assert granted(max_capability.divide(situation)) == [7, 3]


TWO = situation_of([10], [(1,)] * 2, tasks=[9, 9])


def test_scales_are_told_by_member():
    assert granted(max_capability.divide(TWO, scales="m1=2")) == [2, 8]
    told = faults(max_capability.divide, TWO, scales="m2=2, m1=-1, m0")
    assert 'scale for "m2"' in told
    assert 'scale "-1" of m1' in told
    assert 'scale for "m0"' in told


def test_bad_parameters_of_the_policies_are_refused():
    assert "policy.mu" in faults(equality_power.divide, TWO, mu=-1.0)
    assert "policy.mu" in faults(equality_power.divide, TWO, mu=float("nan"))
    told = faults(least_cost.divide, TWO, curve="inverse", target=float("inf"))
    assert "policy.target" in told
    assert "policy.curve" in told
    assert "capability.exponent" in faults(max_capability.divide, TWO, exponent=0.0)


def test_a_member_with_minima_reaches_its_target_and_not_more():
    """m0 holds 6 of its 12 with one claim bound to 4: its other claim gets the other 2, and m1 its own 6."""
    situation = situation_of(
        [12], [(1,)] * 3, tasks=[4, 8, 12], least=[4, 0, 0], members=["m0", "m0", "m1"], weights={"m0": 1, "m1": 1}
    )
    assert granted(max_capability.divide(situation)) == [4, 2, 6]


def test_what_another_resource_keeps_a_member_from_using_flows_on_and_shows_in_the_gap():
    situation = situation_of((10, 4), [(1, 1), (1, 0)], tasks=[9, 9])
    plan = max_capability.divide(situation, resource="cpu_milli")
    assert granted(plan) == [4, 6]
    assert plan.objective == pytest.approx(2 + 6**0.5)
    assert plan.bound == pytest.approx(2 * 5**0.5)
    assert plan.gap == plan.bound - plan.objective


def test_the_notes_say_what_the_curve_means():
    assert "equal compute is best" in " ".join(equality_power.divide(TWO, mu=5.0).notes)
    assert "falls" in " ".join(max_capability.divide(TWO, curve="inverse").notes)
    assert "envelope" in " ".join(max_capability.divide(TWO, exponent=2.0).notes)
    assert max_capability.divide(TWO, scales="m1=2").notes == ()


def test_a_target_beyond_reach_gets_all_there_is_and_is_told():
    plan = least_cost.divide(TWO, target=99.0)
    assert granted(plan) == [5, 5]
    assert "99 cannot be reached: all there is buys 4.47214" in " ".join(plan.notes)
    assert plan.bound is None
