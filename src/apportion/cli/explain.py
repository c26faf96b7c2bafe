"""Say why a member or a claim got what it got."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, settings
from apportion.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="explain")(explain)


def explain(
    pool: PoolPath,
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="A plan file.", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="NAME", help="A member or a claim.", show_default=False)],
    viewer: Annotated[
        str | None,
        typer.Option("--as", metavar="MEMBER", help="Only what this member may know.", show_default=False),
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Show why a member or claim got this, and what helps.

    What was asked and given, what is used up and at what price, who is ahead and why, and the smallest changes that would
    have helped, each tried by deciding again.
    """
    from apportion import loop
    from apportion.cli.planned import planned
    from apportion.explanation import explain as explain_grant

    settings.quiet = settings.quiet or viewer is not None  # notices of a pool may name other members
    situation, decided = planned(pool, plan)
    told = explain_grant(situation, decided, loop.rule(decided.policy, decided.parameters), name, viewer)
    if output in {Format.TABLE, Format.WIDE}:
        _tables(told, output)
    else:
        from apportion.explanation.words import claim_rows

        emit(output, told.to_dict, claim_rows(told))


def _tables(told: Any, output: Format) -> None:
    from apportion.explanation import words

    emit(output, dict, words.claim_rows(told), words.title(told), words.summary(told))
    if told.ahead_count is not None:
        typer.echo()
        emit(output, dict, words.ahead_rows(told), "Who is ahead", words.ahead_sentence(told))
    typer.echo()
    emit(output, dict, words.change_rows(told), "What would have helped", words.change_sentence(told))
