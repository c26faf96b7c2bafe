"""What does compute buy, who holds it, and how concentrated is that? One verb a file."""

import importlib
import pkgutil

import typer

HELP = """Say what compute buys (AI power, 算力权力), who holds it, and how concentrated it is."""


def register(app: typer.Typer) -> None:
    """Add the verbs: every file of this folder brings one."""
    group = typer.Typer(help=HELP, rich_markup_mode=None)
    names = sorted(part.name for part in pkgutil.iter_modules(__path__))
    for name in names:
        importlib.import_module(f"{__name__}.{name}").register(group)
    if names:
        app.add_typer(group, name="capability")
