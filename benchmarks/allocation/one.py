"""What do one solver and one problem take? A process of its own prints one line of JSON.

    python one.py FOLDER WHO REPEATS

Seconds are of the processor, all threads together, without compilation: a small problem is solved first. Peak memory is
what the process held at most during the first timed run beyond what it held before, when imports, machine code and inputs
were there.
"""

import contextlib
import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from case import Case, feasible, worth
from large import changed, first, kept

WARM = 20_000  # claims enough to pass through every stage once
LONG = 20.0  # seconds after which a run is not repeated


def timed(work: Callable[[], Any], repeats: int) -> tuple[list[float], int, Any]:
    """Seconds of every run, peak bytes of the first, and what the last returned."""
    seconds: list[float] = []
    gc.collect()
    before, peak = at_rest(), 0
    while len(seconds) < repeats and sum(seconds) < LONG:
        result = None  # the last one is not held beside the next
        begun = time.process_time()
        result = work()
        seconds.append(time.process_time() - begun)
        peak = peak or at_most() - before
    return seconds, peak, result


def at_rest() -> int:
    """Bytes held now; where the system allows it, the high-water mark starts anew from here."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return at_most()


def at_most() -> int:
    """The high-water mark of memory in bytes."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def ours(case: Case, repeats: int, folder: Path) -> dict[str, Any]:
    """Solve with apportion; write down who is at its cap, for the peers."""
    from apportion.solver import solve

    solve(case.objective, **first(case, WARM).given())
    given = case.given()
    seconds, peak, found = timed(lambda: solve(case.objective, **given), repeats)
    granted = found.x.sum(axis=1)
    most = (
        case.gain.max(axis=1) * case.tasks
    )  # a claim with all its tasks may still run some of them where it is slower
    np.save(folder / "capped.npy", (case.gain * found.x).sum(axis=1) >= most * (1 - 1e-9))
    np.save(folder / "prices.npy", found.prices)
    levels = (
        {"levels": found.levels.tolist(), "level_bounds": found.level_bounds.tolist()} if len(found.level_of) else {}
    )
    return {
        "seconds": seconds,
        "peak": peak,
        "capped": float((granted >= case.tasks * (1 - 1e-9)).mean()),
        "inputs": sum(array.nbytes for array in given.values()),
        "value": found.value,
        "bound": found.bound,
        "gap": found.gap,
        "reached": found.reached,
        **levels,
    }


def again(case: Case, repeats: int, folder: Path) -> dict[str, Any]:
    """Solve with apportion after one claim in a hundred changed, from the prices before."""
    from apportion.solver import solve

    prices = np.load(folder / "prices.npy")
    solve(case.objective, **first(case, WARM).given(), start=prices)
    given = changed(case, 1).given()
    seconds, peak, found = timed(lambda: solve(case.objective, **given, start=prices), repeats)
    inputs = sum(array.nbytes for array in given.values())
    return {"seconds": seconds, "peak": peak, "inputs": inputs, "gap": found.gap, "reached": found.reached}


def theirs(who: str, case: Case, repeats: int, folder: Path) -> dict[str, Any]:
    """Solve with a peer; its answer is moved until it is feasible, and then worth what it is worth."""
    from peers import PEERS

    capped = np.load(folder / "capped.npy")
    build, _ = PEERS[who]
    small = first(case, 200)
    build(small, capped[:200])()
    seconds, peak, found = timed(build(case, capped), repeats)
    x = feasible(case, found[: case.speed.size].reshape(case.speed.shape))
    return {
        "seconds": seconds,
        "peak": peak,
        "value": level(case, x, capped) if case.objective in LEVELLED else worth(case, x),
    }


LEVELLED = ("max_min", "drf")


def level(case: Case, x: np.ndarray, capped: np.ndarray) -> float:
    """The lowest rate over weight of the claims that are not at their cap."""
    rate = (case.gain * x).sum(axis=1) / case.weight
    return float(rate[~capped].min(initial=np.inf))


if __name__ == "__main__":
    place, asked, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    problem = kept(place)
    own = {"apportion": ours, "again": again}
    run = own[asked] if asked in own else lambda *rest: theirs(asked, *rest)
    print(json.dumps(run(problem, times, place)))
