"""What does `apportion statement` print, write and refuse?"""

import csv
import io
import json

import pytest
import yaml

from apportion.cli.app import run_app

NODES = """id,owner,flavor,cpu,memory_gib,gpu,gpu_memory_gib,idle_watts,max_watts,price_per_hour
bio-1,biology,gpu-node,64,512,8,80,800,5600,16
phy-1,physics,gpu-node,64,512,8,80,800,5600,16
phy-2,physics,gpu-node,64,512,8,80,800,5600,16
sta-1,startup,gpu-node,32,256,4,80,400,2800,8
"""


@pytest.fixture
def pool(tmp_path, capsys):
    assert run_app(["init", str(tmp_path / "pool")]) == 0
    (tmp_path / "pool/nodes.csv").write_text(NODES)
    capsys.readouterr()
    return tmp_path / "pool"


@pytest.fixture
def said(pool, capsys):
    def call(*options):
        code = run_app(["-q", "statement", str(pool), "--discipline", "skip_fifo", *options])
        return code, *capsys.readouterr()

    return call


def test_every_format_tells_the_same(said):
    """28 GPUs for three and a half hours at 2 an hour each are 196."""
    code, out, _ = said("-o", "json")
    whole = json.loads(out)
    assert code == 0
    assert sum(line["owed_micro"] for line in whole["lines"]) == whole["pool"][0]["owed_micro"] == 196_000_000
    assert yaml.safe_load(said("-o", "yaml")[1]) == whole
    rows = list(csv.DictReader(io.StringIO(said("-o", "csv")[1])))
    assert [row["member"] for row in rows] == ["biology", "physics", "startup", ""]
    assert [int(row["owed_micro"]) for row in rows] == [line["owed_micro"] for line in whole["lines"]]


def test_the_table_names_the_sum_and_leaves_out_nobody(said):
    _, out, _ = said()
    assert "all members and months together 196.00" in out
    assert "(nobody)" not in out
    assert "used" not in out


def test_statements_appear_whole(said, tmp_path):
    out = tmp_path / "bills"
    for _ in range(2):
        assert said("--zero", "2017-10-31T22:00", "--month", "2017-10", "--out", str(out))[0] == 0
    names = [f"{name}.{ending}" for name in ("biology", "physics", "startup") for ending in ("csv", "md")]
    assert sorted(path.name for path in out.iterdir()) == [*names, "statements.json"]
    assert "In all it owes **6.06**" in (out / "startup.md").read_text()
    kept = json.loads((out / "statements.json").read_text())
    assert {line["month"] for line in kept["lines"]} == {"2017-10"}
    (out / "statements.json").unlink()
    code, _, err = said("--out", str(out))
    assert (code, "not an earlier result" in err) == (2, True)


def test_a_member_with_any_name_gets_its_files(pool, said, tmp_path):
    for name in ("members.csv", "nodes.csv", "jobs.csv", "claims.csv"):
        text = (pool / name).read_text().replace("startup", "../=Start|up <b>")
        (pool / name).write_text(text)
    assert said("--member", "../=Start|up <b>", "--out", str(tmp_path / "bills"))[0] == 0
    page = next((tmp_path / "bills").glob("start-up-b-*.md")).read_text()
    assert page.startswith("# Statement of ../=Start\\|up \\<b\\>\n")
    rows = next((tmp_path / "bills").glob("*.csv")).read_text()
    assert "../=Start|up <b>" in rows


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--zero", "soon"], 2, '--zero: "soon" is not a moment'),
        (["--month", "2017-10"], 3, "no job ran in month"),
        (["--member", "phisics"], 3, 'did you mean "physics"?'),
        (["--discipline", "srtf"], 2, "stops jobs"),
        (["--discipline", "nothing"], 3, "no discipline is called"),
        (["--carbon-start", "3"], 2, "--carbon-start"),
        (["--percent", "0"], 2, "percent"),
        (["--set", "window_s"], 2, "key=value"),
    ],
)
def test_what_cannot_be_meant_is_refused(said, options, code, words):
    found, out, err = said(*options)
    assert (found, out) == (code, "")
    assert words in err


def test_a_pool_without_jobs_is_refused(pool, said):
    (pool / "jobs.csv").unlink()
    code, _, err = said()
    assert (code, "this pool has no jobs" in err) == (2, True)


def test_jobs_that_fit_no_node_are_no_statement(pool, said):
    (pool / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\nj,physics,0,60,99\n")
    code, _, err = said()
    assert (code, "no job ran" in err) == (2, True)


def test_without_prices_it_says_what_is_missing(pool, said):
    (pool / "nodes.csv").write_text(NODES.replace(",2800,8", ",2800,"))
    _, out, _ = said()
    assert "1 of 4 nodes have no price" in out
    assert "owes" not in out
