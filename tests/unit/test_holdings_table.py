"""Does a table of any origin become holdings, with every fault told at once?"""

import gzip
import hashlib

import polars as pl
import pytest

from apportion.errors import BadInput
from apportion.holdings.table import read

CSV = """owner,gpus,low,high,country,since,Use in analysis
Ada,10,8,12,NO,2024-12-31,True
Bea,30,30,30,SE,2025-01-01,True
Ada,5,4,9,NO,2025-03-07,False
Others,20,10,40,,2025-05-31,True
"""


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "chips.csv"
    made.write_text(CSV)
    return made


def faults_of(path, *arguments, **keywords):
    with pytest.raises(BadInput) as caught:
        read(path, *arguments, **keywords)
    return [str(fault) for fault in caught.value.faults]


def test_rows_stay_apart_until_they_are_added_up(path):
    found = read(path, "owner", "gpus", low="low", high="high", groups=["country", "since"], other=["Others"])
    assert found.holder.tolist() == ["Ada", "Bea", "Ada", "Others"]
    assert (found.unit, found.total) == ("gpus", 65)
    one = found.by("holder")
    assert one.holder.tolist() == ["Ada", "Bea", "Others"]
    assert one.amount.tolist() == [15, 30, 20]
    assert one.high.tolist() == [21, 30, 40]
    assert one.is_other.tolist() == [False, False, True]
    assert {name: column.tolist() for name, column in one.groups.items()} == {"country": ["NO", "SE", ""]}


def test_a_file_is_known_by_its_digest(path):
    assert read(path, "owner", "gpus").source == f"chips.csv, SHA-256 {hashlib.sha256(CSV.encode()).hexdigest()}"


def test_gzip_and_parquet_say_the_same(path, tmp_path):
    packed, columns = tmp_path / "chips.csv.gz", tmp_path / "chips.parquet"
    packed.write_bytes(gzip.compress(CSV.encode()))
    pl.read_csv(path, try_parse_dates=True).write_parquet(columns)
    for other in (packed, columns):
        found = read(other, "owner", "gpus", where=["since>=2025-01-01", "gpus>5"])
        assert found.amount.tolist() == [30, 20], other


@pytest.mark.parametrize(
    ("conditions", "kept", "words"),
    [
        (["Use in analysis=True"], [10, 30, 20], ["Use in analysis=True: 3 of 4 rows"]),
        (["country!=NO", "gpus<30"], [20], ["country!=NO: 2 of 4 rows", "gpus<30: 1 of 2 rows"]),
        (["country="], [20], ["country=: 1 of 4 rows"]),
        (["country!="], [10, 30, 5], ["country!=: 3 of 4 rows"]),
        (["gpus=10.0"], [10], ["gpus=10.0: 1 of 4 rows"]),
        (["gpus<=5"], [5], ["gpus<=5: 1 of 4 rows"]),
        (["since>2024"], [30, 5, 20], ["since>2024: 3 of 4 rows"]),
        (["since<=2025-03"], [10, 30, 5], ["since<=2025-03: 3 of 4 rows"]),
        (["since>=2025-03-07", "since<2025-05-31"], [5], None),
    ],
)
def test_conditions_choose_rows_and_say_how_many(path, conditions, kept, words):
    found = read(path, "owner", "gpus", where=conditions)
    assert found.amount.tolist() == kept
    assert words is None or list(found.filters) == words


def test_empty_cells_are_neither_above_nor_below_and_are_counted(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus,size\na,1,5\nb,2,\nc,3,7\n")
    assert read(path, "owner", "gpus", where=["size>=1"]).filters == (
        "size>=1: 2 of 3 rows, 1 with an empty cell left out",
    )


def test_a_column_may_have_signs_in_its_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus,memory>=80,a=b\nx,1,yes,1\ny,2,no,2\n")
    assert read(path, "owner", "gpus", where=["memory>=80=yes"]).holder.tolist() == ["x"]
    assert read(path, "owner", "gpus", where=["a=b>1"]).holder.tolist() == ["y"]


def test_every_row_that_cannot_be_measured_is_told_at_once(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus\na,1\nb,\n,3\nd,-2\ne,many\nf,inf\n")
    said = faults_of(path, "owner", "gpus")
    assert [line.partition(":")[2][:1] for line in said] == ["3", "6", "7", "5", "4"]
    assert "--where 'gpus!='" in said[0]
    assert '"-2" is negative' in said[3]
    assert read(path, "owner", "gpus", where=["gpus!=", "gpus!=-2", "gpus!=many", "gpus!=inf", "owner!="]).total == 1


def test_faults_of_columns_conditions_and_names(path):
    assert 'no column "owners"' in faults_of(path, "owners", "gpus")[0]
    wrong = faults_of(
        path, "owner", "gpus", where=["contry=NO", "gpus", "since>x", "country>=3", "since>=2025-05-31T12"]
    )
    assert 'did you mean "country"' in wrong[0]
    assert "is not a condition" in wrong[1]
    assert '"x" is neither a number nor a date' in wrong[2]
    assert '"NO" is not a number' in wrong[3]
    assert 'a date as fine as "2025-05-31T12"' in wrong[-1]
    assert 'did you mean "Others"' in faults_of(path, "owner", "gpus", other=["Other"])[0]
    assert "no row is left: gpus>100: 0 of 4 rows" in faults_of(path, "owner", "gpus", where=["gpus>100"])[0]
    assert "without the other" in faults_of(path, "owner", "gpus", low="low")[0]


def test_bounds_must_hold_the_amount(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("owner,gpus,low,high\na,10,8,12\nb,10,11,12\nc,0,0,0\nd,5,0,6\n")
    said = faults_of(path, "owner", "gpus", low="low", high="high")
    assert ["t.csv:3" in said[0], "t.csv:5" in said[1], len(said)] == [True, True, 2]


def test_rows_with_a_weight_are_not_added_up(path):
    found = read(path, "owner", "gpus", weight="low")
    assert found.total == 10 * 8 + 30 * 30 + 5 * 4 + 20 * 10
    with pytest.raises(BadInput, match="not added"):
        found.by("holder")
