"""Do probes find what is known of rules, and is what they find what happens?"""

import json
import runpy
import sys
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from apportion import loop
from apportion.cli.app import run_app
from apportion.domain.plan import Plan
from apportion.domain.verdict import Status
from apportion.proofs import population_monotone, resource_monotone, split_proof, truthful
from apportion.proofs._changed import misreported, with_more
from apportion.proofs._search import Asked
from making import MICRO, situation_of


def verdict_on(probe, situation, policy, **parameters):
    divide = partial(loop.decide, by=loop.rule(policy, parameters))
    return probe.probe(situation, divide(situation), divide)


def test_drf_takes_from_one_user_when_a_resource_is_doubled():
    """⟨2, 1⟩ and ⟨1, 2⟩ in a pool of ⟨1, 1⟩ run a third of a task each; in ⟨1, 2⟩ a quarter and a half.

    The users by which Ghodsi et al. (NSDI 2011, section 6) show that sharing incentive and Pareto efficiency rule out
    resource monotonicity; levels by hand: 2/3, and t/2 · 2 + t = 1.
    """
    verdict = verdict_on(resource_monotone, situation_of((1, 1), [(2, 1), (1, 2)]), "drf")
    assert verdict.status == Status.REFUTED
    assert verdict.figure == pytest.approx(1 / 4, abs=1e-5)
    assert verdict.witness["rate"] == pytest.approx(1 / 3, abs=1e-5)
    assert verdict.witness["then"] == pytest.approx(1 / 4, abs=1e-5)


def test_drf_harms_a_member_when_another_leaves_whose_claims_need_not_all_resources():
    """⟨1, 0⟩, ⟨1, ½⟩, ⟨0, 1⟩ in ⟨1, 1⟩: the third runs 3/4 of a task, and 2/3 once the first has left. By hand."""
    verdict = verdict_on(population_monotone, situation_of((1, 1), [(1, 0), (1, 0.5), (0, 1)]), "drf")
    assert verdict.status == Status.REFUTED
    assert (verdict.witness["leaves"], verdict.witness["member"]) == ("m0", "m2")
    assert verdict.witness["rate"] == pytest.approx(3 / 4, abs=1e-5)
    assert verdict.witness["then"] == pytest.approx(2 / 3, abs=1e-5)


def test_claims_divided_by_demand_reward_who_asks_for_more():
    """Ten units among two who need 10 each: who says 100 gets 100/110 of them."""
    verdict = verdict_on(truthful, situation_of((10,), [(1,), (1,)], tasks=[10, 10]), "proportional", to="demand")
    assert verdict.status == Status.REFUTED
    assert verdict.figure >= 10 / 11 / 0.5 - 1 - 1e-5
    assert "tasks" in verdict.witness["states"]


def test_one_who_gets_nothing_by_the_truth_gains_without_bound():
    """A rule that gives all to who asks for most."""

    def greedy(situation):
        claims, grants = situation.claims, np.zeros(situation.runs_on.shape, dtype=np.int64)
        first = int(np.argmax(claims.tasks_micro))
        fits = situation.capacity[0] * MICRO // claims.bundle[first]
        grants[first, 0] = min(int(fits.min()), int(claims.tasks_micro[first]))
        return Plan("greedy", {}, situation.digest, grants)

    situation = situation_of((10,), [(1,), (1,)], tasks=[10, 15])
    verdict = truthful.probe(situation, greedy(situation), greedy)
    assert verdict.status == Status.REFUTED
    assert verdict.figure is None
    assert (verdict.witness["member"], verdict.witness["rate"], verdict.witness["then"]) == ("m0", 0.0, 10.0)


def test_equal_shares_reward_who_comes_as_several():
    """Two equal members; one that comes as three holds three quarters, since each name counts as a member."""
    verdict = verdict_on(split_proof, situation_of((12,), [(1,), (1,)]), "equal")
    assert verdict.status == Status.REFUTED
    assert verdict.figure == pytest.approx(1 / 2, abs=1e-5)
    assert verdict.witness["then"] == pytest.approx(9, abs=1e-5)
    assert verdict_on(split_proof, situation_of((12,), [(1,), (1,)]), "proportional").status == Status.NOT_SHOWN


def test_rounding_is_no_gain():
    """A rule that gives the micro-task left over to who asks for most: asking for more gains that, and no more."""

    def thirds(situation):
        claims = situation.claims
        grants = situation.capacity[0] * MICRO // 3 // claims.bundle
        grants[np.argmax(claims.tasks_micro)] += 1
        return Plan("thirds", {}, situation.digest, np.minimum(grants, claims.tasks_micro[:, None]))

    situation = situation_of((10,), [(1,)] * 3, tasks=[10, 11, 12])
    lie = misreported(situation, 0, 20 * MICRO, np.array([1000]), np.array([1.0]))
    assert thirds(lie.situation).tasks_micro[0] == thirds(situation).tasks_micro[0] + 1
    assert truthful.probe(situation, thirds(situation), thirds).status == Status.NOT_SHOWN


def drawn(chance, members=4, width=3, *, capped):
    """A situation on one flavor in which everybody needs something of everything."""
    return situation_of(
        tuple(chance.integers(20, 100, width).tolist()),
        chance.integers(1, 10, (members, width)).tolist(),
        tasks=chance.integers(2, 40, members).tolist() if capped else None,
        weights={f"m{i}": float(w) for i, w in enumerate(chance.integers(1, 4, members))},
        seed=str(chance.integers(1 << 30)),
    )


def test_drf_is_population_monotone():
    """Ghodsi et al., NSDI 2011, section 6; and with caps, where all rise to one level or to their cap."""
    chance = np.random.default_rng(2011)
    divide = partial(loop.decide, by=loop.rule("drf"))
    for k in range(300):
        situation = drawn(chance, capped=k % 2 == 0)
        verdict = population_monotone.probe(situation, divide(situation), divide)
        assert verdict.status == Status.NOT_SHOWN, verdict


def by_closed_form(situation, capacity):
    """Tasks by DRF of claims without caps, in real numbers: x_i = t · W_i / μ_i, where t uses up one resource."""
    bundle, weight = situation.claims.bundle / 1000, situation.standing.share
    each = weight / (bundle / capacity).max(axis=1)
    return each * (capacity / (each @ bundle)).min()


def test_drf_is_not_resource_monotone_in_about_half_of_all_situations():
    """Ghodsi et al., NSDI 2011, section 6. One resource of three is doubled, before four users without caps.

    The closed form says in which situations somebody gets less.
    """
    chance = np.random.default_rng(2011)
    divide = partial(loop.decide, by=loop.rule("drf"))
    harmed = []
    for _ in range(300):
        situation = drawn(chance, capped=False)
        more = with_more(situation, [(0, 0)], 100).situation
        rates = [divide(one).tasks_micro[:, 0] / MICRO for one in (situation, more)]
        real = [by_closed_form(situation, one.capacity[0] / 1000) for one in (situation, more)]
        assert np.allclose(rates, real, atol=1e-4)
        harmed.append(bool((rates[1] < rates[0] * 0.999).any()))
        assert harmed[-1] == bool((real[1] < real[0] * 0.999).any())
    assert 0.4 <= np.mean(harmed) <= 0.6


def test_drf_gives_no_reason_to_lie_and_shares_by_demand_do():
    """Ghodsi et al., NSDI 2011, section 6: DRF is strategy-proof. 20 situations here, more in benchmarks/misreports.py."""
    chance = np.random.default_rng(6)
    for k in range(20):
        situation = drawn(chance, capped=k % 2 == 0)
        for policy, parameters, pays in (("drf", {}, False), ("proportional", {"to": "demand"}, True)):
            divide = partial(loop.decide, by=loop.rule(policy, parameters))
            attempts = truthful.attempts(Asked(situation, divide(situation), divide))
            assert any(islice(attempts, 100)) == pays


def test_a_lie_that_pays_pays_when_it_is_written_down_anew():
    """The witness of a refutation, put into the tables by hand, gains what it says."""
    situation = situation_of((10, 30), [(1, 4), (1, 2)], tasks=[10, 10])
    witness = verdict_on(truthful, situation, "proportional", to="demand").witness
    states = {name: float(words.split(" for ")[0]) for name, words in witness["states"].items()}
    i = int(witness["claim"][1:])
    tasks, bundles, speeds = [10, 10], [[1, 4], [1, 2]], [[1.0], [1.0]]
    true_bundle = tuple(bundles[i])
    tasks[i] = states.get("tasks", 10)
    bundles[i] = [states.get("cpu", bundles[i][0]), states.get("memory_gib", bundles[i][1])]
    speeds[i] = [states.get("speed:flavor", 1.0)]
    lie = situation_of((10, 30), bundles, tasks=tasks, speed=speeds)
    granted = loop.decide(lie, loop.rule("proportional", {"to": "demand"})).tasks_micro[i, 0] / MICRO
    fit = min(granted * has / needs for has, needs in zip(bundles[i], true_bundle, strict=True))
    assert min(fit, 10) == pytest.approx(witness["then"], abs=1e-5)
    assert witness["then"] > witness["rate"] * 1.001


def test_a_probe_refuted_by_name_on_the_command_line_exits_with_6(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_app(["-q", "init", "pool"]) == 0
    assert run_app(["-q", "plan", "pool", "--policy", "proportional", "--set", "to=demand", "--out", "plan.json"]) == 0
    assert run_app(["prove", "pool", "plan.json"]) == 0
    capsys.readouterr()
    assert run_app(["prove", "pool", "plan.json", "--proof", "truthful", "-o", "json"]) == 6
    said = capsys.readouterr()
    (verdict,) = json.loads(said.out)["verdicts"]
    assert verdict["witness"]["then"] > verdict["witness"]["rate"]
    assert "truthful is refuted" in said.err


def test_the_table_of_misreports_can_be_made(monkeypatch, capsys):
    """`benchmarks/misreports.py`, on the smallest scale: the rows of two rules, and why one of them has no second row."""
    words = ["--situations", "2", "--lies", "3", "--policy", "drf", "--policy", "proportional"]
    monkeypatch.setattr(sys, "argv", ["misreports.py", *words])
    runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "misreports.py"), run_name="__main__")
    rows = [row for row in capsys.readouterr().out.splitlines() if row.startswith("| ")]
    table = {(row.split(" | ")[0], k // 4): row for k, row in enumerate(rows)}
    assert "| 24 | 0 of 8 (0.0 %) |" in table["| drf", 0]
    assert "| 24 | 8 of 8 (100.0 %) |" in table["| proportional (to=demand)", 0]
