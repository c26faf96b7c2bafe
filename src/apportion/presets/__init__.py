"""What did the source articles compute, and what holds of it? One model a file, its data as a pool in `pools`.

Each file has `answer(**parameters) -> Answer`: what the model gives when it is solved as it stands, beside what the article
printed, and the warnings that belong to it. Data that an article leaves open is made up, and the answer says so.
"""

import importlib
import pkgutil
from types import ModuleType

from apportion.errors import NotFound, nearest

PREFIX = "article_"


def names() -> tuple[str, ...]:
    """Name every model, sorted."""
    found = sorted(part.name for part in pkgutil.iter_modules(__path__))
    return tuple(name.removeprefix(PREFIX) for name in found if name.startswith(PREFIX))


def model(name: str) -> ModuleType:
    """Load a model.

    Raises
    ------
    NotFound
        if there is none of this name.
    """
    if name not in names():
        raise NotFound(f'no model is called "{name}"', "NAME", nearest(name, names()))
    return importlib.import_module(f"{__name__}.{PREFIX}{name}")
