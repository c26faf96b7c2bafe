"""When was that, by the clock on the wall? Moments of a trace, which of them are asked for, and jobs in their order."""

from datetime import datetime

import polars as pl

from apportion.errors import BadInput
from apportion.sources._columns import Columns
from apportion.sources._derived import gangs

PLAIN = "%Y-%m-%d %H:%M:%S"


def moments(columns: Columns, name: str, pattern: str = PLAIN) -> pl.Series:
    """Read a column of moments; a cell that holds none is a fault. Moments with a time zone come as those of UTC."""
    cells = columns.table.cells[name]
    found = cells.str.to_datetime(pattern, time_unit="us", strict=False)
    columns.wrong(
        name,
        found.is_null().to_numpy(),
        lambda i: f'"{cells[i] or ""}" is not a moment',
        "write 2017-10-01 06:30:00" + ("+08:00" if pattern != PLAIN else ""),
    )
    return found.dt.replace_time_zone(None)


def between(since: str, until: str) -> pl.Expr:
    """Ask for the rows whose column ``at`` is from one moment to before another; an empty text sets no bound.

    Raises
    ------
    BadInput
        for a text that is no moment, or one with a time zone.
    """
    asked_for = pl.lit(value=True)
    if since:
        asked_for &= pl.col("at") >= _moment("since", since)
    if until:
        asked_for &= pl.col("at") < _moment("until", until)
    return asked_for


def asked(since: str, until: str) -> dict[str, str]:
    """Say in a charter's words which jobs were asked for; nothing if all were."""
    if not since and not until:
        return {}
    return {"filter": f"jobs from {since or 'the first'} to {f'before {until}' if until else 'the last'}"}


def stream(jobs: pl.DataFrame) -> pl.DataFrame:
    """Make rows of jobs.csv: ``submit_s`` for the moment ``at``, counted from the first, and workers for the ``gang``.

    Rows stand by time, at equal times in the order that they had.
    """
    workers, gpu = gangs(jobs["gang"].to_numpy())
    seconds = (pl.col("at") - pl.col("at").min()).dt.total_seconds()
    written = jobs.with_columns(seconds.alias("submit_s"), pl.Series("workers", workers), pl.Series("gpu", gpu))
    return written.sort("submit_s", maintain_order=True).drop("at", "gang")


def _moment(option: str, said: str) -> datetime:
    """Read a moment as the trace writes it, without a time zone."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise BadInput(f'"{said}" is not a moment', f"option {option}", "write 2017-10-01 06:30:00") from None
    if moment.tzinfo:
        raise BadInput(f'"{said}" has a time zone, and the trace has none', f"option {option}", "leave it out")
    return moment
