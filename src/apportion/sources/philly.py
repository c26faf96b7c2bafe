"""Microsoft Philly: a table of jobs by virtual cluster, with the table of the clusters' nodes beside it."""

from pathlib import Path

import polars as pl

from apportion.domain.arrays import text
from apportion.domain.charter import Charter
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.sources._columns import Columns
from apportion.sources._derived import GPUS, SPLIT, member_rows, node_rows
from apportion.sources._files import Table, framed, listed, load_all, table
from apportion.sources._findings import Findings
from apportion.sources._moments import asked, between, moments, stream
from apportion.sources._tables import assemble

FLAVOR = "gpu-8x"
JOBS = ("timestamp", "duration", "num_gpus", "cluster")
NODES = ("vc", "node num")
MICRO = 1_000_000


def read(*paths: Path, since: str = "", until: str = "") -> Pool:
    """Read a table of jobs and the table of nodes that is named with it or lies beside it as ``*nodes.csv``.

    A virtual cluster is a member and owns its nodes of 8 GPUs. Jobs of virtual clusters without nodes are left out, and
    the pool says so. Jobs have no ids in this format: a job is called by its row in the file. Submissions are in seconds
    from the first job that is kept, durations are rounded to whole seconds and at least 1. Jobs stand by time, at equal
    times by row.

    Parameters
    ----------
    since, until : keep jobs from this moment to before that one, as ``2017-10-01`` or ``2017-10-01 06:30:00``

    Source: Jeon et al., Analysis of Large-Scale Multi-Tenant GPU Clusters (USENIX ATC 2019), msr-fiddle/philly-traces.

    Raises
    ------
    BadInput
        with every fault of both files.
    """
    findings = Findings()
    asked_for = between(since, until)
    jobs_table, nodes_table = load_all(zip(_files(paths), (JOBS, NODES), strict=True), findings)
    jobs, nodes = _jobs(jobs_table, findings), _nodes(nodes_table, findings)
    findings.raise_any()
    chosen = jobs.filter(asked_for)
    has_nodes = pl.col("member").is_in(list(nodes))
    left_out = chosen.filter(~has_nodes).group_by("member").len().sort("member").rows()
    if left_out:
        findings.notice(f"virtual clusters without nodes were left out: {_counted(left_out)}", jobs_table.name)
    return assemble(
        _charter(left_out, since, until),
        {
            "members": table("members.csv", member_rows(list(nodes))),
            "nodes": table("nodes.csv", node_rows(list(nodes.items()), FLAVOR)),
            "jobs": table("jobs.csv", stream(chosen.filter(has_nodes))),
        },
        findings,
    )


def _files(paths: tuple[Path, ...]) -> tuple[Path, Path]:
    """Find the table of jobs and the table of nodes."""
    found = listed(paths, "*.csv")
    if len(found) == 1:
        found += sorted(found[0].parent.glob("*nodes.csv"))
    nodes = [path for path in found if path.name.endswith("nodes.csv")]
    jobs = [path for path in found if path not in nodes]
    if len(jobs) != 1 or len(nodes) != 1:
        names = ", ".join(path.name for path in found)
        raise BadInput(f"one table of jobs and one of nodes are needed, and here are: {names}", mend="name both files")
    return jobs[0], nodes[0]


def _jobs(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    micro = columns.whole("duration", places=6, need=True)
    return framed(
        {
            "id": text([f"row-{row}" for row in part.rows]),
            "member": columns.text("cluster", need=True),
            "duration_s": ((micro + MICRO // 2) // MICRO).clip(1),
            "gang": columns.whole("num_gpus", need=True),
        }
    ).with_columns(moments(columns, "timestamp").alias("at"))


def _nodes(part: Table, findings: Findings) -> dict[str, int]:
    columns = Columns(part, findings)
    return dict(zip(columns.ids("vc").tolist(), columns.whole("node num", least=1, need=True).tolist(), strict=True))


def _charter(left_out: list[tuple[str, int]], since: str, until: str) -> Charter:
    assumptions = {
        "nodes": f"a virtual cluster owns its nodes of the node list, of {GPUS} GPUs each",
        "times": "seconds from the first job kept, by the clock on the wall: the trace names no time zone",
        "durations": "rounded to whole seconds, at least 1",
        "gangs": SPLIT,
        "ids": "a job is called by its row in the file",
    }
    if left_out:
        assumptions["left_out"] = f"jobs of virtual clusters without nodes: {_counted(left_out)}"
    assumptions |= asked(since, until)
    return Charter(name="Philly virtual clusters", assumptions=assumptions)


def _counted(left_out: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count:,} jobs)" for name, count in left_out)
