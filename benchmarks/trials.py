"""How often does a trial call chance a difference, and how often does it find a real one?

    python benchmarks/trials.py [--pairs 200] [--jobs 2000] [--days 60] [--load 0.85]

Every pair is a trace of its own, drawn by `apportion.traces.synthesize` from one made-up trace, and replayed twice under
one charter that differs by the seed of its ties alone. The four members are alike to the last job of that trace, so that no
order of members among equals can be better for all jobs together: whatever is called real for all is wrong. For a single
member it is not: one seed may put it first in every tie. Then the same pair with every completion time of the second later by
an exponential of a tenth of the first's mean: what is not called later is missed.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.stats import binomtest

import apportion as ap
from apportion.domain.charter import Queueing
from apportion.domain.pool import Pool
from apportion.traces.synthesize import synthesize
from apportion.trial import Trial, trial_of

MEMBERS, NODES, GPUS = "abcd", 2, 8
LATER = 0.1
DAY_S = 86_400
RULES = {
    "fair_share": Queueing("fair_share"),
    "virtual_finish, noise:0.5": Queueing("virtual_finish", {"estimate": "noise:0.5"}),
}


@dataclass
class Tally:
    """What came of the pairs of one rule."""

    moved: list[float]
    changes: list[float]
    chance: list[Trial]
    later: list[Trial]


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--pairs", type=int, default=200)
    flags.add_argument("--jobs", type=int, default=2000)
    flags.add_argument("--days", type=int, default=60)
    flags.add_argument("--load", type=float, default=0.85)
    chosen = flags.parse_args()
    month = made_up(chosen.jobs, chosen.days, chosen.load)
    print(
        f"{chosen.pairs} pairs, each of {chosen.jobs:,} jobs in {chosen.days} days on {len(MEMBERS) * NODES * GPUS} GPUs, "
        f"load about {chosen.load}\n"
    )
    print("| rule | jobs moved | change of mean, 5 % to 95 % | called real | for a member | found later | s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, queue in RULES.items():
        begun = time.process_time()
        print(_line(name, tried(month, queue, chosen.pairs), time.process_time() - begun), flush=True)


def made_up(jobs: int, days: int, load: float) -> Pool:
    """Make a pool of four members with the same jobs, which ask for so much of it: long tails, gangs of 1 to 8."""
    random = np.random.default_rng(1)
    each = jobs // len(MEMBERS)
    gang = random.choice([1, 1, 1, 2, 2, 4, 8], each)
    length = random.lognormal(0, 1.2, each)
    length *= load * NODES * GPUS * days * DAY_S / (length * gang).sum()
    submit = np.sort(random.integers(0, days * DAY_S, each))
    rows = [f"{m}{i},{m},{submit[i]},{max(int(length[i]), 1)},{gang[i]}" for i in range(each) for m in MEMBERS]
    nodes = [f"{m}{k},{m},x,{GPUS}" for m in MEMBERS for k in range(NODES)]
    with TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "charter.toml").write_text('name = "four alike"\n', "utf-8")
        (where / "members.csv").write_text("\n".join(["id", *MEMBERS]) + "\n", "utf-8")
        (where / "nodes.csv").write_text("\n".join(["id,owner,flavor,gpu", *nodes]) + "\n", "utf-8")
        (where / "jobs.csv").write_text("\n".join(["id,member,submit_s,duration_s,gpu", *rows]) + "\n", "utf-8")
        return ap.read(where)


def tried(month: Pool, queue: Queueing, pairs: int) -> Tally:
    """Replay every pair under one rule and try it, as it is and with the second later."""
    tally = Tally([], [], [], [])
    for pair in range(pairs):
        drawn = synthesize(month, seed=f"pair {pair}")
        ends = [ended(drawn, queue, f"{side} {pair}") for side in ("first", "second")]
        first = ends[0] - drawn.jobs.submit_s
        wait = np.random.default_rng(pair).exponential(LATER * first.mean(), len(first))
        found = trial_of(drawn, ("A", "A"), *ends)
        tally.moved.append(float((ends[0] != ends[1]).mean()))
        tally.changes.append(found.whole.change)
        tally.chance.append(found)
        tally.later.append(trial_of(drawn, ("A", "B"), ends[0], ends[1] + np.round(wait).astype(np.int64)))
    return tally


def ended(pool: Pool, queue: Queueing, seed: str) -> np.ndarray:
    """When each job ends under a charter with these ties: (J,) seconds."""
    return ap.simulate(pool.with_charter(replace(pool.charter, queue=queue, seed=seed))).pooled.end_s


def _line(name: str, tally: Tally, spent_s: float) -> str:
    low, high = 100 * np.quantile(tally.changes, [0.05, 0.95])
    real = [found.whole.verdict != "not shown" for found in tally.chance]
    member = [bool(found.gainers or found.losers) for found in tally.chance]
    later = [found.whole.verdict == "later" for found in tally.later]
    return (
        f"| {name} | {100 * np.mean(tally.moved):.0f} % | {low:+.1f} to {high:+.1f} % "
        f"| {_part(real)} | {_part(member)} | {_part(later)} | {spent_s:.0f} |"
    )


def _part(which: list[bool]) -> str:
    """Tell a part of the pairs, with its 95 % interval (Clopper and Pearson)."""
    bounds = binomtest(sum(which), len(which)).proportion_ci(0.95)
    return f"{100 * np.mean(which):.1f} % ({100 * bounds.low:.1f}–{100 * bounds.high:.1f})"


if __name__ == "__main__":
    main()
