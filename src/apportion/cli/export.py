"""Write what realises a plan on the scheduler one already has."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from apportion.cli.options import PoolPath, Quiet, Set, notices


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="export")(export)


def export(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="slurm, kueue or csv.", show_default=False)],
    pool: PoolPath,
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="A plan file.", show_default=False)],
    out: Annotated[
        str, typer.Option("--out", metavar="DIR|-", help="A directory to write into; - is the standard output.")
    ] = "-",
    parameters: Set = None,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Write a plan for the scheduler one already has.

    A script for Slurm's accounting with its undo, manifests for Kueue, or a table. Touches nothing.
    """
    from apportion import registry
    from apportion.cli import reading
    from apportion.cli.planned import planned
    from apportion.ledger.files import write_whole

    write = registry.export(target).write
    given = registry.checked("export", target, write, reading.parameters(parameters))
    written = write(*planned(pool, plan), **given)
    notices(written.losses)
    if out == "-":
        sys.stdout.write(written.text)
        return
    path = Path(out) / written.name
    write_whole(path, written.text.encode())
    typer.echo(str(path))
