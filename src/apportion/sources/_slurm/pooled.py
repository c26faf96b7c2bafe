"""Which pool do nodes, accounts and jobs of one cluster make?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.domain.quantity import whole_weights
from apportion.errors import BadInput
from apportion.sources._cells import thousandths
from apportion.sources._files import table
from apportion.sources._findings import Findings
from apportion.sources._owners import ACCOUNT, NODE, ROOT, Owner, assign, some, tell_idle, tell_unmapped
from apportion.sources._slurm.accounts import Account, weights
from apportion.sources._slurm.stream import MILLI_GIB, Stream
from apportion.sources._tables import assemble
from apportion.sources._typed import named_flavors, speed


@dataclass(frozen=True, eq=False)
class Cluster:
    """What the records say of one cluster: its nodes, its accounts by name, and its jobs, if they were read."""

    name: str
    nodes: pl.DataFrame
    accounts: dict[str, Account]
    stream: Stream | None


@dataclass(frozen=True)
class Wanted:
    """What was asked for: who is a member, and what to do with nodes that cannot be used and types that jobs name."""

    who: str
    keep_down: bool
    pinned: bool
    zone: str


def pooled(cluster: Cluster, owners: Sequence[Owner], wanted: Wanted, findings: Findings) -> Pool:
    """Make a pool of a cluster.

    Raises
    ------
    BadInput
        if no node or no member is left, or the tables contradict each other.
    """
    jobs = cluster.stream.jobs if cluster.stream else pl.DataFrame(schema={"member": pl.String})
    nodes = _usable(cluster.nodes, findings, keep=wanted.keep_down)
    asked = sorted(set(jobs["member"]))
    names = list(dict.fromkeys([*cluster.accounts, *asked])) if wanted.who == "account" else asked
    of_node, of_name = assign(owners, NODE, nodes["id"].to_list()), assign(owners, ACCOUNT, names)
    tell_idle(owners, {NODE: nodes["id"].to_list(), ACCOUNT: names}, findings)
    tell_unmapped(owners, {"nodes": (nodes["id"].to_list(), of_node), f"{wanted.who}s": (names, of_name)}, findings)
    members = _members(
        cluster.accounts if wanted.who == "account" else {}, names, of_name, set(of_node.values()), set(asked)
    )
    if not len(members):
        mend = "add what sacctmgr show assoc or sacct prints, or say whose they are: --owner 'a-n*=univ-a'"
        raise BadInput("nodes alone do not say who there is", "scontrol show node", mend)
    resources = _resources(nodes, jobs, findings)
    tables = {
        "members": table("members.csv", members),
        "nodes": table("nodes.csv", _node_rows(nodes, of_node, resources)),
    }
    if cluster.stream:
        rows = _job_rows(jobs, of_name, resources, named_flavors(nodes, jobs, "sacct", findings, pinned=wanted.pinned))
        tables["jobs"] = table("jobs.csv", rows)
    return assemble(_charter(cluster, wanted, members, bool(of_node)), tables, findings)


def _usable(nodes: pl.DataFrame, findings: Findings, *, keep: bool) -> pl.DataFrame:
    """Leave out what cannot be used, unless it is to be kept, and say what that is."""
    nodes = nodes.unique("id", keep="last", maintain_order=True)
    out = nodes.filter(pl.col("out") != "")
    if len(out):
        listed = [f"{name} {state}" for name, state in out.select("id", "out").iter_rows()]
        done, mend = ("kept", "--set down=out leaves them out") if keep else ("left out", "--set down=keep keeps them")
        findings.notice(f"nodes that cannot be used now were {done}: {len(out):,} ({some(listed)})", "scontrol", mend)
    left = nodes if keep else nodes.filter(pl.col("out") == "")
    if not len(left):
        raise BadInput("no node is left that can be used", "scontrol show node", "--set down=keep keeps all of them")
    return left


def _members(
    accounts: dict[str, Account], names: Iterable[str], mapped: dict[str, str], owning: set[str], asking: set[str]
) -> pl.DataFrame:
    """Write out members: those that names are mapped to, the rest by their own names, and who owns nodes.

    The weight of a member is the sum over its accounts. An account of the rest that asks for nothing, has no weight and
    nobody below is no member.
    """
    weight = weights(accounts)
    total: dict[str, Fraction] = dict.fromkeys(sorted(owning), Fraction(0))
    for name in names:
        member = mapped.get(name, name)
        total[member] = total.get(member, Fraction(0)) + weight.get(name, Fraction(0))
    parents = {name: _above(name, accounts, mapped) for name in total if name in accounts and name not in mapped}
    needed = {*asking, *owning, *mapped.values()}
    kept = _kept(total, parents, needed)
    whole = dict(zip(kept, whole_weights([total[name] for name in kept]), strict=True)) if any(total.values()) else {}
    rows = [(name, parents.get(name), str(whole[name]) if whole else None) for name in kept]
    return pl.DataFrame(rows, schema=dict.fromkeys(("id", "parent", "weight"), pl.String), orient="row")


def _above(name: str, accounts: dict[str, Account], mapped: dict[str, str]) -> str | None:
    parent = accounts[name].parent
    above = mapped.get(parent, parent)
    return above if parent in accounts and parent != ROOT and above != name else None


def _kept(total: dict[str, Fraction], parents: dict[str, str | None], needed: set[str]) -> list[str]:
    """Leave out those that nobody needs, until none is left to leave out."""
    kept = dict(total)
    while True:
        heads = {parents.get(name) for name in kept}
        idle = [
            name for name in kept if not (kept[name] or name in needed or name in heads) or _root(name, needed, heads)
        ]
        if not idle:
            return list(kept)
        for name in idle:
            del kept[name]


def _root(name: str, needed: set[str], heads: set[str | None]) -> bool:
    return name == ROOT and name not in needed and name not in heads


def _resources(nodes: pl.DataFrame, jobs: pl.DataFrame, findings: Findings) -> list[str]:
    """Name the columns of what is divided; memory that Slurm does not manage, of which it says 1 MiB, is not."""
    managed = (nodes["memory_kib"] > 1024).any()
    if not managed:
        findings.notice("Slurm does not manage memory here (RealMemory=1), so it was left out", "scontrol")
    return ["cpu", *(["memory_gib"] if managed else []), "gpu", *(f"res:{name[5:]}" for name in _shared(nodes, jobs))]


def _shared(nodes: pl.DataFrame, jobs: pl.DataFrame) -> list[str]:
    """Name the generic resources besides GPUs that some node holds and some job asks for."""
    return [
        name
        for name in nodes.columns
        if name.startswith("gres/")
        and f"res:{name[5:]}" in jobs.columns
        and jobs[f"res:{name[5:]}"].sum()
        and nodes[name].sum()
    ]


def _node_rows(nodes: pl.DataFrame, owner: dict[str, str], resources: list[str]) -> pl.DataFrame:
    memory = thousandths(pl.col("memory_kib") * 1000 // MILLI_GIB).alias("memory_gib")
    other = [
        pl.col(f"gres/{name[4:]}").fill_null(0).cast(pl.String).alias(name) for name in resources if name[:4] == "res:"
    ]
    return nodes.select(
        "id",
        pl.col("id").replace_strict(owner, default=None, return_dtype=pl.String).alias("owner"),
        *("flavor", "cpu", "gpu"),
        *([memory] if "memory_gib" in resources else []),
        *other,
    )


def _job_rows(jobs: pl.DataFrame, of_name: dict[str, str], resources: list[str], flavors: list[str]) -> pl.DataFrame:
    return jobs.select(
        "id",
        pl.col("member").replace(of_name),
        "user",
        *(pl.col(name).cast(pl.String) for name in ("submit_s", "duration_s", "workers")),
        *(thousandths(pl.col(name)).alias(name) for name in resources),
        "kind",
        *(speed(flavor).alias(f"speed:{flavor}") for flavor in flavors),
    )


def _charter(cluster: Cluster, wanted: Wanted, members: pl.DataFrame, owned: bool) -> Charter:
    weighed = members["weight"].null_count() == 0
    rule = "contribution" if owned else "weight" if weighed else "equal"
    why = {
        "contribution": "each member counts for the nodes that it owns, as said when importing",
        "weight": "each member counts for its part of Slurm's fair shares, down the tree of accounts",
        "equal": "neither owners nor fair shares were given: all members count alike",
    }
    clock = wanted.zone or "UTC"
    return Charter(
        name=f"Slurm{f', {cluster.name}' if cluster.name else ''}",
        entitlements=Entitlements(rule),
        assumptions={
            "members": f"the {wanted.who} of a job names its member",
            "entitlements": why[rule],
            "nodes": "as they were when they were printed, over the whole trace",
            "times": f"seconds from the first job kept; moments without an offset are by the clock of {clock}",
            "submissions": "a job counts as submitted when it became eligible: after its begin time and what it depends on",
            "durations": "as long as Slurm let a job run, all its attempts together, whatever the state in which it ended",
            "amounts": "what was held, asked or not; memory is rounded down to thousandths of a GiB, on nodes and in jobs",
            "gangs": "a worker a node; where nodes do not divide a job evenly, a worker a GPU or core",
            "types": "a job runs on the types of GPU that it named"
            if wanted.pinned
            else "a job runs on any GPU at one speed",
        }
        | (cluster.stream.said if cluster.stream else {}),
    )
