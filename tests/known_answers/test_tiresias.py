"""Does strict FIFO agree with Tiresias, job by job?

Gu et al., Tiresias: A GPU Cluster Manager for Distributed Deep Learning (NSDI 2019), with the simulator the authors
published, on 3,000 jobs of the Microsoft Philly traces and 32 GPUs counted as one number. See ``tests/data/sim_SOURCES.md``.
"""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from apportion.domain.schedule import Schedule
from apportion.simulation.disciplines import skip_fifo, strict_fifo
from apportion.simulation.replay import replay
from traces import audit, trace_of

DATA = Path(__file__).parents[1] / "data" / "sim_tiresias_strict_fifo.csv.gz"
GPUS = 32


@pytest.fixture(scope="module")
def rows():
    with gzip.open(DATA, "rt") as file:
        return [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def trace(rows):
    return trace_of([(row["submit_s"], row["duration_s"], row["gpus"], 0) for row in rows], GPUS)


def test_all_3000_jobs_start_and_end_as_in_tiresias(rows, trace):
    found = replay(strict_fifo.open_queue(trace))
    assert len(rows) == 3000
    assert found.start_s.tolist() == [row["start_s"] for row in rows]
    assert found.end_s.tolist() == [row["end_s"] for row in rows]
    assert found.preemptions.tolist() == [row["preemptions"] for row in rows]


def test_what_tiresias_wrote_could_have_happened(rows, trace):
    columns = [np.array([row[name] for row in rows]) for name in ("start_s", "end_s", "preemptions")]
    assert not audit(trace, Schedule(*columns))


def test_passing_over_the_head_would_not_agree(rows, trace):
    found = replay(skip_fifo.open_queue(trace))
    assert found.start_s.tolist() != [row["start_s"] for row in rows]
