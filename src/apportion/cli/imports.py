"""Convert a trace or an inventory into a pool."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Quiet, Set, notices


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="import")(imports)


def imports(
    kind: Annotated[str, typer.Argument(metavar="FORMAT", help="Such as itp, philly, openb, swf, gavel, directory.")],
    sources: Annotated[list[Path], typer.Argument(metavar="SRC…", help="Files or directories of that format.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="POOL", help="The pool directory to write.", show_default=False)
    ],
    load: Annotated[
        float | None,
        typer.Option("--load", help="Derive nodes so that the trace loads them so much.", show_default="0.8"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Names of columns in another language.", show_default=False),
    ] = None,
    parameters: Set = None,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Convert a trace or an inventory into a pool.

    What looks wrong in the source is told with its row; nothing is written if it cannot be meant.
    """
    from apportion import registry
    from apportion.cli.reading import parameters as read_parameters
    from apportion.errors import NotFound

    source = registry.source(kind)
    missing = [path for path in sources if not path.exists()]
    if missing:
        raise NotFound(f"there is no {', '.join(map(str, missing))}", mend="check the path")
    given: dict[str, Any] = read_parameters(parameters)
    given |= {
        key: value for key, value in (("load", load), ("map", str(mapping) if mapping else None)) if value is not None
    }
    given = registry.checked("source", kind, source.read, given)
    pool = source.read(*sources, **given)
    notices(pool.notices)
    registry.source("directory").write(pool, out)  # type: ignore[attr-defined]  # the one source that also writes
    jobs = f", {len(pool.jobs):,} jobs" if pool.jobs is not None else ""
    claims = f", {len(pool.claims):,} claims" if pool.claims is not None else ""
    typer.echo(f"{out}: {len(pool.members)} members, {len(pool.nodes):,} nodes{jobs}{claims}")
    typer.echo(f"next: apportion assess {out}")
