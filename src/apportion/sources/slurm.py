"""Slurm: what sacct, scontrol and sacctmgr print, from files or from the cluster itself."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from apportion.domain.pool import Pool
from apportion.errors import BadInput, Fault, nearest
from apportion.sources._findings import Findings
from apportion.sources._live import printed_by
from apportion.sources._owners import Owner
from apportion.sources._slurm.accounts import read_accounts
from apportion.sources._slurm.jobs import read_jobs, together
from apportion.sources._slurm.nodes import read_nodes
from apportion.sources._slurm.pooled import Cluster, Wanted, pooled
from apportion.sources._slurm.printed import ACCOUNTS, ALL, COMMANDS, JOBS, NODES, Printed, read_printed
from apportion.sources._slurm.stream import Stream, make_stream
from apportion.sources._slurm.times import check_zone
from apportion.sources._unfinished import WAITING

KNOWN = {"member": ("account", "user", "partition"), "waiting": WAITING, "down": ("out", "keep")}


def live(directory: Path) -> list[Path]:
    """Ask the cluster itself: its nodes, its accounts, and the jobs of the last 90 days.

    Raises
    ------
    Unreachable
        if Slurm's tools are not installed here, or do not answer.
    """
    recent = COMMANDS | {JOBS: COMMANDS[JOBS].replace("--starttime=2025-01-01", "--starttime=now-90days")}
    return printed_by({f"{name.replace(' ', '-')}.txt": command for name, command in recent.items()}, directory)


def read(
    *paths: Path,
    member: str = "account",
    cluster: str = "",
    zone: str = "",
    waiting: str = "median",
    down: str = "out",
    pinned: bool = False,
    owners: tuple[Owner, ...] = (),
) -> Pool:
    """Read what ``sacct``, ``scontrol show node`` and ``sacctmgr show assoc`` printed, in any order, of one cluster.

    An account is a member, with the account above it as its parent and what comes down the tree of fair shares as its
    weight. A flavor is the type of a node's GPUs. A job is submitted when it became eligible, runs as long as all its
    attempts together, and has a worker a node. Rows that cannot be meant are left out and told.

    Parameters
    ----------
    member : ``account``, ``user`` or ``partition``: what names a job's member
    cluster : the one to read, where the records are of several
    zone : in which moments without an offset are, as ``Europe/Berlin``; UTC if nothing is said
    waiting : how long a job will run that waits: ``median`` of its member's jobs, ``limit`` it has; ``out`` leaves it out
    down : ``out`` leaves out nodes that are down, drained or failing, ``keep`` keeps them
    pinned : let a job that named a type of GPU run on that type only; else on any, at the same speed
    owners : whose nodes and accounts are, from ``--owner`` and ``--owners``

    Source: the manual pages sacct(1), scontrol(1) and sacctmgr(1) of Slurm; met in version 22.05.

    Raises
    ------
    BadInput
        if a file is none of these, lacks a column, or nothing is left.
    """
    for option, said in (("member", member), ("waiting", waiting), ("down", down)):
        if said not in KNOWN[option]:
            raise BadInput(f'"{said}" is not known here', f"option {option}", nearest(said, KNOWN[option]))
    check_zone(zone)
    findings = Findings()
    files = read_printed(paths, findings)
    nodes = [read_nodes(one, findings) for one in files if one.kind == NODES]
    trees = [read_accounts(one, findings) for one in files if one.kind == ACCOUNTS]
    _enough(files, findings)
    logs = [one for one in files if one.kind == JOBS]
    name, stream = _stream(
        logs, (cluster, {name for tree in trees for name in tree if name}), (zone, member, waiting), findings
    )
    accounts = {account: said for tree in trees for of in (name, "") for account, said in tree.get(of, {}).items()}
    whole = Cluster(name, pl.concat(nodes, how="diagonal"), accounts, stream)
    return pooled(whole, owners, Wanted(member, down == "keep", pinned, zone), findings)


def _stream(
    logs: list[Printed], clusters: tuple[str, set[str]], options: tuple[str, str, str], findings: Findings
) -> tuple[str, Stream | None]:
    """Read jobs; say which cluster they are of, as asked for or because no other is known.

    Raises
    ------
    BadInput
        with all faults so far, or if the records are of several clusters and none is named.
    """
    zone, member, waiting = options
    parts = [read_jobs(one, zone, member, findings) for one in logs]
    findings.raise_any()
    rows = together([part for part in parts if part is not None])
    if logs and not len(rows):
        told = [replace(notice, mend=notice.mend or "see these rows") for notice in findings.notices]
        raise BadInput([Fault("no job is left", logs[0].name, f"print it again, with: {COMMANDS[JOBS]}"), *told])
    asked, known = clusters
    name = _one_cluster(asked, sorted(known.union(rows["cluster"].drop_nulls().unique())))
    del parts  # as large as the rows; what follows needs the room
    return name, make_stream(
        rows.filter(pl.col("cluster").fill_null(name) == name), waiting, findings
    ) if logs else None


def _enough(files: list[Printed], findings: Findings) -> None:
    """Tell what is missing: without nodes there is no pool, and without jobs it is an inventory."""
    findings.raise_any()
    kinds = {one.kind for one in files}
    if not files:
        findings.fault("no file is named that could be read", mend=f"name files that hold what these print: {ALL}")
    elif NODES not in kinds:
        what, mend = (
            "none of the files says which nodes there are",
            f"add what this prints, as a file of its own: {COMMANDS[NODES]}",
        )
        findings.fault(what, files[0].name, mend)
    elif JOBS not in kinds:
        what, mend = (
            "none of the files says which jobs there were",
            f"add what this prints, as a file of its own: {COMMANDS[JOBS]}",
        )
        findings.notice(what, files[0].name, mend)


def _one_cluster(asked: str, there: list[str]) -> str:
    """Say which cluster to read.

    Raises
    ------
    BadInput
        if the records are of several and none is named, or of others.
    """
    if asked and there and asked not in there:
        raise BadInput(f'the records say nothing of a cluster "{asked}"', "option cluster", nearest(asked, there))
    if not asked and len(there) > 1:
        raise BadInput(
            f"the records are of several clusters: {', '.join(there)}", "option cluster", "--set cluster=NAME"
        )
    return asked or (there[0] if there else "")
