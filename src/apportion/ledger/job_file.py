"""How is it written down what became of each job?"""

import gzip
import io
from itertools import pairwise
from pathlib import Path

import polars as pl

from apportion.domain.history import Replay
from apportion.domain.pool import Pool
from apportion.domain.schedule import NEVER
from apportion.domain.tables import Jobs
from apportion.errors import BadInput
from apportion.ledger.files import write_whole


def job_frame(pool: Pool, replay: Replay) -> pl.DataFrame:
    """Show one row a job in the order of the pool's table; start, end and wait are empty for a job that did not run.

    `nodes` names the nodes on which it ran last, with ``×n`` behind one that held n of several workers; it is empty where
    placement counts nodes as one.
    """
    jobs, schedule = pool.jobs, replay.pooled
    if jobs is None:
        raise BadInput("this pool has no jobs", "jobs.csv", "add jobs.csv")
    started = schedule.start_s != NEVER
    wait = schedule.end_s - jobs.submit_s - schedule.held_s
    frame = pl.DataFrame(
        {
            "id": pl.Series(jobs.id.tolist(), dtype=pl.String),
            "member": pl.Series(pool.members.id[jobs.member].tolist(), dtype=pl.String),
            "submit_s": jobs.submit_s,
            "start_s": schedule.start_s,
            "end_s": schedule.end_s,
            "wait_s": wait,
            "preemptions": schedule.preemptions,
            "nodes": pl.Series(_nodes(pool, replay, jobs), dtype=pl.String),
        }
    )
    times = ("start_s", "end_s", "wait_s")
    return frame.with_columns(pl.when(pl.Series(started)).then(pl.col(name)).alias(name) for name in times)


def _nodes(pool: Pool, replay: Replay, jobs: Jobs) -> list[str]:
    places, held = replay.places, replay.held
    if places is None or held is None or not len(places.names):
        return [""] * len(jobs)
    name = pool.nodes.id[places.names[held.place]].tolist()
    told = [n if w == 1 else f"{n}×{w}" for n, w in zip(name, held.workers.tolist(), strict=True)]
    bounds = held.begin.tolist()
    return [" ".join(told[a:b]) for a, b in pairwise(bounds)]


def check_format(path: Path) -> None:
    """Refuse a name that tells no format, before anything is worked out."""
    if not path.name.endswith((".parquet", ".csv", ".csv.gz")):
        raise BadInput(f"cannot tell the format of {path.name}", "--jobs-out", "end it in .csv, .csv.gz or .parquet")


def write_jobs(path: Path, pool: Pool, replay: Replay) -> None:
    """Write the rows as .csv, .csv.gz or .parquet, by the name of the file."""
    check_format(path)
    frame = job_frame(pool, replay)
    content = io.BytesIO()
    if path.name.endswith(".parquet"):
        frame.write_parquet(content)
        write_whole(path, content.getvalue())
    else:
        frame.write_csv(content)
        packed = path.suffix == ".gz"
        write_whole(path, gzip.compress(content.getvalue(), 6, mtime=0) if packed else content.getvalue())
