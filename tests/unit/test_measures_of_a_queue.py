"""Are contention, useful work and the cost of restarts what their definitions say?"""

import numpy as np
import pytest

import apportion as ap
from apportion.domain.arrays import ints
from apportion.domain.history import History
from apportion.domain.schedule import Schedule
from apportion.measures import contention, effective_utilisation, fragmentation, preemptions, utilisation


def a_pool(home, jobs, nodes="n1,a,gpu,16\n"):
    (home / "charter.toml").write_text('name = "One"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "equal"\n')
    (home / "members.csv").write_text("id\na\nb\n")
    (home / "nodes.csv").write_text("id,owner,flavor,gpu\n" + nodes)
    (home / "jobs.csv").write_text(jobs)
    return ap.read(home)


PLAIN = "id,member,submit_s,duration_s,gpu\n"


def told(measure, pool, replay):
    return {figure.name: figure for figure in measure.measure(History(pool, replay=replay))}


def test_contention_can_be_followed_by_hand(tmp_path):
    """16 GPUs. Asked for: 8 + 8 from 0, 4 from 50, 16 from 60; strict FIFO ends them at 100, 100, 110, 150."""
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,8\nj1,a,0,100,8\nj2,b,50,10,4\nj3,b,60,40,16\nj4,b,300,0,8\n")
    found = told(contention, pool, ap.simulate(pool, "strict_fifo"))
    asked = 16 * 50 + 20 * 10 + 36 * 40 + 20 * 10 + 16 * 40
    assert found["contention.mean"].value == pytest.approx(asked / (16 * 300))
    assert found["contention.peak"].value == 36 / 16
    assert found["contention.peak"].rows["gpu_milli"] == 36 / 16


def test_who_comes_when_another_ends_does_not_contend_with_it(tmp_path):
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,16\nj1,b,100,100,16\n")
    found = told(contention, pool, ap.simulate(pool, "skip_fifo"))
    assert found["contention.mean"].value == found["contention.peak"].value == 1


def test_a_slow_machine_is_busy_for_longer_and_no_more_useful(tmp_path):
    jobs = "id,member,submit_s,duration_s,gpu,speed:slow\nj0,a,0,100,16,0.5\n"
    pool = a_pool(tmp_path, jobs, "n1,a,slow,16\n")
    replay = ap.simulate(pool, "skip_fifo")
    assert told(utilisation, pool, replay)["utilisation"].value == 1
    assert told(effective_utilisation, pool, replay)["effective_utilisation"].value == 0.5


def test_a_restart_costs_what_is_held_beyond_the_duration(tmp_path):
    """srtf stops the long job for the short one at 10; it goes on at 20 with 7 s of restarting before it."""
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,16\nj1,b,10,10,16\n")
    replay = ap.simulate(pool, "srtf", restart_s="7")
    assert replay.pooled.end_s.tolist() == [117, 20]
    found = told(preemptions, pool, replay)
    assert found["preemptions_per_job"].value == 1 / 2
    assert found["restart_s_per_job"].value == 7 / 2
    assert found["restart_s_per_job"].rows == {"a": 7.0, "b": 0.0}


def test_the_cost_of_restarts_is_not_told_where_speeds_differ(tmp_path):
    jobs = "id,member,submit_s,duration_s,gpu,speed:slow\nj0,a,0,100,16,0.5\n"
    pool = a_pool(tmp_path, jobs, "n1,a,slow,16\n")
    replay = ap.simulate(pool, "skip_fifo")
    assert told(preemptions, pool, replay)["restart_s_per_job"].value == 0
    stopped = Schedule(replay.pooled.start_s, replay.pooled.end_s, ints([1]), np.array([207]))
    found = told(preemptions, pool, type(replay)("x", "counting", replay.capacity, stopped))
    assert found["preemptions_per_job"].value == 1
    assert found["restart_s_per_job"].value is None


TWO = "n1,a,gpu,4\nn2,b,gpu,4\n"


def test_fragments_can_be_counted_by_hand(tmp_path):
    """Two nodes of 4 GPUs, for 100 s. A worker of 3 leaves 1 on its node for all the time, one of 2 leaves 2 for half of it.

    Of the mix (3, 2, 4 GPUs, one job each): who asks for 4 can use only an empty node, who asks for 3 too, or the 2 free no
    more, who asks for 2 cannot use the 1.
    """
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,3\nj1,b,0,50,2\nj2,b,0,0,4\n", TWO)
    found = told(fragmentation, pool, ap.simulate(pool, "strict_fifo", placement="any"))["fragmentation"]
    on_n1 = 100 * 1  # of no use to anybody
    on_n2 = 50 * 2 * 2 / 3  # of use to one of three
    assert found.rows["unusable"] == pytest.approx((on_n1 + on_n2) / (8 * 100))
    assert found.rows["free"] == pytest.approx((100 * 1 + 50 * 2 + 50 * 4) / (8 * 100))


def test_a_part_of_a_gpu_is_of_use_to_who_asks_for_less(tmp_path):
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,0.25\nj1,b,0,100,0.6\nj2,b,0,100,3\n", "n1,a,gpu,4\n")
    found = told(fragmentation, pool, ap.simulate(pool, "strict_fifo", placement="any"))["fragmentation"]
    assert found.rows["unusable"] == pytest.approx(0.15 / 4)  # all three run, and 0.15 is left


def test_fragments_are_those_of_every_second_added_up(tmp_path):
    jobs = PLAIN + "".join(f"j{i},{'ab'[i % 2]},{7 * i},{20 + 13 * i % 50},{1 + i * i % 4}\n" for i in range(40))
    pool = a_pool(tmp_path, jobs, TWO + "n3,b,gpu,2\n")
    replay = ap.simulate(pool, "skip_fifo", placement="consolidated")
    start, end, held = replay.pooled.start_s, replay.pooled.end_s, replay.held
    gpus = pool.jobs.bundle[:, pool.resources.index("gpu_milli")] // 1000
    node = replay.places.names[held.place]
    unusable = 0.0
    for second in range(int(end.max())):
        free = [4, 4, 2]
        for j in np.flatnonzero((start <= second) & (second < end)):
            free[node[held.begin[j]]] -= gpus[j]
        unusable += sum(left for left in free for asked in gpus if asked > left) / len(gpus)
    found = told(fragmentation, pool, replay)["fragmentation"]
    assert found.value == pytest.approx(unusable / (10 * int(end.max())), rel=1e-12)


@pytest.mark.parametrize(("discipline", "placement"), [("skip_fifo", "counting"), ("srtf", "any")])
def test_where_nobody_kept_the_nodes_fragments_are_not_told(tmp_path, discipline, placement):
    pool = a_pool(tmp_path, PLAIN + "j0,a,0,100,4\nj1,b,0,100,4\nj2,b,10,10,4\n", TWO)
    found = told(fragmentation, pool, ap.simulate(pool, discipline, placement=placement))["fragmentation"]
    assert found.rows == {"unusable": None, "free": None}
