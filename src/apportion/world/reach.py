"""Who has enough for a workload before and after changes, public pools counted for those who may use them?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Bools, Text
from apportion.domain.holdings import Holdings
from apportion.world.access import Access, Workload, access, reached
from apportion.world.measured import Measured
from apportion.world.what_if import Changed


def reach(
    holdings: Holdings, changed: Changed, column: str, before: Measured, after: Measured, asked: Sequence[Workload]
) -> list[tuple[Access, Access]]:
    """Count before and after; a pool counts with what each user has, one user at a time, and is itself no holder."""
    is_holder = ~after.is_other & ~np.isin(after.holdings.holder.astype(str), list(changed.pools))
    names = after.holdings.holder[is_holder]
    sizes = dict(zip(map(str, after.holdings.holder), map(float, after.holdings.amount), strict=True))
    open_to = [
        (sizes[pool], _within(changed, column, names, country))
        for pool, country in changed.pools.items()
        if pool in sizes
    ]
    amount = reached(after.holdings.amount[is_holder], open_to)
    first, second = access(before.named, holdings.unit, asked), access(amount, holdings.unit, asked)
    return list(zip(first, second, strict=True))


def _within(changed: Changed, column: str, names: Text, country: str) -> Bools:
    """Say which holders have something in a country; all of them if none is named, or the table knows none."""
    if not country or changed.country is None:
        return np.ones(len(names), dtype=bool)
    all_names = changed.holdings.holder if column == "holder" else changed.holdings.groups[column]
    there = set(all_names[np.asarray(changed.country == country, dtype=bool)])
    return np.array([name in there for name in names], dtype=bool)
