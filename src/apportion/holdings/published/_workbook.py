"""Which cells are in the first sheet of an XLSX workbook? Read by the standard library: a zip of XML files.

Source: ECMA-376, *Office Open XML*, part 1, sections 18.3 (worksheets) and 18.4 (shared strings).
"""

import io
import re
import zipfile
import zlib
from pathlib import Path
from xml.etree.ElementTree import Element

from apportion.errors import BadInput
from apportion.holdings.published._tree import parsed
from apportion.sources._files import content

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LARGEST = 64 * 2**20  # bytes of one part, unpacked: a list of 500 systems has some hundred thousand
STRINGS, SHEETS = "xl/sharedStrings.xml", re.compile(r"xl/worksheets/sheet(\d+)\.xml")
LETTERS = re.compile(r"[A-Z]+")


def sheet(path: Path) -> dict[str, list[str | None]]:
    """Read the first sheet by column, its first row with two cells or more being the header; everything as text.

    Raises
    ------
    BadInput
        if the file is no workbook, stops in the middle, or names a column twice.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content(path))) as parts:
            strings = _strings(path.name, parts)
            root = parsed(path.name, _part(path.name, parts, _first(path.name, parts)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        what = f"is not an XLSX workbook, or stops in the middle: {error}"
        raise BadInput(what, path.name, "fetch it again, or save it as CSV") from None
    rows = [_cells(row, strings) for row in root.iter(f"{MAIN}row")]
    return _by_column(path.name, rows)


def _by_column(name: str, rows: list[dict[int, str]]) -> dict[str, list[str | None]]:
    start = next((i for i, row in enumerate(rows) if len(row) >= 2), None)
    if start is None:
        raise BadInput("its first sheet has no header", name, "give the sheet with the list, as its site exports it")
    header = {at: heading.strip() for at, heading in rows[start].items() if heading.strip()}
    twice = sorted({heading for heading in header.values() if list(header.values()).count(heading) > 1})
    if twice:
        raise BadInput(f"two columns are called {', '.join(twice)}", name, "rename or remove one")
    return {heading: [row.get(at) for row in rows[start + 1 :]] for at, heading in header.items()}


def _part(name: str, parts: zipfile.ZipFile, part: str) -> bytes:
    size = parts.getinfo(part).file_size
    if size > LARGEST:
        raise BadInput(f"{part} unpacks to {size:,} bytes, and at most {LARGEST:,} are read", name, "save it as CSV")
    return parts.read(part)


def _first(name: str, parts: zipfile.ZipFile) -> str:
    numbered = sorted((int(found[1]), part) for part in parts.namelist() if (found := SHEETS.fullmatch(part)))
    if not numbered:
        raise BadInput("has no sheet", name, "save it again as XLSX, or as CSV")
    return numbered[0][1]


def _strings(name: str, parts: zipfile.ZipFile) -> list[str]:
    if STRINGS not in parts.namelist():
        return []
    root = parsed(name, _part(name, parts, STRINGS))
    return ["".join(piece.text or "" for piece in one.iter(f"{MAIN}t")) for one in root.iter(f"{MAIN}si")]


def _cells(row: Element, strings: list[str]) -> dict[int, str]:
    """Read a row: position of the column → text; cells without a name follow the one before."""
    found: dict[int, str] = {}
    at = -1
    for cell in row.iter(f"{MAIN}c"):
        letters = LETTERS.match(cell.get("r", ""))
        at = _position(letters[0]) if letters else at + 1
        text = _text(cell, strings)
        if text:
            found[at] = text
    return found


def _position(letters: str) -> int:
    """Count columns from 0: A, B, … Z, AA.

    >>> _position("A"), _position("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _text(cell: Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(piece.text or "" for piece in cell.iter(f"{MAIN}t"))
    value = cell.findtext(f"{MAIN}v") or ""
    if cell.get("t") == "s":
        return strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""
    return value
