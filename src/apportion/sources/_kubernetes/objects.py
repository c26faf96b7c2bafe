"""Which nodes and pods are in these files? Lists as ``kubectl get nodes,pods -A -o json`` prints them, one or several."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apportion.errors import BadInput
from apportion.sources._files import text_of
from apportion.sources._findings import Findings

COMMAND = "kubectl get nodes,pods --all-namespaces -o json"
KINDS = ("Node", "Pod")


@dataclass
class Objects:
    """What was found, the last of each that several files hold: nodes by name, pods by uid, or by name without one."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    pods: dict[str, dict[str, Any]] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


def read_objects(paths: Iterable[Path], findings: Findings) -> Objects:
    """Read files, and all ``*.json`` files of directories; what cannot be read is a fault."""
    found = Objects()
    for path in map(Path, paths):
        inside = sorted([*path.glob("*.json"), *path.glob("*.json.gz")]) if path.is_dir() else [path]
        if not inside:
            findings.fault("there is no *.json here", str(path), f"save there what this prints: {COMMAND}")
        for one in inside:
            try:
                _take(found, one.name, _parsed(one))
            except BadInput as error:
                findings.alike(error.faults)
    return found


def _parsed(path: Path) -> Any:
    text = text_of(path)
    if not text.strip():
        raise BadInput("is empty", path.name, f"save again what this prints: {COMMAND}")
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        yaml = text.lstrip().startswith(("apiVersion:", "kind:", "items:", "---"))
        what = "is YAML" if yaml else f"is not JSON: {error}"
        raise BadInput(what, path.name, f"save again what this prints: {COMMAND}") from None


def _take(found: Objects, name: str, said: Any) -> None:
    """Sort the items of a list; those of NodeList and PodList do not say what they are."""
    kind = str(said.get("kind", "")) if isinstance(said, dict) else ""
    items = said.get("items") if isinstance(said, dict) and isinstance(said.get("items"), list) else None
    if items is None and kind not in KINDS:
        raise BadInput("is no list of nodes and pods", name, f"save again what this prints: {COMMAND}")
    for at, item in enumerate([said] if items is None else items):
        meta = item.get("metadata") if isinstance(item, dict) else None
        if not isinstance(meta, dict) or not isinstance(meta.get("name"), str):
            found.odd.append(f"{name}, item {at + 1}")
            continue
        of = str(item.get("kind") or kind.removesuffix("List"))
        if of not in KINDS:
            found.other[of or "nothing"] = found.other.get(of or "nothing", 0) + 1
            continue
        if of == "Node":
            found.nodes[meta["name"]] = item
        else:
            found.pods[str(meta.get("uid") or f"{meta.get('namespace', '')}/{meta['name']}")] = item
