"""Which of Slurm's tools printed this file? Told by what is in it, in any order, whatever the file is called."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from apportion.errors import BadInput
from apportion.sources._findings import Findings

JOBS, NODES, ACCOUNTS = "sacct", "scontrol show node", "sacctmgr show assoc"
SACCT = (
    "SLURM_TIME_FORMAT=%s sacct --allusers --allocations --duplicates --parsable2 --noconvert "
    "--starttime=2025-01-01 --endtime=now --format=JobID,Cluster,Account,User,Partition,Submit,Eligible,Start,End,"
    "ElapsedRaw,State,ReqTRES,AllocTRES,NNodes,TimelimitRaw"
)
COMMANDS = {
    JOBS: SACCT,
    NODES: "scontrol show node",
    ACCOUNTS: "sacctmgr show assoc --parsable2 format=Cluster,Account,ParentName,User,Share",
}
ALL = "sacct --allocations --parsable2 …, scontrol show node, sacctmgr show assoc --parsable2"
GZIP = b"\x1f\x8b"
BEGINNING = 65_536  # bytes in which a file shows what it is


@dataclass(frozen=True)
class Printed:
    """A file that one call of a tool printed.

    Attributes
    ----------
    header : names of the columns in small letters, where the tool prints them
    line : number of the first line below the header
    """

    kind: str
    path: Path
    header: tuple[str, ...]
    line: int

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name

    def below(self) -> bytes:
        """Read all that stands below the header, with line ends as on Unix; read anew each time, because it can be large."""
        with _opened(self.path) as file:
            for _ in range(self.line - 1):
                file.readline()
            raw = file.read()
        return raw.replace(b"\r\n", b"\n") if b"\r" in raw[:BEGINNING] else raw


def read_printed(paths: Iterable[Path], findings: Findings) -> list[Printed]:
    """Look into files, and all files of directories; what cannot be told is a fault, and within a directory a notice."""
    found = []
    for path in map(Path, paths):
        inside = (
            sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".") if path.is_dir() else None
        )
        if inside == []:
            findings.fault("the directory holds no file", str(path), f"save there what these print: {ALL}")
        for one in [path] if inside is None else inside:
            try:
                found.append(_recognised(one))
            except BadInput as error:
                for fault in error.faults:
                    (findings.fault if inside is None else findings.notice)(fault.what, fault.where, fault.mend)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked if gzip packed it, whatever it is called.

    Raises
    ------
    BadInput
        if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            with gzip.GzipFile(fileobj=file) if packed else nullcontext(file) as unpacked:
                yield unpacked  # type: ignore[misc]  # both read bytes
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BadInput("the compressed file is damaged", path.name, "fetch or compress it again") from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise BadInput(what, str(path), "check what it is and who may read it") from None


def _recognised(path: Path) -> Printed:
    """Tell by the first line that says something which tool printed it."""
    if not path.is_file():
        raise BadInput("is no file, and must be read more than once", str(path), "save it as a file, and name that")
    with _opened(path) as file:
        raw = file.read(BEGINNING)
    if not raw.strip():
        raise BadInput("is empty", path.name, f"save again what one of these prints: {ALL}")
    if b"\x00" in raw:
        raise BadInput("is binary, and Slurm's tools print text", path.name, f"save what one of these prints: {ALL}")
    blank = raw[: len(raw) - len(raw.lstrip())].count(b"\n")
    line = raw.lstrip().partition(b"\n")[0].decode("utf-8-sig", "replace").strip()
    header = tuple(cell.strip().lower() for cell in line.split("|"))
    if line.startswith("NodeName="):
        return Printed(NODES, path, (), 1)
    if {"jobid", "jobidraw"} & set(header):
        return Printed(JOBS, path, header, blank + 2)
    if "account" in header and {"share", "rawshares", "parentname"} & set(header):
        return Printed(ACCOUNTS, path, header, blank + 2)
    raise BadInput(_unknown(line, header), path.name, f"save what one of these prints: {ALL}")


def _unknown(line: str, header: tuple[str, ...]) -> str:
    """Say what the file may be instead."""
    words = line.split()
    if words[:1] == ["JobID"]:
        return "is sacct's table for people: its columns are cut off, and cannot be told apart without --parsable2"
    if words[:2] == ["Cluster", "Account"]:
        return "is sacctmgr's table for people: its columns are cut off, and cannot be told apart without --parsable2"
    if line.startswith(("{", "[")):
        return "is JSON: the tables that --parsable2 prints are read"
    if len(header) > 4:
        return f'begins with "{line[:60]}", which is no header: was it printed with --noheader?'
    return f'begins with "{line[:60]}", which none of Slurm\'s tools that are read here prints'
