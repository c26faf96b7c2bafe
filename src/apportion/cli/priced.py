"""Where is what was granted, and what would one more be worth?"""

from typing import Any

import numpy as np

from apportion.assessment import label
from apportion.domain.arrays import Floats
from apportion.domain.plan import Plan, Shares
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation

MOST_MEMBERS = 6  # that have a column each


def where(situation: Situation, plan: Plan) -> list[dict[str, Any]]:
    """Show each flavor's resources: what there is, what is granted of it and to whom, and the price of one unit.

    A price is the plan's dual: by how much the objective would rise with one unit more, to first order. Where levels are
    raised one after the other there is no such price. Resources that nobody holds and that cost nothing are left out.
    """
    shares, prices = Shares(situation, plan), _prices(plan)
    rows = []
    for f, flavor in enumerate(situation.flavors):
        for r, resource in enumerate(situation.resources):
            held = shares.granted[:, f, r] / (MICRO * MILLI)
            price = None if prices is None else float(prices[f, r])
            if not held.any() and not price:
                continue
            each = zip(situation.members.id.tolist(), held.tolist(), strict=True)
            rows.append(
                {
                    "flavor": flavor,
                    "resource": label(resource),
                    "there is": int(situation.capacity[f, r]) / MILLI,
                    "granted": float(held.sum()),
                    **({} if prices is None else {"price of one": price}),
                    **(dict(each) if len(held) <= MOST_MEMBERS else {}),
                }
            )
    return rows


def _prices(plan: Plan) -> Floats | None:
    """Price of a whole unit in the plan's objective: (F, R)."""
    if plan.prices is None or plan.certificate is None or plan.certificate.level_of is not None:
        return None
    return np.asarray(plan.prices[-1].astype(np.float64) * MILLI / plan.price_denominator)


def objective(plan: Plan) -> str:
    """Say what the plan made as large as possible, and what no plan can exceed; nothing where it has no number."""
    if plan.objective is None:
        return ""
    bound = "" if plan.bound is None else f"; no division can reach more than {plan.bound:,.6g}"
    return f"Objective {plan.objective:,.6g}{bound}.\n"
