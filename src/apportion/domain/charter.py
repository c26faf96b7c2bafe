"""What did the members agree?

A charter holds all that changes *who gets what*: the policy and its parameters, in what order waiting jobs start, how
entitlements arise, guardrails, the window, the seed of ties. What changes this machine only is a flag or a variable, and
never here.
"""

from dataclasses import dataclass, field
from typing import Any

DEFAULT_WINDOW_S = 3600
DEFAULT_POLICY = "max_min"
RULES = ("contribution", "equal", "size", "weight", "table")
FIRST, OWN = "first", "own"
SERVICES = (FIRST, OWN)  # on which nodes services run: on any, before all jobs; or on those of their member only


@dataclass(frozen=True)
class Entitlements:
    """The rule that gives each member its standing; `shares` (member → decimal) only with the rule "table"."""

    rule: str = "contribution"
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Queueing:
    """In what order waiting jobs start, and on what.

    Parameters
    ----------
    discipline, parameters : by default ``entitled``, which follows the policy's plans
    placement : how gangs are put on nodes
    pooled : whether members share; if not, every member's jobs run on its own entitlement
    member_limit : the part of any resource that one member may hold at once, above 0 and at most 1; None for no limit
    services : one of `SERVICES`
    """

    discipline: str = "entitled"
    parameters: dict[str, Any] = field(default_factory=dict)
    placement: str = "counting"
    pooled: bool = True
    member_limit: float | None = None
    services: str = FIRST


@dataclass(frozen=True)
class Charter:
    """What the members agreed.

    Parameters
    ----------
    name : shown on reports
    policy, parameters : how the pool is divided
    queue : in what order waiting jobs start
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
    queue: Queueing = field(default_factory=Queueing)
    window_s: int = DEFAULT_WINDOW_S
    entitlements: Entitlements = field(default_factory=Entitlements)
    guardrails: dict[str, float] = field(default_factory=dict)
    capability: dict[str, Any] = field(default_factory=dict)
    assumptions: dict[str, str] = field(default_factory=dict)
    seed: str = "apportion"
