"""Say what to do."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli.options import Format, Language, Output, PoolPath, Quiet
from apportion.errors import BadInput

if TYPE_CHECKING:
    from apportion.advice import Advice

WIDTH = 110
MARK = "# Advised by `apportion advise`."


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="advise")(advise)


def advise(
    pool: PoolPath,
    separate: Annotated[
        bool, typer.Option("--separate", help="Take it that members do not share today, whatever the charter says.")
    ] = False,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.toml", help="Where to write the charter that is advised.")
    ] = Path("advised.toml"),
    language: Annotated[Language, typer.Option("--lang", help="Language of the answer.")] = Language.EN,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Say what to do: one charter and two alternatives, who gains and who loses, and how sure that is.

    Replays the pool's own jobs under every charter that suits them, or divides its claims. Writes the advised charter to
    --out, with comments; the pool's own stays as it is.
    """
    from rich.console import Console

    from apportion.advice import advise as advised
    from apportion.advice import apart_today
    from apportion.advice.told import told
    from apportion.cli import reading
    from apportion.cli.output import emit
    from apportion.cli.progress import bar
    from apportion.ledger.files import write_whole
    from apportion.report.terminal import advised as shown

    _may_write(out)
    read = reading.read_pool(pool)
    with bar("replaying", None) as tick:
        found = advised(apart_today(read) if separate else read, tick)
    said = told(found)
    write_whole(out, _charter(found, said).encode())
    if output in {Format.TABLE, Format.WIDE}:
        Console().print(shown(said, language.value))
        verb = f"trial {pool}" if found.streams else f"compare {pool} --charter {pool / 'charter.toml'}"
        typer.echo(f"The charter is in {out}; try it: apportion {verb} --charter {out}", err=True)
        return
    emit(output, lambda: said, said["members"] if output is Format.CSV else [])


def _may_write(out: Path) -> None:
    """Refuse to write over what somebody else wrote."""
    if out.exists() and not (out.is_file() and out.read_text("utf-8", errors="replace").startswith(MARK)):
        raise BadInput(f"{out} exists, and no advice wrote it", "--out", "give another name, or move it away")


def _charter(found: "Advice", said: dict[str, Any]) -> str:
    """Write the advised charter, and above it what is advised, why, and who is affected."""
    from apportion.report.advising import advising
    from apportion.report.telling import telling
    from apportion.sources._charter_text import charter_text

    words = telling("en")
    lines = [
        words.text(f"findings.{one.key}.lead", **one.values)
        + " "
        + words.text(f"findings.{one.key}.more", **one.values)
        for one in advising(said)
    ]
    comment = "\n".join(
        fill(line.replace("\u00a0", " "), WIDTH, initial_indent="# ", subsequent_indent="#   ") for line in lines
    )
    return f"{MARK}\n{comment}\n\n{charter_text(found.chosen.candidate.charter)}"
