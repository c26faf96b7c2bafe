"""TOP500 list of supercomputers, as its site exports it: XLSX, CSV or XML; a row is a system, its site the holder.

Columns are those of the published lists: "Site", "Country", "Segment", "Manufacturer", "Year", "Rmax [TFlop/s]", "Rpeak
[TFlop/s]" and "Accelerator/Co-Processor"; lists of earlier years write "Rmax" and "Rpeak" without a unit and mean GFlop/s,
as the XML export does. This reader was written from descriptions of those files and tried on samples made up after them,
never on the originals; the list is not ours to hand on. An old `.xls` workbook is not read: save it as XLSX or CSV.

| filter | keeps | by default |
|---|---|---|
| `accelerated` | systems with an accelerator (the XML export does not say) | |
| `country` | systems with a country | |

The list holds who measured and handed in: most clusters for AI are not on it. Its figure is LINPACK, at 64 bits.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Floats, Text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput, nearest
from apportion.holdings.published._filters import Filter, chosen, kept, one_of, together
from apportion.holdings.published._rows import digests, given, lacking, numbers, words
from apportion.holdings.published._tree import sites
from apportion.holdings.published._workbook import sheet
from apportion.sources._columns import Columns
from apportion.sources._files import Table, load, table
from apportion.sources._findings import Findings

AMOUNTS = {"rmax": ("Rmax", "TFLOP/s of LINPACK, 64 bit"), "rpeak": ("Rpeak", "TFLOP/s at peak, 64 bit")}
FILTERS = {"accelerated": "it has an accelerator", "country": "the country is named"}
ACCELERATOR = "Accelerator/Co-Processor"
GROUPS = {"country": "Country", "sector": "Segment", "maker": "Manufacturer", "year": "Year"}
NEEDED = ("Site", "Country")
CREDIT = "TOP500.org, a file of the user's under its own terms"
LIST = re.compile(r"(?P<year>(?:19|20)\d\d)[-_ ]?(?P<month>0[1-9]|1[0-2])")
KINDS = (".csv", ".csv.gz", ".xlsx", ".xml")


@dataclass(frozen=True, eq=False)
class Systems:
    """All rows of one list."""

    columns: Columns
    site: Text
    tera: Floats
    source: str


def read(*paths: Path, at: str = "", amount: str = "rmax", without: str = "", also: str = "") -> Holdings:
    """Read who holds the systems of one list.

    Parameters
    ----------
    at : of several lists, that of this year and month, as in the name of its file; by default the last
    amount : ``rmax`` or ``rpeak``
    without, also : filters to take off and to apply too

    Source: top500.org/lists/top500 (to be fetched by whoever uses it, under its own terms).

    Raises
    ------
    BadInput
        with every fault of every file.
    """
    lists = over_time(*paths, amount=amount, without=without, also=also)
    if at and at not in lists:
        raise BadInput(f'no file is the list of "{at}"', "--at", nearest(at, list(lists)))
    return lists[at or list(lists)[-1]]


def over_time(
    *paths: Path, at: str = "", amount: str = "rmax", without: str = "", also: str = ""
) -> dict[str, Holdings]:
    """Read who holds the systems of each list, a file a list; options as `read` has them.

    Raises
    ------
    BadInput
        as `read` does, and if two files are of one list.
    """
    in_force, _ = together(lambda: chosen(FILTERS, (), without, also), lambda: one_of(amount, list(AMOUNTS), "amount"))
    findings, read_from = Findings(), {}
    for path in _files(paths):
        name = _list(path)
        if name in read_from:
            findings.fault(f"is a second list of {name}", path.name, "name each list once")
        loaded = _loaded(path, findings)
        if loaded is not None:
            read_from[name] = _systems(loaded, path, amount, in_force, findings)
    findings.raise_any()
    return {name: _held(name, read_from[name], amount, in_force) for name in sorted(read_from) if not at or name <= at}


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(one for one in path.iterdir() if one.name.endswith(KINDS)) if path.is_dir() else [path]
        if not inside:
            raise BadInput(f"there is no {', '.join(KINDS)} here", str(path), "name the files, or their directory")
        found += inside
    if not found:
        raise BadInput(
            "no file is named", mend="name a list: TOP500_202506.xlsx, .csv or .xml, as top500.org exports it"
        )
    return found


def _list(path: Path) -> str:
    """Name the list by year and month, as the file does, or as the file is called."""
    dated = LIST.search(path.name)
    return f"{dated['year']}-{dated['month']}" if dated else path.name.split(".", 1)[0]


def _loaded(path: Path, findings: Findings) -> Table | None:
    """Bring each kind of file into one form; what cannot be read is a fault."""
    if path.name.lower().endswith(".xls"):
        findings.fault("is a workbook of the old kind", path.name, "open it and save it as XLSX or CSV")
        return None
    if not path.name.lower().endswith((".xlsx", ".xml")):
        found = load(path, findings)
        return None if found is None or lacking(found, NEEDED, findings) else found
    try:
        rows = sheet(path) if path.name.lower().endswith(".xlsx") else sites(path)
    except BadInput as error:
        findings.alike(error.faults)
        return None
    made = table(path.name, pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)))
    return None if lacking(made, NEEDED, findings) else made


def _systems(loaded: Table, path: Path, amount: str, in_force: list[str], findings: Findings) -> Systems:
    columns = Columns(loaded, findings)
    tera = _tera(columns, AMOUNTS[amount][0])
    site = columns.text("Site", need=True)
    if "accelerated" in in_force and ACCELERATOR not in columns:
        findings.fault(f'no column "{ACCELERATOR}"', loaded.name, "leave out the filter accelerated")
    if not len(columns):
        findings.fault("has no rows", loaded.name, "fetch it again")
    return Systems(columns, site, tera, f"{CREDIT}; {loaded.name} (SHA-256 {digests([loaded], [path])[loaded.name]})")


def _held(name: str, systems: Systems, amount: str, in_force: list[str]) -> Holdings:
    columns, unit = systems.columns, AMOUNTS[amount][1]
    accelerator = words(columns, ACCELERATOR).astype(str)
    keeps = {"accelerated": ~np.isin(accelerator, ["", "None"]), "country": given(words(columns, "Country"))}
    filters = [Filter(FILTERS[one], keeps[one]) for one in in_force]
    filters.append(Filter(f"its {unit} are known", ~np.isnan(systems.tera)))
    keep, said = kept(filters, np.ones(len(systems.tera)), "systems")
    groups = {one: words(columns, of)[keep] for one, of in GROUPS.items()}
    said = (f"list of {name}", *said)
    return Holdings(systems.site[keep], systems.tera[keep], unit, groups=groups, source=systems.source, filters=said)


def _tera(columns: Columns, name: str) -> Floats:
    """Read a column in TFLOP/s: one that names no unit is in GFlop/s."""
    for heading, factor in ((f"{name} [TFlop/s]", 1.0), (name, 1e-3), (name.replace("m", "M").replace("p", "P"), 1e-3)):
        if heading in columns:
            return numbers(columns, heading) * factor
    there = ", ".join(columns.table.cells.columns)
    columns.findings.fault(
        f'no column "{name} [TFlop/s]" and no "{name}"', columns.table.name, f"its columns are: {there}"
    )
    return np.full(len(columns), np.nan)
