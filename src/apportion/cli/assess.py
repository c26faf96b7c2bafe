"""Say what there is, who asks for what, and what is scarce."""

from typing import Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, WindowText
from apportion.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="assess")(assess)


def assess(
    pool: PoolPath,
    window: WindowText = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Show who owns what, who asks for what, what is scarce.

    Inventory by owner, the demand matrix of a window (the busiest, if none is given), scarcity, concentration.
    """
    from apportion import assessment, loop
    from apportion.cli import reading

    read = reading.read_pool(pool)
    situation = loop.assess(read, reading.window(window))
    whole = assessment.assessment(read, situation)
    emit(
        output, lambda: whole | {"matrix": assessment.matrix(situation)}, _rows(whole), _title(whole), _sentence(whole)
    )


def _rows(whole: dict[str, Any]) -> list[dict[str, Any]]:
    asked = {row["member"]: row["asked"] for row in whole["demand"]["rows"]}
    ratio = {row["resource"]: -row["ratio"] for row in whole["demand"]["scarcity"]}
    scarcest_first = sorted(whole["pool"]["resources"], key=lambda resource: ratio[resource["name"]])
    rows = []
    for owner in whole["pool"]["owners"]:
        row: dict[str, Any] = {"member": owner["member"], "nodes": owner["nodes"], "share %": 100 * owner["share"]}
        for resource in scarcest_first:
            row[f"{resource['label']} owned"] = float(owner["amount"].get(resource["name"], 0))
            row[f"{resource['label']} asked"] = asked.get(owner["member"], {}).get(resource["name"], 0.0)
        rows.append(row)
    return rows


def _title(whole: dict[str, Any]) -> str:
    start, end = whole["demand"]["window"]
    pool = whole["pool"]
    return f"{whole['name']}: {pool['members']} members, {pool['nodes']:,} nodes; demand of window {start}..{end} s"


def _sentence(whole: dict[str, Any]) -> str:
    tight = max(whole["demand"]["scarcity"], key=lambda row: row["ratio"], default=None)
    if tight is None:
        return "Nothing is asked for."
    label = next(r["label"] for r in whole["pool"]["resources"] if r["name"] == tight["resource"])
    state = "scarce" if tight["ratio"] > 1 else "not scarce"
    return (
        f"{label} is {state}: {tight['asked']:,.1f} asked of {float(tight['capacity']):,.0f} ({100 * tight['ratio']:.0f} %). "
        f"{_ownership(whole['concentration'])}"
    )


def _ownership(concentration: dict[str, Any]) -> str:
    if concentration["hhi"] is None:
        return "No node has an owner, so ownership has no concentration."
    return (
        f"Ownership: HHI {concentration['hhi']:,.0f} of 10,000, as if {concentration['effective_number']:.1f} equal members "
        "held it."
    )
