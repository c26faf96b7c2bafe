"""Which plan is this, and which situation does it answer?"""

from pathlib import Path

from apportion import loop
from apportion.cli import reading
from apportion.cli.options import notices
from apportion.domain.plan import Plan, remarks
from apportion.domain.situation import Situation
from apportion.errors import BadInput, Fault
from apportion.ledger import plan_file
from apportion.ledger.situation_file import read_situation


def planned(pool: Path, plan: Path) -> tuple[Situation, Plan]:
    """Read a plan and the situation it answers.

    Raises
    ------
    NotFound, BadInput
        if either is not there, is not what it should be, or the plan answers another situation.
    """
    situation = situation_of(pool, plan)
    decided = plan_file.read_plan(plan, situation)
    if decided.situation != situation.digest:
        raise BadInput(
            f"the plan answers situation {decided.situation[:12]}…, the pool gives {situation.digest[:12]}…",
            str(plan),
            "give the pool as it was when the plan was made, or plan again",
        )
    return situation, decided


def situation_of(pool: Path, plan: Path) -> Situation:
    """Rebuild the situation from the pool; if the pool has changed, take the one kept beside the plan and say so."""
    raw = plan_file.raw_plan(plan)
    read = reading.read_pool(pool)
    asked = [] if read.claims is None else [loop.assess(read)]
    if read.jobs is not None and raw.get("window"):
        start_s, end_s = raw["window"]
        asked.append(loop.assess(read, reading.window(f"{start_s}..{end_s}")))
    same = [situation for situation in asked if situation.digest == raw["situation"]]
    beside = [path for z in (False, True) if (path := plan_file.situation_path(plan, compressed=z)).is_file()]
    if same or not beside:
        return (same or asked or [loop.assess(read)])[0]
    notices(
        (
            Fault(
                "the pool gives another situation than the plan answers; taken is the one kept beside the plan",
                str(pool),
                "plan again to decide for the pool as it is now",
            ),
        )
    )
    return read_situation(beside[0])


def said(situation: Situation, plan: Plan) -> str:
    """Say what a plan says beside its grants, a line each: who pays what, and what was noted."""
    return "\n".join(f"{remark[:1].upper()}{remark[1:]}." for remark in remarks(situation, plan))
