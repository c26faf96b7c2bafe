"""Kubernetes: nodes and pods as kubectl prints them, from files or from the cluster itself."""

from pathlib import Path

from apportion.domain.pool import Pool
from apportion.errors import BadInput, nearest
from apportion.sources._findings import Findings
from apportion.sources._kubernetes.nodes import Machine, machines
from apportion.sources._kubernetes.objects import COMMAND, Objects, read_objects
from apportion.sources._kubernetes.pods import Ran, read_pods
from apportion.sources._kubernetes.pooled import WHERE, Wanted, pooled
from apportion.sources._kubernetes.quantities import moment
from apportion.sources._live import printed_by
from apportion.sources._owners import Owner, some
from apportion.sources._unfinished import WAITING


def live(directory: Path) -> list[Path]:
    """Ask the cluster itself for its nodes and pods, as the current context of kubectl says.

    Raises
    ------
    Unreachable
        if kubectl is not installed here, or the cluster does not answer.
    """
    return printed_by({"objects.json": COMMAND}, directory)


def read(
    *paths: Path,
    member: str = "namespace",
    waiting: str = "median",
    down: str = "out",
    pinned: bool = False,
    now: str = "",
    owners: tuple[Owner, ...] = (),
) -> Pool:
    """Read lists of nodes and pods, in one file or several: one cluster at one moment.

    A namespace is a member. A flavor is the product of a node's GPUs. A pod is a job of one worker, pods of one group
    that were created together are one gang; each asks for its effective request. Pods of Deployments and StatefulSets
    are jobs of the kind ``service``; those of DaemonSets, of nodes, and in namespaces ``kube-…`` are the cluster's own,
    and what they hold is taken off their nodes. Pods that run count up to now.

    Parameters
    ----------
    member : ``namespace``, or the key of a label of pods
    waiting : how long a pod will run that waits: ``median`` of its member's that ended, ``limit`` that it has
        (``activeDeadlineSeconds``), or ``out``, to leave it out
    down : ``out`` leaves out nodes that are cordoned or not ready, ``keep`` keeps them
    pinned : let a pod that selected a product of GPU run on that only; else on any, at the same speed
    now : when it was printed, as ``2025-03-01T06:30:00Z``; by default the last moment that is named in it
    owners : whose nodes and namespaces are, from ``--owner`` and ``--owners``

    Source: Kubernetes' API reference of Node and Pod, version 1. Never run on the objects of a live cluster.

    Raises
    ------
    BadInput
        if a file is no such list, or nothing is left.
    """
    for option, said, known in (("waiting", waiting, WAITING), ("down", down, ("out", "keep"))):
        if said not in known:
            raise BadInput(f'"{said}" is not known here', f"option {option}", nearest(said, known))
    findings = Findings()
    found = read_objects(paths, findings)
    if not paths:
        findings.fault("no file is named", mend=f"name what this prints: {COMMAND}")
    findings.raise_any()
    nodes, odd_nodes = machines(found.nodes.values())
    pods, odd_pods, never = read_pods(found.pods.values())
    _tell(found, [*odd_nodes, *odd_pods], never, findings)
    wanted = Wanted("" if member == "namespace" else member, waiting, down == "keep", pinned)
    return pooled(nodes, pods, _now(now, nodes, pods), owners, wanted, findings)


def _tell(found: Objects, odd: list[str], never: int, findings: Findings) -> None:
    """Tell what was left out."""
    for what, listed in (("items without a name", found.odd), ("nodes and pods that cannot be meant", odd)):
        if listed:
            findings.notice(f"{what} were left out: {len(listed):,} ({some(listed[:5])})", WHERE, "print them again")
    if found.other:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.other.items()))
        findings.notice(f"objects that are neither nodes nor pods were left out: {kinds}", WHERE)
    if never:
        findings.notice(f"pods that ended before they began were left out: {never:,}", WHERE)


def _now(said: str, nodes: list[Machine], pods: list[Ran]) -> int:
    """Say when the records were printed: as told, or the last moment that they name."""
    if said:
        try:
            return moment(said) or 0
        except ValueError:
            raise BadInput(f'"{said}" is not a moment', "option now", "write 2025-03-01T06:30:00Z") from None
    named = [time for one in pods for time in (one.created, one.start, one.end) if time is not None]
    return max([*named, *(one.seen for one in nodes)], default=0)
