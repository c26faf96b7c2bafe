"""How are statements kept? One directory that appears whole: a page and rows for each member, and all that was told."""

from collections.abc import Mapping
from pathlib import Path

from apportion.ledger.files import whole_directory

MARKER = "statements.json"


def write_statements(path: Path, whole: str, files: Mapping[str, str]) -> None:
    """Write ``statements.json`` with all that was told, and the other files by their names.

    An earlier result at the same place is replaced; anything else there is left and refused.
    """
    with whole_directory(path, MARKER) as part:
        for name, text in files.items():
            (part / name).write_text(text, "utf-8")
        (part / MARKER).write_text(whole, "utf-8")
