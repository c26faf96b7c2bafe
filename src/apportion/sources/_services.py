"""Which services does a table describe, and how is it written back?"""

import numpy as np

from apportion.domain.arrays import Ints, Text, text
from apportion.domain.pool import Pool
from apportion.domain.quantity import INT64_MAX
from apportion.domain.services import Services
from apportion.errors import nearest
from apportion.sources._cells import written
from apportion.sources._columns import Columns

CYCLES = (24, 168)  # hours of a day, hours of a week
MOST_REPLICAS = 1_000_000
BETWEEN = ";"  # between the regions of one cell


def read_services(columns: Columns, members: Text, node_regions: Text, bundle: Ints) -> Services:
    """Read services; `node_regions` (N,) says which regions there are, `bundle` (S, R) what a replica uses up."""
    regions = tuple(sorted(set(node_regions)))
    least = columns.whole("replicas_min", empty=1)
    most = columns.whole("replicas_max", least=1, need=True)
    services = Services(
        columns.ids(),
        columns.position("member", members, "member", need=True),
        bundle,
        columns.whole("service_s", places=6, least=1, need=True),
        columns.whole("p99_s", places=6, least=1, need=True),
        least,
        most,
        regions,
        _ranks(columns, regions),
        _delays(columns, regions),
        _rates(columns),
    )
    columns.wrong(
        "replicas_min",
        (least > most) & (most > 0),
        lambda _: "more than replicas_max",
        "lower it, or raise replicas_max",
    )
    columns.wrong(
        "replicas_max",
        most > MOST_REPLICAS,
        lambda _: f"more than {MOST_REPLICAS:,} replicas",
        "make one replica larger",
    )
    _computable(columns, services)
    return services


def _ranks(columns: Columns, regions: tuple[str, ...]) -> Ints:
    """Read the regions of each service, the one it likes best first: (S, G) places in that list, −1 where not listed."""
    rank = np.full((len(columns), len(regions)), -1, dtype=np.int64)
    at = {region: g for g, region in enumerate(regions) if region}
    lists = [[name.strip() for name in cell.split(BETWEEN)] if cell else [] for cell in columns.text("regions")]
    unknown = [next((name for name in listed if name not in at), None) for listed in lists]
    columns.wrong(
        "regions",
        np.array([name is not None for name in unknown], dtype=bool),
        lambda i: f'"{unknown[i]}" is the region of no node',
        f"known: {', '.join(at)}" if at else "give nodes a region in nodes.csv",
    )
    columns.wrong(
        "regions",
        np.array([len(set(listed)) < len(listed) for listed in lists], dtype=bool),
        lambda _: "names a region twice",
        f"write each once, the best first, with {BETWEEN} between them",
    )
    for i, listed in enumerate(lists):
        for place, name in enumerate(listed):
            if name in at:
                rank[i, at[name]] = place
    return rank


def _delays(columns: Columns, regions: tuple[str, ...]) -> Ints:
    """Read what the network adds to every answer from a region: (S, G) microseconds, 0 where nothing is given."""
    delay = np.zeros((len(columns), len(regions)), dtype=np.int64)
    for name in columns.named("delay_s:"):
        if name in regions:
            delay[:, regions.index(name)] = columns.whole(f"delay_s:{name}", places=6)
        else:
            columns.findings.fault(
                f'"{name}" is the region of no node', columns.table.place(f"delay_s:{name}"), nearest(name, regions)
            )
    return delay


def _rates(columns: Columns) -> Ints:
    """Read the rate of every hour of a day or of a week: (S, H) requests in 1,000 seconds."""
    given = set(columns.named("rate:"))
    cycles = [{str(hour) for hour in range(hours)} for hours in CYCLES]
    meant = min(cycles, key=lambda cycle: len(cycle ^ given))
    if meant == given:
        rates = [columns.whole(f"rate:{hour}", places=3, need=True) for hour in range(len(meant))]
        return np.column_stack(rates)
    said = [f"no column rate:{min(meant - given, key=int)}"] if meant - given else []
    said += [f'"rate:{min(given - meant)}" is no hour'] if given - meant else []
    columns.findings.fault(
        f"the rates are those of neither a day nor a week: {', '.join(said)}",
        columns.table.name,
        "write rate:0 to rate:23 for the hours of a day, or rate:0 to rate:167 for those of a week",
    )
    return np.zeros((len(columns), len(meant)), dtype=np.int64)


def _computable(columns: Columns, services: Services) -> None:
    """Refuse loads and amounts that 64 bits do not hold, so that nothing later has to ask."""
    peak = services.rate_milli.max(axis=1, initial=0)
    too_busy = peak > INT64_MAX // np.maximum(services.service_micro_s, 1)
    columns.wrong("service_s", too_busy, lambda _: "times the rate this is more than 64 bits hold", "check its unit")
    room = INT64_MAX // (np.clip(services.replicas_max, 1, MOST_REPLICAS) * max(len(services), 1))
    too_large = np.any(services.bundle > room[:, None], axis=1)
    columns.wrong(
        "replicas_max",
        too_large,
        lambda _: "times a replica's resources this is more than 64 bits hold",
        "check its unit",
    )


def services_columns(pool: Pool, services: Services, amounts: dict[str, Text]) -> dict[str, Text]:
    """Lay services out as columns of text; `amounts` are those of the resources."""
    delays = {f"delay_s:{region}": services.delay_micro_s[:, g] for g, region in enumerate(services.regions)}
    rates = {f"rate:{hour}": services.rate_milli[:, hour] for hour in range(services.hours)}
    return {
        "id": services.id,
        "member": pool.members.id[services.member],
        **amounts,
        "service_s": written(services.service_micro_s, 6),
        "p99_s": written(services.p99_micro_s, 6),
        "replicas_min": written(services.replicas_min, 0),
        "replicas_max": written(services.replicas_max, 0),
        "regions": text([_listed(services, i) for i in range(len(services))]),
        **{name: written(column, 6) for name, column in delays.items() if column.any()},
        **{name: written(column, 3) for name, column in rates.items()},
    }


def _listed(services: Services, i: int) -> str:
    listed = np.flatnonzero(services.rank[i] >= 0)
    return BETWEEN.join(services.regions[g] for g in listed[np.argsort(services.rank[i, listed])])
