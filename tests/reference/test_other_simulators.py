"""Do the references play what SimPy plays, and what published simulators wrote?

Tiresias (Gu et al., NSDI 2019) job by job, averages of Alibaba's simulator (Weng et al., NSDI 2022); see
``tests/data/sim_SOURCES.md`` and ``tests/known_answers/test_alibaba_averages.py``.
"""

import csv
import gzip
from fractions import Fraction
from pathlib import Path

import pytest
import simpy
from hypothesis import given, settings

from reference.first_come import sjf, skip_fifo, strict_fifo
from reference.preemptive import LasOfTiresias, srtf
from reference.world import Place, play, times
from reference.worlds import gang, plain_worlds

DATA = Path(__file__).parents[1] / "data"


def by_simpy(jobs, capacity):
    world = simpy.Environment()
    units = simpy.Container(world, capacity=capacity, init=capacity)
    start = [None] * len(jobs)

    def life(j, job):
        yield world.timeout(job.submit)
        yield units.get(job.workers * job.need[0])
        start[j] = world.now
        yield world.timeout(job.lasts[0])
        yield units.put(job.workers * job.need[0])

    for j, job in enumerate(jobs):
        if job.workers * job.need[0] <= capacity:
            world.process(life(j, job))
    world.run()
    return start


@settings(max_examples=100, deadline=None)
@given(plain_worlds(resources=1))
def test_strict_fifo_is_what_simpy_does(world):
    jobs, places = world
    assert [run.start for run in play(strict_fifo(), jobs, places)] == by_simpy(jobs, places[0].whole[0])


@pytest.mark.parametrize(
    ("name", "discipline", "count"),
    [
        ("strict_fifo", strict_fifo, 3000),
        ("srtf", srtf, 3000),
        ("las", LasOfTiresias, 3000),
        ("las_gangs", LasOfTiresias, 300),
    ],
)
def test_every_job_starts_ends_and_stops_as_in_tiresias(name, discipline, count):
    with gzip.open(DATA / f"sim_tiresias_{name}.csv.gz", "rt") as file:
        rows = [{key: int(value) for key, value in row.items()} for row in csv.DictReader(file)]
    jobs = [gang(str(row["job"]), row["submit_s"], row["gpus"], row["duration_s"]) for row in rows]
    assert len(jobs) == count
    assert times(play(discipline(), jobs, [Place((32,))])) == [
        (row["start_s"], row["end_s"], row["preemptions"]) for row in rows
    ]


@pytest.mark.parametrize(
    ("discipline", "jct", "wait"), [(skip_fifo, "60180.1225", "49371.0560"), (sjf, "39396.3900", "28587.3235")]
)
def test_the_averages_are_those_that_alibabas_simulator_prints(discipline, jct, wait):
    with gzip.open(DATA / "sim_philly_2000.csv.gz", "rt") as file:
        rows = [{key: int(value) for key, value in row.items() if key != "job"} for row in csv.DictReader(file)]
    jobs = [gang(str(j), row["submit_s"], row["gpus"], max(row["duration_s"], 1)) for j, row in enumerate(rows)]
    runs = play(discipline(), jobs, [Place((128,))])
    assert f"{mean(run.end - job.submit for job, run in zip(jobs, runs, strict=True)):.4f}" == jct
    assert f"{mean(run.start - job.submit for job, run in zip(jobs, runs, strict=True)):.4f}" == wait


def mean(values):
    values = list(values)
    return float(Fraction(sum(values), len(values)))
