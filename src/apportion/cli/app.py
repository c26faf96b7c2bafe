"""Which verbs are there, and what becomes of an error?"""

import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from apportion import __version__
from apportion.cli import (
    advise,
    alliance,
    assess,
    capability,
    compare,
    explain,
    export,
    imports,
    init,
    plan,
    prove,
    report,
    run,
    simulate,
    statement,
    trace,
    trial,
)
from apportion.cli.options import settings
from apportion.errors import ApportionError

HELP = """Divide a shared pool of AI compute, prove the division, replay it, and say what it means.

A pool is a directory: start with `apportion init DIR`, or bring a trace with `apportion import FORMAT SRC --out POOL`.
"""

INTERRUPTED = 130  # what a shell expects of a program that was stopped from the keyboard
app = typer.Typer(help=HELP, invoke_without_command=True, rich_markup_mode=None, pretty_exceptions_enable=False)
for module in (
    init,
    imports,
    trace,
    advise,
    assess,
    plan,
    prove,
    explain,
    compare,
    alliance,
    export,
    simulate,
    trial,
    statement,
    run,
    report,
    capability,
):
    module.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"apportion {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no notices.")] = False,
) -> None:
    """Take the options that every verb has."""
    del version
    settings.quiet = quiet
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run_app(arguments: list[str] | None = None) -> int:
    """Run a verb and turn any error into one message and an exit code; the one `except` of the program."""
    try:
        result = app(args=arguments, standalone_mode=False, prog_name="apportion")
    except ApportionError as error:
        _tell(error)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        result = INTERRUPTED
    except TyperException as error:
        typer.echo(f"apportion: {error.format_message()}\n    → see: apportion --help", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left: Python would complain while flushing
        return 1
    except Exception as error:  # the last resort: no traceback for a user, unless asked for
        if "APPORTION_DEBUG" in os.environ:
            raise
        typer.echo(
            f"apportion: this is a fault of apportion itself: {error!r}\n"
            "    → report it with what you typed; APPORTION_DEBUG=1 shows where it happened",
            err=True,
        )
        return 1
    if result == INTERRUPTED:
        typer.echo("interrupted: nothing was written", err=True)
    return result if isinstance(result, int) else 0


def _tell(error: ApportionError) -> None:
    for fault in error.faults:
        typer.echo(f"apportion: {fault}", err=True)
