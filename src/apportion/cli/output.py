"""How is a result written? The same rows as a table, JSON, CSV or YAML; data to stdout, everything else to stderr."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from apportion.cli.options import Format

Row = Mapping[str, Any]
NARROW = 6  # columns of a table that is not asked to be wide


def emit(how: Format, whole: Any, rows: Sequence[Row], title: str = "", sentence: str = "") -> None:
    """Write a result.

    Parameters
    ----------
    whole : what JSON and YAML show
    rows : what a table and CSV show; a column not among the first six appears with ``-o wide`` only
    title, sentence : above and below a table
    """
    writers = {
        Format.JSON: lambda: _json(whole),
        Format.YAML: lambda: _yaml(whole),
        Format.CSV: lambda: _csv(rows),
        Format.WIDE: lambda: _table(rows, title, sentence, wide=True),
        Format.TABLE: lambda: _table(rows, title, sentence, wide=False),
    }
    writers[how]()


def _json(whole: Any) -> None:
    json.dump(whole, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


def _yaml(whole: Any) -> None:
    import yaml

    yaml.safe_dump(whole, sys.stdout, allow_unicode=True, sort_keys=False)


def _csv(rows: Sequence[Row]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _guarded(value) for key, value in row.items()} for row in rows)


def _guarded(value: Any) -> Any:
    """Keep a spreadsheet from running a cell: text that begins like a formula gets a quote before it."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"} else value


def _table(rows: Sequence[Row], title: str, sentence: str, *, wide: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    columns = list(rows[0])[: None if wide else NARROW] if rows else []
    if columns:
        table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
        for column in columns:
            right = all(isinstance(row[column], int | float) or row[column] is None for row in rows)
            table.add_column(column, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(shown(row[column])) for column in columns))
        console.print(table)
    if sentence:
        console.print(Text(sentence))


def shown(value: Any) -> str:
    """Write one cell for people: thousands separated, no more digits than mean something."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
        return f"{value:,.{digits}f}"
    return str(value)
