"""Say who holds what, and how concentrated that is: of any table, or of a pool before and after a plan."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, Quiet
from apportion.errors import BadInput

MOST_DRAWS = 100_000


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="measure")(measure)


def measure(
    target: Annotated[Path, typer.Argument(metavar="DATA|POOL", help="A table, or a pool.", show_default=False)],
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="Column of holders.", show_default=False)
    ] = None,
    value: Annotated[
        str | None, typer.Option("--value", metavar="COLUMN", help="Column of amounts.", show_default=False)
    ] = None,
    low: Annotated[
        str | None, typer.Option("--low", metavar="COLUMN", help="5th percentile of each amount.", show_default=False)
    ] = None,
    high: Annotated[
        str | None, typer.Option("--high", metavar="COLUMN", help="95th percentile.", show_default=False)
    ] = None,
    weight: Annotated[
        str | None,
        typer.Option(
            "--weight", metavar="COLUMN", help="For how many holders of that amount a row stands.", show_default=False
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="'COL>=X'",
            help="Rows that are meant, with =, !=, >=, <=, >, <; may be repeated.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            "--group", metavar="COLUMN", help="Split inequality between and within groups.", show_default=False
        ),
    ] = None,
    other: Annotated[
        list[str] | None,
        typer.Option(
            "--other", metavar="NAME", help="A holder that stands for nobody in particular.", show_default=False
        ),
    ] = None,
    merge: Annotated[
        list[str] | None,
        typer.Option("--merge", metavar="A,B", help="Let these holders act as one.", show_default=False),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN.json", help="Of a pool: what was granted.", show_default=False),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="RUN", help="Of a pool: what was used, and by default that run's plan."),
    ] = None,
    resource: Annotated[
        str, typer.Option("--resource", help="Of a pool: of what, instead of the scarcest.", show_default=False)
    ] = "",
    weights: Annotated[
        str,
        typer.Option(
            "--weights",
            metavar="compute=2,data=1",
            help="Of a pool: weights of its assets taken together, instead of equal ones.",
            show_default=False,
        ),
    ] = "",
    draws: Annotated[
        int, typer.Option("--draws", min=1, max=MOST_DRAWS, help="Draws of amounts in their bounds, or of weights.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of those draws.")] = 0,
    largest: Annotated[int, typer.Option("--largest", min=0, help="How many holders to list.")] = 10,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Measure who holds what, and how concentrated that is: of a table, or of a pool.

    A table of all holders is a census: nothing is resampled, and an interval comes only from bounds that the table gives
    (--low, --high), or from what "other" may stand for (--other). Of a pool: compute owned, granted (--plan) and used
    (--run), what it buys by several curves, its assets one by one and together, and each member's part of the votes.
    """
    from apportion.cli import measured, measured_pool

    of_table = {"--by": by, "--value": value, "--low": low, "--high": high, "--weight": weight, "--where": where}
    of_table |= {"--group": group, "--other": other, "--merge": merge}
    of_pool = {"--plan": plan, "--run": run, "--resource": resource, "--weights": weights}
    if target.is_dir():
        _none_of(of_table, "a table", target)
        measured_pool.pool(target, plan, run, resource, weights, draws, seed, output)
        return
    _none_of(of_pool, "a pool", target)
    if by is None or value is None:
        raise BadInput("a table needs a column of holders and one of amounts", str(target), "name them: --by, --value")
    from apportion.holdings.measured import Asked
    from apportion.holdings.table import read

    groups = [] if group is None else [group]
    chosen = {"low": low, "high": high, "weight": weight}
    rows = read(target, by, value, **chosen, where=where or (), groups=groups, other=other or ())
    measured.table(rows, by, Asked(group, tuple(merge or ()), draws, seed, largest), output)


def _none_of(options: dict[str, Any], kind: str, target: Path) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        there = "a pool" if target.is_dir() else "a table"
        raise BadInput(f"is for {kind}, and {target} is {there}", ", ".join(given), "leave it out")
