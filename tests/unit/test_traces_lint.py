"""Is everything that is odd in a trace told before it runs, once a kind, with where it is and what to do?"""

import json
import re

import pytest

from apportion.cli.app import run_app

GOOD = {
    "charter.toml": 'name = "a trace"\n',
    "members.csv": "id\na\nb\n",
    "nodes.csv": "id,owner,flavor,gpu\nn1,a,x,8\nn2,b,x,8\n",
    "jobs.csv": "id,member,submit_s,duration_s,workers,gpu\nj1,a,0,60,1,8\nj2,b,100,60,1,1\n",
}
JOBS = "id,member,submit_s,duration_s,workers,gpu\n"


@pytest.fixture
def linted(tmp_path, capsys):
    """Lint a pool with some files changed: exit code, and what was found, by a word of it."""

    def run(**changes):
        for name, content in (GOOD | {f"{name}.csv": text for name, text in changes.items()}).items():
            (tmp_path / name).write_text(content)
        code = run_app(["trace", "lint", str(tmp_path), "-o", "json"])
        said = json.loads(capsys.readouterr().out)
        for one in said["findings"]:
            assert one["what to do"], one
            assert one["where"], one
            assert one["count"] > 0, one
        assert code == (0 if said["replay"] else 2)
        return said["replay"], said["findings"]

    return run


def only(findings, word):
    """The one finding of this kind."""
    (found,) = [one for one in findings if re.search(word, one["what"])]
    return found


def test_nothing_is_odd_in_a_good_pool(linted):
    assert linted() == (True, [])


def test_jobs_larger_than_the_pool_a_node_and_their_member_are_told_apart(linted):
    rows = "j1,a,0,60,3,8\nj2,a,100,60,1,9\nj3,a,200,60,2,8\nj4,b,300,60,16,1\nj5,b,2000,60,1,1\n"
    possible, found = linted(jobs=JOBS + rows)
    assert possible
    assert only(found, "larger than all they may run on: 1")["where"] == "jobs.csv:2, column workers"
    node = only(found, "workers larger than any node: 1")
    assert node["where"] == "jobs.csv:3, column gpu"
    assert "the largest worker asks for 9 gpu, the largest node holds 8" in node["what to do"]
    assert only(found, "than what their member may count on")["count"] == 3


def test_a_node_list_that_contradicts_the_log_says_both_sides(linted):
    nodes = "id,owner,flavor,gpu\n" + "".join(f"n{i},{'ab'[i % 2]},x,2\n" for i in range(8))
    _, found = linted(nodes=nodes)
    said = only(found, "workers larger than any node")
    assert (said["where"], said["count"]) == ("jobs.csv:2, column gpu", 1)
    assert "asks for 8 gpu, the largest node holds 2; " in said["what to do"]
    assert "check the node list against the job log" in said["what to do"]


def test_a_column_is_called_what_the_file_calls_it(linted):
    nodes = "id,owner,flavor,gpu,memory_gib,res:fpga\nn1,a,x,8,64,1\nn2,b,x,8,64,1\n"
    rows = "id,member,submit_s,duration_s,workers,gpu,memory_gib,res:fpga\nj1,a,0,60,1,8,65,1\nj2,b,100,60,1,1,1,2\n"
    _, found = linted(nodes=nodes, jobs=rows)
    said = only(found, "workers larger than any node: 2")
    assert said["where"] == "jobs.csv:2, column memory_gib, res:fpga"
    assert "asks for 65 memory_gib, the largest node holds 64" in said["what to do"]


def test_jobs_of_no_length_are_told(linted):
    _, found = linted(jobs=JOBS + "j1,a,0,0,1,8\nj2,b,100,60,1,1\nj3,b,200,0,1,1\n")
    said = only(found, "take no time: 2")
    assert said["where"] == "jobs.csv:2, column duration_s"


@pytest.mark.parametrize(("alike", "told"), [(1_000, True), (999, False)])
def test_equal_times_by_the_thousand_are_told(linted, alike, told):
    rows = "".join(f"j{i},a,{7 if i < alike else 7 + i},1,1,1\n" for i in range(alike + 600))
    _, found = linted(jobs=JOBS + "first,a,0,1,1,1\n" + rows)
    crowds = [one for one in found if "by the thousand" in one["what"]]
    assert len(crowds) == told
    for one in crowds:
        assert "in one second (1,000 at 7 s): 1,000 (3, 4, 5, 6, 7 …)" in one["what"]
        assert one["where"] == "jobs.csv:3, column submit_s"


def test_a_clock_that_jumps_back_is_told_with_how_far(linted):
    _, found = linted(jobs=JOBS + "j1,a,5000,60,1,8\nj2,b,1400,60,1,1\nj3,b,9000,60,1,1\nj4,b,8000,60,1,1\n")
    said = only(found, "before the row above them: 2")
    assert said["where"] == "jobs.csv:3, column submit_s"
    assert "by up to 3,600 s" in said["what to do"]


def test_durations_that_are_all_whole_thousands_look_like_milliseconds(linted):
    rows = "".join(f"j{i},a,{100_000 * i},{(1 + i) * 1000},1,1\n" for i in range(20))
    _, found = linted(jobs=JOBS + rows)
    assert "divide duration_s by 1,000" in only(found, "whole thousands")["what to do"]
    _, found = linted(jobs=JOBS + rows + "last,a,9999999,1001,1,1\n")
    assert not [one for one in found if "whole thousands" in one["what"]]


def test_more_work_than_the_pool_can_do_is_told_with_the_load(linted):
    rows = "".join(f"j{i},a,{100 * i},133,1,16\n" for i in range(11))
    _, found = linted(jobs=JOBS + rows)
    assert only(found, "queues grow until the end")["what"].startswith("jobs ask for 146% of the gpu there is (16)")


def test_ids_like_floats_members_without_jobs_and_twins_are_told(linted):
    members = "id\na\nb\n6214e9\nidle\n"
    _, found = linted(members=members, jobs=JOBS + "j1,a,0,60,1,8\nj2,b,100,60,1,1\nj3,b,100,60,1,1\n")
    assert '"6214e9"' in only(found, "look like numbers")["what"]
    assert only(found, "ask for nothing")["count"] == 2
    assert only(found, "repeat another")["where"] == "jobs.csv:4, column id"


def test_what_makes_a_replay_impossible_is_counted_once_a_column(linted):
    rows = "".join(f"j{i // 2},a,{i if i % 3 else ''},-5,1,1\n" for i in range(3_000))
    possible, found = linted(jobs=JOBS + rows)
    assert not possible
    assert {one["kind"] for one in found} == {"stops"}
    at = {one["where"].split("column ")[1]: one for one in found}
    assert sorted(at) == ["duration_s", "id", "submit_s"]
    assert at["id"]["count"] == 1_500
    assert at["submit_s"]["count"] == 1_000
    assert at["duration_s"]["count"] == 3_000
    assert at["submit_s"]["where"] == "jobs.csv:2, column submit_s"


def test_a_pool_without_jobs_cannot_be_replayed(linted, tmp_path, capsys):
    assert linted(jobs=JOBS)[0]  # none that ran is a replay too
    (tmp_path / "jobs.csv").unlink()
    (tmp_path / "claims.csv").write_text("id,member,tasks,gpu\nc,a,1,1\n")
    assert run_app(["trace", "lint", str(tmp_path), "-o", "csv"]) == 2
    assert "this pool has no jobs" in capsys.readouterr().out


def test_a_table_says_whether_a_replay_is_possible(linted, tmp_path, capsys):
    linted()
    assert run_app(["trace", "lint", str(tmp_path)]) == 0
    assert "Nothing is odd." in capsys.readouterr().out
    (tmp_path / "jobs.csv").write_text(JOBS + "j1,a,-1,60,1,8\n")
    assert run_app(["trace", "lint", str(tmp_path)]) == 2
    assert "No replay is possible" in capsys.readouterr().out
