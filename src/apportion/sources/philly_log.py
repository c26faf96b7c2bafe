"""Microsoft Philly as published: ``cluster_job_log``, JSON with every attempt of every job, and the list of machines."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.errors import BadInput, Fault
from apportion.sources._columns import Columns
from apportion.sources._derived import SPLIT, member_rows
from apportion.sources._files import Table, load_all, table, text_of
from apportion.sources._findings import SHOWN, Findings
from apportion.sources._moments import PLAIN, asked, between, stream
from apportion.sources._tables import assemble

MACHINE, GPUS, MEMORY = "machineId", "number of GPUs", "single GPU mem"
LOG, MACHINES = "cluster_job_log", "cluster_machine_list"


class Ran(NamedTuple):
    """What the log says of one job."""

    id: str
    member: str
    user: str
    at: datetime | None
    duration_s: int
    gang: int


SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "member": pl.String(),
        "user": pl.String(),
        "at": pl.Datetime("us"),
        "duration_s": pl.Int64(),
        "gang": pl.Int64(),
    }
)


def read(*paths: Path, since: str = "", until: str = "") -> Pool:
    """Read ``cluster_job_log`` and the ``cluster_machine_list`` beside it, or both by name, the log first.

    A virtual cluster is a member. The trace does not say which machines are whose: nobody owns one, and all members have
    equal standing; a flavor is the memory of one GPU. A job runs as long as all its attempts together and on as many GPUs as
    its largest one. Jobs that were not seen to be submitted, to run and to end are left out and counted. Submissions are in
    seconds from the first job that is kept. Jobs stand by time, at equal times in the order of the log.

    Parameters
    ----------
    since, until : keep jobs submitted from this moment to before that one, as ``2017-10-01`` or ``2017-10-01 06:30:00``

    Source: Jeon et al., Analysis of Large-Scale Multi-Tenant GPU Clusters (USENIX ATC 2019); fields as described in
    github.com/msr-fiddle/philly-traces. Never run on the original.

    Raises
    ------
    BadInput
        with the faults of both files.
    """
    findings = Findings()
    asked_for = between(since, until)
    log, machines = _files(paths)
    (listed_nodes,) = load_all([(machines, (MACHINE, GPUS, MEMORY))], findings)
    nodes, jobs = _nodes(listed_nodes, findings), _jobs(log)
    findings.raise_any()
    ran = jobs.filter(pl.col("at").is_not_null() & (pl.col("gang") > 0) & (pl.col("duration_s") >= 0))
    left_out = len(jobs) - len(ran)
    if left_out:
        findings.notice(
            f"jobs that were not seen to be submitted, to run and to end were left out: {left_out:,}", log.name
        )
    kept = stream(ran.filter(asked_for))
    return assemble(
        _charter(left_out, since, until),
        {
            "members": table("members.csv", member_rows(sorted(set(ran["member"])))),
            "nodes": table("nodes.csv", nodes),
            "jobs": table("jobs.csv", kept),
        },
        findings,
    )


def _files(paths: tuple[Path, ...]) -> tuple[Path, Path]:
    """Find the log of jobs and the list of machines."""
    given = [Path(path) for path in paths]
    if len(given) == 2:
        return given[0], given[1]
    if len(given) != 1:
        raise BadInput(
            f"a job log and a list of machines are needed, and {len(given)} paths are given", mend="name both"
        )
    where = given[0] if given[0].is_dir() else given[0].parent
    log = where / LOG if given[0].is_dir() else given[0]
    found = sorted(where.glob(f"{MACHINES}*"))
    if not log.exists() or len(found) != 1:
        raise BadInput(
            f"there is no {LOG} with one {MACHINES} beside it", str(given[0]), "name both files, the log first"
        )
    return log, found[0]


def _nodes(part: Table, findings: Findings) -> pl.DataFrame:
    columns = Columns(part, findings)
    memory = [str(cell).upper().removesuffix("GB").strip() for cell in columns.text(MEMORY, need=True)]
    return pl.DataFrame(
        {
            "id": columns.ids(MACHINE).tolist(),
            "flavor": [f"gpu-{gigabytes}g" for gigabytes in memory],
            "gpu": columns.whole(GPUS, least=1, need=True),
            "gpu_memory_gib": memory,
        }
    )


def _jobs(path: Path) -> pl.DataFrame:
    """Read the log.

    Raises
    ------
    BadInput
        if it is no list of jobs, or one of them is not what the format says; the first of those by their number.
    """
    try:
        said = json.loads(text_of(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"is not JSON: {error}", path.name, "fetch or unpack it again") from None
    if not isinstance(said, list):
        raise BadInput("is not a list of jobs", path.name, f"name {LOG} of the trace")
    ran: list[Ran] = []
    faults: list[Fault] = []
    for number, job in enumerate(said, 1):
        try:
            ran.append(_ran(job))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            what = f"is not what the format says: {type(error).__name__} {error}"
            faults.append(Fault(what, f"{path.name}, job {number}", "mend or remove it"))
    if faults:
        raise BadInput(faults[:SHOWN])
    return pl.DataFrame(ran, schema=SCHEMA, orient="row")


def _ran(job: Any) -> Ran:
    attempts = job["attempts"]
    lasted = list(_lasted(attempts))
    gang = max((sum(len(part["gpus"]) for part in one["detail"]) for one in attempts), default=0)
    complete = lasted and None not in lasted
    return Ran(
        str(job["jobid"]),
        str(job["vc"]),
        str(job["user"]),
        _moment(job["submitted_time"]),
        sum(seconds for seconds in lasted if seconds is not None) if complete else -1,
        gang,
    )


def _lasted(attempts: list[dict[str, Any]]) -> Iterator[int | None]:
    """Say how long each attempt ran; None if the log does not know, or says that it ended before it began."""
    for attempt in attempts:
        start, end = _moment(attempt["start_time"]), _moment(attempt["end_time"])
        yield int((end - start).total_seconds()) if start and end and end >= start else None


def _moment(said: str | None) -> datetime | None:
    return None if said in {None, "", "None"} else datetime.strptime(str(said), PLAIN)  # noqa: DTZ007  # it names no zone


def _charter(left_out: int, since: str, until: str) -> Charter:
    assumptions = {
        "nodes": "the machines as listed; the trace does not say whose they are, so nobody owns one",
        "entitlements": "all virtual clusters have equal standing",
        "times": "seconds from the first job kept, by the clock on the wall: the trace names no time zone",
        "durations": "those of all attempts of a job together, on as many GPUs as the largest attempt had",
        "gangs": SPLIT,
        "left_out": f"{left_out} jobs that were not seen to be submitted, to run and to end",
    }
    assumptions |= asked(since, until)
    return Charter(name="Philly, from its job log", entitlements=Entitlements("equal"), assumptions=assumptions)
