"""How is a charter written, so that a person can read and edit it and a program reads back the same?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from apportion.domain.charter import Charter, Queueing
from apportion.domain.quantity import decimal_text


def charter_text(charter: Charter) -> str:
    """Write a charter as commented TOML; reading it gives an equal charter."""
    return "\n".join(_lines(charter)) + "\n"


def _lines(charter: Charter) -> Iterator[str]:
    yield "# What the members agreed. All that changes who gets what is here; `apportion plan` shows what it gives."
    yield f"name = {_value(charter.name)}"
    yield f"window_s = {charter.window_s}          # seconds between two decisions"
    if charter.seed != Charter.seed:
        yield f"seed = {_value(charter.seed)}          # decides ties"
    yield ""
    yield "[policy]                  # how the pool is divided; a policy's own parameters stand beside its name"
    yield f"name = {_value(charter.policy)}"
    yield from _settings(charter.parameters)
    yield ""
    if charter.queue != Queueing():
        yield from _queue(charter.queue)
        yield ""
    yield "[entitlements]            # what a member may count on"
    yield f'rule = {_value(charter.entitlements.rule)}     # "contribution", "equal", "size", "weight" or "table"'
    if charter.entitlements.shares:
        yield from ("", "[entitlements.shares]", *_settings(charter.entitlements.shares))
    if charter.guardrails:
        yield from ("", "[guardrails]              # what no plan may exceed", *_settings(charter.guardrails))
    if charter.capability:
        yield from ("", "[capability]              # what compute buys", *_settings(charter.capability))
    if charter.assumptions:
        yield from ("", "[assumptions]             # made when this pool was imported; every report repeats them")
        yield from _settings(charter.assumptions)


def _queue(queue: Queueing) -> Iterator[str]:
    yield "[queue]                   # in what order waiting jobs start; a discipline's own parameters stand beside it"
    yield f"discipline = {_value(queue.discipline)}"
    yield from _settings(queue.parameters)
    yield f"placement = {_value(queue.placement)}"
    yield f"pooled = {_value(queue.pooled)}             # false: every member's jobs run on its own entitlement"
    if queue.member_limit is not None:
        yield f"member_limit = {_value(queue.member_limit)}        # the part of any resource that a member may hold at once"
    if queue.services != Queueing.services:
        yield f'services = {_value(queue.services)}          # "first": on any node, before jobs; "own": on their member\'s'


def _settings(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        number = decimal_text(value)
        return number if any(sign in number for sign in ".E") else f"{number}.0"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(name)} = {_value(one)}' for name, one in value.items())}}}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
