"""Check a plan with independent checkers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet
from apportion.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="prove")(prove)


def prove(
    pool: PoolPath,
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="A plan file.", show_default=False)],
    proof: Annotated[
        list[str] | None, typer.Option("--proof", help="Only this property; may be repeated.", show_default="all")
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Check a plan with independent checkers.

    Exit code 6 if a property that the policy promises, or one named by --proof, is refuted.
    """
    from apportion import loop
    from apportion.errors import Fault, Refuted
    from apportion.ledger import plan_file

    situation = _situation(pool, plan)
    decided = plan_file.read_plan(plan, situation)
    verdicts = loop.prove(situation, decided, proof or None)
    promised = loop.rule(decided.policy, decided.parameters).promises(situation)
    rows = [verdict_row(verdict, promised=verdict.proof in promised) for verdict in verdicts]
    emit(
        output,
        lambda: {"plan": decided.digest(situation), "situation": situation.digest, "verdicts": rows},
        [_shown(row) for row in rows],
        f"{plan}: {decided.policy}, window {situation.window.start_s}..{situation.window.end_s} s",
    )
    broken = loop.refuted(verdicts, proof or promised)
    if broken:
        raise Refuted(
            Fault(f"{verdict.proof} is refuted: {verdict.meaning}", str(plan), "look at the witness above")
            for verdict in broken
        )


def verdict_row(verdict: Any, *, promised: bool) -> dict[str, Any]:
    """Show one verdict."""
    return {
        "proof": verdict.proof,
        "status": str(verdict.status),
        "promised": promised,
        "exact": verdict.exact,
        "figure": verdict.figure,
        "meaning": verdict.meaning,
        "witness": verdict.witness,
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Arrange one verdict for a table: the witness of a refutation, its meaning where there is room."""
    witness = "; ".join(f"{key} {_plainly(value)}" for key, value in row["witness"].items())
    return {key: row[key] for key in ("proof", "status", "promised", "exact", "figure")} | {
        "witness": witness if row["status"] == "refuted" else "",
        "meaning": row["meaning"],
    }


def _plainly(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plainly(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " and ".join(map(_plainly, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _situation(pool: Path, plan: Path) -> Any:
    """Rebuild the situation from the pool; if the pool has changed, take the one kept beside the plan and say so."""
    from apportion import loop
    from apportion.cli import reading
    from apportion.cli.options import notices
    from apportion.errors import Fault
    from apportion.ledger import plan_file
    from apportion.ledger.situation_file import read_situation

    raw = plan_file.raw_plan(plan)
    read = reading.read_pool(pool)
    asked = [] if read.claims is None else [loop.assess(read)]
    if read.jobs is not None and raw.get("window"):
        start_s, end_s = raw["window"]
        asked.append(loop.assess(read, reading.window(f"{start_s}..{end_s}")))
    same = [situation for situation in asked if situation.digest == raw["situation"]]
    beside = [path for z in (False, True) if (path := plan_file.situation_path(plan, compressed=z)).is_file()]
    if same or not beside:
        return (same or asked or [loop.assess(read)])[0]
    notices(
        (
            Fault(
                "the pool gives another situation than the plan answers; checked against the one kept beside the plan",
                str(pool),
                "plan again to decide for the pool as it is now",
            ),
        )
    )
    return read_situation(beside[0])
