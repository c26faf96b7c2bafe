"""How fast are the event kernels, and how much faster than SimPy on the same input?

    python benchmarks/simulation.py [--seed N] [--jobs N] [--peer-jobs N]

One generated trace: gangs of 1 to 16 of 512 units, lognormal durations, uniform arrivals, load 0.9, ten members. All
figures are CPU seconds of this process on one core, the least of three runs (one of SimPy), without compilation, which is
shown apart. SimPy plays the first jobs of the same trace in the same run, as strict FIFO: one process a job, sent off by
a source when it is submitted, and one container; it must come to the same starts. Its time is that of building and
running its model; ours that of opening the queue, every event and reading the schedule, and beside it that of the
compiled kernel alone.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import simpy

from apportion.domain.arrays import ints, text
from apportion.domain.trace import Trace
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import entitled, fair_share, skip_fifo, strict_fifo, virtual_finish
from apportion.simulation.events import FOREVER
from apportion.simulation.replay import replay

UNITS, MEMBERS, LOAD = 512, 10, 0.9
DISCIPLINES = {
    "strict_fifo": strict_fifo,
    "skip_fifo": skip_fifo,
    "fair_share": fair_share,
    "entitled": entitled,
    "virtual_finish": virtual_finish,
}
FIRST_CALLS = """
import sys, time
sys.path.insert(0, sys.argv[1])
import simulation as bench
small = bench.generated(1000, 0)
for name, discipline in bench.DISCIPLINES.items():
    begun = time.perf_counter()
    bench.replay(discipline.open_queue(small))
    print(name, time.perf_counter() - begun)
"""


def generated(jobs: int, seed: int) -> Trace:
    """Draw a trace; the first n jobs of a longer one are another trace than n jobs drawn alone, so cut, do not redraw."""
    draw = np.random.default_rng(seed)
    need = 2 ** draw.choice(5, size=jobs, p=[0.6, 0.15, 0.1, 0.1, 0.05])
    duration = np.maximum(draw.lognormal(6, 1.5, jobs).astype(np.int64), 1)
    submit = np.sort(draw.integers(0, int((need * duration).sum() / (LOAD * UNITS)), jobs))
    return Trace(
        text([str(i) for i in range(jobs)]),
        ints(draw.integers(0, MEMBERS, jobs)),
        ints(submit),
        ints(duration),
        ints(need[:, None]),
        ints([UNITS]),
        ints(np.full((MEMBERS, 1), UNITS // MEMBERS)),
        ints(np.ones(MEMBERS)),
        ints(np.arange(MEMBERS)),
        bytes(32),
        ints(np.arange(jobs)),
    )


def cut(trace: Trace, jobs: int) -> Trace:
    first = slice(0, jobs)
    columns = (trace.id[first], trace.member[first], trace.submit_s[first], trace.duration_s[first], trace.need[first])
    standing = (trace.entitlement, trace.weight, trace.member_order, trace.seed)
    return Trace(*columns, trace.capacity, *standing, trace.position[first])


def by_simpy(trace: Trace) -> list[int]:
    """Start of every job."""
    world = simpy.Environment()
    units = simpy.Container(world, capacity=UNITS, init=UNITS)
    start = [0] * len(trace)

    def life(job, need, duration):
        yield units.get(need)
        start[job] = world.now
        yield world.timeout(duration)
        yield units.put(need)

    def source():
        gaps = np.diff(trace.submit_s, prepend=0).tolist()
        jobs = zip(gaps, trace.need[:, 0].tolist(), trace.duration_s.tolist(), strict=True)
        for job, (gap, need, duration) in enumerate(jobs):
            yield world.timeout(gap)
            world.process(life(job, need, duration))

    world.process(source())
    world.run()
    return start


def least(work: Callable[[], object], runs: int = 3) -> float:
    """CPU seconds of the quickest run."""
    seconds = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def kernel_alone(name: str, trace: Trace, runs: int = 3) -> float:
    """CPU seconds of the events, without opening the queue and reading the schedule."""
    queues = iter([DISCIPLINES[name].open_queue(trace) for _ in range(runs)])
    return least(lambda: next(queues).advance(FOREVER), runs)


def compilation() -> None:
    with tempfile.TemporaryDirectory() as kept:
        for state in ("nothing kept", "machine code kept"):
            told = subprocess.run(  # noqa: S603  # this program, on this file
                [sys.executable, "-c", FIRST_CALLS, str(Path(__file__).resolve().parent)],
                env={**os.environ, "NUMBA_CACHE_DIR": kept},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            seconds = dict(zip(told[::2], map(float, told[1::2]), strict=True))
            each = " · ".join(f"{name} {second:.2f}" for name, second in seconds.items())
            print(f"first calls in a new process, {state}: {sum(seconds.values()):.2f} s ({each})")


def kernels(trace: Trace) -> None:
    sizes = [size for size in (10**4, 10**5, 10**6) if size <= len(trace)]
    print(f"\n{'discipline':<16}{'jobs':>10}{'kernel s':>10}{'jobs/s':>14}{'whole s':>10}{'jobs/s':>14}")
    for name, discipline in DISCIPLINES.items():
        taken = []
        for size in sizes:
            part = cut(trace, size)
            taken.append(kernel_alone(name, part))
            whole = least(lambda d=discipline, p=part: replay(d.open_queue(p)))
            print(
                f"{name:<16}{size:>10,}{taken[-1]:>10.4f}{size / taken[-1]:>14,.0f}{whole:>10.4f}{size / whole:>14,.0f}"
            )
        if len(sizes) > 1:
            growth = math.log(taken[-1] / taken[0]) / math.log(sizes[-1] / sizes[0])
            print(f"{'':<16}time grows with jobs to the power {growth:.2f}")


def peer(trace: Trace) -> None:
    starts: list[int] = []
    theirs = least(lambda: starts.__setitem__(slice(None), by_simpy(trace)), runs=1)
    ours = least(lambda: replay(strict_fifo.open_queue(trace)))
    kernel = kernel_alone("strict_fifo", trace)
    same = replay(strict_fifo.open_queue(trace)).start_s.tolist() == starts
    print(f"\nstrict FIFO on the first {len(trace):,} jobs, same starts: {same}")
    print(f"SimPy {simpy.__version__}: {theirs:.3f} s, {len(trace) / theirs:,.0f} jobs/s")
    print(f"ours, whole: {ours:.4f} s, {len(trace) / ours:,.0f} jobs/s, {theirs / ours:,.0f} times SimPy")
    print(f"ours, kernel: {kernel:.4f} s, {len(trace) / kernel:,.0f} jobs/s, {theirs / kernel:,.0f} times SimPy")
    if not same:
        sys.exit("the two disagree")


def everything(trace: Trace) -> None:
    """All five disciplines in the pool, and every member alone by the two rules at home."""

    def work() -> None:
        for discipline in DISCIPLINES.values():
            replay(discipline.open_queue(trace))
        for home in (strict_fifo, skip_fifo):
            alone(trace, home.open_queue)

    print(f"\n{len(trace):,} jobs by all disciplines, pooled and alone: {least(work):.3f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=10**6)
    options.add_argument("--peer-jobs", type=int, default=10**5)
    chosen = options.parse_args()
    compilation()
    trace = generated(chosen.jobs, chosen.seed)
    replay(strict_fifo.open_queue(cut(trace, 10)))  # loads the kept machine code
    kernels(trace)
    peer(cut(trace, min(chosen.peer_jobs, len(trace))))
    everything(cut(trace, min(69_351, len(trace))))


if __name__ == "__main__":
    main()
