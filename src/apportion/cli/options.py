"""Which options do verbs share, and how are they shown?"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from apportion.errors import Fault


class Format(StrEnum):
    """How output is written."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    CSV = "csv"
    YAML = "yaml"


class Language(StrEnum):
    """Languages of reports."""

    EN = "en"
    ZH = "zh"


@dataclass
class Settings:
    """What changes this call only."""

    quiet: bool = False


settings = Settings()


def _hush(wanted: bool) -> None:
    settings.quiet = settings.quiet or wanted


Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", callback=_hush, expose_value=False, help="No progress, no notices.")
]
PoolPath = Annotated[Path, typer.Argument(metavar="POOL", help="A pool directory.", show_default=False)]
Output = Annotated[Format, typer.Option("-o", "--output", help="How to write the result.", case_sensitive=False)]
PolicyName = Annotated[
    str | None, typer.Option("--policy", help="A policy instead of the charter's.", show_default=False)
]
Pooled = Annotated[
    bool | None,
    typer.Option(
        "--pooled/--separate",
        help="Whether members share, or every member's jobs run on its own entitlement.",
        show_default="the charter's",
    ),
]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="K=V", help="A parameter; may be repeated.", show_default=False)
]
Carbon = Annotated[
    list[Path] | None,
    typer.Option("--carbon", metavar="FILE", help="Carbon intensity by hour; several files bring several regions."),
]
CarbonStart = Annotated[
    str | None,
    typer.Option("--carbon-start", metavar="HOUR", help="Hour of that table which is second 0, by default its first."),
]
WindowText = Annotated[
    str | None,
    typer.Option(
        "--window", metavar="START..END", help="Seconds on the trace's clock.", show_default="the busiest window"
    ),
]


def notices(found: tuple[Fault, ...]) -> None:
    """Tell what a linter found, on stderr."""
    if settings.quiet:
        return
    for fault in found:
        typer.echo(f"notice: {fault}", err=True)
