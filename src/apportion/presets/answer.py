"""What does a model of the articles give, and what should be known before anyone uses it?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apportion import loop, registry
from apportion.domain.situation import Situation

POOLS = Path(__file__).parent / "pools"


@dataclass(frozen=True)
class Answer:
    """What a model gives.

    Attributes
    ----------
    title : what is asked, in a line
    rows : a table
    found : what the table means, in sentences
    warnings : what is wrong with the model or with what was printed
    """

    title: str
    rows: tuple[dict[str, Any], ...]
    found: tuple[str, ...]
    warnings: tuple[str, ...]


def asked(name: str) -> Situation:
    """Read one of the pools, and put its claims before a policy."""
    return loop.assess(registry.source("directory").read(POOLS / name))


def granted(situation: Situation, policy: str, **parameters: Any) -> list[float]:
    """Divide by a policy: tasks granted to each claim, in the order of their ids."""
    plan = loop.decide(situation, loop.rule(policy, parameters))
    return [int(tasks) / 1e6 for tasks in plan.tasks_micro.sum(axis=1)]
