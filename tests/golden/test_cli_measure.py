"""capability measure, as a user meets it: what is printed, and with which exit code."""

import hashlib
import json

import numpy as np
import pytest

from apportion.concentration.groups import split
from apportion.concentration.summary import SUMMARY, summary
from apportion.domain.arrays import text

CHIPS = """owner,gpus,low,high,country
Ada,60,40,90,NO
"Bea, Inc",30,30,30,SE
Ada,20,10,40,NO
Cy,40,20,80,SE
Others,50,25,100,
"""


@pytest.fixture
def chips(tmp_path):
    path = tmp_path / "chips.csv"
    path.write_text(CHIPS)
    return path


def measured(run, *arguments):
    code, said, _ = run("capability", "measure", *arguments, "-o", "json")
    assert code == 0
    return json.loads(said, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_every_index_of_the_owners_with_rows_of_one_name_added_up(run, chips):
    found = measured(run, chips, "--by", "owner", "--value", "gpus")
    assert (found["total"], found["holders"], found["rows"]) == (200, 4, 5)
    expected = summary(np.array([80.0, 30.0, 40.0, 50.0]))
    assert {name: row["value"] for name, row in found["indices"].items()} == pytest.approx(expected)
    assert [row["holder"] for row in found["largest"]] == ["Ada", "Others", "Cy", "Bea, Inc"]
    assert found["largest"][0]["share"] == pytest.approx(0.4)


def test_an_infinite_index_is_told_as_a_word(run, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus\na,0\nb,0\nc,1\n")
    found = measured(run, path, "--by", "owner", "--value", "gpus")
    assert found["indices"]["theil_l"]["value"] == found["indices"]["palma"]["value"] == "infinite"
    assert (found["holders"], found["holding"]) == (3, 1)
    assert "∞" in run("capability", "measure", path, "--by", "owner", "--value", "gpus")[1]


def test_nobody_holds_anything(run, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus\na,0\nb,0\n")
    found = measured(run, path, "--by", "owner", "--value", "gpus")
    assert {row["value"] for row in found["indices"].values()} == {None}
    code, said, _ = run("capability", "measure", path, "--by", "owner", "--value", "gpus")
    assert (code, "Nobody holds any gpus" in said) == (0, True)


def test_others_are_bounded_both_ways(run, chips):
    found = measured(run, chips, "--by", "owner", "--value", "gpus", "--other", "Others")["indices"]
    s = np.array([0.4, 0.15, 0.2])
    assert found["hhi"]["other_one_owner"] == pytest.approx(1e4 * ((s**2).sum() + 0.25**2))
    assert found["hhi"]["other_crowd"] == pytest.approx(1e4 * (s**2).sum(), abs=1e-4)
    assert found["cr_4"]["other_crowd"] == pytest.approx(0.75, abs=1e-6)
    assert found["gini"]["other_crowd"] == pytest.approx(0.75, abs=1e-6)
    assert found["theil_t"]["other_crowd"] == found["entropy_number"]["other_crowd"] == "infinite"


def test_draws_are_seeded_and_differ_apart_and_together(run, chips):
    asked = (chips, "--by", "owner", "--value", "gpus", "--low", "low", "--high", "high", "--draws", "400")
    found, again, other = (measured(run, *asked, "--seed", seed) for seed in (1, 1, 2))
    assert found == again
    assert found["indices"] != other["indices"]
    for index in SUMMARY:
        row = found["indices"][index.name]
        for kind in ("independent", "together"):
            assert row[kind] == sorted(row[kind])
    assert found["indices"]["hhi"]["together"] != found["indices"]["hhi"]["independent"]


def test_a_split_is_exact_and_needs_each_holder_in_one_group(run, chips):
    found = measured(run, chips, "--by", "owner", "--value", "gpus", "--group", "country")["groups"]
    expected = split(np.array([80.0, 30.0, 40.0, 50.0]), text(["NO", "SE", "SE", ""]))
    assert found["theil_t"]["between"] == pytest.approx(expected.between)
    assert found["theil_t"]["between"] + found["theil_t"]["within"] == pytest.approx(found["theil_t"]["total"])
    code, _, said = run(
        "capability", "measure", chips, "--by", "country", "--value", "gpus", "--group", "owner", "--where", "country!="
    )
    assert code == 2
    assert "SE in Bea, Inc, Cy" in said


def test_a_merger_with_commas_in_a_name(run, chips):
    (found,) = measured(run, chips, "--by", "owner", "--value", "gpus", "--merge", "Bea, Inc,Cy")["mergers"]
    assert found["joined"] == ["Bea, Inc", "Cy"]
    assert found["delta_hhi"] == pytest.approx(2 * 0.15 * 0.2 * 1e4)
    assert found["presumed"]
    assert "2023" in found["thresholds"]["source"]
    code, _, said = run("capability", "measure", chips, "--by", "owner", "--value", "gpus", "--merge", "Ada,Bob")
    assert (code, 'nobody is called "Bob"' in said) == (2, True)


def test_rows_that_stand_for_several_holders(run, tmp_path):
    path, long = tmp_path / "t.csv", tmp_path / "long.csv"
    path.write_text("size,gpus,many,sector\nsmall,1,4,a\nlarge,2,3,a\nhuge,3,2,b\ntop,4,1,b\n")
    long.write_text("size,gpus\n" + "".join(f"x{i},{g}\n" for i, g in enumerate([1] * 4 + [2] * 3 + [3] * 2 + [4])))
    found = measured(run, path, "--by", "size", "--value", "gpus", "--weight", "many", "--group", "sector")
    plain = measured(run, long, "--by", "size", "--value", "gpus")
    assert found["indices"]["gini"]["value"] == pytest.approx(0.27)
    for name, row in plain["indices"].items():
        assert found["indices"][name]["value"] == pytest.approx(row["value"]), name
    assert (found["holders"], found["total"]) == (10, 20)
    path.write_text("size,gpus,many\nsmall,1,0.4\nlarge,2,0.6\n")
    found = measured(run, path, "--by", "size", "--value", "gpus", "--weight", "many")
    assert found["indices"]["hhi"]["value"] is None
    assert found["indices"]["gini"]["value"] == pytest.approx(0.4 * 0.6 * 1 / 1.6)


def test_what_is_printed_names_filters_digest_thresholds_and_meaning(run, chips):
    code, said, _ = run(
        *(
            "capability",
            "measure",
            chips,
            "--by",
            "owner",
            "--value",
            "gpus",
            "--where",
            "gpus>20",
            "--other",
            "Others",
        ),
        *("--low", "low", "--high", "high", "--merge", "Ada,Cy", "--group", "country"),
    )
    assert code == 0
    words = " ".join(said.split())
    for piece in (
        "Filter: gpus>20: 4 of 5 rows.",
        f"SHA-256 {hashlib.sha256(CHIPS.encode()).hexdigest()}",
        "Ada holds 33.3 % of gpus.",
        "US Merger Guidelines (2023), section 2.1",
        "others one owner",
        "Within the bounds of the table",
        "is between groups of country",
        "Others (other)",
    ):
        assert piece in words, piece


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "name them: --by, --value"),
        (("--by", "owner", "--value", "gpu"), 'no column "gpu"'),
        (("--by", "owner", "--value", "country"), "--where 'country!='"),
        (("--by", "owner", "--value", "gpus", "--plan", "PLAN.json"), "is for a pool"),
        (("--by", "owner", "--value", "gpus", "--low", "low"), "give both columns"),
    ],
)
def test_wrong_use_is_told_with_how_to_mend_it(run, chips, arguments, expected):
    code, said, error = run("capability", "measure", chips, *arguments)
    assert (code, said) == (2, "")
    assert expected in error


def test_a_pool_takes_no_options_of_a_table(run):
    assert run("init", "pool")[0] == 0
    code, _, error = run("capability", "measure", "pool", "--by", "x", "--where", "a=b")
    assert code == 2
    assert "--by, --where: is for a table, and pool is a pool" in error
