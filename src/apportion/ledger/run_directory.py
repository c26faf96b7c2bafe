"""How is a run kept? One directory that appears whole: ``run.json`` for the report, tables for whoever wants to look closer.

run.json            everything the report tells
PLAN.json           the plan of the busiest window, with SITUATION.json beside it
grants.parquet      window, claim, member, flavor, tasks_micro
verdicts.parquet    window, proof, status, exact, promised
usage.parquet       window, member, resource, resource-seconds in whole thousandths
jobs.parquet        one row a job, as ``simulate --jobs-out`` writes it
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from apportion.domain.history import Replay, Usage
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.situation import Situation
from apportion.domain.verdict import Verdict
from apportion.errors import BadInput, NotFound
from apportion.ledger.files import whole_directory
from apportion.ledger.job_file import job_frame
from apportion.ledger.plan_file import write_plan

MARKER = "run.json"
TOLD = ("name", "pool", "stream", "demand", "plan", "verdicts", "windows", "figures", "waiting", "lorenz", "sizing")


def write_run(
    path: Path,
    told: dict[str, Any],
    pool: Pool,
    decided: tuple[Situation, Plan],
    rounds: Sequence[tuple[Situation, Plan, Sequence[Verdict], Sequence[str], Usage]],
    replay: Replay | None,
) -> None:
    """Write a run directory; an earlier run at the same place is replaced, anything else there is left and refused."""
    with whole_directory(path, MARKER) as part:
        write_plan(part / "PLAN.json", *decided)
        if rounds:
            _grants(rounds).write_parquet(part / "grants.parquet")
            _verdicts(rounds).write_parquet(part / "verdicts.parquet")
            _usage(pool, rounds).write_parquet(part / "usage.parquet")
        if replay is not None:
            job_frame(pool, replay).write_parquet(part / "jobs.parquet")
        (part / MARKER).write_text(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def read_run(path: Path) -> dict[str, Any]:
    """Read what a run left for the report.

    Raises
    ------
    NotFound, BadInput
        if there is no run, or its record is not readable.
    """
    file = path / MARKER
    if not file.is_file():
        raise NotFound(f"there is no run in {path}", mend=f"make one with: apportion run POOL --out {path}")
    try:
        told = json.loads(file.read_bytes())
    except ValueError as error:
        raise BadInput(f"this is not a run: {error}", str(file), "run again") from None
    missing = [key for key in TOLD if not isinstance(told, dict) or key not in told]
    if missing:
        raise BadInput(f"this is not a run of this version: it lacks {', '.join(missing)}", str(file), "run again")
    return dict(told)


def read_usage(path: Path, pool: Pool) -> tuple[Usage, ...]:
    """Read what each member used in each window of a run.

    Raises
    ------
    NotFound, BadInput
        if the run kept none, or speaks of members or resources that the pool has not.
    """
    file = path / "usage.parquet"
    if not file.is_file():
        raise NotFound(f"there is no {file.name} in {path}", mend="only a run of a pool with jobs meters what is used")
    try:
        rows = pl.read_parquet(file).select("window_s", "member", "resource", "milli_seconds", "method")
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"is not the usage of a run: {str(error).splitlines()[0]}", str(file), "run again") from None
    members = {name: m for m, name in enumerate(pool.members.id)}
    resources = {name: r for r, name in enumerate(pool.resources)}
    strange = sorted({*rows["member"].unique()} - members.keys()) + sorted(
        {*rows["resource"].unique()} - resources.keys()
    )
    if strange:
        raise BadInput(f"the pool does not know {', '.join(strange[:5])}", str(file), "give the pool that was run")
    found = []
    for (start_s,), of in rows.group_by("window_s", maintain_order=True):
        used = np.zeros((len(members), len(resources)), dtype=np.int64)
        for _, member, resource, amount, _ in of.iter_rows():
            used[members[member], resources[resource]] += amount
        found.append(Usage(int(start_s), int(start_s) + pool.charter.window_s, used, of["method"][0]))
    return tuple(found)


def input_digests(pool_path: Path) -> list[dict[str, str]]:
    """Digest every file of a pool directory, in the order of their names."""
    return [
        {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for file in sorted(pool_path.iterdir())
        if file.is_file() and file.suffix in {".csv", ".gz", ".parquet", ".toml"}
    ]


def _grants(rounds: Sequence[Any]) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {"window_s": [], "claim": [], "member": [], "flavor": [], "tasks_micro": []}
    for situation, plan, *_ in rounds:
        i, f = np.nonzero(plan.tasks_micro)
        columns["window_s"] += [situation.window.start_s] * len(i)
        columns["claim"] += situation.claims.id[i].tolist()
        columns["member"] += situation.members.id[situation.claims.member[i]].tolist()
        columns["flavor"] += [situation.flavors[k] for k in f]
        columns["tasks_micro"] += plan.tasks_micro[i, f].tolist()
    return pl.DataFrame(columns)


def _verdicts(rounds: Sequence[Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (situation.window.start_s, v.proof, str(v.status), v.exact, v.proof in promises)
            for situation, _, verdicts, promises, _ in rounds
            for v in verdicts
        ],
        schema=["window_s", "proof", "status", "exact", "promised"],
        orient="row",
    )


def _usage(pool: Pool, rounds: Sequence[Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (usage.start_s, pool.members.id[m], pool.resources[r], int(usage.used[m, r]), usage.method)
            for *_, usage in rounds
            for m, r in zip(*np.nonzero(usage.used), strict=True)
        ],
        schema=["window_s", "member", "resource", "milli_seconds", "method"],
        orient="row",
    )
