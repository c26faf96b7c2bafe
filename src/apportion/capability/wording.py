"""How is a curve written in one line? Its family, then its parameters: ``chinchilla A=406.4 alpha=0.34 per_unit=1e21``.

So every policy that has a parameter `curve` takes every family, however many parameters that has.
"""

from collections.abc import Collection, Mapping
from typing import Any

from apportion.errors import Faults

TEXTS = ("points",)  # what is not a number


def read_line(line: str, where: str) -> tuple[str, dict[str, Any]]:
    """Take a line apart: the family, and the parameters it gives.

    Raises
    ------
    BadInput
        for a part that is not ``key=number``, or a key that comes twice; all at once.

    >>> read_line("power_law exponent=0.5, growth=0.4", "curve")
    ('power_law', {'exponent': 0.5, 'growth': 0.4})
    """
    name, *parts = line.split() or [""]
    settings: dict[str, Any] = {}
    faults = Faults()
    for part in parts:
        key, equals, text = part.rstrip(",").partition("=")
        if not equals or not key:
            faults.add(f'"{part}" is not a parameter of a curve', where, 'write "family key=number key=number"')
        elif key in settings:
            faults.add(f"{key} is given twice", where, "give it once")
        elif key in TEXTS:
            settings[key] = text
        else:
            try:
                settings[key] = float(text)
            except ValueError:
                faults.add(f'{key} is "{text}", which is not a number', where, f"write {key}=1.5, say")
    faults.raise_any()
    return name, settings


def one_line(agreed: Mapping[str, Any], beside: Collection[str]) -> dict[str, Any]:
    """Write of a charter's ``[capability]`` what is not among `beside` into the line of its curve.

    >>> one_line({"curve": "chinchilla", "A": 400.0, "least": 1e18}, {"curve", "least"})
    {'curve': 'chinchilla A=400.0', 'least': 1e+18}
    """
    kept = {key: points_text(value) if key in TEXTS else value for key, value in agreed.items() if key in beside}
    rest = {key: value for key, value in agreed.items() if key not in beside}
    if "curve" in beside and rest:
        said = " ".join(f"{key}={value}" for key, value in sorted(rest.items()))
        kept["curve"] = f"{agreed.get('curve', 'power_law')} {said}"
    return kept


def points_text(points: Any) -> str:
    """Write points as text, also those given as a list of pairs."""
    if not isinstance(points, list):
        return str(points)
    return ", ".join(":".join(map(str, pair)) if isinstance(pair, list) else str(pair) for pair in points)
