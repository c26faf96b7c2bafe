"""How is it written down what became of each job?"""

import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.pool import Pool
from apportion.domain.schedule import NEVER, Schedule
from apportion.errors import BadInput
from apportion.ledger.files import write_whole


def job_frame(pool: Pool, schedule: Schedule) -> pl.DataFrame:
    """Show one row a job in the order of the pool's table; start, end and wait are empty for a job that did not run."""
    jobs = pool.jobs
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
            "nodes": pl.Series([""] * len(jobs), dtype=pl.String),  # counting places jobs on no node in particular
        }
    )
    times = ("start_s", "end_s", "wait_s")
    return frame.with_columns(pl.when(pl.Series(started)).then(pl.col(name)).alias(name) for name in times)


def write_jobs(path: Path, pool: Pool, schedule: Schedule) -> None:
    """Write the rows as .csv, .csv.gz or .parquet, by the name of the file."""
    frame = job_frame(pool, schedule)
    content = io.BytesIO()
    if path.name.endswith(".parquet"):
        frame.write_parquet(content)
        write_whole(path, content.getvalue())
    elif path.name.endswith((".csv", ".csv.gz")):
        frame.write_csv(content)
        packed = path.suffix == ".gz"
        write_whole(path, gzip.compress(content.getvalue(), 6, mtime=0) if packed else content.getvalue())
    else:
        raise BadInput(f"cannot tell the format of {path.name}", "--jobs-out", "end it in .csv, .csv.gz or .parquet")
