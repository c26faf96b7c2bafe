"""What was found while reading?"""

from collections.abc import Iterable
from dataclasses import replace

from apportion.errors import BadInput, Fault

SHOWN = 50


class Findings:
    """Faults and notices of one reading. Faults of one column form a group, so that none can crowd out the others."""

    def __init__(self) -> None:
        self.notices: list[Fault] = []
        self._groups: list[tuple[list[Fault], int]] = []

    def notice(self, what: str, where: str = "", mend: str = "") -> None:
        """Note what is worth telling and stops nothing."""
        self.notices.append(Fault(what, where, mend))

    def fault(self, what: str, where: str = "", mend: str = "") -> None:
        """Note one thing that is wrong."""
        self.alike([Fault(what, where, mend)])

    def alike(self, faults: Iterable[Fault], count: int | None = None) -> None:
        """Note `count` faults of one kind, of which the first `SHOWN` are written out."""
        listed = list(faults)
        if listed:
            self._groups.append((listed, len(listed) if count is None else count))

    def raise_any(self) -> None:
        """Raise all faults together; of more than `SHOWN`, an equal part of every group and how many more there are.

        The first of a group counts for all of it.

        Raises
        ------
        BadInput
            if there is any fault.
        """
        total = sum(count for _, count in self._groups)
        if not total:
            return
        each = total if total <= SHOWN else max(1, SHOWN // len(self._groups))
        listed = [
            replace(fault, count=0 if i else count)
            for faults, count in self._groups
            for i, fault in enumerate(faults[:each])
        ][:SHOWN]
        if total > len(listed):
            listed.append(Fault(f"and {total - len(listed):,} more", mend="mend these, then read again", count=0))
        raise BadInput(listed)
