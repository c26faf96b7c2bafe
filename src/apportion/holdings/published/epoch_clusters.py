"""Epoch AI, "Data on GPU clusters": a row is a cluster, its owner the holder; groups are country and sector.

| filter | keeps | by default |
|---|---|---|
| `existing` | clusters that exist or have been decommissioned, not those planned | yes |
| `operational` | clusters first operational by the day `at` and not decommissioned by then | yes |
| `standard` | what Epoch AI marks "Include in Standard Analysis" | yes |
| `confirmed`, `likely` | what is confirmed; what is not unlikely | |
| `single` | what is surely one cluster | |
| `unique` | what is not a possible duplicate | |
| `country`, `owner`, `sector` | clusters of which that is named | |

Clusters of which no amount is known are left out always, and counted. Without a path the aggregate that comes with Apportion
is read: it has the same columns, summed over clusters alike in all of them that began in the same month.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from apportion.domain.arrays import Bools, Floats, Text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput
from apportion.holdings.published._filters import Filter, chosen, kept, one_of, together
from apportion.holdings.published._moments import Days, day, days
from apportion.holdings.published._rows import JOINT, digests, flags, given, numbers, shared, tables, words
from apportion.holdings.published._snapshots import shipped, source
from apportion.sources._columns import Columns
from apportion.sources._files import listed
from apportion.sources._findings import Findings

PUBLISHED_AT = "2025-05-31"  # of the headline that is quoted most
AMOUNTS = {  # column, unit of what is read, and how many of the column's one of these is
    "fp16": ("16-bit OP/s", "EFLOP/s at 16 bit", 1e18),
    "h100": ("H100 equivalents", "H100 equivalents", 1.0),
    "power": ("Power Capacity (MW)", "MW", 1.0),
    "cost": ("Hardware Cost", "USD", 1.0),
}
FILTERS = {
    "existing": "status is Existing or Decommissioned",
    "operational": "first operational by {at}, and not decommissioned by then",
    "standard": '"Include in Standard Analysis" is ticked',
    "confirmed": "certainty is Confirmed",
    "likely": "certainty is not Unlikely",
    "single": '"Single cluster?" is Yes',
    "unique": '"Possible Duplicate" is not ticked',
    "country": "the country is named",
    "owner": "the owner is named",
    "sector": "the sector is named",
}
DEFAULT = ("existing", "operational", "standard")
BEGAN, ENDED, MANY = "First Operational Date", "Decommissioned Date (if applicable)", "Clusters"
NEEDED = ("Status", "Certainty", "Country", "Owner", "Sector", BEGAN, ENDED, "Include in Standard Analysis")
TICKS = ("Single cluster?", "Possible Duplicate")


@dataclass(frozen=True, eq=False)
class Clusters:
    """All rows of the table."""

    columns: Columns
    began: Days
    ended: Days
    count: Floats
    amount: Floats
    unit: str
    source: str
    monthly: bool  # an aggregate, which knows months and no days

    def words(self, name: str) -> Text:
        return words(self.columns, name)


def read(
    *paths: Path, at: str = PUBLISHED_AT, amount: str = "fp16", joint: str = "one", without: str = "", also: str = ""
) -> Holdings:
    """Read who held the clusters of a day.

    Parameters
    ----------
    at : the day; a month, quarter or year means its last
    amount : ``fp16``, ``h100``, ``power`` or ``cost`` (the aggregate has the first two)
    joint : what several owners of one cluster are: ``one`` holder, or ``split`` into equal parts
    without, also : filters to take off and to apply too

    Source: epoch.ai/data/gpu-clusters (CC BY 4.0); Pilz, Rahman, Sanders and Heim, *Trends in AI Supercomputers*,
    arXiv:2504.16026.

    Raises
    ------
    BadInput
        with every fault of the file, or if no cluster is left.
    """
    in_force, when = _asked(at, amount, joint, without, also)
    return _counted(_loaded(paths, amount, in_force), when, joint, in_force)


def over_time(
    *paths: Path, at: str = PUBLISHED_AT, amount: str = "fp16", joint: str = "one", without: str = "", also: str = ""
) -> dict[str, Holdings]:
    """Read who held the clusters at the end of each year, and on the day itself; options as `read` has them.

    Raises
    ------
    BadInput
        as `read` does; and without the filter ``operational`` there is no time.
    """
    in_force, last = _asked(at, amount, joint, without, also)
    if "operational" not in in_force:
        raise BadInput('without the filter "operational" there is no time', "--over-time", "keep that filter")
    clusters = _loaded(paths, amount, in_force)
    counted = ~np.isnat(clusters.began) & ~np.isnan(clusters.amount)
    years = [began.year for began in clusters.began[counted].tolist()]
    ends = [date(year, 12, 31) for year in range(min(years, default=last.year), last.year)]
    found = {}
    for end in [*ends, last]:
        try:
            found[str(end)] = _counted(clusters, end, joint, in_force)
        except BadInput:  # the earliest years may hold nothing that the filters keep
            if end == last:
                raise
    return found


def _asked(at: str, amount: str, joint: str, without: str, also: str) -> tuple[list[str], date]:
    in_force, when, *_ = together(
        lambda: chosen(FILTERS, DEFAULT, without, also),
        lambda: day(at),
        lambda: one_of(amount, list(AMOUNTS), "amount"),
        lambda: one_of(joint, JOINT, "joint"),
    )
    return in_force, when


def _loaded(paths: tuple[Path, ...], amount: str, in_force: list[str]) -> Clusters:
    column, unit, size = AMOUNTS[amount]
    ticks = [name for name, one in zip(TICKS, ("single", "unique"), strict=True) if one in in_force]
    files = listed(paths or (shipped("clusters"),), "*.csv")
    if len(files) > 1:
        raise BadInput("one table of clusters is needed", ", ".join(map(str, files)), "name the one file")
    findings = Findings()
    (table,) = tables(files, [*NEEDED, *ticks, column], findings)
    columns = Columns(table, findings)
    began, ended, held = days(columns, BEGAN), days(columns, ENDED), numbers(columns, column) / size
    count = numbers(columns, MANY) if MANY in columns else np.ones(len(columns))
    if not len(columns):
        findings.fault("has no rows", table.name, "fetch it again")
    findings.raise_any()
    said = source("clusters", digests([table], files))
    return Clusters(columns, began, ended, count, held, unit, said, MANY in columns)


def _counted(clusters: Clusters, at: date, joint: str, in_force: list[str]) -> Holdings:
    if clusters.monthly and (at + timedelta(days=1)).day != 1 and "operational" in in_force:
        raise BadInput(
            f"the aggregate knows months, and {at} is inside one",
            "--at",
            "give the last day of a month, or the path of the table itself",
        )
    filters = [Filter(FILTERS[name].format(at=at), KEEPS[name](clusters, np.datetime64(at))) for name in in_force]
    filters.append(Filter(f"its {clusters.unit} are known", ~np.isnan(clusters.amount)))
    keep, said = kept(filters, clusters.count, "clusters")
    rows, holder, part = shared(clusters.words("Owner")[keep], joint)
    groups = {name.lower(): clusters.words(name)[keep][rows] for name in ("Country", "Sector")}
    said = (*said, "joint owners hold equal parts") if joint == "split" else said
    amount = clusters.amount[keep][rows] * part
    return Holdings(holder, amount, clusters.unit, groups=groups, source=clusters.source, filters=said)


def _operational(clusters: Clusters, at: np.datetime64) -> Bools:
    """Say which ran: NaT compares as False, so a cluster that began at no known time is not counted.

    One without an end goes on, unless it is called decommissioned: then it is not known until when it ran.
    """
    gone = np.asarray(clusters.words("Status") == "Decommissioned", dtype=bool) & np.isnat(clusters.ended)
    return np.asarray((clusters.began <= at) & ~(clusters.ended <= at) & ~gone)


def _named(column: str) -> Callable[[Clusters, np.datetime64], Bools]:
    return lambda clusters, _at: given(clusters.words(column))


KEEPS: dict[str, Callable[[Clusters, np.datetime64], Bools]] = {
    "existing": lambda clusters, _at: np.isin(clusters.words("Status").astype(str), ["Existing", "Decommissioned"]),
    "operational": _operational,
    "standard": lambda clusters, _at: flags(clusters.columns, "Include in Standard Analysis"),
    "confirmed": lambda clusters, _at: np.asarray(clusters.words("Certainty") == "Confirmed", dtype=bool),
    "likely": lambda clusters, _at: np.asarray(clusters.words("Certainty") != "Unlikely", dtype=bool),
    "single": lambda clusters, _at: flags(clusters.columns, "Single cluster?"),
    "unique": lambda clusters, _at: ~flags(clusters.columns, "Possible Duplicate"),
    "country": _named("Country"),
    "owner": _named("Owner"),
    "sector": _named("Sector"),
}
