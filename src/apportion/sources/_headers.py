"""Which of their headers is which of our columns?"""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from apportion.errors import BadInput, Fault, nearest
from apportion.sources._files import Table, content, decoded
from apportion.sources._known import KNOWN, PREFIXES

Headings = Mapping[str, Mapping[str, str]]  # table → their header → our column


def read_headings(path: Path) -> Headings:
    """Read a map of headers: TOML with ``"their header" = "our column"``, or CSV with the two side by side.

    In TOML, what stands under ``[members]``, ``[nodes]``, ``[claims]`` or ``[jobs]`` is for that table alone and goes
    before what stands above, which is for all.

    Raises
    ------
    BadInput
        if the file cannot be read or names columns that no table has.
    """
    said = _said(path)
    everywhere = {theirs: ours for theirs, ours in said.items() if not isinstance(ours, dict)}
    special = {name: table for name, table in said.items() if isinstance(table, dict)}
    faults = [
        Fault(f'there is no table "{name}"', path.name, nearest(name, list(KNOWN)))
        for name in special
        if name not in KNOWN
    ]
    headings: dict[str, dict[str, str]] = {name: {} for name in KNOWN}
    for name in KNOWN:
        for theirs, ours in (everywhere | special.get(name, {})).items():
            if isinstance(ours, str) and _column(ours, *(KNOWN if theirs in everywhere else (name,))):
                headings[name][theirs] = ours
            else:
                faults.append(_unknown(path.name, theirs, ours))
    if faults:
        raise BadInput(dict.fromkeys(faults))
    return headings


def rename(table: Table, headings: Mapping[str, str]) -> Table:
    """Give a table our column names.

    Raises
    ------
    BadInput
        if two columns would have one name.
    """
    ours = [headings.get(name, name) for name in table.cells.columns]
    twice = sorted({name for name in ours if ours.count(name) > 1})
    if twice:
        raise BadInput([Fault(f'two columns mean "{name}"', table.name, "mend the map of headers") for name in twice])
    changed = dict(zip(table.cells.columns, ours, strict=True))
    return replace(
        table,
        cells=table.cells.rename(changed),
        heading={mine: theirs for theirs, mine in changed.items()},
        floats=frozenset(changed[name] for name in table.floats),
    )


def _said(path: Path) -> dict[str, object]:
    said = decoded(path.name, content(path))
    if path.suffix == ".csv":
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(said, newline="")) if any(row)]
        wrong = [i for i, row in enumerate(rows) if len(row) != 2]
        if wrong:
            raise BadInput("is not two cells", f"{path.name}:{wrong[0] + 1}", "write: their header,our column")
        return {row[0]: row[1] for row in rows}
    try:
        return tomllib.loads(said)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"is not TOML: {error}", path.name, 'write lines such as "编号" = "id"') from None


def _column(ours: str, *tables: str) -> bool:
    return any(ours in KNOWN[name] or ours.startswith(PREFIXES[name]) for name in tables)


def _unknown(where: str, theirs: str, ours: object) -> Fault:
    known = sorted({column for columns in KNOWN.values() for column in columns})
    return Fault(f'"{theirs}" stands for {ours!r}, which is no column of ours', where, nearest(str(ours), known))
