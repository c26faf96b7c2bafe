"""Who gets what?"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints, text
from apportion.domain.canonical import trusted_bytes, whole_cells
from apportion.domain.certificate import Certificate
from apportion.domain.payments import Payments
from apportion.domain.quantity import MICRO, exact_products
from apportion.domain.situation import Situation

MOST_PAYERS = 10  # told of in one sentence


@dataclass(frozen=True, eq=False)
class Plan:
    """The grants of one decision, with the digest of the situation they answer.

    Attributes
    ----------
    tasks_micro : (M, F) whole micro-tasks of each claim on each flavor
    objective : what the policy maximised, where it has a number; for people, never signed
    bound, gap : upper bound on the objective and their distance, where the policy proves one
    rounding_loss : tasks lost between the policy's real numbers and whole micro-tasks, as a part of all tasks granted
    prices : (K, F, R) integers over `price_denominator`: the dual, where the policy has one; weight for a thousandth of
        a unit
    notes : what else is worth telling; for people, never signed
    certificate : what the plan claims to have made as large as possible, where it claims that
    payments : who pays what, where the policy sells
    """

    policy: str
    parameters: dict[str, Any]
    situation: str
    tasks_micro: Ints
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    rounding_loss: float = 0.0
    prices: Ints | None = None
    price_denominator: int = 1
    notes: tuple[str, ...] = field(default=())
    certificate: Certificate | None = None
    payments: Payments | None = None

    def digest(self, situation: Situation) -> str:
        """SHA-256 of the signed core: policy, parameters, situation, grants, prices, certificate, and payments if any."""
        i, f = np.nonzero(self.tasks_micro)
        names, flavors = situation.claims.id[i].tolist(), text(situation.flavors)[f].tolist()
        grants = [list(grant) for grant in zip(names, flavors, whole_cells(self.tasks_micro[i, f]), strict=True)]
        prices = [] if self.prices is None else whole_cells(self.prices)
        core: list[Any] = [
            self.policy,
            [[k, str(v)] for k, v in sorted(self.parameters.items())],
            self.situation,
            grants,
            prices,
            str(self.price_denominator),
            [] if self.certificate is None else certificate_cells(self.certificate),
        ]
        if self.payments is not None:
            core.append(payment_cells(situation, self.payments))
        return hashlib.sha256(trusted_bytes(core)).hexdigest()


def certificate_cells(certificate: Certificate) -> dict[str, Any]:
    """Write a certificate as it is signed and kept: what it leaves out is not there."""
    plain = {name: value for name, value in vars(certificate).items() if isinstance(value, str | int) and value}
    columns = {name: getattr(certificate, name) for name in ("stated", "budget", "level_of")}
    return plain | {name: whole_cells(column) for name, column in columns.items() if column is not None}


def payment_cells(situation: Situation, payments: Payments) -> dict[str, Any]:
    """Write payments as they are signed and kept: a row for each member who pays."""
    payers = np.flatnonzero(payments.paid)
    rows = zip(situation.members.id[payers].tolist(), whole_cells(payments.paid[payers]), strict=True)
    return {
        "denominator": whole_cells(np.array([payments.denominator]))[0],
        "members": [{"member": name, "paid": paid} for name, paid in rows],
    }


def remarks(situation: Situation, plan: Plan) -> tuple[str, ...]:
    """Say in sentences what a plan says beside its grants: who pays what, the `MOST_PAYERS` who pay most first; its notes."""
    return plan.notes if plan.payments is None else (_paid(situation, plan.payments), *plan.notes)


def _paid(situation: Situation, payments: Payments) -> str:
    most_first = np.argsort(-payments.paid, kind="stable")[: np.count_nonzero(payments.paid)].tolist()
    told = [f"{situation.members.id[m]} {payments.text(int(payments.paid[m]))}" for m in most_first[:MOST_PAYERS]]
    rest = len(most_first) - len(told)
    others = f" and {rest:,} others less" if rest else ""
    return f"payments a second, in the unit of value: {', '.join(told) or 'none'}{others}; in all {payments.total}"


@dataclass(frozen=True, eq=False)
class Shares:
    """What a plan means, member by member: a derived view, for people.

    Attributes
    ----------
    granted : (N, F, R) whole millionths of a thousandth (micro · milli) of each resource
    tasks_micro : (N,) tasks granted
    rate : (N,) useful task-seconds per second
    """

    situation: Situation
    plan: Plan

    @cached_property
    def granted(self) -> Ints:
        """What each member holds: (N, F, R), in millionths of a thousandth of a unit."""
        claims = self.situation.claims
        held = np.zeros((len(self.situation.members), *self.situation.capacity.shape), dtype=np.float64)
        for f in range(len(self.situation.flavors)):
            np.add.at(held[:, f], claims.member, claims.bundle * self.plan.tasks_micro[:, f, None].astype(np.float64))
        return np.asarray(np.rint(held).astype(np.int64))

    @cached_property
    def fraction(self) -> Floats:
        """Each member's part of the pool's total of each resource: (N, R)."""
        total = self.situation.capacity.sum(axis=0) * float(MICRO)
        return np.asarray(self.granted.sum(axis=1) / np.maximum(total, 1.0))

    @cached_property
    def dominant(self) -> Floats:
        """Each member's largest part of any resource: (N,)."""
        return np.asarray(self.fraction.max(axis=1, initial=0.0))

    @cached_property
    def tasks_micro(self) -> Ints:
        """Tasks granted to each member: (N,)."""
        return _by_member(self.situation, self.plan.tasks_micro.sum(axis=1))

    @cached_property
    def asked_micro(self) -> Ints:
        """Tasks asked for by each member: (N,)."""
        return _by_member(self.situation, self.situation.claims.tasks_micro)

    @cached_property
    def rate(self) -> Floats:
        """Useful rate of each member: (N,)."""
        each = (self.situation.claims.speed * self.plan.tasks_micro).sum(axis=1) / MICRO
        return np.asarray(
            np.bincount(self.situation.claims.member, each, len(self.situation.members)), dtype=np.float64
        )


def _by_member(situation: Situation, values: Ints) -> Ints:
    total = np.zeros(len(situation.members), dtype=np.int64)
    np.add.at(total, situation.claims.member, values)
    return total


def total_use(situation: Situation, plan: Plan) -> Ints:
    """Add up exactly what a plan uses: (F, R), in millionths of a thousandth of a unit."""
    return exact_products(plan.tasks_micro, situation.claims.bundle)
