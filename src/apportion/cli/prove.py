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
        list[str] | None,
        typer.Option(
            "--proof",
            help="Only this check of the plan, or this probe of the rule that made it; may be repeated.",
            show_default="every check, no probe",
        ),
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Check a plan with independent checkers.

    A probe, such as truthful, asks the policy itself for plans of changed situations; it runs only if it is named.
    Exit code 6 if a property that the policy promises, or one named by --proof, is refuted.
    """
    from apportion import loop
    from apportion.cli.planned import said, situation_of
    from apportion.domain.plan import remarks
    from apportion.errors import Fault, Refuted
    from apportion.ledger import plan_file

    situation = situation_of(pool, plan)
    decided = plan_file.read_plan(plan, situation)
    verdicts = loop.prove(situation, decided, proof or None)
    promised = loop.rule(decided.policy, decided.parameters).promises(situation)
    rows = [verdict_row(verdict, promised=verdict.proof in promised) for verdict in verdicts]
    emit(
        output,
        lambda: {
            "plan": decided.digest(situation),
            "situation": situation.digest,
            "remarks": list(remarks(situation, decided)),
            "verdicts": rows,
        },
        [_shown(row) for row in rows],
        f"{plan}: {decided.policy}, window {situation.window.start_s}..{situation.window.end_s} s",
        said(situation, decided),
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
