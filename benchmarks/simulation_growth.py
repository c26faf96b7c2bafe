"""How does the time of a replay grow with jobs, nodes, members and the queue, and what does a what-if cost?

    python benchmarks/simulation_growth.py [--jobs N] [--philly FOLDER] [--picture FILE.svg]

Traces are those of `simulation.py`, beside this file: gangs of 1 to 16 of 512 units. Where the number of nodes or members
grows, the number of jobs stays. In overload more is asked for than there is until the last job has come, so thousands wait.
FOLDER holds `philly_vc_jobs.csv` and `philly_vc_nodes.csv`, which are not part of this repository: a replay of them is
timed, and all measures of it. CPU seconds of this process on one core, the least of some runs, without compilation.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import simulation as bench
from apportion import registry, replays
from apportion.domain.arrays import ints
from apportion.domain.history import History
from apportion.domain.trace import Trace
from apportion.report.charts.scales import logarithmic
from apportion.report.charts.svg import circle, line, path, text
from apportion.simulation.events import ARRIVED, END, RUNNING
from apportion.simulation.replay import replay

COUNTED = ("strict_fifo", "skip_fifo", "fair_share", "entitled", "virtual_finish", "srtf", "las")
ON_NODES = ("strict_fifo", "skip_fifo", "fair_share")
BY_MEMBER = ("fair_share", "entitled", "virtual_finish")
JOBS = (10_000, 31_623, 100_000, 316_228, 1_000_000)
MEMBERS = (10, 100, 1_000, 10_000)
LOADS = (0.5, 0.9, 1.0, 1.1, 1.3, 2.0)
SMALL = 100_000
WHAT_IFS = 1_000
CORES = 2
COLOURS = ("#1b6ca8", "#c8553d", "#2f8f5b", "#8a5fbf", "#b8860b", "#444444", "#d1478c")
Curve = tuple[str, list[int], list[float]]


def at_load(trace: Trace, load: float) -> Trace:
    return replace(trace, submit_s=ints((trace.submit_s * bench.LOAD / load).astype(np.int64)))


def with_members(trace: Trace, members: int) -> Trace:
    """Spread the same jobs over so many members of equal standing."""
    draw = np.random.default_rng(7)
    return replace(
        trace,
        member=ints(draw.integers(0, members, len(trace))),
        entitlement=ints(np.full((members, 1), max(bench.UNITS // members, 1))),
        weight=ints(np.ones(members)),
        member_order=ints(draw.permutation(members)),
    )


def measured(what: str, name: str, sizes: tuple[int, ...], of: Callable[[int], Trace]) -> Curve:
    """Print and return nanoseconds a job at each size."""
    nanoseconds = []
    for size in sizes:
        trace = of(size)
        nanoseconds.append(bench.kernel_alone(name, trace, 3) / len(trace) * 1e9)
    rows = "".join(f"{size:>12,}: {1e3 / each:6.2f}" for size, each in zip(sizes, nanoseconds, strict=True))
    print(f"{what:<10}{name:<16}{rows}   million jobs/s", flush=True)
    return name, list(sizes), nanoseconds


def overload(trace: Trace) -> None:
    print(f"\nload, {len(trace):,} jobs counted: million jobs/s, most stops and mean queue while jobs come")
    for name in ("srtf", "las"):
        for load in LOADS:
            busy = at_load(trace, load)
            speed = len(busy) / bench.kernel_alone(name, busy, 2) / 1e6
            print(f"{name:<8}{load:>5} {speed:>7.2f}   {waiting(name, busy)}", flush=True)


def waiting(name: str, trace: Trace) -> str:
    """Say how many waited, looked at forty times, and how often somebody was stopped."""
    queue, seen = bench.DISCIPLINES[name](trace), []
    for second in np.linspace(trace.submit_s[0], trace.submit_s[-1], 40)[1:]:
        queue.advance(int(second))
        ended = int((queue.state.book[:, END] >= 0).sum())
        seen.append(int(queue.state.counts[ARRIVED] - queue.state.counts[RUNNING]) - ended)
    return f"{np.mean(seen):>9,.0f} wait, {replay(queue).preemptions.sum() / len(trace):.2f} stops a job"


def what_ifs(folder: Path) -> None:
    pool = registry.source("philly").read(folder)
    trace = replays.arriving(pool)
    for name in ("strict_fifo", "skip_fifo", "fair_share", "virtual_finish", "srtf", "las"):
        open_queue = bench.DISCIPLINES[name]

        def run(open_queue=open_queue) -> float:
            return float((replay(open_queue(trace)).end_s - trace.submit_s).mean())

        run()
        seconds = bench.least(run, 5)
        kernel = bench.kernel_alone(name, trace, 5)
        print(
            f"philly    {name:<16}{len(trace) / kernel / 1e6:6.2f} million jobs/s, a whole replay {seconds:.4f} s: "
            f"{WHAT_IFS:,} take {WHAT_IFS * seconds / CORES:.1f} s on {CORES} cores"
        )
    placed = replays.arriving(pool, "consolidated")
    for name in ON_NODES:
        print(
            f"philly    {name:<16}{len(trace) / bench.kernel_alone(name, placed, 5) / 1e6:6.2f} million jobs/s on nodes"
        )
    found = replays.simulate(pool, "strict_fifo", placement="consolidated")

    def measure() -> None:
        replays.told(pool, found)
        for name in registry.names("measure"):
            registry.measure(name).measure(History(pool, replay=found))

    measure()
    print(f"philly    all measures of {len(trace):,} jobs on nodes: {bench.least(measure, 3):.3f} s")


def picture(panels: list[tuple[str, list[Curve]]]) -> str:
    """Draw nanoseconds a job over the size, both logarithmic, one panel a size: level is linear, 45° upwards is quadratic."""
    marks, width, height = [], 330, 260
    low, high = 30.0, 3000.0
    for number, (title, curves) in enumerate(panels):
        left = 56 + number * width
        x = logarithmic(curves[0][1][0], curves[0][1][-1], left, left + width - 130)
        y = logarithmic(low, high, height - 36, 30)
        marks.append(text(left, 14, title, "head"))
        for value in (30, 100, 300, 1000, 3000):
            marks += [
                line(left, y(value), left + width - 130, y(value), "grid"),
                text(left - 6, y(value), f"{value:,}", "small", "end"),
            ]
        for size in curves[0][1]:
            marks.append(
                text(
                    x(size),
                    height - 20,
                    f"{size:,}" if size < 10_000 else f"10^{np.log10(size):.3g}",
                    "small",
                    "middle",
                )
            )
        ends = sorted((y(ns[-1]), name, COUNTED.index(name)) for name, _, ns in curves)
        at = 0.0
        for end, name, k in ends:
            at = max(end, at + 13)
            marks.append(f'<g fill="{COLOURS[k]}">{text(left + width - 124, at, name, "small")}</g>')
        for name, sizes, ns in curves:
            k = COUNTED.index(name)
            points = [(x(size), y(each)) for size, each in zip(sizes, ns, strict=True)]
            marks.append(f'<g stroke="{COLOURS[k]}" fill="none" stroke-width="2">{path(points, "")}</g>')
            marks += [f'<g fill="{COLOURS[k]}">{circle(*point, 3, "")}</g>' for point in points]
    style = (
        "text{font:12px sans-serif;fill:#333}g text{fill:inherit}.head{font-weight:bold}.small{font-size:11px}"
        ".grid{stroke:#ddd;stroke-width:1}"
    )
    total = 56 + width * len(panels)
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" role="img"><title>Nanoseconds a job</title>'
        f'<style>{style}</style><rect width="{total}" height="{height}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=JOBS[-1])
    options.add_argument("--philly", type=Path)
    options.add_argument("--picture", type=Path)
    chosen = options.parse_args()
    begun = time.process_time()
    whole = bench.generated(chosen.jobs, chosen.seed)
    small = bench.cut(whole, min(SMALL, len(whole)))
    for name in COUNTED:
        for warm in (bench.cut(whole, 10), bench.on_nodes(bench.cut(whole, 10), bench.NODES[0])):
            replay(bench.DISCIPLINES[name](warm))  # loads the kept machine code
    print(f"made and loaded in {time.process_time() - begun:.0f} s\n")
    sizes = tuple(size for size in JOBS if size <= len(whole))
    jobs = [measured("jobs", name, sizes, lambda size: bench.cut(whole, size)) for name in COUNTED]
    nodes = [measured("nodes", name, bench.NODES, lambda size: bench.on_nodes(small, size)) for name in ON_NODES]
    members = [measured("members", name, MEMBERS, lambda size: with_members(small, size)) for name in BY_MEMBER]
    overload(whole)
    if chosen.philly:
        print()
        what_ifs(chosen.philly)
    if chosen.picture:
        panels = [("by jobs, counted", jobs), ("by nodes, consolidated", nodes), ("by members, counted", members)]
        chosen.picture.write_text(picture(panels))


if __name__ == "__main__":
    main()
