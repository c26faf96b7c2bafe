"""What would another rule give, member by member, and at what price?

The price of fairness of a rule is (U* − U) / U*, with U the sum of all members' useful rates under it and U* the largest such
sum known: that of ``utilitarian`` where it can decide, or of another rule compared, whichever is larger. Source: Bertsimas,
Farias and Trichakis, *The Price of Fairness*, Operations Research 59 (2011). The price of a guardrail is the
objective without it minus the objective with it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from apportion import loop, registry
from apportion.comparison.buying import Bought, bought, frontier_points
from apportion.domain.charter import Charter
from apportion.domain.history import History
from apportion.domain.plan import Plan, Shares
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation, Window
from apportion.domain.window import busiest
from apportion.errors import ApportionError, BadInput
from apportion.loop import Rule

if TYPE_CHECKING:
    import polars as pl

    from apportion.report.charts.compared import Drawing

CONCENTRATION = ("hhi", "gini", "effective_number")
YARDSTICK = "utilitarian"
ROUNDING = 1e-12  # of a sum of rates: what adding them up in floats leaves


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one rule makes of the pool; `plan` is None where it declines, and `declined` says why."""

    label: str
    pool: Pool
    by: Rule
    situation: Situation
    plan: Plan | None
    declined: str = ""

    @cached_property
    def shares(self) -> Shares | None:
        """Each member's part."""
        return None if self.plan is None else Shares(self.situation, self.plan)

    @cached_property
    def total_rate(self) -> float | None:
        """The sum of all members' useful rates."""
        return None if self.shares is None else float(self.shares.rate.sum())

    @cached_property
    def buys(self) -> Bought | None:
        """What the grants buy by the charter's curve; None where it has none, or the rule declines."""
        curve = self.pool.charter.capability
        return bought(self.situation, self.plan, curve) if curve and self.plan is not None else None


@dataclass(frozen=True, eq=False)
class Comparison:
    """What several rules make of one pool.

    Attributes
    ----------
    outcomes : one a rule, in the order asked for
    best : (label, total rate) of the yardstick of the price of fairness; None if no rule decides
    """

    pool: Pool
    outcomes: tuple[Outcome, ...]
    best: tuple[str, float] | None

    @cached_property
    def members(self) -> list[dict[str, Any]]:
        """One row for each rule and member; what a rule that declines would have given is None."""
        return _without_empty([row for outcome in self.outcomes for row in _members(outcome)], ("capability", "pays"))

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        """One row for each rule: total rate, price of fairness, concentration before and after, prices of guardrails."""
        empty = ("total_capability", "unevenness", "guardrail_price", "guardrail_price_rate")
        return _without_empty([self._rule(outcome) for outcome in self.outcomes], empty)

    @cached_property
    def frontier(self) -> list[dict[str, float]]:
        """Points from equal compute to most capability; empty where the charter has no curve."""
        curve = self.pool.charter.capability
        return frontier_points(self.outcomes[0].situation, curve) if curve else []

    def to_frame(self) -> "pl.DataFrame":
        """Return `members` as a polars frame."""
        import polars as pl

        return pl.DataFrame(self.members, infer_schema_length=None)

    def plot(self) -> "Drawing":
        """Draw every member's dominant share under every rule; a notebook shows it, `write` keeps it, `str` gives the SVG."""
        from apportion.report.charts.compared import Row, compared

        labels = [outcome.label for outcome in self.outcomes if outcome.shares is not None]
        standing = self.pool.standing.share
        rows = [
            Row(name, float(standing[m]), [float(o.shares.dominant[m]) for o in self.outcomes if o.shares is not None])
            for m, name in enumerate(self.pool.members.id)
        ]
        return compared(self.pool.charter.name, labels, rows)

    def _price(self, total: float | None) -> float | None:
        if total is None or not self.best or not self.best[1]:
            return None
        price = 1 - total / self.best[1]
        return price if abs(price) > ROUNDING else 0.0

    def _rule(self, outcome: Outcome) -> dict[str, Any]:
        total = outcome.total_rate
        return {
            "rule": outcome.label,
            "policy": outcome.by.name,
            "parameters": outcome.by.parameters,
            "declined": outcome.declined or None,
            "objective": None if outcome.plan is None else outcome.plan.objective,
            "total_rate": total,
            "price_of_fairness": self._price(total),
            "total_capability": None if outcome.buys is None else outcome.buys.total,
            "unevenness": None if outcome.buys is None else outcome.buys.unevenness,
            **_concentration(outcome),
            "guardrails": outcome.situation.guardrails,
            **_guardrail_price(outcome),
        }


def compare(pool: Pool, rules: Sequence[str | Charter | Rule], window: Window | None = None) -> Comparison:
    """Divide one pool by several rules.

    Parameters
    ----------
    rules : names of policies, with parameters as in ``alpha_fair:alpha=2``, under the pool's own charter; or other charters
    window : of the pool's jobs; by default its claims, else its busiest window, the same for all rules

    Raises
    ------
    NotFound, BadInput
        for a policy that does not exist, or a parameter that it does not have. A rule that *declines* to divide is no error:
        it is shown with its reason.
    """
    if not rules:
        raise BadInput("there is no rule to compare", "--policy", f"name one: {', '.join(registry.names('policy'))}")
    if window is None and pool.claims is None and pool.jobs is not None:
        window = busiest(pool, pool.jobs)
    chosen = [_chosen(pool, rule) for rule in rules]
    labels = _apart([label for label, _, _ in chosen])
    outcomes = tuple(_outcome(label, under, by, window) for label, (_, under, by) in zip(labels, chosen, strict=True))
    return Comparison(pool, outcomes, _best(pool, outcomes, window))


def _chosen(pool: Pool, rule: str | Charter | Rule) -> tuple[str, Pool, Rule]:
    if isinstance(rule, Charter):
        return rule.name, pool.with_charter(rule), loop.charter_rule(rule)
    if isinstance(rule, Rule):
        return rule.name, pool, rule
    name, _, words = rule.partition(":")
    pairs = [word.partition("=") for word in filter(None, words.split(","))]
    if any(not equals for _, equals, _ in pairs):
        raise BadInput(f'"{rule}" is not NAME:K=V,…', "--policy", "write for example proportional:to=size")
    return rule, pool, loop.rule(name, {key: value for key, _, value in pairs})


def _apart(labels: Sequence[str]) -> list[str]:
    """Number equal labels.

    >>> _apart(["drf", "nash", "drf"])
    ['drf', 'nash', 'drf (2)']
    """
    seen: Counter[str] = Counter()
    result = []
    for label in labels:
        seen[label] += 1
        result.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return result


def _outcome(label: str, pool: Pool, by: Rule, window: Window | None) -> Outcome:
    situation = loop.assess(pool, window)
    try:
        return Outcome(label, pool, by, situation, loop.decide(situation, by))
    except ApportionError as error:
        return Outcome(label, pool, by, situation, None, "; ".join(fault.what for fault in error.faults))


def _best(pool: Pool, outcomes: tuple[Outcome, ...], window: Window | None) -> tuple[str, float] | None:
    known = [*outcomes]
    if YARDSTICK in registry.names("policy") and all(outcome.by.name != YARDSTICK for outcome in outcomes):
        known.append(_outcome(YARDSTICK, pool, loop.rule(YARDSTICK), window))
    totals = [(outcome.label, outcome.total_rate) for outcome in known if outcome.total_rate is not None]
    most = max((total for _, total in totals), default=0.0) * (1 - ROUNDING)
    return max(totals, key=lambda pair: (min(pair[1], most), pair[0] == YARDSTICK), default=None)


def _without_empty(rows: list[dict[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Leave out those of the columns that say nothing in any row."""
    empty = [name for name in columns if all(row[name] is None for row in rows)]
    return [{name: value for name, value in row.items() if name not in empty} for row in rows]


def _members(outcome: Outcome) -> Iterator[dict[str, Any]]:
    shares, situation = outcome.shares, outcome.situation
    asked = Shares(situation, outcome.plan or _nothing(situation)).asked_micro
    buys, paid = outcome.buys, None if outcome.plan is None else outcome.plan.payments
    for m, name in enumerate(situation.members.id):
        yield {
            "rule": outcome.label,
            "member": name,
            "entitled": float(situation.standing.share[m]),
            "asked_tasks": int(asked[m]) / MICRO,
            "tasks": None if shares is None else int(shares.tasks_micro[m]) / MICRO,
            "rate": None if shares is None else float(shares.rate[m]),
            "dominant_share": None if shares is None else float(shares.dominant[m]),
            "capability": None if buys is None else float(buys.capability[m]),
            "pays": None if paid is None else float(paid.amounts[m]),
            "declined": outcome.declined or None,
        }


def _nothing(situation: Situation) -> Plan:
    import numpy as np

    return Plan("", {}, situation.digest, np.zeros_like(situation.claims.speed, dtype=np.int64))


def _concentration(outcome: Outcome) -> dict[str, float | None]:
    """Measure ownership before, and grants after, of the scarcest resource."""
    plans = () if outcome.plan is None else (outcome.plan,)
    history = History(outcome.pool, (outcome.situation,) if plans else (), plans)
    found: dict[str, float | None] = {}
    for name in CONCENTRATION:
        rows = registry.measure(name).measure(history)[0].rows
        found |= {f"{name}_before": rows.get("owned"), f"{name}_after": rows.get("granted")}
    return found


def _guardrail_price(outcome: Outcome) -> dict[str, float | None]:
    """Decide once more without guardrails: what they cost of the objective, and of the total rate."""
    price: dict[str, float | None] = {"guardrail_price": None, "guardrail_price_rate": None}
    if outcome.plan is None or not outcome.situation.guardrails:
        return price
    free = loop.decide(replace(outcome.situation, guardrails={}), outcome.by)
    if free.objective is not None and outcome.plan.objective is not None:
        price["guardrail_price"] = free.objective - outcome.plan.objective
    rate = float(Shares(outcome.situation, free).rate.sum())
    less = rate - (outcome.total_rate or 0.0)
    return price | {"guardrail_price_rate": less if abs(less) > ROUNDING * rate else 0.0}
