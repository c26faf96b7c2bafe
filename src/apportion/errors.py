"""What went wrong, where, and how to mend it?

    ApportionError            exit code
    ├── Failed                1   the work could not be completed
    ├── BadInput              2   wrong use, or input that cannot be meant
    ├── NotFound              3   no such pool, plan, member, policy
    ├── Refused               4   quota, guardrail or permission
    ├── Unreachable           5   an engine or server does not answer
    └── Refuted               6   a promised or requested proof does not hold

Every error is a list of faults, because one input rarely has just one, and a person wants to mend them all at once.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    what : what was found and, where two sides disagree, both of them
    where : in the caller's words, for example ``members.csv:14, column weight``
    mend : the next edit or command
    count : how many alike it stands for; 0 if it is counted with another
    """

    what: str
    where: str = ""
    mend: str = ""
    count: int = 1

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"\n    → {self.mend}" if self.mend else ""
        return f"{place}{self.what}{remedy}"


class ApportionError(Exception):
    """One or more faults, reported together."""

    exit_code = 1

    def __init__(self, faults: str | Fault | Iterable[Fault], where: str = "", mend: str = "") -> None:
        if isinstance(faults, str):
            faults = [Fault(faults, where, mend)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Failed(ApportionError):
    """The work was right to ask for and could not be completed."""


class BadInput(ApportionError):
    """Wrong use, or input that cannot be meant."""

    exit_code = 2


class NotFound(ApportionError):
    """What was named does not exist."""

    exit_code = 3


class Refused(ApportionError):
    """A quota, a guardrail or a permission forbids it."""

    exit_code = 4


class Unreachable(ApportionError):
    """An engine or a server does not answer."""

    exit_code = 5


class Refuted(ApportionError):
    """A promised or requested proof does not hold."""

    exit_code = 6


class Faults:
    """Collect faults while reading, then raise them all at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, what: str, where: str = "", mend: str = "") -> None:
        self.found.append(Fault(what, where, mend))

    def raise_any(self, kind: type[ApportionError] = BadInput) -> None:
        if self.found:
            raise kind(self.found)


def nearest(name: str, known: Sequence[str]) -> str:
    """Suggest what may have been meant: ``did you mean "max_min"? known: …``."""
    close = difflib.get_close_matches(name, known, n=1)
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}known: {', '.join(sorted(known))}"
