"""How is it shown that groups fare differently, and where do a pool's outcomes come from?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import typer

from apportion import loop, replays
from apportion.cli import reading
from apportion.cli.options import Format, notices
from apportion.cli.output import emit
from apportion.cli.progress import clock_bar
from apportion.concentration.outcomes import bands
from apportion.domain.arrays import Floats, Text, text
from apportion.domain.history import History
from apportion.domain.plan import Shares
from apportion.domain.pool import Pool
from apportion.errors import BadInput, Fault, Faults, nearest
from apportion.holdings.grouped import Asked, grouped, sentence
from apportion.holdings.table import read_outcomes

LOW_IS_BETTER = ("wait", "rho")
OUTCOMES = {
    "wait": "mean wait in seconds, every job once",
    "rho": "ρ: time in the pool over time alone",
    "rate": "part of all useful work over the part entitled to",
}
KINDS = ("region", "group", "size")


def table(
    path: Path, outcome: str, by: Sequence[str], weight: str | None, where: Sequence[str], asked: Asked, output: Format
) -> None:
    """Compare the groups of a table."""
    rows = read_outcomes(path, outcome, by, weight=weight, where=where)
    whole = {
        "outcome": outcome,
        "source": rows.source,
        "filters": list(rows.filters),
        "rows": len(rows.value),
        "better": "low" if asked.low_is_better else "high",
        "sample": asked.sample,
        **({"draws": asked.draws, "seed": asked.seed} if asked.sample else {}),
        "groupings": grouped(rows.value, rows.groups, rows.weight, asked),
    }
    lines = [f"Source: {rows.source}; {len(rows.value):,} rows."] + [f"Filter: {words}." for words in rows.filters]
    if asked.sample:
        lines.append(f"Intervals: {asked.draws:,} draws within each group, seed {asked.seed}; too narrow for few rows.")
    _show(whole, lines, output)


def pool(
    path: Path,
    outcome: str,
    by: Sequence[str],
    rule: tuple[str | None, list[str] | None, str],
    asked: Asked,
    output: Format,
) -> None:
    """Compare the groups of a pool's members."""
    faults = Faults()
    if outcome not in OUTCOMES:
        faults.add(f'a pool has no outcome "{outcome}"', "--outcome", nearest(outcome, list(OUTCOMES)))
    for name in set(by) - set(KINDS):
        faults.add(f'members have no "{name}" to be grouped by', "--by", nearest(name, list(KINDS)))
    faults.raise_any()
    read = reading.read_pool(path)
    groups = {name: groups_of(read, name) for name in by}
    value, weight, how = _outcome(read, outcome, rule)
    known = np.isfinite(value) & (weight > 0)
    left_out = [str(name) for name in read.members.id[~known]]
    if not known.any():
        raise BadInput(f"no member has a {outcome}", str(path), "compare another outcome")
    if left_out:
        what = f"{', '.join(left_out[:5])}{' …' if len(left_out) > 5 else ''}: without {outcome}, and left out"
        notices((Fault(what, str(path)),))
    whole = {
        "outcome": outcome,
        "meaning": OUTCOMES[outcome],
        "pool": read.charter.name,
        "how": how,
        "rows": int(known.sum()),
        "left_out": left_out,
        "better": "low" if asked.low_is_better else "high",
        "sample": False,
        "groupings": grouped(
            value[known], {name: column[known] for name, column in groups.items()}, weight[known], asked
        ),
    }
    _show(whole, [f"{read.charter.name}: {OUTCOMES[outcome]}, {how}; a census of {known.sum():,} members."], output)


def groups_of(pool: Pool, name: str) -> Text:
    """Name each member's group; a size falls into one of three bands."""
    members = pool.members
    if name == "size":
        missing = [str(one) for one in members.id[np.isnan(members.size)]]
        if missing:
            raise BadInput(
                f"no size for {', '.join(missing[:5])}", "members.csv, column size", "fill it in for every member"
            )
        return bands(members.size)
    column = members.region if name == "region" else members.group
    if not any(column):
        raise BadInput(
            f"no member has a {name}", f"members.csv, column {name}", "fill it in, or group by another column"
        )
    return text([str(cell) or "(none)" for cell in column])


def _outcome(pool: Pool, outcome: str, rule: tuple[str | None, list[str] | None, str]) -> tuple[Floats, Floats, str]:
    """Each member's outcome, NaN where it has none; how much it counts; and how it came about."""
    policy, parameters, discipline = rule
    pool, by = reading.chosen_rule(pool, policy, parameters)
    if outcome == "rate":
        situation = loop.assess(pool)
        rate, share = Shares(situation, loop.decide(situation, by)).rate, pool.standing.share
        with np.errstate(divide="ignore", invalid="ignore"):
            over = np.where(share > 0, rate / rate.sum() / share, np.nan)
        return over, share, f"planned by {by.name}"  # by share, a group's mean is its work over what it is entitled to
    with clock_bar("replaying", pool) as tick:
        replay = replays.simulate(pool, discipline, by=by, tick=tick)
    found = replays.figures(History(pool, replay=replay), ("waiting", "rho"))
    home = next(iter(replay.alone), "")
    how = f"replayed by {discipline}" + (f" following {by.name}" if discipline == "entitled" else "")
    if outcome == "rho":
        rows, how = found[f"rho.{home}"].rows, f"{how}, against {home} alone"
        return _column(rows, pool), np.ones(len(pool.members)), how
    members = np.zeros(0, dtype=np.int64) if pool.jobs is None else pool.jobs.member[replay.pooled.finished]
    ended = np.bincount(members, minlength=len(pool.members)).astype(np.float64)
    return _column(found["mean_wait"].rows, pool), ended, how


def _column(rows: dict[str, float | None], pool: Pool) -> Floats:
    return np.array([np.nan if rows[name] is None else rows[name] for name in pool.members.id], dtype=np.float64)


def _show(whole: dict[str, Any], lines: Sequence[str], output: Format) -> None:
    if output not in {Format.TABLE, Format.WIDE}:
        flat = [{"by": found["by"]} | row for found in whole["groupings"] for row in map(_flat, found["groups"])]
        emit(output, lambda: whole, flat)
        return
    for found in whole["groupings"]:
        emit(Format.WIDE, dict, _rows(found), f"{whole['outcome']} by {found['by']}", sentence(found, whole["outcome"]))
        typer.echo()
    for line in lines:
        typer.echo(line)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "interval"}
    return rest | (dict(zip(("low", "high"), row["interval"], strict=True)) if "interval" in row else {})


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for row in found["groups"]:
        shown = {found["by"]: row["group"], "n": row["n"], "mean": row["mean"], "less overall": row["less_overall"]}
        if "interval" in row:
            shown |= {"2.5 %": row["interval"][0], "97.5 %": row["interval"][1]}
        rows.append(shown)
    return rows
