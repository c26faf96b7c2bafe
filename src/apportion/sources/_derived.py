"""Which gangs and nodes stand behind a bare number of GPUs? What an importer must assume when a trace does not say."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from apportion.domain.arrays import Ints
from apportion.domain.quantity import fraction
from apportion.errors import BadInput

GPUS = 8  # of a node, where the trace names none
SPLIT = f"a gang of more than {GPUS} GPUs is one worker a GPU, and a smaller one is one worker"
MOST_NODES = 1_000_000  # more than any pool there is: durations are in another unit, or the load is mistyped


def gangs(gpus: Ints, most: int = GPUS) -> tuple[Ints, Ints]:
    """Say which workers a gang has, where only its GPUs are known: (J,) → workers (J,), GPUs of one worker (J,).

    A gang of up to `most` GPUs is one worker, which needs one node. A larger one is one worker a GPU: it spans nodes, and may
    fill any number of them, 12 GPUs as 8 + 4. Equal workers of several GPUs would forbid what the real gang could do.

    >>> gangs(np.array([4, 8, 12, 64]))
    (array([ 1,  1, 12, 64]), array([4, 8, 1, 1]))
    """
    spans = gpus > most
    return np.where(spans, gpus, 1), np.where(spans, 1, gpus)


def nodes_for(work: int, span_s: int, largest: int, load: float, size: int = GPUS) -> int:
    """Count the nodes that work would load to `load`, n = max(⌈work / (load · H · size)⌉, ⌈largest / size⌉), exactly.

    Parameters
    ----------
    work : Σ duration · gang, in unit-seconds
    span_s : H, seconds from first to last submission of the whole trace
    largest : units of the largest gang
    size : units of one node

    Raises
    ------
    BadInput
        for a load that is not above 0, or more than `MOST_NODES` nodes.

    >>> nodes_for(work=6400, span_s=100, largest=8, load=0.8)
    10
    """
    if not 0 < load < math.inf:
        raise BadInput(f"a load of {load:g} cannot be", "option load", "write the part of capacity in use, such as 0.8")
    by_work = math.ceil(work / (fraction(load) * span_s * size)) if span_s else 0
    return check_count(max(by_work, -(-largest // size), 1), "option load")


def check_count(nodes: int, where: str) -> int:
    """Return a number of nodes.

    Raises
    ------
    BadInput
        if it is more than `MOST_NODES`.
    """
    if nodes > MOST_NODES:
        raise BadInput(f"this makes {nodes:,} nodes", where, "check the number, and the unit of durations")
    return nodes


def node_rows(counts: Sequence[tuple[str, int]], flavor: str, gpus: int = GPUS) -> pl.DataFrame:
    """Write out alike nodes: ``owner-n001`` … for each owner and number."""
    check_count(sum(count for _, count in counts), "number of nodes")
    owners = [owner for owner, count in counts for _ in range(count)]
    names = [f"{owner}-n{i:03d}" for owner, count in counts for i in range(1, count + 1)]
    return pl.DataFrame({"id": names, "owner": owners}).with_columns(flavor=pl.lit(flavor), gpu=pl.lit(gpus))


def member_rows(ids: Sequence[str]) -> pl.DataFrame:
    """Write out members of whom only the name is known."""
    return pl.DataFrame({"id": ids}, schema={"id": pl.String})
