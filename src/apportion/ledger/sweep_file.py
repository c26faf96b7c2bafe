"""How is a sweep kept while it runs, so that an interrupted one loses nothing?

Beside ``sweep.parquet`` a folder ``sweep.parquet.parts`` holds one small file for each case that is done, named by the case's
key. When all are done the table is written whole, and the folder goes.
"""

import io
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from apportion.errors import BadInput
from apportion.ledger.files import write_whole

SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True)
class Kept:
    """A sweep under way."""

    path: Path

    @property
    def parts(self) -> Path:
        """The folder of cases that are done."""
        return self.path.with_name(self.path.name + ".parts")

    def known(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return what was told of these cases before; a file that was cut off counts as none."""
        found = {}
        for key in keys:
            try:
                found[key] = dict(json.loads((self.parts / f"{key}.json").read_text("utf-8")))
            except (OSError, ValueError):
                continue
        return found

    def keep(self, key: str, told: dict[str, Any]) -> None:
        """Write down one case."""
        self.parts.mkdir(parents=True, exist_ok=True)
        write_whole(self.parts / f"{key}.json", json.dumps(told, ensure_ascii=False, allow_nan=False).encode())

    def close(self, rows: list[dict[str, Any]]) -> None:
        """Write the table, and clear the parts away."""
        frame, content = pl.DataFrame(rows, infer_schema_length=None), io.BytesIO()
        if self.path.suffix == ".parquet":
            frame.write_parquet(content)
        else:
            frame.write_csv(content)
        write_whole(self.path, content.getvalue())
        shutil.rmtree(self.parts, ignore_errors=True)


def opened(path: Path) -> Kept:
    """Take hold of a sweep's file.

    Raises
    ------
    BadInput
        if the name tells no format.
    """
    if path.suffix not in SUFFIXES:
        raise BadInput(f"cannot tell the format of {path.name}", "--out", "end it in .parquet or .csv")
    return Kept(path)
