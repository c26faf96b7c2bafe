"""How is it shown who holds what?"""

from collections.abc import Sequence
from typing import Any

import typer

from apportion.cli.options import Format
from apportion.cli.output import emit
from apportion.concentration.summary import SUMMARY
from apportion.domain.holdings import Holdings
from apportion.holdings.measured import Asked, measured, sentence

DIGITS = {"hhi": 0, "effective_number": 2, "entropy_number": 2, "palma": 2}
BOUNDS = {"other_one_owner": "others one owner", "other_crowd": "others a crowd"}
SPREADS = {"independent": "apart", "together": "together"}
PERCENTS = (5, 50, 95)


def table(rows: Holdings, by: str, asked: Asked, output: Format) -> None:
    """Measure a table and write what was found."""
    whole = {"by": by} | measured(rows, asked)
    if output not in {Format.TABLE, Format.WIDE}:
        emit(output, lambda: whole, flat(whole["indices"]))
        return
    emit(Format.WIDE, dict, index_rows(whole["indices"]), title(whole))
    typer.echo()
    if "draws" in whole:
        said = (
            f"{whole['draws']:,} draws with seed {whole['seed']}: each row's doubt apart, or all rows' doubt together"
        )
        emit(Format.WIDE, dict, drawn_rows(whole["indices"]), "Within the bounds of the table", said)
        typer.echo()
    if whole["largest"]:
        emit(Format.WIDE, dict, _largest(whole), f"The largest of {whole['holders']:,.0f} holders")
        typer.echo()
    if "groups" in whole:
        emit(Format.WIDE, dict, _groups(whole["groups"]), *_split(whole["groups"]))
        typer.echo()
    emit(output, dict, [], "What it means", sentence(whole))
    for line in sources(whole):
        typer.echo(line)


def title(whole: dict[str, Any]) -> str:
    """Say what is measured, in one line."""
    return (
        f"{whole['unit']} by {whole['by']}: {whole['total']:,.6g} in all, {whole['holders']:,.6g} holders, "
        f"{whole['holding']:,.6g} of them with something"
    )


def sources(whole: dict[str, Any]) -> list[str]:
    """Say from what, and with which filters and draws, the figures come."""
    lines = [f"Source: {whole['source']}; {whole['rows']:,} rows."]
    lines += [f"Filter: {words}." for words in whole["filters"]]
    return lines


def index_rows(indices: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Show one index a row, numbers set against each other column by column."""
    rows = []
    for index in SUMMARY:
        found = indices[index.name]
        row: dict[str, Any] = {"index": index.label, "value": number(index.name, found["value"])}
        row |= {head: number(index.name, found[kind]) for kind, head in BOUNDS.items() if kind in found}
        rows.append(row | {"says": index.asks})
    return aligned(rows, [name for name in rows[0] if name not in {"index", "says"}])


def drawn_rows(indices: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Show what amounts within their bounds make of each index."""
    rows = []
    for index in SUMMARY:
        row = {"index": index.label}
        for kind, head in SPREADS.items():
            values = indices[index.name][kind] or [None] * 3
            row |= {f"{head} {p} %": number(index.name, value) for p, value in zip(PERCENTS, values, strict=True)}
        rows.append(row)
    return aligned(rows, list(rows[0])[1:])


def aligned(rows: list[dict[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Set text that stands for numbers to the right."""
    widths = {name: max(len(row[name]) for row in rows) for name in columns}
    return [{name: cell.rjust(widths[name]) if name in widths else cell for name, cell in row.items()} for row in rows]


def number(index: str, value: float | str | None) -> str:
    """Write one value of an index for people."""
    if value is None:
        return "–"
    return "∞" if isinstance(value, str) else f"{value:,.{DIGITS.get(index, 4)}f}"


def flat(indices: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Write one index a row for machines."""
    rows = []
    for index in SUMMARY:
        found = indices[index.name]
        row: dict[str, Any] = {"index": index.name, "value": found["value"]}
        row |= {kind: found[kind] for kind in BOUNDS if kind in found}
        for kind in SPREADS:
            if kind in found:
                row |= dict(zip((f"{kind}_{p}" for p in PERCENTS), found[kind] or [None] * 3, strict=True))
        rows.append(row)
    return rows


def _largest(whole: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "holder": row["holder"] + (" (other)" if row["is_other"] else ""),
            whole["unit"]: row["amount"],
            "share %": None if row["share"] is None else 100 * row["share"],
        }
        for row in whole["largest"]
    ]


def _groups(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            found["column"]: row["group"],
            "holders": float(row["holders"]),
            "share %": None if row["share"] is None else 100 * row["share"],
            "Theil T inside": row["theil_t_inside"],
            "adds to Theil T": row["theil_t_adds"],
            "HHI inside": row["hhi_inside"],
        }
        for row in found["rows"]
    ]


def _split(found: dict[str, Any]) -> tuple[str, str]:
    said = []
    for name, label in (("theil_t", "Theil T"), ("theil_l", "Theil L")):
        one = found[name]
        cells = [number(name, one[key]) for key in ("total", "between", "within")]
        part = "" if one["between_share"] is None else f" ({100 * one['between_share']:.1f} % between)"
        said.append(f"{label} {cells[0]} = {cells[1]} between + {cells[2]} within{part}.")
    return f"Between and within groups of {found['column']}", " ".join(said)
