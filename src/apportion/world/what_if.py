"""What would change if the supply were cut, pools opened, newcomers came, or holders merged?

A file of changes, in TOML. They are made in this order, whatever their order in the file:

    [[supply_cut]]   country = "…" or holder = "…" or sector = "…", factor = 0.5: what they hold times the factor
    [[new]]          name, amount, country, sector: a holder that was not there
    [[public_pool]]  name, amount, country, sector: a holder whose compute the others of that country may use (all others
                     if there is no country), one at a time: it counts for access, on top of what each has
    [[merger]]       holders = ["…", "…"], name: these act as one

Amounts are in the unit of the table. Names of holders are those of the column that shares are shown by.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from apportion.concentration.mergers import Merger, merger
from apportion.domain.arrays import Bools, Text, text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput, Faults, nearest
from apportion.world.measured import COLUMNS

WHOM = ("country", "holder", "sector")
KEYS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "supply_cut": ({"factor": float}, {"country": str, "holder": str, "sector": str}),
    "new": ({"name": str, "amount": float}, {"country": str, "sector": str}),
    "public_pool": ({"name": str, "amount": float}, {"country": str, "sector": str}),
    "merger": ({"holders": list}, {"name": str}),
}
WORDS: dict[type, str] = {float: "a number that is not negative", str: "text", list: "a list of two names or more"}
Change = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Changed:
    """A table after the changes, what each merger did, and the pools: name → country, empty if open to all.

    `country` (N,) is where each row is, which stays so if countries merge; None if the table knows none.
    """

    holdings: Holdings
    country: Text | None
    mergers: dict[str, Merger]
    pools: dict[str, str]
    said: tuple[str, ...]


def read_changes(path: Path) -> dict[str, list[Change]]:
    """Read a file of changes.

    Raises
    ------
    BadInput
        with every change that cannot be meant.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("there is no such file", str(path), "check the path") from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", str(path), "check what it is") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"is not TOML: {error}", path.name, 'write for example [[merger]] and below it holders = ["A", "B"]'
        ) from None
    faults = Faults()
    for kind, changes in said.items():
        if kind not in KEYS:
            faults.add(f'there is no change "{kind}"', path.name, nearest(kind, list(KEYS)))
        elif not isinstance(changes, list):
            faults.add(f"[{kind}] stands alone", path.name, f"write [[{kind}]], so that there may be several")
        else:
            for i, change in enumerate(changes, 1):
                _check(kind, change, f"{path.name}, [[{kind}]] {i}", faults)
    if not said:
        faults.add("has no change", path.name, f"write one of {', '.join(f'[[{kind}]]' for kind in KEYS)}")
    faults.raise_any()
    return said


def change(holdings: Holdings, by: str, changes: Mapping[str, list[Change]]) -> Changed:
    """Make the changes to a table that `measured.attributed` left.

    Raises
    ------
    BadInput
        with every name that nobody has.
    """
    column, faults, said = COLUMNS.get(by, by), Faults(), list[str]()
    for i, cut in enumerate(changes.get("supply_cut", []), 1):
        holdings = _cut(holdings, column, cut, f"[[supply_cut]] {i}", faults)
        whom = ", ".join(cut[key] for key in WHOM if key in cut)
        said.append(f"what {whom} holds, times {cut['factor']:g}")
    pools: dict[str, str] = {}
    for kind, words in (("new", "new"), ("public_pool", "public pool")):
        for i, new in enumerate(changes.get(kind, []), 1):
            if new["name"] in set(_names(holdings, column)):
                faults.add(f'"{new["name"]}" is there already', f"[[{kind}]] {i}", "give it another name")
            holdings = _with(holdings, new, column)
            said.append(f"{words}: {new['name']}, {new['amount']:,g}")
    pools |= {new["name"]: new.get("country", "") for new in changes.get("public_pool", [])}
    country, found = holdings.groups.get("country"), {}
    for i, joined in enumerate(changes.get("merger", []), 1):
        name = joined.get("name", " + ".join(joined["holders"]))
        summed = holdings.by(column)
        holdings = _joined(holdings, column, joined["holders"], name, f"[[merger]] {i}", faults)
        rows = np.flatnonzero(np.isin(summed.holder.astype(str), joined["holders"]))
        found[name] = merger(summed.amount, rows.tolist())
        said.append(f"one holder, {name}: {', '.join(joined['holders'])}")
    faults.raise_any()
    return Changed(holdings, country, found, pools, tuple(said))


def _cut(holdings: Holdings, column: str, cut: Change, place: str, faults: Faults) -> Holdings:
    where = np.ones(len(holdings), dtype=bool)
    for key in WHOM:
        if key in cut:
            where &= _of(holdings, column if key == "holder" else key, cut[key], place, faults)
    by = np.where(where, float(cut["factor"]), 1.0)
    low, high = (None if bound is None else bound * by for bound in (holdings.low, holdings.high))
    return replace(holdings, amount=holdings.amount * by, low=low, high=high)


def _joined(holdings: Holdings, column: str, holders: list[str], name: str, place: str, faults: Faults) -> Holdings:
    where = np.zeros(len(holdings), dtype=bool)
    for holder in holders:
        where |= _of(holdings, column, holder, place, faults)
    names = text([name if one else was for one, was in zip(where, _names(holdings, column), strict=True)])
    if column == "holder":
        return replace(holdings, holder=names)
    return replace(holdings, groups=holdings.groups | {column: names})


def _check(kind: str, change: Any, where: str, faults: Faults) -> None:
    needed, further = KEYS[kind]
    if not isinstance(change, dict):
        faults.add("is no table of keys", where, f"write [[{kind}]]")
        return
    for key in change:
        if key not in needed | further:
            faults.add(f'there is no key "{key}"', where, nearest(key, [*needed, *further]))
    for key, kind_of in (needed | further).items():
        if key in change and not _fits(change[key], kind_of):
            faults.add(f"{key} is {change[key]!r}", where, f"it is {WORDS[kind_of]}")
        elif key in needed and key not in change:
            faults.add(f"{key} is missing", where, f"it is {WORDS[kind_of]}")
    if kind == "supply_cut" and not set(further) & set(change):
        faults.add("nobody is named whose supply is cut", where, "name a country, a holder or a sector")


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
    if kind is list:
        names = value if isinstance(value, list) else []
        return len(set(map(str, names))) == len(names) >= 2 and all(isinstance(one, str) and one for one in names)
    return isinstance(value, str) and bool(value)


def _names(holdings: Holdings, column: str) -> list[str]:
    return list(map(str, holdings.holder if column == "holder" else holdings.groups[column]))


def _of(holdings: Holdings, column: str, name: str, place: str, faults: Faults) -> Bools:
    """Find the rows of a name; where nobody has it, say who comes near."""
    if column != "holder" and column not in holdings.groups:
        faults.add(f'the table has no "{column}"', place, f"it has: {', '.join(['holder', *holdings.groups])}")
        return np.zeros(len(holdings), dtype=bool)
    names = _names(holdings, column)
    found = np.array([one == name for one in names], dtype=bool)
    if not found.any():
        near = difflib.get_close_matches(name, sorted(set(names)), n=1)
        guess = f'did you mean "{near[0]}"? ' if near else ""
        mend = f"{guess}-o csv lists all; rows that do not name what shares are shown by are left out"
        faults.add(f'no {column} is called "{name}"', place, mend)
    return found


def _with(holdings: Holdings, new: Change, column: str) -> Holdings:
    """Add a holder; its amount is without doubt."""
    groups = {name: text([*values, new.get(name, "")]) for name, values in holdings.groups.items()}
    if column != "holder":
        groups[column] = text([*holdings.groups[column], new["name"]])
    size = float(new["amount"])
    low, high = (None if bound is None else np.append(bound, size) for bound in (holdings.low, holdings.high))
    is_other = None if holdings.is_other is None else np.append(holdings.is_other, [False])
    return replace(
        holdings,
        holder=text([*holdings.holder, new["name"]]),
        amount=np.append(holdings.amount, size),
        low=low,
        high=high,
        is_other=is_other,
        groups=groups,
    )
