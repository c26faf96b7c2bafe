"""Where do flags, files, clocks and plug-ins meet? One file a verb; the only place that prints, exits and catches errors."""


def main() -> None:
    """Run the command line."""
    from apportion.cli.app import run_app

    raise SystemExit(run_app())
