"""Do services and jobs have at every second what is up then, and are services told of over the time of the replay?

A person would look at one second after the other: which nodes are up, where `serve` puts the replicas of that hour on them,
and what is left. That is what is compared with here.
"""

import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import apportion as ap
from apportion import loop, record, replays
from apportion.domain.arrivals import arrivals
from apportion.domain.history import History
from apportion.domain.over_time import at
from apportion.domain.services import HOUR_S
from apportion.measures import slo
from apportion.simulation.services import beside_services, course, serve, still_from_s
from apportion.statements import statements
from on_kernels import tried

RATES = ",".join(f"rate:{hour}" for hour in range(24))
SERVICES = f"id,member,gpu,cpu,service_s,p99_s,replicas_min,replicas_max,regions,{RATES}"
EXAMPLE = Path(__file__).parents[2] / "examples" / "services"


@st.composite
def pools(draw):
    """Nodes in two regions, jobs of some hours, one or two services, and outages at any second of half a day."""
    nodes = [
        (draw(st.sampled_from("ab")), draw(st.integers(1, 6)), region) for region in "nssn"[: draw(st.integers(2, 4))]
    ]
    half_hours = st.integers(0, 12).map(lambda n: 1800 * n)
    jobs = [
        (draw(st.sampled_from("ab")), draw(half_hours), draw(half_hours), draw(st.integers(1, 4)))
        for _ in range(draw(st.integers(1, 8)))
    ]
    services = []
    for _ in range(draw(st.integers(1, 2))):
        least = draw(st.integers(0, 2))
        regions = draw(st.sampled_from(["", "n;s", "s;n", "n"]))
        hours = draw(st.lists(st.integers(0, 9), min_size=6, max_size=6)) * 4
        services.append(
            (draw(st.sampled_from("ab")), 1, 0, 0.5, 50, least, least + draw(st.integers(1, 6)), regions, *hours)
        )
    outages = []
    for node in draw(st.lists(st.integers(0, len(nodes) - 1), unique=True, min_size=1, max_size=3)):
        moments = st.one_of(half_hours, st.integers(0, 50_000))
        times = sorted(draw(st.lists(moments, unique=True, min_size=1, max_size=4)))
        outages += [(node, down, back) for down, back in zip(times[::2], [*times[1::2], ""], strict=False)]
    return nodes, jobs, services, outages


def read(nodes, jobs, services, outages, queue=""):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "charter.toml").write_text(f'name = "P"\n[entitlements]\nrule = "contribution"\n[queue]\n{queue}\n')
        (home / "members.csv").write_text("id\na\nb\n")
        rows = {
            "nodes.csv": (
                "id,owner,gpu,region,flavor,cpu,price_per_hour",
                [(f"n{k}", *n, "x", 8, 1) for k, n in enumerate(nodes)],
            ),
            "jobs.csv": ("id,member,submit_s,duration_s,gpu", [(f"j{k}", *job) for k, job in enumerate(jobs)]),
            "outages.csv": ("node,down_s,up_s", [(f"n{k}", *times) for k, *times in outages]),
            "services.csv": (SERVICES, [(f"s{k}", *service) for k, service in enumerate(services)]),
        }
        for name, (head, lines) in rows.items():
            (home / name).write_text("\n".join([head, *(",".join(map(str, line)) for line in lines)]) + "\n")
        return ap.read(home)


def moments_of(case, last):
    """Every second at which something may be otherwise, and the ones before and after it."""
    hours = range(0, last + HOUR_S, HOUR_S)
    seconds = {*hours, *(s for _, down, back in case[3] for s in (down, back) if s != "")}
    return sorted({s + d for s in seconds for d in (-1, 0, 1) if 0 <= s + d <= last})


@pytest.mark.parametrize("placement", ["counting", "consolidated"])
@tried(80)
@given(case=pools())
def test_jobs_have_at_every_second_what_is_up_and_no_service_holds(placement, case):
    pool = read(*case)
    trace = arrivals(pool, np.arange(2), placement)
    found = beside_services(pool, trace)
    still, first = still_from_s(trace), int(trace.submit_s.min())
    for second in moments_of(case, still + 3 * HOUR_S):
        if second < first:
            continue
        then = at(pool, second)
        hour = (min(second, max(still, first + 1) - 1)) // HOUR_S % 24
        left = then.nodes.amount - serve(then).on_node[hour]
        expected = np.zeros_like(trace.held_by.amount)
        np.add.at(expected, trace.held_by.of, left)
        there = trace.held_by.amount.copy()
        past = found.changes.at_s <= second
        np.add.at(there, found.changes.place[past], found.changes.delta[past])
        assert there.tolist() == expected.tolist()


@tried(60)
@given(case=pools())
def test_services_are_told_of_over_the_time_of_the_replay(case):
    """And billed: what their members hold in a statement is what stands, second by second."""
    pool = read(*case)
    replay = replays.simulate(pool, "skip_fifo", watch=True)
    if not replay.pooled.finished.any():
        return
    begin, end = int(pool.jobs.submit_s.min()), int(replay.pooled.end_s.max())
    end = max(end, begin + 1)
    cuts = [begin, *(s for s in moments_of(case, end) if begin < s < end), end]
    asked, in_time, overload, held = np.zeros(len(case[2])), np.zeros(len(case[2])), 0, np.zeros(2, dtype=np.int64)
    gpu = pool.resources.index("gpu_milli")
    for second, until in pairwise(cuts):
        fares, hour = serve(at(pool, second)), min(second, max(replay.still_s, begin + 1) - 1) // HOUR_S % 24
        rate = pool.services.rate_milli[:, hour] * (until - second)
        asked, in_time = asked + rate, in_time + rate * fares.attainment[hour]
        overload += fares.overload[hour].sum() * (until - second)
        amount = fares.replicas[hour] * pool.services.bundle[:, gpu] * (until - second)
        np.add.at(held, pool.services.member, amount)
    told = {f.name: f for f in slo.measure(History(pool, replay=replay, served=replays.fared(pool, replay)))}
    assert told["service_overload"].value == pytest.approx(overload / HOUR_S)
    assert told["slo_attainment"].value == (pytest.approx(in_time.sum() / asked.sum()) if asked.sum() else None)
    for s, name in enumerate(pool.services.id):
        assert told["slo_attainment.worst_service"].rows[name] == (
            pytest.approx(in_time[s] / asked[s]) if asked[s] else None
        )
    stays, jobs = replay.stays, pool.jobs
    np.add.at(
        held,
        jobs.member[stays.job],
        stays.workers * jobs.bundle[stays.job, gpu] * (np.minimum(stays.end_s, end) - np.minimum(stays.begin_s, end)),
    )
    found = statements(pool, replay)
    assert [sum(line.held for line in found.lines if line.member == m) for m in "ab"] == held.tolist()


def test_a_course_without_outages_is_the_cycle():
    pool = ap.read(EXAMPLE)
    found, cycle = course(pool, 1800, 40 * HOUR_S), serve(pool)
    assert found.at_s.tolist() == [1800, *range(HOUR_S, 40 * HOUR_S, HOUR_S)]
    for at_s, row in zip(found.at_s.tolist(), found.row.tolist(), strict=True):
        assert found.served.kept[row].tolist() == cycle.kept[at_s // HOUR_S % 24].tolist()
        assert found.served.p99_s[row].tolist() == cycle.p99_s[at_s // HOUR_S % 24].tolist()


def test_a_replica_that_loses_its_node_stands_elsewhere_and_the_job_there_yields():
    """Two nodes of 4. The service holds 2 on n0, the job 5 of the other 6; n0 is down from 600 to 1800 s.

    At 600 four are left, of which the service holds 2 at once: the job has no room, waits, and goes on at 1800.
    """
    service = ("a", 1, 0, 0.5, 50, 2, 2, "", *[1] * 24)
    pool = read([("a", 4, "n"), ("b", 4, "n")], [("b", 0, 1000, 5)], [service], [(0, 600, 1800)])
    found = replays.simulate(pool, "skip_fifo")
    assert found.pooled.end_s.tolist() == [1800 + 400]
    told = replays.told(pool, found)
    assert told["services"][0]["replicas_least"] == 2
    assert told["utilisation"] == pytest.approx(5 * 1000 / (8 * 2200 - 4 * 1200))


def test_where_there_is_no_room_for_a_replica_it_is_missing_until_there_is():
    """The service may only stand in the north, and its node is down for half an hour of the two that the job takes."""
    service = ("a", 1, 0, 0.5, 50, 2, 2, "n", *[1] * 24)
    pool = read([("a", 4, "n"), ("b", 4, "s")], [("b", 0, 7200, 4)], [service], [(0, 1800, 3600)])
    found = replays.simulate(pool, "skip_fifo", placement="consolidated")
    assert found.pooled.end_s.tolist() == [7200]
    told = replays.told(pool, found)
    assert told["service_overload_h"] == 0.5
    assert told["slo_attainment"] == pytest.approx(0.75 * serve(replace(pool, outages=None)).attainment[0, 0])
    assert told["services"][0]["worst_p99_s"] is None


@pytest.mark.parametrize(
    "queue",
    ["", 'discipline = "skip_fifo"', 'discipline = "skip_fifo"\nplacement = "consolidated"', 'services = "own"'],
)
@pytest.mark.parametrize("lost", [False, True])
def test_a_run_plays_jobs_beside_services_as_simulate_does(queue, lost):
    nodes, jobs = [("a", 4, "n"), ("b", 4, "s")], [("b", 0, 5400, 4), ("a", 600, 9000, 3), ("b", 3000, 600, 2)]
    service = ("a", 1, 0, 0.5, 50, 1, 6, "", *[0, 8] * 12)
    pool = read(nodes, jobs, [service], [(1, 1000, 2000)] if lost else [], queue)
    pool = pool if lost else replace(pool, outages=None)
    by = loop.charter_rule(pool.charter)
    done = record.go(pool, by, "simulated").history
    shown = replays.simulate(pool)
    for column in ("start_s", "end_s", "preemptions", "held_s"):
        assert getattr(done.replay.pooled, column).tolist() == getattr(shown.pooled, column).tolist()
    bare = replays.simulate(replace(pool, services=None))
    assert shown.pooled.end_s.tolist() != bare.pooled.end_s.tolist()
    told = {f.name: f.value for f in slo.measure(done)}
    assert told["slo_attainment"] == replays.told(pool, shown)["slo_attainment"]
