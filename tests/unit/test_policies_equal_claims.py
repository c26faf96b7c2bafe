"""Are claims that are alike still claims of their own to every program?"""

import pytest

from apportion import registry
from making import MICRO, Case, Claim


def granted(policy, speeds, **parameters):
    """Grants of three members with one claim each, of which the first two are alike, before 6 units of one flavor."""
    members = {"a": 1.0, "b": 1.0, "c": 1.0}
    claims = tuple(Claim(f"c{m}", m, 6 * MICRO, (1000,), (v,)) for m, v in zip(members, speeds, strict=True))
    situation = Case(members, {"f": (6000,)}, claims).situation()
    plan = registry.policy(policy).divide(situation, **parameters)
    assert registry.proof("optimal").check(situation, plan).status == "holds"
    return (plan.tasks_micro[:, 0] / MICRO).round(3).tolist()


def test_two_slow_claims_do_not_outweigh_a_fast_one():
    assert granted("utilitarian", (1.0, 1.0, 1.5)) == [0, 0, 6]


@pytest.mark.parametrize("alpha", [0.5, 2.0, 5.0])
def test_alpha_fair_gives_equal_claims_equal_parts(alpha):
    assert granted("alpha_fair", (1.0, 1.0, 1.0), alpha=alpha) == [2, 2, 2]


def test_nash_gives_equal_claims_equal_parts():
    assert granted("nash", (1.0, 1.0, 2.0)) == [2, 2, 2]
