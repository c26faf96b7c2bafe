"""Manifests for Kueue: a quota for each member and flavor, one cohort in which idle quota is lent, fair sharing by weight.

For each flavor a ResourceFlavor; for each member a ClusterQueue whose ``nominalQuota`` is what the plan grants it, with its
``fairSharing.weight``, and a LocalQueue in its namespace. What is granted to nobody, or lost by counting whole units, is a
quota of the Cohort, to be lent. ``kubectl delete -f`` of the same file is the undo. Written for the API
``kueue.x-k8s.io/v1beta2`` (Kueue 0.15 and later); ``api=v1beta1`` is for 0.13 and 0.14, which do not know it.
Source: Kueue's concepts *Cluster Queue*, *Resource Flavor*, *Local Queue*, *Cohort*, and its type definitions.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import MILLI
from apportion.domain.situation import Situation
from apportion.domain.written import Written
from apportion.errors import BadInput, Fault, nearest
from apportion.exports._grants import ONE, beside, counter, granted, loss
from apportion.exports._names import one_line, plain_names

NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"  # a DNS label: the strictest of Kubernetes' rules of names
COHORT_KEY = {"v1beta2": "cohortName", "v1beta1": "cohort"}
MOST_FLAVORS = 64  # in one resource group
Manifest = dict[str, Any]


def write(
    situation: Situation,
    plan: Plan,
    api: str = "v1beta2",
    gpu: str = "nvidia.com/gpu",
    label: str = "",
    namespace: str = "",
    cohort: str = "apportion",
    borrow: bool = True,
) -> Written:
    """Write the manifests, in the order in which `kubectl apply` needs them.

    Parameters
    ----------
    gpu : name of the extended resource that a GPU is
    label : key of the node label that tells flavors apart; its value is the flavor's name
    namespace : of all LocalQueues; by default each member's is in a namespace of the member's own name
    cohort : what ClusterQueues lend in
    borrow : whether a member may use what others leave idle

    Raises
    ------
    BadInput
        for an unknown `api`, more flavors than one group may have, or ids that would have one name.
    """
    _refuse(situation, api)
    becomes = "goes to the cohort, to be lent" if borrow else "goes to nobody"
    quotas, losses = _quotas(situation, granted(situation, plan), gpu, becomes)
    losses += (*_unlabelled(situation, label), *beside(situation, plan))
    flavors = plain_names(situation.flavors, NAME)
    names = list(flavors.values())
    manifests = [_flavor(flavors[name], name, label) for name in situation.flavors]
    if borrow and quotas.common:
        manifests.append(_manifest("Cohort", cohort, {"resourceGroups": _group(names, quotas.common)}))
    for m, queue in enumerate(plain_names(situation.members.id, NAME).values()):
        at_home = namespace or queue
        spec = {
            COHORT_KEY[api]: cohort,
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": at_home}},
            "fairSharing": {"weight": str(situation.standing.weight[m])},
            "resourceGroups": _group(names, quotas.own[m], {} if borrow else {"borrowingLimit": "0"}),
        }
        manifests.append(_manifest("ClusterQueue", queue, spec, {"apportion-member": str(situation.members.id[m])}))
        manifests.append(_manifest("LocalQueue", queue, {"clusterQueue": queue}, namespace=at_home))
    return Written("kueue.yaml", _head(plan, losses) + _documents(manifests, api), losses)


def _refuse(situation: Situation, api: str) -> None:
    if api not in COHORT_KEY:
        raise BadInput(f'Kueue has no API "{api}"', "--set api", nearest(api, list(COHORT_KEY)))
    if len(situation.flavors) > MOST_FLAVORS:
        raise BadInput(
            f"{len(situation.flavors)} flavors, Kueue takes {MOST_FLAVORS}", "nodes.csv, flavor", "join some"
        )


Quota = dict[str, list[str]]  # resource over there → quantity by flavor


@dataclass(frozen=True)
class _Quotas:
    """Each member's own quantities, and what is left for all."""

    own: list[Quota]
    common: Quota


def _quotas(situation: Situation, held: Ints, gpu: str, becomes: str) -> tuple[_Quotas, tuple[Fault, ...]]:
    """Count what each member holds and what is left, and say what counting down loses."""
    counted = {  # resource → name over there, steps a unit, suffix of the quantity, what is counted
        "gpu_milli": (gpu, 1, "", "whole GPUs on each flavor"),
        "cpu_milli": ("cpu", MILLI, "m", "whole thousandths of a core"),
        "memory_milli_gib": ("memory", 1024, "Mi", "whole MiB"),
        "storage_milli_gib": ("ephemeral-storage", 1024, "Mi", "whole MiB"),
    }
    quotas = _Quotas([{} for _ in situation.members.id], {})
    losses: tuple[Fault, ...] = ()
    for r, resource in enumerate(situation.resources):
        if resource not in counted:
            losses += (
                Fault(f"Kueue is given no quota for {resource}", mend="limit it by other means, if it is scarce"),
            )
            continue
        name, steps, suffix, target = counted[resource]
        count = counter(situation, r, steps)
        whole = [[count.count(m, int(amount)) for amount in row] for m, row in enumerate(held[:, :, r])]
        kept = [sum(column) for column in zip(*whole, strict=True)]
        left = [int(most) * steps // MILLI - n for most, n in zip(situation.capacity[:, r], kept, strict=True)]
        for own, row in zip([*quotas.own, quotas.common], [*whole, left], strict=True):
            own[name] = [f"{n}{suffix}" if n > 0 else "0" for n in row]
        total = int(held[:, :, r].sum())
        losses += loss(resource, target, (total - sum(kept) * ONE // steps, total), becomes)
    return quotas, losses


def _group(flavors: list[str], quota: Quota, limit: dict[str, str] | None = None) -> list[Manifest]:
    """Write the one resource group; every flavor lists the covered resources in their order, as Kueue demands."""
    if not quota:
        return []
    rows = [
        {
            "name": flavor,
            "resources": [{"name": name, "nominalQuota": by[f], **(limit or {})} for name, by in quota.items()],
        }
        for f, flavor in enumerate(flavors)
    ]
    return [{"coveredResources": list(quota), "flavors": rows}]


def _flavor(name: str, flavor: str, label: str) -> Manifest:
    return _manifest(
        "ResourceFlavor", name, {"nodeLabels": {label: name}} if label else {}, {"apportion-flavor": flavor}
    )


def _unlabelled(situation: Situation, label: str) -> tuple[Fault, ...]:
    if label or len(situation.flavors) < 2:
        return ()
    named = ", ".join(map(one_line, situation.flavors))
    return (
        Fault(
            f"the flavors {named} have no node label, so Kueue cannot tell their nodes apart",
            mend="label each node with its flavor and name the key: --set label=KEY",
        ),
    )


def _manifest(
    kind: str, name: str, spec: Manifest, annotations: dict[str, str] | None = None, namespace: str = ""
) -> Manifest:
    meta: Manifest = {"name": name}
    if namespace:
        meta["namespace"] = namespace
    if annotations and any(original != name for original in annotations.values()):
        meta["annotations"] = annotations
    return {"kind": kind, "metadata": meta, **({"spec": spec} if spec else {})}


def _documents(manifests: list[Manifest], api: str) -> str:
    head = {"apiVersion": f"kueue.x-k8s.io/{api}"}
    return "---\n".join(yaml.safe_dump(head | one, sort_keys=False, allow_unicode=True) for one in manifests)


def _head(plan: Plan, losses: tuple[Fault, ...]) -> str:
    notes = "\n".join(f"#   - {one_line(fault.what)}" for fault in losses) or "#   nothing"
    return f"""\
# A plan by "{one_line(plan.policy)}" as quotas of Kueue.
#   kubectl apply -f kueue.yaml      the namespaces must exist
#   kubectl delete -f kueue.yaml     the undo
# Weights act where fair sharing is enabled in Kueue's configuration. Answers situation
#   {plan.situation}
# What these manifests cannot say:
{notes}
"""
