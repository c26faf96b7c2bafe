"""How much compute does a workload need at once?"""

from apportion.errors import BadInput

DAY = 86_400.0
UTILISATION = 0.4  # part of the peak that training reaches; published runs lie between about 0.3 and 0.55


def rate_needed(flop: float, days: float, utilisation: float = UTILISATION) -> float:
    """The peak rate, in FLOP/s, at which `flop` are done within `days`: flop / (days · 86,400 · utilisation).

    Raises
    ------
    BadInput
        unless all are above 0 and utilisation is at most 1.

    >>> rate_needed(8.64e20, 10, 0.5)
    2000000000000000.0
    """
    if not (0 < flop < float("inf") and 0 < days < float("inf") and 0 < utilisation <= 1):
        raise BadInput(
            f"{flop:g} FLOP in {days:g} days at a utilisation of {utilisation:g} is no workload",
            "workload",
            "give FLOP and days above 0, and a utilisation above 0 and at most 1",
        )
    return flop / (days * DAY * utilisation)
