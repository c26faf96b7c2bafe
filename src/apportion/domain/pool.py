"""What is shared, by whom, under which charter? The content of a pool directory, validated."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Ints, Text, take, text
from apportion.domain.charter import Charter
from apportion.domain.entitlement import Standing, standing
from apportion.domain.services import Services
from apportion.domain.tables import NOBODY, Agreements, Claims, Jobs, Members, Nodes, Outages, fits
from apportion.domain.ties import seed_from
from apportion.errors import Fault

STANDARD_RESOURCES = ("cpu_milli", "memory_milli_gib", "gpu_milli", "storage_milli_gib", "network_milli_gbps")


@dataclass(frozen=True, eq=False)
class Pool:
    """A validated pool. Build it with `pool`, which brings all tables but jobs into the order of their ids.

    Parameters
    ----------
    resources : (R,) names, `STANDARD_RESOURCES` first, each with its unit
    flavors : (F,) names in byte order
    notices : what a linter found worth telling; nothing here stops a plan
    outages, agreements : when nodes are down, and what members may count on from some second on; None for never. `over_time`
        says what follows from these at a second
    stands : what members may count on, where it is not what the charter's rule gives of these nodes
    """

    charter: Charter
    resources: tuple[str, ...]
    flavors: tuple[str, ...]
    members: Members
    nodes: Nodes
    claims: Claims | None = None
    jobs: Jobs | None = None
    services: Services | None = None
    notices: tuple[Fault, ...] = ()
    outages: Outages | None = None
    agreements: Agreements | None = None
    stands: Standing | None = None

    @cached_property
    def capacity(self) -> Ints:
        """What the nodes hold together, by flavor and resource: (F, R)."""
        total = np.zeros((len(self.flavors), len(self.resources)), dtype=np.int64)
        np.add.at(total, self.nodes.flavor, self.nodes.amount)
        return total

    @cached_property
    def owned(self) -> Ints:
        """What each member's own nodes hold: (N, F, R)."""
        total = np.zeros((len(self.members), len(self.flavors), len(self.resources)), dtype=np.int64)
        has = self.nodes.owner != NOBODY
        np.add.at(total, (self.nodes.owner[has], self.nodes.flavor[has]), self.nodes.amount[has])
        return total

    @cached_property
    def standing(self) -> Standing:
        """What each member may count on, by the charter's rule."""
        if self.stands is not None:
            return self.stands
        return standing(self.charter.entitlements, self.members, self.nodes, self.owned, self.capacity, self.seed)

    @cached_property
    def seed(self) -> bytes:
        """The 32 bytes that decide ties."""
        return seed_from(self.charter.seed)

    @cached_property
    def flavor_gpu_memory(self) -> Ints:
        """Memory of one GPU of each flavor: (F,) thousandths of a GiB."""
        memory = np.zeros(len(self.flavors), dtype=np.int64)
        memory[self.nodes.flavor] = self.nodes.gpu_memory_milli_gib
        return memory

    @cached_property
    def flavor_runtime(self) -> Text:
        """Runtime of each flavor: (F,), empty for any."""
        runtime = [""] * len(self.flavors)
        for flavor, name in zip(self.nodes.flavor.tolist(), self.nodes.runtime, strict=True):
            runtime[flavor] = name
        return text(runtime)

    def may_run(self, asked: Claims | Jobs) -> Bools:
        """Where each claim or job may run by its conditions, GPU memory and runtime: (M, F)."""
        gpu = np.zeros(len(asked), dtype=bool)
        if "gpu_milli" in self.resources:
            gpu = asked.bundle[:, self.resources.index("gpu_milli")] > 0
        return fits(self.flavor_gpu_memory, self.flavor_runtime, asked.gpu_memory_milli_gib, asked.runtime, gpu)

    def with_charter(self, charter: Charter) -> "Pool":
        """Return the same pool under another charter."""
        return replace(self, charter=charter)


def pool(
    charter: Charter,
    resources: tuple[str, ...],
    flavors: tuple[str, ...],
    members: Members,
    nodes: Nodes,
    claims: Claims | None = None,
    jobs: Jobs | None = None,
    services: Services | None = None,
    notices: tuple[Fault, ...] = (),
    outages: Outages | None = None,
    agreements: Agreements | None = None,
) -> Pool:
    """Bring all tables but jobs into the byte order of their ids, or of time, and mend the references between them."""
    by_id, member_at = _sorting(members.id)
    by_name, flavor_at = _sorting(text(flavors))
    members = take(members, by_id)
    members = replace(
        members,
        parent=member_at[members.parent],
        assets={name: column[by_id] for name, column in members.assets.items()},
    )
    by_node, node_at = _sorting(nodes.id)
    nodes = take(nodes, by_node)
    nodes = replace(nodes, owner=member_at[nodes.owner], flavor=flavor_at[nodes.flavor])
    if claims is not None:
        claims = take(claims, np.argsort(claims.id, kind="stable"))
        claims = replace(claims, member=member_at[claims.member], speed=claims.speed[:, by_name])
    if jobs is not None:
        jobs = replace(jobs, member=member_at[jobs.member], speed=jobs.speed[:, by_name])
    if services is not None:
        services = take(services, np.argsort(services.id, kind="stable"))
        services = replace(services, member=member_at[services.member])
    if outages is not None:
        outages = replace(outages, node=node_at[outages.node])
        outages = take(outages, np.lexsort((outages.node, outages.down_s)))
    if agreements is not None:
        agreements = replace(agreements, member=member_at[agreements.member])
        agreements = take(agreements, np.lexsort((agreements.member, agreements.from_s)))
    named = tuple(text(flavors)[by_name])
    return Pool(charter, resources, named, members, nodes, claims, jobs, services, notices, outages, agreements)


def _sorting(ids: Text) -> tuple[Ints, Ints]:
    """Return the order that sorts ids, and for each old position its new one; −1 stays −1 (it is the last entry)."""
    order = np.argsort(ids, kind="stable")
    position = np.full(len(ids) + 1, NOBODY, dtype=np.int64)
    position[order] = np.arange(len(ids))
    return order, position
