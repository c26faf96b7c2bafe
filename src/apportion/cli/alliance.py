"""Say what pooling is worth, and to whom."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PoolPath, Quiet, Set, WindowText
from apportion.cli.output import emit
from apportion.errors import BadInput

PERCENT = 100.0


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="alliance")(alliance)


def alliance(
    pool: PoolPath,
    credit: Annotated[
        str | None,
        typer.Option(
            "--credit",
            metavar="NAME",
            help="How the worth is divided: owen, shapley, least_core or nucleolus.",
            show_default="owen; of a trace, shapley",
        ),
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="PLAN.json", help="Who would leave under this plan?")
    ] = None,
    window: WindowText = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=2, help="Draw so many orders, instead of all coalitions.")
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="What decides draws, instead of the charter's.")] = None,
    voting: Annotated[bool, typer.Option("--voting", help="How much does each member's vote decide?")] = False,
    quota: Annotated[
        str | None,
        typer.Option(
            "--quota", metavar="Q", help="Votes that pass, as a part (2/3) or a number.", show_default="majority"
        ),
    ] = None,
    leaves: Annotated[
        str | None, typer.Option("--leaves", metavar="MEMBER", help="What is lost with this member?")
    ] = None,
    from_trace: Annotated[
        bool, typer.Option("--from-trace", help="Worth by replay: how much sooner jobs end than alone.")
    ] = False,
    discipline: Annotated[str, typer.Option("--discipline", help="Of the replays.")] = "skip_fifo",
    placement: Annotated[str, typer.Option("--placement", help="Of the replays.")] = "counting",
    parameters: Set = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw what alliances add to concentration.")
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Show what pooling is worth, and to whom.

    What members could do alone and together, how the gain may be divided, who would leave under a division or a plan,
    and what alliances do to the concentration of ownership.
    """
    from apportion.cli import reading
    from apportion.pooling.joining import votes

    _refuse(plan, window, leaves, voting=voting, quota=quota, from_trace=from_trace)
    read = reading.read_pool(pool)
    votes_told = votes(read, quota) if voting else None
    if from_trace:
        told = _from_trace(read, credit, discipline, placement, reading.parameters(parameters), samples, seed)
    else:
        told = _from_claims(read, pool, credit, plan, reading.window(window), samples, seed, leaves)
    told |= {} if votes_told is None else {"voting": votes_told}
    if plot is not None:
        _draw(told, plot)
    if output in {Format.TABLE, Format.WIDE}:
        _tables(told, output, plot)
    else:
        emit(output, lambda: told, told["members"])


def _refuse(
    plan: Path | None, window: str | None, leaves: str | None, *, voting: bool, quota: str | None, from_trace: bool
) -> None:
    """Refuse options that would say nothing."""
    from apportion.errors import Faults

    faults = Faults()
    if quota is not None and not voting:
        faults.add("a quota is of a vote", "--quota", "ask for it with --voting")
    if plan is not None and window is not None:
        faults.add("a plan has its own window", "--window", "leave it out")
    for name, given in (("--plan", plan), ("--window", window), ("--leaves", leaves)):
        if from_trace and given is not None:
            faults.add("worth by replay is of the whole trace", name, "leave it out, or leave out --from-trace")
    faults.raise_any()


def _from_claims(
    read: Any,
    path: Path,
    credit: str | None,
    plan: Path | None,
    window: Any,
    samples: int | None,
    seed: str | None,
    leaves: str | None,
) -> dict[str, Any]:
    from apportion import loop
    from apportion.cli.planned import planned
    from apportion.pooling import claims

    situation, decided = (loop.assess(read, window), None) if plan is None else planned(path, plan)
    return claims.alliance(read, situation, credit or "owen", decided, samples, seed, leaves)


def _from_trace(
    read: Any,
    credit: str | None,
    discipline: str,
    placement: str,
    parameters: dict[str, Any],
    samples: int | None,
    seed: str | None,
) -> dict[str, Any]:
    from apportion.cli.progress import bar
    from apportion.pooling import trace

    steps = 1 << len(read.members) if len(read.members) <= trace.REPLAYED else 0
    with bar("replaying", steps) as tick:
        return trace.alliance(
            read,
            credit or "shapley",
            discipline,
            parameters,
            placement,
            samples,
            seed,
            tick if steps else lambda _done: None,
        )


def _draw(told: dict[str, Any], plot: Path) -> None:
    from apportion.assessment import label
    from apportion.ledger.files import write_whole
    from apportion.report.charts.allied import allied

    found = told["concentration"]
    if found is None:
        raise BadInput(
            "no node has an owner, so alliances change no concentration", "--plot", "name owners in nodes.csv"
        )
    write_whole(plot, str(allied(told["name"], label(found["resource"]), found["joined"])).encode())


def _tables(told: dict[str, Any], output: Format, plot: Path | None) -> None:
    credit = told["credit"]
    title = f"{told['name']}: {credit['name']}, {credit['meaning']}"
    emit(output, dict, told["members"], title, _sentence(told, plot))
    if output is Format.WIDE:
        _more(told)
    if "voting" in told:
        typer.echo()
        emit(
            output,
            dict,
            [_vote(row) for row in told["voting"]["members"]],
            "If members vote by their standing",
            _passes(told),
        )


def _more(told: dict[str, Any]) -> None:
    if told["concentration"] and told["concentration"]["pairs"]:
        typer.echo()
        shown = [_pair(row) for row in told["concentration"]["pairs"][:20]]
        emit(Format.WIDE, dict, shown, "Alliances of two that change concentration most")
    if "losses" in told:
        typer.echo()
        emit(Format.WIDE, dict, told["losses"]["members"], "What is lost with each member", _centre(told))


def _sentence(told: dict[str, Any], plot: Path | None) -> str:
    said = [_worth(told), *(_leaving(one) for one in told["leaving"]), _core(told)]
    if told.get("services_left_out"):
        said.append("What services hold is not taken off the nodes here.")
    if "losses" in told:
        said.append(_lost(told))
    said += [_joined(told), f"Drawn in {plot}." if plot is not None else ""]
    return " ".join(part for part in said if part)


def _worth(told: dict[str, Any]) -> str:
    if told["basis"] == "trace":
        sooner = f"{_number(abs(told['worth']))} hours {'sooner' if told['worth'] >= 0 else 'later'}"
        drawn = f", {told['replays']:,} replays"
        left_out = (
            f"; {told['only_in_pool']:,} that fit no single member are not counted" if told["only_in_pool"] else ""
        )
        return f"Pooled, {told['jobs']:,} jobs end {sooner} than alone under {told['discipline']}{drawn}{left_out}."
    apart, worth = told["apart"], told["worth"]
    part = f" ({PERCENT * told['gain'] / apart:+,.1f} %)" if apart > 0 else ""
    left_out = told["without_least"]
    least = f" Least tasks are left out of {', '.join(left_out)}, whose own nodes cannot hold them." if left_out else ""
    worths = f"{_number(worth)} together, {_number(apart)} apart, in {told['unit']}"
    return f"Pooling is worth {_number(told['gain'])}{part}: {worths}.{least}"


def _leaving(one: dict[str, Any]) -> str:
    under = "the plan" if one["under"] == "plan" else f"the {one['under'].replace('_', ' ')} credit"
    if one["status"] == "nobody":
        return f"Under {under} nobody would do better by leaving, alone or with others."
    if one["status"] == "not_shown":
        return f"Whether somebody would leave under {under} is not shown: there are too many coalitions."
    who, more = _listed(one["members"]), "" if one["part"] is None else f", {PERCENT * one['part']:.1f} % more"
    verb = "would leave" if len(one["members"]) == 1 else "would leave together"
    merger = (
        ""
        if one["merger"] is None or len(one["members"]) < 2
        else f"; acting as one, they raise HHI by {one['merger']['change']:,.0f}"
    )
    return f"Under {under} {who} {verb}: {_number(one['worth'])} instead of {_number(one['given'])}{more}{merger}."


def _core(told: dict[str, Any]) -> str:
    epsilon = told["credit"]["epsilon"]
    if epsilon is None:
        return ""
    if epsilon > 0:
        return (
            f"The core is empty: leaving would have to cost {_number(epsilon)} for a division to exist that keeps all."
        )
    more = f"{_number(-epsilon)} more than" if epsilon < 0 else "at least what"
    return f"The core is not empty: some division gives every coalition {more} it has by itself."


def _lost(told: dict[str, Any]) -> str:
    shown = told["losses"]["shown"]
    row = next(row for row in told["losses"]["members"] if row["member"] == shown)
    which = f"the largest owner, {shown}," if shown == told["losses"]["largest_owner"] else shown
    return (
        f"If {which} leaves, {_number(row['lost_to_all'])} is lost to all; if its nodes fail and its claims stay, "
        f"{_number(row['lost_if_nodes_fail'])}."
    )


def _joined(told: dict[str, Any]) -> str:
    found = told["concentration"]
    if found is None:
        return "No node has an owner, so alliances change no concentration."
    if len(found["joined"]) < 2:
        return "One member owns all that has an owner."
    two = found["joined"][1]
    harm = "; the 2023 US merger guidelines would presume harm" if two["presumed_harm"] else ""
    return (
        f"Ownership has HHI {found['hhi']:,.0f}: if {found['joined'][0]['member']} and {two['member']}, the two largest, "
        f"acted as one, {two['change']:+,.0f}{harm}."
    )


def _centre(told: dict[str, Any]) -> str:
    share = told["centre"]["centre_share"]
    if share is None:
        return ""
    return (
        f"If one centre owned all nodes, {PERCENT * share:.1f} % of the worth would be credited to it at these prices. "
        f"HHI of the credit: {told['centre']['hhi_of_credit']:,.0f}, with many owners "
        f"{told['centre']['hhi_of_credit_with_many_owners']:,.0f}."
    )


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "alliance": " + ".join(row["members"]),
        "share %": PERCENT * row["share"],
        "HHI": row["after"],
        "ΔHHI": row["change"],
        "harm presumed": "yes" if row["presumed_harm"] else "no",
    }


def _vote(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "member": row["member"],
        "votes": row["votes"],
        "votes %": PERCENT * row["share"],
        "Shapley–Shubik %": PERCENT * row["shapley_shubik"],
        "Banzhaf %": PERCENT * row["banzhaf"],
        "": "veto" if row["veto"] else "no power" if row["powerless"] else "",
    }


def _passes(told: dict[str, Any]) -> str:
    vote = told["voting"]
    rounded = " Votes are rounded to 10,000 of the pool." if vote["rounded"] else ""
    return f"{vote['quota']:,} of {vote['votes']:,} votes pass a proposal.{rounded}"


def _listed(names: list[str], most: int = 8) -> str:
    shown = names if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
