"""What does advice say? Plain numbers and words: ``advice`` in ``run.json``, and what ``advise -o json`` shows."""

import math
from typing import Any

from apportion.advice import Advice
from apportion.advice.choice import worse_off, worst
from apportion.advice.members import Fate
from apportion.advice.outcome import Outcome
from apportion.trial import Difference


def told(advice: Advice) -> dict[str, Any]:
    """Write all that is known."""
    shown = [("now", advice.now)]
    if advice.kind == "change":
        shown.append(("advised", advice.chosen))
    shown += [("other", one) for one in advice.others]
    return {
        "kind": advice.kind,
        "reason": advice.reason,
        "streams": advice.streams,
        "apart_today": not advice.now.candidate.charter.queue.pooled,
        "resource": advice.pool.resources[advice.work.resource],
        "load": float(advice.work.load[advice.work.resource]),
        "assumptions": len(advice.pool.charter.assumptions),
        "best": _outcome(advice, advice.rival or advice.best),
        "charters": [{"role": role} | _outcome(advice, one) for role, one in shown],
        "tried": [_outcome(advice, one) for one in advice.tried],
        "declined": advice.declined,
        "gains": list(advice.gains),
        "loses": list(advice.loses),
        "trial": None if advice.trial is None else _trial(advice),
        "members": [_fate(one) for one in advice.fates],
        "sturdy": None if advice.sturdy is None else _sturdy(advice),
        "fewest": None if advice.fewest is None else vars(advice.fewest),
        "more": [vars(one) for one in advice.more],
        "buy": None if advice.buy is None else vars(advice.buy),
        "priced": [vars(one) for one in advice.priced],
        "traits": [{"key": one.key, "holds": one.holds} | one.values for one in advice.work.traits],
    }


def _outcome(advice: Advice, one: Outcome) -> dict[str, Any]:
    charter, now = one.candidate.charter, advice.now
    weight = advice.pool.standing.share
    later = one.burden > 1.01 * now.burden
    return {
        "key": one.candidate.key,
        "values": dict(one.candidate.values),
        "discipline": charter.queue.discipline,
        "parameters": charter.queue.parameters,
        "policy": charter.policy,
        "pooled": charter.queue.pooled,
        "member_limit": charter.queue.member_limit,
        "services": charter.queue.services,
        "mean": one.mean if advice.streams else 1 / one.mean,
        "gain": one.gain(now, weight),
        "worst": worst(one, weight),
        "worse": [str(name) for name in advice.pool.members.id[later]],
        "worse_than_alone": [str(name) for name in advice.pool.members.id[worse_off(one, weight)]],
        "done": one.done,
        "hhi": one.hhi,
        "answered": one.answered,
        "members": [_figure(value, streams=advice.streams) for value in one.burden.tolist()],
    }


def _figure(burden: float, *, streams: bool) -> float | None:
    """Mean completion time, or useful rate; None for a member of which nothing gets done."""
    return None if math.isnan(burden) else burden if streams else 1 / burden


def _trial(advice: Advice) -> dict[str, Any]:
    found = advice.trial
    assert found is not None, "asked for only where there is one"  # noqa: S101  # for the type checker
    return _difference(found.whole) | {"blocks": found.blocks, "block_s": found.block_s}


def _difference(row: Difference) -> dict[str, Any]:
    return {"change": row.change, "low": row.low, "high": row.high, "verdict": row.verdict}


def _fate(one: Fate) -> dict[str, Any]:
    return {
        "member": one.member,
        "alone": one.alone,
        "now": one.now,
        "then": one.then,
        "trial": None if one.trial is None else _difference(one.trial),
        "demand": one.demand,
        "standing": one.standing,
        "wide": one.wide,
        "wide_wait": one.wide_wait,
        "helps": [vars(help_) for help_ in one.helps],
    }


def _sturdy(advice: Advice) -> dict[str, Any]:
    found = advice.sturdy
    assert found is not None, "asked for only where there is one"  # noqa: S101  # for the type checker
    return {
        "tried": [list(one) for one in found.tried],
        "other": [list(one) for one in found.other],
        "further": [list(one) for one in found.further],
    }
