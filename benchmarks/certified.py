"""Is every plan what another method makes of the pool, and does a stranger's checker confirm it, whatever HiGHS did inside?

    python benchmarks/certified.py --seed 1 --count 1000 [--only WORD …]

Small pools of ten kinds, from the seed: plain, capped, loose, with zeros, ties, owned nodes, past use, minima, of one flavor
and one resource, and mixed (`tests/drawing.py`). Every policy divides each of them, with HiGHS under three settings wherever
the policy asks it anything: simplex, interior point, without presolve. Each plan is written down, and `apportion.checker`
reads the two files. The plan under the first setting is compared with a second method that shares no code with the solver
(`tests/second_ways.py`): the rule in fractions, another solver on the tables as they are, or all ways there are.

Prints a row a policy: pools; plans; pools where some setting gives another plan; what the checker says of the plans (those
that claim no optimum are judged feasible or not); and pools on which the second way agrees, differs, or could not decide.
Exit code 1 if anything is refuted or differs.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # what the tests try, and how they judge it

from apportion import checker, registry
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.errors import ApportionError
from apportion.ledger.plan_file import plan_json
from apportion.ledger.situation_file import situation_bytes
from drawing import drawn
from highs import SETTINGS, under
from second_ways import TRIALS, Trial, Unable

HEADING = """\
| policy | pools | plans | another | certified | claims none | not shown | refuted | second way agrees | differs | undecided |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
COLUMNS = (
    "pools",
    "plans",
    "another",
    "certified",
    "unclaimed",
    "not_shown",
    "refuted",
    "agrees",
    "differs",
    "undecided",
)


def judged(situation: Situation, plan: Plan) -> str:
    """What the checker says of the two files: refuted, not shown, certified, or feasible and no optimum claimed."""
    found = checker.check(checker.encode(plan_json(situation, plan)), situation_bytes(situation).decode())
    if any(each.status == "refuted" for each in found):
        return "refuted"
    if plan.certificate is None:
        return "unclaimed"
    return "certified" if all(each.status == "holds" for each in found) else "not_shown"


def tried(name: str, trial: Trial, seed: int, count: int, tell: Callable[[str], None]) -> Counter[str]:
    """Try one policy on its pools."""
    policy, seen = registry.policy(name.split(",", maxsplit=1)[0]), Counter[str]()
    for number in range(count):
        kind, situation = drawn(seed, number, trial.whole)
        if not trial.flavors[0] <= len(situation.flavors) <= trial.flavors[1]:
            continue
        where = f"{name}, pool {number} ({kind})"
        plans = {}
        for setting in SETTINGS:
            try:
                with under(setting) as asked:
                    plans[setting] = policy.divide(situation, **trial.parameters_for(situation))
            except ApportionError as refusal:
                tell(f"{where}, {setting}: {refusal}")
                break
            said = judged(situation, plans[setting])
            seen.update([said, "plans"])
            if said in {"refuted", "not_shown"} and plans[setting].policy not in checker.WHOLE:
                tell(f"{where}, {setting}: {said}")
            if not asked:  # no program, so every setting is the same
                break
        if not plans:
            continue
        first = next(iter(plans.values()))
        digest = first.digest(situation)
        seen.update(["pools"] + ["another"] * any(plan.digest(situation) != digest for plan in plans.values()))
        seen[compared(trial, situation, first, partial(tell_of, tell, where))] += 1
    return seen


def tell_of(tell: Callable[[str], None], where: str, what: str) -> None:
    tell(f"{where}: {what}")


def compared(trial: Trial, situation: Situation, plan: Plan, tell: Callable[[str], None]) -> str:
    """Ask the second method."""
    try:
        wrong = [*trial.way(situation, plan)]
    except Unable:
        return "undecided"
    for what in wrong[:3]:
        tell(what)
    return "differs" if wrong else "agrees"


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--seed", type=int, default=None, help="drawn anew where it is not given")
    ask.add_argument("--count", type=int, default=1000, help="pools")
    ask.add_argument(
        "--only", nargs="+", default=[""], metavar="WORD", help="policies whose row has one of these words"
    )
    chosen = ask.parse_args()
    seed = int.from_bytes(os.urandom(4), "big") if chosen.seed is None else chosen.seed
    packages = ", ".join(f"{name} {version(name)}" for name in ("scipy", "highspy", "cvxpy", "clarabel"))
    print(f"seed {seed}, {chosen.count} pools; {packages}; {datetime.now(UTC):%Y-%m-%d}\n\n{HEADING}", flush=True)
    whole: Counter[str] = Counter()
    for name, trial in TRIALS.items():
        if any(word in name for word in chosen.only):
            seen = tried(name, trial, seed, chosen.count, lambda line: print(line, file=sys.stderr, flush=True))
            print(f"| {name} | " + " | ".join(f"{seen[column]:,}" for column in COLUMNS) + " |", flush=True)
            whole += seen
    print("| all | " + " | ".join(f"{whole[column]:,}" for column in COLUMNS) + " |")
    return int(bool(whole["refuted"] or whole["differs"]))


if __name__ == "__main__":
    sys.exit(main())
