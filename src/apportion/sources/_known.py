"""Which columns has each table of a pool?"""

from apportion.domain.pool import STANDARD_RESOURCES

AMOUNTS = dict(zip(("cpu", "memory_gib", "gpu", "storage_gib", "network_gbps"), STANDARD_RESOURCES, strict=True))
CONDITIONS = ("gpu_memory_gib", "runtime")
KNOWN = {
    "members": ("id", "parent", "size", "contribution", "weight", "region", "group"),
    "nodes": (
        *("id", "owner", "flavor", *AMOUNTS, *CONDITIONS),
        *("idle_watts", "max_watts", "price_per_hour", "region"),
    ),
    "claims": ("id", "member", "user", "tasks", "min_tasks", *AMOUNTS, *CONDITIONS, "priority", "value"),
    "jobs": (
        *("id", "member", "user", "submit_s", "duration_s", "workers", "workers_min", *AMOUNTS, *CONDITIONS),
        *("priority", "deadline_s", "kind", "command"),
    ),
    "services": (*("id", "member", *AMOUNTS, "service_s", "p99_s", "replicas_min", "replicas_max", "regions"),),
    "outages": ("node", "down_s", "up_s"),
    "standings": ("member", "from_s", "share"),
}
PREFIXES = {
    "members": ("asset:",),
    "nodes": ("res:",),
    "claims": ("res:", "speed:"),
    "jobs": ("res:", "speed:"),
    "services": ("res:", "delay_s:", "rate:"),
    "outages": (),
    "standings": (),
}
WITHOUT_AMOUNTS = ("members", "outages", "standings")


def resource_column(resource: str) -> str:
    """Name the column of a resource.

    >>> resource_column("memory_milli_gib"), resource_column("fpga_milli")
    ('memory_gib', 'res:fpga')
    """
    standard = {name: column for column, name in AMOUNTS.items()}
    return standard.get(resource) or f"res:{resource.removesuffix('_milli')}"
