"""How many grams of CO2e a kilowatt-hour does a table tell, hour by hour?

Two kinds of files are read. A plain one has the columns ``hour`` (whole numbers that follow on each other), ``g_per_kwh``,
and if wanted ``lifecycle_g_per_kwh`` and ``region``. One of Electricity Maps has ``Datetime (UTC)``, ``Zone Id`` and the
intensities called direct and LCA (in later files ``Life cycle``).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Ints, Text
from apportion.domain.intensity import HOUR_S, Intensity
from apportion.errors import BadInput, Fault
from apportion.sources._columns import Columns
from apportion.sources._files import Table, load
from apportion.sources._findings import Findings

HOUR, REGION, DIRECT, LIFECYCLE = "hour", "region", "g_per_kwh", "lifecycle_g_per_kwh"
PUBLISHED = {  # header in lower case → our column
    "datetime (utc)": HOUR,
    "zone id": REGION,
    "carbon intensity gco₂eq/kwh (direct)": DIRECT,
    "carbon intensity gco₂eq/kwh (lca)": LIFECYCLE,
    "carbon intensity gco₂eq/kwh (life cycle)": LIFECYCLE,
}
GRAM_PLACES = 3  # milligrams
MOST_MG = 100_000_000  # 100 kg a kWh; the worst fuel is near 2
MOST_HOURS = 100_000  # eleven years
DATED_FROM = 20 * 366 * 24  # 1990 in hours since 1970: older than any file, later than any count of hours
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Rows:
    """One file: its hours, regions and grams (K,), the hours as numbers whatever they are written as."""

    def __init__(self, table: Table, findings: Findings) -> None:
        dated = HOUR not in table.cells.columns
        named = _renamed(table) if dated else table
        columns = Columns(named, findings)
        self.columns = columns
        self.hour = _dated(columns) if dated else columns.whole(HOUR, least=None, need=True)
        self.region = columns.text(REGION)
        self.direct = _grams(columns, DIRECT)
        self.lifecycle = _grams(columns, LIFECYCLE) if LIFECYCLE in columns else None
        if not dated:
            columns.only((HOUR, REGION, DIRECT, LIFECYCLE), ())


def read_intensity(paths: Sequence[Path], start: str | None = None) -> tuple[Intensity, tuple[Fault, ...]]:
    """Read one table from one or several files, and what is worth telling of them.

    Parameters
    ----------
    start : the hour that is second 0 of the trace's clock: a number as in ``hour``, or a date and hour (UTC); by default the
        first

    Raises
    ------
    BadInput
        for what cannot be read, hours that are missing or told twice, regions of which not all hours are told, or a start
        that is not in the table.
    """
    findings = Findings()
    tables = [load(path, findings) for path in paths]
    findings.raise_any()
    files = [Rows(table, findings) for table in tables if table is not None]
    findings.raise_any()
    region = np.concatenate([file.region for file in files])
    hour = np.concatenate([file.hour for file in files])
    name = ", ".join(path.name for path in paths)
    order, regions = _in_order(region, hour, name)
    first = _first(hour[order[:, 0]], start)

    def laid_out(each: list[Ints]) -> Ints:
        return np.roll(np.concatenate(each)[order], -first, axis=0)

    lifecycle = [file.lifecycle for file in files if file.lifecycle is not None]
    if 0 < len(lifecycle) < len(files):
        raise BadInput("some files tell the life cycle and some do not", name, "give files that tell the same")
    direct = laid_out([file.direct for file in files])
    return Intensity(regions, direct, laid_out(lifecycle) if lifecycle else None), tuple(findings.notices)


def _renamed(table: Table) -> Table:
    """Give published headers our names."""
    ours = {header: PUBLISHED[header.lower()] for header in table.cells.columns if header.lower() in PUBLISHED}
    if len(set(ours.values())) < len(ours) or not {HOUR, DIRECT} <= set(ours.values()):
        raise BadInput(
            "is no table of carbon intensity",
            table.name,
            f"write the columns {HOUR}, {DIRECT} and if wanted {LIFECYCLE} and {REGION}, or take an hourly file of "
            "Electricity Maps as it is",
        )
    return replace(table, cells=table.cells.rename(ours), heading={our: header for header, our in ours.items()})


def _dated(columns: Columns) -> Ints:
    """Read dates as hours since 1970."""
    cells = pl.Series(columns.text(HOUR, need=True).tolist(), dtype=pl.String)
    seconds = cells.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).dt.epoch("s")
    wrong = (seconds.is_null() | (seconds % HOUR_S != 0)).fill_null(value=True) & (cells != "")
    columns.wrong(HOUR, wrong.to_numpy(), lambda i: f'"{cells[i]}" is no full hour', "write 2022-01-31 23:00:00")
    return np.asarray(seconds.fill_null(0).to_numpy() // HOUR_S, dtype=np.int64)


def _grams(columns: Columns, name: str) -> Ints:
    milligrams = columns.whole(name, places=GRAM_PLACES, need=True)
    columns.wrong(name, milligrams > MOST_MG, lambda _: "more than 100 kg a kilowatt-hour", "check its unit: grams")
    return milligrams


def _in_order(region: Text, hour: Ints, name: str) -> tuple[Ints, tuple[str, ...]]:
    """Find the row of each hour and region: (H, G), hours ascending, and the names of the regions (G,).

    Raises
    ------
    BadInput
        if hours are missing or told twice, or not all regions tell the same ones.
    """
    regions, at = np.unique(region.astype(str), return_inverse=True)
    if not len(hour):
        raise BadInput("tells no hour", name, "write at least one row")
    rows = [np.flatnonzero(at == g) for g in range(len(regions))]
    rows = [own[np.argsort(hour[own], kind="stable")] for own in rows]
    faults = [_gap(hour[own], str(one), name) for one, own in zip(regions, rows, strict=True)]
    whole = hour[rows[0]]
    faults += [
        Fault(f"{_of(one)} tells other hours than {_of(regions[0])}", name, "give the same hours for every region")
        for one, own in zip(regions, rows, strict=True)
        if not np.array_equal(hour[own], whole)
    ]
    if len(whole) > MOST_HOURS:
        faults.append(Fault(f"tells more than {MOST_HOURS:,} hours", name, "cut it to those that are needed"))
    found = [fault for fault in faults if fault is not None]
    if found:
        raise BadInput(found)
    return np.column_stack(rows), tuple(map(str, regions))


def _gap(hours: Ints, region: str, name: str) -> Fault | None:
    steps = np.diff(hours)
    wrong = np.flatnonzero(steps != 1)
    if not len(wrong):
        return None
    at = int(wrong[0])
    what = "told twice" if steps[at] == 0 else "missing behind it"
    said = f"{_of(region)}: hour {_written(int(hours[at]))}, {what}; {len(wrong)} such places"
    return Fault(said, name, "tell every hour once, without gaps")


def _of(region: str) -> str:
    return f'region "{region}"' if region else "the table"


def _first(hours: Ints, start: str | None) -> int:
    """Find the row of the hour that is second 0.

    Raises
    ------
    BadInput
        if there is no such hour.
    """
    if start is None:
        return 0
    at = int(start) - int(hours[0]) if re.fullmatch(r"[+-]?\d{1,9}", start) else _date(start) - int(hours[0])
    if not 0 <= at < len(hours):
        between = f"{_written(int(hours[0]))} to {_written(int(hours[-1]))}"
        raise BadInput(f'"{start}" is not in the table', "--carbon-start", f"it tells the hours {between}")
    return at


def _date(start: str) -> int:
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise BadInput(
            f'"{start}" is no hour', "--carbon-start", 'write the number of an hour, or "2022-01-31 23:00"'
        ) from None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - FIRST
    if since.total_seconds() % HOUR_S:
        raise BadInput(f'"{start}" is no full hour', "--carbon-start", 'write for example "2022-01-31 23:00"')
    return int(since.total_seconds()) // HOUR_S


def _written(hour: int) -> str:
    """Write an hour as its number, or as a date if it can only be hours since 1970."""
    if hour < DATED_FROM:
        return str(hour)
    return f"{datetime.fromtimestamp(hour * HOUR_S, UTC):%Y-%m-%d %H:%M}"
