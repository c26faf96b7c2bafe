"""What did the rule grant, and what was proven of it?"""

import json
from typing import Any

from apportion.report import facts
from apportion.report.charts.bars import Award, bars
from apportion.report.facts import Run
from apportion.report.section import Block, Picture, Section
from apportion.report.sections.demand import window
from apportion.report.table import Cell, Column, Table, amounts, parts, table
from apportion.report.telling import Telling

MOST_BARS = 30
TONES = {"holds": "good", "refuted": "bad", "not_shown": "muted"}
SIGNS = {"holds": "✓", "refuted": "✗", "not_shown": "?"}
SHORT = 12  # characters of a digest that tell it from others


def section(run: Run, telling: Telling) -> Section:
    """Show grants beside demand and entitlement, then the verdicts on this plan and on all plans."""
    resource = facts.scarcest(run)
    blocks: list[Block] = [_picture(run, resource, telling), _grants(run, resource, telling)]
    blocks += [_notes(run, telling)] if run["plan"].get("notes") else []
    blocks.append(verdicts(run, telling))
    if run["windows"]["decided"]:
        blocks.append(_windows(run, telling))
    intro = telling.text("sections.plan.intro", policy=run["policy"], window=window(run, telling))
    return Section("plan", telling.text("sections.plan.title"), intro, tuple(blocks))


def awards(run: Run, resource: str) -> list[Award]:
    """Bring together what each member asked for, was granted and may count on."""
    asked, granted, entitled = (of(run, resource) for of in (facts.asked, facts.granted, facts.entitled))
    return [Award(member, asked.get(member, 0), granted.get(member, 0), entitled[member]) for member in entitled]


def _picture(run: Run, resource: str, telling: Telling) -> Picture:
    rows, unit = awards(run, resource), telling.resource(resource)
    if len(rows) > MOST_BARS:
        most = sorted(rows, key=lambda award: -award.asked)[:MOST_BARS]
        rows = [award for award in rows if award in most]
    description = telling.text("charts.bars_desc", unit=unit)
    if len(rows) < run["pool"]["members"]:
        description += telling.words["between"] + telling.text("charts.bars_more", n=len(rows))
    return Picture(telling.text("charts.bars_title"), description, bars(rows, unit, telling))


def _grants(run: Run, resource: str, telling: Telling) -> Table:
    rows, numbers, unit = awards(run, resource), telling.numbers, telling.resource(resource)
    dominant = {row["member"]: row["dominant_share"] for row in run["plan"]["members"]}
    percent = telling.text("columns.unit_percent")
    cells = [
        [award.member for award in rows],
        amounts([award.asked for award in rows], numbers),
        amounts([award.granted for award in rows], numbers),
        amounts([award.entitled for award in rows], numbers),
        parts([award.granted / award.asked if award.asked else None for award in rows], numbers),
        parts([dominant.get(award.member) for award in rows], numbers),
    ]
    paid = _paid(run)
    pays = (
        [] if paid is None else amounts([*(paid.get(award.member, 0.0) for award in rows), sum(paid.values())], numbers)
    )
    cells += [pays[:-1]] if pays else []
    asked, granted = sum(award.asked for award in rows), sum(award.granted for award in rows)
    return table(
        telling.text("tables.plan"),
        [
            Column(telling.text("columns.member"), words=True),
            *[Column(telling.text(f"columns.{name}"), unit) for name in ("asked", "granted", "entitlement")],
            Column(telling.text("columns.of_asked"), percent),
            Column(telling.text("columns.dominant"), percent),
            *([Column(telling.text("columns.pays"), telling.text("columns.a_second"))] if pays else []),
        ],
        zip(*cells, strict=True),
        total=[
            telling.text("tables.total"),
            *[numbers.amount(value) for value in (asked, granted, sum(award.entitled for award in rows))],
            *parts([granted / asked if asked else None], numbers),
            "",
            *pays[-1:],
        ],
    )


def _paid(run: Run) -> dict[str, float] | None:
    """What each member pays a second; None where the rule does not sell."""
    payments = run["plan"].get("payments")
    if payments is None:
        return None
    return {row["member"]: int(row["paid"]) / int(payments["denominator"]) for row in payments["members"]}


def _notes(run: Run, telling: Telling) -> Table:
    column = Column(telling.text("columns.note"), words=True, long=True)
    return table(telling.text("tables.notes"), [column], [(Cell(note, english=True),) for note in run["plan"]["notes"]])


def verdicts(run: Run, telling: Telling) -> Table:
    """List what the checkers say of the plan that is shown."""
    return table(
        telling.text("tables.verdicts"),
        [
            Column(telling.text(f"columns.{name}"), words=True, long=name == "meaning")
            for name in ("proof", "verdict", "promised", "exact", "meaning")
        ],
        [
            (
                telling.name("proofs", one["proof"]),
                status(one["status"], telling),
                _yes(one["promised"], telling),
                _yes(one["exact"], telling),
                _explained(one, telling),
            )
            for one in run["verdicts"]
        ],
    )


def status(name: str, telling: Telling) -> Cell:
    """Show a verdict by sign and word, never by colour alone."""
    return Cell(f"{SIGNS.get(name, '')} {telling.name('status', name)}", TONES.get(name, ""))


def _explained(verdict: dict[str, Any], telling: Telling) -> Cell:
    """Say what was asked, what the checker's figure means, and the witness of a refutation.

    What is not known here, a property of someone else or a reason why nothing could be shown, keeps the checker's words.
    """
    proof, figure = verdict["proof"], verdict["figure"]
    known = telling.known("proof_figures", proof)
    own = not known or verdict["status"] == "not_shown"
    said = [verdict["meaning"].rstrip(".") if own else known, _witness(verdict["witness"], telling)]
    number = "" if figure is None else f"{telling.numbers.figure(figure)}: "
    detail = number + "; ".join(part for part in said if part)
    return Cell(telling.known("questions", proof), detail=detail, detail_english=own)


def _witness(witness: dict[str, Any], telling: Telling) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {_plain(value, telling)}" for name, value in witness.items())


def _plain(value: Any, telling: Telling) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return telling.numbers.figure(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _yes(holds: bool, telling: Telling) -> str:
    return telling.text("yes" if holds else "no")


def _windows(run: Run, telling: Telling) -> Table:
    counts = ("holds", "refuted", "not_shown")
    numbers = telling.numbers
    return table(
        telling.text("tables.windows"),
        [
            Column(telling.text("columns.proof"), words=True),
            *[Column(telling.text(f"columns.{name}")) for name in counts],
            Column(telling.text("columns.promised"), words=True),
            Column(telling.text("columns.broken")),
        ],
        [
            (
                telling.name("proofs", row["proof"]),
                *[numbers.whole(row[name]) for name in counts],
                _yes(row["promised"], telling),
                Cell(numbers.whole(row.get("broken", 0)), "bad" if row.get("broken") else ""),
            )
            for row in run["windows"]["verdicts"]
        ],
        note=telling.text(
            "tables.windows_note", decided=run["windows"]["decided"], digest=run["windows"]["digest"][:SHORT] + "…"
        ),
    )
