"""What is one sentence an operator acts on, before it is in words?"""

from dataclasses import dataclass, field
from typing import Any

BAD, GOOD, NOTE, NEXT = "bad", "good", "note", "next"
SIGNS = {BAD: "!", GOOD: "✓", NOTE: "•", NEXT: "→"}
Phrase = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Finding:
    """One sentence: `key` names its words, `tone` how urgent it is; commands stand under it as they are typed."""

    key: str
    tone: str
    values: dict[str, Any] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
