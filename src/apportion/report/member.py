"""How does one member read a run? What it had, has and would have, why, and what would help; nothing about the others."""

from typing import Any

from apportion.report.advising import for_member, named
from apportion.report.facts import Run
from apportion.report.numbers import time_unit
from apportion.report.page import rendered
from apportion.report.section import Section
from apportion.report.table import Cell, Column, Table, amounts, parts, table, times
from apportion.report.telling import Telling, Value, telling

Told = dict[str, Any]


def members(run: Run) -> list[str]:
    """Name the members who have a page: those of whom advice says something."""
    return [row["member"] for row in (run.get("advice") or {}).get("members", [])]


def member_page(run: Run, member: str, language: str = "en") -> str:
    """Write one member's page, self-contained, from what `apportion run` left.

    Raises
    ------
    BadInput
        for another language than ``en`` and ``zh``.
    """
    words, told = telling(language), run["advice"]
    row = next(one for one in told["members"] if one["member"] == member)
    standfirst = words.text(
        "member.standfirst", name=run["name"], standing=Value("percent", row["standing"]), charter=_agreed(told, words)
    )
    headings = member, standfirst, words.text("sections.meaning.member")
    return rendered(run, words, headings, for_member(told, row), [_section(told, row, words)])


def _agreed(told: Told, words: Telling) -> str:
    key, values = named(
        next(one for one in told["charters"] if one["role"] == ("now" if told["kind"] == "keep" else "advised"))
    )
    return words.text(key, **values)


def _section(told: Told, row: Told, words: Telling) -> Section:
    return Section(
        "charters", words.text("member.charters"), words.text("member.charters_intro"), (_charters(told, row, words),)
    )


def _charters(told: Told, row: Told, words: Telling) -> Table:
    """List what each charter that was tried would do to one member."""
    at = [one["member"] for one in told["members"]].index(row["member"])
    values, numbers = [one["members"][at] for one in told["tried"]], words.numbers
    unit, length = time_unit(values)
    streams = told["streams"]
    columns = [
        Column(words.text("columns.charter"), words=True, long=True),
        Column(
            words.text("columns.mean_time" if streams else "columns.total_rate"),
            words.text(f"columns.unit_{unit}") if streams else "",
        ),
        Column(words.text("columns.change"), "%"),
    ]
    now = values[0]
    changes = [None if value is None or not now else value / now - 1 for value in values]
    better = [None if change is None else change < 0 if streams else change > 0 for change in changes]
    cells = [
        [words.text(named(one)[0], **named(one)[1]) for one in told["tried"]],
        times(values, length, numbers) if streams else amounts(values, numbers),
        [
            Cell(text, "" if not change or abs(change) < 0.01 else "good" if good else "bad")
            for text, change, good in zip(parts(changes, numbers), changes, better, strict=True)
        ],
    ]
    return table(
        words.text("tables.member_charters"), columns, zip(*cells, strict=True), words.text("tables.member_note")
    )
