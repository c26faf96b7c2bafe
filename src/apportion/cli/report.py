"""Tell a run as one page."""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Language
from apportion.errors import BadInput


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="report")(report)


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="The page to write.")] = Path("report.html"),
    members: Annotated[
        Path | None,
        typer.Option(
            "--members", metavar="DIR", help="Also write a page for each member, with nothing about the others."
        ),
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of the page.")] = Language.EN,
) -> None:
    """Tell a run as one self-contained page.

    Tables beside every plot, no network requests, prints well, English or Chinese.
    """
    from apportion.ledger.files import write_whole
    from apportion.ledger.run_directory import read_run
    from apportion.report.page import page

    read = read_run(run)
    write_whole(out, page(read, language.value).encode())
    typer.echo(str(out))
    if members is not None:
        for name, text in _member_pages(read, language.value):
            write_whole(members / name, text.encode())
        typer.echo(str(members))


def _member_pages(run: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Write every member's page, each in a file of its name."""
    from apportion.report.member import member_page, members

    names = members(run)
    if not names:
        raise BadInput(
            "this run says nothing to single members",
            "--members",
            "run it again without --no-advice, or leave the option out",
        )
    files = _apart([_file_name(name) for name in names])
    return [(f"{file}.html", member_page(run, name, language)) for file, name in zip(files, names, strict=True)]


def _file_name(member: str) -> str:
    """Keep of a name what every file system takes."""
    return re.sub(r"[^\w.-]+", "-", member).strip(".-")[:80] or "member"


def _apart(names: list[str]) -> list[str]:
    """Number names that differ by nothing a file system sees.

    >>> _apart(["a", "A", "b"])
    ['a', 'A-2', 'b']
    """
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name.casefold()] += 1
        found.append(name if seen[name.casefold()] == 1 else f"{name}-{seen[name.casefold()]}")
    return found
