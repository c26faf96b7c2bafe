"""What are the figures of the ITP page? Takes them from a run and writes them between the page's two marks.

python docs/figures.py out/run
"""  # noqa: INP001  # a script, not a package

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "explanation" / "itp-honestly.md"
BEGIN, END = "<!-- begin of figures: written by docs/figures.py from a run -->\n", "<!-- end of figures -->\n"
SHOWN = (100, 90, 85, 80, 70)
VARIANTS = {"": "", "backfilling": ", virtual order from skip_fifo", "member_mean": ", knowing mean durations only"}


def main(run: str) -> None:
    """Write the figures of a run directory into the page."""
    record = json.loads((Path(run) / "run.json").read_text("utf-8"))
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(sections(record)) + "\n" + END + after, encoding="utf-8")


def sections(record: dict[str, Any]) -> Iterable[str]:
    """Write one section a question."""
    sizing = record["sizing"]
    homes = [home for home in ("strict_fifo", "skip_fifo") if any(row["alone"] == home for row in sizing["rows"])]
    yield from ("## Sizes\n", sizes(sizing))
    for home in homes:
        yield from (f"## Worst member's ρ, against {home} alone\n", grid(sizing, home, _rho))
        yield from (f"## Single jobs later than under {home} alone, %\n", grid(sizing, home, _later))
    yield from ("## The fewest GPUs at which no member is worse off\n", fewest(sizing))
    yield from ("## Every member on the fewest GPUs of virtual_finish\n", members(record))
    yield from ("## Where the gain comes from: mean JCT, hours\n", decomposition(sizing))
    yield from ("## The whole pool, window by window\n", windows(record))
    yield from ("## Concentration of GPUs\n", concentration(record))


def sizes(sizing: dict[str, Any]) -> str:
    """Say how much work there is for each size."""
    rows = {row["percent"]: row["gpus"] for row in sizing["rows"]}
    return _table(
        ("of the pool, %", "GPUs", "work offered over the span of submissions, % of these GPUs"),
        ((p, f"{n:,}", f"{100 * sizing['load'] * sizing['capacity'] / n:.1f}") for p, n in rows.items()),
    )


def grid(sizing: dict[str, Any], home: str, cell: Any) -> str:
    """Show one figure by discipline and size."""
    rows = [row for row in sizing["rows"] if row["alone"] == home]
    found = {(_name(row), row["percent"]): cell(row) for row in rows}
    names = dict.fromkeys(name for name, _ in found)
    return _table(("discipline", *(f"{p} %" for p in SHOWN)), ((n, *(found[n, p] for p in SHOWN)) for n in names))


def _rho(row: dict[str, Any]) -> str:
    if row["worst_rho"] is None:
        return "–"
    low, high = row["worst_rho_range"]
    spread = f" ({low:.3f} to {high:.3f})" if f"{low:.3f}" != f"{high:.3f}" else ""
    return f"{row['worst_rho']:.3f}{spread}"


def _later(row: dict[str, Any]) -> str:
    return f"{100 * row['later']:.1f}"


def fewest(sizing: dict[str, Any]) -> str:
    """Show for each discipline and home the smallest size down to which nobody is worse off."""
    return _table(
        ("discipline", "alone", "of the pool, %", "GPUs", "worst ρ", "orders of ties", "jobs later, %", "mean JCT, h"),
        (
            (_name(row), row["alone"], *_fewest_cells(row))
            for row in sorted(sizing["fewest"], key=lambda row: row["alone"], reverse=True)
        ),
    )


def _fewest_cells(row: dict[str, Any]) -> Sequence[str]:
    if row["percent"] is None:
        return ("none of these",) + ("–",) * 5
    return (
        str(row["percent"]),
        f"{row['gpus']:,}",
        _rho(row),
        str(row["seeds"]),
        f"{100 * row['later']:.1f}",
        _hours(row["mean_jct_s"]),
    )


def members(record: dict[str, Any]) -> str:
    """Show every member in the pool of the fewest GPUs, and alone."""
    resource, own = record["sizing"]["resource"], {row["member"]: row for row in record["waiting"]}
    gpus = {owner["member"]: owner["entitlement"][resource] for owner in record["pool"]["owners"]}
    at = _fewest_rows(record["sizing"])
    homes = [row["alone"] for row in at]
    header = ("member", "own GPUs", "jobs", "pooled, h")
    header += tuple(f"{home} alone, h" for home in homes) + tuple(f"ρ against {home}" for home in homes)
    rows = []
    for name, one in own.items():
        alone = [_hours(one["alone"][home]) for home in homes]
        ratios = [_number(row["rho"][name]) for row in at]
        rows.append((name, gpus[name], f"{one['jobs']:,}", _hours(at[0]["mean_jct"][name]), *alone, *ratios))
    return _table(header, rows)


def _fewest_rows(sizing: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of virtual_finish, one a home, at its fewest GPUs; on the whole pool where even that is too few."""
    key = ("virtual_finish", "", "strict_fifo")
    fewest = next(row for row in sizing["fewest"] if (row["discipline"], row["variant"], row["alone"]) == key)
    wanted = (*key[:2], fewest["percent"] or 100)
    return [row for row in sizing["rows"] if (row["discipline"], row["variant"], row["percent"]) == wanted]


def decomposition(sizing: dict[str, Any]) -> str:
    """Show the steps from alone under strict FIFO to the best rule in the pool, at each size."""
    steps = (
        "alone, strict_fifo",
        "alone, skip_fifo",
        "pooled, skip_fifo",
        "pooled, the rule kindest to its worst member",
    )
    rows = []
    for part in sizing["decomposition"]:
        hours = [_hours(step["mean_jct_s"]) for step in part["steps"]]
        rows.append((part["percent"], *hours[:3], f"{hours[3]} ({_name(part['steps'][3])})"))
    return _table(("of the pool, %", *steps), rows)


def windows(record: dict[str, Any]) -> str:
    """Count the verdicts of all windows."""
    counted = record["windows"]
    table = _table(
        ("proof", "promised", "holds", "refuted", "not shown"),
        (
            (
                one["proof"],
                "yes" if one["promised"] else "no",
                *(f"{one[s]:,}" for s in ("holds", "refuted", "not_shown")),
            )
            for one in counted["verdicts"]
        ),
    )
    return f"Windows decided under `{record['policy']}`: {counted['decided']:,}. Their verdicts:\n\n{table}"


def concentration(record: dict[str, Any]) -> str:
    """Show what was owned, granted and used."""
    return _table(
        ("", "HHI of 10,000", "as if so many equal members", "Gini"),
        (
            (one["stage"], f"{one['hhi']:,.0f}", f"{one['effective']:.2f}", f"{one['gini']:.3f}")
            for one in record["lorenz"]
        ),
    )


def _name(row: dict[str, Any]) -> str:
    return f"`{row['discipline']}`{VARIANTS.get(row['variant'], ', ' + row['variant'])}"


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.2f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1])
