"""Do the models of the source articles give what they give when they are solved, and are their warnings with them?"""

import json
import math

import pytest

from apportion import presets
from apportion.cli.app import run_app
from apportion.errors import BadInput, NotFound


def answer(name, **parameters):
    return presets.model(name).answer(**parameters)


def rows(name, key, **parameters):
    return {row[key]: row for row in answer(name, **parameters).rows}


def test_every_model_has_an_answer_and_at_least_two_warnings():
    assert presets.names() == ("000", "001", "002", "003", "004")
    for name in presets.names():
        found = answer(name)
        assert found.rows
        assert len(found.warnings) >= 2


def test_000_all_compute_by_own_curves_is_as_the_squares_of_what_a_unit_buys():
    """For μ → ∞ and f_i = a_i·√C, C_i is in proportion to a_i² = A_i²/C_i = (4, 4.5, 2)/1000."""
    own = {row["aim"]: row for row in answer("000").rows if row["curve"].startswith("own")}
    assert [own["equal parts"][f"firm-{f}"] for f in "abc"] == pytest.approx([35 / 3] * 3)
    assert [own["most capability"][f"firm-{f}"] for f in "abc"] == pytest.approx([35 * a / 10.5 for a in (4, 4.5, 2)])
    assert own["most capability"]["Σ A"] == pytest.approx(math.sqrt(35 * 10.5 / 1000))
    assert own["equal parts"]["Σ A"] < own["between"]["Σ A"] < own["most capability"]["Σ A"]


def test_000_a_point_of_the_frontier_satisfies_its_condition():
    row = next(row for row in answer("000", target=0.603).rows if row["aim"].startswith("Σ A"))
    C = [row[f"firm-{f}"] for f in "abc"]
    slopes = [A / math.sqrt(C0) / (2 * math.sqrt(c)) for A, C0, c in zip((0.2, 0.3, 0.1), (10, 20, 5), C, strict=True)]
    assert sum(C) == pytest.approx(35)
    assert row["Σ A"] == pytest.approx(0.603)
    mu = 2 * (C[0] - C[1]) / (slopes[0] - slopes[1])
    assert 2 * (C[0] - C[2]) - mu * (slopes[0] - slopes[2]) == pytest.approx(0, abs=1e-6)


def test_000_one_concave_curve_makes_the_frontier_one_point_and_a_falling_one_does_not():
    assert {row["aim"] for row in answer("000").rows if row["curve"] == "one, log"} == {"any"}
    falls = {row["aim"]: row for row in answer("000").rows if row["curve"] == "one, inverse"}
    assert sorted(falls["most capability"][f"firm-{f}"] for f in "abc") == pytest.approx([1, 1, 33])
    assert falls["most capability"]["Σ A"] == pytest.approx(1 + 1 + 1 / 33)


def test_000_a_target_beyond_reach_is_said_to_be():
    assert any("cannot be had" in said for said in answer("000", target=0.7).found)


def test_001_straight_lines_give_all_to_the_steepest_and_one_curve_equal_parts():
    table = answer("001").rows
    assert [row["C if P = a·C"] for row in table] == [0] * 9 + [100]
    assert [row["C if P = C^0.5"] for row in table] == [10] * 10
    squares = [(1 + i / 10) ** 2 for i in range(10)]
    assert [row["C if P = a·C^0.5"] for row in table] == pytest.approx(
        [100 * a / sum(squares) for a in squares], abs=1e-5
    )


@pytest.mark.parametrize(("case", "R", "T"), [("n = 1", 2.7257, 12_725.68), ("n = R", 20.25, 30_250)])
def test_002_least_cost(case, R, T):
    found = rows("002", "case")[case]
    assert found["R"] == pytest.approx(R, abs=5e-5)
    assert found["T"] == pytest.approx(T, abs=5e-3)


def test_002_from_measured_points_interpolates():
    found = rows("002", "case", points="1:11000:0.2, 4:14000:1.6")["as measured"]
    assert (found["R"], found["T"]) == pytest.approx((2.5, 12_500))
    for points in ("1:2", "a:b:c", "2:1:0.1, 1:1:2", "1:1:0.1, 2:1:0.2", "1:1:1, 2:1:2", "1:1:nan, 2:1:2"):
        with pytest.raises(BadInput):
            answer("002", points=points)


def test_003_fractions_and_whole_tasks():
    table = rows("003", "task")
    assert [table[task]["fraction"] for task in ("t1", "t2", "t3")] == pytest.approx([1, 0.6, 0.8])
    assert sum(row["whole"] for row in table.values()) == 2
    assert "3 choices" in answer("003").found[0]


def test_004_capacity_follows_load_and_its_sum_is_not_the_one_printed():
    table = answer("004").rows
    assert [row["capacity after"] for row in table] == pytest.approx([1000.1, 1500.16, 2000.24])
    assert sum(row["capacity after"] * row["load"] for row in table) == pytest.approx(4100.466)
    assert [row["change"] for row in answer("004", k=5.0, most=3.0).rows] == pytest.approx([2.5, 3, 3])
    with pytest.raises(BadInput):
        answer("004", least=2.0, most=1.0)


def test_a_model_that_is_none_and_one_without_a_pool(tmp_path, capsys):
    with pytest.raises(NotFound):
        presets.model("005")
    assert run_app(["capability", "preset", "004", "--out", str(tmp_path / "pool")]) == 2
    assert run_app(["capability", "preset", "000", "--set", "colour=red"]) == 2
    assert "no parameter" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["000", "001", "002", "003"])
def test_the_data_of_a_model_is_a_pool_whose_plan_is_the_models(name, tmp_path, capsys):
    pool = tmp_path / name
    assert run_app(["capability", "preset", name, "--out", str(pool)]) == 0
    assert run_app(["capability", "preset", name, "--out", str(pool)]) == 2, "nothing is written over"
    capsys.readouterr()
    assert run_app(["-q", "plan", str(pool), "-o", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    tasks = sorted(grant["tasks_micro"] / 1e6 for grant in plan["grants"])
    expected = {
        "001": sorted(row["C if P = a·C^0.5"] for row in answer("001").rows) if name == "001" else [],
        "002": [2.725681],
        "003": [1, 1],
    }
    if name == "000":
        assert sum(tasks) == pytest.approx(35)
    else:
        assert tasks == pytest.approx(expected[name], abs=1e-5)
