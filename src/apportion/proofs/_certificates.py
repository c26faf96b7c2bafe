"""What does a plan's certificate amount to? The checker's own judgement, for the proofs that build on it."""

from apportion import checker
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import misshapen
from apportion.solver.plans.certified import claim_of, question, shown


def unclaimed(proof: str, situation: Situation, plan: Plan, *programs: str) -> Verdict | None:
    """Say *not shown* where the plan does not claim to be best by one of some programs (by any, if none is named)."""
    wrong = misshapen(proof, situation, plan)
    if wrong:
        return wrong
    if plan.certificate is None:
        return Verdict(proof, Status.NOT_SHOWN, True, None, "this policy claims no optimum")
    if programs and plan.certificate.program not in programs:
        meaning = f"this plan claims to be best by {plan.certificate.program}, not by {' or '.join(programs)}"
        return Verdict(proof, Status.NOT_SHOWN, True, None, meaning)
    return None


def judged(proof: str, situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that the plan is as good as its certificate states; the figure is the gap."""
    certificate = plan.certificate or Certificate("")  # which is malformed
    if plan.situation != situation.digest:
        return refuted(proof, "the plan answers another situation", of_the_plan=plan.situation)
    stated = shown(certificate)
    if stated != {name: getattr(plan, name) for name in stated}:
        return refuted(proof, "the plan shows other numbers than its certificate states", states=stated)
    columns, claimed = question(situation, plan), claim_of(plan, certificate)
    texts = (certificate.objective, certificate.bound, certificate.gap)
    found = checker.optimal(columns, claimed, texts, plan.policy, plan.parameters)
    witness = {} if found.claim < 0 else {"claim": str(situation.claims.id[found.claim])}
    if found.status == Status.REFUTED:
        return refuted(proof, found.meaning, **witness)
    return Verdict(proof, Status(found.status), True, stated["gap"], found.meaning, witness)


def refuted(proof: str, what: str, **witness: object) -> Verdict:
    """Refute, and say by what."""
    return Verdict(proof, Status.REFUTED, True, None, what, {"what": what, **witness})
