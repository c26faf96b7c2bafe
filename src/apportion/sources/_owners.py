"""Whose is this node, and for whom is this account? Patterns that map what a cluster calls things to members."""

import csv
import fnmatch
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from apportion.errors import BadInput, Fault
from apportion.sources._files import text_of
from apportion.sources._findings import Findings

NODE, ACCOUNT = "node", "account"
KINDS = ("", NODE, ACCOUNT)
LISTED = 10
ROOT = "root"  # of all accounts, and nobody's


class Owner(NamedTuple):
    """One line of the mapping: nodes and accounts (or, by `kind`, only one of them) that fit a pattern are a member's."""

    pattern: str
    member: str
    kind: str = ""
    where: str = "--owner"

    def fits(self, kind: str, name: str) -> bool:
        """Tell whether it speaks of this node or account.

        >>> Owner("a-n*", "univ-a").fits("node", "a-n12")
        True
        """
        return self.kind in {"", kind} and fnmatch.fnmatchcase(name, self.pattern)


def read_owners(said: Sequence[str], files: Iterable[Path]) -> tuple[Owner, ...]:
    """Read ``--owner 'a-n*=univ-a'``, then ``--owners FILE``: the first line that fits a name decides.

    ``node:`` or ``account:`` before a pattern keeps it to these. A file has the columns ``pattern`` and ``member``, and
    may have ``kind``.

    Raises
    ------
    BadInput
        with every line that maps nothing.
    """
    faults: list[Fault] = []
    found = []
    for one in said:
        pattern, equals, member = one.rpartition("=")
        if not (equals and pattern.strip() and member.strip()):
            faults.append(Fault(f'"{one}" is not PATTERN=MEMBER', "--owner", "write for example --owner 'a-n*=univ-a'"))
        else:
            found.append(_owner(pattern, member, "", "--owner"))
    for path in files:
        found += _of_file(path, faults)
    if faults:
        raise BadInput(faults)
    return tuple(found)


def _owner(pattern: str, member: str, kind: str, where: str) -> Owner:
    if prefix := re.match(rf"({NODE}|{ACCOUNT}):", pattern.strip()):
        kind, pattern = prefix[1], pattern.strip()[prefix.end() :]
    return Owner(pattern.strip(), member.strip(), kind, where)


def _of_file(path: Path, faults: list[Fault]) -> list[Owner]:
    rows = list(csv.reader(io.StringIO(text_of(path), newline="")))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not {"pattern", "member"} <= set(header):
        mend = "write a CSV file with the columns pattern and member, and kind (node or account) if need be"
        faults.append(Fault('no columns "pattern" and "member"', f"{path.name}:1", mend))
        return []
    found = []
    for number, cells in enumerate(rows[1:], 2):
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        kind = row.get("kind", "")
        if not any(row.values()):
            continue
        if not row.get("pattern") or not row.get("member") or kind not in KINDS or len(cells) > len(header):
            what = f'"{",".join(cells)}" maps nothing'
            faults.append(Fault(what, f"{path.name}:{number}", "write pattern, member, and node or account if need be"))
        else:
            found.append(_owner(row["pattern"], row["member"], kind, f"{path.name}:{number}"))
    return found


def assign(owners: Sequence[Owner], kind: str, names: Sequence[str]) -> dict[str, str]:
    """Say whose each name is; a name that no line fits is not in the answer."""
    _check(owners)
    first = {name: next((one.member for one in owners if one.fits(kind, name)), None) for name in dict.fromkeys(names)}
    return {name: member for name, member in first.items() if member is not None}


def tell_idle(owners: Sequence[Owner], names: dict[str, Sequence[str]], findings: Findings) -> None:
    """Tell of the lines that fit nothing: they are mistyped more often than not."""
    for one in owners:
        if not any(one.fits(kind, name) for kind, those in names.items() for name in those):
            what = f'nothing fits the pattern "{one.pattern}" of member "{one.member}"'
            findings.notice(what, one.where, "check how the cluster spells its names; * stands for any characters")


def tell_unmapped(
    owners: Sequence[Owner], names: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], findings: Findings
) -> None:
    """Name what no line of the mapping fits, if there is a mapping at all."""
    for kind, (all_names, mapped) in names.items():
        left = [name for name in all_names if name not in mapped and name != ROOT]
        if owners and left:
            becomes = "they belong to nobody" if kind == "nodes" else "each is a member of its own"
            findings.notice(f"{kind} that no pattern fits: {len(left):,} ({some(left)})", "--owner", becomes)


def some(names: Sequence[str]) -> str:
    """Name a few."""
    return ", ".join(names[:LISTED]) + (" …" if len(names) > LISTED else "")


def _check(owners: Sequence[Owner]) -> None:
    if not all(isinstance(one, Owner) for one in owners):
        raise BadInput(
            "owners are lines of a mapping", "--set owners", "write --owner PATTERN=MEMBER, or --owners FILE"
        )
