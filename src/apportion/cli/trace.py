"""Change a trace, or look what is odd in one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, notices
from apportion.cli.output import emit

if TYPE_CHECKING:
    from apportion.domain.pool import Pool
    from apportion.errors import Fault

HELP = """Change a trace, or find what is odd in it.

Each verb but lint reads a pool and writes another with other jobs; members, nodes and charter stay. What was done is
added to the charter's assumptions. The same pool and seed give the same bytes.
"""
Out = Annotated[Path, typer.Option("--out", metavar="POOL2", help="The pool directory to write.", show_default=False)]
Seed = Annotated[str, typer.Option("--seed", metavar="TEXT", help="Decides what is drawn.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help=HELP, rich_markup_mode=None)
    for verb in (cut, scale, resample, synthesize, lint):
        group.command()(verb)
    app.add_typer(group, name="trace")


def cut(
    pool: PoolPath,
    window: Annotated[
        str,
        typer.Option("--window", metavar="START..END", help="Seconds on the trace's clock.", show_default=False),
    ],
    out: Out,
    keep_clock: Annotated[
        bool, typer.Option("--keep-clock", help="Leave times as they are; else they count from START.")
    ] = False,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Keep the jobs submitted in a window.

    From START to before END. What ran or waited when it began is not in it.
    """
    from apportion.cli import reading
    from apportion.traces.cut import cut as cut_jobs

    chosen = reading.window(window)
    assert chosen is not None  # noqa: S101  # there is a text to read
    with reading.typed(window="--window"):
        _write(cut_jobs(_read(pool), chosen, keep_clock=keep_clock), out)


def scale(
    pool: PoolPath,
    factor: Annotated[float, typer.Option("--factor", help="What the load is multiplied by.", show_default=False)],
    out: Out,
    durations: Annotated[bool, typer.Option("--durations", help="Make jobs longer or shorter instead.")] = False,
    copies: Annotated[bool, typer.Option("--copies", help="Draw some jobs more than once, or never, instead.")] = False,
    seed: Seed = "1",
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Multiply the load.

    By shrinking or stretching the time between submissions; durations and order stay. Or by --durations, or by --copies.
    """
    from apportion.cli import reading
    from apportion.errors import BadInput
    from apportion.traces.scale import scale as scale_jobs

    if durations and copies:
        raise BadInput("a load is scaled one way at a time", "--durations, --copies", "leave one of them out")
    way = "durations" if durations else "copies" if copies else "arrivals"
    with reading.typed(factor="--factor", seed="--seed"):
        _write(scale_jobs(_read(pool), factor, way, seed), out)


def resample(
    pool: PoolPath,
    out: Out,
    block_s: Annotated[
        int, typer.Option("--block-s", metavar="SECONDS", help="How much stays together; 604800 for weeks.")
    ] = 86_400,
    each: Annotated[
        bool, typer.Option("--each-member", help="Draw for each member by itself; else one draw for all.")
    ] = False,
    seed: Seed = "1",
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Draw another trace from whole days of this one.

    A block bootstrap: as many days as the trace has, each any of them. Jobs after the last whole day are left out.
    """
    from apportion.cli import reading
    from apportion.traces.resample import resample as resample_jobs

    with reading.typed(block_s="--block-s", seed="--seed"):
        _write(resample_jobs(_read(pool), seed, block_s, jointly=not each), out)


def synthesize(
    pool: PoolPath,
    out: Out,
    jobs: Annotated[
        int, typer.Option("--jobs", help="How many to draw.", show_default="as many as there are", min=0)
    ] = 0,
    span_s: Annotated[
        int,
        typer.Option("--span-s", metavar="SECONDS", help="Over which time.", show_default="what keeps the load", min=0),
    ] = 0,
    seed: Seed = "1",
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Draw a new trace from what is fitted to this one.

    Poisson arrivals of each member by hour of the week, and its gangs and durations together. Bursts within an hour are
    smoothed; resample keeps them.
    """
    from apportion.cli import reading
    from apportion.traces.synthesize import synthesize as synthesize_jobs

    with reading.typed(jobs="--jobs", span_s="--span-s"):
        _write(synthesize_jobs(_read(pool), jobs, seed, span_s), out)


def lint(
    pool: PoolPath,
    output: Output = Format.TABLE,
) -> None:
    """Say what is odd in a pool and its trace, and what to do.

    One line a kind, with how many and where the first is. Exit code 0, or 2 if the pool cannot be read or replayed.
    """
    stops, odd = _found(pool)
    rows = [_row("stops", fault) for fault in stops if fault.count] + [_row("odd", fault) for fault in odd]
    whole = {"replay": not stops, "findings": rows}
    emit(output, lambda: whole, rows, str(pool), _sentence(len(rows), bool(stops)))
    if stops:
        raise typer.Exit(2)


def _found(path: Path) -> "tuple[tuple[Fault, ...], tuple[Fault, ...]]":
    """Read a pool and bring its jobs before a scheduler: what makes that impossible, and what is odd."""
    from apportion import registry
    from apportion.errors import BadInput
    from apportion.replays import arriving

    try:
        pool = registry.source("directory").read(path)
    except BadInput as error:
        return error.faults, ()
    try:
        arriving(pool)
    except BadInput as error:
        return error.faults, pool.notices
    return (), pool.notices


def _row(kind: str, fault: "Fault") -> dict[str, Any]:
    return {"kind": kind, "where": fault.where, "what": fault.what, "what to do": fault.mend, "count": fault.count}


def _sentence(found: int, impossible: bool) -> str:
    if impossible:
        return "No replay is possible before what stops it is mended."
    return f"Kinds of oddity: {found}. A replay is possible." if found else "Nothing is odd."


def _read(path: Path) -> "Pool":
    """Read a pool, without its notices: those of the pool that is written are told."""
    from apportion import registry

    return registry.source("directory").read(path)


def _write(pool: "Pool", out: Path) -> None:
    """Write a changed pool, and tell what a linter finds in it."""
    from apportion import registry

    directory = registry.source("directory")
    directory.write(pool, out)  # type: ignore[attr-defined]  # the one source that also writes
    notices(directory.read(out).notices)
    assert pool.jobs is not None  # noqa: S101  # every way to change a trace gives one
    first, last = int(pool.jobs.submit_s.min()), int(pool.jobs.submit_s.max())
    typer.echo(f"{out}: {len(pool.jobs):,} jobs, submitted from {first} to {last} s")
    typer.echo(f"next: apportion simulate {out}")
