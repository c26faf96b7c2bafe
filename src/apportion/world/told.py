"""How is what was measured told? Rows for tables and CSV, one value for JSON, and sentences."""

import math
import re
from collections.abc import Sequence
from typing import Any

from apportion.concentration.mergers import CHANGE, HIGH, LARGE, SOURCE
from apportion.domain.holdings import Holdings
from apportion.world.access import Access
from apportion.world.measured import Doubt, Measured
from apportion.world.what_if import Changed

Row = dict[str, Any]
MOST = 12  # holders that a table shows
REST = "others in the table"
THE_REST = "the rest"
THRESHOLDS = f"HHI above {HIGH:,.0f} or a share above {100 * LARGE:.0f} %, with a change above {CHANGE:.0f}"
DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


def rows(found: Measured) -> list[Row]:
    """One row a holder, largest first; 5 and 95 % of its share where the table has bounds."""
    doubt = found.independent
    return [
        {
            found.by: str(holder),
            "share %": 100 * float(found.share[i]),
            "amount": float(found.holdings.amount[i]),
            **({"5 %": 100 * float(doubt.share[0, i]), "95 %": 100 * float(doubt.share[2, i])} if doubt else {}),
            "other": bool(found.is_other[i]),
        }
        for i, holder in enumerate(found.holdings.holder)
    ]


def shown(all_rows: Sequence[Row], most: int = MOST) -> list[Row]:
    """Show the largest, and the rest in one row."""
    rest = all_rows[most:]
    told = [{key: value for key, value in row.items() if key != "other"} for row in all_rows[:most]]
    if len(rest) > 1:
        last = dict.fromkeys(told[0])
        last[next(iter(last))] = f"{len(rest)} {REST}"
        last |= {key: sum(row[key] for row in rest) for key in ("share %", "amount")}
        return [*told, last]
    return told + [{key: value for key, value in row.items() if key != "other"} for row in rest]


def finite(value: Any) -> Any:
    """Write what is no number as None: JSON has no other word for it."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def whole(found: Measured) -> dict[str, Any]:
    """Tell all as one value."""
    doubts = {"independent": found.independent, "together": found.together}
    return {
        "by": found.by,
        "unit": found.holdings.unit,
        "total": found.holdings.total,
        "unnamed_share": found.unnamed,
        **found.indices(),
        "bounds": {name: _doubt(one) for name, one in doubts.items() if one is not None} or None,
        "holders_listed": [
            {"holder": row[found.by], "share": row["share %"] / 100, "amount": row["amount"], "other": row["other"]}
            | ({"share_5": row["5 %"] / 100, "share_95": row["95 %"] / 100} if "5 %" in row else {})
            for row in rows(found)
        ],
        "source": found.holdings.source,
        "filters": list(found.holdings.filters),
    }


def _doubt(doubt: Doubt) -> dict[str, Any]:
    keys = ("5", "50", "95")
    return {
        "hhi": dict(zip(keys, doubt.one, strict=True)),
        "hhi_other_a_crowd": dict(zip(keys, doubt.crowd, strict=True)),
    }


def sentences(found: Measured) -> list[str]:
    """Say how concentrated it is, and how sure that is."""
    of = found.indices()
    said = [hhi_words(found.hhi) + f"; as if {of['effective_number']:.2f} equal holders held all."]
    said.append(
        f"The largest holds {100 * of['cr1']:.1f} %, the largest four {100 * of['cr4']:.1f} %; "
        f"Gini among {of['holders']:,} named holders {of['gini_of_named']:.3f}."
    )
    ways = (("entries independent", found.independent), ("all moving together", found.together))
    for words, doubt in ways:
        if doubt is not None:
            one, crowd = doubt.one, doubt.crowd
            with_other = f", a crowd {crowd[0]:,.0f} to {crowd[2]:,.0f}" if found.is_other.any() else ""
            owner = ' with "other" one owner' if found.is_other.any() else ""
            hhi = f"HHI{owner} {one[0]:,.0f} to {one[2]:,.0f}{with_other}"
            said.append(f"Within measurement bounds, {words}: {hhi} (5 to 95 %).")
    return said


def amount(value: float) -> str:
    """Write an amount for people: three digits, or all before the point.

    >>> amount(0.32152), amount(32490.3)
    ('0.322', '32,490')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def hhi_words(pair: tuple[float, float]) -> str:
    """Say HHI, as a range where "other" makes it one."""
    one, crowd = pair
    if one == crowd:
        return f"HHI {one:,.1f}"
    return f'HHI {crowd:,.1f} if "other" is a crowd, {one:,.1f} if it is one owner'


def provenance(holdings: Holdings, *, short: bool = False) -> list[str]:
    """Say which filters were applied, and to which snapshot of what; with digests whole, or their beginnings."""
    source = DIGEST.sub(r"\1…", holdings.source) if short else holdings.source
    return [f"Filters: {'; '.join(holdings.filters)}.", f"Source: {source}."]


def without_rows(names: Sequence[str], with_all: Measured, without: Sequence[Measured]) -> list[Row]:
    """What each filter does to the headline: the largest holder's share and HHI, with it and without."""
    top = str(with_all.holdings.holder[0])
    before = 100 * float(with_all.share[0])
    found = []
    for name, one in zip(names, without, strict=True):
        holders = list(one.holdings.holder)
        after = 100 * float(one.share[holders.index(top)]) if top in holders else 0.0
        found.append(
            {
                "without filter": name,
                "largest": top,
                "with it %": before,
                "without %": after,
                "points": after - before,
                "HHI with": with_all.hhi[0],
                "HHI without": one.hhi[0],
            }
        )
    return found


def access_words(found: Sequence[Access], unit: str, utilisation: float) -> list[str]:
    """Say who has enough."""
    return [
        f"{one.workload} at {100 * utilisation:g} % of peak needs {amount(one.needs)} {unit}: {one.enough:,} of "
        f"{one.holders:,} named holders have it ({100 * one.share:.0f} %)."
        for one in found
    ]


def reach_words(pairs: Sequence[tuple[Access, Access]], unit: str, utilisation: float) -> list[str]:
    """Say who has enough before and after."""
    return [
        f"{one.workload} at {100 * utilisation:g} % of peak needs {amount(one.needs)} {unit}: {one.enough:,} of "
        f"{one.holders:,} named holders have it before ({100 * one.share:.0f} %), {two.enough:,} of {two.holders:,} after "
        f"({100 * two.share:.0f} %)."
        for one, two in pairs
    ]


def changed_rows(before: Measured, after: Measured, most: int = MOST) -> list[Row]:
    """Each holder's share before and after, by the larger of the two."""
    shares = [dict(zip(map(str, one.holdings.holder), map(float, one.share), strict=True)) for one in (before, after)]
    names = sorted(set(shares[0]) | set(shares[1]), key=lambda name: (-max(one.get(name, 0.0) for one in shares), name))
    return [
        {
            before.by: name,
            "before %": 100 * shares[0].get(name, 0.0),
            "after %": 100 * shares[1].get(name, 0.0),
            "points": 100 * (shares[1].get(name, 0.0) - shares[0].get(name, 0.0)),
        }
        for name in names[:most]
    ]


def changed_words(before: Measured, after: Measured, changed: Changed) -> list[str]:
    """Say what the changes did to concentration, and what the guidelines would say of each merger."""
    said = [f"Changed: {'; '.join(changed.said)}."]
    said.append(
        f"HHI {before.hhi[0]:,.1f} before, {after.hhi[0]:,.1f} after: {after.hhi[0] - before.hhi[0]:+,.1f}; "
        f"total {amount(before.holdings.total)} before, {amount(after.holdings.total)} after."
    )
    for name, one in changed.mergers.items():
        presumed = "would presume harm" if one.presumed else "would presume none"
        said.append(
            f"Merger {name}: share {100 * one.share:.1f} %, HHI {one.before:,.1f} to {one.after:,.1f}, "
            f"ΔHHI {one.change:+,.1f}; the {SOURCE}, {presumed} ({THRESHOLDS})."
        )
    return said


def changed_whole(
    before: Measured, after: Measured, changed: Changed, reach: Sequence[tuple[Access, Access]]
) -> dict[str, Any]:
    """Tell the changes as one value."""
    return {
        "changes": list(changed.said),
        "hhi": {"before": before.hhi[0], "after": after.hhi[0], "change": after.hhi[0] - before.hhi[0]},
        "hhi_other_a_crowd": {"before": before.hhi[1], "after": after.hhi[1]},
        "total": {"before": before.holdings.total, "after": after.holdings.total},
        "mergers": [
            {
                "name": name,
                "share": one.share,
                "hhi_before": one.before,
                "hhi_after": one.after,
                "delta_hhi": one.change,
                "presumed": one.presumed,
                "thresholds": {"hhi": HIGH, "change": CHANGE, "share": LARGE, "source": SOURCE},
            }
            for name, one in changed.mergers.items()
        ],
        "access": [
            {
                "workload": first.workload,
                "needs": first.needs,
                "before": {"enough": first.enough, "holders": first.holders, "share": first.share},
                "after": {"enough": second.enough, "holders": second.holders, "share": second.share},
            }
            for first, second in reach
        ],
        "shares": changed_rows(before, after, most=10**9),
    }


def time_rows(history: dict[str, Measured], names: Sequence[str]) -> list[Row]:
    """One row a moment: the shares of some holders, of the rest, and HHI."""
    found = []
    for moment, one in history.items():
        share = dict(zip(map(str, one.holdings.holder), map(float, one.share), strict=True))
        of = {name: 100 * share.get(name, 0.0) for name in names}
        rest = max(0.0, 100.0 - sum(of.values()))
        found.append({"at": moment, **of, THE_REST: rest, "HHI": one.hhi[0], "total": one.holdings.total})
    return found
