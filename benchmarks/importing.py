"""How long does a year of Slurm's records take to import, and how much memory? Made-up records, from a seed.

    python benchmarks/importing.py [--rows 1000000] [--broken 1000] [--seed 6] [--runs 3] [--keep DIR]

400 accounts of 40 faculties, 3,000 users, 500 nodes; job arrays, gangs, jobs that never ran, that run and that wait, as
sacct prints them. One row in a thousand is broken in one of five ways: a cell too many (a bar in a name), a cell too
few, a day that does not exist, an end before the start, a TRES string that stops in the middle. The import runs in a
process of its own, whose peak resident memory is the system's figure.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

HEADER = (
    "JobID|Cluster|Account|User|Partition|Submit|Eligible|Start|End|ElapsedRaw|State|ReqTRES|AllocTRES|NNodes|"
    "TimelimitRaw"
)
YEAR = 365 * 86_400
FIRST = 1_735_689_600  # 2025-01-01, UTC
STATES = ("COMPLETED", "FAILED", "CANCELLED by 1000", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED")
TYPES = ("a100", "h100", "v100")


def jobs(rows: int, seed: int) -> pl.DataFrame:
    """Draw the rows of sacct, without broken ones."""
    dice = np.random.default_rng(seed)
    account = dice.zipf(1.3, rows) % 400
    submit = FIRST + np.sort(dice.integers(0, YEAR, rows))
    wait = dice.exponential(4000, rows).astype(np.int64)
    lasted = np.minimum(dice.lognormal(7, 2, rows).astype(np.int64), 7 * 86_400)
    gpu = dice.choice([0, 0, 0, 1, 1, 2, 4, 8], rows)
    nodes = np.where((gpu == 8) & (dice.random(rows) < 0.3), dice.choice([2, 4, 8], rows), 1)
    never = dice.random(rows) < 0.03
    late = np.arange(rows) >= rows - 400  # the last few run or wait
    return pl.DataFrame(
        {
            "number": np.arange(1, rows + 1),
            "account": account,
            "user": dice.integers(0, 3000, rows),
            "array": dice.integers(0, 6, rows) == 0,
            "task": dice.integers(0, 1000, rows),
            "submit": submit,
            "start": submit + wait,
            "end": submit + wait + lasted,
            "lasted": lasted,
            "state": dice.choice(len(STATES), rows, p=[0.8, 0.08, 0.05, 0.04, 0.01, 0.01, 0.01]),
            "gpu": gpu * nodes,
            "cpu": np.where(gpu > 0, gpu * 8, dice.choice([1, 2, 4, 16, 64], rows)) * nodes,
            "mem": dice.integers(1, 64, rows) * 512 * nodes,
            "nodes": nodes,
            "type": dice.integers(0, len(TYPES), rows),
            "limit": dice.choice([60, 240, 1440, 10_080], rows),
            "never": never & ~late,
            "runs": late & (np.arange(rows) % 2 == 0),
            "waits": late & (np.arange(rows) % 2 == 1),
        }
    )


def printed(frame: pl.DataFrame) -> list[str]:
    """Write rows as ``sacct --parsable2 --noconvert`` does, with moments by the clock."""
    moment = {
        name: pl.from_epoch(pl.col(name)).dt.strftime("%Y-%m-%dT%H:%M:%S").alias(f"{name}_said")
        for name in ("submit", "start", "end")
    }
    gone = pl.col("never") | pl.col("waits")
    amounts = pl.format("cpu={},mem={}M,node={}", "cpu", "mem", "nodes")
    kind = pl.col("type").replace_strict(dict(enumerate(TYPES)), return_dtype=pl.String)
    gpus = pl.format("billing={},", "cpu") + pl.when(pl.col("gpu") > 0).then(
        pl.format("cpu={},gres/gpu:{}={},gres/gpu={},mem={}M,node={}", "cpu", kind, "gpu", "gpu", "mem", "nodes")
    ).otherwise(amounts)
    state = pl.col("state").replace_strict(dict(enumerate(STATES)), return_dtype=pl.String)
    lines = frame.with_columns(*moment.values()).select(
        pl.concat_str(
            pl.when("array").then(pl.format("{}_{}", "number", "task")).otherwise(pl.col("number").cast(pl.String)),
            pl.lit("big"),
            pl.format("account{}", "account"),
            pl.format("user{}", "user"),
            pl.when(pl.col("gpu") > 0).then(pl.lit("gpu")).otherwise(pl.lit("cpu")),
            "submit_said",
            "submit_said",
            pl.when(pl.col("waits") | pl.col("never")).then(pl.lit("Unknown")).otherwise("start_said"),
            pl.when(pl.col("runs") | pl.col("waits")).then(pl.lit("Unknown")).otherwise("end_said"),
            pl.when(gone).then(0).otherwise("lasted").cast(pl.String),
            pl.when("runs").then(pl.lit("RUNNING")).when("waits").then(pl.lit("PENDING"))
            .when("never").then(pl.lit("CANCELLED by 0")).otherwise(state),
            gpus,
            pl.when(gone).then(pl.lit("")).otherwise(gpus),
            pl.col("nodes").cast(pl.String),
            pl.col("limit").cast(pl.String),
            separator="|",
        )
    )  # fmt: skip
    return lines.to_series().to_list()


def break_some(lines: list[str], count: int, seed: int) -> None:
    """Break rows in five ways, in place."""
    dice = np.random.default_rng(seed + 1)
    for k, at in enumerate(dice.choice(len(lines), count, replace=False).tolist()):
        cells = lines[at].split("|")
        if k % 5 == 0:
            cells[3] = "a|b"
        elif k % 5 == 1:
            cells.pop()
        elif k % 5 == 2:
            cells[5] = "2025-02-30T25:00:00"
        elif k % 5 == 3:
            cells[7:10] = ["2025-06-02T00:00:00", "2025-06-01T00:00:00", "100"]
        else:
            cells[12] = cells[11] = "cpu=4,mem="
        lines[at] = "|".join(cells)


def nodes() -> str:
    """Write 500 nodes as ``scontrol show node --oneliner`` does."""
    said = [
        f"NodeName=g{i:03d} CPUEfctv=64 CPUTot=64 Gres=gpu:{TYPES[i % 3]}:8(S:0-1) RealMemory=1024000 State=MIXED"
        for i in range(400)
    ]
    return "\n".join(
        [*said, *(f"NodeName=c{i:03d} CPUTot=128 Gres=(null) RealMemory=512000 State=IDLE" for i in range(100))]
    )


def accounts() -> str:
    """Write 40 faculties with ten accounts each as ``sacctmgr show assoc`` does."""
    rows = ["Cluster|Account|ParentName|User|Share", "big|root|||1"]
    rows += [f"big|faculty{f}|root||{1 + f % 5}" for f in range(40)]
    rows += [f"big|account{a}|faculty{a % 40}||{1 + a % 3}" for a in range(400)]
    rows += [f"big|account{u % 400}||user{u}|1" for u in range(3000)]
    return "\n".join(rows)


def write(to: Path, rows: int, broken: int, seed: int) -> None:
    """Write the three files."""
    lines = printed(jobs(rows, seed))
    break_some(lines, broken, seed)
    (to / "jobs.txt").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    (to / "nodes.txt").write_text(nodes() + "\n", encoding="utf-8")
    (to / "accounts.txt").write_text(accounts() + "\n", encoding="utf-8")


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--rows", type=int, default=1_000_000)
    flags.add_argument("--broken", type=int, default=1000)
    flags.add_argument("--seed", type=int, default=6)
    flags.add_argument("--runs", type=int, default=3)
    flags.add_argument("--keep", type=Path, help="write the records here and leave them")
    chosen = flags.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        to = chosen.keep or Path(scratch)
        to.mkdir(exist_ok=True, parents=True)
        write(to, chosen.rows, chosen.broken, chosen.seed)
        size = (to / "jobs.txt").stat().st_size / 1e6
        print(
            f"{chosen.rows:,} rows of sacct, {size:.0f} MB, {chosen.broken:,} broken; load {os.getloadavg()[0]:.1f}\n"
        )
        print("| run | wall s | CPU s | peak RSS GB | broken rows told | jobs |")
        print("|--:|--:|--:|--:|--:|--:|")
        for run in range(1, chosen.runs + 1):
            print(f"| {run} | {one(to, Path(scratch) / f'pool{run}')} |")


def one(records: Path, pool: Path) -> str:
    """Import once, in a process of its own."""
    code = (
        "import resource, sys, time; from apportion.cli.app import run_app; code = run_app(sys.argv[1:]);"
        "u = resource.getrusage(resource.RUSAGE_SELF);"
        "print('MEASURED', u.ru_utime + u.ru_stime, u.ru_maxrss / 1e6); sys.exit(code)"
    )
    files = [records / name for name in ("jobs.txt", "nodes.txt", "accounts.txt")]
    began = time.perf_counter()
    words = [sys.executable, "-c", code, "import", "slurm", *map(str, files), "--out", str(pool)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  # the words are ours
    wall = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, peak = re.search(r"MEASURED (\S+) (\S+)", done.stdout).groups()
    told = sum(int(n.replace(",", "")) for n in re.findall(r"rows were left out, [^\n]*: ([\d,]+) \(", done.stderr))
    jobs = re.search(r"([\d,]+) jobs", done.stdout)[1]
    return f"{wall:.1f} | {float(cpu):.1f} | {float(peak):.2f} | {told:,} | {jobs}"


if __name__ == "__main__":
    main()
