"""Alibaba GPU cluster trace 2023 (openb): a node list and a pod list; flavors are GPU models, members are QoS classes."""

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
from apportion.sources._files import Table, framed, listed, load_all, table
from apportion.sources._findings import Findings
from apportion.sources._tables import assemble

NODES = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
PODS = ("name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "gpu_spec", "qos")
TIMES = ("creation_time", "scheduled_time", "deletion_time")
NO_GPU = "cpu"
WHOLE_GPU = 1_000


def read(*paths: Path) -> Pool:
    """Read a node list and a pod list, or the directory that holds them.

    In a directory these are ``openb_node_list_all_node.csv`` and ``openb_pod_list_default.csv``.

    A flavor is a GPU model, and ``cpu`` where a node has none. The trace has no tenants: a pod's QoS class stands for its
    member, nobody owns a node and all have equal standing. A pod is a job of one worker, submitted at its creation, that
    runs from its scheduling to its deletion; pods that never ran are left out and counted. ``gpu_spec`` lists the models
    that a pod may run on. MiB become thousandths of a GiB, rounded up for pods and down for nodes where that is not exact.

    Source: github.com/alibaba/clusterdata, cluster-trace-gpu-v2023 (for research and study; not part of this package).

    Raises
    ------
    BadInput
        with every fault of both files.
    """
    findings = Findings()
    nodes_table, pods_table = load_all(zip(_files(paths), (NODES, (*PODS, *TIMES)), strict=True), findings)
    nodes, pods = _nodes(nodes_table, findings), _pods(pods_table, findings)
    findings.raise_any()
    ran = pods.filter(pl.col("ran")).sort("submit_s", maintain_order=True).drop("ran")
    idle = len(pods) - len(ran)
    if idle:
        findings.notice(f"pods that never ran were left out: {idle:,}", pods_table.name)
    tables = {
        "members": table("members.csv", member_rows(sorted(set(ran["member"])))),
        "nodes": table("nodes.csv", nodes),
        "jobs": table("jobs.csv", _with_speeds(ran, sorted(set(nodes["flavor"])))),
    }
    return assemble(_charter(idle), tables, findings)


def _files(paths: tuple[Path, ...]) -> tuple[Path, Path]:
    nodes = listed(paths[:1], "openb_node_list_all_node.csv")
    pods = listed(paths[-1:], "openb_pod_list_default.csv")
    if len(paths) > 2 or nodes == pods:
        given = ", ".join(map(str, paths))
        raise BadInput("one node list and one pod list are needed", given, "name the node list, then the pod list")
    return nodes[0], pods[0]


def _nodes(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    model = columns.text("model")
    gpus = columns.whole("gpu", need=True)
    columns.wrong("model", (gpus > 0) & (model == "").astype(bool), lambda _: "GPUs of no model", "name the model")
    return framed(
        {
            "id": columns.ids("sn"),
            "flavor": np.where(gpus > 0, model, NO_GPU),
            "cpu": written(columns.whole("cpu_milli", need=True), 3),
            "memory_gib": written(_milli_gib(columns.whole("memory_mib", need=True)), 3),
            "gpu": gpus,
        },
    )


def _pods(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    created, deleted = columns.whole("creation_time", need=True), columns.whole("deletion_time", empty=-1)
    scheduled = columns.whole("scheduled_time", empty=-1)
    gpus, milli = columns.whole("num_gpu", need=True), columns.whole("gpu_milli", need=True)
    ran = scheduled >= 0
    columns.wrong(
        "deletion_time", ran & (deleted < scheduled), lambda _: "not after scheduled_time", "mend one of them"
    )
    columns.wrong("gpu_milli", milli > WHOLE_GPU, lambda i: f"{milli[i]} of {WHOLE_GPU}", "it is the part of one GPU")
    columns.wrong("num_gpu", gpus > 10**6, lambda i: f"{gpus[i]} GPUs for one pod", "check the number")
    return framed(
        {
            "id": columns.ids("name"),
            "member": columns.text("qos", need=True),
            "submit_s": created,
            "duration_s": np.where(ran, deleted - scheduled, 0),
            "cpu": written(columns.whole("cpu_milli", need=True), 3),
            "memory_gib": written(-_milli_gib(-columns.whole("memory_mib", need=True)), 3),
            "gpu": written(gpus * milli, 3),
            "gpu_spec": columns.text("gpu_spec"),
            "ran": ran,
        },
    )


def _milli_gib(mib: Ints) -> Ints:
    """Turn MiB into whole thousandths of a GiB, rounded down, without leaving 64 bits: 1000/1024 is 125/128."""
    return np.asarray(mib // 128 * 125 + mib % 128 * 125 // 128)


def _with_speeds(pods: pl.DataFrame, flavors: list[str]) -> pl.DataFrame:
    """Write each pod's ``gpu_spec`` (``V100M16|V100M32``) out as a speed of 1 or none on each flavor."""
    if not (pods["gpu_spec"] != "").any():
        return pods.drop("gpu_spec")
    spec = pl.col("gpu_spec")
    may = {f"speed:{name}": (spec == "") | spec.str.split("|").list.contains(name) for name in flavors}
    return pods.with_columns(**{name: pl.when(column).then(pl.lit("1")) for name, column in may.items()}).drop(
        "gpu_spec"
    )


def _charter(idle: int) -> Charter:
    return Charter(
        name="Alibaba GPU cluster 2023",
        policy="proportional",  # several flavors
        entitlements=Entitlements("equal"),
        assumptions={
            "members": "the trace has no tenants: a pod's QoS class stands for its member",
            "entitlements": "the trace names no owners: nodes belong to nobody, and all members have equal standing",
            "durations": "from scheduling to deletion; a pod that still ran when the trace ended is cut there",
            "left_out": f"{idle} pods that never ran",
            "memory": "MiB in thousandths of a GiB, rounded up for pods and down for nodes",
        },
    )
