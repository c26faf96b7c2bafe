"""Is a changed situation what a person would write down anew, and does a lie count by what is true?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.domain.plan import Plan
from apportion.proofs._changed import misreported, with_more, without
from apportion.proofs._misreports import Liar
from apportion.proofs._split import split
from making import MICRO, Case, Claim, cases, situation_of

usual = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
UNOWNED = cases(flavors=(1, 2), most_claims=6).map(lambda case: replace(case, owned={}, rule="weight"))


def columns(situation):
    """All that a rule can see, as lists."""
    members, claims, standing = situation.members, situation.claims, situation.standing
    return {
        "members": members.id.tolist(),
        "weight": standing.weight.tolist(),
        "by file": members.weight.tolist(),
        "claims": [(str(i), str(members.id[m])) for i, m in zip(claims.id, claims.member, strict=True)],
        "tasks": claims.tasks_micro.tolist(),
        "least": claims.min_tasks_micro.tolist(),
        "bundle": claims.bundle.tolist(),
        "speed": claims.speed.tolist(),
        "capacity": situation.capacity.tolist(),
    }


@usual
@given(case=UNOWNED, k=st.integers(0, 3))
def test_without_a_member_is_the_case_without_its_rows(case, k):
    name = sorted(case.members)[k % len(case.members)]
    rest = {who: weight for who, weight in case.members.items() if who != name}
    if not any(rest.values()):
        return
    claims = tuple(claim for claim in case.claims if claim.member != name)
    left = without(case.situation(), sorted(case.members).index(name))
    assert columns(left.situation) == columns(replace(case, members=rest, claims=claims).situation())
    assert left.situation.claims.id.tolist() == case.situation().claims.id[left.origin].tolist()


@usual
@given(case=UNOWNED, k=st.integers(0, 3))
def test_a_member_split_in_halves_is_two_rows_with_half_each(case, k):
    case = case.in_hundreds()
    name = sorted(case.members)[k % len(case.members)]
    members = {who: weight for who, weight in case.members.items() if who != name}
    members |= {f"{name}~{part}": case.members[name] / 2 for part in range(2)}
    claims = [claim for claim in case.claims if claim.member != name]
    for claim in case.claims:
        if claim.member == name:
            claims += [
                replace(
                    claim,
                    id=f"{claim.id}~{part}",
                    member=f"{name}~{part}",
                    tasks=claim.tasks // 2,
                    least=claim.least // 2,
                )
                for part in range(2)
            ]
    done = split(case.situation(), sorted(case.members).index(name), (2, 2), dealt=False)
    assert columns(done.situation) == columns(replace(case, members=members, claims=tuple(claims)).situation())


@usual
@given(case=cases(flavors=(1, 2), most_claims=6), k=st.integers(0, 3), dealt=st.booleans())
def test_a_split_divides_all_and_loses_nothing(case, k, dealt):
    first = case.situation()
    member = k % len(first.members)
    done = split(first, member, (2, 1, 1), dealt=dealt)
    apart, share = done.situation, done.situation.standing.share
    own = [str(name).startswith(f"{first.members.id[member]}~") for name in apart.members.id]
    assert sum(own) == 3
    assert share[own].sum() == pytest.approx(first.standing.share[member], abs=1e-15)
    assert apart.standing.entitlement[own].sum(axis=0).tolist() == first.standing.entitlement[member].tolist()
    assert apart.used[own].sum(axis=0).tolist() == first.used[member].tolist()
    assert apart.capacity.tolist() == first.capacity.tolist()
    for column in ("tasks_micro", "min_tasks_micro"):
        total = np.zeros(len(first.claims), dtype=np.int64)
        np.add.at(total, done.origin, getattr(apart.claims, column))
        assert total.tolist() == getattr(first.claims, column).tolist()
    ids = apart.claims.id.tolist()
    assert ids == sorted(set(ids))
    assert apart.members.id.tolist() == sorted(set(apart.members.id))


@usual
@given(case=UNOWNED, percent=st.sampled_from([10, 100]))
def test_growth_is_the_case_with_more_of_it(case, percent):
    first = case.situation()
    grown = with_more(first, [(0, 0)], percent)
    kind = min(case.capacity)
    had = case.capacity[kind]
    added = had[0] * percent // 100
    if grown is None:
        assert not added
        return
    larger = replace(case, capacity=case.capacity | {kind: (had[0] + added, *had[1:])})
    assert columns(grown.situation) == columns(larger.situation())
    more = grown.situation.standing.entitlement - first.standing.entitlement
    assert more[:, 0, 0].sum() == added
    assert (more >= 0).all()


def test_a_growth_beyond_64_bits_is_not_tried():
    claim = Claim("c", "a", MICRO, (1,), (1.0,))
    huge = Case({"a": 1.0}, {"f": (2**62,)}, (claim,)).situation()
    assert with_more(huge, [(0, 0)], 100) is None


def test_what_is_granted_by_a_misreport_counts_by_true_needs():
    """Granted 6 tasks of ⟨2, 1⟩ stated for ⟨1, 2⟩: 12 and 6 units, which hold 3 true tasks."""
    first = situation_of({"f": (99, 99), "g": (99, 99)}, [(1, 2)], tasks=[4], speed=[(1.0, 3.0)])
    lie = misreported(first, 0, 50 * MICRO, np.array([2000, 1000]), np.array([1.0, 1.0]))
    grant = Plan("by hand", {}, "", np.array([[6 * MICRO, 2 * MICRO]]))
    assert lie.truly(first, grant).tolist() == [[3 * MICRO, 1 * MICRO]]
    plenty = Plan("by hand", {}, "", np.array([[6 * MICRO, 6 * MICRO]]))
    assert lie.truly(first, plenty).tolist() == [[1 * MICRO, 3 * MICRO]]
    assert lie.what["states"] == {"tasks": "50 for 4", "cpu": "2 for 1", "memory_gib": "1 for 2", "speed:g": "1 for 3"}


@usual
@given(case=cases(flavors=(1, 2), most_claims=4), k=st.integers(0, 3))
def test_a_lie_changes_one_claim_in_what_it_says_and_nothing_else(case, k):
    first = case.situation()
    asking = np.flatnonzero((first.claims.tasks_micro > 0) & first.runs_on.any(axis=1))
    if not len(asking):
        return
    i = int(asking[k % len(asking)])
    liars = [Liar(first, i, np.random.default_rng(1)) for _ in range(2)]
    for _ in range(40):
        lie, again = (liar.lie() for liar in liars)
        assert columns(lie.situation) == columns(again.situation)
        assert lie.what["claim"] == first.claims.id[i]
        assert lie.what["states"]
        told, true = columns(lie.situation), columns(first)
        for name in ("tasks", "least", "bundle", "speed"):
            assert told[name][:i] + told[name][i + 1 :] == true[name][:i] + true[name][i + 1 :]
        assert {name for name in told if told[name] != true[name]} <= {"tasks", "least", "bundle", "speed"}
        assert told["tasks"][i] >= max(told["least"][i], 1)
        assert min(told["bundle"][i]) >= 0
        assert max(told["speed"][i]) > 0
