"""Can every policy take every family, and does a curve in other units, or later, say the same?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import loop
from apportion.capability.curves import FAMILIES, agreed_curve, curve
from apportion.capability.points import rising
from apportion.domain.charter import Charter
from apportion.errors import BadInput
from apportion.policies import equality_power, least_cost, max_capability
from making import situation_of

usual = settings(deadline=None, max_examples=60)
AT = np.linspace(0.0, 30.0, 31)
POINTS = "0:1, 4:3, 9:2, 20:8"


def refused(name, **said):
    with pytest.raises(BadInput) as raised:
        curve(name, **said)
    return str(raised.value)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_unit_and_growth_stretch_every_family_the_same_way(family):
    own = {"points": POINTS} if "points" in FAMILIES[family].__code__.co_varnames else {}
    plain = curve(family, **own)
    late = curve(family, per_unit=2.0, growth=math.log(3), years=1.0, **own)
    assert late.value(AT) == pytest.approx(plain.value(6 * AT))
    inside = AT[1:]
    assert late.slope(inside) == pytest.approx(6 * plain.slope(6 * inside))
    values = late.value(inside)
    assert late.value(late.inverse(values)) == pytest.approx(values)
    low, high = np.full(31, 1.0), np.full(31, 25.0)
    hull, stretched = late.envelope(low, high), plain.envelope(6 * low, 6 * high)
    between = np.clip(AT, 1.0, 25.0)
    assert hull.value(between) == pytest.approx(stretched.value(6 * between))
    assert (late.concave, late.rising) == (plain.concave, plain.rising)


def test_a_line_says_what_settings_say():
    line = curve("hill exponent=2 half=3, scale=5")
    assert line.value(AT).tolist() == curve("hill", exponent=2.0, half=3.0, scale=5.0).value(AT).tolist()
    assert float(curve("table points=0:0,10:4").value(np.array(5.0))) == 2
    assert float(agreed_curve({"curve": "linear scale=3"}).value(np.array(2.0))) == 6
    assert float(agreed_curve({"curve": "linear", "scale": 3, "per_unit": 2}).value(np.array(2.0))) == 12


def test_faults_of_a_line_are_told_at_once():
    told = refused("hill exponent=x half 3 half=1 half=2")
    assert all(
        part in told for part in ('exponent is "x"', '"half" is not a parameter', '"3" is not', "half is given twice")
    )
    told = refused("hill exponnet=2 A=3", half=-1.0)
    assert 'did you mean "exponent"?' in told
    assert 'does not read "A"' in told
    assert "half ≤" in told
    assert "in the line of the curve" in refused("hill half=3", half=4.0)
    assert "no curve" in refused("")
    assert float(curve("hill half=3", half=1.0).value(np.array(3.0))) == 0.5  # 1 is the default: nobody said it


def test_curves_beyond_floats_are_refused():
    assert "leaves what a float holds" in refused("power_law exponent=10 per_unit=1e40")
    assert "leaves what a float holds" in refused("hill exponent=10 half=1e-40")


def test_a_charter_names_chinchilla_by_its_symbols():
    by_table = agreed_curve(
        {"curve": "chinchilla", "E": 1.8, "A": 480.0, "B": 2085.0, "alpha": 0.35, "beta": 0.37, "least": 1e18}
    )
    assert by_table.domain[0] == 1e18
    assert not by_table.concave
    with pytest.raises(BadInput, match=r"capability\.floor"):
        agreed_curve({"curve": "chinchilla", "floor": 1.7})


@usual
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12))
def test_monotone_rises_and_is_as_near_as_a_program_of_squares_finds(P):
    from scipy.optimize import minimize

    values = np.array(P)
    found = rising(values)
    assert (np.diff(found) >= -1e-12).all()
    assert rising(found) == pytest.approx(found)
    steps = minimize(
        lambda z: float((((np.concatenate([[z[0]], z[0] + np.cumsum(z[1:] ** 2)])) - values) ** 2).sum()),
        np.concatenate([[values.mean()], np.full(len(P) - 1, 0.5)]),
    )
    assert float(((found - values) ** 2).sum()) <= steps.fun + 1e-6


def test_monotone_is_the_table_of_points_that_rise_already():
    assert (
        curve("monotone", points="0:0, 10:3").value(AT).tolist()
        == curve("table", points="0:0, 10:3").value(AT).tolist()
    )
    made = curve("monotone", points=POINTS)
    assert made.rising
    assert made.value(np.array([4.0, 9.0])).tolist() == [2.5, 2.5]


@pytest.mark.parametrize("policy", [equality_power, least_cost, max_capability])
def test_every_policy_of_capability_takes_every_family_in_a_line(policy):
    situation = situation_of((12,), [(1,), (1,)], tasks=[9, 6])
    low = {"target": -1e9} if policy is least_cost else {}
    plan = policy.divide(situation, curve="chinchilla A=300 alpha=0.3 per_unit=1e21 least=1e15", **low)
    assert plan.parameters["curve"] == "chinchilla A=300 alpha=0.3 per_unit=1e21 least=1e15"
    own = policy.divide(situation, curve="power_law exponent=0.7", scales="", **low)
    assert (
        own.tasks_micro.tolist()
        == policy.divide(situation, curve="power_law", exponent=0.7, **low).tasks_micro.tolist()
    )


def test_what_a_charter_says_of_capability_reaches_its_policy_whole():
    agreed = {"curve": "chinchilla", "A": 300.0, "per_unit": 1e21, "least": 1e15}
    rule = loop.charter_rule(Charter(policy="max_capability", capability=agreed))
    assert rule.parameters == {"curve": "chinchilla A=300.0 per_unit=1e+21", "least": 1e15}
    points = {"curve": "table", "points": [[0, 0], [10, 4]]}
    assert loop.charter_rule(Charter(policy="max_capability", capability=points)).parameters["points"] == "0:0, 10:4"
    assert loop.charter_rule(Charter(policy="max_min", capability=agreed)).parameters == {}
