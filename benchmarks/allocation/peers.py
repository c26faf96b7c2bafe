"""How do others solve the same problem?

Each function builds its model, which is not timed, and returns the work that is. For leximin, peers get our answer's set of
claims at their caps as a gift and do one level of it, the largest θ with rates ≥ θ · weight for all others; every further
level would take them another program.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from case import Case

Work = Callable[[], np.ndarray]
FINE = 1e-8


def linear_program(case: Case, capped: np.ndarray) -> tuple[np.ndarray, sp.csr_matrix, np.ndarray]:
    """Least cost · y with rows · y ≤ right, y = (x row by row, θ) ≥ 0: the linear objective, or a level of leximin."""
    many, flavors = case.speed.shape
    claim, flavor = np.divmod(np.arange(many * flavors), flavors)
    each = np.arange(many * flavors)
    limits = [
        sp.csr_matrix((case.bundle[claim, r], (flavor, each)), (flavors, many * flavors))
        for r in range(case.bundle.shape[1])
    ]
    own = sp.csr_matrix((np.ones(len(each)), (claim, each)), (many, many * flavors))
    rows, right = [*limits, own], [*case.capacity.T, case.tasks]
    column = np.zeros(sum(part.shape[0] for part in rows))
    if case.objective == "utilitarian":
        cost = np.append(-(case.weight[:, None] * case.gain).ravel(), 0)
    else:
        rate = sp.csr_matrix((case.gain.ravel(), (claim, each)), (many, many * flavors))
        rows, right = [*rows, -rate], [*right, np.where(capped, -(case.gain.max(axis=1) * case.tasks), 0)]
        column = np.concatenate([column, np.where(capped, 0, case.weight)])
        cost = np.append(np.zeros(len(each)), -1)
    return cost, sp.hstack([sp.vstack(rows), column[:, None]]).tocsr(), np.concatenate(right)


def highs(case: Case, capped: np.ndarray) -> Work:
    """HiGHS, interior point without crossover."""
    import highspy

    cost, rows, right = linear_program(case, capped)
    solver = highspy.Highs()
    for name, value in {"output_flag": False, "solver": "ipm", "run_crossover": "off", "threads": 1}.items():
        solver.setOptionValue(name, value)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = rows.shape[::-1]
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, np.zeros(len(cost)), np.full(len(cost), np.inf)
    program.row_lower_, program.row_upper_ = np.full(len(right), -np.inf), right
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    solver.passModel(program)

    def work() -> np.ndarray:
        solver.clearSolver()
        solver.run()
        return np.array(solver.getSolution().col_value)

    return work


def pdlp(case: Case, capped: np.ndarray) -> Work:
    """OR-tools PDLP, to a relative gap of 10⁻⁶ (its first-order method does not get to 10⁻⁸ in a minute)."""
    from ortools.pdlp import solvers_pb2
    from ortools.pdlp.python import pdlp as first_order

    cost, rows, right = linear_program(case, capped)
    program = first_order.QuadraticProgram()
    program.resize_and_initialize(len(cost), len(right))
    program.objective_vector, program.constraint_matrix = cost, rows.tocsc()
    program.variable_lower_bounds, program.constraint_upper_bounds = np.zeros(len(cost)), right
    settings = solvers_pb2.PrimalDualHybridGradientParams(num_threads=1)
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_relative = 1e-6
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = 1e-6
    return lambda: np.array(first_order.primal_dual_hybrid_gradient(program, settings).primal_solution)


def scipy(case: Case, capped: np.ndarray) -> Work:
    """SciPy: `linprog` as it comes for linear programs, `minimize` by trust regions for nash."""
    from scipy.optimize import Bounds, LinearConstraint, linprog, minimize

    if case.objective != "nash":
        cost, rows, right = linear_program(case, capped)
        return lambda: np.asarray(linprog(cost, rows, right).x)
    _, rows, right = linear_program(replace(case, objective="utilitarian"), capped)
    inner, shape = rows[:, :-1], case.speed.shape
    start = (
        np.tile(0.5 * float((case.capacity.sum() / case.tasks.sum()).clip(max=1)) / shape[1], shape)
        * case.tasks[:, None]
    )
    start *= min(1.0, float((right[: shape[1]] / (inner[: shape[1]] @ start.ravel())).min()))

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        rate = (case.gain * x.reshape(shape)).sum(axis=1)
        return -float(case.weight @ np.log(rate)), -((case.weight / rate)[:, None] * case.gain).ravel()

    def curvature(x: np.ndarray) -> sp.csr_matrix:
        rate = (case.gain * x.reshape(shape)).sum(axis=1)
        blocks = np.einsum("i,if,ig->ifg", case.weight / rate**2, case.gain, case.gain)
        return sp.block_diag(list(blocks)).tocsr()

    sides = LinearConstraint(inner, -np.inf, right)
    options = {"gtol": FINE, "maxiter": 1000}
    near = Bounds(1e-12, np.inf)
    return lambda: (
        minimize(
            loss,
            start.ravel(),
            jac=True,
            hess=curvature,
            method="trust-constr",
            constraints=sides,
            bounds=near,
            options=options,
        ).x
    )


def clarabel(case: Case, capped: np.ndarray) -> Work:
    """Clarabel through cvxpy; only the solver's own time counts."""
    return _through_cvxpy(case, capped, "CLARABEL", tol_gap_abs=FINE, tol_gap_rel=FINE, tol_feas=FINE)


def ecos(case: Case, capped: np.ndarray) -> Work:
    """ECOS through cvxpy; only the solver's own time counts."""
    return _through_cvxpy(case, capped, "ECOS", abstol=FINE, reltol=FINE, feastol=FINE)


def _through_cvxpy(case: Case, capped: np.ndarray, solver: str, **settings: float) -> Work:
    import cvxpy as cp

    x, level = cp.Variable(case.speed.shape, nonneg=True), cp.Variable()
    rate = cp.sum(cp.multiply(case.gain, x), axis=1)
    limits = [x.T @ case.bundle <= case.capacity, cp.sum(x, axis=1) <= case.tasks]
    goals = {"nash": lambda: case.weight @ cp.log(rate), "utilitarian": lambda: case.weight @ rate}
    if case.objective not in goals:
        limits += [rate >= cp.multiply(case.weight * ~capped, level) + case.gain.max(axis=1) * case.tasks * capped]
    problem = cp.Problem(cp.Maximize(goals.get(case.objective, lambda: level)()), limits)
    data, chain, inverse = problem.get_problem_data(solver, solver_opts=settings)

    def work() -> np.ndarray:
        problem.unpack_results(chain.solve_via_data(problem, data, solver_opts=settings), chain, inverse)
        return np.append(x.value.ravel(), level.value or 0)

    return work


def resalloc(case: Case, capped: np.ndarray) -> Work:  # noqa: ARG001  # every peer is called alike
    """Prices by L-BFGS in PyTorch (cvxgrp/resalloc), for nash; weights are added to its logarithm here, it has none."""
    sys.path.insert(0, os.environ["RESALLOC"])
    import torch
    from resalloc.fungible import AllocationProblem
    from resalloc.fungible.utilities import Log

    torch.set_num_threads(1)
    weight = torch.from_numpy(case.weight)[:, None]

    class Weighted(Log):
        def __call__(self, t: torch.Tensor) -> torch.Tensor:
            return (weight if t.ndim > 1 else weight[:, 0]) * torch.log(t)

        def _derivative(self, t: torch.Tensor) -> torch.Tensor:
            return weight[:, 0] / t

        def argmax(self, slopes: torch.Tensor, _: object) -> torch.Tensor:
            return weight / slopes

    tasks = torch.from_numpy(case.tasks)[:, None]
    speed, room = torch.from_numpy(case.speed) * tasks, torch.from_numpy(case.capacity[:, 0])

    def work() -> np.ndarray:
        problem = AllocationProblem(speed, room, Weighted(), job_demands=torch.from_numpy(case.bundle) * tasks)
        problem.solve()  # by its defaults; asked for 1e-6 it takes a hundred times as long and stops at a quarter of the gap
        return np.append((problem.make_feasible(problem.X)[:, 1:] * tasks).numpy().ravel(), 0)

    return work


PEERS: dict[str, tuple[Callable[[Case, np.ndarray], Work], tuple[str, ...]]] = {
    "Clarabel": (clarabel, ("nash", "max_min", "drf", "utilitarian")),
    "ECOS": (ecos, ("nash", "max_min", "drf", "utilitarian")),
    "HiGHS": (highs, ("max_min", "drf", "utilitarian")),
    "PDLP": (pdlp, ("max_min", "drf", "utilitarian")),
    "SciPy": (scipy, ("nash", "max_min", "drf", "utilitarian")),
    "resalloc": (resalloc, ("nash",)),
}
