"""What does a person read when a run has ended? The tables of the page, short, for a terminal."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from apportion.report import facts
from apportion.report.advising import advising
from apportion.report.facts import Run
from apportion.report.finding import SIGNS, Finding
from apportion.report.findings import findings
from apportion.report.sections import advice, fewest
from apportion.report.sections.plan import SIGNS as VERDICT_SIGNS
from apportion.report.sections.waiting import members_in_brief
from apportion.report.table import Table
from apportion.report.telling import Telling, Value, telling

HEADING = 8  # cells after which the heading of a number breaks
SHORT = 16  # cells; longer names wrap before a number is cut
STYLES = {"bad": "bold red", "good": "green", "note": "", "next": "cyan", "muted": "dim", "code": "", "": ""}


def closing(run: Run, language: str = "en") -> RenderableType:
    """Give what stands at the end of `apportion run`: members, proofs, fewest machines, and what it means.

    Raises
    ------
    BadInput
        for another language than ``en`` and ``zh``.
    """
    words = telling(language)
    parts: list[RenderableType] = [members(run, words), verdicts(run, words)]
    if run["sizing"]:
        parts += [Text(), shown(fewest.listed(run, words))]
    return Group(Text(), *parts, Text(), meaning(run, words))


def advised(told: dict[str, Any], language: str = "en") -> RenderableType:
    """Give what `apportion advise` prints: what to do and why, the charters, and every member.

    Raises
    ------
    BadInput
        for another language than ``en`` and ``zh``.
    """
    words = telling(language)
    tables = (shown(advice.charters(told, words)), Text(), shown(advice.members(told, words)))
    return Group(_sentences(advising(told), words, whole=True), Text(), *tables)


def members(run: Run, words: Telling) -> RenderableType:
    """Show for each member what it owns and, where there are jobs, how long they take alone and in the pool."""
    resource = facts.scarcest(run)
    title = words.text(
        "terminal.title",
        name=run["name"],
        members=Value("many", (run["pool"]["members"], "member")),
        capacity=Value("units", (facts.capacity(run, resource), resource)),
        policy=run["policy"],
    )
    return shown(members_in_brief(run, words), title)


def verdicts(run: Run, words: Telling) -> Text:
    """Say in one line what the checkers found in all plans of the run, or in the one plan there is."""
    rows = run["windows"]["verdicts"] or [
        {"proof": one["proof"], "promised": one["promised"], one["status"]: 1} for one in run["verdicts"]
    ]
    said = Text()
    said.append(words.text("terminal.verdicts", n=max(run["windows"]["decided"], 1)))
    for row in sorted(rows, key=lambda row: not row["promised"]):
        said.append("  ")
        said.append_text(_verdict(row, words))
    return said


def _verdict(row: dict[str, Any], words: Telling) -> Text:
    """Name one property with its worst answer; what was not promised stands in grey."""
    status = next(name for name in ("refuted", "not_shown", "holds") if row.get(name))
    text = f"{VERDICT_SIGNS[status]} {words.name('proofs', row['proof'])}"
    if status != "holds":
        text += f" ({words.name('status', status)} {words.numbers.whole(row[status])}×)"
    style = ("bold red" if status == "refuted" else "green") if row["promised"] else "dim"
    return Text(text, style)


def meaning(run: Run, words: Telling) -> Text:
    """List what the run means, a line each, and what to type next; advice in full."""
    return _sentences(findings(run), words, whole=bool(run.get("advice")))


def _sentences(found: Sequence[Finding], words: Telling, *, whole: bool = False) -> Text:
    """Write findings a line each, the `whole` of them or what leads."""
    said = Text()
    for finding in found:
        said.append(f"{SIGNS[finding.tone]} ", STYLES[finding.tone])
        said.append(words.text(f"findings.{finding.key}.lead", **finding.values))
        if whole or finding.tone == "next":
            said.append(words.words["between"] + words.text(f"findings.{finding.key}.more", **finding.values))
        said.append("\n")
        for command in finding.commands:
            said.append(f"    {command}\n", "bold")
    said.rstrip()
    return said


def shown(table: Table, title: str = "") -> RenderableType:
    """Bring a table to the terminal: units under the headings, numbers at the right and never cut; names wrap instead."""
    made = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(table.columns):
        heading = column.title if column.words else _folded(column.title)
        longest = max((cell_len(row[number].text) for row in table.rows), default=0)
        made.add_column(
            f"{heading}\n{column.unit}" if column.unit else heading,
            justify="left" if column.words else "right",
            no_wrap=not column.words or longest <= SHORT,
            overflow="fold",
            vertical="bottom",
        )
    for row in table.rows:
        made.add_row(*[Text(cell.text, STYLES[cell.tone]) for cell in row])
    return Group(Text(title or table.caption, "bold"), made)


def _folded(heading: str) -> str:
    """Break a heading at spaces and, in a script without them, between characters; words stay whole."""
    lines = wrap(heading, HEADING, break_long_words=False)
    return "\n".join(
        part for line in lines for part in (chop_cells(line, HEADING) if cell_len(line) > len(line) else [line])
    )
