"""Carry out the charter window by window on an engine."""

from pathlib import Path
from typing import Annotated

import typer

from apportion.cli.options import Language, PolicyName, PoolPath, Quiet, Set


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="run")(run)


def run(
    pool: PoolPath,
    engine: Annotated[str, typer.Option("--engine", help="What carries the plans out.")] = "simulated",
    policy: PolicyName = None,
    parameters: Set = None,
    windows: Annotated[
        int | None, typer.Option("--windows", min=1, help="Stop after so many windows.", show_default="all")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="The run directory to write.")] = Path("out/run"),
    sizing: Annotated[
        bool, typer.Option("--sizing/--no-sizing", help="Also replay with fewer GPUs under every discipline.")
    ] = True,
    advice: Annotated[
        bool, typer.Option("--advice/--no-advice", help="Also say what to do, from replays under other charters.")
    ] = True,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes for those replays.", show_default="one a core")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of the closing tables.")] = Language.EN,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Decide, prove and carry out, window by window.

    Each decision knows only what had been submitted. Jobs run beside the pool's services; then there is no replay with
    fewer GPUs. Leaves a run directory that `report` reads.
    """
    import os
    import shlex
    import sys

    from rich.console import Console

    from apportion import record
    from apportion.cli import reading
    from apportion.cli.progress import bar, clock_bar
    from apportion.ledger.run_directory import input_digests, write_run
    from apportion.report.terminal import closing

    read, by = reading.chosen_rule(reading.read_pool(pool), policy, parameters)
    with clock_bar("deciding window by window", read) as tick:
        done = record.go(read, by, engine, windows, tick)
    whole = None
    if sizing and read.jobs is not None and len(read.jobs) and read.services is None:
        from apportion.sizing import STEPS, size

        with bar("replaying with fewer GPUs", STEPS) as advance:
            whole = size(read, by, advance, workers or os.cpu_count() or 1)
    advised = None
    if advice:
        from apportion.advice import advise
        from apportion.advice.told import told as told_of

        with bar("replaying other charters", None) as tick:
            advised = told_of(advise(read, tick))
    command = shlex.join(["apportion", *sys.argv[1:]])
    told = record.record(read, by, done, whole, command) | {
        "advice": advised,
        "inputs": input_digests(pool),
        "path": str(pool),
        "out": str(out),
    }
    write_run(out, told, read, (done.situation, done.plan), done.kept, done.history.replay)
    Console().print(closing(told, language.value))
