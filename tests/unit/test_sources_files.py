"""Are the cells of a file those that are written in it?"""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.errors import BadInput
from apportion.sources._files import load, table
from apportion.sources._findings import Findings

alphabet = st.sampled_from([*'ab1,"\n\r ;#\t', '""', '","', "\r\n", '"a"', "\ufeff", "é", "\x00"])
texts = st.lists(alphabet, max_size=25).map("".join)


@given(st.integers(1, 3), texts)
@settings(deadline=None, max_examples=500)
def test_a_table_has_the_cells_that_the_standard_reader_finds(tmp_path_factory, width, body):
    header = ["x", "y", "z"][:width]
    path = tmp_path_factory.getbasetemp() / "t.csv"
    path.write_bytes((",".join(header) + "\n" + body).encode())
    found = load(path, Findings())
    if found is None:
        return
    reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
    rows = [[cell.strip() or None for cell in row] for row in reader][1:]
    kept = {i + 2: row for i, row in enumerate(rows) if any(row)}
    assert dict(zip(found.rows.tolist(), map(list, found.cells.rows()), strict=True)) == kept


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x1c\x1d\x1e\x1f"), max_size=6
)  # blanks to Python alone


@given(st.lists(st.lists(words, min_size=2, max_size=2), max_size=6))
@settings(deadline=None)
def test_what_a_standard_writer_writes_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "w.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["x", "y"], *rows])
    findings = Findings()
    found = load(path, findings)
    findings.raise_any()
    assert found is not None
    kept = [[cell.strip() or None for cell in row] for row in rows]
    assert [list(row) for row in found.cells.rows()] == [row for row in kept if any(row)]


def test_a_table_of_numbers_is_text_and_empty_rows_keep_their_numbers():
    found = table("t", pl.DataFrame({"a": [1, None, 3], "b": [0.1, None, 1e20]}))
    assert found.cells.rows() == [("1", "0.1"), ("3", "1e+20")]
    assert found.rows.tolist() == [2, 4]


def test_a_missing_column_is_told_before_it_is_needed(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    findings = Findings()
    assert load(tmp_path / "t.csv", findings, ("a", "c")) is None
    with pytest.raises(BadInput, match='no column "c"'):
        findings.raise_any()
