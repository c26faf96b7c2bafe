"""Convert a trace or an inventory into a pool."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from apportion.cli.options import Quiet, Set, notices
from apportion.errors import BadInput, NotFound
from apportion.ports import Source


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="import")(imports)


def imports(
    kind: Annotated[str, typer.Argument(metavar="FORMAT", help="Such as slurm, kubernetes, itp, philly, directory.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="POOL", help="The pool directory to write.", show_default=False)
    ],
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SRC…", help="Files or directories of that format.", show_default=False),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the cluster itself, by its own commands, instead of files.")
    ] = False,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            "--owner",
            metavar="PATTERN=MEMBER",
            help="Whose the nodes and accounts are that fit a pattern, such as 'a-n*=univ-a'; may be repeated.",
            show_default=False,
        ),
    ] = None,
    owners: Annotated[
        list[Path] | None,
        typer.Option("--owners", metavar="FILE", help="The same as a table: pattern, member.", show_default=False),
    ] = None,
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
    from apportion.cli.reading import typed
    from apportion.sources._owners import read_owners

    source = registry.source(kind)
    given: dict[str, Any] = read_parameters(parameters)
    given |= {
        key: value for key, value in (("load", load), ("map", str(mapping) if mapping else None)) if value is not None
    }
    given |= {"owners": read_owners(owner or [], owners or [])} if owner or owners else {}
    given = registry.checked("source", kind, source.read, given)
    with (
        TemporaryDirectory() as scratch,
        typed(**{key: f"--set {key}" for key in registry.parameters(source.read)} | {"load": "--load"}),
    ):
        pool = source.read(*(_asked(source, kind, scratch) if live else _there(sources)), **given)
    notices(pool.notices)
    registry.source("directory").write(pool, out)  # type: ignore[attr-defined]  # the one source that also writes
    jobs = f", {len(pool.jobs):,} jobs" if pool.jobs is not None else ""
    claims = f", {len(pool.claims):,} claims" if pool.claims is not None else ""
    typer.echo(f"{out}: {len(pool.members)} members, {len(pool.nodes):,} nodes{jobs}{claims}")
    typer.echo(f"next: apportion assess {out}")


def _there(sources: list[Path] | None) -> list[Path]:
    """Refuse no paths, and paths at which nothing is."""
    if not sources:
        raise BadInput(
            "no SRC is named", mend="name files or directories, or say --live where the format can ask a cluster"
        )
    missing = [path for path in sources if not path.exists()]
    if missing:
        raise NotFound(f"there is no {', '.join(map(str, missing))}", mend="check the path")
    return sources


def _asked(source: Source, kind: str, scratch: str) -> list[Path]:
    """Let a source that can ask a cluster save what it says."""
    if not hasattr(source, "live"):
        raise BadInput(f'the format "{kind}" is of files only', "--live", "name the files")
    files: list[Path] = source.live(Path(scratch))
    return files
