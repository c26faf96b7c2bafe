"""Are grams of CO2e the integral of power times intensity, by hour, region and member?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion import loop, replays, sweeps
from apportion.cli.app import run_app
from apportion.domain.arrays import ints
from apportion.domain.history import History
from apportion.domain.intensity import HOUR_S, Cycle, Intensity
from apportion.errors import BadInput
from apportion.measures import carbon, energy

G = 1000  # milligrams
NODES = "id,owner,flavor,gpu,idle_watts,max_watts,region\nn1,a,gpu,4,400,1200,north\nn2,b,gpu,4,100,900,south\n"
JOBS = "id,member,submit_s,duration_s,gpu\nj0,a,1800,3600,2\n"
HOURS = ((100, 40), (200, 50), (300, 60))


def a_pool(home, jobs=JOBS, nodes=NODES):
    home.mkdir(exist_ok=True)
    (home / "charter.toml").write_text('name = "Two"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "equal"\n')
    (home / "members.csv").write_text("id\na\nb\n")
    (home / "nodes.csv").write_text(nodes)
    (home / "jobs.csv").write_text(jobs)
    return ap.read(home)


def a_table(*hours, regions=("",), lifecycle=None):
    grams = ints(np.array(hours, dtype=np.int64).reshape(-1, len(regions)) * G)
    return Intensity(regions, grams, lifecycle)


def told(pool, replay):
    return {figure.name: figure for figure in carbon.measure(History(pool, replay=replay))}


hours = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@settings(deadline=None, max_examples=50)
@given(hourly=hours, begin=st.integers(0, 40_000), span=st.integers(0, 40_000))
def test_an_integral_is_the_sum_over_its_seconds(hourly, begin, span):
    seconds = sum(hourly[second // HOUR_S % len(hourly)] for second in range(begin, begin + span))
    assert Cycle(ints(hourly)).integral(ints([begin]), ints([span])).tolist() == [seconds]


def test_a_day_can_be_counted_by_hand(tmp_path):
    """One pool of 500 W idle and 2,000 W full; 2 of 8 GPUs from 0:30 to 1:30 are 400 W more, at 100 and then 200 g."""
    pool = a_pool(tmp_path)
    life = ints(np.array([[0], [1000 * G], [0]]))
    found = told(pool, ap.simulate(pool, "strict_fifo", carbon=a_table(100, 200, 300, lifecycle=life)))
    assert found["carbon.direct"].rows == pytest.approx({"idle": 0.5 * 0.5 * 300, "held": 0.4 * 0.5 * 300})
    assert found["carbon.lifecycle"].rows == pytest.approx({"idle": 0.5 * 0.5 * 1000, "held": 0.4 * 0.5 * 1000})
    assert found["carbon.direct"].value == pytest.approx(135)
    assert found["carbon_held.direct"].rows == pytest.approx({"a": 60, "b": 0})


def test_the_region_of_the_node_counts(tmp_path):
    """The job alone is placed on n1, in the north; counted as one, it draws on both by 800 and 800 W."""
    pool, table = a_pool(tmp_path), a_table(*HOURS, regions=("north", "south"))
    north, south = 0.5 * 100 + 0.5 * 200, 0.5 * 40 + 0.5 * 50
    found = told(pool, ap.simulate(pool, "strict_fifo", placement="consolidated", carbon=table))
    assert found["carbon.direct"].rows == pytest.approx({"idle": 0.4 * north + 0.1 * south, "held": 0.8 / 2 * north})
    found = told(pool, ap.simulate(pool, "strict_fifo", carbon=table))
    assert found["carbon.direct"].rows["held"] == pytest.approx(0.4 * (north + south) / 2)


def test_a_region_that_the_table_lacks_is_named(tmp_path):
    with pytest.raises(BadInput, match='"south"'):
        ap.simulate(a_pool(tmp_path), "strict_fifo", carbon=a_table(*HOURS, regions=("east", "north")))


MANY = "id,member,submit_s,duration_s,gpu\n" + "".join(
    f"j{i},{'ab'[i % 2]},{i * 400},{600 + 977 * i % 9000},{1 + i % 4}\n" for i in range(60)
)


@pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])
@pytest.mark.parametrize("discipline", ["strict_fifo", "skip_fifo", "fair_share", "entitled", "srtf", "las"])
def test_at_one_intensity_grams_are_those_of_the_energy(tmp_path, discipline, placement):
    pool = a_pool(tmp_path, MANY, NODES.replace("100,900", "100,600"))
    replay = ap.simulate(pool, discipline, placement=placement, carbon=a_table(250))
    joules = energy.measure(History(pool, replay=replay))[0]
    found = told(pool, replay)["carbon.direct"]
    for part in ("idle", "held"):
        assert found.rows[part] == pytest.approx(joules.rows[part] / 3.6e6 * 250, rel=1e-12)


@pytest.mark.parametrize("placement", ["counting", "consolidated"])
def test_grams_are_those_of_every_second_added_up(tmp_path, placement):
    pool, table = a_pool(tmp_path, MANY), a_table(*HOURS, regions=("north", "south"))
    replay = ap.simulate(pool, "skip_fifo", placement=placement, carbon=table)
    grams = {"a": 0.0, "b": 0.0}
    for j, (start, end) in enumerate(zip(replay.pooled.start_s, replay.pooled.end_s, strict=True)):
        places = replay.held.place[replay.held.begin[j] : replay.held.begin[j + 1]]
        nodes = [0, 1] if placement == "counting" else [int(replay.places.names[p]) for p in places]
        watts = pool.jobs.gang[j].max() / 1000 / (4 * len(nodes)) * 800
        for node in nodes:
            shone = sum(HOURS[second // HOUR_S % 3][node] for second in range(start, end))
            grams["ab"[j % 2]] += watts * shone / 3.6e6
    assert told(pool, replay)["carbon_held.direct"].rows == pytest.approx(grams, rel=1e-9)


def test_without_watts_or_table_nothing_is_told(tmp_path):
    silent = a_pool(tmp_path / "silent", nodes="id,owner,flavor,gpu\nn1,a,gpu,4\n")
    pool = a_pool(tmp_path / "told")
    for one, table in ((silent, a_table(5)), (pool, None)):
        found = told(one, ap.simulate(one, "skip_fifo", carbon=table))
        assert {figure.value for figure in found.values()} == {None}


def test_a_sweep_depends_on_the_table_and_on_the_slack(tmp_path):
    pool = a_pool(tmp_path, MANY)
    by = loop.charter_rule(pool.charter)
    cases = sweeps.grid(["skip_fifo"], greener=(0, 3600))
    tables = [None, a_table(100, 200), a_table(200, 100), a_table(100, 200, lifecycle=ints([[1], [2]]))]
    keys = [key for table in tables for key in sweeps.keys_of(pool, by, cases, table)]
    assert len(set(keys)) == len(keys) == 8
    (_, now), (_, later) = sweeps.sweep(pool, by, cases, carbon=tables[1])
    assert (
        now["carbon_g"]["direct"]
        == replays.told(pool, ap.simulate(pool, "skip_fifo", carbon=tables[1]))["carbon_g"]["direct"]
    )
    assert later["mean_wait_s"] > now["mean_wait_s"]
    row = sweeps.rows(cases[1], later)[0]
    assert row["greener"] == 3600
    assert row["carbon_g.direct"] == later["carbon_g"]["direct"]
    assert row["carbon_g.lifecycle"] is None
    of_members = [one["carbon_held_g.direct"] for one in sweeps.rows(cases[1], later)]
    assert of_members[0] == pytest.approx(sum(of_members[1:]))


def on_the_command_line(capsys, *words):
    code = run_app(["simulate", *map(str, words)])
    said = capsys.readouterr()
    return code, " ".join((said.out + said.err).split())


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        (NODES, "CO2e 0.1 kg direct, 0.7 kg life-cycle."),
        ("id,owner,flavor,gpu\nn1,a,gpu,4\nn2,b,gpu,4\n", "CO2e is not known: give nodes idle_watts and max_watts."),
    ],
)
def test_the_command_line_tells_the_grams_or_what_is_missing(tmp_path, capsys, nodes, said):
    a_pool(tmp_path, nodes=nodes)
    (tmp_path / "hours.csv").write_text("hour,g_per_kwh,lifecycle_g_per_kwh\n0,100,800\n1,200,800\n")
    asked = (tmp_path, "--discipline", "skip_fifo", "--carbon", tmp_path / "hours.csv")
    assert said in on_the_command_line(capsys, *asked)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--greener", "60"), "--carbon FILE"),
        (("--carbon-start", "3"), "--carbon FILE"),
        (("--carbon", "HOURS", "--carbon-start", "3"), "hours 0 to 1"),
        (("--carbon", "HOURS", "--greener", "-1"), "greater than or equal to 0"),
    ],
)
def test_what_goes_together_is_asked_for_together(tmp_path, capsys, words, said):
    a_pool(tmp_path)
    (tmp_path / "hours.csv").write_text("hour,g_per_kwh\n0,100\n1,200\n")
    given = [str(tmp_path / "hours.csv") if word == "HOURS" else word for word in words]
    code, told_so = on_the_command_line(capsys, tmp_path, *given)
    assert code == 2
    assert said in told_so
