"""Would some part of the pool alone serve a member better than the plan does?

For parts own[m] (F, R), λ_m is the largest λ such that own[m] alone serves λ times the rates of all claims of member m. A
member that gets nothing while own[m] could serve something has λ_m = ∞. Claims that use nothing are left out: no resources
could help them.

On one flavor, with x_i the tasks of claim i and use[m,r] = Σ_{i∈m} bundle[i,r] · x_i,

    λ_m = min( min_r own[m,r] / use[m,r],  min_i tasks_i / x_i )

is compared with 1 in integers. Grants are whole micro-tasks: a real plan that rounds to this one gives each claim less than
one micro-task more. So λ_m > 1 refutes the plan only if own[m] alone serves one micro-task more to every claim of m that it
can serve at all; otherwise the plan holds to one micro-task a claim, and is not called exact.

On several flavors λ_m is a linear program: a division in whole micro-tasks shows λ_m from below, prices bound it from above
in rational numbers.
"""

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import by_member, finite, misshapen, resources_text
from apportion.proofs._one_flavor import at_cap, cap_factor, counted, members_with, one_more_each
from apportion.proofs._several_flavors import served_better

ROUNDED = "; where it is above 1, by less than one micro-task a claim"


def better_alone(proof: str, meaning: str, situation: Situation, plan: Plan, own: Ints) -> Verdict:
    """Confirm or refute that every λ_m ≤ 1 for parts (N, F, R), in millionths of thousandths; the figure is the largest."""
    wrong = misshapen(proof, situation, plan)
    if wrong:
        return wrong
    if len(situation.flavors) > 1:
        return _on_several_flavors(proof, meaning, situation, plan, own)
    return _on_one_flavor(proof, meaning, situation, plan, own.sum(axis=1))


def _on_one_flavor(proof: str, meaning: str, situation: Situation, plan: Plan, own: Ints) -> Verdict:
    tasks = counted(situation, plan)
    use = by_member(situation, tasks)
    served, better = _better_alone(situation, tasks, own, use)
    factor = np.full(use.shape, np.inf)
    np.divide(own.astype(np.float64), use.astype(np.float64), out=factor, where=use > 0)
    factor = np.minimum(factor.min(axis=1, initial=np.inf), cap_factor(situation, tasks))
    factor = np.where(members_with(situation, tasks > 0) | served, factor, 0.0)
    if not better.any():
        return Verdict(
            proof, Status.HOLDS, not served.any(), finite(factor), meaning + ROUNDED if served.any() else meaning
        )
    m = int(np.flatnonzero(better)[np.argmax(factor[better])])
    witness = {
        "member": str(situation.members.id[m]),
        "factor": finite(factor[m : m + 1]),
        "granted": resources_text(situation, use[m]),
        "entitled_to": resources_text(situation, own[m]),
    }
    return Verdict(proof, Status.REFUTED, True, finite(factor), meaning, witness)


def _better_alone(situation: Situation, tasks: Ints, own: Ints, use: Ints) -> tuple[Bools, Bools]:
    """Tell whom E[m] alone would serve better at all, λ_m > 1, and whom by more than rounding: (N,) each."""
    granted = members_with(situation, tasks > 0)
    served = granted & ~at_cap(situation, tasks) & np.asarray((own > use) | (use == 0), dtype=bool).all(axis=1)
    better = np.zeros(len(own), dtype=bool)
    has = np.asarray(own > 0, dtype=bool)
    for support in np.unique(has, axis=0):
        who = (has == support).all(axis=1)
        need, some = one_more_each(situation, tasks, support)
        served |= who & some & ~granted
        better |= who & served & np.asarray(need <= own, dtype=bool).all(axis=1)
    return served, better


def _on_several_flavors(proof: str, meaning: str, situation: Situation, plan: Plan, own: Ints) -> Verdict:
    answers = [served_better(situation, plan, m, budget) for m, budget in enumerate(own)]
    figure = finite(np.array([np.inf if answer.factor < 0 else float(answer.factor) for answer in answers]))
    for status in (Status.REFUTED, Status.NOT_SHOWN):
        for m, answer in enumerate(answers):
            if answer.status == status:
                witness = {"member": str(situation.members.id[m]), **answer.witness(situation)}
                return Verdict(proof, status, answer.exact, figure, meaning, witness)
    exact = all(answer.exact for answer in answers)
    return Verdict(proof, Status.HOLDS, exact, figure, meaning if exact else meaning + ROUNDED)
