"""Does `capability world` print, write and exit as promised?"""

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest

from apportion.cli.app import run_app


@pytest.fixture
def world(capsys):
    def run(*arguments):
        code = run_app(["capability", "world", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_filters_snapshot_and_credit_are_in_every_output(world):
    for form in ("table", "wide", "json", "yaml", "csv"):
        code, out, err = world("clusters", "-o", form)
        assert code == 0
        said = " ".join((out + err).split())
        for words in ("Include in Standard Analysis", "snapshot 2026-08-12", "Epoch AI", "CC BY 4.0", "shipped with"):
            assert words in said, form


def test_json_holds_what_a_script_needs(world):
    found = json.loads(world("chips", "--draws", 50, "--without-filter", "others", "-o", "json")[1])
    assert found["holders_listed"][0]["holder"] == "Google"
    assert found["hhi_other_a_crowd"] == pytest.approx(1336.8, abs=0.05)
    assert set(found["bounds"]) == {"independent", "together"}
    assert found["without"][0]["points"] == pytest.approx(7.4, abs=0.05)
    assert [one["enough"] for one in found["access"]] == [8, 8]


def test_csv_has_a_row_for_every_holder(world):
    rows = list(csv.DictReader(io.StringIO(world("clusters", "--by", "owner", "-o", "csv")[1])))
    assert len(rows) == 126
    assert sum(float(row["share %"]) for row in rows) == pytest.approx(100)


def test_the_same_seed_gives_the_same_figures(world):
    assert world("chips", "--draws", 50, "--seed", 4) == world("chips", "--draws", 50, "--seed", 4)
    assert world("chips", "--draws", 50, "--seed", 4) != world("chips", "--draws", 50, "--seed", 5)


def test_over_time_as_rows_and_as_a_picture(world, tmp_path):
    plot = tmp_path / "shares.svg"
    code, out, _ = world("chips", "--over-time", "--plot", plot, "-o", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [rows[0]["at"], rows[-1]["at"], len(rows)] == ["2022-Q1", "2025-Q4", 16]
    picture = ET.fromstring(plot.read_text("utf-8"))  # noqa: S314  # our own
    bars = [one for one in picture.iter("{http://www.w3.org/2000/svg}rect") if len(one)]
    assert len(bars) == 16 * 7
    words = " ".join(one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}text"))
    for needed in ("Filters", "SHA-256", "Drawn by", "25.9 %"):
        assert needed in words


def test_what_if_as_json(world, tmp_path):
    path = tmp_path / "changes.toml"
    path.write_text('[[merger]]\nholders = ["Google", "Amazon"]\n', "utf-8")
    found = json.loads(world("chips", "--what-if", path, "-o", "json")[1])
    (merger,) = found["mergers"]
    assert merger["delta_hhi"] == pytest.approx(found["hhi"]["change"])
    assert merger["delta_hhi"] == pytest.approx(2e4 * 0.25868 * 0.125435, rel=1e-4)
    assert merger["presumed"]
    assert "Merger Guidelines" in merger["thresholds"]["source"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing"], 3, 'no holding is called "nothing"'),
        (["clusters", "nothing.csv"], 2, "there is no such file"),
        (["clusters", "--by", "town"], 2, 'no column "town"'),
        (["clusters", "--without-filter", "single"], 2, "is not applied"),
        (["clusters", "--with-filter", "nothing"], 2, "there is no filter"),
        (["clusters", "--at", "soon"], 2, "is not a moment"),
        (["clusters", "--set", "amount=power"], 2, 'no column "Power Capacity (MW)"'),
        (["chips", "--other", "Nobody"], 2, 'nobody is called "Nobody"'),
        (["chips", "--workload", "much"], 2, "is not a workload"),
        (["chips", "--over-time", "--what-if", "x.toml"], 2, "is another question"),
        (["models"], 2, "no file is named"),
    ],
)
def test_what_cannot_be_meant(world, arguments, code, words):
    exit_code, out, err = world(*arguments)
    assert (exit_code, out) == (code, "")
    assert words in err
    assert "Traceback" not in err
