"""Which plan is this, and which situation does it answer?"""

from pathlib import Path
from typing import Any

from apportion import loop
from apportion.cli import reading
from apportion.cli.options import notices
from apportion.domain.plan import Plan, remarks
from apportion.domain.pool import Pool
from apportion.domain.situation import Situation, Window
from apportion.domain.verdict import Status
from apportion.errors import BadInput, Fault
from apportion.ledger import plan_file
from apportion.ledger.situation_file import read_situation

SHOWN = 5  # members named in a message


def planned(pool: Path, plan: Path) -> tuple[Situation, Plan]:
    """Read a plan that can be, and the situation it answers.

    Raises
    ------
    NotFound, BadInput
        if either is not there, is not what it should be, the plan answers another situation, or grants what cannot be.
    """
    raw = plan_file.raw_plan(plan)
    return planned_for(reading.read_pool(pool), pool, raw, plan)


def planned_for(read: Pool, pool: Path, raw: dict[str, Any], plan: Path) -> tuple[Situation, Plan]:
    """Do the same with a pool and a plan file that have been read already."""
    situation = _situation(read, pool, raw, plan)
    if raw["situation"] != situation.digest:
        raise BadInput(
            f"the plan answers situation {str(raw['situation'])[:12]}…, the pool gives {situation.digest[:12]}…",
            str(plan),
            "give the pool as it was when the plan was made, or plan again",
        )
    decided = plan_file.plan_in(raw, plan, situation)
    _refuse_impossible(situation, decided, pool, plan)
    return situation, decided


def _refuse_impossible(situation: Situation, decided: Plan, pool: Path, plan: Path) -> None:
    verdict = loop.prove(situation, decided, ["feasible"])[0]
    if verdict.status is Status.REFUTED:
        about = ", ".join(f"{key} {value}" for key, value in verdict.witness.items() if key != "what")
        raise BadInput(
            f"{verdict.meaning} ({about})", str(plan), f"plan again, or see all of it: apportion prove {pool} {plan}"
        )


def situation_of(pool: Path, plan: Path) -> Situation:
    """Rebuild the situation from the pool; if the pool has changed, take the one kept beside the plan and say so."""
    raw = plan_file.raw_plan(plan)
    return _situation(reading.read_pool(pool), pool, raw, plan)


def _situation(read: Pool, pool: Path, raw: dict[str, Any], plan: Path) -> Situation:
    asked = [] if read.claims is None else [loop.assess(read)]
    if read.jobs is not None and raw.get("window"):
        asked.append(loop.assess(read, _window(raw["window"], plan)))
    same = [situation for situation in asked if situation.digest == raw["situation"]]
    beside = [path for z in (False, True) if (path := plan_file.situation_path(plan, compressed=z)).is_file()]
    if same or not beside:
        return (same or asked or [loop.assess(read)])[0]
    kept = read_situation(beside[0])
    if not set(kept.members.id.tolist()) & set(read.members.id.tolist()):
        raise BadInput(
            f"the plan is another pool's: it divides among {_some(kept)}, the members here are {_some(read)}",
            str(plan),
            "give the pool that the plan was made for, or plan again",
        )
    notices(
        (
            Fault(
                "the pool gives another situation than the plan answers; taken is the one kept beside the plan",
                str(pool),
                "plan again to decide for the pool as it is now",
            ),
        )
    )
    return kept


def _window(raw: Any, plan: Path) -> Window | None:
    try:
        start_s, end_s = raw
        return reading.window(f"{start_s}..{end_s}")
    except (BadInput, TypeError, ValueError):
        raise BadInput(f"{raw!r} is no window", f"{plan}, window", "give a file that apportion plan wrote") from None


def _some(of: Situation | Pool) -> str:
    names = of.members.id.tolist()
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def said(situation: Situation, plan: Plan) -> str:
    """Say what a plan says beside its grants, a line each: who pays what, and what was noted."""
    return "\n".join(f"{remark[:1].upper()}{remark[1:]}." for remark in remarks(situation, plan))
