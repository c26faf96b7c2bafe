"""SenseTime Helios: a log of jobs by virtual cluster, with the table of the clusters' GPUs by day beside it."""

from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.charter import Charter
from apportion.domain.pool import Pool
from apportion.errors import BadInput, nearest
from apportion.sources._columns import Columns
from apportion.sources._derived import GPUS, SPLIT, check_count, member_rows
from apportion.sources._files import Table, framed, listed, load_all, table
from apportion.sources._findings import Findings
from apportion.sources._moments import asked, between, moments, stream
from apportion.sources._tables import assemble

FLAVOR = "gpu-8x"
JOBS = ("job_id", "user", "vc", "gpu_num", "submit_time", "duration")
DATE, TOTAL = "date", "total"


def read(*paths: Path, date: str = "", since: str = "", until: str = "") -> Pool:
    """Read ``cluster_log.csv`` and the ``cluster_gpu_number.csv`` that is named with it or lies beside it: one cluster.

    A virtual cluster is a member and owns the GPUs that it had on `date`, on nodes of 8 and one of the rest. Jobs that use no
    GPU, and those of virtual clusters without one, are left out and counted. Submissions are in seconds from the first
    job that is kept; durations are the run times of the log, whatever the state in which a job ended. Jobs stand by time, at
    equal times by row.

    Parameters
    ----------
    date : as ``2020-09-01``; by default a virtual cluster owns the most that it had on any day
    since, until : keep jobs submitted from this moment to before that one, as ``2020-04-01`` or ``2020-04-01 06:30:00``

    Source: Hu et al., Characterization and Prediction of Deep Learning Workloads in Large-Scale GPU Datacenters (SC 2021);
    columns as described in github.com/S-Lab-System-Group/HeliosData. Never run on the original.

    Raises
    ------
    BadInput
        with every fault of both files.
    """
    findings = Findings()
    asked_for = between(since, until)
    log, days = load_all(zip(_files(paths), (JOBS, (DATE,)), strict=True), findings)
    jobs, owned = _jobs(log, findings), _owned(days, date, findings)
    findings.raise_any()
    chosen = jobs.filter(asked_for)
    kept = chosen.filter((pl.col("gang") > 0) & pl.col("member").is_in(list(owned)))
    left_out = len(chosen) - len(kept)
    if left_out:
        findings.notice(
            f"jobs without a GPU, or of virtual clusters without one, were left out: {left_out:,}", log.name
        )
    return assemble(
        _charter(date, left_out, since, until),
        {
            "members": table("members.csv", member_rows(list(owned))),
            "nodes": table("nodes.csv", _nodes(owned)),
            "jobs": table("jobs.csv", stream(kept)),
        },
        findings,
    )


def _files(paths: tuple[Path, ...]) -> tuple[Path, Path]:
    """Find the log of jobs and the table of GPUs."""
    found = listed(paths, "cluster_*.csv")
    if len(found) == 1:
        found += sorted(found[0].parent.glob("cluster_gpu_number.csv"))
    days = [path for path in found if path.name.startswith("cluster_gpu_number")]
    logs = [path for path in found if path not in days]
    if len(logs) != 1 or len(days) != 1:
        names = ", ".join(path.name for path in found)
        mend = "name cluster_log.csv and cluster_gpu_number.csv of one cluster"
        raise BadInput(f"one log of jobs and one table of GPUs are needed, and here are: {names}", mend=mend)
    return logs[0], days[0]


def _jobs(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    return framed(
        {
            "id": columns.ids("job_id"),
            "member": columns.text("vc", need=True),
            "user": columns.text("user"),
            "duration_s": columns.whole("duration", need=True),
            "gang": columns.whole("gpu_num", need=True),
        }
    ).with_columns(moments(columns, "submit_time").alias("at"))


def _owned(part: Table, date: str, findings: Findings) -> dict[str, int]:
    """Say how many GPUs each virtual cluster has; those that have none are not members."""
    columns = Columns(part, findings)
    days = columns.text(DATE, need=True)
    here = days == date if date else np.ones(len(days), dtype=bool)
    if not here.any():
        raise BadInput(f'there is no day "{date}"', f"{part.name}, column {DATE}", nearest(date, days.tolist()))
    names = [name for name in part.cells.columns if name not in {DATE, TOTAL}]
    most = {name: int(columns.whole(name)[here].max()) for name in names}
    return {name: gpus for name, gpus in most.items() if gpus}


def _nodes(owned: dict[str, int]) -> pl.DataFrame:
    """Write out nodes of 8 GPUs, and one of the rest where there is one."""
    check_count(sum(-(-gpus // GPUS) for gpus in owned.values()), "cluster_gpu_number.csv")
    rows = [
        (f"{name}-n{k + 1:03d}", name, FLAVOR, min(GPUS, gpus - k * GPUS))
        for name, gpus in owned.items()
        for k in range(-(-gpus // GPUS))
    ]
    return pl.DataFrame(rows, schema=["id", "owner", "flavor", "gpu"], orient="row")


def _charter(date: str, left_out: int, since: str, until: str) -> Charter:
    assumptions = {
        "nodes": f"a virtual cluster owns its GPUs of {date or 'the day on which it had most'}, on nodes of {GPUS}",
        "times": "seconds from the first job kept, by the clock on the wall: the trace names no time zone",
        "durations": "the run times of the log, whatever the state in which a job ended",
        "gangs": SPLIT,
        "left_out": f"{left_out} jobs without a GPU, or of virtual clusters without one; CPUs, since no node list names any",
    }
    assumptions |= asked(since, until)
    return Charter(name="Helios virtual clusters", assumptions=assumptions)
