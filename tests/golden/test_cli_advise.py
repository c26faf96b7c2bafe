"""Does `advise` say what to do, and write a charter that does it?"""

import json

import planted
from apportion.sources import directory
from apportion.sources._charter import read_charter
from apportion.sources._findings import Findings


def test_advice_is_told_and_its_charter_can_be_tried(tmp_path, run):
    planted.by_turns(tmp_path / "pool")
    before = (tmp_path / "pool" / "charter.toml").read_bytes()
    code, out, err = run("advise", tmp_path / "pool")
    assert code == 0
    assert "✓ Change to one pool" in out
    assert "apportion trial" in err
    assert (tmp_path / "pool" / "charter.toml").read_bytes() == before
    text = (tmp_path / "advised.toml").read_text("utf-8")
    assert text.startswith("# Advised by `apportion advise`.\n# Change to one pool")
    assert max(map(len, text.splitlines())) <= 112
    charter = read_charter(tmp_path / "advised.toml", Findings())
    assert charter.queue.pooled
    assert charter.entitlements == directory.read(tmp_path / "pool").charter.entitlements
    code, out, _ = run("trial", tmp_path / "pool", "--charter", "advised.toml")
    assert code == 0
    assert "The difference is real" in out


def test_the_same_pool_gives_the_same_bytes(tmp_path, run):
    planted.flooded(tmp_path / "pool")
    told = [run("advise", tmp_path / "pool", "-o", "json") for _ in range(2)]
    assert told[0] == told[1]
    said = json.loads(told[0][1])
    assert said["loses"] == ["big"]
    assert [row["role"] for row in said["charters"]] == ["now", "advised", "other", "other"]


def test_what_somebody_wrote_is_not_written_over(tmp_path, run):
    planted.quiet(tmp_path / "pool")
    (tmp_path / "mine.toml").write_text("name = 'mine'\n", "utf-8")
    code, _, err = run("advise", tmp_path / "pool", "--out", "mine.toml")
    assert code == 2
    assert "mine.toml exists, and no advice wrote it" in err
    assert (tmp_path / "mine.toml").read_text("utf-8") == "name = 'mine'\n"
    assert run("advise", tmp_path / "pool", "--out", "new.toml")[0] == 0
    assert run("advise", tmp_path / "pool", "--out", "new.toml")[0] == 0
    assert run("advise", tmp_path / "none")[0] == 3


def test_a_gain_of_most_for_which_one_would_pay_is_named_and_not_advised(tmp_path, run):
    run("init", tmp_path / "pool")
    run("trace", "synthesize", tmp_path / "pool", "--jobs", "3000", "--span-s", "5000000", "--out", tmp_path / "month")
    code, out, _ = run("advise", tmp_path / "month", "--separate")
    assert code == 0
    assert "Do not pool, unless all agree" in out
    assert "startup would be worse off than alone" in " ".join(out.split())
    said = json.loads(run("advise", tmp_path / "month", "--separate", "-o", "json")[1])
    assert (said["kind"], said["reason"]) == ("keep", "harm")
    assert said["best"]["gain"] > 0.02
    assert said["best"]["worse_than_alone"] == ["startup"]
    assert said["best"]["mean"] < said["charters"][0]["mean"]


def test_it_answers_in_chinese(tmp_path, run):
    planted.full_queues(tmp_path / "pool")
    code, out, _ = run("advise", tmp_path / "pool", "--lang", "zh")
    assert code == 0
    assert "不要合池" in out


def test_a_run_says_what_to_do_first(tmp_path, run):
    planted.by_turns(tmp_path / "pool")
    assert run("run", tmp_path / "pool", "--out", "run", "--no-sizing")[0] == 2  # members do not share: nothing to run
    charter = (tmp_path / "pool" / "charter.toml").read_text("utf-8").replace("pooled = false", "pooled = true")
    (tmp_path / "pool" / "charter.toml").write_text(charter, "utf-8")
    code, out, _ = run("run", tmp_path / "pool", "--out", "run", "--no-sizing")
    assert code == 0
    assert "Keep what you have." in out
    assert run("report", "run", "--out", "report.html")[0] == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert (
        page.index("Keep what you have.")
        < page.index("What other charters would do")
        < page.index("The pool and its owners")
    )
