"""Tell a run as one page."""

from pathlib import Path
from typing import Annotated

import typer

from apportion.cli.options import Language


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="report")(report)


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="The page to write.")] = Path("report.html"),
    language: Annotated[Language, typer.Option("--lang", help="Language of the page.")] = Language.EN,
) -> None:
    """Tell a run as one self-contained page.

    Tables beside every plot, no network requests, prints well, English or Chinese.
    """
    from apportion.ledger.files import write_whole
    from apportion.ledger.run_directory import read_run
    from apportion.report.page import page

    write_whole(out, page(read_run(run), language.value).encode())
    typer.echo(str(out))
