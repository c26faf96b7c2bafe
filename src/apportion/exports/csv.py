"""A table: one row for each claim and flavor with a grant, for a spreadsheet or a script of one's own."""

import csv
import io

import numpy as np

from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO, MILLI, amount_text
from apportion.domain.situation import Situation
from apportion.domain.written import Written
from apportion.exports._grants import ONE, beside


def write(situation: Situation, plan: Plan) -> Written:
    """Write member, claim, user, flavor, tasks, and the amount of every resource, all exact decimals in whole units.

    Rows are in the order of claims and flavors. Text that a spreadsheet would run as a formula gets a quote before it.
    """
    claims, table = situation.claims, io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        ["member", "claim", "user", "flavor", "tasks", *(name.replace("_milli", "") for name in situation.resources)]
    )
    for i, f in zip(*map(np.ndarray.tolist, np.nonzero(plan.tasks_micro)), strict=True):
        micro = int(plan.tasks_micro[i, f])
        words = (situation.members.id[claims.member[i]], claims.id[i], claims.user[i], situation.flavors[f])
        amounts = [_decimal(int(need) * micro, ONE) for need in claims.bundle[i]]
        writer.writerow([*map(_guarded, words), _decimal(micro, MICRO), *amounts])
    return Written("plan.csv", table.getvalue(), beside(situation, plan))


def _guarded(word: str) -> str:
    return "'" + word if word[:1] in {"=", "+", "-", "@", "\t", "\r"} else word


def _decimal(amount: int, one: int) -> str:
    """Write amount / one exactly; `one` is a power of ten.

    >>> _decimal(2_500_000, MICRO), _decimal(3 * ONE, ONE)
    ('2.5', '3')
    """
    whole, rest = divmod(amount, one)
    digits = f"{rest:0{len(str(one)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else amount_text(whole * MILLI)
