"""How long do divisions of the worth of pooling take, and how often are they in the core?

    python benchmarks/alliances.py [--games 1000]

Random pools of eight members with task caps, two flavors and two resources: every one of the 254 coalitions is solved, and
the Owen point and Shapley's division are compared with each. Then CPU seconds, as `time.process_time` counts them.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from apportion.alliances import core, shapley
from apportion.alliances.coalitions import sums
from apportion.alliances.least_core import least_core
from apportion.alliances.leaving import would_leave
from apportion.alliances.nucleolus import nucleolus
from apportion.alliances.owen import owen
from apportion.alliances.program import Program, table
from apportion.alliances.voting import majority, power
from apportion.domain.arrays import ints, text
from gaming import random_program


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--games", type=int, default=1000)
    games(parser.parse_args().games)
    print()
    for row in (*small(), *many_members(), *votes()):
        print(f"{row[0]:<64}{row[1]:9.3f} s   {row[2]}")


def games(many: int) -> None:
    random = np.random.default_rng(0)
    began, owen_out, worst, outside, gains, blocking = time.process_time(), 0, -np.inf, 0, [], []
    for _ in range(many):
        given = random_program(random)
        v = table(given)
        found = owen(given)
        excess = core.excesses(v, found.credit)[1:-1].max() / v[-1]
        worst, owen_out = max(worst, excess), owen_out + (not core.in_core(v, found.credit))
        x = shapley.exact(v)
        if core.blocking(v, x) is not None:
            outside += 1
            blocking.append(core.blocking(v, x).part)
            gains.append((core.excesses(v, x)[1:-1] / np.maximum(sums(x)[1:-1], 1e-300)).max())
    print(f"{many} random pools of 8 members, 254 coalitions each: {time.process_time() - began:.1f} s")
    print(f"  Owen point outside the core: {owen_out}; largest excess {worst:.1e} of v(N)")
    print(f"  Shapley outside the core: {outside} ({100 * outside / many:.0f} %)", end="")
    if gains:
        print(f"; median gain of the coalition that gains most: {100 * np.median(blocking):.1f} %", end="")
        print(f", of that which gains the largest part: {100 * np.median(gains):.1f} %", end="")
    print()


def timed(name, work, say):
    began = time.process_time()
    found = work()
    return name, time.process_time() - began, say(found)


def small():
    random = np.random.default_rng(1)
    v = random.uniform(0, 1, 1 << 20)
    v[0] = 0
    yield timed(
        "Shapley, exact, 20 members", lambda: shapley.exact(v), lambda x: f"error of the sum {abs(x.sum() - v[-1]):.0e}"
    )
    given = random_program(random, many=12)
    yield timed("worths of all 4,096 coalitions of 12 members", lambda: table(given), lambda w: f"v(N) {w[-1]:.1f}")
    worths = table(given)
    yield timed("nucleolus, 12 members", lambda: nucleolus(worths), lambda x: f"in the core: {core.in_core(worths, x)}")
    yield timed("least core, 12 members", lambda: least_core(worths), lambda f: f"{f.rows} of 4,094 rows")
    large = random_program(random, many=100)
    credit = np.full(100, owen(large).worth / 100)
    yield timed(
        "who would leave, 100 members, equal credits",
        lambda: would_leave(large, credit, credit.sum()),
        lambda f: f"{0 if f.blocking is None else len(f.blocking.members)} leave, shown: {f.shown}",
    )


def many_members():
    random = np.random.default_rng(2)
    for flavors, resources in ((1, 1), (4, 3), (8, 3)):
        given = wide(random, 20_000, flavors, resources)
        owen(given)
        name = f"Owen point, 20,000 members, {flavors} flavors, {resources} resources"
        yield timed(name, lambda given=given: owen(given), lambda f: f"gap {f.gap:.0e}")
    cost = np.sort(random.uniform(1, 10, 1000))
    exact = np.cumsum(np.diff(cost, prepend=0.0) / np.arange(1000, 0, -1))
    for span in (None, cost):
        name = f"Shapley, sampled, 1,000 members, {'proven' if span is not None else 'approximate'} bound"
        work = lambda span=span: shapley.sampled(lambda who: (who * cost).max(axis=1), 1000, 20, 0, span=span)  # noqa: E731  # timed
        yield timed(name, work, lambda f: said(f, exact))


def said(found, exact):
    error = np.abs(found.value - exact)
    held = (error <= found.bound).all()
    return f"largest error {error.max():.4f}, bound {found.bound.max():.4f}, holds: {held}; {found.worths:,} worths"


def wide(random, many, flavors, resources):
    return Program(
        text([f"m{m}" for m in range(many)]),
        random.integers(0, 10, (many, flavors, resources)).astype(float),
        np.arange(many),
        random.uniform(0.5, 2, many),
        np.zeros(many),
        random.uniform(1, 12, many) * flavors,
        random.uniform(0.2, 2, (many, resources)),
        random.uniform(0.2, 2, (many, flavors)),
        ints([]),
    )


def votes():
    for many, top in ((100, 100), (200, 100), (200, 300)):
        weights = np.random.default_rng(3).integers(1, top, many).tolist()
        power(weights[:3], majority(weights[:3]))
        name = f"voting power, {many} members with up to {top} votes"
        yield timed(name, lambda weights=weights: power(weights, majority(weights)), lambda f: f"sum {sum(f.banzhaf)}")


if __name__ == "__main__":
    main()
