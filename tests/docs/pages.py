"""What is on a page? Code blocks in order, each with the comment that stands before it.

A comment says what a reader sees in the text: ``<!-- file: name -->`` that a block is a file to write, ``<!-- not run:
reason -->`` that a block is not tried here. In a ``console`` block a line that begins with ``$ `` is a command and the lines
below are what it prints, on either stream; ``...`` alone on a line stands for any lines.
"""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?:^<!-- (?P<comment>[^\n]*?) -->\n+)?^```(?P<language>[a-z]+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)


class Block(NamedTuple):
    language: str
    comment: str
    body: str


class Command(NamedTuple):
    line: str
    shown: str


def pages():
    """All pages of the project that people read, as paths from its root."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def blocks(page):
    """The code blocks of a page, in order."""
    return [
        Block(found["language"], found["comment"] or "", found["body"])
        for found in BLOCK.finditer((ROOT / page).read_text("utf-8"))
    ]


def commands(block):
    """The commands of a console block, each with what it prints."""
    parts = re.split(r"^\$ ", block.body, flags=re.MULTILINE)
    assert not parts[0].strip(), "a console block begins with a command"
    return [Command(*part.split("\n", 1)) for part in parts[1:]]


def pattern(shown):
    """What a command may print, from what the page shows."""
    lines = [line.rstrip() for line in shown.strip("\n").split("\n")]
    return "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in lines if shown.strip())
