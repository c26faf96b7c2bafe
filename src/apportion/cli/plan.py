"""Decide who gets what, without doing anything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PolicyName, PoolPath, Quiet, Set, WindowText
from apportion.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="plan")(plan)


def plan(
    pool: PoolPath,
    policy: PolicyName = None,
    parameters: Set = None,
    window: WindowText = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PLAN.json", help="Write the plan here, and its situation beside it."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="OLD.json", help="Show how it differs from this plan.", show_default=False),
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> int:
    """Decide who gets what; nothing is carried out.

    By the charter's policy, or another. On jobs, the demand is the offered load of a window.
    With --against, exit code 0 if every claim is granted the same, 1 if not.
    """
    from apportion import loop
    from apportion.cli import reading
    from apportion.cli.planned import planned_for, said
    from apportion.cli.priced import objective, where
    from apportion.domain.plan import Shares
    from apportion.ledger import plan_file

    raw = None if against is None else plan_file.raw_plan(against)
    whole = reading.read_pool(pool)
    old = None if against is None or raw is None else plan_file.plan_json(*planned_for(whole, pool, raw, against))
    read, by = reading.chosen_rule(whole, policy, parameters)
    situation = loop.assess(read, reading.window(window))
    decided = loop.decide(situation, by)
    if out is not None:
        plan_file.write_plan(out, situation, decided)
    if old is not None:
        return _against(old, plan_file.plan_json(situation, decided), output, f"{read.charter.name}: against {against}")
    promised = ", ".join(by.promises(situation))
    check = f" Written to {out}; check it with: apportion prove {pool} {out}" if out else ""
    told = "\n".join(filter(None, (said(situation, decided), f"Promised: {promised}.{check}")))
    wide = output is Format.WIDE
    emit(
        output,
        lambda: plan_file.plan_json(situation, decided),
        _rows(Shares(situation, decided), decided.payments),
        f"{read.charter.name}: plan by {by.name}, window {situation.window.start_s}..{situation.window.end_s} s",
        "" if wide else told,
    )
    if wide:
        typer.echo()
        emit(output, dict, where(situation, decided), "Where it is, by flavor", f"{objective(decided)}{told}")
    return 0


def _against(old: dict[str, Any], new: dict[str, Any], output: Format, title: str) -> int:
    """Show how two plans differ, member by member, and claim by claim where there is room; return the exit code."""
    from apportion.comparison.difference import difference

    found = difference(old, new)
    rows = [
        {
            "member": row["member"],
            "tasks before": row["tasks_before"],
            "tasks after": row["tasks_after"],
            "change": row["change"],
            **{f"pays {when}": row[f"pays_{when}"] for when in ("before", "after") if f"pays_{when}" in row},
            "share before %": _percent(row["dominant_share_before"]),
            "share after %": _percent(row["dominant_share_after"]),
        }
        for row in found["members"]
    ]
    emit(output, lambda: found, rows, title, _differing(found))
    if output is Format.WIDE and found["claims"]:
        emit(output, dict, found["claims"], "Claims whose grants differ")
    return 0 if found["same"] else 1


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


def _differing(found: dict[str, Any]) -> str:
    before, after = found["policy"]
    rule = f"both by {after}" if before == after else f"{before} then, {after} now"
    asked = "the same situation" if found["situation"][0] == found["situation"][1] else "another situation than then"
    changed = sum(row["change"] != 0 for row in found["members"])
    grants = (
        f"{changed} of {len(found['members'])} members get more or fewer tasks; {len(found['claims'])} grants differ"
    )
    said = ["Every claim is granted the same" if found["same"] else grants]
    said[0] += f" ({rule}; {asked})."
    if any(row.get("pays_before", 0.0) != row.get("pays_after", 0.0) for row in found["members"]):
        said.append("Payments differ.")
    said += [f"{when}: {note}." for when in ("Then", "Now") for note in found["notes"][when == "Now"]]
    return "\n".join(said)


def _rows(shares: Any, payments: Any) -> list[dict[str, Any]]:
    from apportion.assessment import label
    from apportion.domain.quantity import MICRO, MILLI

    situation = shares.situation
    used = shares.fraction.sum(axis=0)
    fullest_first = sorted(range(len(situation.resources)), key=lambda k: -used[k])
    rows = []
    for m, name in enumerate(situation.members.id):
        row = {
            "member": name,
            "tasks asked": int(shares.asked_micro[m]) / MICRO,
            "tasks granted": int(shares.tasks_micro[m]) / MICRO,
            **({} if payments is None else {"pays a second": float(payments.amounts[m])}),
            "dominant share %": 100 * float(shares.dominant[m]),
            "entitled to %": 100 * float(situation.standing.share[m]),
        }
        for k in fullest_first:
            row[label(situation.resources[k])] = float(shares.granted[m, :, k].sum()) / (MICRO * MILLI)
        rows.append(row)
    return rows
