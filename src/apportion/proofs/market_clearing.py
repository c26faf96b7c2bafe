"""Do the prices clear the market: nothing of worth unsold, budgets spent, everybody buying where it is cheapest?

The weights w_i of a nash certificate are budgets, in money; a claim pays spent_i = Σ_f c[i,f] · x[i,f] at the plan's prices.
Three sums of money are out of place, each as a part of all budgets Σ w_i:

    unsold    Σ_{f,r} p[f,r] · (capacity[f,r] − use[f,r])
    unspent   Σ_i |spent_i − w_i|; a claim at its most tasks may keep money, one at its least may pay more
    wasted    Σ_i spent_i − hull_i(z_i), over the cheapest way to the same rate

The plan holds if none of them is above a thousandth and what one millionth of a task of everybody on every flavor is worth.
A thousandth, since the gap of `optimal` is of second order in what is unspent: 10⁻⁶ there allows √2 · 10⁻³ here. Where a
claim at its most tasks keeps money these are the conditions of optimality (Karush, Kuhn, Tucker), and not an equilibrium.

Exact in rational numbers, sums rounded upwards at 10⁻³⁰. Cost: that of `optimal`.
Source: Eisenberg and Gale, *Consensus of Subjective Probabilities: The Pari-Mutuel Method*, Annals of Mathematical Statistics
30, 1959; Vazirani, *Combinatorial Algorithms for Market Equilibria*, in *Algorithmic Game Theory*, 2007.
"""

from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from apportion import checker
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._certificates import judged, refuted, unclaimed
from apportion.solver.plans.certified import claim_of, question

TOLERANCE = Fraction(1, 1000)


@dataclass
class Money:
    """What is out of place, and all there is: parts of `checker.UNIT`."""

    budgets: int = 0
    unsold: int = 0
    unspent: int = 0
    wasted: int = 0
    dust: int = 0
    kept: bool = False  # whether somebody at its most tasks keeps money
    worst: tuple[int, int] = (0, -1)  # the most that one claim has left or overspent, and whose that is


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that the prices clear; the figure is the largest part of all budgets that is out of place."""
    none = unclaimed("market_clearing", situation, plan, "nash")
    if none:
        return none
    verdict = judged("market_clearing", situation, plan)
    if verdict.status != Status.HOLDS:
        return verdict
    money = _money(question(situation, plan), claim_of(plan, plan.certificate or Certificate("")))
    parts = {name: Fraction(getattr(money, name), money.budgets or 1) for name in ("unsold", "unspent", "wasted")}
    figure = float(max(parts.values()))
    if max(parts.values()) > TOLERANCE + Fraction(money.dust, money.budgets or 1):
        who = {} if money.worst[1] < 0 else {"claim": str(situation.claims.id[money.worst[1]])}
        shown = {name: float(part) for name, part in parts.items()}
        return refuted("market_clearing", "money is out of place, as parts of all budgets", **shown, **who)
    kind = "the conditions of optimality; claims at their most tasks keep money, so this is no equilibrium"
    meaning = (
        f"{kind if money.kept else 'a competitive equilibrium'}, to a thousandth of all budgets; the figure is the part"
    )
    return Verdict("market_clearing", Status.HOLDS, True, figure, meaning)


def _money(columns: checker.Question, claimed: checker.Claimed) -> Money:
    prices, unit = claimed.prices[0], checker.MICRO * claimed.denominator
    found = Money(unsold=checker.ceil(checker.UNIT * checker.worth(columns, prices), claimed.denominator))
    for term in checker.terms(columns, claimed, checker.standing(columns)):
        cost = checker.costs(columns, prices, term)
        held = [columns.grants[term.claim][f] for f in term.where]
        spent = checker.UNIT * sum(map(mul, cost, held)) // unit
        found.unsold -= spent
        found.dust += checker.ceil(checker.UNIT * sum(cost), unit)
        budget = checker.UNIT * term.heavy // term.of if term.inside else 0
        _add(found, term, cost, spent, budget, sum(held), unit)
    return found


def _add(found: Money, term: checker.Term, cost: list[int], spent: int, budget: int, held: int, unit: int) -> None:
    """Add one claim's budget, and what of its money is out of place."""
    near = len(term.where)
    full, bare = held + near >= term.most, held <= term.least + near
    over = spent - budget
    if over < 0 and full:
        found.kept |= -over * 1000 > budget
        over = 0
    if over > 0 and bare and term.least:
        over = 0
    found.budgets += budget
    found.unspent += abs(over)
    found.worst = max(found.worst, (abs(over), term.claim))
    if term.inside:
        found.wasted += spent - checker.cost_curve(term, cost, term.reached * checker.UNIT, unit)[0]
