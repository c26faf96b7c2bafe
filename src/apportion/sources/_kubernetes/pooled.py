"""Which pool do the nodes and pods of a cluster make?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.sources._cells import thousandths
from apportion.sources._derived import member_rows
from apportion.sources._files import table
from apportion.sources._findings import Findings
from apportion.sources._kubernetes.nodes import Machine, less
from apportion.sources._kubernetes.pods import Ran
from apportion.sources._kubernetes.quantities import Amounts
from apportion.sources._kubernetes.stream import make_jobs, thousandths_of
from apportion.sources._owners import ACCOUNT, NODE, Owner, assign, some, tell_idle, tell_unmapped
from apportion.sources._tables import assemble
from apportion.sources._typed import named_flavors, speed
from apportion.sources._unfinished import lasting_as

MIB = 1024  # in a GiB
WHERE = "kubectl"


@dataclass(frozen=True)
class Wanted:
    """What was asked for: the label that names members, how long waiting pods last, and what to do with nodes and types."""

    label: str
    waiting: str
    keep_down: bool
    pinned: bool


def pooled(
    machines: Sequence[Machine],
    pods: Sequence[Ran],
    now: int,
    owners: Sequence[Owner],
    wanted: Wanted,
    findings: Findings,
) -> Pool:
    """Make a pool of machines, less what the cluster's own pods hold, and of jobs.

    Raises
    ------
    BadInput
        if no node or no member is left, or the tables contradict each other.
    """
    own, others = _parted(pods)
    usable = _usable(machines, findings, keep=wanted.keep_down)
    called = {one: one.labels.get(wanted.label) or one.namespace for one in others}
    _check_label(wanted.label, others)
    names, nodes = sorted(set(called.values())), [one.id for one in usable]
    of_node, of_name = assign(owners, NODE, nodes), assign(owners, ACCOUNT, names)
    tell_idle(owners, {NODE: nodes, ACCOUNT: names}, findings)
    tell_unmapped(owners, {"nodes": (nodes, of_node), f"{wanted.label or 'namespace'}s": (names, of_name)}, findings)
    members = sorted({*(of_name.get(name, name) for name in names), *of_node.values()})
    if not members:
        raise BadInput(
            "there is no pod but the cluster's own, so nobody is a member",
            WHERE,
            "say whose nodes are: --owner '*=NAME'",
        )
    member_of = {one: of_name.get(name, name) for one, name in called.items()}
    jobs, said = lasting_as(make_jobs(others, member_of, now), wanted.waiting, ("member", "kind"), WHERE, findings)
    rows = _node_rows(usable, _held(own), of_node)
    resources = _resources(rows, jobs, findings)
    flavors = named_flavors(rows, jobs, WHERE, findings, pinned=wanted.pinned)
    tables = {
        "members": table("members.csv", member_rows(members)),
        "nodes": table("nodes.csv", _written(rows, resources)),
    }
    if len(jobs):
        tables["jobs"] = table("jobs.csv", _job_rows(jobs, resources, flavors))
    return assemble(_charter(wanted, len(own), said, owned=bool(of_node)), tables, findings)


def _parted(pods: Iterable[Ran]) -> tuple[list[Ran], list[Ran]]:
    own: list[Ran] = []
    others: list[Ran] = []
    for one in pods:
        (own if one.kind == "own" else others).append(one)
    return own, others


def _check_label(label: str, pods: Sequence[Ran]) -> None:
    if label and pods and not any(label in one.labels for one in pods):
        there = sorted({name for one in pods for name in one.labels})
        raise BadInput(f'no pod has a label "{label}"', "option member", f"their labels are: {some(there)}")


def _usable(machines: Sequence[Machine], findings: Findings, *, keep: bool) -> list[Machine]:
    out = [one for one in machines if one.out]
    if out:
        done, mend = ("kept", "--set down=out leaves them out") if keep else ("left out", "--set down=keep keeps them")
        listed = some([f"{one.id} {one.out}" for one in out])
        findings.notice(f"nodes that take no pods now were {done}: {len(out):,} ({listed})", WHERE, mend)
    left = [one for one in machines if keep or not one.out]
    if not left:
        mend = "--set down=keep keeps all of them" if out else "print nodes too: kubectl get nodes,pods -A -o json"
        raise BadInput("no node is left that takes pods", WHERE, mend)
    return left


def _held(own: Iterable[Ran]) -> dict[str, Amounts]:
    """Add up what the cluster's own pods hold on each node."""
    held: dict[str, Amounts] = {}
    for one in own:
        if one.node and one.end is None:
            total = held.setdefault(one.node, {})
            for name, amount in one.asked.items():
                total[name] = total.get(name, amount * 0) + amount
    return held


def _node_rows(machines: Sequence[Machine], held: dict[str, Amounts], owner: dict[str, str]) -> pl.DataFrame:
    """Write out nodes in whole thousandths; nodes of one flavor have the least memory that one of them says for its GPUs."""
    least: dict[str, int] = {}
    for one in machines:
        if one.gpu_mib is not None:
            least[one.flavor] = min(least.get(one.flavor, one.gpu_mib), one.gpu_mib)
    rows: list[dict[str, object]] = [
        {
            "id": one.id,
            "owner": owner.get(one.id),
            "flavor": one.flavor,
            "gpu_memory_gib": least[one.flavor] * 1000 // MIB if one.flavor in least else None,
            **thousandths_of(less(one.amount, held.get(one.id, {}))),
        }
        for one in machines
    ]
    amounts = {name: pl.Int64 for row in rows for name in row if name not in {"id", "owner", "flavor"}}
    return pl.DataFrame(rows, schema={"id": pl.String, "owner": pl.String, "flavor": pl.String, **amounts})


def _resources(nodes: pl.DataFrame, jobs: pl.DataFrame, findings: Findings) -> list[str]:
    """Name what is divided: cores, memory and GPUs, and the rest where some job asks for it and some node has it."""
    asked = [name for name in jobs.columns if name == "storage_gib" or name.startswith("res:")]
    wanted = [name for name in asked if jobs[name].sum()]
    shared = [name for name in wanted if name in nodes.columns and nodes[name].sum()]
    lacking = sorted(set(wanted).difference(shared))
    if lacking:
        findings.notice(f"pods ask for what no node has, and it was left out: {', '.join(lacking)}", WHERE)
    return [*(name for name in ("cpu", "memory_gib", "gpu") if name in nodes.columns), *shared]


def _written(rows: pl.DataFrame, resources: list[str]) -> pl.DataFrame:
    return rows.select(
        *("id", "owner", "flavor"), *(thousandths(pl.col(name)).alias(name) for name in (*resources, "gpu_memory_gib"))
    )


def _job_rows(jobs: pl.DataFrame, resources: list[str], flavors: list[str]) -> pl.DataFrame:
    amounts = [thousandths(pl.col(name)).alias(name) for name in resources if name in jobs.columns]
    return jobs.sort("at", "id").select(
        *("id", "member", "kind"),
        (pl.col("at") - pl.col("at").min()).alias("submit_s"),
        pl.col("lasted").alias("duration_s"),
        "workers",
        *amounts,
        *(speed(flavor).alias(f"speed:{flavor}") for flavor in flavors),
    )


def _charter(wanted: Wanted, own: int, said: dict[str, str], *, owned: bool) -> Charter:
    named = (
        f"the label {wanted.label} of a pod, or its namespace where it has none,"
        if wanted.label
        else "the namespace of a pod"
    )
    return Charter(
        name="Kubernetes",
        entitlements=Entitlements("contribution" if owned else "equal"),
        assumptions={
            "members": f"{named} names its member",
            "entitlements": "each member counts for the nodes that it owns, as said when importing"
            if owned
            else "no owners were given: all members count alike",
            "nodes": f"what is allocatable, less what the cluster's own pods hold on each node ({own:,} pods)",
            "times": "seconds from the first pod kept, by UTC; pods that are gone are not in the records",
            "amounts": "effective requests; memory is rounded down to thousandths of a GiB, on nodes and in jobs",
            "gangs": "pods of one group that were created within a minute of the first",
            "services": "pods of Deployments and StatefulSets are jobs of the kind service; what they serve is not known",
            "types": "a job runs on the GPUs that it selected"
            if wanted.pinned
            else "a job runs on any GPU at one speed",
        }
        | said,
    )
