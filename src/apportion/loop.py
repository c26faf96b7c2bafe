"""In what order? One round: observe, decide, prove, act, meter; and rounds until nothing is left to decide.

Everything that crosses from one step to the next is a value; nothing here looks at a file or a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from apportion import registry
from apportion.capability.wording import one_line
from apportion.domain.arrays import Ints
from apportion.domain.charter import Charter
from apportion.domain.history import Usage
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation, Window, situation
from apportion.domain.verdict import Status, Verdict
from apportion.domain.window import Stream, busiest, stream
from apportion.errors import BadInput, NotFound, Refused
from apportion.ports import OpenEngine, Policy
from apportion.solver.plans.guarded import guarded

PER_BILLION = 10**9
MUST_WAIT = -1


@dataclass(frozen=True)
class Rule:
    """A policy with its parameters, ready to divide."""

    name: str
    policy: Policy
    parameters: dict[str, Any] = field(default_factory=dict)

    def promises(self, situation: Situation) -> tuple[str, ...]:
        """Name the proofs that must hold for this rule's plans in this situation.

        Under a guardrail, what it leaves unused may be wanted: there, feasibility, optimality under it, and itself.
        """
        promised = self.policy.promises(situation, **self.parameters)
        if not situation.guardrails:
            return promised
        return (*(name for name in promised if name in {"feasible", "optimal"}), "guardrails")


def rule(name: str, parameters: dict[str, Any] | None = None) -> Rule:
    """Look up a policy and bring its parameters into their types.

    Raises
    ------
    NotFound
        if no policy has this name; the nearest is suggested.
    BadInput
        for a parameter the policy does not have.
    """
    policy = registry.policy(name)
    return Rule(name, policy, registry.checked("policy", name, policy.divide, parameters or {}))


def charter_rule(charter: Charter) -> Rule:
    """Look up the policy a charter names; there an unknown name is a fault of the file."""
    try:
        return rule(charter.policy, _agreed(charter) | charter.parameters)
    except NotFound as error:
        fault = error.faults[0]
        raise BadInput(fault.what, "charter.toml, policy.name", fault.mend) from None


def _agreed(charter: Charter) -> dict[str, Any]:
    """Of what the members agreed that compute buys, what their policy asks for; the rest goes into the line of the curve."""
    wanted = registry.parameters(registry.policy(charter.policy).divide)
    return one_line(charter.capability, wanted) if "curve" in wanted else {}


def assess(pool: Pool, window: Window | None = None) -> Situation:
    """Say what a pool is asked for: its claims, or the offered load of a window of its jobs (by default the busiest)."""
    if pool.claims is not None and window is None:
        return situation(pool, pool.claims, Window(0, pool.charter.window_s))
    if pool.jobs is None and pool.claims is None:
        raise BadInput("nothing is asked of this pool", "claims.csv, jobs.csv", "add one of them")
    if pool.jobs is None:
        raise BadInput("this pool has no jobs to take a window of", "--window", "leave --window out, or add jobs.csv")
    return stream(pool).offered(window or busiest(pool, pool.jobs))


def decide(situation: Situation, by: Rule) -> Plan:
    """Divide one situation by a rule.

    Raises
    ------
    Refused
        if the charter has a guardrail this policy cannot hold, or that nobody could hold among those who ask.
    """
    unheld = sorted(set(situation.guardrails) - by.policy.GUARDS)
    if unheld:
        raise Refused(
            f'policy "{by.name}" cannot hold the guardrail {", ".join(unheld)}',
            where="charter.toml, guardrails",
            mend="remove the guardrail, or choose a policy that holds it",
        )
    divide: Callable[[Situation], Plan] = partial(by.policy.divide, **by.parameters)
    return guarded(situation, divide) if situation.guardrails else divide(situation)


def prove(situation: Situation, plan: Plan, proofs: Iterable[str] | None = None) -> tuple[Verdict, ...]:
    """Let independent checkers confirm or refute a plan: every check there is, or the checks and probes that are named.

    A probe divides changed situations by the plan's own policy and parameters.

    Raises
    ------
    BadInput
        if the plan was made for another situation.
    """
    if plan.situation != situation.digest:
        raise BadInput(
            f"the plan answers situation {plan.situation[:12]}…, this is situation {situation.digest[:12]}…",
            where="plan, field situation",
            mend="give the pool as it was when the plan was made, or plan again",
        )
    names = registry.checks() if proofs is None else tuple(proofs)
    return tuple(_verdict(name, situation, plan) for name in names)


def _verdict(name: str, situation: Situation, plan: Plan) -> Verdict:
    if name in registry.probes():
        by = rule(plan.policy, plan.parameters)
        return registry.probe(name).probe(situation, plan, partial(decide, by=by))
    return registry.proof(name).check(situation, plan)


def refuted(verdicts: Sequence[Verdict], names: Iterable[str]) -> tuple[Verdict, ...]:
    """Pick the refuted verdicts among those whose names were promised or asked for."""
    wanted = set(names)
    return tuple(v for v in verdicts if v.proof in wanted and v.status is Status.REFUTED)


@dataclass(frozen=True, eq=False)
class Round:
    """All that one window left behind; `verdicts` is empty where nobody asked for proofs."""

    window: Window
    situation: Situation
    plan: Plan
    promises: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    usage: Usage


def rounds(jobs: Stream, by: Rule, engine: OpenEngine, *, proving: bool = True) -> Iterator[Round]:
    """Go window by window, knowing only what has been submitted, until the engine has no more windows.

    A window in which nobody asks for anything and nothing is used yields no round.
    """
    used = np.zeros((len(jobs.pool.members), len(jobs.pool.resources)), dtype=np.int64)
    for window in engine.windows():
        now = jobs.live(window, engine.observe(window), used, passing=not proving)
        plan = decide(now, by)
        promises = by.promises(now) if proving else ()
        verdicts = prove(now, plan) if proving else ()
        usage = engine.apply(now, plan, planned_shares(now, plan, jobs.whole))
        used = used + usage.used
        if len(now.claims) or usage.used.any():
            yield Round(window, now, plan, promises, verdicts, usage)


def planned_shares(situation: Situation, plan: Plan, whole: Ints | None = None) -> Ints:
    """Say what a plan means to a queue: each member's dominant share in parts per billion of the pool, (N,).

    The pool is `whole` (R,) where nodes are down, as a queue goes by what there is in all; else the situation's.

    `MUST_WAIT` marks a member that asked and was granted nothing: while others queue, it waits.
    """
    claims, total = situation.claims, situation.capacity.sum(axis=0) if whole is None else whole
    tasks = plan.tasks_micro.sum(axis=1)
    use = np.zeros((len(situation.members), len(total)), dtype=object)
    np.add.at(use, claims.member, claims.bundle.astype(object) * tasks[:, None].astype(object))
    shares = np.zeros(len(situation.members), dtype=np.int64)
    for r in np.flatnonzero(total):
        shares = np.maximum(shares, (use[:, r] * PER_BILLION // (int(total[r]) * MICRO)).astype(np.int64))
    asked = np.bincount(claims.member, minlength=len(shares)) > 0
    granted = np.bincount(claims.member, tasks, len(shares)) > 0
    return np.where(asked & ~granted, MUST_WAIT, shares)
