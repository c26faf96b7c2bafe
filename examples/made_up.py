"""Which made-up tables stand behind the examples?

    python examples/made_up.py [FOLDER]

writes them anew, byte for byte, below FOLDER (by default beside this file). Everything here is invented: numbers with the
shape of such a pool's day, drawn from a seed. They say nothing of any real pool.
"""

import csv
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

HOUR_S, DAY_S = 3600, 86_400
OFFICE = (1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 7, 9, 10, 10, 9, 7, 4, 3, 2, 2, 1, 1)
ALL_DAY = (1,) * 24


@dataclass(frozen=True)
class Stream:
    """Jobs of one kind of one member: how many a day, when, how long, and what each worker needs.

    Attributes
    ----------
    hours : how likely each hour of the day is for a submission
    median_s, spread : of lognormal durations, the spread as the standard deviation of the logarithm
    needs : column of jobs.csv → values, one of which each job draws
    due_s : seconds after submission by which it should have ended, where it says so
    """

    name: str
    member: str
    a_day: int
    hours: Sequence[int]
    median_s: float
    spread: float
    needs: dict[str, Sequence[Any]]
    workers: Sequence[int] = (1,)
    due_s: int | None = None


@dataclass(frozen=True)
class Trace:
    """The jobs of one example."""

    folder: str
    seed: int
    days: int
    streams: Sequence[Stream] = field(default_factory=tuple)


TRACES = (
    Trace(
        "genomics",
        seed=3,
        days=4,
        streams=(
            Stream(
                "align", "sequencing", 60, OFFICE, 3600, 0.6, {"cpu": [8], "memory_gib": [112], "gpu": [0]}, due_s=DAY_S
            ),
            Stream("assemble", "sequencing", 6, OFFICE, 14_400, 0.5, {"cpu": [16], "memory_gib": [480], "gpu": [0]}),
            Stream(
                "call",
                "oncology",
                40,
                OFFICE,
                5400,
                0.5,
                {"cpu": [16], "memory_gib": [64], "gpu": [0, 0, 1]},
                due_s=DAY_S,
            ),
            Stream("fold", "proteins", 24, ALL_DAY, 7200, 0.8, {"cpu": [8], "memory_gib": [48], "gpu": [1, 1, 2, 4]}),
        ),
    ),
    Trace(
        "fraud-detection",
        seed=5,
        days=5,
        streams=(
            Stream("retrain", "fraud", 5, OFFICE, 10_800, 0.5, {"cpu": [16], "memory_gib": [128], "gpu": [4]}),
            Stream("score", "credit", 12, OFFICE, 7200, 0.7, {"cpu": [8], "memory_gib": [64], "gpu": [1, 2, 4]}),
            Stream("offers", "marketing", 8, OFFICE, 14_400, 0.6, {"cpu": [8], "memory_gib": [64], "gpu": [2, 8]}),
        ),
    ),
    Trace(
        "market-open",
        seed=7,
        days=5,
        streams=(
            Stream(
                "backtest",
                "research",
                60,
                OFFICE,
                5400,
                0.8,
                {"cpu": [4], "memory_gib": [32], "gpu": [1, 1, 2, 4]},
                due_s=DAY_S // 2,
            ),
            Stream(
                "limits",
                "risk",
                16,
                (0,) * 17 + (8, 8, 4, 2, 1, 0, 0),
                7200,
                0.4,
                {"cpu": [8], "memory_gib": [64], "gpu": [4]},
                due_s=DAY_S // 2,
            ),
        ),
    ),
    Trace(
        "data-centre",
        seed=11,
        days=2,
        streams=(
            Stream(
                "notebook", "search", 780, OFFICE, 3600, 0.9, {"cpu": [4], "memory_gib": [16], "gpu": [0.25, 0.25, 0.5]}
            ),
            Stream("serve", "search", 180, ALL_DAY, 14_400, 0.6, {"cpu": [8], "memory_gib": [32], "gpu": [0.5, 1]}),
            Stream("train", "ads", 120, OFFICE, 10_800, 0.9, {"cpu": [16, 32], "memory_gib": [128], "gpu": [2, 4]}),
            Stream("large", "maps", 42, ALL_DAY, 18_000, 0.6, {"cpu": [48], "memory_gib": [384], "gpu": [8]}),
        ),
    ),
    Trace(
        "smart-manufacturing",
        seed=13,
        days=2,
        streams=(
            Stream(
                "retrain",
                "quality",
                6,
                (1,) * 6 + (0,) * 14 + (1,) * 4,
                7200,
                0.4,
                {"cpu": [16], "memory_gib": [96], "gpu": [1, 2]},
            ),
            Stream("twin", "planning", 10, OFFICE, 5400, 0.5, {"cpu": [32], "memory_gib": [64], "gpu": [1]}),
        ),
    ),
)


def jobs(trace: Trace) -> list[dict[str, Any]]:
    """Draw a trace: so many jobs of every stream each day, in order of submission."""
    drawn = Random(trace.seed)
    rows = [row for stream in trace.streams for row in _of(stream, trace.days, drawn)]
    rows.sort(key=lambda row: (row["submit_s"], row["id"]))
    dues = any(stream.due_s for stream in trace.streams)
    return rows if dues else [{key: value for key, value in row.items() if key != "deadline_s"} for row in rows]


def _of(stream: Stream, days: int, drawn: Random) -> Iterator[dict[str, Any]]:
    for day in range(days):
        for k in range(stream.a_day):
            hour = drawn.choices(range(24), stream.hours)[0]
            submit = day * DAY_S + hour * HOUR_S + drawn.randrange(HOUR_S)
            minutes = max(1, round(stream.median_s * math.exp(drawn.gauss(0.0, stream.spread)) / 60))
            yield {
                "id": f"{stream.name}-{day + 1}-{k + 1:03d}",
                "member": stream.member,
                "submit_s": submit,
                "duration_s": 60 * minutes,
                "workers": drawn.choice(stream.workers),
                **{name: drawn.choice(values) for name, values in stream.needs.items()},
                "deadline_s": submit + stream.due_s if stream.due_s else "",
            }


def machines() -> Iterator[dict[str, Any]]:
    """Invent a list of nodes as a data centre collects them over the years: some of each kind, few alike."""
    kinds = {
        "t4-2": (14, 96, 512, 2, 16, 210, 520),
        "p100-2": (8, 64, 512, 2, 16, 260, 860),
        "v100-8": (6, 96, 768, 8, 32, 620, 3100),
        "a10-4": (8, 128, 768, 4, 24, 380, 1250),
        "a100-8": (5, 128, 1024, 8, 80, 900, 4300),
    }
    for kind, (count, cpu, memory, gpu, each, idle, most) in kinds.items():
        for k in range(count):
            yield {"id": f"{kind}-{k + 1:02d}", "flavor": kind, "cpu": cpu, "memory_gib": memory, "gpu": gpu,
                   "gpu_memory_gib": each, "idle_watts": idle, "max_watts": most}  # fmt: skip


def sunny_day() -> Iterator[dict[str, Any]]:
    """Invent the grams of CO2e a kilowatt-hour of a grid with much sun, hour by hour."""
    for hour in range(24):
        sun = max(0.0, math.sin(math.pi * (hour - 6) / 12))
        evening = math.exp(-(((hour - 19) / 2.5) ** 2))
        yield {"hour": hour, "g_per_kwh": round(240 - 180 * sun + 120 * evening)}


def write(folder: Path) -> list[Path]:
    """Write every made-up table that is drawn, and say which."""
    tables: dict[str, Iterable[dict[str, Any]]] = {f"{trace.folder}/jobs.csv": jobs(trace) for trace in TRACES}
    tables |= {"data-centre/nodes.csv": machines(), "genomics/hours.csv": sunny_day()}
    for name, rows in tables.items():
        path, drawn = folder / name, list(rows)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(drawn[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(drawn)
    return [folder / name for name in tables]


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
