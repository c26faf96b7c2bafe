"""How fast is the solver, how good is its proof, how much memory does it take, and what do others need for the same data?

    python benchmarks/allocation [--seed N] [--most CLAIMS] [--peers-most CLAIMS] [--only NAME …] [--resalloc PATH]
    python benchmarks/allocation --agreement N [--seed N]

All numbers are drawn from the seed in this run. Every measurement is a process of its own with one thread, reading the same
files; seconds are of the processor, medians of repeats, without imports, compilation and, for peers, building their model.
A gap is certified: log of the ratio of our bound to the value, both as means of rates. A peer's division is first moved until
it is feasible; its gap is to our bound.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from case import distance
from large import LARGE, keep, kept, large
from peers import PEERS

HERE = Path(__file__).parent
PATIENCE = 60.0  # seconds that a peer is given
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)


def measured(folder: Path, who: str, repeats: int, patience: float | None = None) -> dict[str, Any] | None:
    """Run one solver on one problem; None where it fails or loses our patience, with the reason on stderr."""
    command = [sys.executable, str(HERE / "one.py"), str(folder), who, str(repeats)]
    try:
        done = subprocess.run(  # noqa: S603  # this program, on a file of its own
            command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, timeout=patience, check=True
        )
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        print(f"  {who} on {folder.name}: more than {patience:.0f} s", file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(f"  {who} on {folder.name}: {error.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return None


def machine() -> str:
    """Processor, system and versions, with the date."""
    cpu = platform.processor() or platform.machine()
    if (about := Path("/proc/cpuinfo")).exists():
        cpu = next((line.split(":")[1].strip() for line in about.read_text().splitlines() if "model name" in line), cpu)
    names = ("numpy", "numba", "scipy", "cvxpy", "clarabel", "ecos", "highspy", "ortools")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}; {datetime.now(UTC):%Y-%m-%d}"
    )


def problem(place: Path, name: str, claims: int, seed: int) -> Path:
    """Write one problem down, unless it is there."""
    folder = place / f"{name}-{claims}"
    if not folder.exists():
        keep(large(name, claims, seed), folder)
    return folder


def growth(place: Path, names: list[str], sizes: list[int], seed: int, repeats: int) -> None:
    """Our own figures for every size, and the exponent of growth."""
    print(f"\n{'problem':<14}{'claims':>12}{'CPU s':>10}{'gap':>10}{'levels':>8}{'at cap':>8}{'peak / inputs':>15}")
    for name in names:
        taken = {}
        for claims in sizes:
            folder = problem(place, name, claims, seed)
            if found := measured(folder, "apportion", repeats):
                taken[claims] = median(found["seconds"])
                print(row(name, claims, found), flush=True)
            if name == "nash" and (anew := measured(folder, "again", repeats)):
                print(row("  re-planned", claims, anew), flush=True)
        if len(taken) > 1:
            print(
                f"{'':<14}seconds grow with claims to the power {slope(taken):.2f}, {last_step(taken):.2f} in the last step"
            )


def slope(taken: dict[int, float]) -> float:
    """The exponent of growth, by least squares of log seconds over log claims."""
    return float(np.polyfit(np.log(list(taken)), np.log(list(taken.values())), 1)[0])


def last_step(taken: dict[int, float]) -> float:
    """The exponent between the two largest sizes, where what is the same for every size weighs least."""
    return slope(dict(sorted(taken.items())[-2:]))


def row(label: str, claims: int, found: dict[str, Any]) -> str:
    """One line of our own figures."""
    levels = len(found["levels"]) if "levels" in found else ""
    capped = f"{found['capped']:.0%}" if "capped" in found else ""
    gap = f"{found['gap']:.1e}" + ("" if found["reached"] else "!")
    ratio = found["peak"] / found["inputs"]
    return f"{label:<14}{claims:>12,}{median(found['seconds']):>10.4f}{gap:>10}{levels:>8}{capped:>8}{ratio:>15.2f}"


def beside(place: Path, names: list[str], sizes: list[int], seed: int, repeats: int, peers: list[str]) -> None:
    """Every peer on the same data; none is asked for a size at which its time would pass our patience if it were linear."""
    for name in names if sizes else []:
        able = [who for who in peers if name in PEERS[who][1]]
        print(f"\n{name:<12}{'claims':>9}{'apportion':>20}" + "".join(f"{who:>20}" for who in able))
        expected = dict.fromkeys(able, 0.0)  # seconds a claim
        for claims in sizes:
            folder = problem(place, name, claims, seed)
            if (own := measured(folder, "apportion", repeats)) is None:
                continue
            cells = [cell(median(own["seconds"]), own["gap"])]
            for who in able:
                found = measured(folder, who, repeats, PATIENCE + 30) if expected[who] * claims < PATIENCE else None
                expected[who] = median(found["seconds"]) / claims if found else math.inf
                late = expected[who] * claims > PATIENCE
                cells.append("–" if late else cell(expected[who] * claims, behind(folder, own, found["value"])))
            print(f"{'':<12}{claims:>9,}" + "".join(f"{text:>20}" for text in cells), flush=True)


def behind(folder: Path, own: dict[str, Any], value: float) -> float:
    """How far a peer's value is below our bound."""
    case = kept(folder)
    if "levels" in own:
        return math.log(own["level_bounds"][0] / value) if own["levels"] and value > 0 else math.nan
    return distance(case, own["bound"], value)


def cell(seconds: float, gap: float) -> str:
    """Seconds and gap."""
    return f"{seconds:.4f} s {gap:8.1e}"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--seed", type=int, default=None, help="drawn anew where it is not given")
    ask.add_argument("--most", type=int, default=10**6, help="claims of our largest problem; 10000000 takes some 8 GiB")
    ask.add_argument("--peers-most", type=int, default=16_000, help="1000000 for resalloc, the one that gets there")
    ask.add_argument("--only", nargs="+", choices=list(LARGE), default=list(LARGE), help="problems; by default all")
    ask.add_argument("--repeats", type=int, default=5)
    ask.add_argument("--resalloc", default="", help="folder of a copy of github.com/cvxgrp/resalloc; needs PyTorch")
    ask.add_argument(
        "--agreement", type=int, default=0, metavar="N", help="compare N small problems with Clarabel, and stop"
    )
    chosen = ask.parse_args()
    seed = int.from_bytes(os.urandom(4), "big") if chosen.seed is None else chosen.seed
    print(f"{machine()}\nseed {seed}", flush=True)
    if chosen.agreement:
        from agreement import agreement

        sys.exit(not agreement(chosen.agreement, seed))
    os.environ["RESALLOC"] = chosen.resalloc
    with tempfile.TemporaryDirectory() as kept_in:
        place = Path(kept_in)
        growth(place, chosen.only, [n for n in (10**4, 10**5, 10**6, 10**7) if n <= chosen.most], seed, chosen.repeats)
        peers = [who for who in PEERS if who != "resalloc" or chosen.resalloc]
        sizes = [n for n in (1_000, 4_000, 16_000, 10**6) if n <= chosen.peers_most]
        beside(place, chosen.only, sizes, seed, chosen.repeats, peers)


if __name__ == "__main__":
    main()
