"""Which snapshot of which table is this, and who is to be credited?

What is shipped and what is known of its originals stands in ``holdings/data/snapshots.toml``, which
`apportion.holdings.aggregate` writes. A file whose digest is not there is of a snapshot that we cannot date.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"


@cache
def snapshots() -> dict[str, Any]:
    """What is shipped: by kind of table its credit, licence, snapshot, file and the SHA-256 of its originals."""
    return tomllib.loads((DATA / "snapshots.toml").read_text(encoding="utf-8"))


def shipped(kind: str) -> Path:
    """The aggregate of a kind that comes with the package."""
    return DATA / str(snapshots()[kind]["file"])


def source(kind: str, digests: Mapping[str, str]) -> str:
    """Say what was read: whom to credit, the snapshot, each file and its SHA-256, and of what an aggregate was made."""
    of = snapshots()[kind]
    files = ", ".join(f"{name} (SHA-256 {digest})" for name, digest in digests.items())
    credit = f"{of['credit']}, {of['licence']}"
    if set(digests.values()) == {of["sha256"]}:
        originals = ", ".join(f"{name} (SHA-256 {digest})" for name, digest in of["originals"].items())
        return (
            f"{credit}, snapshot {of['snapshot']}; {files}, the aggregate shipped with Apportion, made of {originals}"
        )
    known = set(digests.values()) <= set(of["originals"].values())
    return f"{credit}, {'snapshot ' + of['snapshot'] if known else 'snapshot of a date not known'}; {files}"
