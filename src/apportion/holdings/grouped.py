"""What is to be said of how groups fare? Each grouping alone, and all of them crossed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.concentration.outcomes import CROSSED, bootstrap, crossed, fared
from apportion.domain.arrays import Floats, Text
from apportion.holdings.measured import told


@dataclass(frozen=True)
class Asked:
    """How groups are compared.

    Attributes
    ----------
    low_is_better : which way the outcome is good
    sample : whether the rows of each group are a sample of more, so that intervals mean something
    draws, seed : of the bootstrap
    """

    low_is_better: bool = False
    sample: bool = False
    draws: int = 1000
    seed: int = 0


def grouped(outcome: Floats, groups: Mapping[str, Text], weight: Floats | None, asked: Asked) -> list[dict[str, Any]]:
    """Compare groups: one entry for each column, and with several columns one for their crossing."""
    columns = dict(groups)
    if len(groups) > 1:
        columns[CROSSED.join(groups)] = crossed(list(groups.values()))
    return [_one(name, outcome, column, weight, asked) for name, column in columns.items()]


def _one(name: str, outcome: Floats, of: Text, weight: Floats | None, asked: Asked) -> dict[str, Any]:
    found = fared(outcome, of, weight)
    drawn = bootstrap(outcome, of, asked.draws, asked.seed, weight) if asked.sample else None
    heads = np.ones(len(outcome)) if weight is None else weight
    rows = []
    for g, group in enumerate(found.group):
        row = {
            "group": str(group),
            "n": int(found.count[g]),
            "weight": float(heads[np.asarray(of == group)].sum()),
            "mean": float(found.mean[g]),
            "less_overall": float(found.mean[g] - found.overall),
        }
        rows.append(row if drawn is None else row | {"interval": [told(float(end)) for end in drawn.mean[g]]})
    whole = {
        "by": name,
        "overall": found.overall,
        "group_min": found.group_min,
        "group_max": found.group_max,
        "worst": found.worst(low_is_better=asked.low_is_better),
        "between_share": told(found.between_share),
        "groups": rows,
    }
    names = ("difference", "ratio", "difference_to_overall", "ratio_to_overall")
    whole |= {name: told(getattr(found, name)) for name in names}
    if drawn is not None:
        whole |= {f"{name}_interval": [told(end) for end in getattr(drawn, name)] for name in ("difference", "ratio")}
    return whole


def sentence(found: dict[str, Any], outcome: str) -> str:
    """Say what one grouping shows."""
    if len(found["groups"]) == 1:
        return f"By {found['by']} there is one group only, so there is nothing to compare."
    if found["difference"] == 0:
        return f"By {found['by']} all groups fare alike."
    said = f"By {found['by']}, {found['worst']} fares worst: means of {outcome} differ by {found['difference']:.4g}"
    if found.get("difference_interval", [None])[0] is not None:
        low, high = found["difference_interval"]
        said += f" (95 % interval {low:.4g} to {high:.4g})"
    if found["ratio"] is not None:
        said += f", the least is {found['ratio']:.3g} times the largest"
    if found["between_share"] is not None:
        said += f", and {100 * found['between_share']:.0f} % of the inequality (Theil T) is between groups"
    return said + "."
