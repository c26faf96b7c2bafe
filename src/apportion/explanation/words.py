"""How is an explanation told on a terminal? Tables of a few columns, and sentences that say what they mean."""

from collections.abc import Callable, Iterable
from typing import Any

from apportion.assessment import label
from apportion.explanation import Asked, Explanation
from apportion.explanation.changes import Change
from apportion.explanation.limits import Kind, Limit, Scarce

Row = dict[str, Any]
OF_LEVEL = "Level is the dominant share over the part entitled to."


def title(told: Explanation) -> str:
    """Say who, by which rule and when."""
    start, end = told.window
    of = "" if told.kind == "member" else f" of {told.member}"
    return f"{told.name}: a {told.kind}{of}, under {told.policy}, window {start}..{end} s"


def claim_rows(told: Explanation) -> list[Row]:
    """One row a claim: what it asked for and got, and what holds it back."""
    return [
        {
            "claim": one.claim,
            "asked": one.asked,
            "granted": one.granted,
            "a task needs": amounts(one.needs),
            "granted on": ", ".join(f"{flavor} {number(n)}" for flavor, n in one.on.items()) or "–",
            "held back by": held(one),
            "minimum": one.minimum,
            "rate": one.rate,
            "best rate": one.best_rate,
        }
        for one in told.claims
    ]


def summary(told: Explanation) -> str:
    """Say what was asked and given, what binds, and at what price."""
    part = f" ({100 * told.granted / told.asked:.0f} %)" if told.asked else ""
    said = [f"{told.name} asked for {number(told.asked)} tasks and was granted {number(told.granted)}{part}."]
    level = "" if told.level is None else f", so it stands at level {number(told.level)}"
    said.append(
        f"{told.member} holds {100 * told.dominant_share:.1f} % of its dominant resource and is entitled to "
        f"{100 * told.entitled:.1f} %{level}."
    )
    if told.pays is not None:
        said.append(f"{told.member} pays {number(told.pays)} a second for all it is granted, in the unit of value.")
    said += [_scarcity(told, one) for one in _scarce(told.claims)]
    if told.more_claims:
        said.append(f"{told.more_claims:,} more claims miss less and are not shown.")
    if told.looks_at:
        decides = " and ".join(told.looks_at)
        said.append(f"Differences in {decides} decide here: were all alike, this rule would divide otherwise.")
    return " ".join([*said, *(f"Note: {note}." for note in told.notes)])


def ahead_rows(told: Explanation) -> list[Row]:
    """One row for each member shown that stands higher."""
    return [
        {
            "member": one.member,
            "level": one.level,
            "dominant share %": 100 * one.dominant_share,
            "why": "; ".join(one.why) or "no single reason: the rule as a whole puts it there",
        }
        for one in told.ahead
    ]


def ahead_sentence(told: Explanation) -> str:
    """Say how many stand higher."""
    if told.ahead_count is None:
        return ""
    if not told.ahead_count:
        return f"Nobody stands at a higher level. {OF_LEVEL}"
    many = "stand" if told.ahead_count > 1 else "stands"
    return f"{told.ahead_count} of {told.others} others {many} at a higher level. {OF_LEVEL}"


def change_rows(told: Explanation) -> list[Row]:
    """One row for each change that would have helped, smallest first."""
    return [
        {
            "change": change(one),
            "tasks": one.tasks_after,
            "more tasks": one.tasks_after - one.tasks_before,
            "more useful rate %": 100 * (one.rate_after / one.rate_before - 1) if one.rate_before else None,
        }
        for one in told.changes
    ]


def change_sentence(told: Explanation) -> str:
    """Say what the smallest change is."""
    if told.changes:
        return "Each was tried: decided again by the same rule, all else as it is. Smallest change first."
    if all(one.limit.kind is Kind.CAP for one in told.claims):
        return "It got all that it asked for, and asking for more would bring nothing."
    return "No single change that was tried would have helped."


def change(one: Change) -> str:
    """Say one change."""
    return SAID[one.kind](one)


SAID: dict[str, Callable[[Change], str]] = {
    "smaller": lambda c: f"{c.of}: {number(c.after)} instead of {number(c.before)} {_unit_first(label(c.what))} a task",
    "flavor": lambda c: f"{c.of}: able to run on {c.what}, at speed {number(c.after)}",
    "minimum": lambda c: f"{c.of}: no minimum, instead of {number(c.before)} tasks",
    "tasks": lambda c: f"{c.of}: asking for {number(c.after)} instead of {number(c.before)} tasks",
    "priority": lambda c: f"{c.of}: priority {number(c.after)} instead of {number(c.before)}",
    "value": lambda c: f"{c.of}: value {number(c.after)} instead of {number(c.before)}",
    "weight": lambda c: f"{c.of}: {number(c.after - c.before)} % {'more weight' if c.before else 'of the mean weight'}",
    "bring": lambda c: f"{c.of}: bringing {amounts(c.amounts)} on {c.what}",
}


def held(one: Asked) -> str:
    """Say what holds a claim back, in a few words."""
    return HELD[one.limit.kind](one.limit)


HELD: dict[Kind, Callable[[Limit], str]] = {
    Kind.CAP: lambda _: "nothing: it got all it asked for",
    Kind.SLOWER: lambda limit: f"all granted, some on slower nodes; faster ones {_room(limit)}",
    Kind.RESOURCE: lambda limit: f"used up: {_named(limit.scarce)}",
    Kind.NOWHERE: lambda limit: "; ".join(f"{one.flavor}: {one.why}" for one in limit.barred),
    Kind.RULE: lambda _: "the rule: there is room, and it gives no more",
}


def _room(limit: Limit) -> str:
    return f"are used up: {_named(limit.scarce)}" if limit.scarce else "have room"


def _named(scarce: Iterable[Scarce]) -> str:
    return ", ".join(f"{label(one.resource)} of {one.flavor}" for one in scarce)


def _scarce(claims: Iterable[Asked]) -> list[Scarce]:
    """Each resource that is used up, once."""
    return list({(one.flavor, one.resource): one for asked in claims for one in asked.limit.scarce}.values())


def _scarcity(told: Explanation, one: Scarce) -> str:
    name = f"{label(one.resource)} of {one.flavor}"
    price = "" if one.price is None else f", at a price of {number(one.price)} of the objective for one"
    price = ", though its price is 0: more of it would not raise the objective" if one.price == 0 else price
    gain = (
        "" if one.one_more is None else f"{number(one.one_more)} of useful rate" if one.one_more > 1e-6 else "nothing"
    )
    more = gain and f"; one more would bring {told.name} {gain}"
    return f"{name} is used up ({number(one.used)} of {number(one.capacity)}){price}{more}."


def amounts(of: dict[str, float]) -> str:
    """Write amounts of several resources: 4 CPU, 1 GPU."""
    return ", ".join(f"{number(amount)} {_unit_first(label(name))}" for name, amount in of.items()) or "nothing"


def _unit_first(resource: str) -> str:
    """Turn *memory GiB* round: 48 GiB memory."""
    return " ".join(reversed(resource.split(" ", 1)))


def number(value: float) -> str:
    """Write a number to four significant digits, whole ones as they are.

    >>> number(12.0), number(10.666667), number(0.00012344), number(-0.0)
    ('12', '10.67', '0.0001234', '0')
    """
    if abs(value - round(value)) < 1e-9:
        return f"{round(value):,}"
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
