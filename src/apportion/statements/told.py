"""How are statements told? Rows for programs, and sums over classes of nodes for people."""

from collections.abc import Iterable, Sequence
from typing import Any

from apportion.domain.quantity import MILLI
from apportion.errors import NotFound, nearest
from apportion.statements.line import NOBODY, Line, Statements

HOUR = 3600 * MILLI  # resource-seconds in whole thousandths
KWH = 3.6e9  # millijoules
GRAM = 1000  # milligrams
MEANING = {
    "entitled": "what the member may count on by the charter's rule",
    "held": "what its jobs and services hold, whatever they do with it",
    "used": "held, without replicas of services beyond the fewest that meet their target",
    "borrowed": "the part of held that is beyond its entitlement at that instant",
    "lent": "entitled, and held by others; where several could lend, each lends in proportion to what it has to spare",
    "idle": "entitled, and held by nobody",
    "waited for": "the part of idle while a job of another member waits for nodes of this class",
    "owes": "its part of the price of all nodes: what it held, by the hour, and what lay idle in its entitlement; "
    "who borrows pays for what is lent",
}


def chosen(found: Statements, members: Sequence[str], months: Sequence[str], known: Sequence[str]) -> list[Line]:
    """Take the lines of some members and months; all of them where none is named.

    Raises
    ------
    NotFound
        for a name that there is not.
    """
    for name in members:
        if name not in known:
            raise NotFound(f'"{name}" is not a member', "--member", nearest(name, known))
    names = found.periods.names
    for month in months:
        if month not in names:
            between = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
            raise NotFound(f'no job ran in month "{month}"', "--month", f"there is {between}{_how(found)}")
    return [
        line
        for line in found.lines
        if (not members or line.member in members) and (not months or names[line.period] in months)
    ]


def _how(found: Statements) -> str:
    return "" if found.zero is not None else "; give --zero, the moment at second 0, for months of the calendar"


def rows(found: Statements, lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Write lines as rows of single values: hours, whole millionths of money, kilowatt-hours and grams."""
    kinds = list(dict.fromkeys(kind for line in found.lines for kind in line.grams))
    return [
        {
            "month": found.periods.names[line.period],
            "member": line.member,
            "flavors": "+".join(line.flavors),
            "resource": line.resource,
            **{f"{name}_h": amount / HOUR for name, amount in _amounts(line).items()},
            **_money(line),
            **_energy(line),
            **{f"carbon_{part}_g.{kind}": _grams(line, kind, part) for kind in kinds for part in ("held", "idle")},
        }
        for line in lines
    ]


def _amounts(line: Line) -> dict[str, int]:
    return {
        "entitled": line.entitled,
        "held": line.held,
        "used": line.used,
        "borrowed": line.borrowed,
        "lent": line.lent,
        "idle": line.idle,
        "waited_for": line.wanted,
    }


def _money(line: Line) -> dict[str, int | None]:
    cost = line.cost
    return {
        "cost_own_micro": None if cost is None else cost.own,
        "cost_borrowed_micro": None if cost is None else cost.borrowed,
        "cost_idle_micro": None if cost is None else cost.idle,
        "owed_micro": None if cost is None else cost.owed,
        "lent_worth_micro": None if cost is None else cost.lent,
    }


def _energy(line: Line) -> dict[str, float | None]:
    energy = line.energy
    return {
        "energy_held_kwh": None if energy is None else energy.held_mj / KWH,
        "energy_idle_kwh": None if energy is None else energy.idle_mj / KWH,
    }


def _grams(line: Line, kind: str, part: str) -> float:
    return (line.grams[kind].held_mg if part == "held" else line.grams[kind].idle_mg) / GRAM


def summed(told: Iterable[dict[str, Any]], by: Sequence[str] = ("month", "member", "resource")) -> list[dict[str, Any]]:
    """Sum rows over all columns but those they are told by, in the order in which these come first."""
    whole: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in told:
        key = tuple(row[name] for name in by)
        into = whole.setdefault(key, dict(zip(by, key, strict=True)))
        for name, value in row.items():
            if name not in by and not isinstance(value, str):
                into[name] = value if name not in into or value is None else into[name] + value
    return list(whole.values())


def whole(found: Statements, lines: Sequence[Line]) -> dict[str, Any]:
    """Say all that was asked for, as ``apportion statement -o json`` shows it."""
    bounds = found.periods.bounds.tolist()
    return {
        "clock": clock(found),
        "zero": None if found.zero is None else found.zero.isoformat(),
        "months": [
            {"month": name, "start_s": start, "end_s": end}
            for name, start, end in zip(found.periods.names, bounds[:-1], bounds[1:], strict=True)
        ],
        "nodes": found.nodes,
        "nodes_with_a_price": found.prices,
        "nodes_with_watts": found.watts,
        "meaning": MEANING,
        "method": {"energy": "estimated from what nodes are said to draw; not metered"},
        "pool": summed(rows(found, found.lines), ("month", "resource")),
        "lines": rows(found, lines),
    }


def clock(found: Statements) -> str:
    """Say what a month is here."""
    if found.zero is None:
        return "Months are periods of 30 days, numbered from 1 at second 0 of the trace's clock."
    return f"Second 0 of the trace's clock is {found.zero.isoformat()}; months are those of the calendar there."


def unpriced(found: Statements) -> str:
    """Say why nothing is billed; empty where it is."""
    if found.prices == found.nodes:
        return ""
    missing = found.nodes - found.prices
    which = "No node has a price" if not found.prices else f"{missing:,} of {found.nodes:,} nodes have no price"
    return f"{which}, so hours are told and nothing is billed: fill in price_per_hour in nodes.csv."


def unmetered(found: Statements) -> str:
    """Say why no energy is told; empty where it is."""
    if found.watts == found.nodes:
        return ""
    missing = f"{found.nodes - found.watts:,} of {found.nodes:,} nodes do not say what they draw"
    return f"{missing}, so no energy is told: fill in idle_watts and max_watts in nodes.csv."


def is_empty(row: dict[str, Any]) -> bool:
    """Tell whether nothing at all stands in a row: nobody often has nothing."""
    return row["member"] == NOBODY and not any(value for value in row.values() if isinstance(value, int | float))
