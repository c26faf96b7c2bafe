"""How fast are the event kernels, and how much faster than SimPy on the same input?

    python benchmarks/simulation.py [--seed N] [--jobs N] [--peer-jobs N]

One generated trace: gangs of 1 to 16 of 512 units, lognormal durations, uniform arrivals, load 0.9, ten members; counted as
one number, and consolidated on 64 nodes of 8; on more nodes arrivals are as many times denser. All figures are CPU seconds
of this process on one core, the least of some runs (one of SimPy), without compilation, which is shown apart. SimPy plays
the first jobs of the same trace in the same run, as strict FIFO: one process a job, sent off by a source when it is
submitted, and one container; it must come to the same starts. Its time is that of building and running its model; ours that
of opening the queue, every event and reading the schedule, and beside it that of the compiled kernel alone.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import simpy

from apportion.domain.arrays import ints, text
from apportion.domain.trace import CONSOLIDATED, Places, Trace, one_place
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import (
    entitled,
    fair_share,
    las,
    never_later,
    priority,
    round_robin,
    sjf,
    skip_fifo,
    srtf,
    strict_fifo,
    themis,
    virtual_finish,
)
from apportion.simulation.events import FOREVER
from apportion.simulation.replay import replay

UNITS, MEMBERS, LOAD = 512, 10, 0.9
NODE, NODES = 8, (64, 352, 1_213, 4_278)
DISCIPLINES = {
    "strict_fifo": strict_fifo.open_queue,
    "skip_fifo": skip_fifo.open_queue,
    "skip_fifo, reservation": partial(skip_fifo.open_queue, reservation=True),
    "sjf": sjf.open_queue,
    "priority": priority.open_queue,
    "fair_share": fair_share.open_queue,
    "fair_share, tree": partial(fair_share.open_queue, level="tree"),
    "entitled": entitled.open_queue,
    "virtual_finish": virtual_finish.open_queue,
    "priority, preemptive": partial(priority.open_queue, preemptive=True),
    "virtual_finish, preemptive": partial(virtual_finish.open_queue, preemptive=True),
    "srtf": srtf.open_queue,
    "srtf, work": partial(srtf.open_queue, by="work"),
    "las": las.open_queue,
    "themis": themis.open_queue,
    "round_robin": partial(round_robin.open_queue, quantum_s=600),
    "never_later": never_later.open_queue,
}
FIRST_CALLS = """
import sys, time
sys.path.insert(0, sys.argv[1])
import simulation as bench
small = bench.generated(1000, 0)
for name, open_queue in bench.DISCIPLINES.items():
    begun = time.perf_counter()
    bench.replay(open_queue(small))
    print(name, time.perf_counter() - begun, sep="\t")
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
    queues = iter([DISCIPLINES[name](trace) for _ in range(runs)])
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
            ).stdout.splitlines()
            seconds = {name: float(second) for name, second in (line.split("\t") for line in told)}
            each = " · ".join(f"{name} {second:.2f}" for name, second in seconds.items())
            print(f"first calls in a new process, {state}: {sum(seconds.values()):.2f} s ({each})")


def kernels(trace: Trace) -> None:
    sizes = [size for size in (10**4, 10**5, 10**6) if size <= len(trace)]
    print(f"\n{'discipline':<24}{'jobs':>10}{'kernel s':>10}{'jobs/s':>14}{'whole s':>10}{'jobs/s':>14}")
    for name, open_queue in DISCIPLINES.items():
        taken = []
        for size in sizes:
            part = cut(trace, size)
            taken.append(kernel_alone(name, part))
            whole = least(lambda o=open_queue, p=part: replay(o(p)))
            print(
                f"{name:<24}{size:>10,}{taken[-1]:>10.4f}{size / taken[-1]:>14,.0f}{whole:>10.4f}{size / whole:>14,.0f}"
            )
        if len(sizes) > 1:
            growth = math.log(taken[-1] / taken[0]) / math.log(sizes[-1] / sizes[0])
            print(f"{'':<24}time grows with jobs to the power {growth:.2f}")


def on_nodes(trace: Trace, nodes: int) -> Trace:
    """Put a trace for 64 nodes on so many, with arrivals as many times denser; a gang beyond one node has whole nodes."""
    amount = ints(np.full((nodes, 1), NODE))
    return replace(
        trace,
        submit_s=ints(trace.submit_s * NODES[0] // nodes),
        capacity=ints(amount.sum(axis=0)),
        workers=ints(np.maximum(trace.need[:, 0] // NODE, 1)),
        places=Places(amount, ints(np.zeros(nodes)), ints(np.arange(nodes))),
        homes=tuple(one_place(own) for own in trace.entitlement),
        placement=CONSOLIDATED,
    )


def placed(trace: Trace) -> None:
    print(f"\nconsolidated, million jobs/s{'':<2}" + "".join(f"{nodes:>8,} nodes" for nodes in NODES))
    for name in DISCIPLINES:
        speeds = [len(trace) / kernel_alone(name, on_nodes(trace, nodes), 2) / 1e6 for nodes in NODES]
        print(f"{name:<30}" + "".join(f"{speed:>14.2f}" for speed in speeds))


def memory(trace: Trace) -> None:
    """What a queue and its schedule take beside the trace."""
    tracemalloc.start()
    queue = strict_fifo.open_queue(trace)
    replay(queue)
    held = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    now, peak = (round(size / len(trace)) for size in held)
    print(f"\nstrict_fifo, {len(trace):,} jobs: {now} bytes a job, {peak} at most while it is opened and read")


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
    """All these disciplines in the pool, and every member alone by the two rules at home."""

    def work() -> None:
        for open_queue in DISCIPLINES.values():
            replay(open_queue(trace))
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
    placed(trace)
    memory(trace)
    peer(cut(trace, min(chosen.peer_jobs, len(trace))))
    everything(cut(trace, min(69_351, len(trace))))


if __name__ == "__main__":
    main()
