"""Where do flags, files, clocks and plug-ins meet? One file a verb; the only place that prints, exits and catches errors."""


def main() -> None:
    """Run the command line."""
    from apportion.cli.app import run_app

    _keep_output_to_ourselves()
    raise SystemExit(run_app())


def _keep_output_to_ourselves() -> None:
    """Send what compiled libraries print by themselves to the messages: output is for programs to read.

    HiGHS writes a line to file descriptor 1 where a solution has to be mended, which would end up amid JSON.
    """
    import os
    import sys

    if sys.stdout is None or sys.stderr is None:
        return
    sys.stdout.flush()
    sys.stdout = os.fdopen(os.dup(1), "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)
    os.dup2(2, 1)
