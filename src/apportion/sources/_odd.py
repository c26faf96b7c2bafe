"""Which rows of a table are odd, and how is that told once, however many they are?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

import numpy as np
import polars as pl

from apportion.domain.arrays import Bools, Floats, Ints, Text
from apportion.domain.pool import Pool
from apportion.domain.tables import Claims, Jobs, fits
from apportion.errors import Fault

LISTED = 5
Say = Callable[[int], str]  # what a row of the table is called, or where it is


def some_odd(odd: Bools, where: str | Say, say: Say, what: str, mend: str = "") -> Iterator[Fault]:
    """Make one notice of all odd rows: how many, the first few by name, and where the first of them is."""
    count = int(np.count_nonzero(odd))
    if count:
        places = np.flatnonzero(odd)[:LISTED].tolist()
        first = ", ".join(map(say, places))
        rest = " …" if count > LISTED else ""
        there = where if isinstance(where, str) else where(places[0])
        yield Fault(f"{what}: {count:,} ({first}{rest})", there, mend, count)


def may_run(pool: Pool, asked: Claims | Jobs) -> Bools:
    """Tell where each row may run, by speed and conditions: (rows, F)."""
    at = pool.resources.index("gpu_milli") if "gpu_milli" in pool.resources else None
    gpu = np.zeros(len(asked), dtype=bool) if at is None else asked.bundle[:, at] > 0
    fit = fits(pool.flavor_gpu_memory, pool.flavor_runtime, asked.gpu_memory_milli_gib, asked.runtime, gpu)
    return np.asarray(fit & (asked.speed > 0))


def too_large(pool: Pool, asked: Claims | Jobs, may: Bools) -> Bools:
    """Tell which rows ask, for one worker, for more than any node that they may run on holds."""
    fit = np.zeros(len(asked), dtype=bool)
    shapes = np.unique(np.column_stack([pool.nodes.flavor, pool.nodes.amount]), axis=0)
    for flavor, *amount in shapes.tolist():
        fit |= may[:, flavor] & (asked.bundle <= np.array(amount)).all(axis=1)
    return ~fit


def repeated(table: Claims | Jobs, but: Sequence[str]) -> Bools:
    """Tell which rows equal an earlier one in all columns except `but`."""
    columns: dict[str, Text | Ints | Floats] = {}
    for field in fields(table):
        column = getattr(table, field.name)
        if field.name not in but:
            columns |= {f"{field.name}{k}": part for k, part in enumerate(np.atleast_2d(column.T))}
    changing = {name: _series(column) for name, column in columns.items() if (column != column[:1]).any()}
    if not changing:
        return np.arange(len(table)) > 0
    return ~pl.DataFrame(changing).select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()


def _series(column: Text | Ints | Floats) -> pl.Series:
    return pl.Series(column.tolist() if column.dtype == object else column)
