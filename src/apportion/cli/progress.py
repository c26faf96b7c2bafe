"""How far is it? A bar on stderr, only on a terminal and only if nobody asked for quiet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apportion.cli.options import settings
from apportion.domain.pool import Pool


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs; call what it gives with how much is done, of `total` if that is known."""
    if settings.quiet or not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def clock_bar(what: str, pool: Pool) -> Iterator[Callable[[int], None]]:
    """Show a bar over the span of a pool's submissions; call what it gives with the clock in seconds."""
    first = last = 0
    if pool.jobs is not None and len(pool.jobs):
        first, last = int(pool.jobs.submit_s.min()), int(pool.jobs.submit_s.max())
    with bar(what, max(last - first, 1)) as advance:
        yield lambda now: advance(now - first)
