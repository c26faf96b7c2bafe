"""Microsoft ITP clusters: CSV files of jobs, each cluster a member, its nodes derived from a load."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import text
from apportion.domain.charter import Charter
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text
from apportion.errors import BadInput
from apportion.sources._columns import Columns
from apportion.sources._derived import GPUS, SPLIT, gangs, member_rows, node_rows, nodes_for
from apportion.sources._files import Table, framed, listed, load_all, table
from apportion.sources._findings import Findings
from apportion.sources._tables import assemble

FLAVOR = "gpu-8x"
NEEDED = ("job_id", "submission_time", "duration", "num_gpu")


def read(*paths: Path, load: float = 0.8) -> Pool:
    """Read ``clusterNN.csv`` files, or a directory of them, as one pool.

    Each file is a member, called by the file's name. The trace has no node list: a member owns as many nodes of 8 GPUs as its
    own jobs load to `load` over H, the time from the first to the last submission of all files, and at least enough for
    its largest gang. A gang of more than 8 GPUs is one worker a GPU, a smaller one is one worker. Jobs stand by
    submission, at equal times in the order of their files; an id in two clusters gets the cluster's name before it.

    Source: the traces of ElasticFlow (ASPLOS 2023), github.com/microsoft/elasticflow-traces.

    Raises
    ------
    BadInput
        with every fault of every file.
    """
    findings = Findings()
    files = listed(paths, "cluster*.csv")
    members = [path.name.split(".")[0] for path in files]
    tables = load_all([(path, NEEDED) for path in files], findings)
    jobs = pl.concat([_jobs(name, part, findings) for name, part in zip(members, tables, strict=True)])
    findings.raise_any()
    if not len(jobs):
        raise BadInput("these files have no jobs", ", ".join(path.name for path in files), "name files that have some")
    span = int(np.ptp(jobs["submit_s"].to_numpy()))
    return assemble(
        _charter(members, load, span),
        {
            "members": table("members.csv", member_rows(members)),
            "nodes": table("nodes.csv", node_rows(list(_node_counts(jobs, members, load, span)), FLAVOR)),
            "jobs": table("jobs.csv", _stream(jobs)),
        },
        findings,
    )


def _jobs(member: str, part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    return framed(
        {
            "id": columns.ids("job_id"),
            "member": text([member] * len(columns)),
            "submit_s": columns.whole("submission_time", need=True),
            "duration_s": columns.whole("duration", need=True),
            "gang": columns.whole("num_gpu", need=True),
        }
    )


def _node_counts(jobs: pl.DataFrame, members: Sequence[str], load: float, span: int) -> Iterator[tuple[str, int]]:
    for name in members:
        own = jobs.filter(pl.col("member") == name)
        work = sum(d * g for d, g in zip(own["duration_s"].to_list(), own["gang"].to_list(), strict=True))
        yield name, nodes_for(work, span, max(own["gang"].to_list(), default=0), load)


def _stream(jobs: pl.DataFrame) -> pl.DataFrame:
    twice = jobs["id"].is_duplicated()
    workers, gpu = gangs(jobs["gang"].to_numpy())
    named = pl.when(twice).then(pl.col("member") + "/" + pl.col("id")).otherwise(pl.col("id"))
    written = jobs.with_columns(named.alias("id"), pl.Series("workers", workers), pl.Series("gpu", gpu)).drop("gang")
    return written.sort("submit_s", maintain_order=True)


def _charter(members: Sequence[str], load: float, span: int) -> Charter:
    return Charter(
        name="Ten clusters, one pool" if len(members) == 10 else f"{len(members)} clusters, one pool",
        assumptions={
            "load": f"each cluster's jobs keep {decimal_text(load)} of its own nodes busy; the trace has no node list",
            "nodes": f"a cluster owns max(ceil(sum of duration x GPUs / (load x H x {GPUS})), ceil(largest gang / {GPUS})) "
            f"nodes of {GPUS} GPUs",
            "H": f"{span} s, from the first to the last submission of all clusters",
            "gangs": SPLIT,
        },
    )
