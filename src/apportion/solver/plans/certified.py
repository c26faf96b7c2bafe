"""What does a plan's certificate state? Exactly what a stranger's checker will find: its own functions work it out here."""

from dataclasses import replace

import numpy as np

from apportion import checker
from apportion.domain.arrays import Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.quantity import decimal_text
from apportion.domain.situation import Situation

BITS = 52  # of the largest price


def certified(situation: Situation, plan: Plan) -> Plan:
    """Fill in objective, bound and gap of a plan that has prices and a certificate without them.

    The numbers follow from grants and prices alone, by `apportion.checker`; where a claim of the program holds nothing, no
    bound follows and all three stay empty. Cost: O(M·F·(F + R)) exact operations, some 10 to 50 µs a claim.

    Raises
    ------
    ValueError
        if the plan has no certificate, or one that the checker would call none.
    """
    if plan.certificate is None:
        raise ValueError("the plan claims no optimum: give it a certificate")
    columns, claimed = question(situation, plan), claim_of(plan, plan.certificate)
    wrong = checker.malformed(columns, claimed, plan.policy, plan.parameters)
    if wrong:
        raise ValueError(f"the certificate is none: {wrong}")
    found = checker.stated(columns, claimed)
    certificate = replace(plan.certificate, objective=found.objective, bound=found.bound, gap=found.gap)
    numbers = shown(certificate)
    objective, bound, gap = (numbers[name] for name in checker.STATEMENTS)
    return replace(plan, certificate=certificate, objective=objective, bound=bound, gap=gap)


def shown(certificate: Certificate) -> dict[str, float | None]:
    """Turn what a certificate states into the numbers that its plan shows."""
    return {name: checker.number_of(getattr(certificate, name)) for name in checker.STATEMENTS}


def whole_prices(prices: Floats) -> tuple[Ints, int]:
    """Turn prices (K, F, R) for a thousandth of a unit into integers over one denominator, a power of two.

    Any prices ≥ 0 give a valid bound, so rounding them to 2⁻⁵² of the largest only moves the bound a little.

    >>> whole_prices(np.array([[[0.75, 0.0]]]))
    (array([[[3377699720527872,                0]]]), 4503599627370496)
    """
    positive = np.maximum(prices, 0.0)
    largest = float(positive.max(initial=0.0))
    if largest == 0.0:
        return np.zeros(prices.shape, dtype=np.int64), 1
    bits = max(BITS - int(np.frexp(largest)[1]), 0)
    return np.rint(np.ldexp(positive, bits)).astype(np.int64), 1 << bits


def question(situation: Situation, plan: Plan) -> checker.Question:
    """Write a situation and the grants as the checker's plain columns."""
    claims = situation.claims
    known = {value: decimal_text(value) for value in np.unique(claims.speed).tolist()}
    worth = {value: decimal_text(value) for value in np.unique(claims.value).tolist()}
    return checker.Question(
        situation.capacity.tolist(),
        situation.standing.weight.tolist(),
        claims.member.tolist(),
        claims.tasks_micro.tolist(),
        claims.min_tasks_micro.tolist(),
        claims.bundle.tolist(),
        claims.priority.tolist(),
        [checker.decimals((worth.get(value, "0"),)) for value in claims.value.tolist()],
        [checker.decimals(tuple(known[one] for one in row)) for row in claims.speed.tolist()],
        plan.tasks_micro.tolist(),
        bool(situation.guardrails),
    )


def claim_of(plan: Plan, certificate: Certificate) -> checker.Claimed:
    """Write a certificate and the prices as the checker reads them."""
    columns = (certificate.stated, certificate.budget, certificate.level_of)
    stated, budget, level_of = ([] if column is None else column.tolist() for column in columns)
    return checker.Claimed(
        certificate.program,
        certificate.gain,
        certificate.weighing,
        certificate.alpha,
        stated,
        budget,
        level_of,
        certificate.ceiling,
        [] if plan.prices is None else plan.prices.tolist(),
        plan.price_denominator,
        certificate.per,
    )
