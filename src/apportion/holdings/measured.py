"""What is to be said of who holds what? Every index of concentration, and what doubt, groups and mergers make of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.concentration import doubt
from apportion.concentration.groups import hhi_by_group, split
from apportion.concentration.mergers import CHANGE, HIGH, LARGE, SOURCE, merger
from apportion.concentration.summary import SUMMARY, counted, summary
from apportion.domain.arrays import Ints
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput, nearest

LARGEST = 10


@dataclass(frozen=True)
class Asked:
    """What beside the indices is asked for.

    Attributes
    ----------
    group : a further column, for an exact split
    merge : names that act as one, as in ``A,B``
    draws, seed : of amounts within their bounds
    largest : how many holders are listed
    """

    group: str | None = None
    merge: tuple[str, ...] = ()
    draws: int = 1000
    seed: int = 0
    largest: int = LARGEST


def measured(rows: Holdings, asked: Asked = Asked()) -> dict[str, Any]:
    """Measure holdings: what JSON shows; an index without a value is None, one without bound ``"infinite"``.

    Raises
    ------
    BadInput
        if somebody to be merged is not there, or a holder is in several of the groups.
    """
    one = rows if rows.weight is not None else rows.by("holder")
    found = summary(one.amount, one.weight)
    bounds = _other(one) | _drawn(rows, one, asked)
    heads = np.ones(len(one)) if one.weight is None else one.weight
    whole: dict[str, Any] = {
        "source": one.source,
        "filters": list(one.filters),
        "rows": len(rows),
        "unit": one.unit,
        "total": one.total,
        "holders": float(heads.sum()),
        "holding": float(heads[one.amount > 0].sum()),
        "counts": counted(one.weight),
        "indices": {
            index.name: {
                "value": told(found[index.name]),
                **{kind: values[index.name] for kind, values in bounds.items()},
            }
            for index in SUMMARY
        },
        "largest": _largest(one, heads, asked.largest),
    }
    if bounds.keys() & {"independent", "together"}:
        whole |= {"draws": asked.draws, "seed": asked.seed}
    if asked.group is not None:
        whole["groups"] = _groups(rows, one, asked.group)
    if asked.merge:
        whole["mergers"] = [_merger(one, names) for names in asked.merge]
    return whole


def told(value: float) -> float | str | None:
    """Write a number for JSON, which has neither NaN nor ∞."""
    return None if math.isnan(value) else "infinite" if math.isinf(value) else float(value)


def _other(one: Holdings) -> dict[str, dict[str, Any]]:
    """Bound what "other" may be: one owner of it all, a crowd."""
    if one.is_other is None:
        return {}
    some, named = bool(one.amount[one.is_other].any()), bool(one.amount[~one.is_other].any())
    ends = {
        index.name: [math.nan] * 2
        if index.counts and not counted(one.weight)
        else doubt.other(index.of, one.amount, one.is_other, one.weight)
        for index in SUMMARY
    }
    return {
        "other_one_owner": {name: told(pair[0]) for name, pair in ends.items()},
        "other_crowd": {
            index.name: "infinite" if index.grows and some and (named or index.counts) else told(ends[index.name][1])
            for index in SUMMARY
        },
    }


def _drawn(rows: Holdings, one: Holdings, asked: Asked) -> dict[str, dict[str, Any]]:
    """Draw amounts within their bounds, row by row, and add them up by holder: independent, and all together."""
    if rows.low is None or rows.high is None:
        return {}
    place = {name: i for i, name in enumerate(one.holder)}
    at: Ints = np.arange(len(rows)) if one is rows else np.array([place[name] for name in rows.holder], dtype=np.int64)
    bounds = {}
    for kind in ("independent", "together"):
        amounts = doubt.drawn(
            rows.low, rows.amount, rows.high, asked.draws, asked.seed, together=kind == "together", holder=at
        )
        if one.weight is None:
            amounts.sort(axis=1)  # no index asks for an order, and several are quicker with this one
        bounds[kind] = {
            index.name: [told(value) for value in doubt.spread(index.of, amounts, one.weight)]
            if counted(one.weight) or not index.counts
            else None
            for index in SUMMARY
        }
    return bounds


def _largest(one: Holdings, heads: Any, many: int) -> list[dict[str, Any]]:
    held = one.amount * heads
    total = held.sum()
    order = np.argsort(-held, kind="stable")[:many].tolist()
    return [
        {
            "holder": str(one.holder[i]),
            "amount": float(held[i]),
            "share": float(held[i] / total) if total > 0 else None,
            "is_other": bool(one.is_other[i]) if one.is_other is not None else False,
        }
        for i in order
    ]


def _groups(rows: Holdings, one: Holdings, group: str) -> dict[str, Any]:
    """Split both of Theil's indices by group, and HHI in its own way."""
    if group not in one.groups:
        raise BadInput(_in_several(rows, group))
    of = one.groups[group]
    t, low = (split(one.amount, of, a, one.weight) for a in (1.0, 0.0))
    inside = hhi_by_group(one.amount, of) if one.weight is None else {}
    return {
        "column": group,
        **{
            name: {
                "total": told(found.total),
                "between": told(found.between),
                "within": told(found.within),
                "between_share": told(found.between_share),
            }
            for name, found in (("theil_t", t), ("theil_l", low))
        },
        "rows": [
            {
                "group": str(name) or "(empty)",
                "holders": float(t.population[g] * (len(one) if one.weight is None else one.weight.sum())),
                "population": float(t.population[g]),
                "share": told(t.part[g]),
                "theil_t_inside": told(t.inside[g]),
                "theil_t_adds": told(t.adds[g]),
                "hhi_inside": told(inside[str(name)][1]) if inside else None,
            }
            for g, name in enumerate(t.group)
        ],
    }


def _in_several(rows: Holdings, group: str) -> str:
    groups: dict[str, set[str]] = {}
    for holder, name in zip(rows.holder, rows.groups[group], strict=True):
        groups.setdefault(holder, set()).add(name)
    several = [f"{holder} in {', '.join(sorted(names))}" for holder, names in groups.items() if len(names) > 1]
    rest = f" and {len(several) - 5} more" if len(several) > 5 else ""
    return f"a split needs each holder in one {group}, and there is {'; '.join(several[:5])}{rest}"


def _merger(one: Holdings, names: str) -> dict[str, Any]:
    """Let some holders act as one."""
    if one.weight is not None:
        raise BadInput("rows that stand for several holders each cannot be merged", "--merge", "give no --weight")
    known = [str(name) for name in one.holder]
    joined = taken_apart(names, known)
    found = merger(one.amount, [known.index(name) for name in joined])
    return {
        "joined": joined,
        "share": told(found.share),
        "hhi_before": told(found.before),
        "hhi_after": told(found.after),
        "delta_hhi": told(found.change),
        "presumed": found.presumed,
        "thresholds": {"hhi": HIGH, "delta_hhi": CHANGE, "share": LARGE, "source": SOURCE},
    }


def taken_apart(names: str, known: Sequence[str]) -> list[str]:
    """Read ``A,B``, where a name may itself have commas: every part between commas, or several joined, is a known name.

    >>> taken_apart("Acme, Inc,Bee", ["Acme, Inc", "Bee", "Inc"])
    ['Acme, Inc', 'Bee']
    """
    parts = names.split(",")
    found: list[str] = []
    while parts:
        lengths = [n for n in range(len(parts), 0, -1) if ",".join(parts[:n]).strip() in known]
        if not lengths:
            raise BadInput(f'nobody is called "{parts[0].strip()}"', "--merge", nearest(parts[0], sorted(known)[:20]))
        found.append(",".join(parts[: lengths[0]]).strip())
        parts = parts[lengths[0] :]
    if len(set(found)) < 2:
        raise BadInput(f'"{names}" names fewer than two holders', "--merge", "write for example --merge A,B")
    return list(dict.fromkeys(found))


def sentence(whole: dict[str, Any]) -> str:
    """Say in words what the indices mean."""
    value = {name: row["value"] for name, row in whole["indices"].items()}
    if not whole["total"]:
        return f"Nobody holds any {whole['unit']}, so nothing is concentrated and no index has a value."
    first = next((row for row in whole["largest"] if not row["is_other"]), None)
    said = [] if first is None else [f"{first['holder']} holds {100 * first['share']:.1f} % of {whole['unit']}."]
    if value["hhi"] is None:
        said.append("Weights below 1 are no numbers of holders, so indices that count holders are left out.")
    else:
        level = "above" if value["hhi"] > HIGH else "not above"
        said.append(
            f"It is as concentrated as among {value['effective_number']:.1f} equal holders; HHI {value['hhi']:,.0f} is "
            f"{level} {HIGH:,.0f}, from where on the {SOURCE} call a market highly concentrated."
        )
    bounds = whole["indices"]["hhi"]
    if bounds.get("other_one_owner") is not None:
        ends = sorted((bounds["other_one_owner"], bounds["other_crowd"]))
        said.append(f"Whoever the others are, HHI is between {ends[0]:,.0f} and {ends[1]:,.0f}.")
    if "groups" in whole and whole["groups"]["theil_t"]["between_share"] is not None:
        part = 100 * whole["groups"]["theil_t"]["between_share"]
        said.append(f"{part:.0f} % of the inequality (Theil T) is between groups of {whole['groups']['column']}.")
    said += [_merged(one) for one in whole.get("mergers", ())]
    return " ".join(said)


def _merged(one: dict[str, Any]) -> str:
    names = " and ".join(one["joined"])
    if one["delta_hhi"] is None:
        return ""
    presumed = "would" if one["presumed"] else "would not"
    return (
        f"{names} as one would hold {100 * one['share']:.1f} %: HHI {one['hhi_before']:,.0f} → {one['hhi_after']:,.0f} "
        f"(+{one['delta_hhi']:,.0f}); the {SOURCE} {presumed} presume harm (change over {CHANGE:.0f}, and HHI over "
        f"{HIGH:,.0f} or a share over {100 * LARGE:.0f} %)."
    )
