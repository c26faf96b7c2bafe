"""capability fit, as a user meets it: what is printed and drawn, and with which exit code."""

import csv
import io
import json
import tomllib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from apportion.capability.curves import agreed_curve
from apportion.cli.app import run_app
from apportion.cli.options import settings

QUICK = ("--starts", "8", "--bootstrap", "40")


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def go(*arguments):
        settings.quiet = False
        code = run_app(["capability", "fit", *map(str, arguments), *QUICK])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return go


def written(path, **columns):
    rows = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def models(tmp_path):
    chance = np.random.default_rng(1)
    flop = 10 ** chance.uniform(19, 24, 40)
    score = 20 * (flop / 1e22) ** 0.2 * np.exp(chance.normal(0, 0.05, 40))
    return written(tmp_path / "models.csv", flop=flop, score=score, released=chance.uniform(2018, 2025, 40).round(2))


def test_a_table_a_sentence_and_the_lines_of_a_charter(run, models):
    code, out, err = run(
        models, "--compute", "flop", "--capability", "score", "--date", "released", "--predict", "1e24"
    )
    assert (code, err) == (0, "")
    assert "Curves through 40 points" in out
    assert "power_law fits best, ahead of hill by" in out
    assert "twice the compute multiplies capability by 1.15" in out
    agreed = tomllib.loads(out[out.index("[capability]") :])["capability"]
    assert float(agreed_curve(agreed).value(np.array(1e22))) == pytest.approx(20, rel=0.05)


def test_the_same_as_json_and_csv(run, models):
    asked = (models, "--compute", "flop", "--capability", "score", "--predict", "1e22", "--predict", "1e20")
    whole = json.loads(run(*asked, "-o", "json")[1])
    assert whole["best"] == whole["fits"][0]["curve"] == "power_law"
    low, high = whole["fits"][0]["intervals"]["exponent"]
    assert low < whole["fits"][0]["parameters"]["exponent"] < high
    assert [row["compute"] for row in whole["predictions"]] == [1e22, 1e20]
    assert whole["predictions"][0]["low"] < whole["predictions"][0]["value"] < whole["predictions"][0]["high"]
    rows = list(csv.DictReader(io.StringIO(run(*asked, "-o", "csv")[1])))
    assert [row["parameter"] for row in rows if row["curve"] == "power_law"] == ["scale", "exponent"]
    assert float(rows[1]["value"]) == whole["fits"][0]["parameters"]["exponent"]
    assert run(*asked, "-o", "json")[1] == run(*asked, "-o", "json")[1]


def test_a_surface_of_losses_says_the_best_split(run, tmp_path):
    n, d = (side.ravel() for side in np.meshgrid(np.logspace(8, 10, 6), np.logspace(9.5, 11.5, 6)))
    runs = written(tmp_path / "runs.csv", n=n, d=d, loss=1.69 + 406.4 * n**-0.34 + 410.7 * d**-0.28)
    asked = (runs, "--params", "n", "--tokens", "d", "--loss", "loss", "--family", "chinchilla", "--huber", "0.001")
    whole = json.loads(run(*asked, "--predict", "1e21", "-o", "json")[1])
    (row,) = whole["predictions"]
    assert 6 * row["params"] * row["tokens"] == pytest.approx(1e21)
    assert row["value"] == pytest.approx(
        1.69 + 406.4 * row["params"] ** -0.34 + 410.7 * row["tokens"] ** -0.28, rel=1e-4
    )
    assert "lowers the loss by" in whole["meaning"]


def test_beyond_a_decade_only_with_the_flag(run, models):
    asked = (models, "--compute", "flop", "--capability", "score", "--predict", "1e27")
    code, out, err = run(*asked)
    assert (code, out) == (4, "")
    assert "more than one decade beyond" in err
    assert "--extrapolate" in err
    code, out, _ = run(*asked, "--extrapolate", "-o", "json")
    assert code == 0
    assert json.loads(out)["predictions"][0]["beyond"] is True


def test_a_picture_of_its_own(run, models, tmp_path):
    assert run(models, "--compute", "flop", "--capability", "score", "--predict", "5e24", "--plot", "fit.svg")[0] == 0
    drawn = ET.fromstring((tmp_path / "fit.svg").read_text())  # noqa: S314  # we have just written it
    marks = [mark.get("class") for mark in drawn.iter() if mark.get("class")]
    assert marks.count("point") == 40
    assert marks.count("asked") == 1
    assert {"band", "fitted", "edge"} <= set(marks)
    code, _, err = run(models, "--compute", "flop", "--capability", "score", "--plot", "missing/fit.svg")
    assert code == 1
    assert "cannot be written" in err


def test_a_picture_of_values_of_both_signs(run, tmp_path):
    data = written(tmp_path / "elo.csv", flop=[1, 10, 100, 1000], elo=[-50, -5, 0, 80])
    assert run(data, "--compute", "flop", "--capability", "elo", "--plot", "elo.svg")[0] == 0
    assert ">-40</text>" in (tmp_path / "elo.svg").read_text()


def test_all_faults_of_a_file_at_once_with_row_and_column(run, tmp_path):
    data = tmp_path / "bad.csv"
    data.write_text("flop,score,when\n1e20,3,2020\n0,4,2021\n-5,4,2021\n1e21,many,2021-13\n1e22,5,soon\n")
    code, out, err = run(data, "--compute", "flop", "--capability", "score", "--date", "when")
    assert (code, out) == (2, "")
    told = [
        '3, column flop: "0" is not above 0',
        '4, column flop: "-5"',
        '5, column score: "many"',
        '6, column when: "soon"',
    ]
    for said in (*told, '5, column when: "2021-13" is not a date'):
        assert f"bad.csv:{said}" in err


def test_rows_with_empty_cells_are_left_out_and_told(run, tmp_path):
    data = written(
        tmp_path / "gaps.csv", flop=[1, 10, "", 1000, 10000], score=[1, 2, 3, "", 5], note=["", "", "x", "", ""]
    )
    code, out, err = run(data, "--compute", "flop", "--capability", "score", "-o", "json")
    assert code == 0
    assert json.loads(out)["points"] == 3
    assert "2 rows are left out" in err
    assert "first gaps.csv:4, column flop" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--compute", "flop"), "capability is one column"),
        (("--compute", "flop", "--capability", "score", "--loss", "score"), "capability is one column"),
        (("--capability", "score"), "there is no compute"),
        (("--params", "flop", "--loss", "score"), "one of parameters and tokens is missing"),
        (("--compute", "flops", "--capability", "scor"), 'did you mean "score"?'),
        (("--compute", "flop", "--capability", "score", "--family", "hil"), 'did you mean "hill"?'),
        (("--compute", "flop", "--capability", "score", "--growth"), "name a column of dates"),
        (("--compute", "flop", "--capability", "score", "--huber", "0"), "--huber"),
        (("--compute", "flop", "--capability", "score", "--predict", "0"), "not above 0"),
        (("--compute", "flop", "--capability", "score", "--family", "chinchilla"), "needs parameters and tokens"),
    ],
)
def test_wrong_use_is_refused(run, models, options, said):
    code, out, err = run(models, *options)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("rows", "said"), [("", "no point"), ("1e20,3\n", "one point"), ("5,1\n5,2\n", "same compute")]
)
def test_files_of_too_little_are_refused(run, tmp_path, rows, said):
    (tmp_path / "few.csv").write_text(f"flop,score\n{rows}")
    code, _, err = run("few.csv", "--compute", "flop", "--capability", "score")
    assert code == 2
    assert said in err


def test_a_file_that_is_not_there(run):
    code, _, err = run("none.csv", "--compute", "flop", "--capability", "score")
    assert code == 2
    assert "no such file" in err
