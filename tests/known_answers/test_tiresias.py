"""Do strict FIFO, shortest remaining time and least attained service agree with Tiresias, job by job?

Gu et al., Tiresias: A GPU Cluster Manager for Distributed Deep Learning (NSDI 2019), with the simulator the authors
published, on 3,000 jobs of the Microsoft Philly traces, and for the last also on 300 made-up gangs, and 32 GPUs counted as
one number. See ``tests/data/sim_SOURCES.md``.
"""

import csv
import gzip
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Schedule
from apportion.simulation.disciplines import las, skip_fifo, srtf, strict_fifo
from apportion.simulation.replay import replay
from traces import audit, trace_of

DATA = Path(__file__).parents[1] / "data"
GPUS = 32
ANSWERS = {
    "strict_fifo": (strict_fifo.open_queue, 3000, 0),
    "srtf": (srtf.open_queue, 3000, 279),
    "las": (partial(las.open_queue, mode="tiresias"), 3000, 733),
    "las_gangs": (partial(las.open_queue, mode="tiresias"), 300, 538),
}


def read(name):
    with gzip.open(DATA / f"sim_tiresias_{name}.csv.gz", "rt") as file:
        rows = [{column: int(value) for column, value in row.items()} for row in csv.DictReader(file)]
    trace = trace_of([(row["submit_s"], row["duration_s"], row["gpus"] * MILLI, 0) for row in rows], GPUS * MILLI)
    return rows, trace


@pytest.mark.parametrize("name", ANSWERS)
def test_all_jobs_start_end_and_stop_as_in_tiresias(name):
    rows, trace = read(name)
    open_queue, count, stops = ANSWERS[name]
    found = replay(open_queue(trace))
    assert len(rows) == count
    assert found.start_s.tolist() == [row["start_s"] for row in rows]
    assert found.end_s.tolist() == [row["end_s"] for row in rows]
    assert found.preemptions.tolist() == [row["preemptions"] for row in rows]
    assert int(found.preemptions.sum()) == stops


def test_what_tiresias_wrote_could_have_happened():
    rows, trace = read("strict_fifo")
    columns = [np.array([row[name] for row in rows]) for name in ("start_s", "end_s", "preemptions")]
    assert not audit(trace, Schedule(*columns, held_s=columns[1] - columns[0]))


@pytest.mark.parametrize(
    ("name", "open_queue"),
    [
        ("strict_fifo", skip_fifo.open_queue),
        ("srtf", partial(srtf.open_queue, by="work")),
        ("las_gangs", las.open_queue),
    ],
)
def test_another_rule_would_not_agree(name, open_queue):
    rows, trace = read(name)
    assert replay(open_queue(trace)).start_s.tolist() != [row["start_s"] for row in rows]
