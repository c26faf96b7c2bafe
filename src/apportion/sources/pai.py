"""Alibaba PAI, cluster trace GPU 2020: tables of jobs, tasks and machines; a task is a gang, and its user the member."""

from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Ints
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.sources._cells import written
from apportion.sources._columns import Columns
from apportion.sources._derived import member_rows
from apportion.sources._files import Table, framed, load, table
from apportion.sources._findings import Findings
from apportion.sources._tables import assemble

JOBS = ("job_name", "inst_id", "user", "status", "start_time", "end_time")
TASKS = (
    *("job_name", "task_name", "inst_num", "status", "start_time", "end_time"),
    *("plan_cpu", "plan_mem", "plan_gpu", "gpu_type"),
)
MACHINES = ("machine", "gpu_type", "cap_cpu", "cap_mem", "cap_gpu")
FILES = {"pai_job_table.csv": JOBS, "pai_task_table.csv": TASKS, "pai_machine_spec.csv": MACHINES}
PERCENT = 10  # thousandths of a core or GPU in one percent of it


def read(*paths: Path, pinned: bool = False) -> Pool:
    """Read the directory that holds ``pai_job_table.csv``, ``pai_task_table.csv`` and ``pai_machine_spec.csv``.

    These come without headers; with them they are read too. A task of a job is a gang of its own, ``job/task``, of as many
    workers as it has instances: the tasks of one job may differ in what a worker needs. It is submitted when its job was,
    and runs from its own start to its own end. Tasks without a job, a start, an end or an instance are left out and
    counted. A member is a user, nobody owns a machine, and all have equal standing. A flavor is a type of GPU.

    Parameters
    ----------
    pinned : let a task run on the type of GPU only that it was given; else on any that fits, at the same speed. The trace
        says which type a task got, and not how fast it would have been on another

    Source: Weng et al., MLaaS in the Wild (NSDI 2022); columns as described in github.com/alibaba/clusterdata,
    cluster-trace-gpu-v2020. Never run on the original.

    Raises
    ------
    BadInput
        with every fault of the three files.
    """
    findings = Findings()
    tables = [load(path, findings, FILES[path.name], FILES[path.name]) for path in _files(paths)]
    findings.raise_any()
    jobs_table, tasks_table, machines_table = (part for part in tables if part is not None)
    nodes, jobs, tasks = _nodes(machines_table, findings), _jobs(jobs_table, findings), _tasks(tasks_table, findings)
    findings.raise_any()
    ran = tasks.join(jobs, on="job_name", how="left", maintain_order="left").filter(_complete())
    left_out = len(tasks) - len(ran)
    if left_out:
        what = f"tasks without a job, a start, an end or an instance were left out: {left_out:,}"
        findings.notice(what, tasks_table.name)
    kept = _stream(ran, sorted(set(nodes["flavor"])), pinned=pinned)
    return assemble(
        _charter(left_out, pinned=pinned),
        {
            "members": table("members.csv", member_rows(sorted(set(kept["member"])))),
            "nodes": table("nodes.csv", nodes),
            "jobs": table("jobs.csv", kept),
        },
        findings,
    )


def _files(paths: tuple[Path, ...]) -> list[Path]:
    """Find the three tables in the one directory."""
    if len(paths) != 1 or not Path(paths[0]).is_dir():
        given = ", ".join(map(str, paths))
        raise BadInput("the trace is read from the directory that holds it", given, "name that directory")
    return [Path(paths[0]) / name for name in FILES]


def _nodes(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    return framed(
        {
            "id": columns.ids("machine"),
            "flavor": columns.text("gpu_type", need=True),
            "cpu": written(columns.whole("cap_cpu", places=3, need=True), 3),
            "memory_gib": written(columns.whole("cap_mem", places=3, need=True), 3),
            "gpu": written(columns.whole("cap_gpu", places=3, need=True), 3),
        }
    )


def _jobs(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    return framed(
        {
            "job_name": columns.ids("job_name"),
            "member": columns.text("user"),
            "submit_s": columns.whole("start_time", empty=-1),
        }
    )


def _tasks(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    start, end = columns.whole("start_time", empty=-1), columns.whole("end_time", empty=-1)
    return framed(
        {
            "job_name": columns.text("job_name", need=True),
            "task_name": columns.text("task_name", need=True),
            "workers": columns.whole("inst_num"),
            "duration_s": np.where((start >= 0) & (end >= start), end - start, -1),
            "cpu": written(_thousandths(columns, "plan_cpu", PERCENT), 3),
            "memory_gib": written(_thousandths(columns, "plan_mem", 1000), 3),
            "gpu": written(_thousandths(columns, "plan_gpu", PERCENT), 3),
            "gpu_type": columns.text("gpu_type"),
        }
    )


def _thousandths(columns: Columns, name: str, of_one: int) -> Ints:
    """Read an amount as thousandths, rounded up to the next one after the ninth decimal."""
    amount = np.nan_to_num(columns.decimal(name, empty=0.0)) * of_one
    columns.wrong(name, amount >= 2.0**53, lambda _: "more than can be asked for", "check the number and its unit")
    return np.asarray(np.ceil(np.round(np.where(amount < 2.0**53, amount, 0), 9)).astype(np.int64))


def _complete() -> pl.Expr:
    known = pl.col("member").is_not_null() & (pl.col("member") != "") & (pl.col("submit_s") >= 0)
    return known & (pl.col("duration_s") >= 0) & (pl.col("workers") > 0)


def _stream(ran: pl.DataFrame, flavors: list[str], *, pinned: bool) -> pl.DataFrame:
    named = ran.select(
        (pl.col("job_name") + "/" + pl.col("task_name")).alias("id"), pl.all().exclude("job_name", "task_name")
    ).sort("submit_s", maintain_order=True)
    free = (pl.col("gpu_type") == "") | ~pl.col("gpu_type").is_in(flavors) | pl.lit(not pinned)
    if named.select(free.all()).item():
        return named.drop("gpu_type")
    may = {f"speed:{name}": pl.when(free | (pl.col("gpu_type") == name)).then(pl.lit("1")) for name in flavors}
    return named.with_columns(**may).drop("gpu_type")


def _charter(left_out: int, *, pinned: bool) -> Charter:
    where = "only on the type of GPU that it was given" if pinned else "on any type of GPU, at the same speed"
    return Charter(
        name="Alibaba PAI 2020",
        policy="proportional",  # several flavors
        entitlements=Entitlements("equal"),
        assumptions={
            "members": "a user is a member",
            "entitlements": "the trace names no owners: machines belong to nobody, and all members have equal standing",
            "gangs": "a task is a gang of its own, submitted when its job was, one worker an instance",
            "flavors": f"a type of GPU; a task may run {where}",
            "memory": "GB are taken for GiB, rounded up to thousandths",
            "left_out": f"{left_out} tasks without a job, a start, an end or an instance",
        },
    )
