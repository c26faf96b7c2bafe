"""What is a part of the page, before it is HTML?"""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from apportion.report.table import Table


@dataclass(frozen=True)
class Picture:
    """A chart with its heading and what it shows."""

    caption: str
    description: str
    svg: Markup
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True)
class Folded:
    """Tables for those who want every number, opened by a click."""

    title: str
    tables: tuple[Table, ...]
    kind: ClassVar[str] = "folded"


@dataclass(frozen=True)
class Terms:
    """A list of terms and what they mean."""

    title: str
    rows: tuple[tuple[str, str], ...]
    english: bool = False
    kind: ClassVar[str] = "terms"


@dataclass(frozen=True)
class Remarks:
    """Sentences under a small heading."""

    title: str
    lines: tuple[str, ...]
    kind: ClassVar[str] = "remarks"


@dataclass(frozen=True)
class Commands:
    """What to type."""

    title: str
    lines: tuple[str, ...]
    kind: ClassVar[str] = "commands"


Block = Table | Picture | Folded | Terms | Remarks | Commands


@dataclass(frozen=True)
class Section:
    """A heading, a sentence of introduction, and blocks in order."""

    key: str
    title: str
    intro: str
    blocks: tuple[Block, ...]
