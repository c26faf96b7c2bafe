"""Which rows cannot be meant? They are left out and counted by what is wrong with them, the first named with their lines."""

from collections.abc import Callable

import polars as pl

from apportion.sources._findings import Findings

LISTED = 5


class Broken:
    """Rows of one file that are left out, by reason."""

    def __init__(self, name: str, findings: Findings) -> None:
        self.name = name
        self.findings = findings
        self.count = 0

    def tell(self, lines: pl.Series, what: str, mend: str = "", say: Callable[[int], str] | None = None) -> None:
        """Note the rows on these lines, if there are any."""
        if not len(lines):
            return
        self.count += len(lines)
        some = lines.head(LISTED).to_list()
        first = ", ".join(f"line {line}{say(i) if say else ''}" for i, line in enumerate(some))
        rest = " …" if len(lines) > LISTED else ""
        self.findings.notice(
            f"rows were left out, {what}: {len(lines):,} ({first}{rest})", f"{self.name}:{some[0]}", mend
        )
