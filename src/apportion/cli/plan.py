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
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Decide who gets what; nothing is carried out.

    By the charter's policy, or another. On jobs, the demand is the offered load of a window.
    """
    from apportion import loop
    from apportion.cli import reading
    from apportion.domain.plan import Shares
    from apportion.ledger import plan_file

    read, by = reading.chosen_rule(reading.read_pool(pool), policy, parameters)
    situation = loop.assess(read, reading.window(window))
    decided = loop.decide(situation, by)
    if out is not None:
        plan_file.write_plan(out, situation, decided)
    promised = ", ".join(by.promises(situation))
    emit(
        output,
        lambda: plan_file.plan_json(situation, decided),
        _rows(Shares(situation, decided)),
        f"{read.charter.name}: plan by {by.name}, window {situation.window.start_s}..{situation.window.end_s} s",
        f"Promised: {promised}." + (f" Written to {out}; check it with: apportion prove {pool} {out}" if out else ""),
    )


def _rows(shares: Any) -> list[dict[str, Any]]:
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
            "dominant share %": 100 * float(shares.dominant[m]),
            "entitled to %": 100 * float(situation.standing.share[m]),
        }
        for k in fullest_first:
            row[label(situation.resources[k])] = float(shares.granted[m, :, k].sum()) / (MICRO * MILLI)
        rows.append(row)
    return rows
