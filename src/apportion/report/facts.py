"""What does a run say that several parts of the report need? Read from ``run.json``; nothing is computed twice."""

import shlex
from typing import Any

Run = dict[str, Any]
SIMPLEST_FIRST = ("strict_fifo", "skip_fifo", "fair_share", "entitled", "virtual_finish")


def resources(run: Run) -> list[str]:
    """Name the resources that the pool has or that anybody asks for."""
    asked = {row["resource"] for row in run["demand"]["scarcity"] if row["asked"]}
    return [r["name"] for r in run["pool"]["resources"] if capacity(run, r["name"]) > 0 or r["name"] in asked]


def scarcest(run: Run) -> str:
    """Name the resource that the concentration and the sizing are about."""
    for part in ("timeline", "sizing"):
        if run.get(part):
            return str(run[part]["resource"])
    rows = run["demand"]["scarcity"]
    tightest = max(rows, key=lambda row: row["ratio"], default=None)
    return str(tightest["resource"] if tightest else run["pool"]["resources"][0]["name"])


def capacity(run: Run, resource: str) -> float:
    """Add up what the flavors hold of a resource, in whole units."""
    return sum(float(row["amount"]) for row in run["pool"]["capacity"] if row["resource"] == resource)


def homes(run: Run) -> list[str]:
    """Name the disciplines at home that this run is compared with, the simplest first."""
    return sorted({home for row in run["waiting"] for home in row["rho"]}, key=simplicity)


def simplicity(discipline: str) -> tuple[int, str]:
    """Order disciplines from the simplest to explain to the hardest; unknown ones last, by name."""
    known = discipline in SIMPLEST_FIRST
    return SIMPLEST_FIRST.index(discipline) if known else len(SIMPLEST_FIRST), discipline


def worst(run: Run, home: str) -> tuple[str, float] | None:
    """Return the member with the largest ρ against a discipline at home, the first of equals; None if nobody has one."""
    known = [(row["rho"][home], row["member"]) for row in run["waiting"] if row["rho"].get(home) is not None]
    return max(((member, rho) for rho, member in known), key=lambda pair: pair[1], default=None)


def worst_by_home(run: Run) -> dict[str, tuple[str, float]]:
    """Return the worst placed member against each discipline at home; empty if nobody can be compared."""
    return {home: found for home in homes(run) if (found := worst(run, home))}


def losers(run: Run) -> list[str]:
    """Name the members who are worse off in the pool against some discipline at home."""
    return [row["member"] for row in run["waiting"] if any(rho is not None and rho > 1 for rho in row["rho"].values())]


def broken(run: Run) -> list[str]:
    """Name the properties that were promised and refuted, in the plan shown or in any window."""
    shown = {one["proof"] for one in run["verdicts"] if one["promised"] and one["status"] == "refuted"}
    return sorted(shown.union(one["proof"] for one in run["windows"]["verdicts"] if one.get("broken")))


def overloaded(run: Run) -> bool:
    """Tell whether the jobs ask for more than there is over the whole span."""
    return bool(run["stream"]) and run["stream"]["load"].get(scarcest(run), 0.0) > 1


def figure(run: Run, name: str) -> float | None:
    """Return the value of a figure by name, None if the run has none."""
    return next((one["value"] for one in run["figures"] if one["name"] == name), None)


def since_start(run: Run, seconds: int) -> int:
    """Count seconds from the first submission, or from the trace's own zero where there are no jobs."""
    return seconds - (run["stream"]["first_s"] if run["stream"] else 0)


def pool_path(run: Run) -> str:
    """Name the pool directory as the user typed it, ready for a command line."""
    if run.get("path"):
        return shlex.quote(run["path"])
    typed = shlex.split(run["command"])[2:3]
    return shlex.quote(typed[0]) if typed and not typed[0].startswith("-") else "POOL"


def run_path(run: Run) -> str:
    """Name the run directory as the user typed it, ready for a command line."""
    typed = shlex.split(run["command"])
    at = typed.index("--out") + 1 if "--out" in typed else len(typed)
    return shlex.quote(run.get("out") or (typed[at] if at < len(typed) else "out/run"))


def granted(run: Run, resource: str) -> dict[str, float]:
    """Say what each member is granted of a resource in the plan that is shown, in whole units."""
    whole = capacity(run, resource)
    return {row["member"]: row["share"].get(resource, 0.0) * whole for row in run["plan"]["members"]}


def asked(run: Run, resource: str) -> dict[str, float]:
    """Say what each member asks for of a resource in the window that is shown, in whole units."""
    return {row["member"]: float(row["asked"].get(resource, 0)) for row in run["demand"]["rows"]}


def entitled(run: Run, resource: str) -> dict[str, float]:
    """Say what each member may count on of a resource, in whole units."""
    return {owner["member"]: float(owner["entitlement"].get(resource, 0)) for owner in run["pool"]["owners"]}
