"""Which machines are there for pods, of which kind, and how much of them do the cluster's own pods leave?"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apportion.sources._kubernetes.quantities import Amounts, amounts, moment

PRODUCTS = (  # labels that say which GPUs a node has, the first that it has
    "nvidia.com/gpu.product",
    "amd.com/gpu.product-name",
    "cloud.google.com/gke-accelerator",
)
MEMORY = "nvidia.com/gpu.memory"  # MiB of one GPU
GPU = "/gpu"  # how the resources end that are whole GPUs, of whatever vendor
CPU, ANY = "cpu", "gpu"  # flavors of nodes without a GPU, and of those that do not say which


@dataclass(frozen=True)
class Machine:
    """One node: its flavor, what pods may ask of it, MiB of one GPU if said, why it takes no new pods, when it was seen."""

    id: str
    flavor: str
    amount: Amounts
    gpu_mib: int | None
    out: str
    seen: int


def machines(nodes: Iterable[dict[str, Any]]) -> tuple[list[Machine], list[str]]:
    """Read nodes; those whose quantities cannot be read are named apart."""
    found, odd = [], []
    for node in nodes:
        name = node["metadata"]["name"]
        try:
            found.append(_machine(name, node))
        except (ValueError, AttributeError, TypeError) as error:
            odd.append(f"{name}: {error}")
    return found, odd


def _machine(name: str, node: dict[str, Any]) -> Machine:
    labels = node["metadata"].get("labels") or {}
    status = node.get("status") or {}
    amount = amounts(status.get("allocatable") or status.get("capacity"))
    memory = labels.get(MEMORY)
    return Machine(
        name, _flavor(labels, amount), amount, int(memory) if memory else None, _out(node, status), _seen(status)
    )


def _seen(status: dict[str, Any]) -> int:
    """Say when its kubelet was last heard of, in seconds since 1970; 0 if that is not said."""
    told = [
        one.get(name) for one in status.get("conditions") or () for name in ("lastHeartbeatTime", "lastTransitionTime")
    ]
    return max((moment(one) or 0 for one in told), default=0)


def _flavor(labels: dict[str, str], amount: Amounts) -> str:
    if not any(count for name, count in amount.items() if is_gpu(name) or "/mig-" in name):
        return CPU
    return next((labels[name] for name in PRODUCTS if labels.get(name)), ANY)


def is_gpu(name: str) -> bool:
    """Tell whether a resource is whole GPUs."""
    return name.endswith(GPU)


def _out(node: dict[str, Any], status: dict[str, Any]) -> str:
    """Say why a node takes no new pods. A taint keeps out those only that do not tolerate it, so it is no reason."""
    if (node.get("spec") or {}).get("unschedulable"):
        return "SchedulingDisabled"
    ready = [one.get("status") for one in status.get("conditions") or () if one.get("type") == "Ready"]
    return "NotReady" if ready and ready[0] != "True" else ""


def less(amount: Amounts, taken: Amounts) -> Amounts:
    """Take what the cluster's own pods hold off a node."""
    return {name: max(have - taken.get(name, Fraction(0)), Fraction(0)) for name, have in amount.items()}
