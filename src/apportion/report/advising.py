"""What should be done, in sentences? From ``advice`` in ``run.json``; each function answers one question an operator has."""

import math
from typing import Any

from apportion.report.finding import BAD, GOOD, NEXT, NOTE, Finding, Phrase
from apportion.report.telling import Value

Told = dict[str, Any]
SMALL = 0.02  # a change that nobody would notice


def advising(told: Told) -> list[Finding]:
    """Collect what to do and why, who is affected, how sure it is, and what else may be done."""
    parts = (
        _what(told),
        _who(told),
        *_price(told),
        *_sure(told),
        *_spare(told),
        *_buy(told),
        _kind_of_work(told),
        _assumes(told),
    )
    return [part for part in parts if part is not None]


def named(row: Told) -> Phrase:
    """Name a charter of those that were tried."""
    phrase: Phrase = (f"advice.charters.{row['key']}", {})
    if "limit" in row["values"]:
        limit = Value("percent", row["values"]["limit"])
        phrase = ("advice.limited", {"charter": Value("clause_of", phrase), "limit": limit})
    if "services" in row["values"]:
        phrase = (f"advice.services.{row['values']['services']}", {"charter": Value("clause_of", phrase)})
    return phrase


def by_role(told: Told, role: str) -> Told | None:
    """The first charter in one role."""
    return next((row for row in told["charters"] if row["role"] == role), None)


def _what(told: Told) -> Finding:
    now, best = _now_and_best(told)
    values = {
        "charter": Value("clause_of", named(best)),
        "gain": Value("percent", abs(best["mean"] / now["mean"] - 1) if now["mean"] else 0.0),
        "members_gain": Value("percent", 1 - math.exp(-max(best["gain"], 0.0))),
        "before": Value("duration", now["mean"]) if told["streams"] else Value("amount", now["mean"]),
        "after": Value("duration", best["mean"]) if told["streams"] else Value("amount", best["mean"]),
        "interval": Value("clause", _interval(told)),
        "worst_before": Value("ratio", now["worst"]),
        "worst_after": Value("ratio", best["worst"]),
        "harmed": Value("names", best["worse_than_alone"]),
        "answered_before": Value("part", now["answered"]),
        "answered_after": Value("part", best["answered"]),
        "blocks": (told["trial"] or {}).get("blocks", 0),
    }
    apart = "_apart" if told["apart_today"] and told["kind"] == "keep" else ""
    rate = "_rate" if told["reason"] == "safer" and not told["streams"] else ""
    return Finding(f"{told['kind']}_{told['reason']}{apart}{rate}", GOOD, values)


def _now_and_best(told: Told) -> tuple[Told, Told]:
    """The present charter, and the best of those tried, also where it is not advised."""
    return by_role(told, "now") or told["best"], told["best"]


def _interval(told: Told) -> Phrase | None:
    trial = told["trial"]
    if trial is None or trial["low"] is None:
        return None
    low, high = sorted((-trial["high"], -trial["low"]))
    return "advice.interval", {"low": Value("part", low), "high": Value("part", high)}


def _who(told: Told) -> Finding | None:
    """Say who gains and who loses by the change."""
    if told["kind"] == "keep":
        return None
    rest = len(told["members"]) - len(told["gains"]) - len(told["loses"])
    values = {
        "gains": Value("names", told["gains"]),
        "loses": Value("names", told["loses"]),
        "rest": Value("clause", ("advice.rest", {"rest": Value("many", (rest, "member"))}) if rest else None),
        "count": Value("many", (len(told["gains"]), "member")),
    }
    if told["loses"]:
        return Finding(_of(told, "who_loses"), BAD, values)
    return Finding("who_gains", GOOD, values) if told["gains"] else Finding("who_nobody", NOTE, values)


def _price(told: Told) -> list[Finding]:
    """Say what the change costs all together in work done, and how concentration changes."""
    now, best = _now_and_best(told)
    if told["kind"] == "keep":
        return []
    values = {
        "done_before": Value("part", now["done"]),
        "done_after": Value("part", best["done"]),
        "hhi_before": Value("whole", now["hhi"]),
        "hhi_after": Value("whole", best["hhi"]),
    }
    return [Finding(_of(told, "price"), NOTE, values)]


def _of(told: Told, key: str) -> str:
    """Name a sentence about jobs that queue, or the one about claims that are divided once."""
    return key if told["streams"] else f"{key}_rate"


def _sure(told: Told) -> list[Finding]:
    """Say under what the advice stays, and what would change it."""
    found = told["sturdy"]
    if told["reason"] == "short":
        return []
    if found is None:
        return [Finding("sure_once", NOTE)]
    values = {
        "tried": len(found["tried"]),
        "other": len(found["other"]),
        "further": Value("clause", _further(told)),
        "instead": Value(
            "phrases", [named(_row(told, key)) for key in dict.fromkeys(one[2] for one in found["other"])]
        ),
    }
    return [Finding("fragile" if found["other"] else "sturdy", BAD if found["other"] else NOTE, values)]


def _further(told: Told) -> Phrase | None:
    """At which other loads would another charter do better?"""
    found = told["sturdy"]["further"]
    if not found:
        return "advice.further_none", {}
    each: list[Phrase] = [
        ("advice.at_load", {"load": Value("percent", load), "charter": Value("clause_of", named(_row(told, key)))})
        for load, key in found
    ]
    return "advice.further", {"each": Value("phrases", each)}


def _row(told: Told, key: str) -> Told:
    return next(row for row in told["tried"] if row["key"] == key)


def _spare(told: Told) -> list[Finding]:
    """Say how many machines need not be there, or could be lent, with nobody worse off than alone."""
    few = told["fewest"]
    if few is None:
        return []
    resource = told["resource"]
    values = {
        "spare": Value("units", (few["spare"], resource)),
        "units": Value("units", (few["units"], resource)),
        "percent": Value("percent", few["percent"] / 100),
        "worst": Value("ratio", few["worst"]),
    }
    return [Finding("spare_machines" if few["spare"] else "spare_none", NOTE, values)]


def _buy(told: Told) -> list[Finding]:
    """Say what to buy first, if anything helps that would be noticed."""
    found = []
    if told["more"]:
        rows = sorted(told["more"], key=lambda row: row["change"])
        each: list[Phrase] = [
            (
                "advice.a_tenth",
                {"resource": Value("resource", row["resource"]), "change": Value("part", max(-row["change"], 0.0))},
            )
            for row in rows
        ]
        best = Value("resource", rows[0]["resource"])
        key = "buy" if told["buy"] else "buy_nothing"
        found.append(Finding(key, NEXT if told["buy"] else NOTE, {"resource": best, "each": Value("phrases", each)}))
    if len(told["priced"]) > 1:
        priced = told["priced"]
        shown: list[Phrase] = [
            ("advice.flavor", {"flavor": row["flavor"], "value": Value("percent", _worth(row))}) for row in priced[:4]
        ]
        key = "flavor_for_money" if priced[0]["by_price"] is not None else "flavor"
        found.append(Finding(key, NOTE, {"flavor": priced[0]["flavor"], "each": Value("phrases", shown)}))
    return found


def _worth(row: Told) -> float:
    return float(row["value"] if row["by_price"] is None else row["by_price"])


def _kind_of_work(told: Told) -> Finding:
    """Say what kind of work it is."""
    each: list[Phrase] = [
        (
            f"advice.traits.{trait['key']}",
            {name: _shown(name, value) for name, value in trait.items() if name not in {"key", "holds"}},
        )
        for trait in told["traits"]
        if trait["holds"]
    ]
    return Finding("work", NOTE, {"each": Value("phrases", each)})


def _assumes(told: Told) -> Finding:
    """Say what it takes for granted."""
    count = Value("many", (told["assumptions"], "assumption"))
    imported = ("advice.imported", {"count": count}) if told["assumptions"] else None
    return Finding(_of(told, "assumes"), NOTE, {"imported": Value("clause", imported)})


def _shown(name: str, value: Any) -> Any:
    if name in {"resource", "services"}:
        return Value("resource", value) if name == "resource" else Value("many", (value, "service"))
    return Value("percent", value) if isinstance(value, float) else value


def for_member(told: Told, row: Told) -> list[Finding]:
    """Say to one member what it had, has and would have, why, and what would help it."""
    streams = told["streams"]

    def amount(value: float | None) -> Value:
        return Value("duration" if streams else "amount", value)

    values = {"alone": amount(row["alone"]), "now": amount(row["now"]), "then": amount(row["then"])}
    found = [] if row["now"] is None else [_change_of(told, row, values)]
    if row["alone"] and row["now"]:
        kind = "member_alone" if streams else "member_alone_rate"
        found.append(Finding(kind, NOTE, values | {"rho": Value("ratio", _rho(told, row))}))
    share = {"demand": Value("percent", row["demand"]), "standing": Value("percent", row["standing"])}
    key = "member_asks_more" if row["demand"] > row["standing"] else "member_asks_less"
    found.append(Finding(key, NOTE, share | {"resource": Value("resource", told["resource"])}))
    if row["wide_wait"] > SMALL:
        wide = {"part": Value("percent", row["wide_wait"]), "units": Value("units", (row["wide"], told["resource"]))}
        found.append(Finding("member_wide", NOTE, wide))
    return found + _helps(told, row)


def _change_of(told: Told, row: Told, values: Told) -> Finding:
    if told["kind"] == "keep":
        return Finding("member_keep", NOTE, values)
    better = row["member"] in told["gains"]
    worse = row["member"] in told["loses"]
    change = Value("percent", abs(row["then"] / row["now"] - 1)) if row["then"] is not None else None
    key, tone = ("member_better", GOOD) if better else ("member_worse", BAD) if worse else ("member_same", NOTE)
    return Finding(key if told["streams"] else f"{key}_rate", tone, values | {"change": change or ""})


def _rho(told: Told, row: Told) -> float:
    after = row["now"] if row["then"] is None else row["then"]
    return float(after / row["alone"] if told["streams"] else row["alone"] / after)


def _helps(told: Told, row: Told) -> list[Finding]:
    """Say what would help a member, of what was tried."""
    if not row["helps"]:
        return []
    each: list[Phrase] = [
        (
            "advice.sooner" if one["change"] < 0 else "advice.later",
            {
                "what": Value(
                    "clause_of", (f"advice.{one['kind']}", {"units": Value("units", (one["units"], told["resource"]))})
                ),
                "change": Value("part", abs(one["change"])),
            },
        )
        for one in row["helps"]
    ]
    best = min(one["change"] for one in row["helps"])
    noticed = best <= -SMALL
    key = "member_help" if noticed else "member_help_none"
    return [Finding(key, NEXT if noticed else NOTE, {"each": Value("phrases", each)})]
