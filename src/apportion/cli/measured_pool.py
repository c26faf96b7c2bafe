"""How is it shown who holds what in a pool?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import typer

from apportion.alliances.voting import FEW, majority, power
from apportion.assessment import label
from apportion.cli import reading
from apportion.cli.measured import aligned, number
from apportion.cli.options import Format, notices
from apportion.cli.output import emit
from apportion.cli.planned import planned
from apportion.concentration.summary import SUMMARY
from apportion.domain.history import History, Usage
from apportion.domain.quantity import whole_shares
from apportion.errors import BadInput, Fault
from apportion.holdings.pool import Asked, pool_measured, pool_sentence
from apportion.ledger.run_directory import input_digests, read_run, read_usage

THOUSAND = 1000
MOST_VOTERS = 100  # whose power is counted in about a second
MOST_WITH_WORDS = 3  # stages and assets beside which there is room for what each index asks
COLUMNS = {"standing": "votes", "shapley_shubik": "Shapley–Shubik", "banzhaf": "Banzhaf"}


def pool(
    path: Path,
    plan: Path | None,
    run: Path | None,
    resource: str,
    weights: str,
    draws: int,
    seed: int,
    output: Format,
) -> None:
    """Measure a pool and write what was found."""
    whole = pool_measured(_history(path, plan, run), Asked(resource, _weights(weights), draws, seed, _votes))
    if output not in {Format.TABLE, Format.WIDE}:
        emit(output, lambda: whole, _flat(whole))
        return
    title = f"{whole['pool']}: {label(whole['resource'])} of {whole['members']:,} members"
    emit(Format.WIDE, dict, _stage_rows(whole), title)
    typer.echo()
    if whole["capability"]["rows"]:
        said = "Totals: 1 is what a member of mean compute has. A curve flatters if it alone makes holdings look more equal."
        emit(
            Format.WIDE, dict, _curve_rows(whole), f"What {label(whole['capability']['resource'])} buys, by curve", said
        )
        typer.echo()
    if "composite" in whole:
        emit(Format.WIDE, dict, *_composite(whole["composite"]))
        typer.echo()
    emit(Format.WIDE, dict, _share_rows(whole), "Each member's share, %")
    typer.echo()
    emit(output, dict, [], "What it means", pool_sentence(whole, label(whole["resource"])))


def _votes(weights: Sequence[int]) -> tuple[Sequence[float], Sequence[float]] | None:
    """Banzhaf and Shapley–Shubik shares if more than half of the weight decides; None for too many members to count.

    Weights of more members than whose coalitions can all be looked at are counted in thousandths of the whole.
    """
    if len(weights) > MOST_VOTERS or not any(weights):
        return None
    if len(weights) > FEW:
        weights = whole_shares(THOUSAND, np.array(weights), np.arange(len(weights))).tolist()
    found = power(weights, majority(weights))
    return [float(part) for part in found.banzhaf], [float(part) for part in found.shapley_shubik]


def _history(path: Path, plan: Path | None, run: Path | None) -> History:
    """Put together what is known of a pool: with a run its usage, and its plan unless another is given."""
    read = reading.read_pool(path)
    usage: tuple[Usage, ...] = ()
    if run is not None:
        _same_pool(path, run)
        usage = read_usage(run, read)
        plan = plan or run / "PLAN.json"
    if plan is None:
        return History(read)
    situation, decided = planned(path, plan)
    of = (situation.resources, situation.flavors, situation.members.id.tolist())
    if of != (read.resources, read.flavors, read.members.id.tolist()):
        what = "the plan divides among other members, or other flavors and resources, than the pool has now"
        raise BadInput(what, str(plan), "give the pool as it was when the plan was made, or plan again")
    return History(read, (situation,), (decided,), usage)


def _same_pool(path: Path, run: Path) -> None:
    ran = {one["file"]: one["sha256"] for one in read_run(run).get("inputs", ())}
    now = {one["file"]: one["sha256"] for one in input_digests(path)}
    changed = sorted(name for name in ran.keys() | now.keys() if ran.get(name) != now.get(name))
    if changed:
        what = f"the pool has changed since it was run: {', '.join(changed)}"
        notices((Fault(what, str(run), "run again to measure the pool as it is now"),))


def _weights(text: str) -> dict[str, float]:
    """Read ``compute=2,data=1``."""
    found = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise BadInput(f'"{part}" is not of the form asset=number', "--weights", "write compute=2,data=1")
    return found


def _stage_rows(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """One index a row; a column for each stage and asset."""
    measured = whole["stages"] | {f"asset:{name}": found for name, found in whole["assets"].items()}
    if "composite" in whole:
        measured["together"] = whole["composite"]
    rows: list[dict[str, Any]] = [
        {"index": index.label}
        | {name: number(index.name, found["indices"][index.name]) for name, found in measured.items()}
        for index in SUMMARY
    ]
    says = [{"says": index.asks} if len(measured) <= MOST_WITH_WORDS else {} for index in SUMMARY]
    return aligned([row | words for row, words in zip(rows, says, strict=True)], list(measured))


def _curve_rows(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """One curve a row; total, HHI and Gini for each stage."""
    rows: dict[str, dict[str, Any]] = {}
    for found in whole["capability"]["rows"]:
        row = rows.setdefault(found["curve"], {"curve": found["curve"]})
        row[f"total {found['stage']}"] = number("total", found["total"])
        row[f"HHI {found['stage']}"] = number("hhi", found["hhi"])
        row[f"Gini {found['stage']}"] = number("gini", found["gini"])
        flatters = row.pop("flatters", "yes") == "yes" and found["flatters"]
        row["flatters"] = "yes" if flatters and found["curve"] != "linear" else "no"
    shown = list(rows.values())
    return aligned(shown, [name for name in shown[0] if name not in {"curve", "flatters"}])


def _composite(found: dict[str, Any]) -> tuple[list[dict[str, Any]], str, str]:
    rows = [
        {
            "member": row["member"],
            "share %": 100 * row["share"],
            "rank": row["rank"],
            "best rank": row["best_rank"],
            "worst rank": row["worst_rank"],
        }
        for row in found["members"]
    ]
    weights = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in found["weights"].items())
    low, middle, high = found["hhi_drawn"]
    said = (
        f"Over {found['draws']:,} other weights (seed {found['seed']}) HHI is {middle:,.0f}, in 90 % of them {low:,.0f} to "
        f"{high:,.0f}; best and worst rank are over all of them."
    )
    return rows, f"All assets together, weighed {weights}: HHI {found['indices']['hhi']:,.0f}", said


def _share_rows(whole: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            COLUMNS.get(name, name): value if name == "member" else None if value is None else 100 * value
            for name, value in row.items()
        }
        for row in whole["shares"]
    ]


def _flat(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """One stage, asset or curve and index a row."""
    measured = whole["stages"] | {f"asset:{name}": found for name, found in whole["assets"].items()}
    if "composite" in whole:
        measured["composite"] = whole["composite"]
    rows = [
        {"of": name, "curve": "", "index": index, "value": value}
        for name, found in measured.items()
        for index, value in found["indices"].items()
    ]
    return rows + [
        {"of": row["stage"], "curve": row["curve"], "index": index, "value": row[index]}
        for row in whole["capability"]["rows"]
        for index in ("total", "hhi", "gini")
    ]
