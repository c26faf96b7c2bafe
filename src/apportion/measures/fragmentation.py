"""How many of the free GPUs could the next job not have used?

The measure of FGD (Weng et al., USENIX ATC 2023): on a node the free GPUs are unusable for a kind of worker that the node
cannot hold with what is free there, all of them, and else the part of a GPU that is smaller than what the worker asks of one.
A node's GPUs are one number here, so of its fractions of GPUs only their sum beyond whole ones is known, and taken for one
GPU. The expectation is over the mix of workers: the 64 most frequent kinds among the jobs that ask for GPUs, each by how many
jobs are of it. Here it is averaged over time, from the first submission to the last end, with every node counted while it
holds what it holds.

Where a job was before it was stopped is not kept, nor what services hold by second; so nothing is told if a job was stopped,
if there are services or nodes that go down, or where places are not nodes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History, Replay
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held
from apportion.domain.tables import Jobs
from apportion.domain.trace import Places

KINDS = 64
WHOLE = 1000  # thousandths of a GPU in one


class Spells(NamedTuple):
    """Times for which what is free on a node does not change.

    Attributes
    ----------
    place, seconds, free : (K,), (K,), (K, R)
    """

    place: Ints
    seconds: Ints
    free: Ints


class Mix(NamedTuple):
    """Kinds of workers: what one asks for (M, R), on which flavors it may run (M, F), and how many jobs are of it (M,)."""

    worker: Ints
    runs: Ints
    jobs: Ints


def measure(history: History) -> Sequence[Figure]:
    """Give the unusable part of all GPU time, in rows beside what was free; None where it is not known."""
    rows: dict[str, float | None] = {"unusable": None, "free": None}
    pool, jobs, replay = history.pool, history.pool.jobs, history.replay
    if jobs is not None and replay is not None and _known(pool, replay):
        rows = _parts(pool, jobs, replay)
    definition = (
        "GPU time that was free and of no use to the next worker, in expectation over the mix of jobs (FGD), over all GPU "
        "time from the first submission to the last end."
    )
    return [Figure("fragmentation", rows["unusable"], "share of 1", Better.LOW, definition, rows)]


def _known(pool: Pool, replay: Replay) -> bool:
    places, done = replay.places, replay.pooled.finished
    if places is None or replay.held is None or not len(places.names):
        return False
    if not (pool.services is None and pool.outages is None):
        return False
    stopped = bool(replay.pooled.preemptions.any()) or bool((replay.pooled.start_s[~done] >= 0).any())
    return "gpu_milli" in pool.resources and bool(done.any()) and not stopped


def _parts(pool: Pool, jobs: Jobs, replay: Replay) -> dict[str, float | None]:
    gpu, places, held = pool.resources.index("gpu_milli"), replay.places, replay.held
    if places is None or held is None:
        return {"unusable": None, "free": None}
    begin, end = int(jobs.submit_s.min()), int(replay.pooled.end_s.max())
    whole = float(places.amount[:, gpu].sum()) * (end - begin)
    asking = jobs.bundle[:, gpu] > 0
    if not whole or not asking.any():
        return {"unusable": None, "free": None}
    spells = _spells(jobs, replay, places, held, begin, end)
    unusable = _unusable(pool, spells, places, _mix(pool, jobs, gpu), gpu)
    free = spells.free[:, gpu].astype(np.float64)
    return {
        "unusable": float((unusable * spells.seconds).sum()) / whole,
        "free": float((free * spells.seconds).sum()) / whole,
    }


def _spells(jobs: Jobs, replay: Replay, places: Places, held: Held, begin: int, end: int) -> Spells:
    """Add up, node by node, what came and went: O(S log S) in pairs of job and node."""
    job, count = np.repeat(np.arange(len(jobs)), np.diff(held.begin)), len(places.amount)
    taken, nothing = jobs.bundle[job] * held.workers[:, None], np.zeros((count, places.amount.shape[1]), dtype=np.int64)
    every, start, last = np.arange(count), replay.pooled.start_s[job], replay.pooled.end_s[job]
    place = np.concatenate([every, held.place, held.place, every])
    at = np.concatenate([np.full(count, begin), start, last, np.full(count, end)])
    change = np.concatenate([nothing, -taken, taken, nothing])
    order = np.lexsort((at, place))
    place, at = place[order], at[order]
    free = places.amount[place] + np.cumsum(
        change[order], axis=0
    )  # (what came to a node has gone before the next begins)
    seconds = np.where(np.diff(place, append=-1) == 0, np.diff(at, append=0), 0)
    lasts = seconds > 0
    return Spells(place[lasts], seconds[lasts], free[lasts])


def _mix(pool: Pool, jobs: Jobs, gpu: int) -> Mix:
    runs = (pool.may_run(jobs) & (jobs.speed > 0)).astype(np.int64)
    asking = jobs.bundle[:, gpu] > 0
    rows = np.column_stack([jobs.bundle, runs])[asking]
    kind, count = np.unique(rows, axis=0, return_counts=True)
    often = np.sort(np.argsort(-count, kind="stable")[:KINDS])
    width = jobs.bundle.shape[1]
    return Mix(kind[often, :width], kind[often, width:], count[often])


def _unusable(pool: Pool, spells: Spells, places: Places, mix: Mix, gpu: int) -> Floats:
    """Thousandths of GPUs that are of no use in each spell, in expectation: (K,)."""
    flavor = pool.nodes.flavor[places.names][spells.place]
    free = spells.free[:, gpu]
    over = free % WHOLE
    total = np.zeros(len(free))
    for worker, runs, jobs in zip(mix.worker, mix.runs, mix.jobs, strict=True):
        holds = (spells.free >= worker).all(axis=1) & (runs[flavor] > 0)
        total += jobs * np.where(holds, np.where(over < min(worker[gpu], WHOLE), over, 0), free)
    return np.asarray(total / mix.jobs.sum())
