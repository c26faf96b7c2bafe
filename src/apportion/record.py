"""What does a run leave behind? Everything that the report tells, as one value of plain numbers and words."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import islice
from typing import Any

import numpy as np

from apportion import assessment, held, loop, pictured, registry
from apportion.domain.history import History, Replay, Usage
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.schedule import Schedule
from apportion.domain.situation import Situation
from apportion.domain.trace import Trace
from apportion.domain.verdict import Verdict
from apportion.domain.window import busiest, stream
from apportion.errors import BadInput
from apportion.ledger.plan_file import plan_json
from apportion.loop import Rule
from apportion.measures.lorenz import curves
from apportion.ports import Queue
from apportion.replays import arriving, at_home, fared, figures, queueing
from apportion.simulation.services import still_from_s

HOMES = ("strict_fifo", "skip_fifo")


@dataclass(frozen=True, eq=False)
class Done:
    """A run that has ended: its rounds, what became of the jobs, and one decision to look at (busiest window, or claims)."""

    engine: str
    rounds: tuple[loop.Round, ...]
    history: History
    situation: Situation
    plan: Plan
    promises: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def kept(self) -> list[tuple[Situation, Plan, tuple[Verdict, ...], tuple[str, ...], Usage]]:
        """The values of every round that a run directory keeps."""
        return [(one.situation, one.plan, one.verdicts, one.promises, one.usage) for one in self.rounds]


def go(
    pool: Pool, by: Rule, engine: str, windows: int | None = None, tick: Callable[[int], None] = lambda _now: None
) -> Done:
    """Run a pool on an engine, window by window; a pool with claims only is decided once.

    `tick` is called with the clock, in seconds, after each window.
    """
    situation = loop.assess(pool, None if pool.jobs is None else busiest(pool, pool.jobs))
    plan = loop.decide(situation, by)
    verdicts = loop.prove(situation, plan)
    rounds: tuple[loop.Round, ...] = ()
    replay = None
    if pool.jobs is not None:
        rounds, schedule = _carried_out(pool, by, engine, windows, tick)
        how = queueing(pool)
        jobs = arriving(pool, how.placement)
        homes = {home: at_home(jobs, home) for home in HOMES}
        still = still_from_s(jobs) if pool.services is not None and len(jobs) else None
        replay = Replay(
            how.discipline, how.placement, jobs.capacity, schedule, homes, still_s=still, changes=jobs.changes
        )
    history = History(
        pool,
        tuple(one.situation for one in rounds) or (situation,),
        tuple(one.plan for one in rounds) or (plan,),
        tuple(one.usage for one in rounds),
        replay,
        fared(pool, replay),
    )
    return Done(engine, rounds, history, situation, plan, by.promises(situation), verdicts)


def _carried_out(
    pool: Pool, by: Rule, engine: str, windows: int | None, tick: Callable[[int], None]
) -> tuple[tuple[loop.Round, ...], Schedule]:
    opened = registry.engine(engine).open_engine(pool, open_queue=_opener(pool))
    rounds = []
    for one in islice(loop.rounds(stream(pool), by, opened), windows):
        rounds.append(one)
        tick(one.window.end_s)
    return tuple(rounds), opened.schedule()


def _opener(pool: Pool) -> Callable[[Trace], Queue] | None:
    """Say how the charter's queue is opened; None where it follows the plans."""
    how = queueing(pool)
    if not how.pooled:
        raise BadInput(
            "members do not share under this charter, so there is nothing to divide among them window by window",
            "charter.toml, queue.pooled",
            "see how their jobs go with `apportion simulate`, or write pooled = true",
        )
    module = registry.discipline(how.discipline)
    return None if module.PLANNED else partial(module.open_queue, **how.parameters)


def record(pool: Pool, by: Rule, done: Done, sizing: dict[str, Any] | None, command: str) -> dict[str, Any]:
    """Bring a run into the shape of ``run.json``; the caller adds the digests of the files it read."""
    charter = pool.charter
    return {
        "apportion": version("apportion"),
        "name": charter.name,
        "command": command,
        "engine": done.engine,
        "policy": by.name,
        "parameters": by.parameters,
        "seed": charter.seed,
        "charter": {
            "window_s": charter.window_s,
            "entitlement_rule": charter.entitlements.rule,
            "guardrails": charter.guardrails,
        },
        "assumptions": charter.assumptions,
        "notices": [{"what": n.what, "where": n.where, "mend": n.mend} for n in pool.notices],
        "pool": assessment.inventory(pool),
        "stream": assessment.stream_facts(pool),
        "demand": assessment.demand(done.situation) | {"why": "claims" if pool.jobs is None else "busiest"},
        "plan": plan_json(done.situation, done.plan) | {"promises": list(done.promises)},
        "verdicts": [_verdict(one, done.promises) for one in done.verdicts],
        "windows": _windows(done.rounds),
        "figures": _figures(done.history),
        "waiting": _waiting(done.history),
        "lorenz": _lorenz(done.history),
        "held": held.held(done.history, done.situation),
        "completion": pictured.completion(done.history),
        "timeline": pictured.over_time(done.history),
        "sizing": sizing,
    }


def _verdict(verdict: Verdict, promises: Sequence[str]) -> dict[str, Any]:
    return {
        "proof": verdict.proof,
        "status": str(verdict.status),
        "exact": verdict.exact,
        "figure": verdict.figure,
        "meaning": verdict.meaning,
        "witness": verdict.witness,
        "promised": verdict.proof in promises,
    }


def _windows(rounds: Sequence[loop.Round]) -> dict[str, Any]:
    """Count the verdicts of all windows; the digest covers every plan in order."""
    counts: Counter[tuple[str, str]] = Counter()
    promised: set[str] = set()
    plans = hashlib.sha256()
    for one in rounds:
        counts.update((verdict.proof, str(verdict.status)) for verdict in one.verdicts)
        promised.update(one.promises)
        plans.update(bytes.fromhex(one.plan.digest(one.situation)))
    return {
        "decided": len(rounds),
        "verdicts": [
            {status: counts[proof, status] for status in ("holds", "refuted", "not_shown")}
            | {"proof": proof, "promised": proof in promised, "broken": _broken(rounds, proof)}
            for proof in sorted({proof for proof, _ in counts})
        ],
        "digest": plans.hexdigest(),
    }


def _broken(rounds: Sequence[loop.Round], proof: str) -> int:
    """Count the windows in which a property was promised and refuted."""
    return sum(bool(loop.refuted(one.verdicts, {proof}.intersection(one.promises))) for one in rounds)


def _figures(history: History) -> list[dict[str, Any]]:
    return [
        {
            "name": figure.name,
            "value": figure.value,
            "unit": figure.unit,
            "better": str(figure.better),
            "definition": figure.definition,
            "rows": figure.rows,
        }
        for name in registry.names("measure")
        for figure in registry.measure(name).measure(history)
    ]


def _waiting(history: History) -> list[dict[str, Any]]:
    """Show each member's waiting in the pool and alone, by each discipline at home."""
    pool, replay = history.pool, history.replay
    if replay is None or pool.jobs is None:
        return []
    names = ("waiting", "rho", "unfair_fraction")
    found = figures(history, names)
    home_figures = {
        home: figures(replace(history, replay=replace(replay, pooled=alone, alone={})), ("waiting",))
        for home, alone in replay.alone.items()
    }
    jobs = np.bincount(pool.jobs.member, minlength=len(pool.members)).tolist()
    return [
        {
            "member": name,
            "jobs": jobs[m],
            "mean_jct_s": found["mean_jct"].rows[name],
            "mean_wait_s": found["mean_wait"].rows[name],
            "alone": {home: of["mean_jct"].rows[name] for home, of in home_figures.items()},
            "alone_wait": {home: of["mean_wait"].rows[name] for home, of in home_figures.items()},
            "rho": {home: found[f"rho.{home}"].rows[name] for home in home_figures},
            "later": {home: found[f"unfair_fraction.{home}"].rows[name] for home in home_figures},
            "only_in_pool": int(found[f"only_in_pool.{HOMES[0]}"].rows[name] or 0),
        }
        for m, name in enumerate(pool.members.id)
    ]


def _lorenz(history: History) -> list[dict[str, Any]]:
    found = figures(history, ("gini", "hhi", "effective_number"))
    return [
        {
            "stage": stage,
            "population": population.tolist(),
            "share": share.tolist(),
            "gini": found["gini"].rows[stage],
            "hhi": found["hhi"].rows[stage],
            "effective": found["effective_number"].rows[stage],
        }
        for stage, (population, share) in curves(history).items()
    ]
