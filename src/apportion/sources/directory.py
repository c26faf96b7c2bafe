"""A pool as a directory of tables with a charter: the project's own format."""

from pathlib import Path

from apportion.domain.pool import Pool
from apportion.errors import BadInput, NotFound
from apportion.sources._charter import read_charter
from apportion.sources._files import Table, find, load
from apportion.sources._findings import Findings
from apportion.sources._headers import Headings, read_headings, rename
from apportion.sources._tables import assemble
from apportion.sources._write import write

__all__ = ["read", "write"]

TABLES = {
    "members": True,
    "nodes": True,
    "claims": False,
    "jobs": False,
    "services": False,
    "outages": False,
    "standings": False,
}  # whether a pool must have it
LATER = ("usage",)
ASKING = ("claims", "jobs", "services")


def read(*paths: Path, map: str | Path = "") -> Pool:  # noqa: A002  # the option is called --map
    """Read a pool directory: ``charter.toml``, members, nodes, and claims, jobs or services, or several of them.

    There may also be ``outages``, when nodes are down, and ``standings``, what members agreed on later.

    Tables are ``.csv``, ``.csv.gz`` or ``.parquet``. Numbers are read exactly, ids are text. Nothing is guessed: a cell
    that cannot be meant is a fault with its file, row and column, and all faults are raised together. What is odd and can
    be meant is in the pool's notices.

    Parameters
    ----------
    paths : the one directory
    map : a file that says which of their headers is which of our columns (see `read_headings`)

    Raises
    ------
    NotFound
        if there is no such directory.
    BadInput
        with every fault of the directory.
    """
    directory = _directory(paths)
    headings = read_headings(Path(map)) if map else {}
    findings = Findings()
    charter = read_charter(directory, findings)
    tables = {name: _table(directory, name, headings, findings) for name in TABLES}
    for name in LATER:
        if find(directory, name, findings):
            findings.notice(f"this version does not use {name} yet", f"{directory.name}/{name}")
    if not any(find(directory, name, Findings()) for name in ASKING):
        findings.notice("nothing is asked of this pool", directory.name, "add claims.csv or jobs.csv to divide it")
    return assemble(charter, {name: table for name, table in tables.items() if table}, findings)


def _directory(paths: tuple[Path, ...]) -> Path:
    if len(paths) != 1:
        raise BadInput(f"a pool is one directory, and {len(paths)} paths are given", mend="name the pool's directory")
    directory = Path(paths[0])
    if not directory.exists():
        raise NotFound("there is no such pool", str(directory), "check the path; `apportion init DIR` makes one")
    if not directory.is_dir():
        raise BadInput("is a file, and a pool is a directory", str(directory), "name the directory that holds it")
    return directory


def _table(directory: Path, name: str, headings: Headings, findings: Findings) -> Table | None:
    path = find(directory, name, findings)
    if path is None:
        if TABLES[name]:
            findings.fault(f"there is no table of {name}", f"{directory}/{name}.csv", f"write {name}.csv")
        return None
    table = load(path, findings)
    if table is None:
        return None
    try:
        return rename(table, headings.get(name, {}))
    except BadInput as error:
        findings.alike(error.faults)
        return None
