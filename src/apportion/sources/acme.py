"""Shanghai AI Laboratory Acme: a log of jobs for large language models; members are kinds of work or users."""

from pathlib import Path

import polars as pl

from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text
from apportion.errors import BadInput, nearest
from apportion.sources._columns import Columns
from apportion.sources._derived import GPUS, SPLIT, check_count, member_rows, node_rows, nodes_for
from apportion.sources._files import Table, framed, listed, load_all, table
from apportion.sources._findings import Findings
from apportion.sources._moments import asked, between, moments, stream
from apportion.sources._tables import assemble

FLAVOR = "gpu-8x"
JOBS = ("job_id", "user", "gpu_num", "type", "submit_time", "duration")
MEMBERS = ("type", "user")
ZONED = "%Y-%m-%d %H:%M:%S%:z"


def read(
    *paths: Path, member: str = "type", nodes: int = 0, load: float = 0.8, since: str = "", until: str = ""
) -> Pool:
    """Read ``trace_seren.csv`` or ``trace_kalos.csv``: one cluster.

    The trace has no tenants: the kind of work stands for a job's member, or its user. Nodes have 8 GPUs and no owner; there
    are `nodes` of them, or as many as the jobs load to `load` between first and last submission. All members have equal
    standing. Jobs that use no GPU are left out and counted. Submissions are in seconds from the first job that is kept;
    durations are the run times of the log, whatever the state in which a job ended. Jobs stand by time, at equal times by
    row.

    Parameters
    ----------
    member : ``type`` or ``user``: which column names a job's member
    nodes : how many nodes there are, if that is known; 0 to derive them
    since, until : keep jobs submitted from this moment to before that one, by UTC, as ``2023-03-01 06:30:00``

    Source: Hu et al., Characterization of Large Language Model Development in the Datacenter (NSDI 2024); columns as
    described in github.com/InternLM/AcmeTrace. Never run on the original.

    Raises
    ------
    BadInput
        with every fault of the file.
    """
    if member not in MEMBERS:
        raise BadInput(f'no column is called "{member}"', "option member", nearest(member, MEMBERS))
    findings = Findings()
    asked_for = between(since, until)
    (log,) = load_all([(_file(paths), JOBS)], findings)
    jobs = _jobs(log, member, findings)
    findings.raise_any()
    chosen = jobs.filter(asked_for)
    used = chosen.filter(pl.col("gang") > 0)
    if not len(used):
        raise BadInput("no job that uses a GPU is left", log.name, "name a file that has some, or another time")
    left_out = len(chosen) - len(used)
    if left_out:
        findings.notice(f"jobs that use no GPU were left out: {left_out:,}", log.name)
    count = check_count(nodes, "option nodes") if nodes > 0 else _derived(used, load)
    return assemble(
        _charter(log.name, member, nodes, load, left_out, asked(since, until)),
        {
            "members": table("members.csv", member_rows(sorted(set(used["member"])))),
            "nodes": table("nodes.csv", node_rows([("acme", count)], FLAVOR).drop("owner")),
            "jobs": table("jobs.csv", stream(used)),
        },
        findings,
    )


def _file(paths: tuple[Path, ...]) -> Path:
    files = listed(paths, "trace_*.csv")
    if len(files) != 1:
        raise BadInput(f"a cluster is one file, and here are {len(files)}", mend="name one file")
    return files[0]


def _jobs(part: Table, member: str, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    return framed(
        {
            "id": columns.ids("job_id"),
            "member": columns.text(member, need=True),
            "user": columns.text("user"),
            "kind": columns.text("type"),
            "duration_s": columns.whole("duration", need=True),
            "gang": columns.whole("gpu_num", need=True),
        }
    ).with_columns(moments(columns, "submit_time", ZONED).alias("at"))


def _derived(jobs: pl.DataFrame, load: float) -> int:
    work = sum(d * g for d, g in zip(jobs["duration_s"].to_list(), jobs["gang"].to_list(), strict=True))
    span = jobs.select((pl.col("at").max() - pl.col("at").min()).dt.total_seconds()).item()
    return nodes_for(work, span, max(jobs["gang"].to_list()), load)


def _charter(name: str, member: str, nodes: int, load: float, left_out: int, time: dict[str, str]) -> Charter:
    derived = (
        f"the trace has no node list: max(ceil(sum of duration x GPUs / ({decimal_text(load)} x H x {GPUS})), "
        f"ceil(largest gang / {GPUS})) nodes of {GPUS} GPUs, H from first to last submission"
    )
    return Charter(
        name=f"Acme, {name.split('.', maxsplit=1)[0]}",
        entitlements=Entitlements("equal"),
        assumptions={
            "members": f"the trace has no tenants: the {member} of a job stands for its member",
            "nodes": f"{nodes} nodes of {GPUS} GPUs, as said when importing" if nodes > 0 else derived,
            "entitlements": "the trace names no owners: nodes belong to nobody, and all members have equal standing",
            "times": "seconds from the first job kept",
            "durations": "the run times of the log, whatever the state in which a job ended",
            "gangs": SPLIT,
            "left_out": f"{left_out} jobs that use no GPU; CPUs and memory, since no node list names any",
        }
        | time,
    )
