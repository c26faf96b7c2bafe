"""Say how differently groups fare: in any outcome of a table, or in waiting, ρ or rate of a pool."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PolicyName, Quiet, Set
from apportion.errors import BadInput


class Better(StrEnum):
    """Which way an outcome is good."""

    HIGH = "high"
    LOW = "low"


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="groups")(groups)


def groups(
    target: Annotated[Path, typer.Argument(metavar="DATA|POOL", help="A table, or a pool.", show_default=False)],
    outcome: Annotated[
        str,
        typer.Option("--outcome", metavar="COLUMN", help="Column of outcomes; of a pool: wait, rho or rate."),
    ],
    by: Annotated[
        list[str],
        typer.Option(
            "--by",
            metavar="COLUMN",
            help="Column of groups; of a pool: region, group or size. Several are also crossed.",
        ),
    ],
    better: Annotated[
        Better | None,
        typer.Option("--better", help="Which way the outcome is good.", show_default="high; of wait and rho: low"),
    ] = None,
    weight: Annotated[
        str | None,
        typer.Option("--weight", metavar="COLUMN", help="How much each row counts in a mean.", show_default=False),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="'COL>=X'", help="Rows that are meant; may be repeated.", show_default=False),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="The rows of each group are a sample of more: show 95 % intervals.")
    ] = False,
    draws: Annotated[int, typer.Option("--draws", min=100, max=100_000, help="Draws of the bootstrap.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of those draws.")] = 0,
    policy: PolicyName = None,
    parameters: Set = None,
    discipline: Annotated[
        str, typer.Option("--discipline", help="Of a pool: in which order queued jobs start.")
    ] = "entitled",
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Compare groups by the mean of an outcome.

    Difference, ratio, the worst group, and what part of the inequality lies between groups. Of a pool: wait is a member's
    mean wait in seconds (each job counts once), rho its time in the pool over that alone, rate its part of all useful work
    over the part it is entitled to. The members of a pool are all there are: an interval (--sample) is for samples only.
    """
    from apportion.cli import grouped
    from apportion.holdings.grouped import Asked

    low = better is Better.LOW or (better is None and target.is_dir() and outcome in grouped.LOW_IS_BETTER)
    asked = Asked(low, sample, draws, seed)
    if target.is_dir():
        _none_of({"--weight": weight, "--where": where, "--sample": sample}, target)
        grouped.pool(target, outcome, by, (policy, parameters, discipline), asked, output)
    else:
        grouped.table(target, outcome, by, weight, where or [], asked, output)


def _none_of(options: dict[str, Any], target: Path) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        raise BadInput(
            f"is for a table, and {target} is a pool, whose members are all there are", ", ".join(given), "leave it out"
        )
