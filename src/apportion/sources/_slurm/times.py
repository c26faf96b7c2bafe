"""When was that, and how long did it last? Moments and spans as Slurm prints them."""

import polars as pl

from apportion.errors import BadInput

HOUR = 3600


def seconds(said: pl.Expr, zone: str) -> pl.Expr:
    """Read a moment as seconds since 1970: ``2025-03-01T06:30:00``, one with an offset, or seconds.

    A moment without an offset is by the clock of `zone`, or of UTC if that is empty; one that was shown twice when a
    clock was set back is the first of the two.
    """
    clock = said.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    local = clock.dt.replace_time_zone(zone or "UTC", ambiguous="earliest", non_existent="null")
    offset = said.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", strict=False)
    epoch = pl.when(said.str.contains(r"^[0-9]{9,11}$")).then(said).cast(pl.Int64, strict=False)
    return pl.coalesce(epoch, local.dt.epoch("s"), offset.dt.epoch("s"))


def span(said: pl.Expr) -> pl.Expr:
    """Read a span as seconds: ``[days-]hours:minutes:seconds``, ``minutes:seconds``, or seconds; null where it is none.

    >>> pl.select(span(pl.Series(["1-02:00:00", "05:30.250", "90", "UNLIMITED"]))).to_series().to_list()
    [93600, 330, 90, None]
    """
    part = said.str.extract_groups(r"^(?:([0-9]+)-)?(?:([0-9]+):)?([0-9]+):([0-9]+)(?:\.[0-9]+)?$")
    days, hours, minutes, rest = (part.struct.field(f"{i}").cast(pl.Int64, strict=False) for i in range(1, 5))
    spelled = days.fill_null(0) * 24 * HOUR + hours.fill_null(0) * HOUR + minutes * 60 + rest
    return pl.coalesce(said.cast(pl.Int64, strict=False), spelled)


def check_zone(zone: str) -> None:
    """Refuse a time zone that nobody knows.

    Raises
    ------
    BadInput
        if it is not the name of a time zone.
    """
    try:
        pl.select(pl.lit("2025-01-01").str.to_datetime("%Y-%m-%d").dt.replace_time_zone(zone or "UTC"))
    except pl.exceptions.PolarsError:
        raise BadInput(f'there is no time zone "{zone}"', "option zone", "write one such as Europe/Berlin") from None
