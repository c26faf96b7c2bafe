"""How many grams of CO2e did the jobs' machines stand for?

The energy of `energy`, every second times the intensity of the hour it falls in, by the region of the node. A job draws
evenly between its start and its end: its held seconds spread over them. A place of several nodes draws on each by what that
node draws when full, so its regions count by that. Direct emissions and those of the life cycle are told apart.

A job that was stopped and went on elsewhere is told by the places where it ran last, and all jobs are then brought to the
joules of `energy` by one factor, which is 1 where nobody moved.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History, Replay
from apportion.domain.intensity import Cycle, Intensity
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held
from apportion.domain.tables import Jobs
from apportion.domain.trace import Places
from apportion.measures._power import MILLI, beyond_idle, downtime, drawn, horizon, joules_beyond_idle, said, shared

PER_KWH = 3.6e6 * MILLI  # watts times milligram-seconds a kilowatt-hour in one gram


def measure(history: History) -> Sequence[Figure]:
    """Give the grams, in rows what was idle and held, and the held ones by member; None without a table or any watts."""
    kinds = {"direct": None, "lifecycle": None} if history.replay is None else _tables(history.replay)
    return [figure for kind, table in kinds.items() for figure in _figures(history, kind, table)]


def grams_of_jobs(history: History) -> dict[str, Floats | None]:
    """Give the grams that each job drew beyond idle, by kind: (J,); None where that is not known."""
    kinds = {"direct": None, "lifecycle": None} if history.replay is None else _tables(history.replay)
    told = {kind: None if table is None else _grams(history, table) for kind, table in kinds.items()}
    return {kind: None if grams is None else grams[1] for kind, grams in told.items()}


def _tables(replay: Replay) -> dict[str, Ints | None]:
    return {"direct": None, "lifecycle": None} if replay.intensity is None else replay.intensity.kinds


def _figures(history: History, kind: str, table: Ints | None) -> list[Figure]:
    idle: float | None = None
    held: float | None = None
    names = history.pool.members.id
    rows: dict[str, float | None] = dict.fromkeys(map(str, names))
    told = None if table is None else _grams(history, table)
    if told is not None and history.pool.jobs is not None:
        idle, of_jobs = told
        each = np.bincount(history.pool.jobs.member, of_jobs, len(names))
        held, rows = float(of_jobs.sum()), dict(zip(map(str, names), each.tolist(), strict=True))
    total = None if idle is None or held is None else idle + held
    defined = f"Estimated energy times the {_KIND[kind]} carbon intensity of its hour and region"
    parts = {"idle": idle, "held": held}
    return [
        Figure(f"carbon.{kind}", total, "g CO2e", Better.LOW, f"{defined}: idle, and held by jobs.", parts),
        Figure(f"carbon_held.{kind}", held, "g CO2e", Better.LOW, f"{defined}, beyond idle, by whose jobs.", rows),
    ]


_KIND = {"direct": "direct", "lifecycle": "life-cycle"}


def _grams(history: History, table: Ints) -> tuple[float, Floats] | None:
    """Grams of idle power, and of what each job drew beyond (J,); None where something is not known."""
    pool, jobs, replay = history.pool, history.pool.jobs, history.replay
    if jobs is None or replay is None or replay.intensity is None or replay.held is None or replay.places is None:
        return None
    if not said(pool, replay.places):
        return None
    cycles = [Cycle(hourly) for hourly in np.ascontiguousarray(table.T)]
    return (
        _idle(history, pool, replay.places, replay.intensity, cycles),
        _beyond(pool, jobs, replay, replay.places, replay.held, replay.intensity, cycles),
    )


def _idle(history: History, pool: Pool, places: Places, intensity: Intensity, cycles: list[Cycle]) -> float:
    """Grams of idle power: of every node on a place, less what those that were down did not draw meanwhile."""
    begin, end = horizon(history)
    down, since, seconds = downtime(pool, begin, end)
    every = np.arange(len(pool.nodes))
    node = np.concatenate([every, down])
    start = np.concatenate([np.full(len(every), begin), since])
    span = np.concatenate([np.full(len(every), end - begin), seconds])
    watts = pool.nodes.idle_milli_watts[node] / MILLI * np.where(np.arange(len(node)) < len(every), 1, -1)
    watts = watts * shared(pool, places)[node]
    column, grams = intensity.column(pool.nodes.region)[node], 0.0
    for g, cycle in enumerate(cycles):
        here = column == g
        grams += float((watts[here] * cycle.integral(start[here], span[here])).sum()) / PER_KWH
    return grams


def _beyond(
    pool: Pool, jobs: Jobs, replay: Replay, places: Places, held: Held, intensity: Intensity, cycles: list[Cycle]
) -> Floats:
    on = drawn(pool, jobs, places, held)
    watts = _watts_by_region(pool, places, intensity)
    schedule, done = replay.pooled, replay.pooled.finished
    span = np.where(done, schedule.end_s - schedule.start_s, 0)
    busy = np.divide(schedule.held_s, span, out=np.zeros(len(span)), where=span > 0)
    grams = np.zeros(len(jobs))
    for of_places, cycle in zip(watts.T, cycles, strict=True):
        each = np.bincount(on.job, of_places[on.place] * on.part, len(jobs))
        grams += each * busy * cycle.integral(np.where(done, schedule.start_s, 0), span) / PER_KWH
    joules = float((beyond_idle(pool, places)[on.place] * on.part * schedule.held_s[on.job]).sum())
    return grams * (float(joules_beyond_idle(pool, places, held).sum()) / joules if joules else 1.0)


def _watts_by_region(pool: Pool, places: Places, intensity: Intensity) -> Floats:
    """Split what a full place draws beyond idle over regions: (P, G)."""
    watts, on = np.zeros((len(places.amount), len(intensity.regions))), places.of >= 0
    draws = ((pool.nodes.max_milli_watts - pool.nodes.idle_milli_watts) / MILLI * shared(pool, places))[on]
    np.add.at(watts, (places.of[on], intensity.column(pool.nodes.region)[on]), draws)
    return watts
