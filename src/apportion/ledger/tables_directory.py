"""How are the tables of a replay kept? One directory that appears whole, with what each column means beside them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from apportion.ledger.files import check_free, whole_directory

MARKER = "columns.json"
OPTION = "--tables"


def check_tables(path: Path) -> None:
    """Refuse a place where something else is, before anything is worked out."""
    check_free(path, MARKER, OPTION)


def write_tables(path: Path, tables: Mapping[str, Mapping[str, Sequence[Any]]], meaning: Mapping[str, str]) -> None:
    """Write ``NAME.parquet`` for each table, and ``columns.json``: the columns of each, and what they mean.

    An earlier result at the same place is replaced; anything else there is left and refused.
    """
    frames = {name: pl.DataFrame(dict(columns), infer_schema_length=None) for name, columns in tables.items()}
    told = {
        name: {column: meaning.get(column, meaning.get(column.partition(".")[0], "")) for column in frame.columns}
        for name, frame in frames.items()
    }
    with whole_directory(path, MARKER, OPTION) as part:
        for name, frame in frames.items():
            frame.write_parquet(part / f"{name}.parquet")
        (part / MARKER).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
