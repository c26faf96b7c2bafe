"""Does every engine do what the loop relies on?"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion import loop, registry
from apportion.domain.window import stream

pytestmark = pytest.mark.parametrize("name", registry.names("engine"))
WINDOW_S = 60
job = st.tuples(st.sampled_from("abc"), st.integers(0, 300), st.integers(0, 150), st.integers(1, 3), st.integers(1, 3))


def pool(directory, rows):
    (directory / "charter.toml").write_text(f'name = "t"\nwindow_s = {WINDOW_S}\n')
    (directory / "members.csv").write_text("id\na\nb\nc\n")
    (directory / "nodes.csv").write_text("id,owner,flavor,gpu\n1,a,f,4\n2,b,f,2\n")
    head = "id,member,submit_s,duration_s,workers,gpu\n"
    (directory / "jobs.csv").write_text(
        head + "".join(f"j{i},{','.join(map(str, row))}\n" for i, row in enumerate(rows))
    )
    return ap.read(directory)


def carried_out(name, read):
    """Every window with what the engine observed and read back, and what became of the jobs."""
    engine = registry.engine(name).open_engine(read)
    jobs, by, seen = stream(read), loop.charter_rule(read.charter), []
    for window in engine.windows():
        unfinished = engine.observe(window)
        now = jobs.live(window, unfinished)
        plan = loop.decide(now, by)
        seen.append((window, unfinished, engine.apply(now, plan, loop.planned_shares(now, plan))))
    return seen, engine.schedule()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(job, min_size=1, max_size=10))
def test_an_engine_keeps_its_word(name, rows, tmp_path_factory):
    read = pool(tmp_path_factory.mktemp("pool"), rows)
    seen, schedule = carried_out(name, read)
    jobs, fits = read.jobs, (read.jobs.gang <= read.capacity.sum(axis=0)).all(axis=1)
    windows = [window for window, *_ in seen]
    assert all(one.end_s == other.start_s for one, other in pairwise(windows))
    assert windows[0].start_s <= jobs.submit_s.min()
    assert (schedule.finished == fits).all()
    assert (schedule.start_s[fits] >= jobs.submit_s[fits]).all()
    assert (schedule.end_s - schedule.start_s)[fits].tolist() == jobs.duration_s[fits].tolist()
    for window, unfinished, usage in seen:
        open_then = (schedule.start_s >= window.start_s) | (schedule.end_s > window.start_s)
        known = fits & (jobs.submit_s <= window.start_s) & open_then
        assert sorted(unfinished.tolist()) == np.flatnonzero(known).tolist()
        assert (usage.used.sum(axis=0) <= read.capacity.sum(axis=0) * window.length_s).all()
    total = sum(usage.used.sum() for *_, usage in seen)
    assert total == (jobs.gang[fits, 0] * jobs.duration_s[fits]).sum()


def test_an_engine_does_the_same_again(name, tmp_path):
    read = pool(tmp_path, [("a", 0, 100, 1, 3), ("b", 10, 90, 2, 2), ("c", 10, 40, 1, 1), ("a", 70, 30, 1, 4)])
    first, second = carried_out(name, read)[1], carried_out(name, read)[1]
    assert first.start_s.tolist() == second.start_s.tolist()
