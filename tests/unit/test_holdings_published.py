"""Do readers of published tables count what they say, and refuse what cannot be meant, all faults at once?"""

import hashlib
import tomllib
import zipfile
from pathlib import Path

import pytest

from apportion.errors import BadInput
from apportion.holdings import aggregate
from apportion.holdings.published import epoch_chips, epoch_clusters, epoch_models, top500
from apportion.holdings.published._moments import day
from apportion.holdings.published._snapshots import DATA

SAMPLES = Path(__file__).parents[1] / "data" / "holdings"
CLUSTERS = SAMPLES / "epoch_clusters"
CHIPS = SAMPLES / "epoch_chips"


def held(holdings, by="holder"):
    summed = holdings.by(by)
    return dict(zip(summed.holder, summed.amount.tolist(), strict=True))


def test_clusters_of_a_day():
    """Alpha 6 and Beta 3 of Acme and Bolt, Zeta 2; Gamma begins at the end of May, Theta at no known time."""
    assert held(epoch_clusters.read(CLUSTERS, at="2024-05-30")) == {"Acme": 6.0, "Acme,Bolt": 3.0, "Crux": 2.0}
    assert held(epoch_clusters.read(CLUSTERS, at="2024-06-30")) == {"Acme": 6.0, "Acme,Bolt": 3.0, "Bolt": 1.0}
    assert held(epoch_clusters.read(CLUSTERS, at="2024-06-30"), "country") == {
        "": 1.0,
        "Freedonia": 6.0,
        "Sylvania": 3.0,
    }


@pytest.mark.parametrize(
    ("options", "total"),
    [
        ({"without": "standard"}, 18.0),
        ({"without": "standard", "also": "likely"}, 10.0),
        ({"without": "standard", "also": "unique"}, 10.0),
        ({"also": "confirmed"}, 7.0),
        ({"also": "country"}, 9.0),
        ({"also": "owner,sector,single"}, 10.0),
        ({"without": "operational"}, 16.0),
        ({"without": "operational,existing,standard"}, 114.0),
        ({"amount": "h100"}, 10_500.0),
    ],
)
def test_each_filter_of_clusters(options, total):
    assert epoch_clusters.read(CLUSTERS, at="2024-12-31", **options).total == total


def test_filters_are_said_with_what_they_left_out():
    said = epoch_clusters.read(CLUSTERS, at="2024-12-31").filters
    assert said == (
        "status is Existing or Decommissioned (1 of 8 clusters left out)",
        "first operational by 2024-12-31, and not decommissioned by then (2 of 7 clusters left out)",
        '"Include in Standard Analysis" is ticked (1 of 5 clusters left out)',
        "its EFLOP/s at 16 bit are known (1 of 4 clusters left out)",
    )


def test_joint_owners_may_be_split():
    assert held(epoch_clusters.read(CLUSTERS, at="2024-12-31", joint="split")) == {"Acme": 7.5, "Bolt": 2.5}


def test_clusters_over_time():
    history = epoch_clusters.over_time(CLUSTERS, at="2024-06-30")
    assert {moment: one.total for moment, one in history.items()} == {
        "2019-12-31": 2.0,
        "2020-12-31": 2.0,
        "2021-12-31": 2.0,
        "2022-12-31": 2.0,
        "2023-12-31": 8.0,
        "2024-06-30": 10.0,
    }


def test_all_faults_of_clusters_are_told_at_once(tmp_path):
    path = tmp_path / "clusters.csv"
    said = (CLUSTERS / "clusters.csv").read_text("utf-8")
    path.write_text(
        said.replace("6e+18", "much").replace("2024-02-15", "soon").replace("2024-06-30", "2024-13"), "utf-8"
    )
    with pytest.raises(BadInput) as caught:
        epoch_clusters.read(path)
    assert sorted((fault.what, fault.where) for fault in caught.value.faults) == [
        ('"2024-13" is not a day', "clusters.csv:7, column Decommissioned Date (if applicable)"),
        ('"much" is not an amount', "clusters.csv:2, column 16-bit OP/s"),
        ('"soon" is not a day', "clusters.csv:3, column First Operational Date"),
    ]


def test_nothing_left_says_which_filter_took_it():
    with pytest.raises(BadInput, match=r"nothing is left: .*first operational by 2001-12-31"):
        epoch_clusters.read(CLUSTERS, at="2001")


def test_the_aggregate_knows_months_only():
    with pytest.raises(BadInput, match="knows months"):
        epoch_clusters.read(at="2025-05-15")


def test_chips_of_a_quarter():
    found = epoch_chips.read(CHIPS)
    assert held(found) == {"Acme": 210, "Bolt": 150, "Crux": 40, "Dune": 30, "Echo": 25, "Other": 100}
    assert held(epoch_chips.read(CHIPS, at="2024-Q3")) == {"Acme": 100, "Bolt": 50}
    assert found.filters[0] == "cumulative to the end of 2024-Q4"
    assert "taken as exact, because no other bounds are stated: Dune, Echo" in found.filters
    assert set(found.holder[found.is_other]) == {"Other"}


def test_a_series_without_a_row_stands_as_it_stood():
    found = epoch_chips.read(CHIPS, at="2025-03-31")
    assert held(found)["Acme"] == 410
    assert any("Bolt of 2024-Q4" in words for words in found.filters)


def test_files_of_chips_that_are_missing_are_all_named(tmp_path):
    for path in CHIPS.iterdir():
        if path.stem not in {"coreweave", "trainium_owners_cumulative_totals"}:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(BadInput) as caught:
        epoch_chips.read(tmp_path)
    assert [fault.what.split()[5] for fault in caught.value.faults] == [
        "trainium_owners_cumulative_totals.csv:",
        "coreweave.csv:",
    ]
    assert "coreweave.csv is missing" in " ".join(epoch_chips.read(tmp_path, incomplete=True).filters)


def test_the_files_of_other_owners_may_be_left_out_on_purpose():
    assert held(epoch_chips.read(CHIPS, without="others")) == {"Acme": 210, "Bolt": 150, "Crux": 40, "Other": 20}


def test_a_row_that_stands_twice_is_refused(tmp_path):
    for path in CHIPS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    coreweave = tmp_path / "coreweave.csv"
    lines = coreweave.read_text("utf-8").splitlines()
    coreweave.write_text("\n".join([*lines, lines[-1]]), "utf-8")
    with pytest.raises(BadInput, match="two rows of one owner"):
        epoch_chips.read(tmp_path)


def test_bounds_that_cross_are_refused(tmp_path):
    for path in CHIPS.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(",100,80,120,", ",100,120,80,"), "utf-8")
    with pytest.raises(BadInput, match="100 with bounds 120 to 80"):
        epoch_chips.read(tmp_path)


def test_models():
    found = epoch_models.read(SAMPLES / "epoch_models")
    assert held(found) == {"Acme": 4, "Acme,Sylvania University": 2, "Bolt": 1, "Crux": 3}
    split = epoch_models.read(SAMPLES / "epoch_models", joint="split", also="confident")
    assert held(split) == pytest.approx({"Acme": 5, "Sylvania University": 1, "Crux": 3})
    history = epoch_models.over_time(SAMPLES / "epoch_models", also="frontier")
    assert {year: one.total for year, one in history.items()} == {"2023": 4, "2024": 3}


def test_the_three_exports_of_a_list_hold_the_same():
    lists = top500.over_time(SAMPLES / "top500")
    assert list(lists) == ["2024-06", "2024-11", "2025-06"]
    amounts = {name: held(one, "country") for name, one in lists.items()}
    assert amounts["2024-11"] == amounts["2025-06"] == {"Freedonia": 700.0, "Sylvania": 300.0}
    assert amounts["2024-06"] == {"Freedonia": 350.0, "Sylvania": 150.0}  # half, in GFlop/s
    assert held(top500.read(SAMPLES / "top500" / "TOP500_202411.csv", also="accelerated")) == {
        "Freedonia Laboratory": 600.0,
        "Freedonia Oil": 100.0,
    }


def test_all_faults_of_all_lists_are_told_at_once(tmp_path):
    for path in (SAMPLES / "top500").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"300,400", b"much,400"))
    with pytest.raises(BadInput) as caught:
        top500.read(tmp_path, also="accelerated")
    assert [fault.where for fault in caught.value.faults] == [
        "TOP500_202406.xml",
        "TOP500_202411.csv:3, column Rmax [TFlop/s]",
    ]


def workbook(to, sheet, extra=()):
    with zipfile.ZipFile(to, "w") as parts:
        for name, content in (("xl/worksheets/sheet1.xml", sheet), *extra):
            parts.writestr(name, content)
    return to


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        ("<worksheet", "stops in the middle"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', "declares a document type"),
        ("<worksheet/>", "no header"),
    ],
)
def test_workbooks_that_are_none(sheet, what, tmp_path):
    with pytest.raises(BadInput, match=what):
        top500.read(workbook(tmp_path / "list.xlsx", sheet))


def test_a_workbook_with_text_in_its_cells(tmp_path):
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = [["Site", "Country", "Rmax"], ["A", "Freedonia", "2000"]]
    each = [["<c t='inlineStr'><is><t>" + cell + "</t></is></c>" for cell in row] for row in rows]
    cells = "".join(f"<row>{''.join(row)}</row>" for row in each)
    path = workbook(tmp_path / "TOP500_200011.xlsx", f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>")
    assert held(top500.read(path)) == {"A": 2.0}


def test_an_old_workbook_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "TOP500_201506.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(BadInput, match="save it as XLSX"):
        top500.read(tmp_path / "TOP500_201506.xls")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("2025-05-31", "2025-05-31"),
        ("2025-02", "2025-02-28"),
        ("2024", "2024-12-31"),
        ("2025-Q1", "2025-03-31"),
        ("Q4 2025", "2025-12-31"),
        ("2025q2", "2025-06-30"),
        ("12/31/25", "2025-12-31"),
    ],
)
def test_moments(words, meant):
    assert str(day(words)) == meant


@pytest.mark.parametrize("words", ["", "soon", "2025-13", "2025-02-30", "2025-Q5", "13/31/25", "0000"])
def test_what_is_no_moment(words):
    with pytest.raises(BadInput, match="is not a moment"):
        day(words)


def test_the_aggregate_of_a_table_measures_as_the_table(tmp_path):
    """Made twice it is the same bytes, and read again it holds what the table holds."""
    for out in ("one", "two"):
        (tmp_path / out).mkdir()
        assert aggregate.main([str(CLUSTERS / "clusters.csv"), str(CHIPS), "2025-01-01", str(tmp_path / out)]) == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert sorted(made) == ["chips.csv", "clusters.csv", "snapshots.toml"]
    for options in ({}, {"without": "standard"}, {"also": "country,unique"}, {"amount": "h100"}):
        one, other = (
            epoch_clusters.read(path, at="2024-06-30", **options)
            for path in (tmp_path / "one" / "clusters.csv", CLUSTERS)
        )
        assert held(one) == held(other)
        assert one.filters == other.filters
    assert held(epoch_chips.read(tmp_path / "one" / "chips.csv")) == held(epoch_chips.read(CHIPS))


def test_the_script_says_how_it_is_called(capsys):
    assert aggregate.main([]) == 2
    assert "SNAPSHOT" in capsys.readouterr().err
    assert aggregate.main(["nothing.csv", "nothing", "2025-01-01", "."]) == 2


def test_what_is_shipped_is_small_and_names_its_originals():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 100_000
    known = tomllib.loads((DATA / "snapshots.toml").read_text("utf-8"))
    for of in known.values():
        assert hashlib.sha256((DATA / of["file"]).read_bytes()).hexdigest() == of["sha256"]
        assert of["originals"]
        assert of["credit"].startswith("Epoch AI")
