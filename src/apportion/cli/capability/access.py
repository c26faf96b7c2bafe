"""Say how many members could do a piece of AI work in time: alone, in equal parts, and under each rule."""

from typing import Annotated

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, WindowText


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="access")(access)


def access(
    pool: PoolPath,
    policy: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="NAME[:K=V,…]", help="A rule; may be repeated.", show_default="the charter's"),
    ] = None,
    workload: Annotated[
        list[str] | None,
        typer.Option(
            "--workload",
            help="finetune-7b, train-1e24, serve-100rps, FLOP as 1e22, or hours of a chip as 500h@a100; may be repeated.",
            show_default="the named ones",
        ),
    ] = None,
    within: Annotated[
        str,
        typer.Option("--within", metavar="30d", help="Time there is, in m, h, d or w.", show_default="the workload's"),
    ] = "",
    peak: Annotated[
        list[str] | None,
        typer.Option(
            "--peak",
            metavar="FLAVOR=CHIP",
            help="Which chip a flavor is, or its peak FLOP/s; by default what the flavor's name says.",
            show_default=False,
        ),
    ] = None,
    utilisation: Annotated[
        float | None,
        typer.Option("--utilisation", help="Part of the peak that is reached.", show_default="the workload's"),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Also by region, group or size; may be repeated.", show_default=False),
    ] = None,
    window: WindowText = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Count the members that could do a piece of AI work in time.

    Alone on what each owns, or is entitled to; with an equal part of the pool; and with what each rule grants, for as long as
    the work lasts. Only speed is counted, not memory or network: whoever cannot by this count cannot at all.
    """
    from apportion.cli import accessed

    accessed.show(pool, policy or [], workload or [], within, peak or [], utilisation, by or [], window, output)
