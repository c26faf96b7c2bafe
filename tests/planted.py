"""Pools in which everybody can see what is right: one question each, made from a seed."""

import numpy as np

from apportion.sources import directory

DAY_S = 86_400


def pool_of(where, nodes, jobs, charter="", **tables):
    """Write a pool; jobs are rows (member, submit_s, duration_s, resources…) under the header of `jobs[0]`."""
    where.mkdir(exist_ok=True)
    members = sorted({row.split(",")[1] for row in nodes[1:]} - {""})
    (where / "charter.toml").write_text(charter, "utf-8")
    (where / "members.csv").write_text("\n".join(["id", *members]) + "\n", "utf-8")
    (where / "nodes.csv").write_text("\n".join(nodes) + "\n", "utf-8")
    if jobs:
        rows = [f"j{i},{','.join(map(str, row))}" for i, row in enumerate(jobs[1:])]
        (where / "jobs.csv").write_text("\n".join([f"id,{jobs[0]}", *rows]) + "\n", "utf-8")
    for name, text in tables.items():
        (where / f"{name}.csv").write_text(text, "utf-8")
    return directory.read(where)


HEAD = "member,submit_s,duration_s,gpu"
EIGHT = ["id,owner,flavor,gpu", *(f"{m}{k},{m},x,4" for m in "ab" for k in (1, 2))]
APART = '[queue]\ndiscipline = "skip_fifo"\npooled = false\n'
ONE_QUEUE = '[queue]\ndiscipline = "strict_fifo"\n'


def quiet(where):
    """Two members with small jobs, far apart: whatever the order, everything starts at once."""
    random = np.random.default_rng(1)
    jobs = [("ab"[i % 2], i * 4000, int(random.integers(600, 3000)), 1) for i in range(1000)]
    return pool_of(where, EIGHT, [HEAD, *jobs], ONE_QUEUE)


def by_turns(where):
    """Two members who fill their own machines every other day, and leave them idle in between."""
    random = np.random.default_rng(2)
    jobs = []
    for day in range(40):
        busy = "ab"[day % 2]
        for _ in range(24):
            at = day * DAY_S + int(random.integers(0, DAY_S // 2))
            jobs.append((busy, at, int(random.lognormal(9.3, 0.5)), int(random.choice([1, 2, 4]))))
    return pool_of(where, EIGHT, [HEAD, *sorted(jobs, key=lambda row: row[1])], APART)


def full_queues(where):
    """Two members with one queue each that is never empty, of jobs alike: there is nothing to share."""
    jobs = [(m, day * DAY_S + k, 10_700, 1) for day in range(40) for k in range(66) for m in "ab"]
    return pool_of(where, EIGHT, [HEAD, *jobs], APART)


def flooded(where):
    """One member floods the pool with long jobs at night; the others' short jobs come by day and find it full."""
    nodes = ["id,owner,flavor,gpu", *(f"big{k},big,x,2" for k in range(4)), "s1,small,x,2", "t1,tiny,x,2"]
    random = np.random.default_rng(4)
    jobs = []
    for day in range(40):
        jobs += [("big", day * DAY_S + k, 70_000, 1) for k in range(14)]
        for m in ("small", "tiny"):
            at = day * DAY_S + 20_000 + np.sort(random.integers(0, 40_000, 8))
            jobs += [(m, int(t), int(random.integers(600, 1800)), 1) for t in at]
    return pool_of(where, nodes, [HEAD, *sorted(jobs, key=lambda row: row[1])], '[queue]\ndiscipline = "skip_fifo"\n')


def short_of_memory(where):
    """Jobs that wait for memory while GPUs stand idle."""
    nodes = ["id,owner,flavor,gpu,memory_gib", *(f"{m}{k},{m},x,16,64" for m in "ab" for k in (1, 2))]
    random = np.random.default_rng(5)
    jobs = []
    for day in range(40):
        at = day * DAY_S + np.sort(random.integers(0, DAY_S, 160))
        jobs += [("ab"[i % 2], int(t), int(random.lognormal(9.6, 0.4)), 1, 8) for i, t in enumerate(at)]
    return pool_of(where, nodes, [f"{HEAD},memory_gib", *jobs], ONE_QUEUE)


def busy_service(where):
    """A service whose hours of demand need more than its member's machines, beside another's jobs that can wait."""
    rates = [2] * 8 + [12] * 8 + [2] * 8
    header = ",".join(["id,member,gpu,service_s,p99_s,replicas_min,replicas_max", *(f"rate:{h}" for h in range(24))])
    table = f"{header}\nchat,a,1,0.5,3,1,10,{','.join(map(str, rates))}\n"
    nodes = ["id,owner,flavor,gpu", "a1,a,x,4", "b1,b,x,4", "b2,b,x,4"]
    random = np.random.default_rng(6)
    jobs = [("b", d * DAY_S + int(t), 3000, 1) for d in range(30) for t in np.sort(random.integers(0, DAY_S, 20))]
    return pool_of(where, nodes, [HEAD, *jobs], '[queue]\ndiscipline = "skip_fifo"\nservices = "own"\n', services=table)


def unequal_claims(where):
    """Two claims for more than there is, divided by priority: one member gets nothing."""
    where.mkdir(exist_ok=True)
    (where / "charter.toml").write_text('[policy]\nname = "demand_priority"\n', "utf-8")
    (where / "members.csv").write_text("id\nhigh\nlow\n", "utf-8")
    (where / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,high,x,8\nn2,low,y,8\n", "utf-8")
    (where / "claims.csv").write_text(
        "id,member,tasks,gpu,priority,speed:x,speed:y\nc1,high,15,1,9,1,2\nc2,low,15,1,1,1,2\n", "utf-8"
    )
    return directory.read(where)


def wide_beside_small(where, second="wide"):
    """One member asks for most, in gangs of more than half of the pool: a limit of a half would never start them."""
    nodes = ["id,owner,flavor,gpu", "w1,wide,x,4", f"w2,{second},x,4", "s1,small,x,4", "t1,tiny,x,2"]
    random = np.random.default_rng(7)
    jobs = []
    for day in range(40):
        jobs += [("wide", day * DAY_S + k * 9000, int(random.lognormal(9.4, 0.5)), 8) for k in range(4)]
        jobs += [("wide", day * DAY_S + k * 3000, int(random.lognormal(9.0, 0.5)), 1) for k in range(10)]
        jobs += [
            (m, day * DAY_S + int(random.integers(0, 50_000)), 2000, 1) for m in ("small", "tiny") for _ in range(8)
        ]
    return pool_of(where, nodes, [HEAD, *sorted(jobs, key=lambda row: row[1])], '[queue]\ndiscipline = "skip_fifo"\n')
