"""The loop: what it knows, what it refuses, and that the parts agree."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion import loop, replays
from apportion.domain.charter import Charter
from apportion.domain.trace import PLACEMENTS
from apportion.domain.window import stream
from apportion.engines import simulated
from apportion.errors import BadInput, NotFound, Refused
from apportion.simulation.disciplines import entitled
from apportion.simulation.replay import replay

HEAD = "id,member,submit_s,duration_s,workers,gpu\n"
NODES = "id,owner,flavor,gpu\n1,a,f,4\n2,b,f,4\n3,c,f,2\n"


def pool(directory, rows, policy="max_min", extra=""):
    directory.mkdir(exist_ok=True)
    (directory / "charter.toml").write_text(f'name = "t"\nwindow_s = 60\n[policy]\nname = "{policy}"\n{extra}')
    (directory / "members.csv").write_text("id\na\nb\nc\n")
    (directory / "nodes.csv").write_text(NODES)
    (directory / "jobs.csv").write_text(HEAD + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return ap.read(directory)


job = st.tuples(st.sampled_from("abc"), st.integers(0, 400), st.integers(0, 200), st.integers(1, 3), st.integers(1, 3))


def table(rows):
    return [(f"j{i}", m, s, d, w, g) for i, (m, s, d, w, g) in enumerate(rows)]


def plans(read):
    by = loop.charter_rule(read.charter)
    rounds = loop.rounds(stream(read), by, simulated.open_engine(read))
    return {one.window.start_s: one.plan.digest(one.situation) for one in rounds if len(one.situation.claims)}


@settings(deadline=None, max_examples=25)
@given(st.lists(job, min_size=2, max_size=12), st.data())
def test_a_job_submitted_later_changes_no_earlier_plan(tmp_path_factory, rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    member, submit, *_ = rows[at]
    changed = [*rows]
    changed[at] = (member, submit, *data.draw(st.tuples(st.integers(0, 200), st.integers(1, 3), st.integers(1, 3))))
    if submit == min(s for _, s, *_ in rows):
        return
    before = plans(pool(tmp_path_factory.mktemp("p"), table(rows)))
    after = plans(pool(tmp_path_factory.mktemp("p"), table(changed)))
    earlier = [start for start in before if start < submit]
    assert {start: before[start] for start in earlier} == {start: after[start] for start in after if start < submit}


@settings(deadline=None, max_examples=25)
@given(st.lists(job, min_size=1, max_size=12))
def test_usage_read_back_is_the_work_that_was_done(tmp_path_factory, rows):
    read = pool(tmp_path_factory.mktemp("p"), table(rows))
    engine = simulated.open_engine(read)
    used = sum(
        (one.usage.used for one in loop.rounds(stream(read), loop.charter_rule(read.charter), engine)),
        start=np.zeros((3, 1)),
    )
    ran = engine.schedule().finished
    work = np.zeros(3)
    np.add.at(work, read.jobs.member[ran], (read.jobs.gang[:, 0] * read.jobs.duration_s)[ran])
    assert used[:, 0].tolist() == work.tolist()


def test_simulate_and_the_loop_give_the_same_schedule(tmp_path):
    rows = table(
        [("a", 0, 100, 1, 4), ("b", 0, 100, 2, 3), ("c", 10, 50, 1, 8), ("a", 20, 300, 1, 2), ("b", 30, 70, 1, 4)]
    )
    read = pool(tmp_path, rows)
    engine = simulated.open_engine(read)
    list(loop.rounds(stream(read), loop.charter_rule(read.charter), engine))
    replay = replays.simulate(read, "entitled")
    assert replay.pooled.start_s.tolist() == engine.schedule().start_s.tolist()


class Stepped:
    """A queue under a clock that goes from second to second, as a real one would."""

    def __init__(self, queue):
        self.queue, self.followed = queue, []

    def follow(self, shares):
        self.followed.append((self.queue.now_s, shares))
        self.queue.follow(shares)

    def advance(self, until_s):
        for second in range(self.queue.now_s, until_s):
            self.queue.advance(second + 1)

    def __getattr__(self, name):
        return getattr(self.queue, name)


@pytest.mark.parametrize("placement", PLACEMENTS)
@settings(deadline=None, max_examples=8)
@given(rows=st.lists(job, min_size=1, max_size=12))
def test_the_loop_on_a_stepped_clock_starts_the_same_jobs_on_the_same_nodes(tmp_path_factory, placement, rows):
    """The loop steps second by second; the simulator, given the same shares, goes from window to window at once."""
    read = pool(tmp_path_factory.mktemp("p"), table(rows))
    trace = replays.arriving(read, placement)
    engine = simulated.Simulated(read, trace)
    engine.queue = Stepped(engine.queue)
    list(loop.rounds(stream(read), loop.charter_rule(read.charter), engine))
    alone = entitled.open_queue(trace, window_s=read.charter.window_s)
    for at_s, shares in engine.queue.followed:
        alone.advance(at_s)
        alone.follow(shares)
    stepped = engine.queue.queue
    assert stepped.schedule().finished.tolist() == trace.possible.tolist()
    for ours, theirs in ((replay(stepped), replay(alone)), (stepped.held(), alone.held())):  # (books the last ends)
        assert all(np.array_equal(getattr(ours, column), getattr(theirs, column)) for column in vars(theirs))


def test_two_policies_give_two_replays(tmp_path):
    rows = [(f"{m}{i}", m, 0, 7 + i % 5, 1, 2) for m in "ac" for i in range(60)]
    read = pool(tmp_path, rows)
    one = replays.simulate(read, by=loop.rule("max_min"))
    other = replays.simulate(read, by=loop.rule("equal"))
    assert one.pooled.start_s.tolist() != other.pooled.start_s.tolist()


def test_whoever_is_granted_nothing_waits_while_others_queue(tmp_path):
    rows = [(f"a{i}", "a", 0, 100, 1, 2) for i in range(20)] + [(f"c{i}", "c", 0, 100, 1, 2) for i in range(5)]
    extra = '[entitlements]\nrule = "table"\n[entitlements.shares]\na = 1\nb = 1\n'
    read = pool(tmp_path, rows, extra=extra)
    start = replays.simulate(read).pooled.start_s
    assert start[20:].min() >= start[:20].max()


def test_a_guardrail_that_a_policy_cannot_hold_is_refused_by_name(tmp_path):
    read = pool(tmp_path, table([("a", 0, 10, 1, 1)]), extra="[guardrails]\nlargest_share = 0.5\n")
    with pytest.raises(Refused, match="largest_share"):
        ap.plan(read)


def test_an_unknown_policy_is_a_fault_of_the_charter_and_the_nearest_is_named():
    with pytest.raises(BadInput, match="max_min") as raised:
        loop.charter_rule(Charter(policy="maxmin"))
    assert raised.value.faults[0].where == "charter.toml, policy.name"
    with pytest.raises(NotFound, match="max_min"):
        loop.rule("maxmin")
    with pytest.raises(BadInput, match="no parameter"):
        loop.rule("proportional", {"too": "size"})


def test_a_plan_of_another_situation_is_not_proved(tmp_path):
    read = pool(tmp_path, table([("a", 0, 10, 1, 1)]))
    plan = dataclasses.replace(ap.plan(read), situation="0" * 64)
    with pytest.raises(BadInput, match="answers situation"):
        ap.prove(read, plan)


def test_a_million_micro_tasks_are_the_whole_pool(tmp_path):
    read = pool(tmp_path, [(f"a{i}", "a", 0, 100, 1, 10) for i in range(3)])
    now = loop.assess(read)
    shares = loop.planned_shares(now, loop.decide(now, loop.charter_rule(read.charter)))
    assert shares.tolist() == [10**9, 0, 0]


def test_a_pool_of_no_jobs_runs_and_decides_nothing(tmp_path):
    read = pool(tmp_path, [])
    assert plans(read) == {}
    assert replays.told(read, replays.simulate(read))["finished"] == 0
