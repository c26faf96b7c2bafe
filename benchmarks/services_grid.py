"""Does the queueing formula say what requests meet? Waiting probability and 99th percentile, over loads and replicas.

    python benchmarks/services_grid.py [--requests 200000] [--runs 20] [--confidence 0.99]

For each number of replicas and each part of them that is busy: as many runs of as many requests, one by one, Poisson arrivals
and exponential service, first come first served, after a warm-up that does not count. Beside the formula stands the mean
over runs with its confidence interval (Student's t; for all cells together at the confidence given, by Bonferroni), and
whether the formula lies in it. Times are in mean service times. A run's 99th percentile is a little off in the mean, by an
amount that falls as one over the requests; with the default that is far below the interval. Takes some minutes on one core.
"""

import argparse

import numpy as np
from scipy.stats import t as student

from apportion.simulation.compiled import compiled
from apportion.simulation.services.erlang import erlang_c, percentile

REPLICAS = (1, 2, 5, 20, 100)
BUSY = (0.3, 0.6, 0.8, 0.9, 0.95)
RELAXING = 40.0  # warm up for so many relaxation times, of 1 / (√c − √a)² mean service times


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--requests", type=int, default=200_000)
    flags.add_argument("--runs", type=int, default=20)
    flags.add_argument("--confidence", type=float, default=0.99)
    chosen = flags.parse_args()
    cells = [(c, busy) for c in REPLICAS for busy in BUSY]
    level = 1 - (1 - chosen.confidence) / (2 * len(cells))  # two figures a cell
    reach = float(student.ppf((1 + level) / 2, chosen.runs - 1)) / np.sqrt(chosen.runs)
    print(f"{chosen.runs} runs of {chosen.requests:,} requests a cell\n")
    print("| replicas | busy | waits, formula | request by request | | p99, formula | request by request | |")
    print("|--:|--:|--:|--:|---|--:|--:|---|")
    outside = 0
    for c, busy in cells:
        waited, slow = _runs(c, busy, chosen)
        told = ((float(erlang_c(c * busy, c)), waited), (float(percentile(c * busy, c)), slow))
        rare = -np.log((1 - level) / 2) / (chosen.runs * chosen.requests)  # nobody waited: what may still be
        found = [_cell(formula, runs, reach, rare) for formula, runs in told]
        outside += sum(not within for _, within in found)
        print(f"| {c} | {100 * busy:.0f} % | " + " | ".join(cell for cell, _ in found) + " |", flush=True)
    print(f"\n{2 * len(cells) - outside} of {2 * len(cells)} formulas within the interval")


def _cell(formula: float, runs: np.ndarray, reach: float, rare: float) -> tuple[str, bool]:
    middle, half = runs.mean(), max(reach * runs.std(ddof=1), rare)
    within = bool(abs(middle - formula) <= half)
    return f"{formula:.4f} | {middle:.4f} ± {half:.4f} | {'within' if within else 'OUTSIDE'}", within


def _runs(c: int, busy: float, chosen: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    load = c * busy
    warm = int(RELAXING * load / (np.sqrt(c) - np.sqrt(load)) ** 2) + 1
    waited, slow = np.empty(chosen.runs), np.empty(chosen.runs)
    for run in range(chosen.runs):
        chance = np.random.default_rng([c, int(1000 * busy), run])
        size = warm + chosen.requests
        arrivals, service = np.cumsum(chance.exponential(1 / load, size)), chance.exponential(1.0, size)
        wait = np.empty(size)
        _one_by_one(arrivals, service, np.zeros(c), wait)
        waited[run] = np.mean(wait[warm:] > 0)
        slow[run] = np.percentile((wait + service)[warm:], 99)
    return waited, slow


@compiled
def _one_by_one(arrivals: np.ndarray, service: np.ndarray, free: np.ndarray, wait: np.ndarray) -> None:
    """Give each request to the replica that is free first; `free` is a heap of the seconds from which on they are."""
    for i in range(len(arrivals)):
        begin = max(free[0], arrivals[i])
        wait[i] = begin - arrivals[i]
        end, hole = begin + service[i], 0
        while True:
            below = 2 * hole + 1
            if below >= len(free):
                break
            if below + 1 < len(free) and free[below + 1] < free[below]:
                below += 1
            if free[below] >= end:
                break
            free[hole] = free[below]
            hole = below
        free[hole] = end


if __name__ == "__main__":
    main()
