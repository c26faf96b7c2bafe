"""Is everything that exists written about, and does everything written about exist?"""

import contextlib
import io
import json
import re
import tomllib

import pytest

from apportion import errors, registry
from apportion.cli.app import run_app
from apportion.sources._charter import GUARDRAILS, KEYS
from apportion.sources._known import KNOWN, PREFIXES
from docs.pages import ROOT, blocks, commands, pages

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
THIS_MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users)/")
FILES = (ROOT / "docs/reference/files.md").read_text("utf-8")


def links(page):
    """The files of this project that a page links to."""
    said = re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)
    targets = [target for target in LINK.findall(said) if not re.match(r"[a-z]+:", target)]
    return [((ROOT / page).parent / target).resolve() for target in targets]


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page):
    missing = [str(target) for target in links(page) if not target.exists()]
    assert not missing


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        ahead += links(page.relative_to(ROOT))
    assert {str(page.relative_to(ROOT)) for page in reached} >= set(pages())


@pytest.mark.parametrize("page", pages())
def test_no_page_names_a_path_of_this_machine(page):
    assert not THIS_MACHINE.search((ROOT / page).read_text("utf-8"))


@pytest.mark.parametrize("kind", sorted(registry.FOLDERS))
def test_every_plug_in_has_its_row(kind):
    page = (ROOT / "docs/reference/plugins.md").read_text("utf-8")
    own = [name for name in registry.names(kind) if getattr(registry, kind)(name).__name__.startswith("apportion.")]
    assert own
    for name in own:
        assert f"\n| `{name}` |" in page
        assert f"\n### {name}\n" in page


def test_every_error_has_its_row():
    page = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    for kind in errors.ApportionError.__subclasses__():
        assert f"| `{kind.__name__}` | {kind.exit_code} |" in page


def test_the_two_readmes_show_the_same_commands_and_outputs():
    english, chinese = ([block for block in blocks(page) if block.language in {"console", "python"}]
                        for page in ("README.md", "README.zh.md"))  # fmt: skip
    assert [block.body for block in english] == [block.body for block in chinese]
    assert sum(len(commands(block)) for block in english if block.language == "console") >= 5
    for page, other in (("README.md", "README.zh.md"), ("README.zh.md", "README.md")):
        assert (ROOT / other).resolve() in links(page)


def test_the_layers_are_those_that_are_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    drawn = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## The import rule", 1)[1].split("```")[1]
    assert " ".join(drawn.removeprefix("text").split()) == " > ".join(layers)


@pytest.mark.parametrize("table", sorted(KNOWN))
def test_every_column_is_described(table):
    section = FILES.split(f"## {table}.csv", 1)[1].split("\n## ", 1)[0]
    for column in (*KNOWN[table], *PREFIXES[table]):
        assert re.search(rf"`{re.escape(column)}(?:`|…`|<)", section), column


def test_every_key_of_a_charter_is_described():
    section = FILES.split("## charter.toml", 1)[1].split("\n## ", 1)[0]
    for key in (*KEYS, *GUARDRAILS):
        assert f"`{key}" in section, key


def keys(value):
    """All keys of a JSON value, at any depth; a witness has keys of its own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner) if key != "witness" else ()
    elif isinstance(value, list):
        for inner in value[:1]:
            yield from keys(inner)


TABLE = "capability measure POOL/nodes.csv --by id --value gpu --low gpu --high gpu --other bio-1 --group owner -o json"


@pytest.mark.parametrize(
    ("heading", "command"),
    [
        ("## PLAN.json", "plan POOL -o json"),
        ("## assess -o json", "assess POOL -o json"),
        ("## prove -o json", "prove POOL PLAN.json -o json"),
        ("## simulate -o json", "simulate POOL -o json"),
        ("## capability measure -o json", "capability measure POOL --plan PLAN.json -o json"),
        ("## capability measure -o json", TABLE),
        ("## capability groups -o json", "capability groups POOL --outcome rate --by region -o json"),
        ("## capability access -o json", "capability access POOL --peak gpu-node=a100 --by size -o json"),
    ],
)
def test_every_key_of_an_output_is_described(heading, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quietly("init POOL")
    quietly("plan POOL --out PLAN.json")
    section = FILES.split(f"\n{heading}", 1)[1].split("\n## ", 1)[0]
    of_this_pool = {"cpu_milli", "memory_milli_gib", "gpu_milli", "gpu-node", *registry.names("discipline")}
    of_this_pool |= {"size", "15 to 40", "> 40", "≤ 15"}  # a column of groups and its bands
    for key in set(keys(json.loads(quietly(command)))) - of_this_pool:
        described = key.partition(".")[0]  # what follows a point names a discipline or a kind of grams
        assert re.search(rf"\b{described}\b", section), key


def test_every_part_of_a_run_is_described(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quietly("init POOL")
    quietly("run POOL --out run")
    section = FILES.split("\n## A run directory", 1)[1]
    for file in (tmp_path / "run").iterdir():
        assert f"`{file.name}`" in section, file.name
    for key in json.loads((tmp_path / "run" / "run.json").read_text("utf-8")):
        assert f"`{key}`" in section, key


def quietly(line):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        assert run_app(line.split()) == 0
    return said.getvalue()
