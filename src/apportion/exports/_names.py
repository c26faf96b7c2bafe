"""What may a member or a flavor be called over there? Ids are arbitrary text; schedulers take a few signs only."""

import hashlib
import re
from collections.abc import Iterable

from apportion.errors import BadInput

SHORT = 40  # signs of an id that are kept; with the eight of its digest this fits every limit


def plain_names(ids: Iterable[str], allowed: str) -> dict[str, str]:
    """Give every id a name that fully matches the pattern `allowed`: itself if it does, else what is left and a digest.

    What does not match is written in lower case, other signs become ``-``, and eight hex digits of the SHA-256 of the id keep
    different ids apart.

    >>> plain_names(["phy", "Physics Lab", "物理"], "[a-z][a-z0-9-]{0,62}")
    {'phy': 'phy', 'Physics Lab': 'physics-lab-f4d93cf9', '物理': 'x-a454f178'}

    Raises
    ------
    BadInput
        if two ids come out alike.
    """
    names = {name: name if re.fullmatch(allowed, name) else _made(name) for name in ids}
    if len(set(names.values())) < len(names):
        twice = sorted(name for name in names if list(names.values()).count(names[name]) > 1)
        raise BadInput(f"these ids would have one name there: {', '.join(twice)}", "members.csv, id", "rename one")
    return names


def _made(name: str) -> str:
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:SHORT].strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{kept or 'x'}-{digest}"


def one_line(text: str) -> str:
    """Write any text so that it stays on one line of a comment."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
