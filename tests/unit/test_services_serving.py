"""Do replicas follow the hours, answer as the formula says, and leave to jobs what they do not need?"""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.arrivals import arrivals
from apportion.domain.history import History
from apportion.domain.smaller import at_percent
from apportion.errors import BadInput
from apportion.measures import slo
from apportion.simulation.disciplines import skip_fifo
from apportion.simulation.replay import replay
from apportion.simulation.services import beside, on_places, serve, steps
from apportion.sources import directory


def pool_of(where, services, nodes="id,flavor,gpu,region\nn1,x,8,edge\nn2,x,8,centre\n", columns=""):
    """Write a pool; a service is (id, member, service_s, p99_s, least, most, regions, rates), one GPU a replica."""
    where.mkdir(exist_ok=True)
    (where / "charter.toml").write_text('[entitlements]\nrule = "equal"\n', "utf-8")
    (where / "members.csv").write_text("id\na\nb\n", "utf-8")
    (where / "nodes.csv").write_text(nodes, "utf-8")
    header = "id,member,gpu,service_s,p99_s,replicas_min,replicas_max,regions"
    rates = ",".join(f"rate:{hour}" for hour in range(24))
    rows = [
        ",".join(map(str, [name, member, 1, *rest, *hours])) + (f",{columns.split('=')[1]}" if columns else "")
        for name, member, *rest, hours in services
    ]
    extra = f",{columns.split('=')[0]}" if columns else ""
    (where / "services.csv").write_text("\n".join([f"{header},{rates}{extra}", *rows]) + "\n", "utf-8")
    return directory.read(where)


def test_replicas_follow_the_rate_between_least_and_most(tmp_path):
    rates = [0, 1, 4, 8, 16, 400, *[2] * 18]
    served = serve(pool_of(tmp_path, [("s", "a", 0.5, 5, 1, 6, "", rates)]))
    assert served.replicas[:6, 0].tolist() == [1, 1, 3, 5, 6, 6]  # the least, the fewest above the load, the most
    assert served.overload[:, 0].tolist() == [False] * 4 + [True, True] + [False] * 18
    assert (served.attainment[:4] >= 0.99).all()
    assert (served.p99_s[:4] <= 5).all()
    assert served.attainment[4:6, 0].tolist() == [0, 0]
    assert served.p99_s[4:6, 0].tolist() == [np.inf] * 2


def test_one_replica_is_the_closed_form(tmp_path):
    """M/M/1: P(T > t) = exp(−(μ − λ)t)."""
    served = serve(pool_of(tmp_path, [("s", "a", 0.5, 3, 1, 1, "", [0.5] * 24)]))
    assert served.p99_s[0, 0] == pytest.approx(log(100) / (2 - 0.5), rel=1e-12)
    assert served.attainment[0, 0] == pytest.approx(1 - exp(-(2 - 0.5) * 3), rel=1e-12)


def test_nobody_who_asks_is_late_where_nobody_asks(tmp_path):
    served = serve(pool_of(tmp_path, [("s", "a", 1, 9, 0, 4, "", [0] * 24)]))
    assert served.replicas.sum() == 0
    assert not served.overload.any()
    assert (served.attainment == 1).all()
    assert (served.p99_s == 0).all()


def test_a_replica_goes_to_the_first_region_with_room(tmp_path):
    pool = pool_of(
        tmp_path, [("s", "a", 1, 50, 10, 10, "edge;centre", [1] * 24), ("t", "b", 1, 50, 4, 4, "centre", [1] * 24)]
    )
    served = serve(pool)
    assert pool.services.regions == ("centre", "edge")
    assert served.placed[0].tolist() == [[2, 8], [4, 0]]


def test_a_delay_is_part_of_the_answer(tmp_path):
    """All in the one region that adds 0.4 s: the distribution is that without delay, shifted."""
    rates = [1] * 24
    near = serve(pool_of(tmp_path / "near", [("s", "a", 0.5, 3, 2, 2, "edge", rates)]))
    far = serve(pool_of(tmp_path / "far", [("s", "a", 0.5, 3.4, 2, 2, "edge", rates)], columns="delay_s:edge=0.4"))
    assert far.p99_s[0, 0] == pytest.approx(near.p99_s[0, 0] + 0.4, rel=1e-12)
    assert far.attainment[0, 0] == pytest.approx(near.attainment[0, 0], rel=1e-12)


def test_a_delay_asks_for_more_replicas(tmp_path):
    rates = [6] * 24
    near = serve(pool_of(tmp_path / "near", [("s", "a", 0.5, 2.8, 1, 8, "edge", rates)]))
    far = serve(pool_of(tmp_path / "far", [("s", "a", 0.5, 2.8, 1, 8, "edge", rates)], columns="delay_s:edge=0.4"))
    assert far.wished[0, 0] > near.wished[0, 0]
    assert far.attainment[0, 0] >= 0.99


def test_what_is_held_and_lent_is_the_peak_together(tmp_path):
    rates = [1, 4, 8, *[1] * 21]
    served = serve(pool_of(tmp_path, [("s", "a", 0.5, 5, 1, 9, "", rates), ("t", "b", 0.5, 5, 2, 9, "", rates[::-1])]))
    peak = served.replicas.max(axis=0).sum() * 1000
    assert (served.held[:, 0] + served.lent[:, 0] == peak).all()
    assert served.held[:, 0].tolist() == (1000 * served.replicas.sum(axis=1)).tolist()


def test_a_pool_too_small_serves_each_in_proportion(tmp_path):
    rates = [20] * 24
    nodes = "id,flavor,gpu,region\nn1,x,9,\n"
    served = serve(
        pool_of(tmp_path, [("s", "a", 0.5, 5, 1, 14, "", rates), ("t", "b", 0.5, 5, 1, 14, "", rates)], nodes)
    )
    assert served.wished[0].tolist() == [11, 11]  # the fewest above a load of 10
    assert sorted(served.replicas[0].tolist()) == [4, 5]
    assert (served.replicas == served.replicas[0]).all()  # the same service wins every tie of one seed


hours = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=24, max_size=24)


@given(hours, st.integers(0, 10**6), st.integers(1, 4 * 86_400), st.integers(-5000, 5000))
@settings(deadline=None, max_examples=60)
def test_steps_leave_at_every_second_what_is_not_held(held, start, length, zero):
    found = steps(np.array(held)[:, :, None], start, start + length, zero)
    assert found.delta.any(axis=1).all()
    assert found.delta.dtype == found.at_s.dtype == found.place.dtype == np.int64
    rows = list(zip(found.at_s.tolist(), found.place.tolist(), strict=True))
    assert rows == sorted(set(rows))
    assert all(start <= t < start + length for t, _ in rows)
    for second in np.linspace(start, start + length - 1, 7).astype(int).tolist():
        for p in (0, 1):
            free = 100 + found.delta[(found.at_s <= second) & (found.place == p)].sum()
            assert free == 100 - held[(second - zero) // 3600 % 24][p]


def test_nodes_may_be_counted_as_one_place():
    on_node = np.arange(24).reshape(2, 4, 3)
    assert on_places(on_node, [0, 1, 0, 1], 2)[0].tolist() == [[6, 8, 10], [12, 14, 16]]
    assert on_places(on_node, [0] * 4, 1)[:, 0].tolist() == on_node.sum(axis=1).tolist()


JOBS = """id,member,submit_s,duration_s,gpu
j1,a,0,5400,4
j2,b,1800,600,2
j3,a,3000,600,8
j4,b,7300,600,6
"""


def beside_jobs(where, placement):
    """Of eight GPUs a service holds 2, and in the second hour 6: the fewest above a load of 1, and of 5."""
    rates = [2, 10, *[2] * 22]
    pool_of(where, [("s", "a", 0.5, 50, 1, 9, "", rates)], "id,flavor,gpu,region\nn1,x,8,\n")
    (where / "jobs.csv").write_text(JOBS, "utf-8")
    pool = directory.read(where)
    trace = arrivals(pool, np.arange(2), placement)
    return replay(skip_fifo.open_queue(beside(trace, serve(pool), end_s=10 * 86_400)))


@pytest.mark.parametrize("placement", ["counting", "consolidated"])
def test_jobs_run_on_what_services_leave(placement, tmp_path):
    """j1 is stopped at 3600, since 2 of 8 GPUs are left, and ends the 1800 s it still needs from 7200 on."""
    done = beside_jobs(tmp_path, placement)
    assert done.start_s.tolist() == [0, 1800, -1, 9000]
    assert done.end_s.tolist() == [9000, 2400, -1, 9600]
    assert done.preemptions.tolist() == [1, 0, 0, 0]


def test_a_part_of_the_pool_is_refused(tmp_path):
    pool = pool_of(tmp_path, [("s", "a", 0.5, 50, 1, 9, "", [1] * 24)])
    (tmp_path / "jobs.csv").write_text(JOBS, "utf-8")
    trace = at_percent(arrivals(directory.read(tmp_path), np.arange(2), "consolidated"), 50)
    with pytest.raises(BadInput, match="whole pool"):
        beside(trace, serve(pool), end_s=86_400)


def test_a_pool_without_services_says_so(tmp_path):
    pool = pool_of(tmp_path, [("s", "a", 1, 9, 1, 1, "", [0] * 24)])
    (tmp_path / "services.csv").unlink()
    with pytest.raises(BadInput, match=r"services\.csv"):
        serve(directory.read(tmp_path))
    assert [figure.value for figure in slo.measure(History(pool))] == [None] * 3


def test_attainment_weighs_by_requests(tmp_path):
    """Member a: 1 a second answered, 3 in overload (none in time). Member b asks for nothing in all hours but one."""
    services = [
        ("good", "a", 0.01, 9, 1, 1, "", [1] * 24),
        ("bad", "a", 1, 9, 1, 1, "", [3] * 24),
        ("rare", "b", 0.01, 9, 1, 1, "", [1, *[0] * 23]),
    ]
    pool = pool_of(tmp_path, services)
    whole, worst, overload = slo.measure(History(pool, served=serve(pool)))
    assert whole.rows == pytest.approx({"a": 1 / 4, "b": 1.0})
    assert whole.value == pytest.approx((24 + 1) / (24 * 4 + 1))
    assert worst.value == 0
    assert worst.rows == pytest.approx({"bad": 0.0, "good": 1.0, "rare": 1.0})
    assert overload.value == 24
    assert overload.rows == {"bad": 24, "good": 0, "rare": 0}


def test_a_service_that_nobody_asks_has_no_attainment(tmp_path):
    pool = pool_of(tmp_path, [("idle", "a", 1, 9, 1, 1, "", [0] * 24)])
    whole, worst, _ = slo.measure(History(pool, served=serve(pool)))
    assert (whole.value, worst.value) == (None, None)
    assert whole.rows == {"a": None, "b": None}


def test_a_table_without_rows_holds_nothing(tmp_path):
    pool = pool_of(tmp_path, [])
    served = serve(pool)
    assert served.held.shape == (24, 1)
    assert not served.held.any()
    assert not served.lent.any()
    assert [figure.value for figure in slo.measure(History(pool, served=served))] == [None, None, 0]
