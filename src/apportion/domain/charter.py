"""What did the members agree?

A charter holds all that changes *who gets what*: the policy and its parameters, how entitlements arise, guardrails, the
window, the seed of ties. What changes this machine only is a flag or a variable, never here.
"""

from dataclasses import dataclass, field
from typing import Any

DEFAULT_WINDOW_S = 3600
DEFAULT_POLICY = "max_min"
RULES = ("contribution", "equal", "size", "weight", "table")


@dataclass(frozen=True)
class Entitlements:
    """The rule that gives each member its standing; `shares` (member → decimal) only with the rule "table"."""

    rule: str = "contribution"
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Charter:
    """What the members agreed.

    Parameters
    ----------
    name : shown on reports
    policy, parameters : how the pool is divided
    window_s : seconds between two decisions
    entitlements : the rule of standing
    guardrails : what no plan may exceed: ``largest_share`` (0 to 1), ``hhi`` (0 to 10,000)
    capability : what compute buys, for the measures that ask
    assumptions : what an importer assumed, in words, by name; shown on every report
    seed : text from which the 32 bytes of the tie order come
    """

    name: str = "A shared pool"
    policy: str = DEFAULT_POLICY
    parameters: dict[str, Any] = field(default_factory=dict)
    window_s: int = DEFAULT_WINDOW_S
    entitlements: Entitlements = field(default_factory=Entitlements)
    guardrails: dict[str, float] = field(default_factory=dict)
    capability: dict[str, Any] = field(default_factory=dict)
    assumptions: dict[str, str] = field(default_factory=dict)
    seed: str = "apportion"
