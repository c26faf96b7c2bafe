"""Does every page do what it shows? Its commands and examples run in order, in an empty directory beside the examples.

Commands that begin with ``apportion`` run in this process, because starting a new one for each would take a minute; the rest
runs in a shell.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from apportion.cli.app import run_app
from docs.pages import ROOT, blocks, commands, pages, pattern

TOLD = re.compile(r"README\.md$|docs/(tutorial|how-to|explanation)/|examples/")
TRIED = [page for page in pages() if TOLD.match(page)]
OWN = ("docs/how-to/add-a-plug-in.md", "docs/how-to/write-a-policy.md")  # pages that make a package of plug-ins


class Reader:
    """Follows a page word by word."""

    def __init__(self, place):
        self.place = place
        self.exit_code = 0
        self.names = {}
        (place / "examples").symlink_to(ROOT / "examples")

    def follow(self, page):
        for block in blocks(page):
            if block.comment.startswith("not run: "):
                continue
            if block.comment.startswith("file: "):
                self.write(self.place / block.comment.removeprefix("file: "), block.body)
            elif block.language == "console":
                for command in commands(block):
                    self.try_out(command)
            elif block.language == "python":
                self.check_examples(page, block)

    def write(self, path, body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, "utf-8")

    def try_out(self, command):
        said = self.said_by(command.line).replace("\u00a0", " ")  # a no-break space reads as a space
        lines = [line.rstrip() for line in said.rstrip().split("\n")]
        printed = "\n".join(lines).strip("\n") + "\n" if any(lines) else ""
        assert not self.exit_code or "apportion: " in command.shown, f"$ {command.line}\nfails:\n{printed}"
        assert re.fullmatch(pattern(command.shown), printed), (
            f"$ {command.line}\nthe page shows:\n{command.shown}\nit prints:\n{printed}"
        )

    def said_by(self, line):
        words = shlex.split(line)
        if words[0] != "apportion" or set(words) & {"|", ">", "&&", ";"}:
            return self.in_a_shell(line)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", words)
            self.exit_code = run_app(words[1:])
        return said.getvalue()

    def in_a_shell(self, line):
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.exit_code}); {line}"],
            cwd=self.place,
            env={**os.environ, "PATH": path},
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.exit_code = done.returncode
        return done.stdout

    def check_examples(self, page, block):
        if ">>>" not in block.body:
            return
        said = io.StringIO()
        example = doctest.DocTestParser().get_doctest(block.body, self.names, page, page, 0)
        result = doctest.DocTestRunner().run(example, out=said.write, clear_globs=False)
        self.names.update(example.globs)
        assert not result.failed, said.getvalue()


@pytest.fixture
def reader(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return Reader(tmp_path)


@pytest.mark.parametrize("page", [page for page in TRIED if page not in OWN])
def test_a_page_prints_what_it_shows(page, reader):
    reader.follow(page)


@pytest.mark.parametrize("page", OWN)
def test_plug_ins_in_a_package_of_their_own(page, reader, monkeypatch):
    """The page installs the package with pip; here its entry points are laid out as pip would, which needs no network."""
    (project,) = [block for block in blocks(page) if block.comment.endswith("/pyproject.toml")]
    named = tomllib.loads(project.body)["project"]
    package = reader.place / Path(project.comment.removeprefix("file: ")).parent
    about = package / f"{named['name'].replace('-', '_')}-{named['version']}.dist-info"
    groups = named["entry-points"].items()
    points = "".join(f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in groups)
    reader.write(about / "entry_points.txt", points)
    reader.write(about / "METADATA", f"Metadata-Version: 2.1\nName: {named['name']}\nVersion: {named['version']}\n")
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.setattr(reader, "said_by", reader.in_a_shell)  # a new process finds the new package
    reader.follow(page)


def test_blocks_that_are_not_run_say_why():
    for page in pages():
        for block in blocks(page):
            if block.comment.startswith("not run"):
                assert re.fullmatch(r"not run: .{10,}", block.comment), page
