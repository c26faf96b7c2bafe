"""How a stream becomes claims, against counting by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion.domain.situation import Window
from apportion.domain.window import busiest, stream
from apportion.errors import BadInput

HEAD = "id,member,submit_s,duration_s,workers,gpu,priority\n"


def pool(directory, rows, window_s=100):
    directory.mkdir(exist_ok=True)
    (directory / "charter.toml").write_text(f'name = "t"\nwindow_s = {window_s}\n')
    (directory / "members.csv").write_text("id\na\nb\n")
    (directory / "nodes.csv").write_text("id,owner,flavor,gpu\n1,a,f,8\n2,b,f,8\n")
    (directory / "jobs.csv").write_text(HEAD + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return ap.read(directory)


def test_claims_are_gangs_counted_by_class(tmp_path):
    read = pool(
        tmp_path,
        [
            ("x", "a", 0, 100, 2, 4, 0),
            ("y", "a", 50, 100, 2, 4, 0),
            ("z", "a", 0, 10, 1, 8, 0),
            ("w", "b", 0, 100, 2, 4, 0),
        ],
    )
    claims = stream(read).offered(Window(0, 100)).claims
    assert claims.id.tolist() == ["a/1 x 8 gpu", "a/2 x 4 gpu", "b/2 x 4 gpu"]
    assert claims.tasks_micro.tolist() == [100_000, 1_500_000, 1_000_000]
    assert claims.bundle[:, 0].tolist() == [8000, 8000, 8000]


def test_priority_makes_another_class(tmp_path):
    read = pool(tmp_path, [("x", "a", 0, 100, 1, 1, 0), ("y", "a", 0, 100, 1, 1, 5)])
    ids = stream(read).classes.id.tolist()
    assert len(ids) == 2
    assert "a/1 x 1 gpu" in ids


def test_live_counts_what_is_submitted_and_not_finished(tmp_path):
    read = pool(tmp_path, [("x", "a", 0, 100, 1, 1, 0), ("y", "a", 0, 100, 1, 1, 0), ("z", "b", 0, 5, 1, 2, 0)])
    now = stream(read).live(Window(0, 100), np.array([0, 2]))
    assert dict(zip(now.claims.id, now.claims.tasks_micro.tolist(), strict=True)) == {
        "a/1 x 1 gpu": 1_000_000,
        "b/1 x 2 gpu": 1_000_000,
    }


jobs = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 400), st.integers(1, 4)), min_size=1, max_size=12)


@settings(deadline=None, max_examples=50)
@given(jobs)
def test_the_busiest_window_is_the_one_found_by_looking_at_all(tmp_path_factory, rows):
    read = pool(
        tmp_path_factory.mktemp("pool"),
        [(f"j{i}", "a", s, d, 1, g, 0) for i, (s, d, g) in enumerate(rows)],
        window_s=70,
    )
    first = min(s for s, _, _ in rows)

    def load(start):
        return sum(g * max(min(s + d, start + 70) - max(s, start), 0) for s, d, g in rows)

    starts = range(first, max(s + d for s, d, _ in rows) + 1, 70)
    assert busiest(read, read.jobs).start_s == max(starts, key=lambda start: (load(start), -start))


def test_a_pool_without_jobs_has_no_stream(tmp_path):
    read = pool(tmp_path, [])
    (tmp_path / "jobs.csv").unlink()
    (tmp_path / "claims.csv").write_text("id,member,tasks,gpu\nc,a,1,1\n")
    with pytest.raises(BadInput, match="no jobs"):
        stream(ap.read(tmp_path))
    assert len(stream(read).offered(Window(0, 100)).claims) == 0
