"""When are nodes down, and what do members agree on from some second on? Both tables, read and written back."""

from fractions import Fraction

import numpy as np

from apportion.domain.arrays import Ints, Text
from apportion.domain.over_time import timeline, wished
from apportion.domain.pool import Pool
from apportion.domain.quantity import amount_text, decimal_text
from apportion.domain.tables import Agreements, Outages
from apportion.sources._cells import each, written
from apportion.sources._columns import Columns
from apportion.sources._findings import Findings

FOR_EVER = -1


def read_outages(columns: Columns, nodes: Text) -> Outages:
    """Read when nodes are down; those of one node may touch, and not overlap."""
    outages = Outages(
        columns.position("node", nodes, "node", need=True),
        columns.whole("down_s", need=True),
        columns.whole("up_s", empty=FOR_EVER),
    )
    backwards = (outages.up_s != FOR_EVER) & (outages.up_s <= outages.down_s)
    mend = "let it come back after it goes down; leave up_s empty if it never does"
    columns.wrong("up_s", backwards, lambda i: f"{outages.up_s[i]} is not after down_s, {outages.down_s[i]}", mend)
    before = _overlapped(outages)
    columns.wrong(
        "down_s",
        (before >= 0) & ~backwards,
        lambda i: f'"{nodes[outages.node[i]]}" is down already, by row {columns.table.rows[before[i]]}',
        "make one row of the two, or mend their times",
    )
    return outages


def _overlapped(outages: Outages) -> Ints:
    """Name for each row an earlier outage of the same node that lasts beyond its beginning: (H,), −1 for none."""
    before = np.full(len(outages), -1)
    until: dict[int, tuple[float, int]] = {}
    for i in np.lexsort((outages.down_s, outages.node)).tolist():
        node = int(outages.node[i])
        end, row = until.get(node, (-1.0, -1))
        if node >= 0 and end > outages.down_s[i]:
            before[i] = row
        its = float("inf") if outages.up_s[i] == FOR_EVER else float(outages.up_s[i])
        until[node] = max((end, row), (its, i))
    return before


def read_agreements(columns: Columns, members: Text) -> Agreements:
    """Read what members agreed on: parts of the pool, each from some second on."""
    agreements = Agreements(
        columns.position("member", members, "member", need=True),
        columns.whole("from_s", need=True),
        columns.decimal("share"),
    )
    columns.wrong(
        "share",
        agreements.share > 1,
        lambda i: f"{decimal_text(agreements.share[i])} is more than the whole pool",
        "write a part of 1, such as 0.25; leave it empty for what the charter's rule gives",
    )
    first: dict[tuple[int, int], int] = {}
    pairs = list(zip(agreements.member.tolist(), agreements.from_s.tolist(), strict=True))
    again = np.array([first.setdefault(pair, i) != i and pair[0] >= 0 for i, pair in enumerate(pairs)], dtype=bool)
    columns.wrong(
        "from_s",
        again,
        lambda i: (
            f'"{members[pairs[i][0]]}" has another share from then on already, by row '
            f"{columns.table.rows[first[pairs[i]]]}"
        ),
        "keep one of them",
    )
    return agreements


def check_sums(pool: Pool, columns: Columns) -> None:
    """Refuse moments from which on members may together count on more than there is.

    Raises
    ------
    BadInput
        with all of them.
    """
    findings, agreements, then = Findings(), pool.agreements, timeline(pool)
    seconds = [] if agreements is None else np.unique(agreements.from_s).tolist()
    for second in seconds:
        row = then.in_force(second)
        found = pool.standing.entitlement.copy()
        found[row >= 0] = 0
        promised = found.sum(axis=0).astype(object)
        for one in wished(pool, row).values():
            promised = promised + np.array(one, dtype=object)
        over = np.argwhere(promised > pool.capacity).tolist()
        if over:
            f, r = max(over, key=lambda at: Fraction(int(promised[*at]), max(int(pool.capacity[*at]), 1)))
            findings.fault(
                f"from {second} s on members may count on {amount_text(int(promised[f, r]))} "
                f"{pool.resources[r].split('_milli')[0]} of the flavor {pool.flavors[f]}, "
                f"and there are {amount_text(int(pool.capacity[f, r]))}",
                columns.table.place("share"),
                "let somebody have less from the same second on: who lends has less while the other has more; members "
                "without a share there have what the charter's rule gives",
            )
    findings.raise_any()


def outages_columns(pool: Pool, outages: Outages) -> dict[str, Text]:
    """Lay outages out as columns of text."""
    up = np.where(outages.up_s == FOR_EVER, "", written(outages.up_s, 0))
    return {"node": pool.nodes.id[outages.node], "down_s": written(outages.down_s, 0), "up_s": up}


def agreements_columns(pool: Pool, agreements: Agreements) -> dict[str, Text]:
    """Lay agreements out as columns of text."""
    share = each(agreements.share, lambda value: "" if np.isnan(value) else decimal_text(value))
    return {"member": pool.members.id[agreements.member], "from_s": written(agreements.from_s, 0), "share": share}
