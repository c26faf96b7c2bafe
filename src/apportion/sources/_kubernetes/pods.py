"""Which jobs and services do pods make? Who controls a pod tells, with the marks that gang schedulers go by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apportion.sources._kubernetes.nodes import PRODUCTS
from apportion.sources._kubernetes.quantities import Amounts, effective_request, moment

OWN = ("DaemonSet", "Node")  # of the cluster itself: they stand on each node, or are the node's
SERVICES = ("ReplicaSet", "StatefulSet", "ReplicationController", "Deployment")
GROUPS = (  # labels and annotations that say which gang a pod is of
    "scheduling.x-k8s.io/pod-group",
    "scheduling.k8s.io/group-name",
    "pod-group-name",
    "kueue.x-k8s.io/pod-group-name",
    "jobset.sigs.k8s.io/jobset-name",
    "training.kubeflow.org/job-name",
)
SYSTEM = "kube-"  # how the namespaces of the cluster itself begin
JOB = "Job"


@dataclass(frozen=True, eq=False)
class Ran:
    """One pod, in seconds since 1970.

    Attributes
    ----------
    kind : ``own`` of the cluster, ``service``, or ``job``
    group : what it starts together with, empty if nothing
    end : None if it has not ended; of a pod that waits, `start` is None too
    named : the product of GPU that it selects, empty if none
    """

    namespace: str
    name: str
    labels: dict[str, str]
    node: str
    kind: str
    group: str
    created: int
    start: int | None
    end: int | None
    limit: int | None
    asked: Amounts
    named: str


def read_pods(pods: Iterable[dict[str, Any]]) -> tuple[list[Ran], list[str], int]:
    """Read pods; those that cannot be meant are named with the reason, and those that ended without a start are counted."""
    found: list[Ran] = []
    odd: list[str] = []
    never = 0
    for pod in pods:
        try:
            ran = _ran(pod)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            odd.append(f"{pod['metadata'].get('namespace', '')}/{pod['metadata']['name']}: {error}")
            continue
        if ran.end is not None and ran.start is None:
            never += 1
        elif ran.end is not None and ran.start is not None and ran.end < ran.start:
            odd.append(f"{ran.namespace}/{ran.name}: it ends before it starts")
        else:
            found.append(ran)
    return found, odd, never


def _ran(pod: dict[str, Any]) -> Ran:
    meta, spec, status = pod["metadata"], pod.get("spec") or {}, pod.get("status") or {}
    namespace = str(meta.get("namespace") or "default")
    labels, notes = meta.get("labels") or {}, meta.get("annotations") or {}
    controller: dict[str, Any] = next((one for one in meta.get("ownerReferences") or () if one.get("controller")), {})
    by = str(controller.get("kind", ""))
    marks = [notes.get(name) or labels.get(name) for name in GROUPS]
    mark = next((one for one in marks if one), "")
    group = mark or (str(controller.get("name", "")) if by.endswith(JOB) else "")
    created = _needed(moment(meta.get("creationTimestamp")))
    phase = status.get("phase", "Pending")
    started = spec.get("nodeName") and phase != "Pending"
    start = moment(status.get("startTime")) if started or phase in {"Succeeded", "Failed"} else None
    kind = "own" if by in OWN or namespace.startswith(SYSTEM) else "service" if by in SERVICES else "job"
    return Ran(
        namespace=namespace,
        name=str(meta["name"]),
        labels=labels,
        node=str(spec.get("nodeName") or ""),
        kind=kind,
        group=group if kind == "job" else "",
        created=created,
        start=start,
        end=_ended(status, start or created) if phase in {"Succeeded", "Failed"} else None,
        limit=int(spec["activeDeadlineSeconds"]) if spec.get("activeDeadlineSeconds") else None,
        asked=effective_request(spec),
        named=_product(spec),
    )


def _needed(created: int | None) -> int:
    if created is None:
        raise ValueError("it has no creationTimestamp")
    return created


def _ended(status: dict[str, Any], otherwise: int) -> int:
    """Say when the last of its containers ended; a pod that was evicted may have none, and ended when that was noted."""
    told = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    states = [(one.get("state") or {}).get("terminated") or {} for one in told]
    ends = [end for one in states if (end := moment(one.get("finishedAt")))]
    noted = [moment(one.get("lastTransitionTime")) for one in status.get("conditions") or ()]
    return max(ends, default=max((one for one in noted if one), default=otherwise))


def _product(spec: dict[str, Any]) -> str:
    """Say which product of GPU a pod selects, if it selects one."""
    selector = spec.get("nodeSelector") or {}
    chosen = [selector[name] for name in PRODUCTS if name in selector]
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    ) or {}
    for term in affinity.get("nodeSelectorTerms") or ():
        for one in term.get("matchExpressions") or ():
            if one.get("key") in PRODUCTS and one.get("operator") == "In":
                chosen += one.get("values") or []
    return "+".join(sorted(set(chosen)))
