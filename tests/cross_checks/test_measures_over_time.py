"""Are the measures of a pool whose nodes go down, or of which a part is replayed, those of every second added up?"""

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import apportion as ap
from apportion.domain.history import History
from apportion.domain.intensity import Intensity
from apportion.measures import carbon, contention, cost, effective_utilisation, energy, utilisation
from apportion.replays import simulate
from apportion.statements import statements
from on_kernels import tried

MEMBERS = ("a", "b")


@st.composite
def pools(draw, *, lost=True, flavors="x"):
    """Nodes (owner, flavor, cpu, gpu, price, idle W, max W), jobs, and outages (node, from, to or None)."""
    nodes = [
        (
            draw(st.sampled_from(MEMBERS)),
            flavors[k % len(flavors)],
            draw(st.integers(1, 6)),
            draw(st.integers(1, 6)),
            draw(st.integers(1, 9)),
            (idle := draw(st.integers(0, 300))),
            idle + draw(st.integers(1, 900)),
        )
        for k in range(draw(st.integers(1, 4)))
    ]
    jobs = [
        (
            draw(st.sampled_from(MEMBERS)),
            draw(st.integers(0, 20)),
            draw(st.integers(0, 25)),
            draw(st.integers(0, 3)),
            draw(st.integers(1, 4)),
        )
        for _ in range(draw(st.integers(1, 10)))
    ]
    outages = []
    for node in draw(st.lists(st.integers(0, len(nodes) - 1), unique=True, min_size=1, max_size=3)) if lost else []:
        times = draw(st.lists(st.integers(0, 60), unique=True, min_size=1, max_size=4).map(sorted))
        outages += [(node, down, back) for down, back in zip(times[::2], [*times[1::2], None], strict=False)]
    return nodes, jobs, outages


def read(nodes, jobs, outages):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "charter.toml").write_text('name = "P"\n[entitlements]\nrule = "contribution"\n')
        write(home, "members", "id", [(name,) for name in MEMBERS])
        head = "id,owner,flavor,cpu,gpu,price_per_hour,idle_watts,max_watts"
        write(home, "nodes", head, [(f"n{k}", *node) for k, node in enumerate(nodes)])
        speeds = sorted({node[1] for node in nodes}) if len({node[1] for node in nodes}) > 1 else []
        head = ",".join(["id,member,submit_s,duration_s,cpu,gpu", *(f"speed:{name}" for name in speeds)])
        write(home, "jobs", head, [(f"j{k}", *job, *range(1, len(speeds) + 1)) for k, job in enumerate(jobs)])
        if outages:
            rows = [(f"n{k}", down, "" if back is None else back) for k, down, back in outages]
            write(home, "outages", "node,down_s,up_s", rows)
        return ap.read(home)


def write(home, name, head, rows):
    (home / f"{name}.csv").write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")


class Seconds:
    """What is up, held and asked for in every second from the first submission to the last end, in plain whole numbers."""

    def __init__(self, replay, case, percent):
        self.nodes, self.jobs, self.outages = case
        done = replay.pooled.finished
        self.done = np.flatnonzero(done).tolist()
        self.end = replay.pooled.end_s.tolist()
        self.seconds = range(min(job[1] for job in self.jobs), max((self.end[j] for j in self.done), default=0))
        self.percent, self.counted = percent, replay.placement == "counting"
        self.replay, self.stays = replay, replay.stays

    def is_up(self, node, second):
        return not any(
            k == node and down <= second and (back is None or second < back) for k, down, back in self.outages
        )

    def class_of(self, node):
        return self.nodes[node][1]

    def there(self, second, r, only=None):
        """Whole units of CPU (0) or GPU (1) that are up; of a part, whole units of each class."""
        total = {}
        for k, node in enumerate(self.nodes):
            if self.is_up(k, second) and only in {None, self.class_of(k)}:
                total[node[1]] = total.get(node[1], 0) + node[2 + r]
        return sum(amount * self.percent // 100 if self.counted else amount for amount in total.values())

    def asked(self, second, r):
        return sum(self.jobs[j][3 + r] for j in self.done if self.jobs[j][1] <= second < self.end[j])

    def held(self, second, r):
        """Of jobs that ended, by those who were there."""
        rows = self.stays
        here = (rows.begin_s <= second) & (second < rows.end_s) & np.isin(rows.job, self.done)
        return sum(self.jobs[j][3 + r] * w for j, w in zip(rows.job[here], rows.workers[here], strict=True))

    def part(self, name):
        """Which part of a class is replayed, and by what: its GPUs (1), or its cores (0) if no whole GPU is left."""
        whole = [sum(node[2 + r] for node in self.nodes if node[1] == name) for r in (0, 1)]
        if not self.counted:
            return Fraction(1), 1
        r = 1 if whole[1] * self.percent // 100 else 0
        return Fraction(whole[r] * self.percent // 100, whole[r]), r


both = pytest.mark.parametrize("placement", ["counting", "consolidated"])
parts = st.sampled_from((100, 100, 75, 50, 130))


def told(measure, history):
    return {figure.name: figure for figure in measure.measure(history)}


def replayed(case, placement, percent, discipline="skip_fifo"):
    pool = read(*case)
    if placement != "counting":
        percent = 100
    replay = simulate(pool, discipline, placement=placement, percent=percent, watch=True)
    return pool, History(pool, replay=replay), Seconds(replay, case, percent)


@both
@tried(200)
@given(case=pools(), percent=parts)
def test_what_is_used_and_asked_for_is_taken_of_what_is_up(placement, case, percent):
    pool, history, by = replayed(case, placement, percent)
    found = {**told(utilisation, history), **told(effective_utilisation, history), **told(contention, history)}
    for r, name in enumerate(("cpu_milli", "gpu_milli")):
        if name not in pool.resources:
            continue
        there = [by.there(second, r) for second in by.seconds]
        up = sum(there)
        if not by.done or not up:
            assert {found[figure].rows[name] for figure in found} == {None}
            continue
        assert found["utilisation"].rows[name] == pytest.approx(sum(by.held(s, r) for s in by.seconds) / up)
        useful = sum(by.jobs[j][2] * by.jobs[j][3 + r] for j in by.done)
        assert found["effective_utilisation"].rows[name] == pytest.approx(useful / up)
        asked = [by.asked(second, r) for second in by.seconds]
        assert found["contention.mean"].rows[name] == pytest.approx(sum(asked) / up)
        peak = max(a / t for a, t in zip(asked, there, strict=True) if t)
        assert found["contention.peak"].rows[name] == pytest.approx(peak)


@both
@tried(100)
@given(case=pools())
def test_nobody_uses_more_than_is_up(placement, case):
    _, history, _ = replayed(case, placement, 100, "strict_fifo")
    for value in told(utilisation, history)["utilisation"].rows.values():
        assert value is None or value <= 1


@both
@tried(160)
@given(case=pools(), percent=parts)
def test_a_node_that_is_down_draws_nothing_and_costs_what_it_costs(placement, case, percent):
    """One class: counted, a held GPU draws what one of the class does in the mean, and of a part each node has that part."""
    _, history, by = replayed(case, placement, percent)
    (part, told_by), span = by.part("x"), len(by.seconds)
    joules, paid = told(energy, history)["energy"], told(cost, history)["cost"]
    up = [(k, second) for k in range(len(by.nodes)) for second in by.seconds if by.is_up(k, second)]
    assert joules.rows["idle"] == pytest.approx(float(sum(by.nodes[k][5] for k, _ in up) * part))
    rows = history.replay.stays
    units = sum(node[2 + told_by] for node in by.nodes)
    beyond = 0
    for j, place, begin, end, workers in stays_of(rows):
        node = None if placement == "counting" else int(history.replay.places.names[place])
        more = sum(n[6] - n[5] for n in by.nodes) if node is None else by.nodes[node][6] - by.nodes[node][5]
        whole = units if node is None else by.nodes[node][3]
        beyond += Fraction(more * by.jobs[j][3 + told_by] * workers * (end - begin), whole)
    assert joules.rows["held"] == pytest.approx(float(beyond))
    if by.done:
        price = sum(node[4] for node in by.nodes) * part * span / 3600
        assert paid.value == pytest.approx(float(price))
        assert sum(paid.rows.values()) == pytest.approx(float(price))


def stays_of(rows):
    """From when to when which job was where, also those that never ended."""
    columns = (rows.job, rows.place, rows.begin_s, rows.end_s, rows.workers)
    return zip(*(column.tolist() for column in columns), strict=True)


@tried(120)
@given(case=pools(lost=False, flavors="xy"), percent=st.sampled_from((100, 75, 50, 40, 130, 200)))
def test_of_a_part_is_paid_what_the_statement_says(case, percent):
    """Two classes, of which whole GPUs are replayed; the statement works it out by itself, in fractions."""
    pool, history, by = replayed(case, "counting", percent)
    if not by.done or not by.seconds:
        return
    found = statements(pool, history.replay)
    owed = sum(line.cost.owed for line in found.lines)
    assert told(cost, history)["cost"].value == pytest.approx(owed / 1e6, abs=len(found.lines) * 1e-6)
    drawn = sum(line.energy.held_mj + line.energy.idle_mj for line in found.lines) / 1000
    assert told(energy, history)["energy"].value == pytest.approx(drawn, abs=len(found.lines) / 1000)


@tried(100)
@given(case=pools(), percent=parts)
def test_a_part_of_a_pool_emits_as_it_draws(case, percent):
    """At one intensity grams are those of the energy, also of a part of a pool whose nodes go down."""
    pool, table = read(*case), Intensity(("",), np.array([[250_000]]), None)
    history = History(pool, replay=simulate(pool, "skip_fifo", percent=percent, carbon=table))
    pooled = history.replay.pooled
    if (pooled.held_s[~pooled.finished] > 0).any():
        return  # (when those ran that never ended is not kept)
    joules, grams = told(energy, history)["energy"], told(carbon, history)["carbon.direct"]
    for row in ("idle", "held"):
        assert grams.rows[row] == pytest.approx(joules.rows[row] / 3.6e6 * 250, rel=1e-9, abs=1e-12)


def later(case, seconds):
    nodes, jobs, outages = case
    jobs = [(member, submit + seconds, *rest) for member, submit, *rest in jobs]
    return nodes, jobs, [(k, down + seconds, None if up is None else up + seconds) for k, down, up in outages]


@tried(160)
@given(case=pools(flavors="xy"), hours=st.lists(st.integers(0, 900_000), min_size=1, max_size=3))
def test_of_nodes_that_go_down_the_statement_and_the_measures_say_the_same(case, hours):
    """What is owed, drawn and emitted, each worked out in its own way; an hour ends in the midst of it."""
    pool, table = read(*later(case, 3570)), Intensity(("",), np.array(hours)[:, None], None)
    replay = simulate(pool, "skip_fifo", watch=True, carbon=table)
    history, pooled = History(pool, replay=replay), replay.pooled
    if (pooled.held_s[~pooled.finished] > 0).any() or not pooled.finished.any() or pooled.preemptions.any():
        return  # (of a job that was stopped the measure of carbon tells no more than that it drew evenly)
    if int(pooled.end_s.max()) == int(pool.jobs.submit_s.min()):
        return
    found = statements(pool, replay)
    slack = len(found.lines)
    assert told(cost, history)["cost"].value == pytest.approx(
        sum(one.cost.owed for one in found.lines) / 1e6, abs=slack * 1e-6
    )
    drawn = sum(one.energy.held_mj + one.energy.idle_mj for one in found.lines) / 1000
    assert told(energy, history)["energy"].value == pytest.approx(drawn, abs=slack / 1000)
    grams = sum(one.grams["direct"].held_mg + one.grams["direct"].idle_mg for one in found.lines) / 1000
    assert told(carbon, history)["carbon.direct"].value == pytest.approx(grams, abs=slack / 1000)
