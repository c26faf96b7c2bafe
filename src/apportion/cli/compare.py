"""Say what other rules would give."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, WindowText
from apportion.cli.output import emit

EXTRA = {"total_capability": "total capability", "unevenness": "unevenness", "guardrail_price": "price of guardrails"}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="compare")(compare)


def compare(
    pool: PoolPath,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy", metavar="NAME[:K=V,…]", help="A rule to compare; may be repeated.", show_default=False
        ),
    ] = None,
    charter: Annotated[
        list[Path] | None,
        typer.Option("--charter", metavar="FILE.toml", help="Another charter; may be repeated.", show_default=False),
    ] = None,
    window: WindowText = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the shares here.")] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Show what other rules would give, and at what price.

    Every member's part, the concentration before and after, and the price of fairness, for each rule. A rule that
    declines is shown with its reason.
    """
    from apportion.cli import reading
    from apportion.cli.charters import read_charter_file
    from apportion.comparison import compare as compare_rules

    read = reading.read_pool(pool)
    rules: list[Any] = [*(policy or []), *(read_charter_file(path, read) for path in charter or [])]
    found = compare_rules(read, rules, reading.window(window))
    if plot is not None:
        from apportion.ledger.files import write_whole

        write_whole(plot, str(found.plot()).encode())
    if output in {Format.TABLE, Format.WIDE}:
        _tables(found, output, plot)
    else:
        whole = {"members": found.members, "rules": found.rules, "best": found.best and list(found.best)}
        whole |= {"frontier": found.frontier} if found.frontier else {}
        emit(output, lambda: whole, found.members)


def _tables(found: Any, output: Format, plot: Path | None) -> None:
    blocks = [("dominant_share", "dominant share, %", 100.0)]
    if output is Format.WIDE:
        blocks = [("tasks", "tasks granted", 1.0), ("rate", "useful rate", 1.0), *blocks]
    if any(row.get("capability") is not None for row in found.members):
        blocks.append(("capability", "capability", 1.0))
    if any(row.get("pays") is not None for row in found.members):
        blocks.append(("pays", "payments a second, in the unit of value", 1.0))
    for key, title, factor in blocks:
        emit(Format.WIDE, dict, _by_rule(found, key, factor), f"{found.pool.charter.name}: {title}")
        typer.echo()
    if output is Format.WIDE and not _one_point(found.frontier):
        emit(output, dict, found.frontier, "The frontier: from equal compute to most capability")
        typer.echo()
    emit(output, dict, [_rule(row) for row in found.rules], "What each rule makes of the pool", _sentence(found, plot))


def _by_rule(found: Any, key: str, factor: float) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in found.members:
        row = rows.setdefault(one["member"], {"member": one["member"], "entitled to %": 100 * one["entitled"]})
        row[one["rule"]] = None if one.get(key) is None else factor * one[key]
    return list(rows.values())


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    price = row["price_of_fairness"]
    shown = {
        "rule": row["rule"],
        "total rate": row["total_rate"],
        "price of fairness %": None if price is None else 100 * price,
        "HHI": row["hhi_after"],
        "Gini": row["gini_after"],
        "equal members": row["effective_number_after"],
        "objective": row["objective"],
    }
    for key, heading in EXTRA.items():
        if key in row:
            shown[heading] = row[key]
    return shown


def _sentence(found: Any, plot: Path | None) -> str:
    said = [_before(found.rules[0])] + [
        f"{row['rule']} declines: {row['declined']}." for row in found.rules if row["declined"]
    ]
    if found.best:
        said.append(f"Price of fairness: against {found.best[0]}, whose total rate is {found.best[1]:,.6g}.")
    said += [
        _guardrails(row["rule"], row.get("guardrail_price"), row["guardrail_price_rate"])
        for row in found.rules
        if row.get("guardrail_price_rate") is not None
    ]
    if found.frontier and _one_point(found.frontier):
        said.append("Equal compute also buys most capability: with one curve for all, the frontier is one point.")
    if plot is not None:
        said.append(f"Drawn in {plot}.")
    return " ".join(said)


def _guardrails(rule: str, objective: float | None, rate: float) -> str:
    """Say what guardrails cost; where the rule does not look for the most rate, there may be more of it with them."""
    less = [] if objective is None else [f"{objective:,.4g} of the objective"]
    if rate >= 0.0:
        less.append(f"{f'{rate:,.4g}' if rate else 'nothing'} of the total rate")
        return f"The guardrails of {rule} cost {' and '.join(less)}."
    more = f"the total rate is {-rate:,.4g} higher."
    return f"The guardrails of {rule} cost {less[0]}; {more}" if less else f"With the guardrails of {rule} {more}"


def _one_point(frontier: list[dict[str, float]]) -> bool:
    return len({(round(point["unevenness"], 9), round(point["total_capability"], 9)) for point in frontier}) <= 1


def _before(row: dict[str, Any]) -> str:
    if row["hhi_before"] is None:
        return "No node has an owner, so ownership has no concentration."
    return (
        f"Ownership before: HHI {row['hhi_before']:,.0f}, Gini {row['gini_before']:.3f}, as if "
        f"{row['effective_number_before']:.2f} equal members held it."
    )
