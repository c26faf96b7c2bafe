"""Do the tables of a replay add up to its measures, and do groups hold together whom they name?"""

import json

import numpy as np
import polars as pl
import pytest

import apportion as ap
from apportion import tabled
from apportion.cli.app import run_app
from apportion.domain.history import History
from apportion.domain.intensity import Intensity
from apportion.errors import BadInput
from apportion.measures import carbon, deadlines, energy, rho, slowdown, unfair_fraction, waiting
from apportion.replays import told

JOBS = [(i * 40, 100 + 37 * i % 900, 1 + i % 3, "abcd"[i % 4]) for i in range(60)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("tabled")
    (home / "charter.toml").write_text('name = "Four"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "equal"\n')
    members = "id,parent,size,region,group\na,,5,north,lab\nb,a,50,north,lab\nc,a,70,south,\nd,,700,south,firm\n"
    (home / "members.csv").write_text(members)
    nodes = "id,owner,flavor,gpu,idle_watts,max_watts\nn1,a,gpu,4,100,900\nn2,d,gpu,4,100,900\n"
    (home / "nodes.csv").write_text(nodes)
    rows = "".join(
        f"j{i},{m},{at},{lasts},{gpu},{at + 2 * lasts if i % 5 == 0 else ''}\n"
        for i, (at, lasts, gpu, m) in enumerate(JOBS)
    )
    (home / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu,deadline_s\n" + rows)
    return home


@pytest.fixture(scope="module")
def history(home):
    pool = ap.read(home)
    hours = Intensity(("",), np.array([[200_000], [300_000]]), None)
    return History(pool, replay=ap.simulate(pool, "skip_fifo", carbon=hours))


def figure(measure, history, name):
    return next(one for one in measure.measure(history) if one.name == name)


def test_jobs_add_up_to_the_measures(history):
    jobs = pl.DataFrame(tabled.by_job(history), infer_schema_length=None)
    assert jobs["id"].to_list() == history.pool.jobs.id.tolist()
    assert jobs["jct_s"].mean() == figure(waiting, history, "mean_jct").value
    assert jobs["wait_s"].mean() == pytest.approx(figure(waiting, history, "mean_wait").value)
    assert jobs["bounded_slowdown"].mean() == pytest.approx(figure(slowdown, history, "bounded_slowdown").value)
    assert jobs["tardiness_s"].mean() == pytest.approx(figure(deadlines, history, "tardiness").value)
    assert jobs["held_j"].sum() == pytest.approx(figure(energy, history, "energy").rows["held"])
    assert jobs["held_g.direct"].sum() == pytest.approx(figure(carbon, history, "carbon_held.direct").value)
    assert jobs["held_g.lifecycle"].null_count() == len(jobs)
    home = jobs.drop_nulls("alone_jct_s.skip_fifo")
    assert (home["rho.skip_fifo"] > 1).mean() == figure(unfair_fraction, history, "unfair_fraction.skip_fifo").value


def test_groups_hold_their_members_together(history):
    rows = {(row["by"], row["name"]): row for row in tabled.groups(history)}
    assert list(rows) == [
        *(("region", name) for name in ("north", "south")),
        *(("group", name) for name in ("", "firm", "lab")),
        *(("size", name) for name in ("1 to 10", "10 to 100", "100 to 1000")),
        *(("parent", name) for name in ("", "a")),
    ]
    assert rows["parent", "a"]["members"] == 3
    assert rows["size", "10 to 100"]["members"] == 2
    for kind in tabled.KINDS:
        own = [row for (by, _), row in rows.items() if by == kind]
        assert sum(row["jobs"] for row in own) == len(JOBS)
        assert sum(row["used_share"] for row in own) == pytest.approx(1)
        assert sum(row["entitled_share"] for row in own) == pytest.approx(1)
        assert sum(row["held_j"] for row in own) == pytest.approx(figure(energy, history, "energy").rows["held"])
    firm, d = rows["group", "firm"], figure(rho, history, "rho.skip_fifo").rows["d"]
    assert firm["rho.skip_fifo"] == d


def test_rho_of_a_group_is_no_mean_of_its_members(history):
    jobs = pl.DataFrame(tabled.by_job(history), infer_schema_length=None).filter(pl.col("member").is_in(["a", "b"]))
    both = jobs.drop_nulls(["alone_jct_s.skip_fifo", "jct_s"])
    north = next(row for row in tabled.groups(history) if row["name"] == "north")
    assert north["rho.skip_fifo"] == both["jct_s"].sum() / both["alone_jct_s.skip_fifo"].sum()


@pytest.mark.parametrize("step", [60, 1000, 10**6])
def test_what_is_shown_over_time_adds_up(history, step):
    line = pl.DataFrame(tabled.over_time(history, step), infer_schema_length=None)
    jobs, schedule = history.pool.jobs, history.replay.pooled
    gpus = jobs.gang[:, 0] / 1000
    assert (line["used"] * step).sum() == pytest.approx((gpus * schedule.held_s).sum())
    waited = (schedule.end_s - jobs.submit_s - schedule.held_s) * gpus
    assert (line["queued"] * step).sum() == pytest.approx(waited.sum())
    assert line["submitted"].sum() == line["ended"].sum() == len(JOBS)
    weighed = (line["mean_jct_s"] * line["submitted"]).sum()
    assert weighed == pytest.approx((schedule.end_s - jobs.submit_s).sum())


def test_a_step_that_is_too_short_is_refused(history, monkeypatch):
    monkeypatch.setattr(tabled, "MOST_CELLS", 100)
    with pytest.raises(BadInput, match="steps of 1 s"):
        tabled.over_time(history, 1)


def test_the_command_writes_tables_with_their_meaning(home, tmp_path, capsys):
    given = ["simulate", str(home), "--discipline", "skip_fifo", "--by", "region"]
    assert run_app(["-q", *given, "--tables", str(tmp_path / "t")]) == 0
    assert "north" in capsys.readouterr().out
    meaning = json.loads((tmp_path / "t" / "columns.json").read_text())
    assert set(meaning) == {"jobs", "over_time", "groups"}
    assert all(all(columns.values()) for columns in meaning.values())
    for name, columns in meaning.items():
        assert pl.read_parquet(tmp_path / "t" / f"{name}.parquet").columns == list(columns)


def test_what_no_member_says_brings_nobody_together(home, tmp_path, capsys):
    for file in home.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "members.csv").write_text("id\na\nb\nc\nd\n")
    given = ["-q", "simulate", str(tmp_path), "--by", "region", "--tables", str(tmp_path / "t")]
    assert run_app(given) == 2
    assert "no member has a region" in capsys.readouterr().err
    assert not (tmp_path / "t").exists()


def test_services_are_told_beside_the_jobs():
    pool = ap.read("examples/services")
    found = told(pool, ap.simulate(pool, "skip_fifo"))
    assert round(found["slo_attainment"], 3) == 0.909
    assert [row["service"] for row in found["services"]] == pool.services.id.tolist()
    dictation = found["services"][0]
    assert (dictation["overload_h"], dictation["worst_p99_s"], dictation["p99_s"]) == (1, None, 2.0)
    assert {row["member"]: row["slo_attainment"] is None for row in found["members"]}["university"] is False
