"""What does the cluster itself say? Runs the commands that print it, and keeps what they print as files."""

import itertools
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from apportion.errors import Unreachable

PATIENCE_S = 600


def printed_by(commands: Mapping[str, str], directory: Path) -> list[Path]:
    """Run each command and save what it prints under its name in `directory`; nothing is changed by them.

    A command may begin with assignments of variables, as in a shell.

    Raises
    ------
    Unreachable
        if one is not installed here, does not end, or fails.
    """
    split = {name: _split(line) for name, line in commands.items()}
    missing = sorted({words[0] for _, words in split.values() if not shutil.which(words[0])})
    if missing:
        mend = "run this where they are, or save what they print there and import the files: "
        raise Unreachable(f"not installed here: {', '.join(missing)}", "--live", mend + "; ".join(commands.values()))
    return [_saved(directory / name, words, variables) for name, (variables, words) in split.items()]


def _split(line: str) -> tuple[list[str], list[str]]:
    """Take the assignments before a command from its words."""
    words = shlex.split(line)
    assigned = list(itertools.takewhile(re.compile(r"[A-Z_]+=").match, words))
    return assigned, words[len(assigned) :]


def _saved(path: Path, words: list[str], variables: list[str]) -> Path:
    environment = os.environ | dict(one.partition("=")[::2] for one in variables) | {"LC_ALL": "C.UTF-8"}
    try:
        with path.open("wb") as out:
            done = subprocess.run(  # noqa: S603  # the words are ours
                words, env=environment, stdout=out, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False
            )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"does not answer within {PATIENCE_S} s", shlex.join(words), "see whether it is up") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unreachable(said[-1] if said else "it failed", shlex.join(words), "see whether it is up, and you may ask")
    return path
