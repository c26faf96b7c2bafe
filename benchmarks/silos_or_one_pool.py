"""Silos or one pool, and by which rule? Mean completion times and fairness on one number of machines, over seeds of the ties.

    python benchmarks/silos_or_one_pool.py FOLDER --source philly --set since=2017-10-01 --set until=2017-12-01 --units 512
    python benchmarks/silos_or_one_pool.py POOL [--percent 40] [--seeds 20] [--plot FILE.svg]

The same jobs on the same number of units of the scarcest resource (GPUs, cores), counted as one number: as static partitions
under strict FIFO, and as one pool under strict FIFO, fair share and shortest remaining time. Partitions are in proportion to
what members may count on, each at least as large as its member's largest gang so that every job can run, and sum to the
whole (largest remainders). ρ compares with the member's own partition under strict FIFO, whatever the rule in the pool.
Prints a table; --plot draws it. Philly takes some seconds, most of them of compiling and of seeds.
"""

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from apportion import registry
from apportion.domain.arrays import ints
from apportion.domain.history import History, Replay
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Schedule
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.measures._stages import scarcest
from apportion.replays import arriving, figures
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import fair_share, srtf, strict_fifo
from apportion.simulation.replay import replay

HOME = "strict_fifo"


@dataclass(frozen=True)
class Way:
    """What came of one way: seconds and ratios, one entry a seed."""

    name: str
    jct: list[float]
    later: list[float]
    worst: list[float]
    jain: list[float]
    losers: list[int]


def main() -> None:
    chosen = _flags()
    pool = _read(chosen)
    whole = arriving(pool)
    r = scarcest(History(pool))
    own = whole.entitlement[:, r] // MILLI
    units = chosen.units or int(whole.capacity[r]) // MILLI * chosen.percent // 100
    parts = partitions(own, _largest(whole, r), units)
    jobs = _counted(whole, r, units, parts)
    silo = alone(jobs, strict_fifo.open_queue)
    span = int(jobs.submit_s[-1] - jobs.submit_s[0])
    load = float((jobs.need[:, 0] / MILLI * jobs.duration_s).sum()) / (units * span)
    print(f"{len(jobs):,} jobs on {units:,} of {pool.resources[r]}, offered load {100 * load:.1f} %\n")
    print("partitions " + " · ".join(f"{m} {n}" for m, n in zip(pool.members.id, parts.tolist(), strict=True)) + "\n")
    ways = list(_ways(pool, jobs, own, silo, chosen.seeds))
    print("| | mean JCT s | jobs later than in their partition | worst member's ρ | members with ρ > 1 | Jain of 1/ρ |")
    print("|---|--:|--:|--:|--:|--:|")
    for way in ways:
        print(_row(way))
    if chosen.plot:
        chosen.plot.write_text(drawn(ways, f"{len(jobs):,} jobs, {units:,} GPUs"), "utf-8")


def _flags() -> argparse.Namespace:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("path", type=Path, help="a pool, or with --source what that source reads")
    flags.add_argument("--source", default="directory")
    flags.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    flags.add_argument("--units", type=int, default=0, help="units shared, instead of --percent of the pool's")
    flags.add_argument("--percent", type=int, default=100)
    flags.add_argument("--seeds", type=int, default=20)
    flags.add_argument("--plot", type=Path, metavar="FILE.svg")
    return flags.parse_args()


def _read(chosen: argparse.Namespace) -> Pool:
    options = dict(pair.split("=", 1) for pair in chosen.set)
    source = registry.source(chosen.source)
    return source.read(chosen.path, **registry.checked("source", chosen.source, source.read, options))


def partitions(own: np.ndarray, largest: np.ndarray, units: int) -> np.ndarray:
    """Divide whole units in proportion to `own`, nobody below its largest gang."""
    fixed = own == 0
    while True:
        rest = units - largest[fixed].sum()
        exact = np.where(fixed, largest, rest * own / own[~fixed].sum())
        below = ~fixed & (np.floor(exact) < largest)
        if not below.any():
            break
        fixed |= below
    part = np.floor(exact).astype(np.int64)
    for m in np.argsort(-(exact - part), kind="stable")[: units - int(part.sum())]:
        part[m] += 1
    return part


def _largest(jobs: Trace, r: int) -> np.ndarray:
    most = np.zeros(len(jobs.weight), dtype=np.int64)
    np.maximum.at(most, jobs.member, -(-jobs.need[:, r] // MILLI))
    return most


def _counted(jobs: Trace, r: int, units: int, parts: np.ndarray) -> Trace:
    one = replace(jobs, need=ints(jobs.need[:, [r]]), entitlement=ints(parts[:, None] * MILLI), homes=None, speed=None)
    return one.with_capacity(ints([units * MILLI]))


def _ways(pool: Pool, jobs: Trace, own: np.ndarray, silo: Schedule, seeds: int) -> Iterator[Way]:
    yield _told(pool, "static partitions, strict FIFO", jobs, silo, [silo])
    yield _told(pool, "one pool, strict FIFO", jobs, silo, [replay(strict_fifo.open_queue(jobs))])
    for name, weight in (("equal weights", np.ones(len(own))), ("weights by size", own)):
        weighed = replace(jobs, weight=ints(weight.astype(np.int64)))
        ways = [replay(fair_share.open_queue(one)) for one in _tied(pool, weighed, seeds)]
        yield _told(pool, f"one pool, fair share, {name}", jobs, silo, ways)
    yield _told(pool, "one pool, SRTF", jobs, silo, [replay(srtf.open_queue(jobs))])


def _tied(pool: Pool, jobs: Trace, seeds: int) -> Iterator[Trace]:
    """Give the trace with ties by seed, as many ways."""
    for k in range(seeds):
        seed = hashlib.sha256(f"tie {k}".encode()).digest()
        yield jobs.with_seed(seed, tie_order(seed, pool.members.id))


def _told(pool: Pool, name: str, jobs: Trace, silo: Schedule, ways: list[Schedule]) -> Way:
    home = jobs.in_table_order(silo)
    way = Way(name, [], [], [], [], [])
    for one in ways:
        shown = Replay(HOME, "counting", jobs.capacity, jobs.in_table_order(one), {HOME: home})
        found = figures(History(pool, replay=shown), ("waiting", "rho", "unfair_fraction", "jain"))
        way.jct.append(found["mean_jct"].value)
        way.later.append(found[f"unfair_fraction.{HOME}"].value)
        way.worst.append(found[f"rho.{HOME}"].value)
        way.jain.append(found[f"jain.{HOME}"].value)
        way.losers.append(sum(rho > 1 for rho in found[f"rho.{HOME}"].rows.values() if rho is not None))
    return way


def _row(way: Way) -> str:
    cells = (
        _spread(way.jct, lambda v: f"{v:,.0f}"),
        _spread([100 * part for part in way.later], lambda v: f"{v:.1f} %"),
        _spread(way.worst, lambda v: f"{v:.2f}"),
        _spread(way.losers, str),
        _spread(way.jain, lambda v: f"{v:.3f}"),
    )
    return f"| {way.name} | {' | '.join(cells)} |"


def _spread(values: list, said) -> str:
    """Say the median, and the range where there is one."""
    middle = sorted(values)[len(values) // 2]
    low, high = said(min(values)), said(max(values))
    return said(middle) if low == high else f"{said(middle)} ({low} to {high})"


LEFT, RIGHT, ROW, TOP = 250, 760, 34, 54
STYLE = """
text { font: 13px sans-serif; fill: #1f2328 } .tick { font-size: 12px; fill: #57606a } .head { font-weight: 600 }
.grid { stroke: #d0d7de } .bar { fill: #0072b2 } .silo { fill: #8c959f } .seed { fill: #d55e00 } .page { fill: #ffffff }
"""


def drawn(ways: list[Way], title: str) -> str:
    """Draw mean JCT as bars, and each seed as a dot on them."""
    top = max(max(way.jct) for way in ways) * 1.12
    bottom = TOP + ROW * len(ways)
    step = next(s for s in (1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7) if top / s <= 8)

    def x(value: float) -> float:
        return LEFT + value / top * (RIGHT - LEFT)

    marks = [
        '<rect class="page" x="0" y="0" width="800" height="100%"/>',
        f'<text x="12" y="22" class="head">Mean time from submission to end: {title}</text>',
    ]
    for k in range(int(top // step) + 1):
        at = x(k * step)
        marks.append(f'<line class="grid" x1="{at:.1f}" y1="{TOP - 8}" x2="{at:.1f}" y2="{bottom}"/>')
        marks.append(
            f'<text class="tick" x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{k * step / 1000:,.0f}</text>'
        )
    marks.append(
        f'<text class="tick" x="{(LEFT + RIGHT) / 2:.0f}" y="{bottom + 38}" text-anchor="middle">thousands of seconds</text>'
    )
    for k, way in enumerate(ways):
        y = TOP + ROW * k
        middle = sorted(way.jct)[len(way.jct) // 2]
        style = "silo" if k == 0 else "bar"
        marks.append(f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{way.name}</text>')
        marks.append(f'<rect class="{style}" x="{LEFT}" y="{y + 2}" width="{x(middle) - LEFT:.1f}" height="20"/>')
        if len(way.jct) > 1:
            marks += [f'<circle class="seed" cx="{x(one):.1f}" cy="{y + 12}" r="2.5"/>' for one in way.jct]
        end = x(max(way.jct)) + 8
        marks.append(f'<text class="tick" x="{end:.1f}" y="{y + 16}">{middle / 1000:,.1f}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {bottom + 50}" width="800" role="img">'
    named = f"<title>{title}</title><desc>Bars are medians over seeds, dots single seeds.</desc>"
    return f"{head}{named}<style>{STYLE}</style>\n" + "\n".join(marks) + "\n</svg>\n"


if __name__ == "__main__":
    main()
