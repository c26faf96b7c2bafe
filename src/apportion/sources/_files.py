"""Which cells are in a file? CSV, gzipped CSV and Parquet become one thing: columns of text, null where a cell is empty."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Ints, Text
from apportion.errors import BadInput, Fault
from apportion.sources._findings import SHOWN, Findings

SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, eq=False)
class Table:
    """One file's cells.

    Attributes
    ----------
    name : what the caller calls it, such as ``jobs.csv.gz``
    cells : (J rows) strings without surrounding blanks, null where empty
    rows : (J,) number of each row in the file; a header is row 1
    heading : our column → the header in the file, where they differ
    floats : columns that came as binary floats, from which no id can be had back
    """

    name: str
    cells: pl.DataFrame
    rows: Ints
    heading: dict[str, str]
    floats: frozenset[str] = frozenset()

    def place(self, column: str, position: int | None = None) -> str:
        """Say where something is: ``members.csv:14, column weight``."""
        row = "" if position is None else f":{self.rows[position]}"
        return f"{self.name}{row}, column {self.heading.get(column, column)}"


def table(name: str, frame: pl.DataFrame, rows: Ints | None = None, floats: frozenset[str] = frozenset()) -> Table:
    """Make a table of any frame: every column as text, blanks stripped, empty cells null, empty rows left out."""
    text = frame.select(pl.all().cast(pl.String).str.strip_chars())
    text = text.select(pl.when(pl.all() != "").then(pl.all()))
    numbered = np.arange(2, len(frame) + 2) if rows is None else rows
    filled = text.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if text.width else None
    if filled is None or filled.all():
        return Table(name, text, numbered, {}, floats)
    return Table(name, text.filter(filled), numbered[filled.to_numpy()], {}, floats)


def framed(columns: Mapping[str, Text | Ints | Bools]) -> pl.DataFrame:
    """Make a frame of arrays; text stays text, also where there is none of it."""
    return pl.DataFrame(
        {
            name: pl.Series(column.tolist(), dtype=pl.String) if column.dtype == object else pl.Series(column)
            for name, column in columns.items()
        }
    )


def find(directory: Path, name: str, findings: Findings) -> Path | None:
    """Find the one file that holds a table; two of them are a fault."""
    there = [directory / f"{name}{suffix}" for suffix in SUFFIXES if (directory / f"{name}{suffix}").exists()]
    if len(there) > 1:
        both = " and ".join(path.name for path in there)
        findings.fault(f"{both} both hold the table {name}", str(directory), "keep one of them")
    return there[0] if there else None


def load(path: Path, findings: Findings, needed: Sequence[str] = (), header: Sequence[str] = ()) -> Table | None:
    """Read one file; what cannot be read is a fault and gives None, as does a column of `needed` that is missing.

    Parameters
    ----------
    header : the columns of a CSV file that may come without them, its first line a row
    """
    try:
        loaded = _parquet(path) if path.name.endswith(".parquet") else _headed(path.name, text_of(path), header)
    except BadInput as error:
        findings.alike(error.faults)
        return None
    missing = [name for name in needed if name not in loaded.cells.columns]
    for name in missing:
        findings.fault(f'no column "{name}"', path.name, f"its columns are: {', '.join(loaded.cells.columns)}")
    return None if missing else loaded


def load_all(files: Iterable[tuple[Path, Sequence[str]]], findings: Findings) -> list[Table]:
    """Read several files, each with the columns it needs.

    Raises
    ------
    BadInput
        with the faults of all that cannot be read.
    """
    loaded = [load(path, findings, needed) for path, needed in files]
    findings.raise_any()
    return [one for one in loaded if one is not None]


def content(path: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    BadInput
        if it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput("there is no such file", str(path), "check the path") from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", str(path), "check what it is and who may read it") from None


def decoded(name: str, raw: bytes) -> str:
    """Read bytes as UTF-8, with or without a byte order mark.

    Raises
    ------
    BadInput
        if they are something else.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8 text", f"{name}:{row}", 'save it as "CSV UTF-8"') from None


def text_of(path: Path) -> str:
    """Return a file's text, unpacked if its name ends in ``.gz``.

    Raises
    ------
    BadInput
        if it cannot be read, stops in the middle, or is not UTF-8.
    """
    raw = content(path)
    if path.name.endswith(".gz"):
        try:
            raw = gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            what = "the file stops in the middle" if isinstance(error, EOFError) else f"is not gzip: {error}"
            raise BadInput(what, path.name, "fetch or compress it again") from None
    return decoded(path.name, raw)


def _headed(name: str, content: str, header: Sequence[str]) -> Table:
    """Read CSV; if it begins with its first row, `header` goes before, and rows keep their numbers in the file."""
    if not header or content.startswith((f"{header[0]},", f'"{header[0]}",')):
        return _csv(name, content)
    headed = _csv(name, ",".join(header) + "\n" + content)
    return replace(headed, rows=headed.rows - 1)


def _csv(name: str, content: str) -> Table:
    header, lines = _shape(name, content)
    try:
        frame = pl.read_csv(io.BytesIO(content.encode()), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"is not CSV: {str(error).splitlines()[0]}", name, "check its quotation marks") from None
    if frame.height != lines:  # two readers of one text must agree on its rows, or no row number can be trusted
        what = f"has {lines} rows or {frame.height}, as one reads its line ends and quotation marks"
        raise BadInput(what, name, "save it again as plain CSV")
    frame.columns = [heading or f"\x00{i}" for i, heading in enumerate(header)]
    nameless = [column for column in frame.columns if column.startswith("\x00")]
    filled = [int(column[1:]) + 1 for column in nameless if table(name, frame.select(column)).cells.height]
    if filled:
        raise BadInput(f"column {filled[0]} has values and no name", f"{name}:1", "name the column, or remove it")
    return table(name, frame.drop(nameless))


def _shape(name: str, content: str) -> tuple[list[str], int]:
    """Check that every row has as many cells as the header; return the header and the number of rows, blank ones too.

    Raises
    ------
    BadInput
        for rows of another length, a header that names a column twice, or no header at all.
    """
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        header = [heading.strip() for heading in next(reader, [])]
        lengths = np.fromiter(map(len, reader), dtype=np.int64)
    except csv.Error as error:
        raise BadInput(f"is not CSV: {error}", f"{name}:{reader.line_num}", "check its quotation marks") from None
    if not any(header):
        raise BadInput("has no header", f"{name}:1", "write the names of the columns in the first row")
    ragged = np.flatnonzero((lengths != len(header)) & (lengths > 0))
    faults = [
        Fault(
            f"cells here: {lengths[i]}, columns in the header: {len(header)}", f"{name}:{i + 2}", "add or remove commas"
        )
        for i in ragged[:SHOWN].tolist()
    ]
    faults += [
        Fault(f'two columns are called "{heading}"', f"{name}:1", "rename or remove one")
        for heading in dict.fromkeys(header)
        if heading and header.count(heading) > 1
    ]
    if faults:
        raise BadInput(faults)
    return header, len(lengths)


def _parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(io.BytesIO(content(path)))
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"is not Parquet: {str(error).splitlines()[0]}", path.name, "write or fetch it again") from None
    faults = [
        Fault(f"holds {kind}, not text or numbers", f"{path.name}, column {name}", "write one value a cell")
        for name, kind in frame.schema.items()
        if kind.is_nested() or kind in {pl.Binary, pl.Object}
    ]
    if faults:
        raise BadInput(faults)
    floats = frozenset(name for name, kind in frame.schema.items() if kind.is_float())
    return table(path.name, frame, np.arange(1, frame.height + 1), floats)


def listed(paths: Iterable[Path], pattern: str) -> list[Path]:
    """List the files that are named, and in directories those whose name fits `pattern`, by name.

    Raises
    ------
    BadInput
        if there is none.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(path.glob(pattern)) + sorted(path.glob(f"{pattern}.gz")) if path.is_dir() else [path]
        if not inside:
            raise BadInput(f"there is no {pattern} here", str(path), "name the files, or the directory that holds them")
        found += inside
    if not found:
        raise BadInput("no file is named", mend=f"name the files, or a directory of {pattern}")
    return found
