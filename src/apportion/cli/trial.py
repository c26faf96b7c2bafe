"""Compare two charters on a pool's own trace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet
from apportion.cli.output import emit
from apportion.errors import BadInput

if TYPE_CHECKING:
    from apportion.trial import Difference, Trial

FEW = 4  # names in a sentence


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="trial")(trial)


def trial(
    pool: PoolPath,
    charter: Annotated[
        list[Path] | None,
        typer.Option("--charter", metavar="FILE", help="Two charters; one is compared with the pool's own."),
    ] = None,
    block_s: Annotated[
        int | None,
        typer.Option(
            "--block-s", metavar="SECONDS", min=1, help="Length of the blocks of time.", show_default="from the trace"
        ),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, max=1_000_000, help="Draws of the bootstrap.")] = 2000,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Replay the jobs under two charters, and say whether the difference is real and for whom.

    Every job is compared with itself; intervals come from a block bootstrap over time, at 98 %, and those of all members
    hold together. They are drawn so that they overlap exactly where no difference is shown.
    """
    from apportion.cli import reading
    from apportion.cli.charters import read_charter_file
    from apportion.trial import trial as tried

    read = reading.read_pool(pool)
    asked = [read_charter_file(path, read) for path in charter or []]
    if not 1 <= len(asked) <= 2:
        raise BadInput(
            f"{len(asked)} charters are given", "--charter", "give two, or one to compare with the pool's own charter"
        )
    first, second = asked if len(asked) == 2 else (read.charter, asked[0])
    found = tried(read, first, second, block_s=block_s, draws=draws)
    emit(output, lambda: whole(found), rows(found), f"{found.names[0]} → {found.names[1]}", sentence(found))


def rows(found: "Trial") -> list[dict[str, Any]]:
    """Write a row for each member, and one for all."""
    return [_row(row) for row in (*found.members, found.whole)]


def _row(row: "Difference") -> dict[str, Any]:
    return {
        "member": row.member or "(all)",
        "jobs": row.jobs,
        "mean JCT s before": row.first_s,
        "after": row.second_s,
        "change %": _percent(row.change),
        "98 % interval": _interval(row),
        "verdict": row.verdict,
    }


def _interval(row: "Difference") -> str:
    if row.low is None or row.high is None:
        return "–"
    mark = {"not shown": "", "sooner": "  sooner", "later": "  later"}[row.verdict]
    return f"{100 * row.low:+.1f} to {100 * row.high:+.1f} %{mark}"


def sentence(found: "Trial") -> str:
    """Say whether the difference is real, and for whom."""
    if not found.enough:
        return (
            f"Nothing can be said: the jobs fall into {found.blocks} blocks of {found.block_s:,} s, and ten are needed. "
            "Take a longer trace, or shorter blocks with --block-s."
        )
    all_of_it = found.whole
    size = 100 * abs(all_of_it.change or 0.0)
    about = f"{_interval(all_of_it).split('%', maxsplit=1)[0]}%"
    if all_of_it.verdict == "not shown":
        lead = f"No difference is shown for all jobs together ({about})."
    else:
        lead = f'The difference is real: jobs end {size:.1f} % {all_of_it.verdict} under "{found.names[1]}" ({about}).'
    return " ".join(part for part in (lead, _who(found), _only(found), _figures(found), _drawn(found)) if part)


def _who(found: "Trial") -> str:
    parts = [
        f"{word} for {_names(names)}" for word, names in (("Sooner", found.gainers), ("later", found.losers)) if names
    ]
    rest = len(found.members) - len(found.gainers) - len(found.losers)
    if rest and len(found.members) > 1:
        parts.append(f"no difference is shown for {rest} of {len(found.members)} members")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _names(names: list[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _only(found: "Trial") -> str:
    told = [f'{count:,} only under "{name}"' for count, name in zip(found.only, found.names, strict=True) if count]
    return f"Left out of the comparison, since they never end under the other: {', '.join(told)}." if told else ""


def _figures(found: "Trial") -> str:
    worst = found.figures.get("worst_rho", (None, None))
    used = found.figures.get("utilisation", (None, None))
    parts = []
    if None not in worst:
        parts.append(f"worst ρ {worst[0]:.2f} → {worst[1]:.2f}")
    if used[0] is not None and used[1] is not None:
        parts.append(f"utilisation {100 * used[0]:.1f} → {100 * used[1]:.1f} %")
    return f"{', '.join(parts)}.".capitalize() if parts else ""


def _drawn(found: "Trial") -> str:
    return f"From {found.blocks} blocks of {found.block_s / 3600:,.4g} h."


def whole(found: "Trial") -> dict[str, Any]:
    """Write all that is known, for scripts."""
    return {
        "charters": list(found.names),
        "real": found.whole.verdict != "not shown",
        "all": _told(found.whole),
        "members": [_told(row) for row in found.members],
        "block_s": found.block_s,
        "blocks": found.blocks,
        "draws": found.draws,
        "only_first": found.only[0],
        "only_second": found.only[1],
        "figures": {name: list(pair) for name, pair in found.figures.items()},
    }


def _told(row: "Difference") -> dict[str, Any]:
    both = row.intervals
    return {
        "member": row.member,
        "jobs": row.jobs,
        "first_s": row.first_s,
        "second_s": row.second_s,
        "first_interval_s": None if both is None else list(both[0]),
        "second_interval_s": None if both is None else list(both[1]),
        "change": row.change,
        "low": row.low,
        "high": row.high,
        "verdict": row.verdict,
    }


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part
