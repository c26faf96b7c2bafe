"""Which stream of jobs do sacct's rows make? Attempts become one job, arrays one job a task, and gangs workers."""

from dataclasses import dataclass

import polars as pl

from apportion.sources._findings import Findings
from apportion.sources._unfinished import lasting_as

STOPPED = ("REQUEUED", "PREEMPTED", "NODE_FAIL", "BOOT_FAIL")  # after these, a job of the same id goes on
PART = r"[0-9]{1,8}(?:-[0-9]{1,8}(?::[1-9][0-9]{0,7})?)?"
ARRAY = rf"^([0-9]+)_\[({PART}(?:,{PART})*)(?:,\.\.\.)?(?:%[0-9]+)?\]$"
MOST_TASKS = 4_000_001  # of one array, as slurm.conf(5) says of MaxArraySize
MILLI_GIB = 1024**2  # KiB in a GiB


@dataclass(frozen=True, eq=False)
class Stream:
    """Jobs as rows of jobs.csv, and in words what was made of sacct's rows."""

    jobs: pl.DataFrame
    said: dict[str, str]


def make_stream(rows: pl.DataFrame, waiting: str, findings: Findings) -> Stream:
    """Make jobs of rows; `waiting` says how long those will run that have not begun: ``median``, ``limit``, or ``out``."""
    rows = _once(rows, findings)
    never = rows.filter(pl.col("went") == "never")
    if len(never):
        findings.notice(f"jobs that ended before they began were left out: {len(never):,}", "sacct")
    whole = _attempts(_tasks(rows.filter(pl.col("went") != "never"), findings), findings)
    lasting, said = lasting_as(whole, waiting, ("member",), "sacct", findings)
    jobs = _gangs(lasting).sort("at", maintain_order=True)
    said |= {"left_out": f"jobs that ended before they began: {len(never):,}"} if len(never) else {}
    return Stream(jobs.with_columns(submit_s=pl.col("at") - pl.col("at").min()), said | _limits(whole))


def _once(rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Count a job once that several tables hold, as the one says that tells its latest state."""
    key = ["cluster", "id", "submit"]
    began = pl.col("start").fill_null(-1)
    late = pl.col("went").replace_strict({"waits": 0, "runs": 1, "never": 2, "ended": 3}, return_dtype=pl.Int8)
    ranked = rows.with_columns(late.alias("late"), began.alias("began")).with_row_index("order")
    if not ranked.select(pl.struct(key).is_duplicated().any()).item():
        return rows
    last = ranked.sort("late", "order").unique([*key, "began"], keep="last", maintain_order=True)
    superseded = (pl.col("late") == 0) & (pl.col("late").max().over(key) > 0)
    left = last.filter(~superseded).sort("order").drop("late", "began", "order")
    if len(rows) > len(left):
        findings.notice(
            f"rows that another row repeats, or tells the later state of, were left out: {len(rows) - len(left):,}",
            "sacct",
        )
    return left


def _tasks(rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Write out the tasks of an array that wait in one row, ``12_[3,5-9:2%2]``."""
    array = rows["id"].str.contains(ARRAY)
    if not array.any():
        return rows
    held = rows.filter(array)
    numbers = [expand(said)[:MOST_TASKS] for said in held["id"].str.extract(ARRAY, 2)]
    stem = pl.col("id").str.extract(ARRAY, 1)
    task = pl.Series("task", numbers, dtype=pl.List(pl.Int64))
    written = held.with_columns(task).explode("task")
    written = written.with_columns(id=stem + "_" + pl.col("task").cast(pl.String)).drop("task")
    cut = held["id"].str.contains("...", literal=True).sum()
    if cut:
        findings.notice(
            f"arrays of which Slurm lists a part of the tasks only: {cut:,}", "sacct", "only these are there"
        )
    findings.notice(f"tasks that wait in one row for their array, written out: {len(written):,}", "sacct")
    return pl.concat([rows.filter(~array), written])


def expand(said: str) -> list[int]:
    """Write out the numbers of an array, each once.

    >>> expand("3,5-9:2")
    [3, 5, 7, 9]
    """
    found: dict[int, None] = {}
    for part in said.split(","):
        bounds, _, step = part.partition(":")
        first, _, last = bounds.partition("-")
        numbers = range(int(first), int(last or first) + 1, int(step or 1))
        found |= dict.fromkeys(numbers[:MOST_TASKS])
    return list(found)


def _attempts(rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Make one job of the attempts of one: submitted with the first, as large as the last, and as long as all together.

    Attempts are rows of one id of which all but the last were stopped to go on later; other rows of one id are jobs of
    their own, because a controller that starts anew counts from one.
    """
    again = pl.struct("cluster", "id").is_duplicated()
    several = rows.filter(again)
    if not len(several):
        return rows
    ordered = several.sort("submit", maintain_order=True)
    own = (~pl.col("state").is_in(STOPPED)).cast(pl.Int32).shift(1, fill_value=0).cum_sum().over("cluster", "id")
    counted = ordered.with_columns(own.alias("life"))
    took = [pl.col(name).first() for name in ("submit", "eligible")] + [pl.col("lasted").sum()]
    rest = [name for name in rows.columns if name not in {"cluster", "id", "submit", "eligible", "lasted"}]
    joined = counted.group_by("cluster", "id", "life", maintain_order=True).agg(
        *took, *(pl.col(name).last() for name in rest), pl.len().alias("attempts")
    )
    stopped = joined.filter(pl.col("attempts") > 1)
    if len(stopped):
        findings.notice(
            f"jobs were stopped and began again, and stand as one that runs as long as all its attempts: {len(stopped):,}",
            "sacct",
        )
    renamed = (
        pl.when(pl.col("life") > 0).then(pl.col("id") + "#" + (pl.col("life") + 1).cast(pl.String)).otherwise("id")
    )
    return pl.concat([rows.filter(~again), joined.with_columns(id=renamed).select(rows.columns)])


def _gangs(rows: pl.DataFrame) -> pl.DataFrame:
    """Divide what a job held among its workers: one a node, or one a GPU or core where nodes do not divide it."""
    nodes = pl.max_horizontal("node", 1)
    even = (pl.col("gpu") % nodes == 0) & ((pl.col("gpu") > 0) | (pl.col("cpu") % nodes == 0))
    single = pl.when(pl.col("gpu") > 0).then("gpu").otherwise("cpu")
    workers = pl.when(even).then(nodes).otherwise(single)
    other = [name for name in rows.columns if name.startswith("gres/")]
    part = {
        "cpu": pl.col("cpu") * 1000,
        "memory_gib": pl.col("memory_kib") * 1000 // MILLI_GIB,
        "gpu": pl.col("gpu") * 1000,
    }
    part |= {name.replace("gres/", "res:"): pl.col(name).fill_null(0) * 1000 for name in other}
    return rows.with_columns(
        workers.alias("workers"),
        at=pl.max_horizontal(
            "submit", pl.when(pl.col("eligible") <= pl.coalesce("start", "eligible")).then("eligible")
        ),
        duration_s=pl.col("lasted"),
        kind=pl.col("partition"),
    ).with_columns((amount // pl.col("workers")).alias(name) for name, amount in part.items())


def _limits(rows: pl.DataFrame) -> dict[str, str]:
    """Say how much of the time that they asked for jobs used."""
    bounded = rows.filter((pl.col("went") == "ended") & (pl.col("limit") > 0))
    asked = bounded["limit"].sum()
    if not asked:
        return {}
    used = 100 * int(bounded["lasted"].sum()) / int(asked)
    return {"limits": f"jobs that ended used {used:.3g} % of the time that they had asked for"}
