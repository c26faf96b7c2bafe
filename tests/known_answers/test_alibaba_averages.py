"""Do FIFO and shortest job first, which pass over what does not fit, agree with Alibaba's simulator, to every digit?

Weng et al., MLaaS in the Wild (NSDI 2022), with the simulator that the authors published (github.com/alibaba/clusterdata,
cluster-trace-gpu-v2020/simulator), on the first 2,000 Philly jobs submitted from 2017-10-01 on and one node of 128 GPUs:
ids in order of submission, durations at least 1 s. It prints ``average JCT: 60180.1225, average wait time: 49371.0560``
for FIFO, 39396.3900 and 28587.3235 for SJF, and ``All Done (makespan) at 2176233`` for both.

Its makespan is where its clock stands when it finds nothing left: one tick of a second after the last end (``tic`` in
simulator.py adds `delta` before it leaves), with the first submission at 0. Ours is last end − first submission.
"""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from apportion.simulation.disciplines import sjf, skip_fifo, strict_fifo
from apportion.simulation.replay import replay
from traces import audit, trace_of

DATA = Path(__file__).parents[1] / "data" / "sim_philly_2000.csv.gz"
GPUS = 128
TICK_S = 1


@pytest.fixture(scope="module")
def trace():
    with gzip.open(DATA, "rt") as file:
        rows = [
            (int(row["submit_s"]), max(int(row["duration_s"]), 1), int(row["gpus"]), 0) for row in csv.DictReader(file)
        ]
    assert len(rows) == 2000
    return trace_of(rows, GPUS)


@pytest.mark.parametrize(
    ("discipline", "jct", "wait"), [(skip_fifo, "60180.1225", "49371.0560"), (sjf, "39396.3900", "28587.3235")]
)
def test_the_averages_are_those_that_the_simulator_prints(trace, discipline, jct, wait):
    found = replay(discipline.open_queue(trace))
    assert f"{np.mean(found.end_s - trace.submit_s):.4f}" == jct
    assert f"{np.mean(found.start_s - trace.submit_s):.4f}" == wait
    assert found.end_s.max() - trace.submit_s.min() + TICK_S == 2_176_233
    assert not audit(trace, found)


def test_strict_fifo_is_another_rule_on_the_same_input(trace):
    found = replay(strict_fifo.open_queue(trace))
    assert f"{np.mean(found.end_s - trace.submit_s):.0f}" == "174226"
    assert not audit(trace, found)
