"""Does every probe answer for every rule, refute with a witness, and never take a search for a proof?"""

import json
from dataclasses import asdict
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion import loop, registry
from apportion.domain.plan import Plan
from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.proofs import _search
from making import MICRO, Case, Claim, cases

pytestmark = pytest.mark.parametrize("name", registry.probes())
few = settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module", autouse=True)
def _short_searches():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_search, "MOST", 60)
        yield


RULES = [("proportional", {}), ("proportional", {"to": "demand"}), ("equal", {}), ("demand_priority", {})]


def probed(name, situation, policy="proportional", parameters=None):
    divide = partial(loop.decide, by=loop.rule(policy, parameters))
    return registry.probe(name).probe(situation, divide(situation), divide)


def test_it_is_no_check(name):
    assert not hasattr(registry.probe(name), "check")
    assert set(registry.probes()) | set(registry.checks()) == set(registry.names("proof"))


@few
@given(case=cases(flavors=(1, 2), most_claims=4), by=st.sampled_from(RULES))
def test_every_rule_gets_an_answer_that_can_be_written_down(name, case, by):
    situation = case.situation()
    verdict = probed(name, situation, *by)
    assert verdict.proof == name
    assert verdict.status in {Status.REFUTED, Status.NOT_SHOWN}
    assert verdict.meaning
    assert (verdict.status == Status.REFUTED) == bool(verdict.witness)
    assert verdict.witness.get("member", situation.members.id[0]) in situation.members.id
    json.dumps(asdict(verdict), allow_nan=False)


@few
@given(case=cases(flavors=(1, 2), most_claims=4), seed=st.integers(0, 99), by=st.sampled_from(RULES))
def test_the_order_of_rows_does_not_matter(name, case, seed, by):
    assert probed(name, case.shuffled(seed).situation(), *by) == probed(name, case.situation(), *by)


def contended():
    claims = tuple(Claim(f"c{i}", "abc"[i], (i + 2) * MICRO, (1000, 500 * i), (1.0, 2.0)) for i in range(3))
    return Case({"a": 1.0, "b": 2.0, "c": 1.0}, {"f": (2000, 900), "g": (1000, 500)}, claims).situation()


def test_a_plan_that_the_rule_does_not_make_is_left_alone(name):
    situation = contended()
    divide = partial(loop.decide, by=loop.rule("equal"))
    other = loop.decide(situation, loop.rule("demand_priority"))
    verdict = registry.probe(name).probe(situation, other, divide)
    assert verdict.status == Status.NOT_SHOWN
    assert "another plan" in verdict.meaning


def test_grants_of_another_shape_are_left_alone(name):
    situation = contended()
    plan = Plan("equal", {}, situation.digest, np.zeros((2, 1), dtype=np.int64))
    verdict = registry.probe(name).probe(situation, plan, partial(loop.decide, by=loop.rule("equal")))
    assert verdict.status == Status.NOT_SHOWN


def test_no_rule_fails_where_nobody_asks(name):
    assert probed(name, Case({"a": 1.0}, {"f": (9,)}, ()).situation()).status == Status.NOT_SHOWN


def test_changes_that_a_rule_refuses_are_counted(name):
    """A rule that divides nothing but this very situation."""
    situation = contended()
    plan = loop.decide(situation, loop.rule("equal"))

    def stubborn(other):
        if other is situation:
            return plan
        raise BadInput("nothing else is divided here", "the situation", "give the one that was")

    verdict = registry.probe(name).probe(situation, plan, stubborn)
    assert verdict.status == Status.NOT_SHOWN
    assert "refuses to divide" in verdict.meaning


def test_it_is_named_to_be_run(name):
    situation = contended()
    plan = loop.decide(situation, loop.rule("equal"))
    assert name not in {verdict.proof for verdict in loop.prove(situation, plan)}
    (verdict,) = loop.prove(situation, plan, [name])
    assert verdict == probed(name, situation, "equal")
