"""Epoch AI, "AI chip counts": who owns how many AI chips, in H100 equivalents, at the end of a quarter, with 5 and 95 %.

The data are seven files. Three of them hold the owners outside the main files: `nvidia_owners_OTHER_cumulative_totals.csv`,
`coreweave.csv` and `named_other_owners_cumulative_totals.csv`. Whoever leaves these out overstates all others, so a missing
file is a fault; ``without="others"`` leaves the three out on purpose, to see what that does.

Amounts are cumulative: what was ever bought, nothing taken off. A series that has no row for a quarter stands as it stood
last. "Other" stands for nobody in particular, and "China" is all owners of a country.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text, text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput, Fault
from apportion.holdings.published._filters import chosen, together
from apportion.holdings.published._moments import Days, day, days, quarter
from apportion.holdings.published._rows import digests, numbers, tables, words
from apportion.holdings.published._snapshots import shipped, source
from apportion.sources._columns import Columns
from apportion.sources._files import Table, listed
from apportion.sources._findings import Findings

MAIN = (
    "nvidia_owners_cumulative_totals",
    "amd_owners_cumulative_totals",
    "tpu_owners_cumulative_totals",
    "trainium_owners_cumulative_totals",
)
OTHERS = ("nvidia_owners_OTHER_cumulative_totals", "coreweave", "named_other_owners_cumulative_totals")
FILTERS = {"others": "owners outside the main files are added: nvidia_OTHER, coreweave, named_other"}
MIDDLE, LOW, HIGH = "Compute estimate in H100e (median)", "H100e (5th percentile)", "H100e (95th percentile)"
END, FILE = "End date", "File"
NEEDED = ("Owner", "Chip manufacturer", END, MIDDLE, LOW, HIGH)
UNIT = "H100 equivalents"


@dataclass(frozen=True, eq=False)
class Chips:
    """All rows of all files: (N,) each."""

    part: Text
    owner: Text
    maker: Text
    end: Days
    amount: Floats
    low: Floats
    high: Floats
    source: str
    said: tuple[str, ...]


def read(*paths: Path, at: str = "", incomplete: bool = False, without: str = "", also: str = "") -> Holdings:
    """Read who owned the chips at the end of a quarter, from the files or the directory that holds them.

    Parameters
    ----------
    at : the quarter; by default the last that every file reaches
    incomplete : whether to go on if a file is missing
    without : ``others`` leaves out the owners outside the main files
    also : there are no filters that are not applied already

    Source: github.com/epoch-research/ai-chip-counts (MIT).

    Raises
    ------
    BadInput
        with every fault of every file, and for files that are missing.
    """
    chips = _loaded(paths, at, incomplete, without, also)
    return _held(chips, day(at) if at else _reached(chips))


def over_time(
    *paths: Path, at: str = "", incomplete: bool = False, without: str = "", also: str = ""
) -> dict[str, Holdings]:
    """Read who owned the chips at the end of each quarter; options as `read` has them.

    Raises
    ------
    BadInput
        as `read` does.
    """
    chips = _loaded(paths, at, incomplete, without, also)
    last = day(at) if at else _reached(chips)
    ends = sorted({one.item() for one in chips.end if one <= np.datetime64(last)})
    return {quarter(end): _held(chips, end) for end in ends}


def _loaded(paths: Sequence[Path], at: str, incomplete: bool, without: str, also: str) -> Chips:
    in_force, _ = together(lambda: chosen(FILTERS, tuple(FILTERS), without, also), lambda: at and day(at))
    files = listed(paths or (shipped("chips"),), "*.csv")
    findings = Findings()
    loaded = tables(files, NEEDED, findings)
    read_from = [_rows(table, findings) for table in loaded]
    findings.raise_any()
    columns = [np.concatenate(parts) for parts in zip(*read_from, strict=True)]
    part, owner, maker, end = columns[:4]
    wanted = (*MAIN, *OTHERS) if in_force else MAIN
    keep = np.ones(len(part), dtype=bool) if in_force else ~np.isin(part.astype(str), OTHERS)
    said = [FILTERS["others"]] if in_force else [f"owners outside the main files are left out: {', '.join(OTHERS)}"]
    missing = [name for name in wanted if name not in set(part)]
    if missing and not incomplete:
        raise BadInput([_missing(name) for name in missing])
    said += [f"{name}.csv is missing: shares of all others are overstated" for name in missing]
    order = np.flatnonzero(keep)
    order = order[np.lexsort((end[order], maker[order].astype(str), owner[order].astype(str), part[order].astype(str)))]
    part, owner, maker, end, amount, low, high = (column[order] for column in columns)
    chips = Chips(part, owner, maker, end, amount, low, high, source("chips", digests(loaded, files)), tuple(said))
    _once(chips)
    return chips


def _rows(table: Table, findings: Findings) -> tuple[Text, Text, Text, Days, Floats, Floats, Floats]:
    """Read one file; the aggregate names in a column of which file each row is."""
    columns = Columns(table, findings)
    amount, low, high = (numbers(columns, name) for name in (MIDDLE, LOW, HIGH))
    owner, end = columns.text("Owner", need=True), days(columns, END)
    mend = "fill it in: every row needs one"
    columns.wrong(
        END, np.isnat(end) & columns.table.cells[END].is_null().to_numpy(), lambda _: "the cell is empty", mend
    )
    empty = columns.table.cells[MIDDLE].is_null().to_numpy()
    columns.wrong(MIDDLE, empty, lambda _: "the cell is empty", mend)
    unsaid = np.isnan(low) & np.isnan(high)
    low, high = np.where(unsaid, amount, low), np.where(unsaid, amount, high)
    sound = (low == high) | ((low > 0) & (low <= amount) & (amount <= high))
    columns.wrong(
        MIDDLE,
        ~sound & ~np.isnan(amount),
        lambda i: f"{amount[i]:g} with bounds {low[i]:g} to {high[i]:g}",
        "bounds are a 5th and a 95th percentile: 0 < low ≤ amount ≤ high; give both, or none",
    )
    stem = table.name.removesuffix(".gz").removesuffix(".csv")
    part = words(columns, FILE) if FILE in columns else text([stem] * len(columns))
    return part, owner, words(columns, "Chip manufacturer"), end, amount, low, high


def _missing(name: str) -> Fault:
    mend = "name it too; it is beside the others at github.com/epoch-research/ai-chip-counts"
    if name in OTHERS:
        mend += ", or leave all of these owners out: --without-filter others"
    return Fault(f"there are no rows of {name}.csv: without it shares of all others are overstated", "files", mend)


def _series(chips: Chips) -> Ints:
    """Number the series: one a file, owner and maker. (N,), rows being sorted by them and by time."""
    same = [column[1:] == column[:-1] for column in (chips.part, chips.owner, chips.maker)]
    return np.concatenate(([0], np.cumsum(~np.logical_and.reduce(same)))).astype(np.int64)


def _once(chips: Chips) -> None:
    """Refuse two amounts of one series at one time: to add them would count chips twice."""
    series = _series(chips)
    twice = np.flatnonzero((series[1:] == series[:-1]) & (chips.end[1:] == chips.end[:-1]))
    if len(twice):
        i = int(twice[0])
        of = f"{chips.owner[i]}, {chips.maker[i] or 'no maker'}, {chips.end[i]}, {chips.part[i]}"
        raise BadInput(f"two rows of one owner, maker and day: {of}", END, "keep one of them: amounts are cumulative")


def _reached(chips: Chips) -> date:
    """The last quarter that every file reaches."""
    last: date = min(chips.end[chips.part == part].max() for part in set(chips.part)).item()
    return last


def _held(chips: Chips, at: date) -> Holdings:
    """Take of each series its last row that is not later."""
    there = np.flatnonzero(chips.end <= np.datetime64(at))
    if not len(there):
        first = quarter(chips.end.min().item())
        raise BadInput(f"nothing is known of {quarter(at)}", "--at", f"the files begin with {first}")
    series, last = _series(chips), chips.end[there].max()
    rows = there[np.append(series[there][1:] != series[there][:-1], [True])]
    late = chips.end[rows] < last
    carried = sorted({f"{chips.owner[i]} of {quarter(chips.end[i].item())}" for i in rows[late]})
    later = sorted({str(name) for name in chips.part} - {str(name) for name in chips.part[rows]})
    sure = (chips.low == chips.high)[rows]
    exact = sorted(set(chips.owner[rows[sure]]))
    said = [f"cumulative to the end of {quarter(last.item())}", *chips.said]
    said += [f"the last there is, from an earlier quarter: {', '.join(carried)}"] if carried else []
    said += [f"not there yet, because their files begin later: {', '.join(later)}"] if later else []
    said += [f"taken as exact, because no other bounds are stated: {', '.join(exact)}"] if exact else []
    other: Bools = np.asarray(chips.owner[rows] == "Other", dtype=bool)
    groups = {"maker": text(chips.maker[rows]), "file": text(chips.part[rows])}
    bounds = chips.low[rows], chips.high[rows]
    return Holdings(
        text(chips.owner[rows]), chips.amount[rows], UNIT, *bounds, other, groups, chips.source, tuple(said)
    )
