"""Which jobs are in what sacct printed, and which of its rows cannot be meant?"""

import polars as pl

from apportion.sources._findings import Findings
from apportion.sources._slurm.broken import Broken
from apportion.sources._slurm.printed import SACCT, Printed
from apportion.sources._slurm.rows import LINE, read_rows
from apportion.sources._slurm.stream import ARRAY
from apportion.sources._slurm.times import HOUR, seconds, span
from apportion.sources._slurm.tres import as_tres, read_tres

WANTED = {
    "id": ("jobid", "jobidraw"),
    "cluster": ("cluster",),
    "account": ("account",),
    "user": ("user", "uid"),
    "partition": ("partition",),
    "submit": ("submit",),
    "eligible": ("eligible",),
    "start": ("start",),
    "end": ("end",),
    "lasted": ("elapsedraw", "elapsed"),
    "state": ("state",),
    "asked": ("reqtres",),
    "held": ("alloctres",),
    "nodes": ("nnodes", "allocnodes", "reqnodes"),
    "cpus": ("alloccpus", "ncpus", "reqcpus"),
    "memory": ("reqmem",),
    "gres": ("allocgres", "reqgres"),
    "limit": ("timelimitraw", "timelimit"),
}
NEEDED = ("submit", "state")
ENDED = (
    *(
        "COMPLETED",
        "FAILED",
        "TIMEOUT",
        "CANCELLED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "REQUEUED",
        "BOOT_FAIL",
    ),
    *("DEADLINE", "SPECIAL_EXIT", "STOPPED", "LAUNCH_FAILED", "RECONFIG_FAIL"),
)
GOES_ON = ("RUNNING", "COMPLETING", "SUSPENDED", "RESIZING", "SIGNALING", "STAGE_OUT", "CONFIGURING", "POWER_UP_NODE")
WAITS = ("PENDING", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD")
ELSEWHERE = "REVOKED"  # it runs on another cluster of a federation
STEP = r"^[0-9]+(?:[_+][^.]*)?\.[^.\]]"
ID = r"^[0-9]+(?:_[0-9]+|\+[0-9]+)?$"
LONGEST = 10**10  # seconds; nothing ran for three hundred years
GRACE = 24 * HOUR  # what a running job may be beyond its limit before nobody can believe that it runs


def read_jobs(printed: Printed, zone: str, who: str, findings: Findings) -> pl.DataFrame | None:
    """Read what one call of sacct printed; None if it lacks a column, which is a fault.

    Returns
    -------
    rows with ``id``, ``cluster``, ``member``, ``user``, ``partition``; ``submit``, ``eligible``, ``start``, ``end``
    (seconds since 1970); ``lasted`` (seconds; of those that run, up to now), ``limit`` (seconds), ``state``, ``went`` (see
    `_went`); ``named`` (the type of GPU asked for); and the columns of `read_tres` for what was held, or asked by those
    that wait.
    """
    rows, broken = read_rows(printed, WANTED, findings)
    if _lacking(rows, who, printed, findings):
        return None
    rows = _without_steps(rows, printed, findings)
    read = rows.with_columns(
        pl.col("state").str.extract(r"^([A-Z_]+)"),
        pl.col(who).alias("member"),
        *(seconds(_or_nothing(rows, name), zone).alias(name) for name in ("submit", "eligible", "start", "end")),
        span(_or_nothing(rows, "lasted")).alias("lasted"),
        _limit(_or_nothing(rows, "limit")).alias("limit"),
        *(_or_nothing(rows, name).alias(name) for name in ("user", "partition", "cluster")),
        *(_or_nothing(rows, name).is_not_null().alias(f"said_{name}") for name in ("start", "end")),
        (_or_nothing(rows, "held").is_null() if "held" in rows.columns else pl.lit(value=False)).alias("held_nothing"),
    )
    read = read.with_columns(
        pl.coalesce("lasted", pl.col("end") - pl.col("start"), pl.when(pl.col("said_start").not_()).then(0))
    ).with_columns(_went().alias("went"))
    return _kept(_with_tres(read), broken, who)


def _lacking(rows: pl.DataFrame, who: str, printed: Printed, findings: Findings) -> bool:
    """Tell which columns there should have been."""
    there = set(rows.columns)
    lacks = [f'"{name.title()}"' for name in (*NEEDED, who) if name not in there]
    if "lasted" not in there and not {"start", "end"} <= there:
        lacks.append('"ElapsedRaw" (or "Start" and "End")')
    if not there & {"held", "asked", "cpus"}:
        lacks.append('"AllocTRES" (or "ReqTRES", or "AllocCPUS" with "ReqMem" and "NNodes")')
    if lacks:
        findings.fault(f"no column {', '.join(lacks)}", printed.name, f"print it again, with: {SACCT}")
    return bool(lacks)


def _without_steps(rows: pl.DataFrame, printed: Printed, findings: Findings) -> pl.DataFrame:
    """Leave out the steps of jobs, and headers that stand again where files were joined."""
    rows = rows.filter(~pl.col("id").str.to_lowercase().is_in(["jobid", "jobidraw"]).fill_null(value=False))
    step = rows["id"].str.contains(STEP).fill_null(value=False)
    if step.any():
        what = f"rows are steps of jobs, which are in their jobs already, and were left out: {step.sum():,}"
        findings.notice(what, printed.name, "say --allocations to sacct, and the file is much smaller")
    return rows.filter(~step)


def _or_nothing(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.String)


def _limit(said: pl.Expr) -> pl.Expr:
    """Read a time limit as seconds; digits alone are minutes, and no limit is null."""
    return pl.when(said.str.contains(r"^[0-9]+$")).then(said.cast(pl.Int64, strict=False) * 60).otherwise(span(said))


def _went() -> pl.Expr:
    """Say what became of a job: it ``runs``, ``waits``, has ``ended``, or ended before it had begun: ``never``."""
    known = dict.fromkeys(GOES_ON, "runs") | dict.fromkeys(WAITS, "waits") | dict.fromkeys(ENDED, "ended")
    became = pl.col("state").replace_strict(known, default=None, return_dtype=pl.String)
    nothing = pl.col("start").is_null() | ((pl.col("lasted") == 0) & pl.col("held_nothing"))
    return pl.when((became == "ended") & nothing).then(pl.lit("never")).otherwise(became)


def _with_tres(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what was held; where nothing was, what was asked for, or what older columns say."""
    asked, held = _or_nothing(rows, "asked"), _or_nothing(rows, "held")
    rows = rows.with_columns(pl.coalesce(held, asked).alias("tres"), asked.alias("asked"))
    old = rows.filter(pl.col("tres").is_null())
    if len(old) and "cpus" in rows.columns:
        names = ("cpus", "memory", "gres", "nodes")
        kinds = old.select(_or_nothing(old, name).fill_null("").alias(name) for name in names).unique()
        written = pl.Series("old", [as_tres(*row) or None for row in kinds.iter_rows()], dtype=pl.String)
        rows = rows.join(
            kinds.with_columns(written),
            left_on=[_or_nothing(rows, name).fill_null("") for name in names],
            right_on=list(names),
            how="left",
            maintain_order="left",
        ).with_columns(pl.coalesce("tres", "old"))
    named = read_tres(rows["asked"]).select(asked="tres", named="type")
    rows = rows.join(read_tres(rows["tres"]), on="tres", how="left", maintain_order="left")
    return rows.join(named, on="asked", how="left", maintain_order="left").drop("tres", "asked")


def _kept(rows: pl.DataFrame, broken: Broken, who: str) -> pl.DataFrame:
    """Leave out the rows that cannot be meant, each by the first reason that holds."""
    again = pl.col("end") + HOUR - pl.col("start") == pl.col("lasted")  # a clock was set back while the job ran
    long = (pl.col("went") == "runs") & (pl.col("lasted") > pl.col("limit") + GRACE)
    reasons = (
        (~pl.col("id").str.contains(f"{ID}|{ARRAY}"), "their JobID is none", "print the table again; do not edit it"),
        (pl.col("state") == ELSEWHERE, "they ran on another cluster of a federation", "import that cluster's records"),
        (pl.col("went").is_null(), "their State is none of Slurm's", "print the table again; do not edit it"),
        (pl.col("member").is_null(), f"they name no {who}", "say whom a job is for: --set member=user"),
        (pl.col("submit").is_null(), "their Submit is no moment", "print them with SLURM_TIME_FORMAT=%s"),
        (
            pl.col("said_start") & pl.col("start").is_null() | pl.col("said_end") & pl.col("end").is_null(),
            "their Start or End is no moment",
            "print them with SLURM_TIME_FORMAT=%s",
        ),
        ((pl.col("end") < pl.col("start")) & ~again.fill_null(value=False), "they end before they start", ""),
        (
            pl.col("lasted").is_null() & (pl.col("went") != "waits") | ~pl.col("lasted").is_between(0, LONGEST),
            "how long they ran is not said",
            "print ElapsedRaw, or Start and End",
        ),
        (long, "they are said to run, and are a day past their limit", "see: sacctmgr show runawayjobs"),
        (pl.col("cpu").is_null(), "what they held is no TRES string", "print AllocTRES and ReqTRES"),
    )
    for reason, what, mend in reasons:
        odd = rows.select(reason.fill_null(value=False).alias("odd")).to_series()
        broken.tell(rows.filter(odd)[LINE], what, mend)
        rows = rows.filter(~odd) if odd.any() else rows
    return rows.select(
        pl.exclude(LINE, "nodes", "cpus", "memory", "gres", "held_nothing", "said_start", "said_end", "account")
    )


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Join the rows of several tables."""
    if not parts:
        return pl.DataFrame(schema={"cluster": pl.String})
    joined = pl.concat(parts, how="diagonal")
    return joined.with_columns(pl.col(name).fill_null(0) for name in joined.columns if name.startswith("gres/"))
