"""Do the programs over capability give what general solvers, brute force and other policies say they must?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize, minimize_scalar

from apportion import registry
from apportion.capability.curves import curve
from apportion.capability.frontier import frontier
from apportion.capability.holding import holding
from apportion.capability.spread import Program, balanced, least_compute, most_capable
from apportion.domain.arrays import ints
from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.policies import equality_power, least_cost, max_capability
from making import MICRO, cases, situation_of

usual = settings(deadline=None, max_examples=25)
few = settings(deadline=None, max_examples=12)
CONCAVE = {"power_law": 0.6, "log": 1.0, "hill": 0.7, "michaelis_menten": 1.0}
BENT = {"power_law": 1.7, "hill": 2.5, "power_floor": 0.5, "table": 1.0}
POINTS = "0:0, 2:1, 5:9, 9:10, 14:18, 20:19"


def shape(name, exponent):
    return curve(name, exponent=exponent, half=4.0, points=POINTS)


def drawn(name, exponent, seed, many=5):
    """A program with random scales, bounds and budget."""
    chance = np.random.default_rng(seed)
    high = chance.uniform(1, 20, many)
    low = high * chance.choice([0, 0.05, 0.2], many)
    total = low.sum() + chance.uniform(0.1, 0.9) * (high - low).sum()
    return Program(
        shape(name, exponent), chance.uniform(0.5, 3, many), low, high, float(total), chance.permutation(many)
    )


def by_slsqp(problem, worth, slope):
    """Maximise a concave function of compute over the program's divisions."""
    low, high = problem.low + 1e-9, problem.high
    start = np.clip(low + (high - low) * 0.5, low, high)
    limits = {"type": "ineq", "fun": lambda C: problem.budget - C.sum(), "jac": lambda C: -np.ones(len(C))}
    return minimize(
        lambda C: -worth(C),
        start,
        jac=lambda C: -slope(C),
        bounds=list(zip(low, high, strict=True)),
        constraints=limits,
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-13},
    )


@pytest.mark.parametrize("name", CONCAVE)
@pytest.mark.parametrize("seed", range(4))
def test_most_capability_is_that_of_a_general_solver(name, seed):
    problem = drawn(name, CONCAVE[name], seed)
    best = most_capable(problem)
    other = by_slsqp(problem, problem.capability, lambda C: problem.scale * problem.curve.slope(C))
    assert best.objective == pytest.approx(-other.fun, rel=1e-6)
    assert best.compute == pytest.approx(other.x, abs=2e-2)
    assert best.compute.sum() == pytest.approx(problem.budget, rel=1e-12)
    assert best.bound == pytest.approx(best.objective, rel=1e-10)


@pytest.mark.parametrize("name", CONCAVE)
@pytest.mark.parametrize("seed", range(4))
def test_the_balance_is_that_of_a_general_solver_and_meets_its_conditions(name, seed):
    """2(C − C̄) − μ a f′(C) = ν between the bounds, with Σ C fixed."""
    problem, mu = drawn(name, CONCAVE[name], seed), 3.0
    best = balanced(problem, mu)
    other = minimize(
        lambda C: problem.unevenness(C) - mu * problem.capability(C),
        best.compute * 0 + np.clip(problem.equal_part, problem.low + 1e-6, problem.high),
        jac=lambda C: 2 * (C - problem.equal_part) - mu * problem.scale * problem.curve.slope(C),
        bounds=list(zip(problem.low + 1e-9, problem.high, strict=True)),
        constraints={"type": "eq", "fun": lambda C: C.sum() - problem.budget, "jac": lambda C: np.ones(len(C))},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-13},
    )
    assert best.objective == pytest.approx(-other.fun, rel=1e-6, abs=1e-6)
    nu = 2 * (best.compute - problem.equal_part) - mu * problem.scale * problem.curve.slope(best.compute)
    inside = (best.compute > problem.low + 1e-9) & (best.compute < problem.high - 1e-9)
    assert np.ptp(nu[inside]) <= 1e-6 if inside.any() else True
    assert best.bound == pytest.approx(best.objective, rel=1e-10, abs=1e-9)


@pytest.mark.parametrize("name", CONCAVE)
@pytest.mark.parametrize("seed", range(3))
def test_least_compute_and_most_capability_are_each_others_inverse(name, seed):
    problem = drawn(name, CONCAVE[name], seed)
    best = most_capable(problem)
    back = least_compute(problem, best.objective)
    assert back.objective == pytest.approx(problem.budget, rel=1e-9)
    assert back.compute == pytest.approx(best.compute, rel=1e-5, abs=1e-5)
    assert back.bound == pytest.approx(back.objective, rel=1e-8)


@usual
@given(st.sampled_from(sorted(CONCAVE.items() | BENT.items())), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_division_passes_the_bounds(kind, seed, other):
    problem = drawn(*kind, seed)
    chance = np.random.default_rng(other)
    C = problem.low + chance.dirichlet(np.full(5, 0.5)) * (problem.budget - problem.low.sum())
    C = np.minimum(C, problem.high)
    best = most_capable(problem)
    slack = 1e-9 * abs(best.bound) + 1e-9
    assert best.compute.sum() == pytest.approx(problem.budget, rel=1e-12)
    assert ((best.compute >= problem.low) & (best.compute <= problem.high)).all()
    assert problem.capability(C) <= best.bound + slack
    assert best.objective <= best.bound + slack
    even = balanced(problem, 2.0)
    assert even.compute.sum() == pytest.approx(problem.budget, rel=1e-12)
    reached = 2.0 * problem.capability(C) - problem.unevenness(C)
    assert reached <= even.bound_at(float(C.sum()), problem.budget) + slack
    needed = least_compute(problem, problem.capability(C))
    assert needed.bound <= C.sum() * (1 + 1e-9) + slack
    assert needed.bound <= needed.objective + slack
    assert problem.capability(needed.compute) >= problem.capability(C) - slack


@pytest.mark.parametrize("kind", BENT.items(), ids=BENT)
@pytest.mark.parametrize("seed", range(3))
def test_on_curves_that_bend_two_members_are_between_brute_force_and_the_bound(kind, seed):
    """At most one of them stands inside its chord, so at most its distance from curve to chord is lost."""
    problem = drawn(*kind, seed, many=2)
    first = np.linspace(
        max(problem.low[0], problem.budget - problem.high[1]),
        min(problem.high[0], problem.budget - problem.low[1]),
        20_001,
    )
    a, f = problem.scale, problem.curve.value
    brute = float((a[0] * f(first) + a[1] * f(problem.budget - first)).max())
    best = most_capable(problem)
    lost = max(a[m] * sagging(problem.curve, problem.low[m], problem.high[m]) for m in range(2))
    assert brute <= best.bound + 1e-9
    assert brute >= best.objective - 1e-3
    assert best.bound - best.objective <= lost + 1e-3


def sagging(f, low, high):
    """Largest distance from a curve up to its envelope."""
    at = np.linspace(low, high, 5_001)
    return float((f.envelope(np.full(5_001, low), np.full(5_001, high)).value(at) - f.value(at)).max())


@few
@given(st.sampled_from(sorted(CONCAVE.items())), st.integers(0, 10**6))
def test_along_the_frontier_capability_and_unevenness_never_fall(kind, seed):
    points = frontier(drawn(*kind, seed), [0.0, 0.01, 0.1, 0.5, 1, 3, 10, 100, 1e4])
    assert (np.diff(points.capability) >= -1e-9 * points.capability.max()).all()
    assert (np.diff(points.unevenness) >= -1e-9 * (1 + points.unevenness.max())).all()


def test_the_frontier_runs_from_equal_parts_to_most_capability():
    problem = drawn("power_law", 0.6, 11)
    points = frontier(problem, [1e9, 0.0])
    assert points.mu.tolist() == [0, 1e9]
    assert points.compute[1] == pytest.approx(most_capable(problem).compute, abs=1e-3)
    level = points.compute[0]
    between = (level > problem.low + 1e-9) & (level < problem.high - 1e-9)
    assert np.ptp(level[between]) <= 1e-9 if between.any() else True


def test_the_best_loss_for_compute_is_a_power_law_with_a_floor():
    """Hoffmann et al. 2022, section 3.3: L = E + A/N^α + B/D^β under C = 6·N·D falls as C^(−αβ/(α+β)); C in 10²¹ FLOP."""
    E, A, B, alpha, beta = 1.69, 406.4, 410.7, 0.34, 0.28

    def best(C):
        def loss(log_n):
            return E + A / np.exp(log_n) ** alpha + B / (C * 1e21 / 6 / np.exp(log_n)) ** beta

        return minimize_scalar(loss, bounds=(10, 40), method="bounded", options={"xatol": 1e-10}).fun

    k = alpha * beta / (alpha + beta)
    law = curve("power_floor", scale=best(1.0) - E, exponent=k, floor=E, least=1e-6)
    for C in (1e-3, 0.5, 588.0, 1e6):
        assert -float(law.value(np.array(C))) == pytest.approx(best(C), rel=1e-8)


@usual
@given(case=cases(flavors=(1, 2)), name=st.sampled_from(["power_law", "log", "hill", "linear"]), scaled=st.booleans())
def test_no_other_policy_passes_the_bound_of_most_capability(case, name, scaled):
    situation = case.situation()
    scales = "m0=3" if scaled and "m0" in case.members else ""
    best = max_capability.divide(situation, curve=name, scales=scales, exponent=2.0 if name == "hill" else 0.5)
    if best.bound is None:
        return
    asked = holding(situation)
    problem = asked.program(curve(name, exponent=2.0 if name == "hill" else 0.5), scales)
    slack = 1e-9 * (1 + abs(best.bound))
    assert best.gap >= -slack
    for other in ("equal", "proportional", "demand_priority", "drf", "max_min"):
        try:
            plan = registry.policy(other).divide(situation)
        except BadInput:  # declines several flavors
            continue
        assert problem.capability(asked.held(plan.tasks_micro)) <= best.bound + slack


@pytest.mark.parametrize("seed", range(4))
def test_with_linear_capability_the_linear_program_lies_between_plan_and_bound(seed):
    chance = np.random.default_rng(seed)
    bundle = chance.integers(1, 4, (6, 2))
    situation = situation_of((12, 15), bundle, tasks=chance.integers(1, 6, 6))
    a = chance.uniform(0.5, 2, 6)
    scales = ", ".join(f"m{i}={value!r}" for i, value in enumerate(a.tolist()))
    plan = max_capability.divide(situation, curve="linear", scales=scales, resource="cpu_milli")
    limit = linprog(
        -a * bundle[:, 0], bundle.T, [12, 15], bounds=[(0, n / MICRO) for n in situation.claims.tasks_micro]
    )
    assert plan.objective <= -limit.fun + 1e-6
    assert -limit.fun <= plan.bound + 1e-9


@few
@given(case=cases(flavors=(1, 3)), part=st.floats(0.05, 0.95), name=st.sampled_from(["power_law", "hill", "linear"]))
def test_least_cost_reaches_its_target_and_costs_no_less_than_its_bound(case, part, name):
    situation = case.situation()
    chance = np.random.default_rng(len(case.claims))
    price = ints(chance.integers(1, 50_000, len(situation.nodes)))
    situation = replace(situation, nodes=replace(situation.nodes, price_milli_per_hour=price))
    shape_of = {"curve": name, "exponent": 2.0 if name == "hill" else 0.5}
    full = max_capability.divide(situation, **shape_of)
    if not full.objective:
        return
    target = part * full.objective
    plan = least_cost.divide(situation, target=target, **shape_of)
    asked = holding(situation)
    problem = asked.program(curve(name, exponent=shape_of["exponent"]), "")
    reached = problem.capability(asked.held(plan.tasks_micro))
    assert reached >= target * (1 - 1e-6)  # to what a millionth of a task buys
    assert plan.gap >= -1e-9 * (1 + abs(plan.objective))
    if len(situation.flavors) == 1:
        assert plan.tasks_micro.T @ situation.claims.bundle[:, asked.resource] <= (
            full.tasks_micro.T @ situation.claims.bundle[:, asked.resource]
            + situation.claims.bundle[:, asked.resource].sum()
        )


@pytest.mark.parametrize("seed", range(4))
def test_on_one_flavor_least_cost_is_that_of_a_general_solver(seed):
    chance = np.random.default_rng(seed)
    tasks = chance.integers(2, 12, 4)
    situation = situation_of([40], [(1,)] * 4, tasks=tasks)
    a = chance.uniform(0.5, 2, 4)
    scales = ", ".join(f"m{i}={value!r}" for i, value in enumerate(a.tolist()))
    target = 0.6 * float((a * np.sqrt(tasks)).sum())
    plan = least_cost.divide(situation, target=target, scales=scales)
    other = minimize(
        np.sum,
        tasks * 0.6,
        jac=np.ones_like,
        bounds=[(1e-9, n) for n in tasks.astype(float)],
        constraints={
            "type": "ineq",
            "fun": lambda C: (a * np.sqrt(C)).sum() - target,
            "jac": lambda C: a / 2 / np.sqrt(C),
        },
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-13},
    )
    assert -plan.objective == pytest.approx(other.fun, rel=1e-5)
    assert plan.gap == pytest.approx(0, abs=1e-5)


@usual
@given(case=cases(flavors=(1, 1), minima=False), mu=st.sampled_from([0.0, 0.5, 20.0]))
def test_the_plans_between_equality_and_power_stay_under_their_bound(case, mu):
    situation = case.situation()
    plan = equality_power.divide(situation, mu=mu, scales="m0=2.5" if "m0" in case.members else "")
    assert plan.bound is None or plan.gap >= -1e-9 * (1 + abs(plan.bound))


@usual
@given(
    case=cases(flavors=(1, 3)),
    policy=st.sampled_from([max_capability, equality_power, least_cost]),
    kind=st.sampled_from(sorted(CONCAVE.items() | BENT.items())),
)
def test_plans_by_every_curve_keep_what_they_promise(case, policy, kind):
    situation = case.situation()
    parameters = {"curve": kind[0], "exponent": kind[1], "half": 4.0, "points": POINTS}
    plan = policy.divide(situation, **parameters)
    for name in policy.promises(situation, **parameters):
        verdict = registry.proof(name).check(situation, plan)
        assert verdict.status == Status.HOLDS, verdict
