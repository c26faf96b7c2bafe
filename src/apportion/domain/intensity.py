"""How many grams of CO2e stand behind a kilowatt-hour, hour by hour?"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Floats, Ints, Text
from apportion.domain.tables import Nodes
from apportion.errors import BadInput

HOUR_S = 3600


@dataclass(frozen=True, eq=False)
class Cycle:
    """Milligrams a kilowatt-hour that repeat, as a function of the second: constant within an hour.

    Attributes
    ----------
    hourly : (H,) of each hour; the first begins at second 0
    """

    hourly: Ints

    @property
    def length_s(self) -> int:
        """After how many seconds it repeats."""
        return len(self.hourly) * HOUR_S

    @cached_property
    def _twice(self) -> Ints:
        return np.concatenate([self.hourly, self.hourly])

    @cached_property
    def _before(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self._twice * HOUR_S)])

    def up_to(self, second: Ints) -> Ints:
        """Integrate from second 0 to seconds below two cycles, exactly: (K,) → (K,) milligram-seconds a kilowatt-hour."""
        hour = second // HOUR_S
        return np.asarray(self._before[hour] + self._twice[hour] * (second - hour * HOUR_S))

    def within_a_cycle(self, begin_s: Ints, span_s: Ints) -> Ints:
        """Integrate over a span from any second on, without its whole cycles, exactly: (K,), (K,) → (K,)."""
        begin = begin_s % self.length_s
        return self.up_to(begin + span_s % self.length_s) - self.up_to(begin)

    def integral(self, begin_s: Ints, span_s: Ints) -> Floats:
        """Integrate over a span from any second on: (K,), (K,) → (K,). Linear in spans, whatever their length."""
        whole = span_s // self.length_s * float(self._before[len(self.hourly)])
        return np.asarray(whole + self.within_a_cycle(begin_s, span_s))


@dataclass(frozen=True, eq=False)
class Intensity:
    """Carbon intensity of electricity in consecutive hours, which repeat; the first begins at second 0 of the trace's clock.

    Attributes
    ----------
    regions : (G,) names, in byte order
    direct : (H, G) milligrams of CO2e a kilowatt-hour that burning the fuel sets free
    lifecycle : (H, G) with what building the plants and bringing the fuel does; None where the table does not say
    """

    regions: tuple[str, ...]
    direct: Ints
    lifecycle: Ints | None = None

    @property
    def kinds(self) -> dict[str, Ints | None]:
        """Both tables by name."""
        return {"direct": self.direct, "lifecycle": self.lifecycle}

    @property
    def fullest(self) -> Ints:
        """The table that counts most: life-cycle where there is one."""
        return self.direct if self.lifecycle is None else self.lifecycle

    def column(self, node_regions: Text) -> Ints:
        """Say in which column each node is: (K,) → (K,). A table of one region holds for every node.

        Raises
        ------
        BadInput
            if there are several regions and a node is in none of them.
        """
        if len(self.regions) == 1:
            return np.zeros(len(node_regions), dtype=np.int64)
        at = {region: g for g, region in enumerate(self.regions)}
        missing = sorted({str(region) for region in node_regions} - at.keys())
        if missing:
            named = ", ".join(f'"{region}"' for region in missing[:5])
            raise BadInput(
                f"regions of nodes that the table of carbon intensity lacks: {named}",
                "nodes.csv, column region",
                f"it has {', '.join(self.regions)}; name the regions alike, or give a table of one region for all nodes",
            )
        return np.array([at[str(region)] for region in node_regions], dtype=np.int64)

    def seen_by(self, nodes: Nodes) -> Ints:
        """Mean over nodes, in whole milligrams a kilowatt-hour: (H,), life-cycle where the table says it.

        A node counts by what it draws beyond idle when it is full, or all count alike where none says what it draws.
        """
        column, draws = self.column(nodes.region), nodes.max_milli_watts - nodes.idle_milli_watts
        part = np.bincount(column, draws if draws.any() else None, len(self.regions)).astype(np.float64)
        if not part.any():
            part += 1.0  # no nodes at all
        return np.asarray(np.rint((self.fullest * (part / part.sum())).sum(axis=1)), dtype=np.int64)
