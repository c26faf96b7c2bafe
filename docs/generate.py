"""Which reference pages follow from the code? Writes them, or with ``--check`` says which of them no longer do.

cli.md from every ``--help``, plugins.md from the registry, errors.md from the exceptions, python.md from the public API.
"""  # noqa: INP001  # a script, not a package

import contextlib
import difflib
import importlib
import inspect
import io
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent / "reference"
VERBS = (
    *("init", "import", "trace", "trace cut", "trace scale", "trace resample", "trace synthesize", "trace lint"),
    *(
        "assess",
        "plan",
        "prove",
        "explain",
        "compare",
        "alliance",
        "export",
        "simulate",
        "trial",
        "statement",
        "run",
        "report",
    ),
)
NOTE = "<!-- Written by docs/generate.py from the code; change the code, then run: make docs -->\n"
KINDS = {  # kind → heading, where it is used, the function that does the work, or the one of two
    "policy": ("Policies: how is the pool divided?", "`--policy NAME`, or `name` under `[policy]`", "divide"),
    "proof": (
        "Proofs: is the plan what it claims to be?",
        "`apportion prove POOL PLAN.json --proof NAME`",
        "check probe",
    ),
    "measure": ("Measures: what did it do, and to whom?", "every `run`; some in `assess` and `simulate`", "measure"),
    "discipline": ("Disciplines: in which order do jobs start?", "`simulate POOL --discipline NAME`", "open_queue"),
    "holding": (
        "Holdings: where do tables of who holds how much come from?",
        "`apportion capability world NAME PATH…`",
        "read",
    ),
    "source": ("Sources: where do pools come from?", "`apportion import NAME SRC… --out POOL`", "read"),
    "engine": ("Engines: how is a plan made real?", "`apportion run POOL --engine NAME`", "open_engine"),
    "export": ("Exports: how does one's own scheduler read a plan?", "`apportion export NAME POOL PLAN.json`", "write"),
}


def main(arguments: list[str]) -> int:
    """Write the pages; with ``--check`` only compare, and return 1 if one differs."""
    os.environ["COLUMNS"] = "80"
    pages = {name: NOTE + "\n" + write() for name, write in PAGES.items()}
    if "--check" in arguments:
        stale = [name for name, page in pages.items() if _differs(HERE / name, page)]
        return 1 if stale else 0
    for name, page in pages.items():
        (HERE / name).write_text(page, encoding="utf-8")
    return 0


def _differs(path: Path, page: str) -> bool:
    there = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = list(difflib.unified_diff(there.splitlines(), page.splitlines(), "file", "code", lineterm="", n=0))
    if lines:
        sys.stderr.write(f"docs/reference/{path.name} differs from the code: run `make docs`\n")
        sys.stderr.writelines(f"  {line}\n" for line in lines[:12])
    return bool(lines)


def cli_page() -> str:
    """Show the help of every verb at 80 columns."""
    parts = ["# The command line\n", _fenced(_help([])), _OPTIONS]
    parts += [f"## apportion {verb}\n\n{_fenced(_help(verb.split()))}" for verb in (*VERBS, *_found("capability"))]
    return "\n".join(parts)


def _found(folder: str) -> list[str]:
    """List a verb whose parts are files of a folder, and its parts."""
    package = importlib.import_module(f"apportion.cli.{folder}")
    return [folder, *(f"{folder} {part.name}" for part in sorted(pkgutil.iter_modules(package.__path__)))]


_OPTIONS = """\
Results go to standard output; notices, errors and progress to standard error, progress only on a terminal. `NO_COLOR` is
honoured. Exit codes are in [errors.md](errors.md).
"""


def _help(words: list[str]) -> str:
    from apportion.cli.app import run_app

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        run_app([*words, "--help"])
    return said.getvalue().strip()


def plugins_page() -> str:
    """List the project's plug-ins by kind: what each says of itself, and its parameters."""
    from apportion import registry

    parts = [_PLUGINS]
    for kind, (title, use, functions) in KINDS.items():
        own = {name: module for name in registry.names(kind) if _ours(module := getattr(registry, kind)(name))}
        parts.append(f"## {title}\n\nUse: {use}.\n")
        parts.append("| name | what it says of itself | parameters |\n|---|---|---|")
        works = {name: next(one for one in functions.split() if hasattr(own[name], one)) for name in own}
        parts += [_row(name, registry.summary(kind, name), getattr(own[name], works[name])) for name in own]
        parts.append("")
        parts += [f"### {name}\n\n{_fenced(_told(own[name], works[name]))}" for name in own]
    return "\n".join(parts)


_PLUGINS = """\
# Plug-ins

Every plug-in of this version. To add one, see [how-to/add-a-plug-in.md](../how-to/add-a-plug-in.md).
"""


def _ours(module: ModuleType) -> bool:
    """Tell our own plug-ins from those that an installed package brings."""
    return module.__name__.startswith("apportion.")


def _row(name: str, summary: str, function: Callable[..., Any]) -> str:
    from apportion import registry

    known = registry.parameters(function)
    given = ", ".join(f"`{key}={value!r}`" for key, value in known.items()) or "–"
    return f"| `{name}` | {_cell(summary)} | {given} |"


def _told(module: ModuleType, function: str) -> str:
    """Show a plug-in's own words: the module's, then those of the function that does the work."""
    of = inspect.getdoc(getattr(module, function)) or ""
    return (
        f"{inspect.getdoc(module) or ''}\n\n{function}{_signature(getattr(module, function))}\n{_indented(of)}".strip()
    )


def errors_page() -> str:
    """List the exceptions with their exit codes."""
    from apportion import errors

    kinds = sorted(_below(errors.ApportionError), key=lambda kind: kind.exit_code)
    rows = [f"| `{kind.__name__}` | {kind.exit_code} | {_cell(inspect.getdoc(kind) or '')} |" for kind in kinds]
    return "\n".join([_ERRORS, *rows, _AFTER_ERRORS])


_ERRORS = """\
# Errors and exit codes

Every error is a list of faults; each says what is wrong, where in the caller's own words, and how to mend it. All faults of
one input are reported together, on standard error, and nothing is written.

```text
apportion: members.csv:14, column weight: "heavy" is not a number
    → write digits with a decimal point, such as 2.5
```

| class in `apportion.errors` | exit code | meaning |
|---|---|---|"""

_AFTER_ERRORS = """
`0` means done, and `130` that the command was interrupted. In Python all of these are `apportion.errors.ApportionError`,
whose `faults` are a tuple of `Fault(what, where, mend)`. A *notice* is no error: it is told on standard error and changes no
exit code; `-q` silences notices.

A fault of Apportion itself exits with 1 and says so; with `APPORTION_DEBUG=1` in the environment it shows where it happened.
"""


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def python_page() -> str:
    """Show the public functions, and the values that they take and return."""
    import apportion
    from apportion import comparison, explanation
    from apportion.domain import charter, figure, history, plan, pool, schedule, situation, tables, verdict

    values = (
        pool.Pool,
        *(charter.Charter, tables.Members, tables.Nodes, tables.Claims, tables.Jobs),
        *(situation.Window, situation.Situation, plan.Plan, plan.Shares, verdict.Verdict, verdict.Status),
        *(history.Replay, schedule.Schedule, figure.Figure),
        *(comparison.Comparison, explanation.Explanation),
    )
    parts = [f"# Python\n\n{_fenced(inspect.getdoc(apportion) or '')}"]
    parts += [f"## apportion.{name}\n\n{_fenced(_function(getattr(apportion, name)))}" for name in apportion.__all__]
    parts.append(_VALUES)
    parts += [f"### {value.__module__}.{value.__name__}\n\n{_fenced(inspect.getdoc(value) or '')}" for value in values]
    return "\n".join(parts)


_VALUES = """\
## Values

All are frozen, and their arrays cannot be written to. In shapes, N counts members, M claims, J jobs, F flavors, R resources.
"""


def _function(function: Callable[..., Any]) -> str:
    return f"{function.__name__}{_signature(function)}\n{_indented(inspect.getdoc(function) or '')}"


def _signature(function: Callable[..., Any]) -> str:
    """Write a signature without the module names that annotations carry."""
    found = inspect.signature(function)
    said = []
    for parameter in found.parameters.values():
        if (
            parameter.kind is parameter.KEYWORD_ONLY
            and "*" not in said
            and not any(one.startswith("*") for one in said)
        ):
            said.append("*")
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        said.append(f"{stars}{parameter.name}: {_type(parameter.annotation)}{default}")
    return f"({', '.join(said)}) -> {_type(found.return_annotation)}"


def _type(annotation: Any) -> str:
    from apportion.domain import arrays

    said = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    for name in ("Ints", "Floats", "Bools", "Text"):
        said = said.replace(inspect.formatannotation(getattr(arrays, name)), name)
    return re.sub(r"\b[a-z_.]+\.(?=[A-Z])", "", said)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES = {"cli.md": cli_page, "plugins.md": plugins_page, "errors.md": errors_page, "python.md": python_page}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
