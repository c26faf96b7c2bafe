"""Which parameters fit best? Huber's loss of residuals in logs, least squares by least squares, from many starts at once.

    min_θ Σ_i w_i ρ_δ(y_i − m_i(θ)),    ρ_δ(r) = r²/2 if |r| ≤ δ, else δ (|r| − δ/2)

Every round weighs residuals by min(1, δ/|r|) and takes a damped Gauss–Newton step with the exact Jacobian of m; a step that
does not lower the loss is taken back and damped more. All starts, or all resamples of a bootstrap, go together as one array.
The best start is then taken on by L-BFGS-B of SciPy with the exact gradient of the Huber loss itself, and the lower of the
two is kept.

Cost: for S starts, n points and p parameters S·n·p² a round, some tens of rounds; more where δ is far below the residuals.
Sources: Huber, *Annals of Mathematical Statistics* 35, 1964; Holland and Welsch, *Communications in Statistics A* 6, 1977
(reweighting); Marquardt, *SIAM Journal* 11, 1963 (damping).
"""

from collections.abc import Callable

import numpy as np

from apportion.domain.arrays import Bools, Floats

Model = Callable[[Floats], tuple[Floats, Floats]]  # θ (S, p) → m (S, n), ∂m/∂θ (S, n, p)
ROUNDS = 400
CLOSE = 1e-11  # of the loss: what a round has to gain to be followed by another
STUBBORN = 1e12  # damping at which no step is left


def huber(residual: Floats, delta: float) -> Floats:
    """ρ_δ(r), element by element.

    >>> huber(np.array([0.5, -3.0]), 1.0).tolist()
    [0.125, 2.5]
    """
    size = np.abs(residual)
    return np.where(size <= delta, size * size / 2, delta * (size - delta / 2))


def descend(
    model: Model, y: Floats, weight: Floats, start: Floats, low: Floats, high: Floats, delta: float
) -> tuple[Floats, Floats]:
    """Lower the loss from each start.

    Parameters
    ----------
    y, weight : (n,) and (S, n) or (n,)
    start : (S, p) within low, high: (p,)

    Returns
    -------
    θ (S, p) and the loss of each (S,).
    """
    theta = np.clip(start, low, high)
    weights = np.broadcast_to(weight, (len(theta), len(y)))
    loss = np.empty(len(theta))
    moving = np.arange(len(theta))
    m, J = model(theta)
    loss[:] = (weights * huber(y - m, delta)).sum(axis=1)
    damping, calm = np.full(len(theta), 1e-3), np.zeros(len(theta), dtype=int)
    for _ in range(ROUNDS):
        step = _step(y - m, J, weights[moving], theta[moving], (low, high), delta, damping[moving])
        tried = np.clip(theta[moving] + step, low, high)
        new_m, new_J = model(tried)
        new = (weights[moving] * huber(y - new_m, delta)).sum(axis=1)
        better = new < loss[moving]
        gained = np.where(better, loss[moving] - new, 0.0)
        calm[moving] = np.where(better & (gained > CLOSE * loss[moving]), 0, calm[moving] + better)
        damping[moving] = np.where(better, np.maximum(damping[moving] / 4, 1e-9), damping[moving] * 8)
        theta[moving], loss[moving] = (
            np.where(better[:, None], tried, theta[moving]),
            np.where(better, new, loss[moving]),
        )
        m, J = np.where(better[:, None], new_m, m), np.where(better[:, None, None], new_J, J)
        on: Bools = (calm[moving] < 2) & (damping[moving] < STUBBORN) & (loss[moving] > 0)
        if not on.any():
            break
        moving, m, J = moving[on], m[on], J[on]
    return theta, loss


def best_of(model: Model, y: Floats, start: Floats, low: Floats, high: Floats, delta: float) -> tuple[Floats, float]:
    """Descend from every start and take the best one on; ties go to the first."""
    from scipy.optimize import minimize

    theta, loss = descend(model, y, np.ones(len(y)), start, low, high, delta)
    k = int(np.argmin(loss))

    def objective(at: Floats) -> tuple[float, Floats]:
        m, J = model(at[None])
        r = y - m[0]
        return float(huber(r, delta).sum()), -J[0].T @ np.clip(r, -delta, delta)

    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-12}
    bounds = list(zip(low, high, strict=True))
    last = minimize(objective, theta[k], jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return (np.asarray(last.x), float(last.fun)) if last.fun < loss[k] else (theta[k], float(loss[k]))


def _step(
    r: Floats, J: Floats, weight: Floats, theta: Floats, box: tuple[Floats, Floats], delta: float, damping: Floats
) -> Floats:
    """One damped step for each start, along the sides of the box where it would leave it: (S, p)."""
    w = weight * np.minimum(1.0, delta / np.maximum(np.abs(r), 1e-300))
    weighed = J * w[..., None]
    g = np.einsum("snp,sn->sp", weighed, r)
    H = np.swapaxes(weighed, 1, 2) @ J
    held = ((theta <= box[0]) & (g < 0)) | ((theta >= box[1]) & (g > 0))
    g = np.where(held, 0.0, g)
    H = np.where(held[:, :, None] | held[:, None, :], 0.0, H)
    p = theta.shape[1]
    size = np.einsum("spp->sp", H)
    ground = np.maximum(size, 1e-12 * size.max(axis=1, keepdims=True, initial=0.0) + 1e-300)
    ground = np.where(held, 1.0, ground)
    H = H + np.eye(p) * (damping[:, None] * ground + np.where(held, 1.0, 1e-300))[:, None, :]
    return np.asarray(np.linalg.solve(H, g[..., None])[..., 0], dtype=np.float64)
