"""What does this run mean, and what should be done? Sentences as keys and numbers; a language makes words of them.

Each function answers one question an operator has, and says nothing where the run does not know. The unfavourable cases
are findings like the others: a broken promise comes first, a member who is worse off is named.
"""

from itertools import pairwise
from typing import Any

from apportion.report import facts
from apportion.report.advising import advising
from apportion.report.facts import Run
from apportion.report.finding import BAD, GOOD, NOTE, Finding, Phrase
from apportion.report.next_step import next_step
from apportion.report.sizing_findings import fewest, sized_homes, sizing
from apportion.report.telling import Value

NOTICED = 1.01  # a time longer by less is the same


def findings(run: Run) -> list[Finding]:
    """Collect what an operator should know, the most urgent first, and end with what to do next; advice, if any, leads."""
    told = run.get("advice")
    if told:
        first, *rest = [*advising(told), *better_off(run), *later(run)]
        rest.sort(key=lambda one: one.tone != BAD)
        return [*broken_promises(run), *impossible(run), first, *rest]
    said = [*broken_promises(run), *impossible(run), *better_off(run), *sizing(run), *later(run), *load(run)]
    return [*(one for one in said if one.tone == BAD), *(one for one in said if one.tone != BAD), *next_step(run)]


def broken_promises(run: Run) -> list[Finding]:
    """Was any promise of the rule refuted, in the plan shown or in any window?"""
    windows = {v["proof"]: v["broken"] for v in run["windows"]["verdicts"] if v.get("broken")}
    return [
        Finding(
            "broken_promise" if proof in windows else "broken_promise_shown",
            BAD,
            {
                "policy": run["policy"],
                "proof": Value("proof", proof),
                "broken": Value("many", (windows.get(proof, 1), "window")),
                "decided": run["windows"]["decided"],
            },
            (f"apportion prove {facts.pool_path(run)} {facts.run_path(run)}/PLAN.json --proof {proof}",),
        )
        for proof in facts.broken(run)
    ]


def impossible(run: Run) -> list[Finding]:
    """Do jobs ask for more than the whole pool?"""
    stream = run["stream"]
    if not stream or not stream["impossible"]:
        return []
    return [Finding("impossible", BAD, {"jobs": Value("many", (stream["impossible"], "job"))})]


def better_off(run: Run) -> list[Finding]:
    """Is every member better off in the pool than alone?"""
    if not run["waiting"]:
        return [_claims_only(run)]
    worst = facts.worst_by_home(run)
    if not worst:
        return [Finding("nobody_alone", NOTE, {"jobs": Value("many", (run["stream"]["jobs"], "job"))})]
    losers = facts.losers(run)
    shown = {home: found for home, found in worst.items() if found[1] > 1} if losers else worst
    values = {
        "policy": run["policy"],
        "worst": Value("phrases", _worst_placed(shown, "phrases.worst_placed" if losers else "phrases.gains_least")),
        "only": Value("clause", _only_in_pool(run)),
        "gain": Value("clause", _gain(run)),
    }
    if not losers:
        gain = all(rho < 1 for _, rho in worst.values())
        return [Finding("all_better" if gain else "none_worse", GOOD, values)]
    values |= {"losers": Value("names", losers), "count": Value("many", (len(losers), "member"))}
    return [Finding("some_worse", BAD, values)]


def _claims_only(run: Run) -> Finding:
    resource = facts.scarcest(run)
    asked, granted = facts.asked(run, resource), facts.granted(run, resource)
    asking = [member for member, amount in asked.items() if amount > 0]
    full = [member for member in asking if granted[member] >= asked[member] * (1 - 1e-6)]
    return Finding(
        "claims_only",
        NOTE,
        {"policy": run["policy"], "full": len(full), "asking": Value("many", (len(asking), "asking_member"))},
    )


def _worst_placed(worst: dict[str, tuple[str, float]], key: str) -> list[Phrase]:
    """Name the worst placed member of each comparison, a member who is worst in several only once."""
    by_member: dict[str, list[Phrase]] = {}
    for home, (member, rho) in worst.items():
        phrase = ("phrases.at_home", {"rho": Value("ratio", rho), "home": Value("home", home)})
        by_member.setdefault(member, []).append(phrase)
    return [(key, {"member": member, "each": Value("phrases", each)}) for member, each in by_member.items()]


def _only_in_pool(run: Run) -> Phrase | None:
    jobs = sum(row["only_in_pool"] for row in run["waiting"])
    return ("phrases.only_in_pool", {"jobs": Value("many", (jobs, "job"))}) if jobs else None


def _gain(run: Run) -> Phrase | None:
    """Split the time saved on the whole pool into queue order at home, pooling and rule, if each of them saves some."""
    parts = (run["sizing"] or {}).get("decomposition") or []
    times = [step["mean_jct_s"] for part in parts[:1] if part["percent"] == 100 for step in part["steps"]]
    if len(times) != 4 or None in times or times[0] <= NOTICED * times[3]:
        return None
    saved = [(before - after) / (times[0] - times[3]) for before, after in pairwise(times)]
    if min(saved) < 0:
        return None
    return "phrases.gain", {
        "before": Value("duration", times[0]),
        "after": Value("duration", times[3]),
        **{name: Value("percent", part) for name, part in zip(("order", "pooling", "rule"), saved, strict=True)},
    }


def later(run: Run) -> list[Finding]:
    """How many single jobs end later than alone, although members gain on average?"""
    parts = [(home, part) for home in facts.homes(run) if (part := facts.figure(run, f"unfair_fraction.{home}"))]
    if not parts:
        return []
    each = [("phrases.later", {"part": Value("percent", part), "home": Value("home", home)}) for home, part in parts]
    return [Finding("later", NOTE, {"each": Value("phrases", each), "smaller": Value("clause", _later_smaller(run))})]


def _later_smaller(run: Run) -> Phrase | None:
    """Say how many would be later on the smallest pool that the sizing calls safe."""
    sized = run["sizing"]
    best = fewest(sized, sized_homes(sized)[0]) if sized and sized["fewest"] and not facts.overloaded(run) else None
    if best is None or best["later"] is None or best["percent"] == 100:
        return None
    return "phrases.later_smaller", {
        "gpus": Value("units", (best["gpus"], sized["resource"])),
        "discipline": Value("discipline", (best["discipline"], best["variant"])),
        "part": Value("percent", best["later"]),
    }


def load(run: Run) -> list[Finding]:
    """Is there enough for what is asked, over the whole span and in the busiest window?"""
    resource = facts.scarcest(run)
    tight = next((row for row in run["demand"]["scarcity"] if row["resource"] == resource), None)
    peak = tight["ratio"] if tight else 0.0
    values: dict[str, Any] = {"resource": Value("resource", resource), "peak": Value("percent", peak)}
    if not run["stream"]:
        return [Finding("claims_over" if peak > 1 else "claims_within", NOTE, values)] if tight else []
    mean = run["stream"]["load"].get(resource, 0.0)
    values |= {"load": Value("percent", mean), "span": Value("duration", run["stream"]["span_s"])}
    if facts.overloaded(run):
        return [Finding("overload", BAD, values)]
    return [Finding("load_peaks" if peak > 1 else "load_fits", NOTE, values)]
