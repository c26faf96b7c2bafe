"""How few machines would do, and does the order of the queue matter? The findings about other sizes of the pool."""

import math
from itertools import combinations, takewhile
from typing import Any

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.finding import BAD, GOOD, NOTE, Finding, Phrase
from apportion.report.telling import Value

Row = dict[str, Any]


def sizing(run: Run) -> list[Finding]:
    """How few machines would do, and from where on does the order of the queue matter?"""
    sized = run["sizing"]
    if facts.overloaded(run) or not facts.worst_by_home(run):
        return []
    if not sized:
        return [Finding("no_sizing", NOTE)]
    best = [found for home in sized_homes(sized) if (found := fewest(sized, home))]
    if not best:
        whole = Value("units", (sized["capacity"], sized["resource"]))
        return [Finding("never_safe", BAD, {"whole": whole})]
    return [_headline(sized, best), *_where_orders_part(sized)]


def sized_homes(sized: Row) -> list[str]:
    """Name the disciplines at home that were compared with, the simplest first."""
    return sorted({row["alone"] for row in sized["fewest"]}, key=facts.simplicity)


def fewest(sized: Row, home: str) -> Row | None:
    """Return the row with the fewest machines against one discipline at home; of equals the simplest."""
    known = [row for row in sized["fewest"] if row["alone"] == home and row["percent"] is not None]
    return min(
        known, key=lambda row: (row["percent"], *facts.simplicity(row["discipline"]), row["variant"]), default=None
    )


def fewest_anywhere(sized: Row) -> Row | None:
    """Return the row that the headline is about: against the first discipline at home for which there is one."""
    return next((found for home in sized_homes(sized) if (found := fewest(sized, home))), None)


def _headline(sized: Row, best: list[Row]) -> Finding:
    first, whole, resource = best[0], sized["capacity"], sized["resource"]
    values = {
        "few": Value("amount", first["gpus"]),
        "whole": Value("units", (whole, resource)),
        "percent": Value("percent", first["percent"] / 100),
        "discipline": Value("discipline", (first["discipline"], first["variant"])),
        "home": Value("home", first["alone"]),
        "rho": Value("ratio", first["worst_rho"]),
        "ties": Value("clause", _other_ties(sized, first)),
        "rest": Value("clause", _at_other_homes(best[1:], resource)),
        "blind": Value("clause", _knowing_means_only(sized, resource)),
        "simple": Value("clause", _simplest_needs(sized, first, resource)),
    }
    return Finding("spare" if first["percent"] < 100 else "no_spare", GOOD if first["percent"] < 100 else NOTE, values)


def _other_ties(sized: Row, best: Row) -> Phrase | None:
    """Warn where another order of ties would leave somebody worse off at the size that is recommended."""
    keys = ("discipline", "variant", "alone", "percent")
    spread = next((row["worst_rho_range"] for row in sized["rows"] if all(row[k] == best[k] for k in keys)), None)
    return ("phrases.ties", {"rho": Value("ratio", spread[1])}) if spread and spread[1] > 1 else None


def _at_other_homes(rows: list[Row], resource: str) -> Phrase | None:
    return ("phrases.also", {"each": Value("phrases", [_at_size(row, resource) for row in rows])}) if rows else None


def _at_size(row: Row, resource: str) -> Phrase:
    return "phrases.at_size", {
        "gpus": Value("units", (row["gpus"], resource)),
        "discipline": Value("discipline", (row["discipline"], row["variant"])),
        "home": Value("home", row["alone"]),
        "rho": Value("ratio", row["worst_rho"]),
    }


def _knowing_means_only(sized: Row, resource: str) -> Phrase | None:
    """Say what is left of it when durations are not known beforehand."""
    rows = [row for row in sized["fewest"] if row["variant"] == "member_mean" and row["percent"] is not None]
    if not rows:
        return None
    return "phrases.means_only", {"each": Value("phrases", [_short(row, resource) for row in rows])}


def _short(row: Row, resource: str) -> Phrase:
    return "phrases.size", {
        "gpus": Value("units", (row["gpus"], resource)),
        "home": Value("home", row["alone"]),
    }


def _simplest_needs(sized: Row, best: Row, resource: str) -> Phrase | None:
    """Say what the simplest discipline needs, if that is not the best one already."""
    rows = [row for row in sized["fewest"] if row["percent"] is not None and not row["variant"]]
    simple = min(rows, key=lambda row: facts.simplicity(row["discipline"]), default=None)
    if simple is None or simple["discipline"] == best["discipline"]:
        return None
    return "phrases.simple_needs", {
        "discipline": Value("discipline", (simple["discipline"], simple["variant"])),
        "gpus": Value("units", (simple["gpus"], resource)),
    }


def _where_orders_part(sized: Row) -> list[Finding]:
    """Find the sizes at which every order tried keeps every member whole: there the simplest will do."""
    by_percent = {percent: [row for row in sized["rows"] if row["percent"] == percent] for percent in sized["percents"]}
    sizes = sorted(by_percent, reverse=True)
    safe = list(takewhile(lambda percent: all(_safe(row) for row in by_percent[percent]), sizes))
    orders = {(row["discipline"], row["variant"]) for row in sized["rows"]}
    if len(orders) < 2:
        return []
    if not safe:
        return [Finding("orders_differ_at_once", NOTE, {"failing": _failing(by_percent[sizes[0]])})]
    here = by_percent[safe[-1]]
    simple = min(here, key=lambda row: (*facts.simplicity(row["discipline"]), row["variant"]))
    quick = min(here, key=lambda row: row["mean_jct_s"])
    values = {
        "gpus": Value("units", (simple["gpus"], sized["resource"])),
        "percent": Value("percent", safe[-1] / 100),
        "simple": Value("discipline", (simple["discipline"], simple["variant"])),
        "simple_jct": Value("duration", simple["mean_jct_s"]),
        "quick": Value("discipline", (quick["discipline"], quick["variant"])),
        "quick_jct": Value("duration", quick["mean_jct_s"]),
        "below": Value("clause", _below(by_percent, sizes[len(safe) :])),
        "simpler": Value("clause", _simpler_is_gentler(sized["rows"], sizes[len(safe) :])),
    }
    return [Finding("orders_agree", NOTE, values)]


def _safe(row: Row) -> bool:
    return row["worst_rho"] is not None and row["worst_rho"] <= 1 and not row.get("unfinished")


def _below(by_percent: dict[int, list[Row]], smaller: list[int]) -> Phrase | None:
    if not smaller:
        return None
    here = by_percent[smaller[0]]
    return "phrases.below", {"percent": Value("percent", smaller[0] / 100), "failing": _failing(here)}


def _simpler_is_gentler(rows: list[Row], sizes: list[int]) -> Phrase | None:
    """Find the largest size from which down a simpler order treats the worst placed member better than a harder one."""
    rho = {
        (row["alone"], row["discipline"], row["percent"]): row["worst_rho"]
        for row in rows
        if not row["variant"] and row["worst_rho"] is not None
    }
    found = []
    for home in sorted({home for home, _, _ in rho}):
        names = sorted({name for at, name, _ in rho if at == home}, key=facts.simplicity)
        for simple, harder in combinations(names, 2):
            size = _gentler_from(rho, (home, simple), (home, harder), sizes)
            found += [] if size is None else [(size, simple, harder, rho[home, simple, size], rho[home, harder, size])]
    if not found:
        return None
    size, simple, harder, low, high = max(found, key=lambda one: one[0])
    return "phrases.simpler", {
        "percent": Value("percent", size / 100),
        "simple": Value("home", simple),
        "complex": Value("home", harder),
        "low": Value("ratio", low),
        "high": Value("ratio", high),
    }


def _gentler_from(
    rho: dict[tuple[str, str, int], float], one: tuple[str, str], other: tuple[str, str], sizes: list[int]
) -> int | None:
    """Return the largest size at which, and at all smaller ones, `one` leaves the worst placed member better off."""
    never = math.inf
    better = takewhile(lambda size: rho.get((*one, size), never) < rho.get((*other, size), never), sorted(sizes))
    return max(better, default=None)


def _failing(rows: list[Row]) -> Value:
    """List the disciplines that leave somebody worse off, each with its largest ρ."""
    largest: dict[tuple[str, str], float] = {}
    for row in rows:
        if not _safe(row) and row["worst_rho"] is not None:
            key = (row["discipline"], row["variant"])
            largest[key] = max(row["worst_rho"], largest.get(key, 0.0))
    named = sorted(largest.items(), key=lambda item: -item[1])
    return Value(
        "phrases",
        [("phrases.fails", {"discipline": Value("discipline", key), "rho": Value("ratio", rho)}) for key, rho in named],
    )
