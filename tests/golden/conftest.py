"""How is the command line called in a test? In an empty folder, in this process, at a width of 120 columns."""

import pytest

from apportion.cli.app import run_app
from apportion.cli.options import settings


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Give exit code, output (a no-break space reads as a space) and messages of one call."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def go(*arguments):
        settings.quiet = False
        code = run_app([*map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out.replace("\u00a0", " "), said.err

    return go
