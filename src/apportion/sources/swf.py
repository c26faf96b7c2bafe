"""Standard Workload Format: one job a line, columns by number; members are groups, users or queues."""

import re
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import text
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text
from apportion.errors import BadInput, Fault, nearest
from apportion.sources._columns import Columns
from apportion.sources._derived import check_count, member_rows, nodes_for
from apportion.sources._files import Table, framed, listed, table, text_of
from apportion.sources._findings import SHOWN, Findings
from apportion.sources._tables import assemble

FIELDS = 18
NUMBER, SUBMIT, RUN, ALLOCATED, REQUESTED, USER, GROUP, QUEUE = 1, 2, 4, 5, 8, 12, 13, 15  # places of the standard
QUEUE_NAME = 20  # where the Alea simulator writes a queue's name when its number is unknown
MEMBERS = {"group": (GROUP,), "user": (USER,), "queue": (QUEUE, QUEUE_NAME)}
UNKNOWN = "-1"
NODE_SIZE = 16


def read(*paths: Path, member: str = "group", load: float = 0.8) -> Pool:
    """Read one ``.swf`` or ``.swf.gz`` file.

    A job is as many workers of one cpu as it was allocated processors (as it requested, where that is unknown). Jobs whose
    submission, run time or processors are unknown (−1) are left out and counted. The pool is what the header says
    (``MaxProcs``, ``MaxNodes``); without it, as many nodes of 16 processors as the jobs load to `load`. Nobody owns a node
    and all members have equal standing. Memory is left out: traces disagree about its unit.

    Parameters
    ----------
    member : ``group``, ``user`` or ``queue``: which column names a job's member

    Source: Chapin et al., Benchmarks and Standards for the Evaluation of Parallel Job Schedulers (JSSPP 1999).

    Raises
    ------
    BadInput
        with every fault of the file.
    """
    if member not in MEMBERS:
        raise BadInput(f'no column is called "{member}"', "option member", nearest(member, list(MEMBERS)))
    findings = Findings()
    path = _file(paths)
    header, lines = _lines(path)
    jobs = _jobs(lines, member, findings)
    findings.raise_any()
    known = jobs.filter(pl.col("known")).drop("known").sort("submit_s", maintain_order=True)
    left_out = len(jobs) - len(known)
    members = sorted(set(known["member"]))
    _tell(left_out, members, member, path.name, findings)
    sizes, said = _sizes(header, known, load)
    tables = {
        "members": table("members.csv", member_rows(members)),
        "nodes": table("nodes.csv", _nodes(sizes)),
        "jobs": table("jobs.csv", known.with_columns(cpu=pl.lit(1))),
    }
    return assemble(_charter(path.name, member, left_out, said), tables, findings)


def _file(paths: tuple[Path, ...]) -> Path:
    files = listed(paths, "*.swf")
    if len(files) != 1:
        raise BadInput(f"a workload is one file, and here are {len(files)}", mend="name one file")
    return files[0]


def _lines(path: Path) -> tuple[dict[str, str], Table]:
    """Take a file apart: its header (``; MaxProcs: 128``), and its lines as columns called 1, 2, …"""
    every = text_of(path).splitlines()
    header = {found[1]: found[2] for line in every if (found := re.match(r"\s*;\s*(\w+):\s*(.*)", line))}
    rows = np.array([i for i, line in enumerate(every, 1) if not re.match(r"\s*(;|$)", line)], dtype=np.int64)
    cells = [every[i - 1].split(maxsplit=QUEUE_NAME) for i in rows.tolist()]
    short = [(int(row), len(line)) for row, line in zip(rows, cells, strict=True) if len(line) < FIELDS]
    if short:
        mend = f"a line of this format has {FIELDS} fields, −1 where one is unknown"
        raise BadInput(Fault(f"has {found} fields", f"{path.name}:{row}", mend) for row, found in short[:SHOWN])
    columns = {
        str(k): [line[k - 1] if len(line) >= k else UNKNOWN for line in cells]
        for k in (*range(1, FIELDS + 1), QUEUE_NAME)
    }
    return header, table(path.name, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), rows)


def _jobs(lines: Table, member: str, findings: Findings) -> pl.DataFrame:
    columns = Columns(lines, findings)
    submit, run, allocated, requested = (columns.whole(str(k), least=None) for k in (SUBMIT, RUN, ALLOCATED, REQUESTED))
    processors = np.where(allocated > 0, allocated, requested)
    name = pl.lit(UNKNOWN)
    for k in reversed(MEMBERS[member]):
        name = pl.when(pl.col(str(k)) != UNKNOWN).then(pl.col(str(k))).otherwise(name)
    known = pl.when(name == UNKNOWN).then(pl.lit("unknown")).otherwise(name)
    who = lines.cells.select(f"{member}-" + known).to_series()
    return framed(
        {
            "id": columns.ids(str(NUMBER)),
            "member": text(who.to_list()),
            "submit_s": submit,
            "duration_s": run,
            "workers": processors,
            "known": (submit >= 0) & (run >= 0) & (processors > 0),
        }
    )


def _tell(left_out: int, members: list[str], member: str, name: str, findings: Findings) -> None:
    if left_out:
        findings.notice(f"jobs without a submission, a run time or processors were left out: {left_out:,}", name)
    if len(members) == 1:
        rest = " or ".join(f"member={other}" for other in MEMBERS if other != member)
        findings.notice(f"all jobs are of one member, {members[0]}", name, f"to divide among others: {rest}")


def _sizes(header: dict[str, str], jobs: pl.DataFrame, load: float) -> tuple[list[int], str]:
    """Say how many processors each node has, and how that is known."""
    processors, nodes = (_count(header, key) for key in ("MaxProcs", "MaxNodes"))
    if processors:
        count = check_count(nodes or -(-processors // NODE_SIZE), "header of the file")
        return [(processors + i) // count for i in reversed(range(count))], "as the header of the file says"
    work = sum(d * w for d, w in zip(jobs["duration_s"].to_list(), jobs["workers"].to_list(), strict=True))
    submit = jobs["submit_s"].to_list() or [0]
    largest = max(jobs["workers"].to_list(), default=0)
    count = nodes_for(work, max(submit) - min(submit), largest, load, NODE_SIZE)
    said = (
        f"the file names none: max(ceil(sum of run time x processors / ({decimal_text(load)} x H x {NODE_SIZE})), "
        f"ceil(largest job / {NODE_SIZE})) nodes of {NODE_SIZE}, H from first to last submission"
    )
    return [NODE_SIZE] * count, said


def _count(header: dict[str, str], key: str) -> int:
    """Read a number of the header, 0 where it is missing or unknown."""
    digits = re.match(r"[0-9]{1,18}", header.get(key, ""))
    return int(digits.group()) if digits else 0


def _nodes(sizes: list[int]) -> pl.DataFrame:
    names = [f"node-{i:04d}" for i in range(1, len(sizes) + 1)]
    return pl.DataFrame({"id": names, "flavor": ["cpu"] * len(sizes), "cpu": sizes})


def _charter(name: str, member: str, left_out: int, said: str) -> Charter:
    return Charter(
        name=name.split(".", maxsplit=1)[0],
        entitlements=Entitlements("equal"),
        assumptions={
            "members": f"the {member} of a job stands for its member",
            "nodes": said,
            "entitlements": "the trace names no owners: nodes belong to nobody, and all members have equal standing",
            "gangs": "a job is as many workers of one cpu as it had processors",
            "left_out": f"{left_out} jobs without a submission, a run time or processors; memory, whose unit is not sure",
        },
    )
