"""Does `trial` say whether a difference is real?"""

import json

TABLES = {
    "charter.toml": '[queue]\ndiscipline = "strict_fifo"\n',
    "members.csv": "id\na\nb\n",
    "nodes.csv": "id,owner,flavor,gpu\nn1,a,x,6\nn2,b,x,6\n",
}
DAY_S = 86_400


def pool_of(where, days):
    """Every day a large job of one member stands before a small one of the other, for a while."""
    where.mkdir()
    jobs = [
        f"{kind}{d},{member},{d * DAY_S + at},{long},{gpu}"
        for d in range(days)
        for kind, member, at, long, gpu in (("l", "a", 0, 3600, 8), ("m", "a", 1, 3600 + d, 8), ("s", "b", 2, 60, 2))
    ]
    for name, text in (TABLES | {"jobs.csv": "\n".join(["id,member,submit_s,duration_s,gpu", *jobs]) + "\n"}).items():
        (where / name).write_text(text, "utf-8")


def test_a_real_difference_is_named_with_those_whom_it_helps(tmp_path, run):
    pool_of(tmp_path / "pool", 40)
    other = tmp_path / "passing by.toml"
    other.write_text('[queue]\ndiscipline = "skip_fifo"\n', "utf-8")
    code, out, _ = run("trial", tmp_path / "pool", "--charter", other)
    assert code == 0
    assert 'The difference is real: jobs end 24.9 % sooner under "passing by" (' in " ".join(out.split())
    assert "Sooner for b; no difference is shown for 1 of 2 members." in " ".join(out.split())
    code, out, _ = run("trial", tmp_path / "pool", "--charter", other, "-o", "json")
    told = json.loads(out)
    assert told["charters"] == ["A shared pool", "passing by"]
    assert told["all"]["second_interval_s"][1] < told["all"]["first_interval_s"][0]
    assert [row["verdict"] for row in told["members"]] == ["not shown", "sooner"]


def test_a_short_trace_says_nothing(tmp_path, run):
    pool_of(tmp_path / "pool", 2)
    other = tmp_path / "other.toml"
    other.write_text('[queue]\ndiscipline = "skip_fifo"\n', "utf-8")
    code, out, _ = run("trial", tmp_path / "pool", "--charter", other, "--block-s", "86400")
    assert code == 0
    assert "Nothing can be said: the jobs fall into 2 blocks of 86,400 s, and ten are needed." in out


def test_wrong_use_is_told(tmp_path, run):
    pool_of(tmp_path / "pool", 2)
    code, _, err = run("trial", tmp_path / "pool")
    assert code == 2
    assert "0 charters are given" in err
    assert run("trial", tmp_path / "pool", "--charter", tmp_path / "none.toml")[0] == 3
    (tmp_path / "odd.toml").write_text('[queue]\ndiscipline = "skip"\n', "utf-8")
    code, _, err = run("trial", tmp_path / "pool", "--charter", tmp_path / "odd.toml")
    assert code == 2
    assert 'no discipline is called "skip"' in err
