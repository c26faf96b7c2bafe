"""How does a file come to be whole or not at all?"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apportion.errors import BadInput, Failed


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it: readers see the old one or the new one, never a part."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Failed(f"cannot write here: {error.strerror}", str(path), "choose another place") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def check_free(path: Path, marker: str, option: str = "--out") -> None:
    """Refuse a place where something else is; `option` is where the path was given.

    Raises
    ------
    BadInput
        if there is a file, or a directory that has something in it and not the file `marker`.
    """
    if path.exists() and not (path / marker).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise BadInput(f"{path} exists and is not an earlier result", option, "choose another place, or empty it")


@contextmanager
def whole_directory(path: Path, marker: str, option: str = "--out") -> Iterator[Path]:
    """Fill a directory under another name, then rename it.

    An existing directory is replaced only if it holds the file `marker`: then it is an earlier result of the same kind.
    """
    check_free(path, marker, option)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise Failed(f"cannot write here: {error.strerror}", str(path), "choose another place") from None
    try:
        part.chmod(0o755)
        yield part
        old = part.with_name(part.name + ".old")
        if path.exists():
            path.replace(old)
        part.replace(path)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
