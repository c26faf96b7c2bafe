"""Which pool do some tables make? Columns to domain values, with everything checked that one table says of another."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text, text
from apportion.domain.charter import Charter
from apportion.domain.pool import STANDARD_RESOURCES, Pool, pool
from apportion.domain.quantity import INT64_MAX
from apportion.domain.tables import NOBODY, Claims, Jobs, Members, Nodes
from apportion.errors import BadInput
from apportion.sources._cells import written
from apportion.sources._charter import check_members
from apportion.sources._columns import Columns
from apportion.sources._files import Table
from apportion.sources._findings import Findings
from apportion.sources._known import AMOUNTS, KNOWN, PREFIXES, WITHOUT_AMOUNTS, resource_column
from apportion.sources._lint import lint
from apportion.sources._over_time import check_sums, read_agreements, read_outages
from apportion.sources._services import read_services


def assemble(charter: Charter | None, tables: Mapping[str, Table], findings: Findings) -> Pool:
    """Make a pool of tables called members, nodes and, where there are any, claims, jobs, services, outages and standings.

    Raises
    ------
    BadInput
        with every fault of every table, and of the charter, that `findings` holds by then.
    """
    columns = {name: Columns(table, findings) for name, table in tables.items()}
    for name, table in columns.items():
        table.only(KNOWN[name], PREFIXES[name])
    amounts = {name: _amounts(table) for name, table in columns.items() if name not in WITHOUT_AMOUNTS}
    resources = _resources(amounts)
    members = _members(columns["members"]) if "members" in columns else None
    who = members.id if members else text([])
    flavors = _flavors(columns["nodes"]) if "nodes" in columns else text([])
    stacked = {name: _stack(resources, found, len(columns[name])) for name, found in amounts.items()}
    nodes = _nodes(columns["nodes"], who, flavors, stacked["nodes"]) if "nodes" in columns else None
    claims = _claims(columns["claims"], who, flavors, stacked["claims"]) if "claims" in columns else None
    jobs = _jobs(columns["jobs"], who, flavors, stacked["jobs"], resources) if "jobs" in columns else None
    services = None
    if "services" in columns and nodes is not None:
        services = read_services(columns["services"], who, nodes.region, stacked["services"])
    outages = read_outages(columns["outages"], nodes.id) if "outages" in columns and nodes else None
    agreements = read_agreements(columns["standings"], who) if "standings" in columns else None
    if charter and members:
        check_members(charter, members.id, findings)
    findings.raise_any()
    if charter is None or members is None or nodes is None:
        raise BadInput("a pool needs a charter, members and nodes", mend="see `apportion init`")
    if not nodes.amount.any():
        raise BadInput("no node holds anything", columns["nodes"].table.name, "fill in cpu, memory_gib or gpu")
    whole = pool(
        charter,
        resources,
        tuple(flavors),
        members,
        nodes,
        claims,
        jobs,
        services,
        outages=outages,
        agreements=agreements,
    )
    whole.standing  # noqa: B018  # a charter whose rule these members cannot follow is a fault of reading, not of planning
    if whole.agreements is not None:
        check_sums(whole, columns["standings"])
    return replace(whole, notices=(*findings.notices, *lint(whole, tables.get("jobs"))))


def _members(columns: Columns) -> Members:
    _some(columns, "a pool without members has nobody to serve")
    ids = columns.ids()
    parent = columns.position("parent", ids, "member")
    columns.wrong("parent", _circular(parent), lambda i: f'"{ids[i]}" is its own ancestor', "break the circle")
    return Members(
        ids,
        parent,
        columns.decimal("size"),
        columns.decimal("contribution"),
        columns.decimal("weight"),
        columns.text("region"),
        columns.text("group"),
        {name: columns.decimal(f"asset:{name}") for name in columns.named("asset:")},
    )


def _circular(parent: Ints) -> Bools:
    """Find those who are their own ancestors: (N,). After N steps up, whoever is not at a root goes round for ever."""
    up = np.append(parent, NOBODY)
    for _ in range(len(parent).bit_length()):
        up = up[up]
    circle = np.zeros(len(parent), dtype=bool)
    circle[up[up != NOBODY]] = True
    return circle


def _flavors(columns: Columns) -> Text:
    if "flavor" not in columns:
        return text([])
    return text(columns.table.cells["flavor"].drop_nulls().unique().sort().to_list())


def _nodes(columns: Columns, members: Text, flavors: Text, amount: Ints) -> Nodes:
    _some(columns, "a pool without nodes has nothing to divide")
    nodes = Nodes(
        columns.ids(),
        columns.position("owner", members, "member"),
        columns.position("flavor", flavors, "flavor", need=True),
        amount,
        columns.whole("gpu_memory_gib", places=3),
        columns.text("runtime"),
        columns.whole("idle_watts", places=3),
        columns.whole("max_watts", places=3),
        columns.whole("price_per_hour", places=3),
        columns.text("region"),
    )
    columns.within("price_per_hour", nodes.price_milli_per_hour)
    columns.within("max_watts", nodes.max_milli_watts)
    _interchangeable(columns, nodes, len(flavors))
    return nodes


def _interchangeable(columns: Columns, nodes: Nodes, flavors: int) -> None:
    """Refuse nodes that differ from the first of their flavor in what decides where a task fits."""
    first = np.zeros(flavors + 1, dtype=np.int64)
    first[nodes.flavor[::-1]] = np.arange(len(nodes))[::-1]
    model = first[nodes.flavor]
    for name, said in (("gpu_memory_gib", written(nodes.gpu_memory_milli_gib, 3)), ("runtime", nodes.runtime)):
        _same(columns, name, said, model, nodes)


def _same(columns: Columns, name: str, said: Text, model: Ints, nodes: Nodes) -> None:
    columns.wrong(
        name,
        (said != said[model]).astype(bool) & (nodes.flavor != NOBODY),
        lambda i: f'"{said[i]}" here, "{said[model[i]]}" on node "{nodes.id[model[i]]}" of the same flavor',
        "nodes of one flavor are interchangeable: give these another flavor",
    )


def _claims(columns: Columns, members: Text, flavors: Text, bundle: Ints) -> Claims:
    tasks = columns.whole("tasks", places=6, need=True)
    least = columns.whole("min_tasks", places=6)
    columns.within("tasks", tasks)
    columns.wrong("min_tasks", least > tasks, lambda _: "more than tasks", "lower min_tasks or raise tasks")
    return Claims(
        columns.ids(),
        columns.position("member", members, "member", need=True),
        columns.text("user"),
        tasks,
        least,
        bundle,
        columns.whole("gpu_memory_gib", places=3),
        columns.text("runtime"),
        columns.whole("priority", least=None),
        columns.decimal("value", empty=1.0),
        _speed(columns, flavors),
    )


def _jobs(columns: Columns, members: Text, flavors: Text, bundle: Ints, resources: tuple[str, ...]) -> Jobs:
    workers = columns.whole("workers", least=1, empty=1)
    fewest = columns.whole("workers_min", least=1, empty=workers)
    columns.wrong(
        "workers_min", (fewest > workers) & (workers > 0), lambda _: "more than workers", "lower it, or raise workers"
    )
    jobs = Jobs(
        columns.ids(),
        columns.position("member", members, "member", need=True),
        columns.text("user"),
        columns.whole("submit_s", need=True),
        columns.whole("duration_s", need=True),
        workers,
        fewest,
        bundle,
        columns.whole("gpu_memory_gib", places=3),
        columns.text("runtime"),
        columns.whole("priority", least=None),
        columns.whole("deadline_s", empty=-1),
        _speed(columns, flavors),
        columns.text("kind"),
        columns.text("command"),
    )
    _computable(columns, jobs, resources)
    return jobs


def _computable(columns: Columns, jobs: Jobs, resources: tuple[str, ...]) -> None:
    """Refuse gangs, ends and amounts of work that 64 bits do not hold, so that nothing later has to ask."""
    last = int(jobs.submit_s.max(initial=0)) + sum(jobs.duration_s.tolist())
    if last > INT64_MAX:
        what = "the jobs may end later than 64 bits can say"
        columns.findings.fault(what, columns.table.place("duration_s"), "check its unit")
    for r, resource in enumerate(resources):
        name = resource_column(resource)
        too_large = jobs.bundle[:, r] > INT64_MAX // np.maximum(jobs.workers, 1)
        columns.wrong(name, too_large, lambda _: "times workers this is more than 64 bits hold", "check its unit")
        if not too_large.any() and not _holds(jobs.bundle[:, r] * jobs.workers, jobs.duration_s):
            what = "times workers and duration_s, the column sums to more than 64 bits hold"
            mend = "check its unit, and that durations are in seconds"
            columns.findings.fault(what, columns.table.place(name), mend)


def _holds(gang: Ints, seconds: Ints) -> bool:
    """Tell whether Σ gang · seconds fits 64 bits; exactly where a float cannot be sure."""
    if gang.astype(np.float64) @ seconds.astype(np.float64) < 2.0**62:
        return True
    return bool(sum(g * s for g, s in zip(gang.tolist(), seconds.tolist(), strict=True)) <= INT64_MAX)


def _amounts(columns: Columns) -> dict[str, Ints]:
    """Read every resource column that the table has: resource → (rows,) thousandths."""
    found = {resource: column for column, resource in AMOUNTS.items() if column in columns}
    for name in columns.named("res:"):
        resource = f"{name}_milli"
        if name in AMOUNTS or resource in AMOUNTS.values() or not re.fullmatch(r"[!-~]+", name):
            columns.findings.fault(
                f'"{name}" cannot name a further resource',
                columns.table.place(f"res:{name}"),
                f'"{name}" is a column of its own' if name in AMOUNTS else "write letters, digits, _ . / -",
            )
        else:
            found[resource] = f"res:{name}"
    amounts = {resource: columns.whole(column, places=3) for resource, column in found.items()}
    for resource, column in found.items():
        columns.within(column, amounts[resource])
    return amounts


def _resources(amounts: Mapping[str, Mapping[str, Ints]]) -> tuple[str, ...]:
    """Name the resources that some node holds or somebody asks for: the standard ones first, the rest in byte order."""
    used = {resource for found in amounts.values() for resource, column in found.items() if column.any()}
    return (*(name for name in STANDARD_RESOURCES if name in used), *sorted(used.difference(STANDARD_RESOURCES)))


def _stack(resources: tuple[str, ...], found: Mapping[str, Ints], rows: int) -> Ints:
    stacked = np.zeros((rows, len(resources)), dtype=np.int64)
    for r, resource in enumerate(resources):
        if resource in found:
            stacked[:, r] = found[resource]
    return stacked


def _speed(columns: Columns, flavors: Text) -> Floats:
    """Read speeds: (rows, F); 1 on a flavor without a column, 0 where a cell is empty."""
    given = columns.named("speed:")
    speed = np.ones((len(columns), len(flavors)))
    at = {name: f for f, name in enumerate(flavors)}
    for name in given:
        values = columns.decimal(f"speed:{name}", empty=0.0)
        if name in at:
            speed[:, at[name]] = values
        elif len(flavors):
            columns.findings.fault(
                f'no node has the flavor "{name}"',
                columns.table.place(f"speed:{name}"),
                f"the flavors of nodes.csv are: {', '.join(flavors)}",
            )
    rest = [name for name in flavors if name not in given]
    if given and rest:
        columns.findings.notice(
            f"there are speed columns, but none for {', '.join(rest)}: the speed there is 1", columns.table.name
        )
    return speed


def _some(columns: Columns, why: str) -> None:
    if not len(columns):
        columns.findings.fault(f"has no rows, and {why}", columns.table.name, "add a row")
