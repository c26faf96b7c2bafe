"""How often does a fit's interval hold the truth, and how long does a fit take?

    python benchmarks/fitting.py [--runs 200] [--points 250] [--noise 0.02] [--bootstrap 500]

Each run draws parameters N (10^7.5 to 10^10.2) and tokens D (10^9 to 10^11.5) by chance and losses from the surface of
Hoffmann et al. with normal noise in logs, fits chinchilla with seeded starts, and asks of each interval whether the parameter
that was put in lies inside; the five intervals together hold 95 % of the resamples. `delta 0.001` is the Huber threshold of
Hoffmann et al.; `own` that of the fit. A share of 200 runs has a standard error of about 1.5 points near 95 %. Times are CPU
seconds.
"""

import argparse
import time

import numpy as np

from apportion.capability.chinchilla import Surface
from apportion.capability.fitted import Settings
from apportion.capability.fitting import Fitting, fit
from apportion.capability.observed import Observed

TRUTH = Surface()


def drawn(seed: int, points: int, noise: float) -> Observed:
    chance = np.random.default_rng([7, seed])
    N, D = 10 ** chance.uniform(7.5, 10.2, points), 10 ** chance.uniform(9.0, 11.5, points)
    return Observed(6 * N * D, -TRUTH.loss(N, D) * np.exp(chance.normal(0, noise, points)), None, N, D)


def inside(found: Fitting) -> list[bool]:
    intervals = found.best.intervals
    return [intervals[name][0] <= value <= intervals[name][1] for name, value in TRUTH._asdict().items()]


def coverage(runs: int, points: int, noise: float, bootstrap: int, delta: float | None) -> None:
    held = []
    for seed in range(runs):
        wish = Settings(["chinchilla"], starts=20, bootstrap=bootstrap, seed=seed, delta=delta)
        held.append(inside(fit(drawn(seed, points, noise), wish)))
    table = np.array(held)
    each = "  ".join(f"{name} {part:6.1%}" for name, part in zip(TRUTH._fields, table.mean(axis=0), strict=True))
    print(f"delta {delta or 'own':<6} {each}  all five {table.all(axis=1).mean():6.1%}   ({runs} runs)", flush=True)


def timed(what: str, points: Observed, wish: Settings) -> None:
    begin = time.process_time()
    fit(points, wish)
    print(f"{what:<58} {time.process_time() - begin:7.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--points", type=int, default=250)
    parser.add_argument("--noise", type=float, default=0.02)
    parser.add_argument("--bootstrap", type=int, default=500)
    asked = parser.parse_args()
    surface = drawn(0, asked.points, asked.noise)
    C = surface.compute
    rising = Observed(C, 3 * (C / 1e20) ** 0.3 * np.exp(np.random.default_rng(0).normal(0, 0.2, len(C))))
    print(f"Time for {asked.points} points")
    timed("all families of losses, 80 starts, no resamples", surface, Settings(bootstrap=0))
    timed("all families of losses, 80 starts, 1,000 resamples", surface, Settings())
    timed("all families of positive P, 80 starts, no resamples", rising, Settings(bootstrap=0))
    timed("all families of positive P, 80 starts, 1,000 resamples", rising, Settings())
    print(f"\nHow often the interval holds the truth: noise {asked.noise:g}, {asked.bootstrap} resamples")
    for delta in (None, 1e-3):
        coverage(asked.runs, asked.points, asked.noise, asked.bootstrap, delta)


if __name__ == "__main__":
    main()
