"""Does every verb of `apportion trace` write a pool that can be simulated, and refuse what cannot be meant?"""

import gzip

import pytest

from apportion.cli.app import run_app

DAY = 86_400
VERBS = {
    "cut": ["--window", f"{DAY}..{3 * DAY}"],
    "scale": ["--factor", "1.5"],
    "scale --durations": ["--factor", "0.5"],
    "scale --copies": ["--factor", "0.5", "--seed", "x"],
    "resample": ["--seed", "x"],
    "resample --each-member": ["--block-s", str(DAY // 2)],
    "synthesize": ["--jobs", "200", "--seed", "x"],
}


@pytest.fixture
def pool(tmp_path):
    where = tmp_path / "pool"
    assert run_app(["-q", "init", str(where)]) == 0
    rows = "".join(
        f"j{i},{['biology', 'physics', 'startup'][i % 3]},{1500 * i},{60 * (1 + i % 90)},1,2,4,{1 + i % 4}\n"
        for i in range(300)
    )
    (where / "jobs.csv").write_text("id,member,submit_s,duration_s,workers,cpu,memory_gib,gpu\n" + rows)
    return where


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_written_can_be_simulated_and_is_the_same_each_time(verb, pool, tmp_path, capsys):
    written = []
    for name in ("first", "second"):
        out = tmp_path / name
        assert run_app(["-q", "trace", *verb.split(), str(pool), *VERBS[verb], "--out", str(out)]) == 0
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert written[0] == written[1]
    assert run_app(["-q", "simulate", str(tmp_path / "first"), "--discipline", "strict_fifo"]) == 0
    capsys.readouterr()
    assert run_app(["trace", "lint", str(tmp_path / "first")]) == 0
    assert "No replay is possible" not in capsys.readouterr().out


def test_a_pool_that_is_there_is_not_written_over(pool, capsys):
    before = {path.name: path.read_bytes() for path in pool.iterdir()}
    assert run_app(["trace", "scale", str(pool), "--factor", "2", "--out", str(pool)]) == 2
    assert "there is something already" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in pool.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cut", "--window", "9..3"], "is not a window"),
        (["cut", "--window", "999999999..9999999990"], "no job was submitted"),
        (["scale", "--factor", "2", "--durations", "--copies"], "one way at a time"),
        (["scale", "--factor", "0"], "cannot be scaled"),
        (["resample", "--block-s", "0"], "hold nothing"),
        (["synthesize", "--jobs", "-5"], "--jobs"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_mend(words, said, pool, tmp_path, capsys):
    verb, *options = words
    assert run_app(["trace", verb, str(pool), *options, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "→" in error
    assert not (tmp_path / "out").exists()


def test_a_large_trace_is_written_compressed(pool, tmp_path):
    out = tmp_path / "large"
    assert run_app(["-q", "trace", "synthesize", str(pool), "--jobs", "20000", "--out", str(out)]) == 0
    assert gzip.decompress((out / "jobs.csv.gz").read_bytes()).count(b"\n") == 20_001
