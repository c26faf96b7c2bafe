"""How is a result written? The same rows as a table, JSON, CSV or YAML; data to stdout, everything else to stderr."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apportion.cli.options import Format

Row = Mapping[str, Any]
ENDLESS = 10_000  # columns of a file or a pipe that says nothing else: what is cut there cannot be searched
NARROW = 6  # columns of a table that is not asked to be wide


def emit(how: Format, whole: Callable[[], Any], rows: Sequence[Row], title: str = "", sentence: str = "") -> None:
    """Write a result.

    Parameters
    ----------
    whole : makes what JSON and YAML show; not called for the others
    rows : what a table and CSV show; a column not among the first six appears with ``-o wide`` only
    title, sentence : above and below a table
    """
    writers = {
        Format.JSON: lambda: _json(whole()),
        Format.YAML: lambda: _yaml(whole()),
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
    sys.stdout.write(csv_text(rows))


def csv_text(rows: Sequence[Row]) -> str:
    """Write rows as CSV, with a heading; nothing for no rows."""
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _guarded(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _guarded(value: Any) -> Any:
    """Keep a spreadsheet from running a cell: text that begins like a formula gets a quote before it."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"} else value


def _table(rows: Sequence[Row], title: str, sentence: str, *, wide: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = ENDLESS
    if title:
        console.print(Text(title, style="bold"))
    columns = list(rows[0])[: None if wide else NARROW] if rows else []
    if columns:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        cells = []
        for name in columns:
            values = [row[name] for row in rows]
            numeric = all(isinstance(value, int | float) or value is None for value in values)
            table.add_column(name, justify="right" if numeric else "left", overflow="fold")
            cells.append(column_text(values))
        for row in zip(*cells, strict=True):
            table.add_row(*map(Text, row))
        console.print(table)
    if sentence:
        console.print(Text(sentence))


def column_text(values: Sequence[Any]) -> list[str]:
    """Write one column for people: thousands separated, one number of digits a column, as many as mean something.

    >>> column_text([1216.5, 0.25, None])
    ['1,216', '0', '–']
    >>> column_text([64.0, 112.0]), column_text([0.5, 0.123456])
    (['64', '112'], ['0.500', '0.123'])
    """
    floats = [value for value in values if isinstance(value, float)]
    digits = 0 if all(value == int(value) for value in floats) else _digits(max(map(abs, floats)))
    return [_shown(value, digits) for value in values]


def _digits(largest: float) -> int:
    return 0 if largest >= 1000 else 1 if largest >= 100 else 2 if largest >= 10 else 3


def _shown(value: Any, digits: int) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.{digits}f}" if isinstance(value, float) else str(value)
