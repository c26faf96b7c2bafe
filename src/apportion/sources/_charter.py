"""What did the members agree? From ``charter.toml`` to a charter."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from apportion.capability.curves import FAMILIES
from apportion.domain.arrays import Text
from apportion.domain.charter import DEFAULT_POLICY, DEFAULT_WINDOW_S, RULES, SERVICES, Charter, Entitlements, Queueing
from apportion.domain.quantity import INT64_MAX
from apportion.domain.trace import PLACEMENTS
from apportion.errors import BadInput, nearest
from apportion.sources._cells import Odd, exact_decimal
from apportion.sources._files import content, decoded
from apportion.sources._findings import Findings

FILE = "charter.toml"
KEYS = ("name", "window_s", "seed", "policy", "queue", "entitlements", "guardrails", "capability", "assumptions")
GUARDRAILS = {"largest_share": 1.0, "hhi": 1e4}  # each with the largest value it can have


def read_charter(directory: Path, findings: Findings) -> Charter | None:
    """Read the charter of a pool, or a file that is one.

    What is wrong with it goes to `findings`, and None is returned if it cannot be read at all.
    """
    path = directory if directory.is_file() else directory / FILE
    if not path.exists():
        findings.fault("there is no charter", str(path), "`apportion init DIR` writes one to start from")
        return None
    try:
        said = tomllib.loads(decoded(FILE, content(path)), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        findings.fault(f"is not TOML: {error}", FILE, "mend the line it names")
        return None
    except BadInput as error:
        findings.alike(error.faults)
        return None
    return _Reader(findings).charter(said)


class _Reader:
    """Takes values out of TOML tables; every value of the wrong kind is a fault and gives the default instead."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def charter(self, said: dict[str, Any]) -> Charter:
        self.only("", said, KEYS)
        policy = self.table("policy", said)
        return Charter(
            name=self.string("name", said.get("name", Charter.name)),
            policy=self.string("policy.name", policy.pop("name", DEFAULT_POLICY)),
            parameters={name: self.value(f"policy.{name}", value) for name, value in policy.items()},
            queue=self.queue(self.table("queue", said)),
            window_s=self.window(said.get("window_s", DEFAULT_WINDOW_S)),
            entitlements=self.entitlements(self.table("entitlements", said)),
            guardrails=self.guardrails(self.table("guardrails", said)),
            capability=self.capability(self.table("capability", said)),
            assumptions={
                name: self.string(f"assumptions.{name}", value)
                for name, value in self.table("assumptions", said).items()
            },
            seed=self.string("seed", said.get("seed", Charter.seed)),
        )

    def table(self, name: str, said: dict[str, Any]) -> dict[str, Any]:
        given = said.get(name, {})
        if isinstance(given, dict):
            return dict(given)
        self.fault(name, f"{given!r} is not a table", f"write [{name}] and its settings below")
        return {}

    def string(self, key: str, given: Any) -> str:
        if isinstance(given, str):
            return given
        self.fault(key, f"{_plain(given)} is not text", f'write {key.rsplit(".", maxsplit=1)[-1]} = "{_plain(given)}"')
        return ""

    def window(self, given: Any) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= INT64_MAX:
            return given
        self.fault("window_s", f"{_plain(given)} is not a whole number of seconds above 0", "for an hour write 3600")
        return DEFAULT_WINDOW_S

    def queue(self, given: dict[str, Any]) -> Queueing:
        """Take what every queue has; what else stands there is the discipline's own, and checked when it is opened."""
        default = Queueing()
        read = Queueing(
            discipline=self.string("queue.discipline", given.pop("discipline", default.discipline)),
            placement=self.one_of("queue.placement", given.pop("placement", default.placement), PLACEMENTS),
            pooled=self.switch("queue.pooled", given.pop("pooled", default.pooled)),
            member_limit=self.limit("queue.member_limit", given.pop("member_limit", None)),
            services=self.one_of("queue.services", given.pop("services", default.services), SERVICES),
        )
        return replace(read, parameters={name: self.value(f"queue.{name}", value) for name, value in given.items()})

    def one_of(self, key: str, given: Any, known: Sequence[str]) -> str:
        if given in known:
            return str(given)
        self.fault(key, f"{_plain(given)!r} is not known here", nearest(str(given), known))
        return known[0]

    def switch(self, key: str, given: Any) -> bool:
        if isinstance(given, bool):
            return given
        self.fault(key, f"{_plain(given)} is neither true nor false", "write true or false, without quotes")
        return True

    def limit(self, key: str, given: Any) -> float | None:
        if given is None:
            return None
        part = self.number(key, given)
        if part is not None and not 0 < part <= 1:
            self.fault(key, f"{_plain(given)} is out of range", "it is above 0 and at most 1")
        return part

    def entitlements(self, given: dict[str, Any]) -> Entitlements:
        self.only("entitlements.", given, ("rule", "shares"))
        rule, shares = given.get("rule", Entitlements.rule), given.get("shares", {})
        if isinstance(rule, dict):  # rule = {a = 0.5, b = 0.5} says the same as rule = "table" with shares
            rule, shares = "table", rule
        if rule not in RULES:
            self.fault("entitlements.rule", f"there is no rule {_plain(rule)!r}", nearest(str(rule), RULES))
            rule = Entitlements.rule
        if not isinstance(shares, dict):
            self.fault("entitlements.shares", "is not a table", 'write [entitlements.shares] and "member" = 0.5 below')
            shares = {}
        if (rule == "table") != bool(shares):
            mend = 'write [entitlements.shares] with rule = "table", and only then'
            self.fault("entitlements", f'rule is "{rule}" and shares are {"" if shares else "not "}given', mend)
        return Entitlements(rule, self.numbers("entitlements.shares", shares))

    def guardrails(self, given: dict[str, Any]) -> dict[str, float]:
        self.only("guardrails.", given, tuple(GUARDRAILS))
        limits = self.numbers("guardrails", {name: given[name] for name in GUARDRAILS if name in given})
        for name, limit in limits.items():
            if not 0 < limit <= GUARDRAILS[name]:
                self.fault(
                    f"guardrails.{name}",
                    f"{_plain(given[name])} is out of range",
                    f"it is above 0 and at most {GUARDRAILS[name]:g}",
                )
        return limits

    def capability(self, given: dict[str, Any]) -> dict[str, Any]:
        read = {name: self.value(f"capability.{name}", value) for name, value in given.items()}
        family = (str(read.get("curve", "")).split() or ["power_law"])[0]
        if family not in FAMILIES:
            self.fault("capability.curve", f'there is no curve "{family}"', nearest(family, list(FAMILIES)))
        return read

    def numbers(self, key: str, given: dict[str, Any]) -> dict[str, float]:
        read = {name: self.number(f"{key}.{name}", value) for name, value in given.items()}
        return {name: number for name, number in read.items() if number is not None}

    def number(self, key: str, given: Any) -> float | None:
        number = exact_decimal(str(given)) if _is_number(given) else Odd(f"{given!r} is not a number", "write 0.5")
        if isinstance(number, Odd):
            self.fault(key, number.what, number.mend)
            return None
        return number

    def value(self, key: str, given: Any) -> Any:
        """Take a parameter: text, a switch, a number, or lists and tables of them."""
        if isinstance(given, list):
            return [self.value(key, one) for one in given]
        if isinstance(given, dict):
            return {name: self.value(f"{key}.{name}", one) for name, one in given.items()}
        if isinstance(given, Decimal):
            size = self.number(key, given.copy_abs())
            return -size if size and given.is_signed() else size
        if isinstance(given, int) and abs(given) > INT64_MAX:
            self.fault(key, f"{given} is more than 64 bits hold", "check the number")
        elif not isinstance(given, str | int):
            self.fault(key, f"{given} is neither text nor a number", 'write it as text: "…"')
        return given

    def only(self, prefix: str, given: Iterable[str], known: Sequence[str]) -> None:
        for name in given:
            if name not in known:
                self.fault(f"{prefix}{name}", "nothing reads this key", nearest(name, known))

    def fault(self, key: str, what: str, mend: str) -> None:
        self.findings.fault(what, f"{FILE}, {key}", mend)


def check_members(charter: Charter, members: Text, findings: Findings) -> None:
    """Refuse shares of people who are no members, and guardrails that no division among so many can keep."""
    known = [str(name) for name in members]
    for name in charter.entitlements.shares:
        if name not in set(known):
            mend = nearest(name, known) if len(known) <= 20 else "remove it, or add the member to members.csv"
            findings.fault("has a share and is not a member", f"{FILE}, entitlements.shares.{name}", mend)
    if charter.entitlements.shares and not any(charter.entitlements.shares.values()):
        findings.fault("all shares are 0", f"{FILE}, entitlements.shares", "give somebody a share")
    for name, limit in charter.guardrails.items():
        least = GUARDRAILS[name] / max(len(known), 1)
        if 0 < limit < least:
            findings.fault(
                f"{limit:g} cannot be kept: among {len(known)} members even equal shares give {least:g}",
                f"{FILE}, guardrails.{name}",
                f"raise it to {least:g} or more",
            )


def _is_number(given: Any) -> bool:
    return isinstance(given, int | Decimal) and not isinstance(given, bool)


def _plain(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)
