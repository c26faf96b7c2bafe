"""In what do two plans differ?"""

from collections import Counter
from typing import Any

from apportion.domain.quantity import MICRO


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Say in what two plans (as their files show them) differ, member by member and claim by claim.

    They are the same if every claim is granted the same micro-tasks on every flavor, whoever decided so and whyever. What
    members pay a second is told where a plan has payments.
    """
    old, new = _micro(before), _micro(after)
    changed = [
        {"claim": claim, "member": member, "flavor": flavor, **_change(old.get(key, 0), new.get(key, 0))}
        for key in sorted(old.keys() | new.keys())
        if old.get(key, 0) != new.get(key, 0)
        for member, claim, flavor in [key]
    ]
    sides = [_by_member(grants) for grants in (old, new)]
    known = [row["member"] for plan in (after, before) for row in plan.get("members", ())]
    names = dict.fromkeys([*known, *sides[1], *sides[0]])
    shares = [{row["member"]: row["dominant_share"] for row in plan.get("members", ())} for plan in (before, after)]
    paid = {when: _paid(plan) for when, plan in (("before", before), ("after", after)) if plan.get("payments")}
    return {
        "same": not changed,
        "policy": [before["policy"], after["policy"]],
        "situation": [before["situation"], after["situation"]],
        "members": [
            {"member": name, **_change(sides[0][name], sides[1][name])}
            | {"dominant_share_before": shares[0].get(name), "dominant_share_after": shares[1].get(name)}
            | {f"pays_{when}": of.get(name, 0.0) for when, of in paid.items()}
            for name in names
        ],
        "claims": changed,
        "notes": [list(plan.get("notes") or ()) for plan in (before, after)],
    }


def _micro(plan: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    found: Counter[tuple[str, str, str]] = Counter()
    for grant in plan["grants"]:
        found[grant["member"], grant["claim"], grant["flavor"]] += grant["tasks_micro"]
    return found


def _by_member(grants: dict[tuple[str, str, str], int]) -> Counter[str]:
    total: Counter[str] = Counter()
    for (member, _, _), micro in grants.items():
        total[member] += micro
    return total


def _paid(plan: dict[str, Any]) -> dict[str, float]:
    payments = plan["payments"]
    return {row["member"]: int(row["paid"]) / int(payments["denominator"]) for row in payments["members"]}


def _change(before: int, after: int) -> dict[str, float]:
    return {"tasks_before": before / MICRO, "tasks_after": after / MICRO, "change": (after - before) / MICRO}
