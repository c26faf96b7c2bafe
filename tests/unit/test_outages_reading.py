"""Are the tables of outages and standings read and kept, is what contradicts told, and do all who cannot hold them refuse?

In the pool a node of bert's is lost from 1000 to 4600 s. By hand, under strict FIFO with the nodes counted: j3 started last,
so it stops at 1000 with 4200 s left, goes on at 4600 and ends at 8800; j4 waits until j1 ends at 5000, and ends at 6000.
"""

from dataclasses import replace

import numpy as np
import pytest

from apportion import loop, record, replays, sweeps
from apportion.domain.history import History
from apportion.domain.situation import Window
from apportion.errors import BadInput, Fault
from apportion.measures import energy
from apportion.pooling import trace as pooled
from apportion.sources import directory
from apportion.traces.cut import cut

CHARTER = 'window_s = 1000\n[entitlements]\nrule = "contribution"\n'
MEMBERS = "id\nanna\nbert\n"
NODES = "id,owner,flavor,gpu,idle_watts,max_watts\nn1,anna,a,8,100,300\nn2,bert,a,8,100,300\nn3,bert,a,8,100,300\n"
JOBS = (
    "id,member,submit_s,duration_s,gpu\nj1,anna,0,5000,8\nj2,bert,100,5000,8\nj3,bert,200,5000,8\nj4,anna,300,1000,4\n"
)
LOST = "node,down_s,up_s\nn2,1000,4600\n"


@pytest.fixture
def pool(tmp_path):
    """Write a pool's tables down, and say where."""

    def written(**tables):
        for name, text in {"members": MEMBERS, "nodes": NODES, "jobs": JOBS, **tables}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        (tmp_path / "charter.toml").write_text(CHARTER)
        return tmp_path

    return written


def ends(path, discipline, **how):
    return replays.simulate(directory.read(path), discipline, **how).pooled.end_s.tolist()


def faults(path):
    with pytest.raises(BadInput) as caught:
        directory.read(path)
    return [f"{fault.where}: {fault.what}" for fault in caught.value.faults]


def notices(path) -> list[Fault]:
    return [one for one in directory.read(path).notices if one.where in {"outages.csv", "standings.csv"}]


def test_who_started_last_on_a_lost_node_goes_on_when_it_is_back(pool):
    path = pool(outages=LOST)
    assert ends(path, "strict_fifo") == [5000, 5100, 8800, 6000]
    assert ends(path, "strict_fifo", placement="consolidated") == [5000, 8700, 5200, 6000]


def test_without_losses_nothing_is_told_of_them(pool):
    read = directory.read(pool())
    assert replays.told(read, replays.simulate(read, "strict_fifo"))["node_down_h"] is None


def test_hours_of_outage_and_the_idle_power_of_a_node_that_is_down(pool):
    read = directory.read(pool(outages=LOST))
    found = replays.simulate(read, "strict_fifo")
    assert replays.told(read, found)["node_down_h"] == 1
    (figure,) = energy.measure(History(read, replay=found))
    assert figure.rows["idle"] == 100 * (
        3 * 8800 - 3600
    )  # watts, three nodes until the last end, one of them off for an hour


def test_times_are_checked_all_at_once(pool):
    outages = "node,down_s,up_s\nn2,1000,4600\nn2,4000,5000\nn9,1,2\nn1,50,20\nn1,x,3\nn3,5,\nn3,7,9\nn1,100,200\n"
    outages += "n1,200,201\n"  # (at once again is no overlap)
    standings = "member,from_s,share\nanna,10,0.3\nanna,10,0.2\ncarl,3,0.5\nbert,4,1.5\nbert,1,\nbert,-1,\n"
    assert sorted(faults(pool(outages=outages, standings=standings))) == sorted(
        [
            'outages.csv:4, column node: "n9" is not a node',
            'outages.csv:6, column down_s: "x" is not a number',
            "outages.csv:5, column up_s: 20 is not after down_s, 50",
            'outages.csv:3, column down_s: "n2" is down already, by row 2',
            'outages.csv:8, column down_s: "n3" is down already, by row 7',
            'standings.csv:3, column from_s: "anna" has another share from then on already, by row 2',
            'standings.csv:4, column member: "carl" is not a member',
            "standings.csv:5, column share: 1.5 is more than the whole pool",
            'standings.csv:7, column from_s: "-1" is negative',
        ]
    )


def test_members_cannot_agree_on_more_than_there_is(pool):
    standings = "member,from_s,share\nanna,100,0.5\nanna,200,\nbert,300,0.5\nanna,300,0.5\n"
    assert faults(pool(standings=standings)) == [
        "standings.csv, column share: from 100 s on members may count on 28 gpu of the flavor a, and there are 24"
    ]


@pytest.mark.parametrize("kind", [".csv.gz", ".parquet"])
def test_what_is_written_back_is_the_same_pool_in_every_format(pool, tmp_path, kind):
    import gzip

    import polars as pl

    path = pool(outages=LOST + "n3,7,\n", standings="member,from_s,share\nanna,100,0.25\nanna,900,\n")
    read = directory.read(path)
    directory.write(read, tmp_path / "again")
    for name in ("outages", "standings"):
        written = tmp_path / "again" / f"{name}.csv"
        if kind == ".parquet":
            pl.read_csv(written, infer_schema=False).write_parquet(tmp_path / "again" / f"{name}.parquet")
        else:
            (tmp_path / "again" / f"{name}.csv.gz").write_bytes(gzip.compress(written.read_bytes()))
        written.unlink()
    again = directory.read(tmp_path / "again")
    for name in ("outages", "agreements"):
        for column, values in vars(getattr(read, name)).items():
            np.testing.assert_array_equal(getattr(getattr(again, name), column), values)
    by_rule = sweeps.grid(["skip_fifo"])
    by = loop.charter_rule(read.charter)
    assert sweeps.keys_of(read, by, by_rule) == sweeps.keys_of(again, by, by_rule)


def test_other_headers_are_mapped(pool, tmp_path):
    (tmp_path / "map.toml").write_text('"机器" = "node"\n"停" = "down_s"\n"起" = "up_s"\n')
    path = pool(outages="机器,停,起\nn2,1000,4600\n")
    assert directory.read(path, map=tmp_path / "map.toml").outages.up_s.tolist() == [4600]


def test_a_sweep_does_not_take_over_what_was_played_without_the_outage(pool):
    with_it = directory.read(pool(outages=LOST))
    by, cases = loop.charter_rule(with_it.charter), sweeps.grid(["skip_fifo"])
    assert sweeps.keys_of(with_it, by, cases) != sweeps.keys_of(replace(with_it, outages=None), by, cases)
    later = replace(with_it, outages=replace(with_it.outages, up_s=with_it.outages.up_s + 1))
    assert sweeps.keys_of(with_it, by, cases) != sweeps.keys_of(later, by, cases)


def test_a_plan_divides_what_is_up_at_the_start_of_its_window(pool):
    read = directory.read(pool(outages=LOST))
    before, within = (loop.assess(read, Window(start, start + 1000)) for start in (0, 1000))
    assert (before.capacity.sum(), within.capacity.sum()) == (24_000, 16_000)
    assert within.standing.entitlement[:, 0, 0].tolist() == [8000, 8000]
    assert before.standing.weight.tolist() == within.standing.weight.tolist() == [1, 2]
    assert before.digest != within.digest


def test_what_happens_later_changes_no_plan(pool):
    first = directory.read(pool(outages=LOST))
    second = directory.read(pool(outages="node,down_s,up_s\nn2,1000,\nn1,1001,1200\n"))
    window = Window(1000, 2000)
    assert loop.assess(first, window).digest == loop.assess(second, window).digest


def test_a_run_ends_where_nothing_can_ever_run_again(pool):
    read = directory.read(pool(outages="node,down_s,up_s\nn1,3000,\nn2,3000,\nn3,3000,\n"))
    done = record.go(read, loop.charter_rule(read.charter), "simulated")
    assert not done.history.replay.pooled.finished.any()
    assert sum(int(one.usage.used.sum()) for one in done.rounds) == 1000 * (8 * 3000 + 8 * 2900 + 8 * 2800)


def test_who_leaves_with_its_node_is_served_from_what_others_leave(pool):
    path = pool(outages="node,down_s,up_s\nn1,1000,\n", standings="member,from_s,share\nanna,1000,0\n")
    read = directory.read(path)
    found = replays.simulate(read, "strict_fifo")
    assert found.pooled.finished.all()
    assert not found.alone["strict_fifo"].finished[[0, 3]].any()


def test_cutting_moves_the_clock_of_both_tables(pool):
    path = pool(
        outages=LOST + "n3,50,90\nn1,80,160\nn3,200,\n",
        standings="member,from_s,share\nanna,20,0.1\nanna,80,0.2\nanna,500,\n",
    )
    found = cut(directory.read(path), Window(100, 400))
    assert sorted(zip(*map(np.ndarray.tolist, vars(found.outages).values()), strict=True)) == [
        (0, 0, 60),
        (1, 900, 4500),
        (2, 100, -1),
    ]
    assert found.agreements.from_s.tolist() == [0, 400]
    assert found.agreements.share[0] == 0.2
    kept = cut(directory.read(path), Window(100, 400), keep_clock=True)
    assert kept.outages.down_s.tolist() == directory.read(path).outages.down_s.tolist()


def test_the_linter_finds_what_contradicts(pool):
    jobs = JOBS + "j5,bert,4000,10,8\nj6,bert,4000,10,20\n"
    path = pool(
        jobs=jobs, outages="node,down_s,up_s\nn1,2000,\nn2,3000,\n", standings="member,from_s,share\nanna,250,0\n"
    )
    told = {one.what.split(":")[0]: one.count for one in notices(path)}
    assert told == {
        "jobs fit no longer what stays up from 3,000 s on, and are submitted after that": 1,
        "jobs are submitted while their member has no share": 1,
    }
    path = pool(
        jobs="id,member,submit_s,duration_s,gpu\nj1,anna,100,50,8\n",
        outages="node,down_s,up_s\nn1,10,100\nn2,151,200\n",
    )
    assert ["check that they are in seconds" in one.mend for one in notices(path) if "outages end" in one.what] == [
        True
    ]


def test_the_worth_of_an_alliance_is_not_replayed_where_nodes_go_down(pool):
    with pytest.raises(BadInput, match="this pool changes over time"):
        pooled.alliance(directory.read(pool(outages=LOST)))


def test_a_share_changes_nothing_on_the_nodes_of_the_pool_and_is_counted_at_home(pool):
    """Anna has 12 of 24 GPUs from 250 s on, on whatever nodes: j4 of 4 GPUs runs there beside j1; bert has his two nodes."""
    path = pool()
    without = replays.simulate(directory.read(path), "strict_fifo", placement="consolidated")
    path = pool(standings="member,from_s,share\nanna,250,0.5\nbert,250,0.5\n")
    found = replays.simulate(directory.read(path), "strict_fifo", placement="consolidated")
    assert found.pooled.end_s.tolist() == without.pooled.end_s.tolist() == [5000, 5100, 5200, 6000]
    assert without.alone["strict_fifo"].end_s.tolist() == [5000, 5100, 5200, 6000]
    # bert's two gangs of 8 no longer fit 12 GPUs: the one that started last stops at 250, and goes on when the other ends
    assert found.alone["strict_fifo"].end_s.tolist() == [5000, 5100, 10_050, 1300]


def test_members_who_do_not_share_lose_their_own_nodes_only(pool):
    path = pool(outages=LOST)
    (path / "charter.toml").write_text(CHARTER + '[queue]\ndiscipline = "strict_fifo"\npooled = false\n')
    found = replays.simulate(directory.read(path))
    assert found.pooled.end_s.tolist() == found.alone["strict_fifo"].end_s.tolist() == [5000, 5100, 8800, 6000]


def test_a_limit_of_all_there_is_changes_nothing(pool):
    path = pool(outages=LOST + "n1,2000,2500\n", standings="member,from_s,share\nanna,100,0.25\nanna,900,\n")
    without = ends(path, "virtual_finish")
    (path / "charter.toml").write_text(CHARTER + '[queue]\ndiscipline = "virtual_finish"\nmember_limit = 1\n')
    assert replays.simulate(directory.read(path)).pooled.end_s.tolist() == without
