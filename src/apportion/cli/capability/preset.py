"""Solve a model of the source articles, and say what holds of it."""

import inspect
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, Set
from apportion.cli.output import emit


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="preset")(preset)


def preset(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A model: 000 to 004; by default all are listed.")
    ] = None,
    parameters: Set = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the model's data as a pool directory.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Solve a model of the source articles.

    What it gives as it stands, and the warnings that belong to it.
    """
    from apportion import presets
    from apportion.cli import reading
    from apportion.registry import checked

    if name is None:
        models = [{"model": one, "question": _question(presets.model(one))} for one in presets.names()]
        emit(
            output,
            lambda: models,
            models,
            "Models of the source articles",
            "Solve one with: apportion capability preset 000",
        )
        return
    module = presets.model(name)
    answer = module.answer(**checked("preset", name, module.answer, reading.parameters(parameters)))
    if out is not None:
        _copy(name, out)
    whole = {"title": answer.title, "rows": answer.rows, "found": answer.found, "warnings": answer.warnings}
    said = "\n".join([*answer.found, *map(_warning, answer.warnings)])
    emit(output, lambda: _plain(whole), answer.rows, answer.title, said)


def _question(module: ModuleType) -> str:
    return (inspect.getdoc(module) or "").splitlines()[0]


def _warning(text: str) -> str:
    return f"! {text}."


def _plain(whole: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in whole.items()}


def _copy(name: str, out: Path) -> None:
    """Write the model's pool, whole files at a time, where none of them is yet."""
    from apportion.errors import BadInput
    from apportion.ledger.files import write_whole
    from apportion.presets.answer import POOLS

    files = sorted((POOLS / name).iterdir()) if (POOLS / name).is_dir() else []
    if not files:
        raise BadInput(f"model {name} is no division of a pool", "--out", "leave it out")
    taken = [file.name for file in files if (out / file.name).exists()]
    if out.is_file() or taken:
        raise BadInput(f"{out} holds {', '.join(taken) or 'a file'} already", "--out", "choose another directory")
    for file in files:
        write_whole(out / file.name, file.read_bytes())
    typer.echo(f"{out}: {', '.join(file.name for file in files)}; divide it with: apportion plan {out}", err=True)
