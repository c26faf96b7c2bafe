"""How fast is a chip at most? Peak dense 16-bit FLOP/s, by words in the name of a flavor.

Figures are makers' peaks without sparsity, of the fastest variant (SXM), as listed in Epoch AI, *Data on Machine Learning
Hardware* (epoch.ai/data/machine-learning-hardware, CC BY 4.0); of chips without tensor cores those of plain half or single
precision. A program reaches a part of the peak only: its *utilisation*.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apportion.errors import BadInput, Fault


@dataclass(frozen=True)
class Chip:
    """One chip: name, and its peak in FLOP/s."""

    name: str
    peak: float


# Longer names first where one is part of another.
CHIPS = (
    Chip("gb200", 2.5e15),
    Chip("b200", 2.25e15),
    Chip("gh200", 9.895e14),
    Chip("h200", 9.895e14),
    Chip("h100", 9.894e14),
    Chip("h800", 9.89e14),
    Chip("h20", 1.48e14),
    Chip("a100", 3.12e14),
    Chip("a800", 3.118e14),
    Chip("a40", 1.497e14),
    Chip("l40", 1.81e14),
    Chip("l4", 1.21e14),
    Chip("v100", 1.25e14),
    Chip("t4", 6.513e13),
    Chip("p100", 2.122e13),
    Chip("k80", 8.126e12),
    Chip("rtx-4090", 3.3e14),
    Chip("rtx-2080-ti", 1.138e14),
    Chip("mi300x", 1.3074e15),
    Chip("mi250x", 3.83e14),
    Chip("910b", 3.76e14),
    Chip("910c", 8e14),
    Chip("tpu-v4", 2.75e14),
    Chip("tpu-v5e", 1.97e14),
    Chip("tpu-v5p", 4.59e14),
)


def chip(name: str) -> Chip | None:
    """Find the chip that a name speaks of: as a word of it, whatever its case.

    >>> chip("NVIDIA-A100-80g").name, chip("v100m32").name, chip("gpu-8x")
    ('a100', 'v100', None)
    """
    return next((one for one in CHIPS if re.search(_pattern(one.name), name.lower())), None)


def peaks(flavors: Sequence[str], given: Mapping[str, str]) -> tuple[float, ...]:
    """Say how fast one GPU of each flavor is at most, in FLOP/s: as given (a chip or a number), or by its name.

    Raises
    ------
    BadInput
        for every flavor whose chip is not known, and every given flavor or chip that is not there.
    """
    faults = [
        Fault(f'no node with GPUs has the flavor "{name}"', "--peak", f"the flavors are: {', '.join(flavors)}")
        for name in given
        if name not in flavors
    ]
    found = []
    for name in flavors:
        peak = _peak(given.get(name, name))
        found.append(peak or 0.0)
        if peak is None:
            known = ", ".join(one.name for one in CHIPS)
            what = f'how fast is a GPU of flavor "{name}"?' if name not in given else f'"{given[name]}" is no chip'
            faults.append(Fault(what, "--peak", f"say --peak {name}=CHIP or {name}=FLOP/s, as 3.12e14; chips: {known}"))
    if faults:
        raise BadInput(faults)
    return tuple(found)


def _pattern(name: str) -> str:
    """A chip's name as a word, with or without what joins its parts."""
    return rf"(?<![a-z0-9]){name.replace('-', '[- _]?')}(?![0-9])"


def _peak(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        of = chip(said)
        return None if of is None else of.peak
    return number if 1e9 <= number <= 1e18 else None
